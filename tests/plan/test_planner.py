"""From definitions and an account to a plan."""

from __future__ import annotations

import pytest
from planning import BASE_URL, definition, faq, planned, remote

from revox_sync.account.reader import Account, recognise_profile
from revox_sync.account.remote import Remote
from revox_sync.definitions.definition import SyncOptions
from revox_sync.plan.match import match
from revox_sync.plan.model import Rules
from revox_sync.plan.planner import plan


def test_each_definition_has_one_action_in_the_order_of_the_keys() -> None:
    found = planned(
        [definition("c"), definition("a"), definition("b", first_sentence="New")],
        remote("1", "a"),
        remote("2", "b", first_sentence="Old"),
    )
    assert [(a.key, a.action, a.mode, a.id) for a in found.actions] == [
        ("a", "unchanged", None, "1"),
        ("b", "replace", "in-place", "2"),
        ("c", "create", None, None),
    ]
    assert found.has_changes and not found.has_refusals


def test_the_summary_counts_a_refused_action_once() -> None:
    found = planned(
        [definition("a"), definition("b"), definition("c", sync=SyncOptions(id="9"))],
        remote("1", "a"),
        remote("7", "stray"),
    )
    assert found.summary == {
        "create": 1,
        "replace": 0,
        "recreate": 0,
        "delete": 0,
        "unchanged": 1,
        "refused": 1,
        "unmanaged": 1,
    }


def test_some_keys_only_and_still_every_definition_is_matched() -> None:
    taken = definition("b", sync=SyncOptions(id="1"))
    found = planned([definition("a"), taken], remote("1", "a"), only=frozenset({"a"}))
    assert [(action.key, action.action) for action in found.actions] == [("a", "create")]


def test_a_refused_action_writes_nothing() -> None:
    [action] = planned([definition("a")], remote("1", "a"), remote("2", "a")).actions
    assert action.refused and not action.writes and action.changes == ()


def test_a_field_that_the_account_does_report_is_no_reason_to_refuse() -> None:
    stated = definition("a", transfer_phone_number="+33123456789")
    held = remote("1", "a", transfer_phone_number=None, sms_enabled=False)
    account = Account(BASE_URL, (held,), "current")
    found = match([stated], account.remotes)
    [action] = plan([stated], account, Rules("current"), found).actions
    assert action.refused is None and action.action == "replace"


@pytest.mark.parametrize(
    ("remotes", "profile"),
    [
        ([], "current"),
        ([remote(transfer_phone_number=None)], "seed"),
        ([remote(sms_enabled=False)], "current"),
        ([remote(), remote(transfer_destinations=None)], "current"),
    ],
)
def test_the_profile_is_told_by_what_the_assistants_report(
    remotes: list[Remote], profile: str
) -> None:
    assert recognise_profile(remotes) == profile


def test_a_plan_of_what_was_planned_before_has_the_same_fingerprints() -> None:
    stated = definition("a", faq_items=[], first_sentence="New")
    held = remote("1", "a", faq_items=faq(("q", "a"), waiting=["Open?"]))
    one, other = planned([stated], held), planned([stated], held)
    assert one == other
    assert one.actions[0].fingerprint == other.actions[0].fingerprint


@pytest.mark.parametrize(
    "held",
    [
        remote("2", "a", first_sentence="Old"),
        remote("1", "a", first_sentence="Other"),
        remote("1", "a", first_sentence="Old", voicemail_message="x"),
    ],
)
def test_another_assistant_or_another_change_is_another_fingerprint(held: Remote) -> None:
    stated = definition("a", first_sentence="New", voicemail_message=None)
    [one] = planned([stated], remote("1", "a", first_sentence="Old")).actions
    [other] = planned([stated], held).actions
    assert one.fingerprint != other.fingerprint


def test_a_new_open_question_is_another_fingerprint() -> None:
    stated = definition("a", faq_items=[])
    plans = [
        planned([stated], remote("1", "a", faq_items=faq(("q", "a"), waiting=waiting)))
        for waiting in ([], ["Open?"])
    ]
    assert plans[0].actions[0].fingerprint != plans[1].actions[0].fingerprint
