"""A saved plan comes back as it was, a damaged one is refused; only what was reviewed is done."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planning import BASE_URL, definition, faq, planned, remote, some_plan
from support.examples import examples

from revox_sync.account.remote import Target
from revox_sync.errors import RefusedError, SetupError
from revox_sync.plan.model import Plan
from revox_sync.plan.planfile import dumps, load, save, to_json
from revox_sync.plan.review import reviewed
from revox_sync.secrecy.values import is_masked


def without_basis(plan: Plan) -> Plan:
    return replace(plan, actions=tuple(replace(action, basis=None) for action in plan.actions))


def test_a_plan_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    save(some_plan(), tmp_path / "plan.json", tmp_path)
    loaded = load(tmp_path / "plan.json")
    assert replace(loaded, created_at=None) == without_basis(some_plan())
    assert loaded.created_at is not None
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]


def test_the_json_of_a_plan_is_ascii_and_stable() -> None:
    assert dumps(some_plan()).isascii()
    assert dumps(some_plan()) == dumps(some_plan())


def test_the_members_of_the_public_form() -> None:
    public = to_json(some_plan())
    assert set(public) == {
        "format_version",
        "target",
        "options",
        "blocked",
        "consents",
        "summary",
        "actions",
        "gone",
        "remarks",
        "unmanaged",
        "diagnostics",
    }
    changes = {change["path"]: change for change in public["actions"][1]["changes"]}
    assert changes["webhook_url"]["sensitive"] is True
    assert set(changes["prompt"]) == {"path", "op", "before", "after"}


def test_what_only_the_planner_knows_is_not_saved() -> None:
    assert "basis" not in dumps(some_plan())


def test_a_plan_that_cannot_be_read_or_written_says_why(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot read the plan file"):
        load(tmp_path / "missing.json")
    (tmp_path / "latin").write_bytes(b"\xff\xfe")
    with pytest.raises(SetupError, match="not UTF-8"):
        load(tmp_path / "latin")
    with pytest.raises(SetupError, match="cannot write the plan"):
        save(some_plan(), tmp_path / "no" / "folder.json", tmp_path)


def test_a_save_that_fails_leaves_the_earlier_plan(tmp_path: Path) -> None:
    (tmp_path / "plan.json").mkdir()
    with pytest.raises(SetupError):
        save(some_plan(), tmp_path / "plan.json", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "{}", '"1.0"', '{"format_version": 1}', "[" * 100_000],
    ids=lambda text: text[:24],
)
def test_a_file_that_is_no_plan_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(text)
    with pytest.raises(RefusedError):
        load(tmp_path / "plan.json")


@pytest.mark.parametrize(("version", "known"), [("1.0", True), ("1.7", True), ("2.0", False)])
def test_additions_within_1_are_read_and_another_format_is_refused(
    version: str, known: bool, tmp_path: Path
) -> None:
    public = {**to_json(some_plan()), "format_version": version, "news": 1}
    public["actions"][0]["news"] = 1
    (tmp_path / "plan.json").write_text(json.dumps(public))
    if known:
        assert load(tmp_path / "plan.json") == without_basis(some_plan())
    else:
        with pytest.raises(RefusedError, match=r"2\.0"):
            load(tmp_path / "plan.json")


REMOVED = object()
ACTION = ("actions", 0)
CHANGE = (*ACTION, "changes", 0)
DAMAGES: list[tuple[tuple[str | int, ...], Any]] = [
    (("target",), REMOVED),
    (("target", "base_url"), REMOVED),
    (("target", "profile"), "other"),
    (("target", "organization_id"), 7),
    (("actions",), REMOVED),
    (("actions",), None),
    (("actions",), {"a": 1}),
    (("blocked", 0), "x"),
    (("blocked", 0, "kind"), "other"),
    (("blocked", 0, "kind"), REMOVED),
    (("unmanaged",), REMOVED),
    (("unmanaged", 0), "x"),
    (("diagnostics", 0, "line"), "x"),
    (("diagnostics", 0, "severity"), "other"),
    ((*ACTION,), "x"),
    ((*ACTION, "action"), "other"),
    ((*ACTION, "mode"), "other"),
    ((*ACTION, "key"), REMOVED),
    ((*ACTION, "key"), None),
    ((*ACTION, "name"), 5),
    ((*ACTION, "id"), 5),
    ((*ACTION, "refused"), 5),
    ((*ACTION, "notes"), "text"),
    ((*ACTION, "open_questions"), "text"),
    ((*ACTION, "fingerprint"), REMOVED),
    ((*ACTION, "changes"), "text"),
    ((*CHANGE,), 1),
    ((*CHANGE, "path"), REMOVED),
    ((*CHANGE, "op"), "other"),
    ((*CHANGE, "after"), REMOVED),
]


@pytest.mark.parametrize(
    ("path", "value"), DAMAGES, ids=[".".join(map(str, path)) for path, _ in DAMAGES]
)
def test_a_damaged_plan_is_refused(path: tuple[str | int, ...], value: Any, tmp_path: Path) -> None:
    public: Any = to_json(some_plan())
    inner = public
    for part in path[:-1]:
        inner = inner[part]
    if value is REMOVED:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    (tmp_path / "plan.json").write_text(json.dumps(public))
    with pytest.raises(RefusedError, match="damaged"):
        load(tmp_path / "plan.json")


def test_what_was_reviewed_is_kept() -> None:
    saved = without_basis(some_plan())
    assert reviewed(saved, some_plan()) == some_plan()


def test_what_is_done_already_is_kept_as_unchanged() -> None:
    saved = planned([definition("a", first_sentence="New")], remote("1", "a"))
    done = planned([definition("a", first_sentence="New")], remote("1", "a", first_sentence="New"))
    assert reviewed(saved, done) == done


@pytest.mark.parametrize(
    ("stated", "held"),
    [
        (definition("a", first_sentence="Newer"), remote("1", "a", first_sentence="Old")),
        (definition("a", first_sentence="New"), remote("1", "a", first_sentence="Moved")),
        (definition("a", first_sentence="New"), remote("2", "a", first_sentence="Old")),
        (definition("a", first_sentence="New"), None),
        (
            definition("a", first_sentence="New", voicemail_message="More"),
            remote("1", "a", first_sentence="Old"),
        ),
    ],
)
def test_what_is_no_longer_what_was_reviewed_is_refused(stated: Any, held: Any) -> None:
    saved = planned([definition("a", first_sentence="New")], remote("1", "a", first_sentence="Old"))
    [action] = reviewed(saved, planned([stated], *([held] if held else []))).actions
    assert action.refused and "no longer what was reviewed" in action.refused


def test_another_host_behind_the_same_masked_query_is_no_longer_what_was_reviewed() -> None:
    """The reviewer saw the host: only the masked part of the value may differ unseen."""

    def plan_for(host: str) -> Plan:
        return planned([definition("a", webhook_url=f"https://{host}/?t=x")], remote("1", "a"))

    [action] = reviewed(plan_for("good.example.com"), plan_for("evil.example.com")).actions
    assert action.refused


@pytest.mark.parametrize("text", ["Newer", "New "])
def test_a_saved_plan_that_shows_something_else_than_it_stands_for_is_refused(text: str) -> None:
    fresh = planned([definition("a", first_sentence="New")], remote("1", "a"))
    [action] = fresh.actions
    doctored = replace(action, changes=tuple(replace(c, after=text) for c in action.changes))
    [held] = reviewed(replace(fresh, actions=(doctored,)), fresh).actions
    assert held.refused


def test_what_was_reviewed_and_has_no_definition_any_more_is_refused_and_shown() -> None:
    saved = planned([definition("a"), definition("b")])
    found = reviewed(saved, planned([definition("b")])).actions
    assert [(action.key, action.refused is None) for action in found] == [("a", False), ("b", True)]


_VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)


#: A mask is refused where a credential stands, as it may in a URL.
_UNMASKED = st.text(max_size=9).filter(lambda text: not (text and is_masked(text)))


@settings(max_examples=examples(20))
@given(
    _UNMASKED,
    _VALUES,
    st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=3),
)
def test_a_plan_of_any_values_is_known_again_after_it_was_saved(
    text: str, value: Any, items: list[tuple[str, str]]
) -> None:
    stated = definition(
        "a", first_sentence=text, max_call_duration_secs=7, webhook_url=text, faq_items=[]
    )
    held = {"max_call_duration_secs": value, "voice": value, "faq_items": faq(*items)}
    fresh = planned([stated], remote("1", "a", **held))
    with TemporaryDirectory() as folder:
        save(fresh, Path(folder) / "plan.json", Path(folder))
        saved = load(Path(folder) / "plan.json")
    assert [action.refused for action in reviewed(saved, fresh).actions] == [None]


def test_what_was_not_in_the_plan_is_refused() -> None:
    saved = planned([definition("a")])
    found = reviewed(saved, planned([definition("a"), definition("b")])).actions
    assert [action.refused is None for action in found] == [True, False]


def test_what_was_refused_or_unchanged_when_reviewed_is_refused_when_it_would_write() -> None:
    unchanged = planned([definition("a")], remote("1", "a"))
    moved = planned([definition("a")], remote("1", "a", prompt="Other"))
    [action] = reviewed(unchanged, moved).actions
    assert action.refused
    ambiguous = planned([definition("a")], remote("1", "a"), remote("2", "a"))
    [action] = reviewed(ambiguous, moved).actions
    assert action.refused


@pytest.mark.parametrize(
    "target",
    [
        Target("https://elsewhere.example.com/api", "org", "seed"),
        Target(BASE_URL, "another", "seed"),
    ],
)
def test_a_plan_for_another_account_is_refused_whole(target: Target) -> None:
    with pytest.raises(RefusedError, match="the saved plan is for"):
        reviewed(replace(some_plan(), target=target), some_plan())


def test_a_plan_from_when_the_account_was_empty_still_holds() -> None:
    saved = planned([definition("a")])
    fresh = planned([definition("a")], remote("1", "stray", organization_id="org"))
    [action] = reviewed(saved, fresh).actions
    assert action.refused is None
