"""Values of the account that no document allows are compared, copied and put back all the same."""

from __future__ import annotations

from typing import Any

import pytest
from support.desk import Desk
from support.renewal import Renewal

ODD: dict[str, Any] = {
    "custom_tools": False,
    "prompt_flow": {"nodes": [], "edges": 7},
    "stt_context": {"general": -1, "terms": ["Lumière"]},
    "llm_model": {"type": {"kind": 7}, "openrouter_model_id": "m"},
    "faq_items": True,
}
MODEL = {"type": "dedicated-instance", "name": "gpt-4.1"}


@pytest.mark.parametrize("field", ODD)
def test_an_odd_value_breaks_neither_plan_nor_recreate_nor_rollback(desk: Desk, field: str) -> None:
    story = Renewal(desk, llm_model=MODEL)
    desk.service.assistants[story.old][field] = ODD[field]
    for command in ("plan", "drift", "apply --auto-approve", "rollback --auto-approve"):
        result = desk.run(*command.split())
        assert "internal error" not in result.said, result.said
