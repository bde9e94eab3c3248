"""The plan as JSON: printed for programs, saved for a later apply, read back.

The form is published as ``plan-1.0.schema.json`` beside this module. Within 1.x members may be
added, never removed or given another meaning.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from revox_sync.account.remote import Target
from revox_sync.definitions.problem import Location, Problem
from revox_sync.errors import RefusedError, SetupError
from revox_sync.files.transaction import named, send
from revox_sync.model.shapes import fingerprint
from revox_sync.plan.model import (
    FORMAT_VERSION,
    Action,
    Blocked,
    Change,
    Choices,
    Create,
    Delete,
    Gone,
    Plan,
    Recreate,
    Replace,
    Reported,
    Unchanged,
    Unmanaged,
)

_HINT = "make a new one with `revox-sync plan --out FILE`"
_CLOCKS_DIFFER_S = 60


def dumps(plan: Plan) -> str:
    """Return the JSON text of a plan; ASCII, so that no terminal or pipe can be misled by it.

    ``digest`` tells later whether the text was edited.
    """
    public = to_json(plan)
    return json.dumps({**public, "digest": fingerprint(public)}, indent=2) + "\n"


def check(
    path: Path, max_age: int | None, now: datetime | None = None, project: Path | None = None
) -> None:
    """Check that a plan file is as it was saved, and at most ``max_age`` seconds old.

    Raises SetupError when it cannot be read, RefusedError otherwise. Only ``apply`` asks:
    ``show`` shows any plan.
    """
    data = _data(path, project)
    digest = data.pop("digest", None)
    if digest != fingerprint(data):
        raise RefusedError(f"{path} was edited after it was saved", hint=_HINT)
    if max_age is None:
        return
    try:
        age = (
            (now or datetime.now(UTC)) - datetime.fromisoformat(data["created_at"])
        ).total_seconds()
    except (KeyError, TypeError, ValueError):
        raise RefusedError(f"{path} does not say when it was made", hint=_HINT) from None
    if age < -_CLOCKS_DIFFER_S:
        raise RefusedError(f"{path} was made in the future: a clock is wrong", hint=_HINT)
    if age > max_age:
        raise RefusedError(
            f"{path} is {int(age)} seconds old, and --max-age allows {max_age}", hint=_HINT
        )


def load(path: Path, project: Path | None = None) -> Plan:
    """Read a saved plan. No link below ``project`` is followed.

    Raises SetupError when the file cannot be read, RefusedError when it is no plan of a version
    that this tool knows.
    """
    try:
        return from_json(_data(path, project))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise RefusedError(f"{path} is a damaged plan file", hint=_HINT) from None


def _data(path: Path, project: Path | None) -> dict[str, Any]:
    try:
        if project is not None:
            named(path, project)
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SetupError(f"cannot read the plan file {path}: {reason}", hint=_HINT) from None
    try:
        data: dict[str, Any] = json.loads(text)
        version = data["format_version"]
        known = isinstance(version, str) and version.split(".")[0] == FORMAT_VERSION.split(".")[0]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise RefusedError(f"{path} is not a saved plan", hint=_HINT) from None
    if not known:
        raise RefusedError(f"{path} has plan format {version!r}, not 1.x", hint=_HINT)
    return data


def save(plan: Plan, path: Path, project: Path) -> None:
    """Write a plan to a file, whole or not at all; to a pipe or a terminal as it is.

    No link below ``project`` is followed. Raises SetupError when it cannot be written.
    """
    made = replace(plan, created_at=datetime.now(UTC).isoformat(timespec="seconds"))
    try:
        send(path, dumps(made).encode(), project)
    except OSError as error:
        raise SetupError(
            f"cannot write the plan to {path}: {error.strerror}",
            hint="name a file in a folder that exists and can be written to",
        ) from None


def to_json(plan: Plan) -> dict[str, Any]:
    """Return the public form of a plan."""
    return {
        "format_version": FORMAT_VERSION,
        **({"created_at": plan.created_at} if plan.created_at else {}),
        "target": _public(plan.target),
        "options": _public(plan.choices),
        "blocked": _public(plan.blocked),
        "consents": [
            {
                "key": action.key,
                "questions": list(action.open_questions),
                "allow": "--drop-open-questions",
            }
            for action in plan.consents
        ],
        "summary": dict(plan.summary),
        "actions": [_action(action) for action in plan.actions],
        "gone": _public(plan.gone),
        "remarks": list(plan.remarks),
        "unmanaged": _public(plan.unmanaged),
        "diagnostics": [found.to_json() for found in plan.diagnostics],
    }


def _action(action: Action) -> dict[str, Any]:
    first = ("action", "mode", "key", "name", "id", "file")
    found = {name: getattr(action, name) for name in first}
    found |= {"recreate": None, **_public(action)}
    if isinstance(action, Recreate):
        found["recreate"] = found.pop("how")
    found["unset_secrets"] = found.pop("unset")
    return found


def _public(value: Any) -> Any:
    """Return the public form of a part of a plan; values of fields, which are plain, stay."""
    if isinstance(value, tuple):
        return [_public(item) for item in value]
    if not is_dataclass(value):
        return value
    members = {
        one.name: _public(getattr(value, one.name))
        for one in fields(value)
        if one.compare
        and not (isinstance(value, Change | Reported) and getattr(value, one.name) == one.default)
    }
    if isinstance(value, Change) and value.origin == "both":
        members["base"] = value.base
    return members


def from_json(data: Mapping[str, Any]) -> Plan:
    """Return a plan from its public form; raises KeyError, TypeError or ValueError."""
    blocked = [one for one in data.get("blocked", []) if one["kind"] != "refused"]
    return Plan(
        _loaded(Target, data["target"]),
        tuple(map(_loaded_action, _list(data["actions"]))),
        _loaded(tuple[Unmanaged, ...], data["unmanaged"]),
        tuple(map(_loaded_diagnostic, _list(data["diagnostics"]))),
        _loaded(Choices, data["options"]),
        _loaded(str | None, data.get("created_at")),
        _loaded(tuple[Blocked, ...], blocked),  # refused actions say so themselves
        _loaded(tuple[Gone, ...], data.get("gone", [])),
        _loaded(tuple[str, ...], data.get("remarks", [])),
    )


def _loaded_diagnostic(data: Mapping[str, Any]) -> Problem:
    given = {name: data[name] for name in ("rule", "message", "hint", "severity")}
    where = {name: data[name] for name in ("file", "line", "column")}
    found: Problem = _loaded(Problem, given)
    return replace(found, location=_loaded(Location, where))


def _loaded_action(data: Mapping[str, Any]) -> Action:
    kind = _ACTIONS[data["action"], data["mode"]]
    own = {"how": data.get("recreate"), "unset": data.get("unset_secrets", [])}
    action: Action = _loaded(kind, {**data, **own})
    return action


_ACTIONS: Mapping[tuple[str, str | None], type[Action]] = {
    (kind.action, kind.mode): kind for kind in (Create, Replace, Recreate, Delete, Unchanged)
}

#: Members that every plan has, though an object in memory need not state them. Others that it need
#: not state came later, and older plans lack them.
_FIRST = frozenset(
    (
        *("changes", "fingerprint", "not_clearable", "notes", "open_questions", "refused"),
        *("allow", "allow_create", "hint", "key", "keys", "phone_numbers", "push_unknown"),
    )
)


def _loaded(kind: Any, data: Any) -> Any:
    """Return a value of this type from its public form.

    Raises KeyError, TypeError or ValueError if it has another form.
    """
    around, inner = get_origin(kind), get_args(kind)
    if around is tuple:
        return tuple(_loaded(inner[0], item) for item in _list(data))
    if around is Literal and data not in inner:
        raise ValueError(data)
    if around in (Union, UnionType) and data is not None:
        return _loaded(inner[0], data)
    if isinstance(kind, type) and is_dataclass(kind):
        members = {
            name: _loaded(member, data[name])
            for name, member, is_needed in _members(kind)
            if is_needed or name in data
        }
        made: Any = kind
        return made(**members)
    if isinstance(kind, type) and kind is not Any and type(data) is not kind:
        raise TypeError(data)
    return data


@cache
def _members(kind: Any) -> list[tuple[str, Any, bool]]:
    """Return name and type of each public member of a class, and whether every plan has it."""
    types = get_type_hints(kind)
    return [
        (one.name, types[one.name], one.name in _FIRST or one.default is MISSING)
        for one in fields(kind)
        if one.compare
    ]


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value
