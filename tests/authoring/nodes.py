"""What tests of written YAML share."""

from __future__ import annotations

from typing import Any


def plain_data(node: Any) -> Any:
    """Return what a node holds: every scalar as its text."""
    if isinstance(node.value, str):
        return node.value
    if node.value and isinstance(node.value[0], tuple):
        return {key.value: plain_data(value) for key, value in node.value}
    return [plain_data(item) for item in node.value]
