"""What ``status`` and ``pull`` found and did, for people and as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from revox_sync.definitions.references import SECRET_PREFIX
from revox_sync.model.path import path_text
from revox_sync.render.sentences import counted, some
from revox_sync.render.sheet import Sheet, Styled, data

if TYPE_CHECKING:
    from revox_sync.account.remote import Remote
    from revox_sync.authoring.secrets import Secret
    from revox_sync.operations.pull import Changed, Drafted, Pulled
    from revox_sync.operations.questions import Notes
    from revox_sync.operations.status import Reply, Status

_LABEL = 15
_INDEX = re.compile(r"\[\d+\]")
_SOME = 3
_MANY = 12


def status_json(status: Status) -> dict[str, Any]:
    """Return the status as plain data."""
    organization = status.organization
    return {
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
        "unmanaged": None
        if status.unmanaged is None
        else [{"id": one, "name": name} for one, name in status.unmanaged],
        "requests": [
            {"method": "GET", "path": one.path, "ms": one.ms, "result": one.result}
            for one in status.answers
        ],
        "problems": [{"message": one.message, "hint": one.hint} for one in status.problems],
    }


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
    told = counted(count, "problem") if count else "all is well"
    sheet.line(f"Status: {told}.", style="bold")
    return sheet.text()


def _request(answer: Reply) -> str:
    words = {"answered": "", "missing": ", not told by this service", "failed": ", failed"}
    took = f"{answer.ms:.0f} ms" if answer.ms >= 1 else "less than 1 ms"
    return f"GET {answer.path:<12}  {took}{words[answer.result]}"


def _facts(status: Status) -> Iterator[tuple[str, *tuple[str | Styled, ...]]]:
    reached = {True: "reached", False: "not reached", None: "not asked"}
    yield "API", data(status.base_url), f", {reached[status.reachable]}"
    if status.environment is not None:
        yield "environment", data(status.environment)
    yield "key", _key(status)
    yield "user", data(_user(status))
    yield "organization", data(_organization(status))
    name, source = status.profile
    how = "assumed: the account has no assistants" if source == "assumed" else source
    yield "profile", f"{name} ({how})" if source else "not known"
    yield "definitions", _definitions(status)
    count, matching = status.assistants, status.matching
    unmanaged = "" if matching is None else f", {matching['unmanaged']} unmanaged"
    yield "assistants", "not read" if count is None else f"{count} in the account{unmanaged}"
    if status.unmanaged:
        yield "unmanaged", data(some((name for _, name in status.unmanaged), _MANY))


def _key(status: Status) -> str:
    if status.sandbox:
        return "none needed"
    words = {True: "accepted", False: "not accepted", None: "not known whether it is accepted"}
    return words[status.accepted] if status.has_key else "missing"


def _user(status: Status) -> str:
    user = status.user
    if user is not None and user.email and user.name:
        return f"{user.name} <{user.email}>"
    return (None if user is None else user.email or user.name) or _unknown(status)


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


def _definitions(status: Status) -> str:
    found, matching = status.definitions, status.matching or {}
    told = [
        str(found["files"]),
        counted(found["errors"], "error") if found["errors"] else "no errors",
        counted(found["warnings"], "warning") if found["warnings"] else "",
        f"{matching['matched']} matched" if matching else "",
        f"{matching['new']} new" if matching.get("new") else "",
        f"{matching['refused']} refused (see plan)" if matching.get("refused") else "",
    ]
    if matching.get("unlisted"):
        told.append(f"{matching['unlisted']} bound to an id that the list does not hold")
    return ", ".join(filter(None, told))


def pulled_json(pulled: Pulled) -> dict[str, Any]:
    """Return what was written and what was not as plain data; no value is in it."""
    told: list[Drafted | Changed] = [*pulled.written, *pulled.changed]
    return {
        "written": [
            {"file": f"{pulled.folder}/{one.key}.yaml", "key": one.key, **_remote(one.remote)}
            for one in pulled.written
        ],
        "changed": [
            {"file": one.file, "parts": list(one.parts), "paths": list(one.paths)}
            for one in pulled.changed
        ],
        "secrets": sorted({secret.name for one in told for secret in one.secrets}),
        "failed": [{**_remote(remote), "why": why} for remote, why in pulled.failed],
        "contested": [{**_remote(remote), "why": why} for remote, why in pulled.found.contested],
        "left": [
            {
                "file": one.location.file,
                "line": one.location.line,
                "column": one.location.column,
                "path": path_text(one.path),
                "why": one.message,
                "hint": one.hint,
            }
            for one in pulled.left
        ],
        "noted": [
            {"file": one.file, "questions": list(one.questions), "removed": one.removed}
            for one in pulled.noted
        ],
    }


def _remote(remote: Remote) -> dict[str, str]:
    return {"id": remote.id, "name": remote.shown_name}


def pulled_lines(pulled: Pulled) -> list[str]:
    """Return what was written and what was not, what is to be set, and what was left out.

    The lines quote what they tell of: whoever writes them escapes them.
    """
    folder, found = pulled.folder, pulled.found
    would = "would be " if pulled.request.check else ""
    files = {w.key: f"{folder}/{w.key}.yaml" for w in pulled.written}
    lines = [f"{files[w.key]}: {w.remote.shown_name} ({w.remote.id})" for w in pulled.written]
    lines += [
        f"{changed.file}: {some(changed.paths, _MANY)}"
        + (f" ({', '.join(changed.parts)})" if changed.parts else "")
        for changed in pulled.changed
    ]
    lines += [f"{one.file}: {_notes(one, would)}" for one in pulled.noted]
    if pulled.request.assistants:
        lines += [f"{remote.shown_name} is defined in {file}" for remote, file in found.defined]
    lines += [
        f"{remote.shown_name} ({remote.id}) is left alone: {why}" for remote, why in found.contested
    ]
    lines += [
        f"{remote.shown_name} ({remote.id}) is not written: {why}" for remote, why in pulled.failed
    ]
    lines += [
        f"{left.location}: {path_text(left.path)} is not written: {left.message}; {left.hint}"
        for left in pulled.left
    ]
    lines += _to_set(
        [
            *((files[one.key], secret) for one in pulled.written for secret in one.secrets),
            *((one.file, secret) for one in pulled.changed for secret in one.secrets),
        ]
    )
    lines += _left_out(pulled.written, files)
    counts = [
        f"{counted(len(pulled.written), 'definition')} {would}written",
        f"{len(found.defined)} defined already",
        f"{len(pulled.changed)} of them {would}changed" if pulled.changed else "",
        f"{counted(len(pulled.left), 'value')} of theirs not written" if pulled.left else "",
        f"{len(pulled.failed)} not written" if pulled.failed else "",
    ]
    return [*lines, ", ".join(filter(None, counts))]


def _notes(one: Notes, would: str) -> str:
    told = [
        f"{counted(len(one.questions), 'open question')} {would}noted" if one.questions else "",
        f"{counted(one.removed, 'comment')} {would}removed: answered" if one.removed else "",
    ]
    return ", ".join(filter(None, told))


def _to_set(secrets: Sequence[tuple[str, Secret]]) -> Iterator[str]:
    """Yield the secrets that the files refer to in place of values, each name once."""
    for known, title in (
        (False, "to be set, because these values are not written down:"),
        (True, "set already, so that their names were reused:"),
    ):
        places: dict[str, list[str]] = {}
        masked = {secret.name for _, secret in secrets if secret.masked}
        for file, secret in secrets:
            if secret.known == known:
                where = f"{path_text(secret.place)} in {file}"
                places.setdefault(secret.name, []).append(where)
        if places:
            yield title
        for name, found in places.items():
            why = ", which the account masks" if name in masked and not known else ""
            yield f"  {SECRET_PREFIX}{name}: {some(dict.fromkeys(found), _SOME)}{why}"


def _left_out(written: Sequence[Drafted], files: Mapping[str, str]) -> Iterator[str]:
    """Yield what the account has and no file states; a place of several files comes once."""
    places: dict[tuple[str, str], list[str]] = {}
    for one in written:
        for place, why in dict.fromkeys((_INDEX.sub("[]", p), why) for p, why in one.left_out):
            places.setdefault((place, why), []).append(files[one.key])
    if places:
        yield "left out:"
    for (place, why), found in places.items():
        yield f"  {place}: {why} ({some(found, _SOME)})"
