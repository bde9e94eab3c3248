"""``revox-sync github``: a comment on a pull request and an issue, kept up to date."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import CommandGroup, GlobalSettings, form_option, global_options
from revox_sync.errors import SetupError, UsageError

if TYPE_CHECKING:
    from revox_sync.cli.streams import Streams
    from revox_sync.github.messages import Written

_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_LAST_WORDS = "All is well again; closed by revox-sync."

_body_option = partial(
    click.option,
    "--body",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The text, in markdown. Its first line is a hidden comment, by which it is found again.",
)


@click.group("github", cls=CommandGroup)
@global_options
def github_command(settings: GlobalSettings) -> None:
    """Keep a comment on a pull request, or an issue, up to date from a workflow.

    Needs GITHUB_TOKEN and GITHUB_REPOSITORY, and GITHUB_API_URL if it is not github.com.
    """


@github_command.command(
    "comment",
    short_help="Write or update one comment.",
    example="revox-sync github comment --body plan.md",
    prints=("github",),
)
@_body_option()
@click.option(
    "--failed",
    is_flag=True,
    help="In place of --body: say that `plan` failed, above the earlier plan.",
)
@click.option(
    "--commit",
    metavar="SHA",
    help="The commit that it is about (default: the one that the workflow runs for).",
)
@click.option(
    "--pr",
    type=click.IntRange(1),
    metavar="N",
    help="The pull request (default: the one that the workflow runs for).",
)
@form_option
@global_options
def comment(
    settings: GlobalSettings,
    file: Path | None,
    failed: bool,
    commit: str | None,
    pr: int | None,
    form: str,
) -> int:
    """Write one comment on a pull request, or update the one that is there.

    It says which commit it is about. Prints its URL. Sends nothing if it already says the same.
    """
    from revox_sync.github.client import Access, GitHub
    from revox_sync.github.messages import Body, upsert_comment
    from revox_sync.operations.settings import path_in_repository
    from revox_sync.operations.signals import run
    from revox_sync.render.markdown import marker_of

    access = Access.of(settings.environ)
    if (file is None) is not failed:
        raise UsageError(
            "either --body or --failed has to be given",
            hint="--body FILE is the text of a plan; --failed says that there is none",
        )
    about = _commit(settings.environ, commit)
    if file is None:
        place = path_in_repository(settings.project)
        body = Body.of_failure(marker_of("plan", settings.environment, place), about)
    else:
        body = Body.of(_read(file)).about(about)
    number = pr or _pull_request(settings.environ)

    async def work() -> Written:
        async with GitHub(access, timeout=settings.timeout) as github:
            return await upsert_comment(github, number, body)

    return _report(settings.streams(), run(work()), "comment", form)


@github_command.command(
    "issue",
    short_help="Open, update or close one issue.",
    example="revox-sync github issue --title Drift --body drift.md --state open",
    prints=("github",),
)
@_body_option(required=True)
@click.option("--title", required=True, metavar="TEXT", help="The issue's title.")
@click.option(
    "--label",
    default="drift",
    show_default=True,
    metavar="NAME",
    help="The label to set, and to search by.",
)
@click.option(
    "--state",
    type=click.Choice(["open", "closed"]),
    required=True,
    help="open: open the issue or update it; closed: close it if it is open.",
)
@form_option
@global_options
def issue(
    settings: GlobalSettings,
    file: Path,
    title: str,
    label: str,
    state: str,
    form: str,
) -> int:
    """Keep one issue open while something is wrong, and close it when it is not.

    Prints its URL, or nothing if there is none to close.
    """
    from revox_sync.github.client import Access, GitHub
    from revox_sync.github.messages import Body, close_issue, open_issue
    from revox_sync.operations.signals import run

    access = Access.of(settings.environ)
    body = Body.of(_read(file))
    if not title.strip() or not label.strip() or "," in label:
        raise UsageError(
            "--title and --label must not be empty, and a label has no comma",
            hint="leave --label out to take the default",
        )

    async def work() -> Written:
        async with GitHub(access, timeout=settings.timeout) as github:
            if state == "closed":
                return await close_issue(github, label, body, _LAST_WORDS)
            return await open_issue(github, title, label, body)

    return _report(settings.streams(), run(work()), "issue", form)


def _commit(environ: Mapping[str, str], commit: str | None) -> str | None:
    """Return the commit that a comment is about: of a pull request, the one that was pushed.

    A workflow that runs for a comment, a schedule or another workflow gets the default branch's.
    """
    if commit is not None and not _SHA.fullmatch(commit):
        raise UsageError(f"{commit!r} is no commit", hint="give its full id, 40 hexadecimal digits")
    head = _event(environ, "head", "sha")
    of_a_branch = environ.get("GITHUB_EVENT_NAME", "push") in ("push", "workflow_dispatch")
    found = commit or head or (of_a_branch and environ.get("GITHUB_SHA")) or ""
    return found if isinstance(found, str) and _SHA.fullmatch(found) else None


def _event(environ: Mapping[str, str], *path: str) -> Any:
    """Return what the workflow's event says of its pull request; None where it says nothing.

    GitHub puts the event, as a webhook would get it, into the file GITHUB_EVENT_PATH.
    """
    try:
        found = json.loads(Path(environ.get("GITHUB_EVENT_PATH", "")).read_bytes())["pull_request"]
        for part in path:
            found = found[part]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    return found


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise SetupError(f"{file} is not UTF-8", hint="save it as UTF-8") from None
    except OSError as error:
        raise UsageError(
            f"cannot read {file}: {error.strerror}",
            hint="write it first, such as with `revox-sync plan --format markdown`",
        ) from None


def _pull_request(environ: Mapping[str, str]) -> int:
    """Return the number of the pull request that the workflow's event is about."""
    number = _event(environ, "number")
    if not isinstance(number, int):
        raise UsageError("the workflow does not run for a pull request", hint="name one: --pr N")
    return number


def _report(streams: Streams, written: Written, noun: str, form: str) -> ExitCode:
    streams.remark(f"{noun}: {written.what}")
    if form == "json":
        streams.document({"kind": noun, "result": written.what, "urls": list(written.urls)})
    else:
        streams.lines(*written.urls[:1])
    fate = "closed too" if written.what == "closed" else "left alone; delete all but the oldest"
    for url in written.urls[1:]:
        streams.remark(f"one more {noun} with the same marker, {fate}: {url}")
    return ExitCode.DONE
