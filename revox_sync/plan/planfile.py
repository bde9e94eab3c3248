"""The plan as JSON: printed for programs, saved for a later apply, read back.

The form is published as ``plan-1.0.schema.json`` beside this module. Within 1.x members may be
added, never removed or given another meaning.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

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
    Recreation,
    Replace,
    Reported,
    Target,
    Unchanged,
    Uncompared,
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
        raise SetupError(f"cannot read the plan file {path}: {reason}") from None
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
        raise SetupError(f"cannot write the plan to {path}: {error.strerror}") from None


def to_json(plan: Plan) -> dict[str, Any]:
    """Return the public form of a plan."""
    return {
        "format_version": FORMAT_VERSION,
        **({"created_at": plan.created_at} if plan.created_at else {}),
        "target": _members(plan.target),
        "options": _members(plan.choices),
        "blocked": [asdict(found) for found in plan.blocked],
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
        "gone": [_gone(found) for found in plan.gone],
        "unmanaged": [_members(found) for found in plan.unmanaged],
        "diagnostics": [_diagnostic(diagnostic) for diagnostic in plan.diagnostics],
    }


def _members(found: Target | Choices | Unmanaged | Recreation) -> dict[str, Any]:
    """Return the members of what has the same ones in the public form."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(found).items()
    }


def _action(action: Action) -> dict[str, Any]:
    return {
        "action": action.action,
        "mode": action.mode,
        "key": action.key,
        "name": action.name,
        "id": action.id,
        "file": action.file,
        "changes": [_change(change) for change in action.changes],
        "notes": list(action.notes),
        "refused": action.refused,
        "open_questions": list(action.open_questions),
        "not_clearable": list(action.not_clearable),
        "unknown": list(action.unknown),
        "ignored": list(action.ignored),
        "reported": [_reported(found) for found in action.reported],
        "kept": list(action.kept),
        "unjudged": list(action.unjudged),
        "uncompared": [
            {"path": found.path, "secrets": list(found.secrets)} for found in action.uncompared
        ],
        "unset_secrets": list(action.unset),
        "dropped": list(action.dropped),
        "recreate": None if action.recreate is None else _members(action.recreate),
        "fingerprint": action.fingerprint,
    }


def _gone(found: Gone) -> dict[str, Any]:
    return {
        "key": found.key,
        "name": found.name,
        "file": found.file,
        "ids": list(found.ids),
        "reached_by": list(found.reached_by),
        "environments": list(found.environments),
    }


def _loaded_gone(data: Mapping[str, Any]) -> Gone:
    lists = (tuple(map(_text, _list(data[name]))) for name in ("ids", "reached_by", "environments"))
    return Gone(_text(data["key"]), _text(data["name"]), _text(data["file"]), *lists)


def _reported(found: Reported) -> dict[str, Any]:
    sensitive = {"sensitive": True} if found.sensitive else {}
    return {"path": found.path, "value": found.value, **sensitive}


def _change(change: Change) -> dict[str, Any]:
    public: dict[str, Any] = {
        "path": change.path,
        "op": change.op,
        "before": change.before,
        "after": change.after,
    }
    if change.sensitive:
        public["sensitive"] = True
    if change.secrets:
        public["secrets"] = list(change.secrets)
    if change.absent:
        public["absent"] = True
    if change.origin is not None:
        public["origin"] = change.origin
    if change.origin == "both":
        public["base"] = change.base
    return public


def _diagnostic(diagnostic: Problem) -> dict[str, Any]:
    return {
        "severity": diagnostic.severity,
        "rule": diagnostic.rule,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
        "file": diagnostic.location.file,
        "line": diagnostic.location.line,
        "column": diagnostic.location.column,
    }


def from_json(data: Mapping[str, Any]) -> Plan:
    """Return the plan of its public form; raises KeyError, TypeError or ValueError for others."""
    target = data["target"]
    return Plan(
        Target(
            _text(target["base_url"]),
            _perhaps(target["organization_id"]),
            _one_of(target["profile"], "seed", "current"),
            _perhaps(target.get("environment")),
            _text(target.get("project", "")),
        ),
        tuple(_loaded_action(action) for action in _list(data["actions"])),
        tuple(
            Unmanaged(_text(found["id"]), _text(found["name"]))
            for found in _list(data["unmanaged"])
        ),
        tuple(_loaded_diagnostic(found) for found in _list(data["diagnostics"])),
        Choices(
            tuple(map(_text, _list(data["options"]["keys"]))),
            tuple(map(_text, _list(data["options"]["allow_create"]))),
            data["options"]["push_unknown"] is True,
            tuple(map(_text, _list(data["options"].get("recreate", [])))),
            data["options"].get("rebind") is True,
            data["options"].get("force_recreate") is True,
            tuple(map(_text, _list(data["options"].get("finish_recreate", [])))),
            _perhaps(data["options"].get("base")),
            data["options"].get("prune") is True,
        ),
        _perhaps(data.get("created_at")),
        tuple(
            Blocked(
                _one_of(found["kind"], "limit", "base"),
                _text(found["message"]),
                _perhaps(found["key"]),
                _perhaps(found["allow"]),
            )
            for found in _list(data.get("blocked", []))
            if found["kind"] != "refused"  # the actions say so themselves
        ),
        tuple(map(_loaded_gone, _list(data.get("gone", [])))),
    )


def _loaded_diagnostic(data: Mapping[str, Any]) -> Problem:
    return Problem(
        _text(data["rule"]),
        _text(data["message"]),
        _perhaps(data["hint"]),
        _one_of(data["severity"], "error", "warning"),
        location=Location(_text(data["file"]), int(data["line"]), int(data["column"])),
    )


def _loaded_action(data: Mapping[str, Any]) -> Action:
    kind, more = _kind(data)
    return kind(
        key=_text(data["key"]),
        name=_text(data["name"]),
        file=_text(data["file"]),
        changes=tuple(
            Change(
                _text(change["path"]),
                _one_of(change["op"], "add", "change", "remove"),
                change["before"],
                change["after"],
                change.get("sensitive") is True,
                change.get("absent") is True,
                _one_of(change.get("origin"), "definition", "drift", "both", "unknown", None),
                change.get("base"),
                tuple(map(_text, _list(change.get("secrets", [])))),
            )
            for change in _list(data["changes"])
        ),
        notes=tuple(map(_text, _list(data["notes"]))),
        refused=_perhaps(data["refused"]),
        open_questions=tuple(map(_text, _list(data["open_questions"]))),
        not_clearable=tuple(map(_text, _list(data["not_clearable"]))),
        unknown=tuple(map(_text, _list(data.get("unknown", [])))),
        ignored=tuple(map(_text, _list(data.get("ignored", [])))),
        reported=tuple(
            Reported(_text(found["path"]), found["value"], found.get("sensitive") is True)
            for found in _list(data.get("reported", []))
        ),
        kept=tuple(map(_text, _list(data.get("kept", [])))),
        unjudged=tuple(map(_text, _list(data.get("unjudged", [])))),
        uncompared=tuple(
            Uncompared(_text(found["path"]), tuple(map(_text, _list(found["secrets"]))))
            for found in _list(data.get("uncompared", []))
        ),
        unset=tuple(map(_text, _list(data.get("unset_secrets", [])))),
        dropped=tuple(map(_text, _list(data.get("dropped", [])))),
        fingerprint=_text(data["fingerprint"]),
        **more,
    )


def _kind(data: Mapping[str, Any]) -> tuple[type[Action], dict[str, Any]]:
    """Return the class of a loaded action, and the members of its own."""
    named = (data["action"], data["mode"])
    if named == ("create", None):
        return Create, {}
    if named == ("delete", None):
        return Delete, {"id": _perhaps(data["id"])}
    if named == ("replace", "recreate"):
        return Recreate, {"id": _text(data["id"]), "how": _loaded_recreation(data["recreate"])}
    if named not in (("replace", "in-place"), ("unchanged", None)):
        raise ValueError(named)
    return (Unchanged if named[1] is None else Replace), {"id": _perhaps(data["id"])}


def _loaded_recreation(data: Mapping[str, Any]) -> Recreation:
    return Recreation(
        _text(data["why"]),
        _text(data["old_id"]),
        _perhaps(data["new_id"]),
        _one_of(data["retire"], "delete", "keep"),
        tuple(map(_text, _list(data["phone_numbers"]))),
        _text(data.get("old_name", "")),
        tuple(map(_text, _list(data.get("earlier", [])))),
        _one_of(data.get("then"), "in-place", "recreate", None),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def _perhaps(value: Any) -> str | None:
    return None if value is None else _text(value)


def _one_of(value: Any, *allowed: Any) -> Any:
    if value not in allowed:
        raise ValueError(value)
    return value
