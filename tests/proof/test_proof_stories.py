"""Single stories that the walk meets now and then, told on purpose."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from proof.account import Special, Trouble
from proof.choices import DASHBOARD_SECRET
from proof.judges import judge, judge_return
from proof.steps import apply_cleanly
from proof.world import World, world
from support.service import Reaction


@pytest.fixture
def made() -> Iterator[World]:
    with world() as new:
        yield new


@pytest.mark.parametrize("acts", [False, True], ids=["before acting", "after acting"])
def test_an_edit_while_a_write_waits_to_be_repeated_is_not_overwritten(
    made: World, acts: bool
) -> None:
    """Waiting can take a minute (Retry-After); in that time people work in the dashboard."""
    identity = made.account.add("desk", "Old.", first_sentence="Old.")
    made.define("desk", {"prompt": "New.", "first_sentence": "New."})
    busy = Reaction(status=503, headers={"retry-after": "0"}, acts=acts)

    def edit_before_the_next_attempt() -> None:
        made.account.edit(identity, first_sentence="Typed by somebody.")

    # The first attempt fails; then somebody edits, before the tool reads or writes again.
    again = Reaction(edit=edit_before_the_next_attempt)
    troubles = [
        Trouble("change", 1, 1, "busy", busy),
        Trouble("read", 2, 1, "edited", again),
        Trouble("change", 2, 1, "edited", again),
    ]
    judge(made, made.run("apply", troubles=troubles))
    assert made.account.assistants[identity]["first_sentence"] == "Typed by somebody."


@pytest.mark.parametrize("place", ["first_sentence", "webhook_url"])
def test_a_secret_that_a_definition_no_longer_names_stays_hidden(made: World, place: str) -> None:
    text = "https://hooks.example.com/${secret.HOOK}"
    made.define("desk", {"prompt": "Be kind.", place: text})
    apply_cleanly(made)
    made.define("desk", {"prompt": "Be kind.", place: "https://hooks.example.com/open"})
    apply_cleanly(made)


@pytest.mark.parametrize("place", ["first_sentence", "webhook_url"])
def test_a_secret_in_a_field_that_is_not_stated_any_more_is_not_recorded(
    made: World, place: str
) -> None:
    text = "https://hooks.example.com/${secret.HOOK}"
    made.define("desk", {"prompt": "Be kind.", place: text})
    apply_cleanly(made)
    made.define("desk", {"prompt": "Be kinder."})
    apply_cleanly(made)


def test_a_secret_of_an_assistant_that_a_rollback_deletes_is_not_recorded(made: World) -> None:
    made.define("desk", {"prompt": "Be kind.", "first_sentence": "Code ${secret.HOOK}"})
    done = apply_cleanly(made)
    assert done.folder is not None
    judge(made, made.run("rollback", done.folder.name, "--delete-created"))
    assert made.account.assistants == {}


@pytest.mark.parametrize("stated", ["", "https://hooks.example.com/?token=${secret.HOOK}"])
def test_a_run_is_taken_back_beside_a_webhook_that_is_left_alone(made: World, stated: str) -> None:
    webhook = f"https://elsewhere.example.com/?token={DASHBOARD_SECRET}"
    made.account.add("desk", "Old.", webhook_url=webhook)
    made.define("desk", {"prompt": "New.", **({"webhook_url": stated} if stated else {})})
    done = apply_cleanly(made)
    assert done.folder is not None
    back = made.run("rollback", done.folder.name)
    judge_return(made, done, back)
    assert back.result.code == 0


def test_a_create_that_is_carried_out_after_the_run_is_found_by_the_next(made: World) -> None:
    made.define("desk", {"prompt": "Be kind."})
    late = Trouble("create", 1, 1, "silent", Special(silent=True))
    lost = made.run("apply", troubles=[late])
    assert lost.result.code == 4
    assert "unknown  desk" in lost.result.out
    # Now the service carries out what it was sent.
    (posted,) = (request for request in lost.requests if request.method == "POST")
    made.account.create(posted.body)
    assert apply_cleanly(made).writes == []


def test_two_runs_that_make_the_same_assistant_are_both_told(made: World) -> None:
    made.define("desk", {"prompt": "Be kind."})

    def another_run() -> None:
        made.account.add("desk", "Be kind.")

    meanwhile = Trouble("create", 1, 1, "another run", Reaction(edit=another_run))
    done = made.run("apply", troubles=[meanwhile])
    assert done.result.code == 4
    assert len(made.account.assistants) == 2
    assert all(identity in done.result.out for identity in made.account.assistants)


def test_a_rollback_leaves_alone_what_the_service_refused_to_write(made: World) -> None:
    """That run changed nothing; what a later run wrote is not its business."""
    identity = made.account.add("desk", "Old.")
    made.define("desk", {"prompt": "New."})
    refused = Reaction(status=400, body={"error": "no"})
    vain = made.run("apply", troubles=[Trouble("change", 1, 1, "status 400", refused)])
    assert vain.result.code == 4
    apply_cleanly(made)
    if vain.folder is not None:
        judge(made, made.run("rollback", vain.folder.name))
    assert made.account.assistants[identity]["prompt"] == "New."
