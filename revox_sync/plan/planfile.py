"""The plan as JSON: printed for programs, saved for a later apply, read back.

The form is published as ``plan-1.0.schema.json`` beside this module. Within 1.x members may be
added, never removed or given another meaning.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from revox_sync.definitions.source import Diagnostic, Location
from revox_sync.errors import RefusedError, SetupError
from revox_sync.plan.model import FORMAT_VERSION, Action, Change, Plan, Target, Unmanaged


def to_json(plan: Plan) -> dict[str, Any]:
    """Return the public form of a plan."""
    target = plan.target
    return {
        "format_version": FORMAT_VERSION,
        "target": {
            "base_url": target.base_url,
            "organization_id": target.organization_id,
            "profile": target.profile,
        },
        "summary": dict(plan.summary),
        "actions": [_action(action) for action in plan.actions],
        "unmanaged": [{"id": found.id, "name": found.name} for found in plan.unmanaged],
        "diagnostics": [_diagnostic(diagnostic) for diagnostic in plan.diagnostics],
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
        "fingerprint": action.fingerprint,
    }


def _change(change: Change) -> dict[str, Any]:
    public: dict[str, Any] = {
        "path": change.path,
        "op": change.op,
        "before": change.before,
        "after": change.after,
    }
    if change.sensitive:
        public["sensitive"] = True
    if change.absent:
        public["absent"] = True
    return public


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "severity": diagnostic.severity,
        "rule": diagnostic.rule,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
        "file": diagnostic.location.file,
        "line": diagnostic.location.line,
        "column": diagnostic.location.column,
    }


def dumps(plan: Plan) -> str:
    """Return the JSON text of a plan; ASCII, so that no terminal or pipe can be misled by it."""
    return json.dumps(to_json(plan), indent=2) + "\n"


def load(path: Path) -> Plan:
    """Read a saved plan.

    Raises SetupError when the file cannot be read, RefusedError when it is no plan of a version
    that this tool knows.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SetupError(f"cannot read the plan file {path}: {reason}") from None
    hint = "make a new one with `revox-sync plan --out FILE`"
    try:
        data = json.loads(text)
        version = data["format_version"]
        known = isinstance(version, str) and version.split(".")[0] == FORMAT_VERSION.split(".")[0]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise RefusedError(f"{path} is not a saved plan", hint=hint) from None
    if not known:
        raise RefusedError(f"{path} has plan format {version!r}, not 1.x", hint=hint)
    try:
        return _plan(data)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise RefusedError(f"{path} is a damaged plan file", hint=hint) from None


def _plan(data: Mapping[str, Any]) -> Plan:
    target = data["target"]
    return Plan(
        Target(str(target["base_url"]), target["organization_id"], target["profile"]),
        tuple(_loaded_action(action) for action in data["actions"]),
        tuple(Unmanaged(str(found["id"]), str(found["name"])) for found in data["unmanaged"]),
        tuple(
            Diagnostic(
                found["severity"],
                str(found["rule"]),
                str(found["message"]),
                found["hint"],
                Location(str(found["file"]), int(found["line"]), int(found["column"])),
            )
            for found in data["diagnostics"]
        ),
    )


def _loaded_action(data: Mapping[str, Any]) -> Action:
    if data["action"] not in ("create", "replace", "delete", "unchanged"):
        raise ValueError(data["action"])
    return Action(
        action=data["action"],
        mode=data["mode"],
        key=str(data["key"]),
        name=str(data["name"]),
        id=data["id"],
        file=str(data["file"]),
        changes=tuple(
            Change(
                str(change["path"]),
                change["op"],
                change["before"],
                change["after"],
                bool(change.get("sensitive", False)),
                bool(change.get("absent", False)),
            )
            for change in data["changes"]
        ),
        notes=tuple(map(str, data["notes"])),
        refused=data["refused"],
        open_questions=tuple(map(str, data.get("open_questions", ()))),
        not_clearable=tuple(map(str, data.get("not_clearable", ()))),
        fingerprint=str(data["fingerprint"]),
    )


def reviewed(saved: Plan, fresh: Plan) -> Plan:
    """Hold a new plan to the one that was reviewed.

    An action of ``fresh`` is kept if the saved plan holds the same one: same key, same assistant,
    same changes. Any other that would write is refused. Raises RefusedError when the saved plan is
    for another account.
    """
    if saved.target.base_url != fresh.target.base_url:
        raise RefusedError(
            f"the saved plan is for {saved.target.base_url}, not for {fresh.target.base_url}"
        )
    there = (saved.target.organization_id, fresh.target.organization_id)
    if None not in there and there[0] != there[1]:
        raise RefusedError(f"the saved plan is for organization {there[0]}, not {there[1]}")
    seen = {action.key: action for action in saved.actions}
    return replace(
        fresh, actions=tuple(_held(action, seen.get(action.key)) for action in fresh.actions)
    )


def _held(action: Action, seen: Action | None) -> Action:
    if not action.writes:
        return action
    if seen is None or not seen.writes:
        return replace(action, refused="it is not in the plan that was reviewed; plan again")
    if action.fingerprint != seen.fingerprint:
        return replace(
            action,
            refused="it is no longer what was reviewed: the definition or the account has changed "
            "since; plan again",
        )
    return action


def save(plan: Plan, path: Path) -> None:
    """Write a plan to a file, whole or not at all. Raises SetupError when it cannot be written."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        beside.write_text(dumps(plan), encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise SetupError(f"cannot write the plan to {path}: {error.strerror}") from None
