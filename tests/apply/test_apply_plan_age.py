"""Which saved plans are refused whole: edited ones, old ones, ones that do not say how old."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.desk import Desk

from revox_sync.model.shapes import fingerprint

ABSENT: Any = object()


@pytest.fixture
def saved(desk: Desk) -> Desk:
    """A saved plan that replaces a prompt."""
    desk.service.add("front-desk", prompt="As it was.")
    desk.project.define(prompt="As it shall be.")
    assert desk.run("plan", "--out", "plan.json").code == 0
    return desk


def made(desk: Desk, created_at: Any) -> None:
    """Let the plan have been made at another time, as if it had been saved so."""
    path = desk.root / "plan.json"
    data = json.loads(path.read_text())
    del data["digest"], data["created_at"]
    if created_at is not ABSENT:
        data["created_at"] = created_at
    path.write_text(json.dumps({**data, "digest": fingerprint(data)}))


def ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


EDITS: dict[str, tuple[str, str]] = {
    "a value": ("As it shall be.", "As a reviewer would like it."),
    "the name": ('"name": "front-desk"', '"name": "Front desk"'),
    "a count": ('"replace": 1', '"replace": 0'),
    "when it was made": ('"created_at": "2', '"created_at": "9'),
    "a choice": ('"push_unknown": false', '"push_unknown": true'),
    "the digest": ('"digest": "sha256:', '"digest": "sha256:0'),
    "no digest": ('"digest"', '"no_digest"'),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edited_plan_is_refused_whole(saved: Desk, edit: tuple[str, str]) -> None:
    path = saved.root / "plan.json"
    before = path.read_text()
    path.write_text(before.replace(*edit))
    assert path.read_text() != before
    result = saved.apply("plan.json")
    assert result.code == 3
    assert "plan.json was edited after it was saved" in result.err
    assert saved.service.writes == []


def test_a_plan_that_was_only_laid_out_anew_is_the_same(saved: Desk) -> None:
    path = saved.root / "plan.json"
    path.write_text(json.dumps(json.loads(path.read_text()), indent=7))
    assert saved.apply("plan.json").code == 0


def test_a_plan_that_was_copied_elsewhere_is_the_same(saved: Desk) -> None:
    saved.project.write("artifacts/plan.json", (saved.root / "plan.json").read_bytes())
    assert saved.apply("artifacts/plan.json").code == 0


def test_show_shows_an_edited_and_an_old_plan(saved: Desk) -> None:
    made(saved, ago(days=300))
    path = saved.root / "plan.json"
    path.write_text(path.read_text().replace("As it shall be.", "Edited."))
    result = saved.run("show", "plan.json")
    assert result.code == 0
    assert "Edited." in result.out


@pytest.mark.parametrize("age", ["60s", "30m", "12h", "2d"])
def test_a_plan_that_is_young_enough_is_done(saved: Desk, age: str) -> None:
    assert saved.apply("plan.json", "--max-age", age).code == 0


@pytest.mark.parametrize(("limit", "span"), [("90s", 100), ("2m", 130), ("1h", 3700), ("1d", 9e4)])
def test_a_plan_that_is_older_is_refused_and_its_age_told(
    saved: Desk, limit: str, span: float
) -> None:
    made(saved, ago(seconds=span))
    result = saved.apply("plan.json", "--max-age", limit)
    assert result.code == 3
    assert "seconds old, and --max-age allows" in result.err
    assert saved.service.writes == []


def test_an_old_plan_is_done_where_no_age_was_given(saved: Desk) -> None:
    made(saved, ago(days=300))
    assert saved.apply("plan.json").code == 0


def test_a_plan_from_the_future_is_refused(saved: Desk) -> None:
    made(saved, ago(hours=-2))
    result = saved.apply("plan.json", "--max-age", "12h")
    assert result.code == 3
    assert "made in the future" in result.err
    assert saved.service.writes == []


def test_clocks_may_differ_by_a_little(saved: Desk) -> None:
    made(saved, ago(seconds=-20))
    assert saved.apply("plan.json", "--max-age", "12h").code == 0


@pytest.mark.parametrize(
    "created_at",
    [ABSENT, None, 7, "yesterday", "", "2020-01-01T00:00:00"],
    ids=["nothing", "null", "a number", "a word", "an empty text", "no time zone"],
)
def test_a_plan_that_does_not_say_when_it_was_made_has_no_age(saved: Desk, created_at: Any) -> None:
    made(saved, created_at)
    result = saved.apply("plan.json", "--max-age", "12h")
    assert result.code == 3
    assert saved.service.writes == []
    assert "internal error" not in result.err


@pytest.mark.parametrize("age", ["12", "h", "-1h", "1.5h", "1w", "", "1h30m"])
def test_an_age_in_another_form_is_wrong_usage(saved: Desk, age: str) -> None:
    result = saved.apply("plan.json", "--max-age", age)
    assert result.code == 64
    assert "12h" in result.err


def test_an_age_without_a_saved_plan_is_wrong_usage(saved: Desk) -> None:
    assert saved.apply("--max-age", "12h").code == 64
    assert saved.service.writes == []
