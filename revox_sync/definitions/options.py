"""The tool's own keys: ``sync:`` of a definition, and what it shares with the project file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from revox_sync.definitions.definition import Path, SyncOptions
from revox_sync.definitions.finding import Finding, spell
from revox_sync.definitions.suggest import closest, hint_for
from revox_sync.model.fields import FIELDS, READ_ONLY

_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

#: Checks the value of one key: what is wrong with it, given its place.
Check = Callable[[Any, Path], Iterator[Finding]]


def text(value: Any, path: Path) -> Iterator[Finding]:
    """Check for a text that is not blank."""
    if not isinstance(value, str):
        yield Finding("wrong-type", path, f"`{spell(path)}` wants a text", "put it in quotes")
    elif not value.strip():
        yield Finding("empty-text", path, f"`{spell(path)}` cannot be empty", "or leave it out")


def one_of(*known: str) -> Check:
    """Return a check for one of the words ``known``."""

    def check(value: Any, path: Path) -> Iterator[Finding]:
        if value not in known or not isinstance(value, str):
            wanted = f"must be {' or '.join(known)}"
            match = closest(value, known) if isinstance(value, str) else None
            hint = f"did you mean {match}?" if match else None
            yield Finding("unknown-value", path, f"`{spell(path)}` {wanted}", hint)

    return check


def field_names(value: Any, path: Path) -> Iterator[Finding]:
    """Check for a list of names of top-level fields; ``name`` itself cannot be left alone."""
    if not isinstance(value, list):
        hint = "write [voice, faq_items], for example"
        yield Finding("wrong-type", path, f"`{spell(path)}` wants a list of field names", hint)
        return
    for index, name in enumerate(value):
        at = (*path, index)
        if not isinstance(name, str):
            yield Finding("wrong-type", at, f"`{spell(at)}` wants the name of a field")
        elif name == "name":
            message = "`name` cannot be ignored: it is how the assistant is found"
            yield Finding("unknown-field", at, message, "remove it from the list")
        elif name not in FIELDS:
            message = f"there is no field `{name}` at the top level of a definition"
            yield Finding("unknown-field", at, message, hint_for(name, FIELDS.keys() - {"name"}))


def unknown_fields(value: Any, path: Path) -> Iterator[Finding]:
    """Check for a mapping of fields that this version does not know, passed on as they are."""
    if not isinstance(value, dict):
        hint = "write `extra: {new_field: …}`"
        yield Finding("wrong-type", path, f"`{spell(path)}` wants a mapping of fields", hint)
        return
    for name in value:
        at = (*path, name)
        if name in FIELDS:
            message, hint = f"`{name}` is a field that this version knows", "move it to top level"
            yield Finding("known-field", at, message, hint, on_key=True)
        elif name in READ_ONLY:
            message = f"`{name}` is the service's own and cannot be written"
            yield Finding("known-field", at, message, "remove it", on_key=True)
        elif not _FIELD_NAME.fullmatch(name):
            message = "the name of a field is made of letters, digits and _"
            yield Finding("field-name", at, message, "write it as the API does", on_key=True)


SYNC_KEYS: Mapping[str, Check] = {
    "id": text,
    "renamed_from": text,
    "replace": one_of("in-place", "recreate"),
    "ignore": field_names,
    "extra": unknown_fields,
}


def key_findings(data: Any, path: Path, checks: Mapping[str, Check]) -> list[Finding]:
    """Return what is wrong with a mapping of the tool's own keys at ``path``."""
    if not isinstance(data, dict):
        hint = f"its keys are {', '.join(checks)}; leave `{spell(path)}` out for none"
        return [Finding("wrong-type", path, f"`{spell(path)}` wants a mapping", hint)]
    findings: list[Finding] = []
    where = f" in `{spell(path)}`" if path else ""
    for key, value in data.items():
        at = (*path, key)
        if key in checks:
            findings.extend(checks[key](value, at))
        else:
            hint = hint_for(key, checks)
            findings.append(
                Finding("unknown-key", at, f"unknown key `{key}`{where}", hint, on_key=True)
            )
    return findings


def sync_options(
    data: Mapping[str, Any],
    project_ignore: tuple[str, ...],
    project_replace: Literal["in-place", "recreate"],
) -> SyncOptions:
    """Return the valid ``sync:`` of a definition, with what holds for the whole project."""
    own = (name for name in data.get("ignore", ()) if name not in project_ignore)
    return SyncOptions(
        id=data.get("id"),
        renamed_from=data.get("renamed_from"),
        replace=data.get("replace", project_replace),
        ignore=(*project_ignore, *dict.fromkeys(own)),
    )
