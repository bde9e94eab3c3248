"""The plan as JSON: printed for programs, saved for a later apply, read back.

``document.py`` knows its members.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from revox_sync.errors import RefusedError, SetupError
from revox_sync.model.shapes import fingerprint
from revox_sync.plan.document import from_json, to_json
from revox_sync.plan.model import (
    FORMAT_VERSION,
    Action,
    Plan,
    action_fingerprint,
)

_HINT = "make a new one with `revox-sync plan --out FILE`"
_CLOCKS_DIFFER_S = 60


def dumps(plan: Plan) -> str:
    """Return the JSON text of a plan; ASCII, so that no terminal or pipe can be misled by it.

    ``digest`` tells later whether the text was edited.
    """
    public = to_json(plan)
    return json.dumps({**public, "digest": fingerprint(public)}, indent=2) + "\n"


def check(path: Path, max_age: int | None, now: datetime | None = None) -> None:
    """Check that a plan file is as it was saved, and at most ``max_age`` seconds old.

    Raises SetupError when it cannot be read, RefusedError otherwise. Only ``apply`` asks:
    ``show`` shows any plan.
    """
    data = _data(path)
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


def load(path: Path) -> Plan:
    """Read a saved plan.

    Raises SetupError when the file cannot be read, RefusedError when it is no plan of a version
    that this tool knows.
    """
    try:
        return from_json(_data(path))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise RefusedError(f"{path} is a damaged plan file", hint=_HINT) from None


def _data(path: Path) -> dict[str, Any]:
    try:
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
    named = (saved.target.environment, fresh.target.environment)
    if named[0] != named[1]:
        was = f"environment {named[0]}" if named[0] else "no environment"
        raise RefusedError(
            f"the saved plan is for {was}, not for {named[1] or 'none'}",
            hint=f"name it with --env {named[0]}" if named[0] and named[1] else _HINT,
        )
    spoken = (saved.target.profile, fresh.target.profile)
    if spoken[0] != spoken[1]:
        raise RefusedError(
            f"the saved plan is for API profile {spoken[0]}, and the account speaks {spoken[1]}",
            hint=f"plan again, or apply with --profile {spoken[0]}",
        )
    seen = {action.key: action for action in saved.actions}
    held = [_held(action, seen.pop(action.key, None)) for action in fresh.actions]
    gone = [
        replace(action, refused="it was reviewed, and its definition is gone; plan again")
        for action in seen.values()
        if action.writes
    ]
    return replace(fresh, actions=tuple(sorted(held + gone, key=lambda action: action.key)))


def _held(action: Action, seen: Action | None) -> Action:
    if not action.writes:
        return action
    if seen is None or not seen.writes:
        return replace(action, refused="it is not in the plan that was reviewed; plan again")
    shown = action_fingerprint(
        seen.action, seen.key, seen.id, seen.changes, seen.open_questions, seen.recreate
    )
    if not action.fingerprint == seen.fingerprint == shown:
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
        made = replace(plan, created_at=datetime.now(UTC).isoformat(timespec="seconds"))
        beside.write_text(dumps(made), encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise SetupError(f"cannot write the plan to {path}: {error.strerror}") from None
