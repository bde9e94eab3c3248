"""``revox-sync init``: a project to begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from revox_sync.cli.options import GlobalSettings, command, form_option, global_options

if TYPE_CHECKING:
    from revox_sync.cli.streams import Streams
    from revox_sync.operations.init import Init


@command("init", example="revox-sync init --pull 'Front desk' --ci github", prints=("init",))
@click.argument("assistants", nargs=-1, metavar="[NAME-OR-ID]...")
@click.option("--pull", "pulls", is_flag=True, help="Pull these assistants, or all of the account.")
@click.option("--ci", type=click.Choice(["github", "gitlab"]), help="Also write the pipelines.")
@click.option(
    "--from",
    "requirement",
    metavar="REQUIREMENT",
    help="What pipelines install (default: this version, from where it was installed).",
)
@click.option("--no-pin", is_flag=True, help="Do not pin the project to the key's organization.")
@form_option
@global_options
def init_command(
    settings: GlobalSettings,
    assistants: tuple[str, ...],
    pulls: bool,
    ci: str | None,
    requirement: str | None,
    no_pin: bool,
    form: str,
) -> int:
    """Make a project: revox-sync.yaml, schemas for editors, and what you choose.

    On a terminal, and without options, it asks. Without REVOX_API_KEY the project is for the
    sandbox. Nothing that is there is written over.
    """
    import shlex
    from dataclasses import asdict, replace

    from revox_sync.errors import UsageError
    from revox_sync.operations.init import Init, init
    from revox_sync.render.report import pulled_json, pulled_lines

    streams = settings.streams()
    if assistants and not pulls:
        raise UsageError(
            "names of assistants go with --pull",
            hint=f"`revox-sync init --pull {shlex.join(assistants)}`",
        )
    wanted = Init(assistants if pulls else None, ci, requirement, pin=not no_pin)  # type: ignore[arg-type]
    if streams.interactive and form == "terminal" and wanted == Init() and not settings.sandbox:
        sandbox, wanted = _ask(settings, streams)
        settings = replace(settings, sandbox=sandbox)
    made = init(settings, wanted, streams)
    if form == "json":
        pulled = None if made.pulled is None else pulled_json(made.pulled)
        then = [{"command": command, "why": why} for command, why in made.next]
        streams.document(
            {**asdict(replace(made, pulled=None, next=())), "pulled": pulled, "next": then}
        )
        return 0
    streams.lines(
        *(f"{file}: written" for file in made.written),
        *(f"{file}: left as it is" for file in made.kept),
        *(() if made.pulled is None else pulled_lines(made.pulled)),
    )
    after = (f"  {command}  # {why}" for command, why in made.next)
    streams.lines("", "Next:", *after, whole=True)
    return 0


def _ask(settings: GlobalSettings, streams: Streams) -> tuple[bool, Init]:
    """Return whether the project is for the sandbox, and what to make, as the user answers."""
    from revox_sync.operations.init import Init, account_status
    from revox_sync.operations.installation import source
    from revox_sync.render.sentences import counted

    def ask(question: str, *answers: str) -> str:
        while True:
            given = streams.ask(f"{question} ({', '.join(answers)}) [{answers[0]}] ").strip()
            found = [answer for answer in answers if answer.startswith(given.lower())]
            if found:
                return found[0]
            streams.remark(f"please answer {' or '.join(answers)}")

    found = account_status(settings)
    pull: tuple[str, ...] | None = None
    pin = True
    if found is None:
        streams.remark("REVOX_API_KEY is not set, so this is a project for the sandbox")
        streams.remark("")
        return True, Init()
    whose = found.user.email or found.user.name if found.user else None
    organization = found.organization.id
    streams.remark(
        f"the key is {whose or 'one'} of organization {organization or '(not told)'}; "
        f"it reaches {counted(found.assistants or 0, 'assistant')}"
    )
    if ask("Work with this account or with the sandbox?", "account", "sandbox") == "sandbox":
        return True, Init()
    if organization:
        pin = ask("Refuse keys of other organizations in this project?", "yes", "no") == "yes"
    if found.assistants:
        names = streams.ask("Which assistants to pull? (all, none, or names by comma) [all] ")
        names = names.strip()
        if names != "none":
            pull = () if names in ("", "all") else tuple(n.strip() for n in names.split(","))
    pipeline = ask("Write pipelines?", "none", "github", "gitlab")
    requirement = None
    if pipeline != "none" and source(settings.environ) is None:
        streams.remark(
            "pipelines cannot install this copy of revox-sync: it comes from this machine; where "
            "else is it, such as git+https://github.com/OWNER/revox-sync@COMMIT?"
        )
        requirement = streams.ask("(empty: no pipelines) ").strip()
        pipeline = pipeline if requirement else "none"
    return False, Init(pull, None if pipeline == "none" else pipeline, requirement or None, pin=pin)  # type: ignore[arg-type]
