"""``revox-sync status``."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from revox_sync import __version__
from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import Settings, global_options
from revox_sync.errors import SetupError, StatusError

if TYPE_CHECKING:
    from revox_sync.account.remote import Remote
    from revox_sync.cli.asking import Answer, Answers
    from revox_sync.cli.streams import Streams
    from revox_sync.definitions.definition import Definition
    from revox_sync.definitions.problem import Problem as Found
    from revox_sync.definitions.project import Project
    from revox_sync.render.status import (
        Matching,
        Organization,
        Problem,
        Profile,
        Result,
        Status,
        User,
    )

_NOT_FOUND = 404


@click.command("status")
@click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "json"]),
    default="terminal",
    help="Output format.",
)
@global_options
def command(settings: Settings, form: str) -> int:
    """Show whose the key is, what it reaches, and whether a plan could be made.

    Exit 1 when anything is not well; every problem is named.
    """
    from revox_sync.render.status import render_status, to_json

    streams = settings.streams()
    status = _status(settings, streams)
    streams.result(
        to_json(status)
        if form == "json"
        else render_status(status, width=streams.width, colour=streams.colour_out)
    )
    return ExitCode.ERROR if status.problems else ExitCode.DONE


def _status(settings: Settings, streams: Streams) -> Status:
    """Find everything out. Raises UsageError for a project or a base URL that cannot be."""
    from revox_sync.account.remote import Remote
    from revox_sync.cli.account import base_url_of, redactor, run_async
    from revox_sync.cli.asking import LIST
    from revox_sync.cli.definitions import read_project
    from revox_sync.definitions.loader import load
    from revox_sync.render.status import Definitions, Problem, Request, Status

    base_url = base_url_of(settings)
    project, problems = read_project(settings)
    loaded = load(project, settings.environ)
    errors = _errors((*problems, *loaded.diagnostics))
    warnings = len(problems) + len(loaded.diagnostics) - len(errors)
    if settings.sandbox:
        streams.remark("sandbox: the embedded local API; nothing leaves this machine\n")
    pin_known = not _errors(problems)
    found = list(_wrong_definitions(errors, pin_known=pin_known))
    answers, failed = run_async(
        _ask(settings, streams, project, loaded.definitions, pin_known=pin_known)
    )
    if failed is not None:
        found.append(Problem(failed.message, failed.hint))
    found += _wrong_answers(answers, project.key_variable)
    listed = answers.value(LIST)
    remotes = None if listed is None else [Remote(data) for data in listed]
    redact = redactor(settings)
    return Status(
        version=__version__,
        python=platform.python_version(),
        base_url=base_url,
        environment=project.environment,
        sandbox=settings.sandbox,
        reachable=answers.reachable,
        has_key=bool(settings.environ.get(project.key_variable, "").strip()),
        accepted=answers.accepted,
        user=_user(answers, redact),
        organization=_organization(settings, project, answers, remotes, redact),
        profile=_profile(project, remotes),
        definitions=Definitions(loaded.files, len(errors), warnings),
        assistants=None if remotes is None else len(remotes),
        matching=None if remotes is None or errors else _matching(loaded.definitions, remotes),
        requests=tuple(Request(a.path, a.ms, _result(a)) for a in answers.all),
        problems=tuple(found),
    )


async def _ask(
    settings: Settings,
    streams: Streams,
    project: Project,
    definitions: Sequence[Definition],
    *,
    pin_known: bool,
) -> tuple[Answers, SetupError | None]:
    """Return what the service answers, or what keeps this machine from asking it."""
    from revox_sync.cli.account import open_account
    from revox_sync.cli.asking import Answers, ask

    try:
        async with open_account(settings, project, definitions) as client:
            return await ask(client, settings, streams, project, pin_known=pin_known), None
    except SetupError as error:
        return Answers(), error


def _errors(diagnostics: Sequence[Found]) -> list[Found]:
    return [diagnostic for diagnostic in diagnostics if diagnostic.severity == "error"]


def _wrong_definitions(errors: Sequence[Found], *, pin_known: bool) -> Iterator[Problem]:
    from revox_sync.definitions.project import PROJECT_FILE
    from revox_sync.render.status import Problem

    if errors:
        count = f"{len(errors)} errors" if len(errors) > 1 else "1 error"
        yield Problem(
            f"{count} in the definitions, the first in {errors[0].location}: {errors[0].message}",
            "`revox-sync validate` shows every one and how to mend it",
        )
    if not pin_known:
        yield Problem(
            f"the account was not read: {PROJECT_FILE} has errors, and could name an organization"
        )


def _wrong_answers(answers: Answers, key_variable: str) -> Iterator[Problem]:
    """Yield what is wrong with what the service said; that it denies the key, once."""
    from revox_sync.render.status import Problem

    denied = [answer for answer in answers.all if answer.denies and answers.accepted is False]
    if denied:
        error = denied[0].error
        words = error.message if error else f"GET {denied[0].path} says so"
        hint = f"check {key_variable} and the organization that the key belongs to"
        yield Problem(f"the service does not accept the key: {words}", hint)
    for answer in answers.all:
        if answer.error is None or answer in denied:
            continue
        missing = isinstance(answer.error, StatusError) and answer.error.status == _NOT_FOUND
        where = "check that REVOX_BASE_URL names the API"
        yield Problem(
            f"GET {answer.path}: {answer.error.message}", where if missing else answer.error.hint
        )
    if answers.refused is not None:
        yield Problem(answers.refused.message, answers.refused.hint)


def _result(answer: Answer) -> Result:
    if answer.error is not None:
        return "failed"
    return "missing" if answer.value is None else "answered"


def _user(answers: Answers, redact: Callable[[str], str]) -> User | None:
    """Return whose key it is; None if nobody was asked or the question failed."""
    from revox_sync.cli.asking import USER
    from revox_sync.render.status import User

    answer = answers[USER]
    if answer is None or answer.error is not None:
        return None
    told = answer.value or {}

    def text(name: str) -> str:
        value = told.get(name)
        return redact(value).strip() if isinstance(value, str) else ""

    name = f"{text('first_name')} {text('last_name')}".strip()
    return User(text("email") or None, name or None)


def _organization(
    settings: Settings,
    project: Project,
    answers: Answers,
    remotes: Sequence[Remote] | None,
    redact: Callable[[str], str],
) -> Organization:
    """Return the key's organization, from the service or else from its assistants."""
    from revox_sync.cli.account import organization_of
    from revox_sync.cli.asking import USER
    from revox_sync.render.status import Organization

    told = organization_of(answers.value(USER))
    named = next((remote.organization_id for remote in remotes or () if remote.organization_id), "")
    pin = project.organization_id
    as_pinned = told == pin if pin and told and not settings.sandbox else None
    return Organization(
        id=redact(told or named) or None,
        told_by="/users/me" if told else "/assistants" if named else None,
        pin=pin,
        pin_at=str(project.organization_at) if pin else None,
        as_pinned=as_pinned,
    )


def _profile(project: Project, remotes: Sequence[Remote] | None) -> Profile:
    """Return the API generation: what was stated, else what the assistants tell."""
    from revox_sync.account.reader import recognise_profile
    from revox_sync.render.status import Profile

    stated = project.profile
    if stated != "auto":
        return Profile(stated, "stated")
    if remotes is None:
        return Profile()
    return Profile(recognise_profile(remotes), "recognised" if remotes else "assumed")


def _matching(definitions: Sequence[Definition], remotes: Sequence[Remote]) -> Matching:
    """Match as a plan does, with what one list tells."""
    from revox_sync.plan.match import match
    from revox_sync.render.status import Matching

    matching = match(definitions, remotes)
    listed = {remote.id for remote in remotes}
    found = matching.matches.values()
    return Matching(
        matched=sum(1 for one in found if one.remote is not None),
        new=sum(1 for one in found if not one.exists and one.refused is None),
        unlisted=sum(1 for one in found if one.id is not None and one.id not in listed),
        refused=sum(1 for one in found if one.refused and (one.id is None or one.id in listed)),
        unmanaged=len(matching.unmanaged),
    )
