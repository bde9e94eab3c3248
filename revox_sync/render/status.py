"""What ``revox-sync status`` found out, for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from revox_sync.render.sheet import Sheet, Span, data

_LABEL = 15

Result = Literal["answered", "missing", "failed"]


@dataclass(frozen=True, slots=True)
class Request:
    """One request: its path below the base URL, and how it ended after ``ms`` milliseconds.

    ``missing``: the service answered, but has no such endpoint or says nothing of use there.
    """

    path: str
    ms: float
    result: Result


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
    told_by: Literal["/users/me", "/assistants"] | None
    pin: str | None
    pin_at: str | None
    as_pinned: bool | None


@dataclass(frozen=True, slots=True)
class Profile:
    """The API generation of the account, and why that one.

    An account without assistants is assumed to be of the current generation.
    """

    name: Literal["seed", "current"] | None = None
    source: Literal["stated", "recognised", "assumed"] | None = None


@dataclass(frozen=True, slots=True)
class Definitions:
    """How many definition files there are, and the problems of all of them together."""

    files: int
    errors: int
    warnings: int


@dataclass(frozen=True, slots=True)
class Matching:
    """How definitions and assistants meet, as far as one list tells.

    ``unlisted`` definitions are bound to an id that the list does not hold: it may be hidden.
    ``refused`` ones cannot be told apart; the plan says why.
    """

    matched: int
    new: int
    unlisted: int
    refused: int
    unmanaged: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not well, and how to mend it."""

    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """Everything that was found out; None is what is not known.

    Texts of the service hold nothing sensitive any more, but are not escaped yet.
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
    profile: Profile
    definitions: Definitions
    assistants: int | None
    matching: Matching | None
    requests: tuple[Request, ...]
    problems: tuple[Problem, ...]


def to_json(status: Status) -> str:
    """Return the status as JSON text; ASCII, so that no terminal or pipe can be misled by it."""
    organization = status.organization
    document: dict[str, Any] = {
        "format_version": "1.0",
        "ok": not status.problems,
        "tool": {"version": status.version, "python": status.python},
        "environment": status.environment,
        "api": {
            "base_url": status.base_url,
            "sandbox": status.sandbox,
            "reachable": status.reachable,
        },
        "key": {"present": status.has_key, "accepted": status.accepted},
        "user": asdict(status.user) if status.user else None,
        "organization": {
            "id": organization.id,
            "told_by": organization.told_by,
            "pinned": organization.pin,
            "as_pinned": organization.as_pinned,
        },
        "profile": asdict(status.profile),
        "definitions": asdict(status.definitions),
        "assistants": status.assistants,
        "matching": asdict(status.matching) if status.matching else None,
        "requests": [{"method": "GET", **asdict(request)} for request in status.requests],
        "problems": [asdict(problem) for problem in status.problems],
    }
    return json.dumps(document, indent=2) + "\n"


def render_status(status: Status, *, width: int, colour: bool) -> str:
    """Return the status as text: one fact a line, then the problems."""
    sheet = Sheet(width=width, colour=colour)
    sheet.line(f"revox-sync {status.version}, Python {status.python}")
    for label, *parts in _facts(status):
        sheet.line(*parts, prefix=f"{label:<{_LABEL}}")
    for index, request in enumerate(status.requests):
        label = "" if index else "requests"
        sheet.line(_request(request), prefix=f"{label:<{_LABEL}}")
    if status.problems:
        sheet.blank()
    for problem in status.problems:
        sheet.line(data(problem.message), prefix="! ", style="magenta")
        if problem.hint:
            sheet.line("help: ", data(problem.hint), prefix="  ", hang=6)
    sheet.blank()
    count = len(status.problems)
    plural = "s" * (count != 1)
    sheet.line(f"Status: {f'{count} problem{plural}' if count else 'all is well'}.", style="bold")
    return sheet.text()


def _request(request: Request) -> str:
    words = {"answered": "", "missing": ", not told by this service", "failed": ", failed"}
    took = f"{request.ms:.0f} ms" if request.ms >= 1 else "less than 1 ms"
    return f"GET {request.path:<12}  {took}{words[request.result]}"


def _facts(status: Status) -> Iterator[tuple[str, *tuple[str | Span, ...]]]:
    reached = {True: "reached", False: "not reached", None: "not asked"}
    yield "API", data(status.base_url), f", {reached[status.reachable]}"
    if status.environment is not None:
        yield "environment", data(status.environment)
    yield "key", _key(status)
    yield "user", data(_user(status))
    yield "organization", data(_organization(status))
    yield "profile", _profile(status.profile)
    yield "definitions", _definitions(status)
    yield "assistants", _assistants(status)


def _key(status: Status) -> str:
    if status.sandbox:
        return "none needed"
    words = {True: "accepted", False: "not accepted", None: "not known whether it is accepted"}
    return words[status.accepted] if status.has_key else "missing"


def _user(status: Status) -> str:
    user = status.user
    if user is None or not (user.email or user.name):
        return _unknown(status)
    return (
        f"{user.name} <{user.email}>" if user.email and user.name else f"{user.email or user.name}"
    )


def _unknown(status: Status) -> str:
    return "not known" if status.user is None else "not told by this service"


def _organization(status: Status) -> str:
    found = status.organization
    name = found.id or _unknown(status)
    if found.told_by == "/assistants":
        name += " (named by the assistants)"
    if found.pin is None:
        return f"{name}, not pinned"
    if found.as_pinned:
        return f"{name}, as pinned in {found.pin_at}"
    unchecked = ""
    if found.as_pinned is None:
        unchecked = " (not checked in the sandbox)" if status.sandbox else " (not checked)"
    return f"{name}, pinned to {found.pin} in {found.pin_at}{unchecked}"


def _profile(profile: Profile) -> str:
    if profile.source == "assumed":
        return f"{profile.name} (assumed: the account has no assistants)"
    return f"{profile.name} ({profile.source})" if profile.source else "not known"


def _definitions(status: Status) -> str:
    found = status.definitions
    errors = f"{found.errors} error{'s' * (found.errors != 1)}" if found.errors else "no errors"
    parts = [str(found.files), errors]
    if found.warnings:
        parts.append(f"{found.warnings} warning{'s' * (found.warnings != 1)}")
    if (matching := status.matching) is not None:
        parts.append(f"{matching.matched} matched")
        parts += [f"{matching.new} new"] if matching.new else []
        parts += [f"{matching.refused} refused (see plan)"] if matching.refused else []
        if matching.unlisted:
            parts.append(f"{matching.unlisted} bound to an id that the list does not hold")
    return ", ".join(parts)


def _assistants(status: Status) -> str:
    if status.assistants is None:
        return "not read"
    unmanaged = "" if status.matching is None else f", {status.matching.unmanaged} unmanaged"
    return f"{status.assistants} in the account{unmanaged}"
