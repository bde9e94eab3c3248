"""``status``: whose the key is, what it reaches, and whether a plan could be made."""

from __future__ import annotations

import platform
import time
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Literal

from revox_sync import __version__
from revox_sync.account.reader import recognise_profile
from revox_sync.account.remote import Remote
from revox_sync.definitions.loader import load_definitions
from revox_sync.definitions.problem import Problem, errors_in
from revox_sync.definitions.project import PROJECT_FILE, Project
from revox_sync.errors import (
    AnswerLost,
    ApiError,
    ConnectionFailed,
    RefusedError,
    RevoxSyncError,
    SetupError,
    StatusError,
)
from revox_sync.operations.connection import (
    base_url_of,
    organization_of,
    pin_refusal,
    read_project,
    redactor,
)
from revox_sync.operations.context import Context, tell_sandbox
from revox_sync.operations.settings import Reporter, Settings
from revox_sync.operations.signals import run
from revox_sync.plan.match import Matching
from revox_sync.records import dataclass

KEY, USER, LIST = "/auth-status", "/users/me", "/assistants"
_NOT_ACCEPTED = (401, 403)


@dataclass(frozen=True, slots=True)
class Reply:
    """How one request ended: its path below the base URL, and how many milliseconds it took.

    Without ``value`` and ``error`` the service answered, but has no such endpoint, or says nothing
    of use there.
    """

    path: str
    ms: float
    value: Any = None
    error: ApiError | None = None

    @property
    def result(self) -> Literal["answered", "missing", "failed"]:
        """How it ended, in a word."""
        if self.error is not None:
            return "failed"
        return "missing" if self.value is None else "answered"

    @property
    def denies(self) -> bool:
        """Whether the service says that it does not accept the key."""
        if isinstance(self.error, StatusError):
            return self.error.status in _NOT_ACCEPTED
        return self.path == KEY and self.value is False

    @property
    def never_came(self) -> bool:
        """Whether the service was not reached."""
        return isinstance(self.error, ConnectionFailed | AnswerLost)


@dataclass(frozen=True, slots=True)
class User:
    """Whose key it is; without an email and a name, the service does not tell."""

    email: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Organization:
    """The key's organization, the endpoint that told it, and the one that the project allows.

    ``as_pinned`` says whether both are the same; None where that was not or cannot be checked.
    """

    id: str | None
    told_by: str | None
    pin: str | None
    pin_at: str | None
    as_pinned: bool | None


@dataclass(frozen=True, slots=True)
class Status:
    """Everything that was found out; None is what is not known.

    ``profile`` is the API generation of the account, and why that one: stated, recognised, or
    assumed, where the account has no assistants. ``definitions`` counts files, errors and warnings.
    ``matching`` counts how definitions and assistants meet, as far as one list tells: matched, new,
    unlisted (bound to an id that the list does not hold: it may be hidden), refused (the plan says
    why) and unmanaged; ``unmanaged`` has id and name of those by name. Texts of the service hold
    nothing sensitive any more, but are not escaped.
    """

    version: str
    python: str
    base_url: str
    environment: str | None
    sandbox: bool
    reachable: bool | None
    has_key: bool
    accepted: bool | None
    user: User | None
    organization: Organization
    profile: tuple[str | None, str | None]
    definitions: Mapping[str, int]
    assistants: int | None
    matching: Mapping[str, int] | None
    unmanaged: Sequence[tuple[str, str]] | None
    answers: tuple[Reply, ...]
    problems: tuple[Problem, ...]


def status(settings: Settings, reporter: Reporter | None = None) -> Status:
    """Find out everything; what is wrong is in the result's ``problems``.

    Raises UsageError for an impossible project or base URL.
    """
    reporter = reporter or Reporter()
    base_url = base_url_of(settings)
    project, problems = read_project(settings)
    loaded = load_definitions(project, settings.secrets)
    errors = errors_in((*problems, *loaded.diagnostics))
    warnings = len(problems) + len(loaded.diagnostics) - len(errors)
    context = Context(
        settings=settings, reporter=reporter, project=project, definitions=loaded.definitions
    )
    tell_sandbox(settings, reporter)
    pin_known = not errors_in(problems)
    found = list(_wrong_definitions(errors, pin_known=pin_known))
    answers: Mapping[str, Reply] = {}
    refused: RevoxSyncError | None
    try:
        answers, refused = run(_ask(context, pin_known=pin_known))
    except SetupError as error:  # what keeps this machine from asking
        refused = error
    accepted = _accepted(answers)
    found += _wrong_answers(answers.values(), accepted, project.key_variable)
    if refused is not None:
        found.append(Problem("refused", refused.message, refused.hint))
    remotes: list[Remote] | None = answers[LIST].value if LIST in answers else None
    redact = redactor(settings)
    matching = None
    if remotes is not None and not errors:
        matching = context.match(remotes, context.recreating())
    return Status(
        version=__version__,
        python=platform.python_version(),
        base_url=base_url,
        environment=project.environment,
        sandbox=settings.sandbox,
        reachable=not any(one.never_came for one in answers.values()) if answers else None,
        has_key=bool(settings.environ.get(project.key_variable, "").strip()),
        accepted=accepted,
        user=_user(answers.get(USER), redact),
        organization=_organization(context, answers.get(USER), remotes, redact),
        profile=_profile(project, remotes),
        definitions={"files": loaded.files, "errors": len(errors), "warnings": warnings},
        assistants=None if remotes is None else len(remotes),
        matching=None if matching is None else _counts(matching, remotes or ()),
        unmanaged=None
        if matching is None
        else sorted(((one.id, one.shown_name) for one in matching.unmanaged), key=itemgetter(1)),
        answers=tuple(answers.values()),
        problems=tuple(found),
    )


async def _ask(
    context: Context, *, pin_known: bool
) -> tuple[Mapping[str, Reply], RefusedError | None]:
    """Return the answers by path, and why the pin allowed no more questions, if it did not.

    Requests are sent one at a time: none that the pin does not allow, and none to a service that
    cannot be reached. Without ``pin_known`` the project file may hold a pin that cannot be read, so
    the account is not read.
    """
    settings, project = context.settings, context.project
    pinned = project.organization_id is not None and not settings.sandbox
    answers: dict[str, Reply] = {}
    async with context.open_account() as client:
        questions: tuple[tuple[str, Callable[[], Awaitable[Any]]], ...] = (
            (KEY, client.auth_status),
            (USER, client.who_am_i),
            (LIST, client.list_assistants),
        )
        for path, send in questions:
            context.reporter.step(f"asking GET {path}")
            answers[path] = answer = await _timed(path, send)
            context.reporter.step("")
            if answer.never_came or (path == USER and not pin_known):
                break
            if path == USER and pinned:
                if answer.error is not None:
                    break
                refused = pin_refusal(settings, project, organization_of(answer.value))
                if refused is not None:
                    return answers, refused
    return answers, None


async def _timed(path: str, send: Callable[[], Awaitable[Any]]) -> Reply:
    begun = time.perf_counter()
    value, failed = None, None
    try:
        value = await send()
    except ApiError as error:
        failed = error
    return Reply(path, round((time.perf_counter() - begun) * 1000, 1), value, failed)


def _accepted(answers: Mapping[str, Reply]) -> bool | None:
    """Return whether the service accepts the key; None if nothing says so.

    A key that lists the account is good, even if it may not ask whose it is.
    """
    listed = LIST in answers and answers[LIST].value is not None
    decisive = [answer for path, answer in answers.items() if not (listed and path == USER)]
    if any(answer.denies for answer in decisive):
        return False
    return True if any(answer.value is not None for answer in decisive) else None


def _wrong_definitions(errors: Sequence[Problem], *, pin_known: bool) -> Iterator[Problem]:
    if errors:
        count = f"{len(errors)} error{'s' * (len(errors) > 1)}"
        yield Problem(
            "definitions",
            f"{count} in the definitions, the first in {errors[0].location}: {errors[0].message}",
            "`revox-sync validate` shows all of them",
        )
    if not pin_known:
        yield Problem(
            "organization",
            f"the account was not read: {PROJECT_FILE} has errors, so the organization that it "
            "allows is not known",
        )


def _wrong_answers(
    answers: Collection[Reply], accepted: bool | None, key_variable: str
) -> Iterator[Problem]:
    """Yield what is wrong with the answers; a denied key comes once."""
    denied = [answer for answer in answers if answer.denies and accepted is False]
    if denied:
        error = denied[0].error
        words = error.message if error else f"GET {denied[0].path} says so"
        hint = f"check {key_variable} and the organization that the key belongs to"
        yield Problem("key", f"the service does not accept the key: {words}", hint)
    for answer in answers:
        if answer.error is not None and answer not in denied:
            message = f"GET {answer.path}: {answer.error.message}"
            yield Problem("answer", message, answer.error.hint)


def _user(answer: Reply | None, redact: Callable[[str], str]) -> User | None:
    """Return whose key it is; None if nobody was asked or the question failed."""
    if answer is None or answer.error is not None:
        return None
    told = answer.value or {}

    def text(name: str) -> str:
        value = told.get(name)
        return redact(value).strip() if isinstance(value, str) else ""

    name = f"{text('first_name')} {text('last_name')}".strip()
    return User(text("email") or None, name or None)


def _organization(
    context: Context,
    answer: Reply | None,
    remotes: Sequence[Remote] | None,
    redact: Callable[[str], str],
) -> Organization:
    """Return the key's organization, from the service or else from its assistants."""
    project = context.project
    told = organization_of(answer.value if answer else None)
    named = next((remote.organization_id for remote in remotes or () if remote.organization_id), "")
    pin = project.organization_id
    as_pinned = told == pin if pin and told and not context.settings.sandbox else None
    return Organization(
        id=redact(told or named) or None,
        told_by=USER if told else LIST if named else None,
        pin=pin,
        pin_at=str(project.organization_at) if pin else None,
        as_pinned=as_pinned,
    )


def _profile(project: Project, remotes: Sequence[Remote] | None) -> tuple[str | None, str | None]:
    if project.profile != "auto":
        return project.profile, "stated"
    if remotes is None:
        return None, None
    return recognise_profile(remotes), "recognised" if remotes else "assumed"


def _counts(matching: Matching, remotes: Sequence[Remote]) -> Mapping[str, int]:
    """Count as a plan matches, with what one list tells."""
    listed = {remote.id for remote in remotes}
    found = matching.matches.values()
    return {
        "matched": sum(1 for one in found if one.remote is not None),
        "new": sum(1 for one in found if not one.exists and one.refused is None),
        "unlisted": sum(1 for one in found if one.id is not None and one.id not in listed),
        "refused": sum(1 for one in found if one.refused and (one.id is None or one.id in listed)),
        "unmanaged": len(matching.unmanaged),
    }
