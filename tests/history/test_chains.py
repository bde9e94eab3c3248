"""Applies and rollbacks in a row, while reads lag: what ends well has done what it says."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.desk import Desk
from support.examples import examples

from revox_sync.history.runs import Recent
from revox_sync.operations import context

pytestmark = pytest.mark.usefixtures("hurried", "waits_take_no_time")

LAG = 0.5

Fields = dict[str, Any]
#: What is defined, by key; None for a rollback of the last run.
Step = dict[str, Fields] | None
Reads = tuple[Literal["list", "get"], ...]

_ITEMS = [{"question": "Dogs?", "answer": "Yes."}, {"question": "Cats?", "answer": "No."}]
_FIELDS = st.fixed_dictionaries(
    {
        "prompt": st.sampled_from(["First.", "Second.", "Third."]),
        "faq_items": st.sampled_from([_ITEMS, _ITEMS[:1], []]),
    }
)
_STEPS = st.lists(
    st.none() | st.fixed_dictionaries({"old": _FIELDS}, optional={"new": _FIELDS}),
    min_size=2,
    max_size=4,
)
_READS: list[Reads] = [("list",), ("get",), ("list", "get")]


def held(desk: Desk) -> dict[str, Fields]:
    """Return what the account holds, by name; no name stands twice."""
    found = {one["name"]: one for one in desk.service.assistants.values()}
    assert len(found) == len(desk.service.assistants)
    return {
        name: {
            "prompt": one["prompt"].removesuffix(f" {name}"),
            "faq_items": sorted(item["question"] for item in one["faq_items"]),
        }
        for name, one in found.items()
    }


def check(desk: Desk, reads: Reads, steps: Sequence[Step]) -> None:
    desk.service.lag(0)
    desk.service.assistants.clear()
    shutil.rmtree(desk.root / ".revox-sync", ignore_errors=True)
    desk.service.add("old", "First. old", faq_items=_ITEMS)
    desk.service.lag(LAG, *reads)
    before = None
    for step in steps:
        now = held(desk)
        if step is None:
            result = desk.run("rollback", "--auto-approve", "--delete-created", "--settle", "3")
            assert result.code != 0 or before is None or held(desk) == before
            before = None
            continue
        for key in ("old", "new"):
            (desk.root / f"assistants/{key}.yaml").unlink(missing_ok=True)
        for key, fields in step.items():
            desk.project.define(key, **{**fields, "prompt": f"{fields['prompt']} {key}"})
        result = desk.apply("--settle", "3")
        questions = [sorted(item["question"] for item in one["faq_items"]) for one in step.values()]
        wanted = {
            key: {**fields, "faq_items": asked}
            for (key, fields), asked in zip(step.items(), questions, strict=True)
        }
        assert result.code != 0 or held(desk) == {**now, **wanted}
        before = now if "recorded as run" in result.said else before


@settings(
    max_examples=examples(25),
)
@given(st.sampled_from(_READS), _STEPS)
def test_what_ends_well_has_done_what_it_says(desk: Desk, reads: Reads, steps: list[Step]) -> None:
    check(desk, reads, steps)


def test_planted_no_record_is_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = ({"prompt": text, "faq_items": _ITEMS} for text in ("First.", "Second."))
    steps: list[Step] = [{"old": second}, {"old": first}]
    check(desk, ("list",), steps)
    monkeypatch.setattr(context, "list_recent", lambda *_: Recent())
    with pytest.raises(AssertionError):
        check(desk, ("list",), steps)
