"""What ``revox-sync status`` found out, for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from revox_sync.operations.status import Answer, Status
from revox_sync.render.sheet import Sheet, Span, data

_LABEL = 15


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
        "profile": dict(zip(("name", "source"), status.profile, strict=True)),
        "definitions": dict(status.definitions),
        "assistants": status.assistants,
        "matching": status.matching and dict(status.matching),
        "requests": [
            {"method": "GET", "path": one.path, "ms": one.ms, "result": one.result}
            for one in status.answers
        ],
        "problems": [asdict(problem) for problem in status.problems],
    }
    return json.dumps(document, indent=2) + "\n"


def render_status(status: Status, *, width: int, colour: bool) -> str:
    """Return the status as text: one fact a line, then the problems."""
    sheet = Sheet(width=width, colour=colour)
    sheet.line(f"revox-sync {status.version}, Python {status.python}")
    for label, *parts in _facts(status):
        sheet.line(*parts, prefix=f"{label:<{_LABEL}}")
    for index, answer in enumerate(status.answers):
        label = "" if index else "requests"
        sheet.line(_request(answer), prefix=f"{label:<{_LABEL}}")
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


def _request(answer: Answer) -> str:
    words = {"answered": "", "missing": ", not told by this service", "failed": ", failed"}
    took = f"{answer.ms:.0f} ms" if answer.ms >= 1 else "less than 1 ms"
    return f"GET {answer.path:<12}  {took}{words[answer.result]}"


def _facts(status: Status) -> Iterator[tuple[str, *tuple[str | Span, ...]]]:
    reached = {True: "reached", False: "not reached", None: "not asked"}
    yield "API", data(status.base_url), f", {reached[status.reachable]}"
    if status.environment is not None:
        yield "environment", data(status.environment)
    yield "key", _key(status)
    yield "user", data(_user(status))
    yield "organization", data(_organization(status))
    yield "profile", _profile(*status.profile)
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


def _profile(name: str | None, source: str | None) -> str:
    if source == "assumed":
        return f"{name} (assumed: the account has no assistants)"
    return f"{name} ({source})" if source else "not known"


def _definitions(status: Status) -> str:
    found, matching = status.definitions, status.matching or {}
    errors = found["errors"]
    told = [
        str(found["files"]),
        f"{errors} error{'s' * (errors != 1)}" if errors else "no errors",
        f"{found['warnings']} warning{'s' * (found['warnings'] != 1)}" * bool(found["warnings"]),
        f"{matching['matched']} matched" if matching else "",
        f"{matching['new']} new" if matching.get("new") else "",
        f"{matching['refused']} refused (see plan)" if matching.get("refused") else "",
    ]
    if matching.get("unlisted"):
        told.append(f"{matching['unlisted']} bound to an id that the list does not hold")
    return ", ".join(filter(None, told))


def _assistants(status: Status) -> str:
    if status.assistants is None:
        return "not read"
    unmanaged = "" if status.matching is None else f", {status.matching['unmanaged']} unmanaged"
    return f"{status.assistants} in the account{unmanaged}"
