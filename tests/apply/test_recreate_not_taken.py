"""A new assistant that is not as it was sent does not take over, and is not made over and over."""

from __future__ import annotations

from typing import Any

import pytest
from support.desk import Desk, MakeDesk
from support.renewal import FAQ, Renewal
from support.service import KEEP

VOICE = {"provider": "cartesia", "id": "v1"}


def posts(desk: Desk) -> int:
    return len(desk.service.sent("POST"))


def drops(desk: Desk, name: str) -> None:
    desk.service.alterations[name] = lambda _: KEEP


def test_it_is_deleted_and_the_old_one_serves_on(desk: Desk) -> None:
    story = Renewal(desk, voicemail_message="Call back.")
    drops(desk, "voicemail_message")
    result = desk.apply()
    assert result.code == 4
    assert "not taken by the service: voicemail_message" in result.out
    assert "the new one was deleted, and the old one is still in service" in result.out
    assert "sync: {ignore: [voicemail_message]}" in result.out
    assert {*desk.service.assistants} == {story.old}
    story.assert_in_service()
    assert "PATCH phone-numbers" not in story.writes()


def test_the_same_difference_is_refused_from_then_on(desk: Desk) -> None:
    story = Renewal(desk, voicemail_message="Call back.")
    drops(desk, "voicemail_message")
    desk.apply()
    again = desk.apply()
    assert again.code == 3
    assert "and the service did not take it: voicemail_message;" in again.out
    assert "--force-recreate" in again.out
    assert posts(desk) == 1
    story.assert_in_service()


def test_a_name_is_not_to_be_left_to_the_dashboard(desk: Desk) -> None:
    Renewal(desk)
    desk.service.alterations["name"] = lambda name: f"{name} (copy)"
    told = [desk.apply().out, desk.apply().out]
    assert all("correct the definition" in out and "ignore" not in out for out in told), told


@pytest.mark.parametrize("mended", [{"prompt": "Be quick."}, {"voicemail_message": "Bye."}])
def test_another_difference_is_tried(desk: Desk, mended: dict[str, Any]) -> None:
    story = Renewal(desk, voicemail_message="Call back.")
    drops(desk, "voicemail_message")
    desk.apply()
    desk.service.alterations.clear()
    story.stated |= mended
    desk.project.define(**story.stated)
    assert desk.apply().code == 0
    story.assert_replaced()


def test_forced_it_is_tried_once_more(desk: Desk) -> None:
    story = Renewal(desk, voicemail_message="Call back.")
    drops(desk, "voicemail_message")
    desk.apply()
    desk.service.alterations.clear()
    assert desk.apply("--force-recreate").code == 0
    story.assert_replaced()


def test_what_was_stated_is_not_let_go_by_force(desk: Desk) -> None:
    Renewal(desk, voicemail_message="Call back.")
    drops(desk, "voicemail_message")
    result = desk.apply("--force-recreate")
    assert result.code == 4
    assert "not taken by the service: voicemail_message" in result.out


def test_a_null_in_whose_place_the_service_puts_something_is_not_taken(desk: Desk) -> None:
    """Without a voice the service gives its own: no recreate would ever clear it."""
    story = Renewal(desk, voice=None)
    desk.service.edit(story.old, voice=VOICE)
    create = desk.service.create
    desk.service.create = lambda body: create({"voice": VOICE, **body})  # type: ignore[method-assign]
    result = desk.apply()
    assert result.code == 4
    assert "not taken by the service: voice" in result.out
    assert {*desk.service.assistants} == {story.old}
    assert desk.apply().code == 3
    assert posts(desk) == 1


def test_what_came_along_and_is_not_taken_keeps_the_old_one_too(desk: Desk) -> None:
    story = Renewal(desk)
    drops(desk, "webhook_url")
    result = desk.apply()
    assert result.code == 4
    assert "not taken by the service: webhook_url" in result.out
    assert "webhook_url cannot be copied; let it go with --force-recreate" in result.out
    assert {*desk.service.assistants} == {story.old}


def test_it_is_let_go_by_force(desk: Desk) -> None:
    story = Renewal(desk)
    drops(desk, "webhook_url")
    result = desk.apply("--force-recreate")
    assert result.code == 0
    assert "lost with the old assistant (--force-recreate): webhook_url" in result.out
    assert desk.service.assistants[story.new]["webhook_url"] is None


def test_the_answer_to_the_post_alone_proves_nothing(desk: Desk) -> None:
    """A service that echoes what was sent, and stores something else."""
    story = Renewal(desk)
    spoil: dict[str, Any] = {"edit": lambda: desk.service.edit(story.new, prompt="Be kind.")}
    desk.service.on("GET", "/assistants/*", nth=2, **spoil)
    result = desk.apply()
    assert result.code == 4
    assert "not taken by the service: prompt" in result.out
    assert {*desk.service.assistants} == {story.old}


def test_a_new_one_that_cannot_be_deleted_is_named_and_not_made_again(desk: Desk) -> None:
    story = Renewal(desk, voicemail_message="Call back.")
    drops(desk, "voicemail_message")
    desk.service.on("DELETE", times=None, status=405)
    result = desk.apply()
    assert result.code == 4
    assert f"the new one, {story.new}, could not be deleted: 405" in result.out
    assert f"delete {story.new} in the dashboard: {story.old} is still in service" in result.out
    assert set(desk.service.answered().values()) == {story.old}
    again = desk.apply()
    assert again.code == 3
    assert f"{story.new} is not as the definition says: voicemail_message" in again.out
    assert posts(desk) == 1
    desk.service.delete(story.new)
    assert desk.apply().code == 3
    assert posts(desk) == 1


@pytest.mark.parametrize("list_has_faq", [True, False])
def test_kept_without_its_record_at_most_one_more_is_made(
    desk_with: MakeDesk, list_has_faq: bool
) -> None:
    desk = desk_with(list_has_faq=list_has_faq)
    story = Renewal(desk, "keep", voicemail_message="Call back.")
    drops(desk, "voicemail_message")
    desk.service.on("DELETE", times=None, status=405)
    for _ in range(4):
        story.forget()
        result = desk.apply()
        assert result.code in (3, 4)
    assert posts(desk) <= 2
    assert "voicemail_message" in result.out
    assert "it is equal to its predecessor" in result.out
    assert set(desk.service.answered().values()) == {story.old}


def test_a_list_in_another_order_makes_no_other_assistant_of_the_one_before_it(
    desk: Desk,
) -> None:
    """Else the guard against recreating in vain is silent, and every run makes one more."""
    story = Renewal(desk, "keep", voicemail_message="Call back.")
    outcomes = ["completed", "interested"]
    desk.service.edit(story.old, after_call_sms_outcomes=outcomes)
    twin = {**story.was, "after_call_sms_outcomes": outcomes[::-1], "faq_items": FAQ[::-1]}
    desk.service.add(**twin)
    refused = desk.action()["refused"]
    assert refused is not None
    assert "it is equal to its predecessor" in refused


def test_a_new_one_that_cannot_be_read_back_is_unknown_and_the_old_one_serves_on(
    desk: Desk,
) -> None:
    story = Renewal(desk)
    desk.service.on(
        "GET", "/assistants/*", nth=2, times=None, status=500, headers={"retry-after": "0"}
    )
    result = desk.apply()
    assert result.code == 4
    assert "it could not be read back" in result.out
    assert f"{story.old} is still in service" in result.out
    assert f"{story.old} -> {story.new}" in result.out
    assert set(desk.service.answered().values()) == {story.old}


def test_the_rerun_verifies_what_came_along(desk: Desk) -> None:
    """The first run was cut short before it saw that the webhook was not taken."""
    story = Renewal(desk)
    drops(desk, "webhook_url")
    desk.service.on(
        "GET", "/assistants/*", nth=2, times=None, status=500, headers={"retry-after": "0"}
    )
    desk.apply()
    again = story.apply_again()
    assert again.code == 3
    assert f"{story.new} lacks what {story.old} has: webhook_url" in again.out
    assert set(desk.service.answered().values()) == {story.old}
    assert desk.apply("--force-recreate").code == 0
    assert set(desk.service.answered().values()) == {*desk.service.assistants}
