"""Which definition is which assistant: by id, by name, by the earlier name; never guessed."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from planning import definition, remote

from revox_sync.account.remote import Remote
from revox_sync.definitions.definition import Definition, SyncOptions
from revox_sync.plan.match import Matching, is_older, match, newest_first


def bound(key: str, identity: str) -> Definition:
    return definition(key, sync=SyncOptions(id=identity))


def renamed(key: str, earlier: str) -> Definition:
    return definition(key, sync=SyncOptions(renamed_from=earlier))


def ids(found: Matching) -> dict[str, str | None]:
    return {key: m.remote.id if m.remote else None for key, m in found.matches.items()}


def named(identity: str, name: str, *, prompt: str | None = None) -> Remote:
    return remote(identity, name, prompt=prompt or f"prompt of {identity}")


@pytest.mark.parametrize(
    ("definitions", "remotes", "expected"),
    [
        ([definition("a")], [named("1", "a")], {"a": "1"}),
        ([definition("a")], [], {"a": None}),
        ([bound("a", "1")], [named("1", "other"), named("2", "a")], {"a": "1"}),
        ([renamed("new", "old")], [named("1", "old")], {"new": "1"}),
        ([renamed("new", "old")], [named("1", "old"), named("2", "new")], {"new": "2"}),
        (
            [definition("old"), renamed("new", "old")],
            [named("1", "old")],
            {"old": "1", "new": None},
        ),
        (
            [renamed("new", "old"), definition("old")],
            [named("1", "old")],
            {"old": "1", "new": None},
        ),
        ([definition("b"), bound("a", "1")], [named("1", "b")], {"a": "1", "b": None}),
        (
            [definition("a"), bound("b", "2")],
            [named("1", "a"), named("2", "a")],
            {"a": "1", "b": "2"},
        ),
        (
            [renamed("a", "b"), renamed("b", "a")],
            [named("1", "a"), named("2", "b")],
            {"a": "1", "b": "2"},
        ),
    ],
)
def test_who_is_who(
    definitions: Sequence[Definition], remotes: Sequence[Remote], expected: dict[str, str | None]
) -> None:
    found = match(definitions, remotes)
    assert ids(found) == expected
    assert all(m.refused is None for m in found.matches.values())
    matched = {identity for identity in expected.values() if identity}
    assert {r.id for r in found.unmanaged} == {r.id for r in remotes} - matched


def test_names_are_compared_by_every_character() -> None:
    found = match([definition("Desk")], [named("1", "Desk.")], allow_create=frozenset({"Desk"}))
    assert ids(found) == {"Desk": None}


def test_two_assistants_of_the_wanted_name_are_refused_with_both_ids() -> None:
    found = match([definition("a")], [named("1", "a"), named("2", "a")])
    refused = found.matches["a"].refused
    assert refused and "1, 2" in refused and "sync: {id: 1}" in refused
    assert found.unmanaged == ()


def test_a_bound_id_that_is_gone_is_refused_and_the_name_is_not_tried() -> None:
    found = match([bound("a", "9")], [named("1", "a")]).matches["a"]
    assert found.remote is None and found.exists
    assert found.refused and "bound to 9" in found.refused


def test_a_bound_id_of_another_organization_is_refused() -> None:
    remotes = [
        Remote({"id": "1", "name": "x", "organization_id": "org_a"}),
        Remote({"id": "2", "name": "a", "organization_id": "org_b"}),
    ]
    refused = match([bound("a", "2")], remotes).matches["a"].refused
    assert refused and "org_b" in refused and "org_a" in refused


def test_ids_that_the_service_tells_as_numbers_are_found() -> None:
    found = match([bound("a", "17")], [Remote({"id": 17, "name": "x"})])
    assert ids(found) == {"a": "17"}


@pytest.mark.parametrize(
    ("alike", "why"),
    [
        (named("1", "front DESK"), "case or space"),
        (named("1", "FrontDesk"), "case or space"),
        (named("1", "Reception", prompt="You are Front desk."), "the same prompt"),
        (named("1", "Reception", prompt="You are Front desk.\r\n"), "the same prompt"),
    ],
)
def test_a_create_beside_a_look_alike_is_refused(alike: Remote, why: str) -> None:
    refused = match([definition("Front desk")], [alike]).matches["Front desk"].refused
    assert refused and why in refused and "sync: {id: 1}" in refused
    assert "--allow-create 'Front desk'" in refused


def test_a_look_alike_can_be_allowed() -> None:
    allowed = frozenset({"Front desk"})
    found = match([definition("Front desk")], [named("1", "FRONT DESK")], allow_create=allowed)
    assert found.matches["Front desk"].refused is None


@pytest.mark.parametrize("prompt", ["", "  \n"])
def test_empty_prompts_make_nobody_alike(prompt: str) -> None:
    found = match([definition("a", prompt=prompt)], [remote("1", "b", prompt=prompt)])
    assert found.matches["a"].refused is None


def test_an_assistant_that_another_definition_describes_is_no_look_alike() -> None:
    twins = [definition("a", prompt="same"), definition("b", prompt="same")]
    assert match(twins, [named("1", "a", prompt="same")]).matches["b"].refused is None


def test_an_assistant_without_a_name_or_prompt_matches_nobody() -> None:
    found = match([definition("a")], [Remote({"id": "1"}), Remote({"id": "2", "name": None})])
    assert found.matches["a"].refused is None and ids(found) == {"a": None}


@pytest.mark.parametrize(
    ("made", "others", "older"),
    [
        ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", True),
        ("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", False),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", False),
        (None, "2026-01-01T00:00:00Z", None),
        ("2026-01-01T00:00:00Z", None, None),
    ],
)
def test_without_both_times_nobody_says_which_one_is_older(
    made: str | None, others: str | None, older: bool | None
) -> None:
    one, other = remote("1", "a", created_at=made), remote("2", "a", created_at=others)
    assert is_older(one, other) is older
    ranked = newest_first([one, other])
    assert [found.id for found in ranked or ()] == (
        [] if older is None or made == others else ["2", "1"] if older else ["1", "2"]
    )


def test_a_time_without_a_zone_is_in_utc_wherever_that_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as west:
        west.setenv("TZ", "WEST+5")
        time.tzset()
        one = remote("1", "a", created_at="2026-01-01T00:00:00")
        other = remote("2", "a", created_at="2026-01-01T00:30:00Z")
        assert is_older(one, other) is True
    time.tzset()


def test_what_another_definition_describes_has_no_successor() -> None:
    accounts = [named("1", "a"), named("2", "b")]
    found = match([definition("a"), definition("b")], accounts, unfinished={"1": "2"})
    assert ids(found) == {"a": "1", "b": "2"}
    assert found.matches["b"].unretired == ()
    bound_elsewhere = [bound("a", "3"), definition("b")]
    found = match(bound_elsewhere, [*accounts, named("3", "c")], unfinished={"1": "2"})
    assert [old.id for old in found.matches["b"].unretired] == ["1"]
