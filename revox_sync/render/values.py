"""Values of a plan as views take them apart. A plan that was loaded may hold anything."""

from __future__ import annotations

import json
from typing import Any

from revox_sync.plan.model import Change


def in_json(value: Any) -> str:
    """Return a value as JSON on one line, which keeps its type visible."""
    return json.dumps(value, ensure_ascii=False)


def value_lines(value: Any) -> list[str]:
    """Return a nested value with one member or item per line."""
    if isinstance(value, dict):
        return [f"{name}: {in_json(member)}" for name, member in value.items()]
    if isinstance(value, list):
        return [f"[{index}] {in_json(item)}" for index, item in enumerate(value)]
    return [in_json(value)]


def qa(item: Any) -> tuple[str, str] | None:
    """Return question and answer of a FAQ item; None for what is masked, or is none."""
    if not isinstance(item, dict):
        return None
    return str(item.get("question", "")), str(item.get("answer", ""))


def item_label(change: Change) -> str:
    """Return the question that a change of the FAQ is about."""
    item = qa(change.after) or qa(change.before)
    return item[0] if item else ""
