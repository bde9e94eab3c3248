"""A run that replaced an assistant by a new one is rolled back on the new one."""

from __future__ import annotations

import pytest
from support.cli import Result
from support.desk import Desk
from support.renewal import FAQ, Renewal


@pytest.fixture
def done(desk: Desk) -> Renewal:
    """A run that recreated, for a text, a null and a FAQ."""
    story = Renewal(desk, first_sentence=None, faq_items=FAQ[:1])
    assert desk.apply().code == 0
    return story


def rolled_back(story: Renewal, *arguments: str) -> Result:
    result = story.desk.rollback(*arguments)
    assert result.code == 0, result.out
    return result


def only(story: Renewal) -> str:
    (found,) = story.service.assistants
    return found


def test_the_fields_are_put_back_on_the_new_one(done: Renewal) -> None:
    new = only(done)
    result = rolled_back(done)
    assert f'replaced front-desk  "front-desk"  {new}' in result.out
    assert only(done) == new
    assert done.held(new) == done.was


def test_edits_of_other_fields_since_stay(done: Renewal) -> None:
    done.service.edit(only(done), sms_template="Typed since.")
    rolled_back(done)
    assert done.held(only(done)) == {**done.was, "sms_template": "Typed since."}


def test_a_rollback_can_be_rolled_back(done: Renewal) -> None:
    after = done.held(only(done))
    rolled_back(done)
    rolled_back(done)
    # A PATCH cannot clear the first sentence again.
    assert done.held(only(done)) == {**after, "first_sentence": "Hello.\r\n"}


def test_the_new_one_counts_as_nothing_that_was_created(done: Renewal) -> None:
    result = rolled_back(done, "--delete-created")
    assert "created by that run" not in result.said
    assert done.service.sent("DELETE")[1:] == []
    assert done.held(only(done)) == done.was


def test_the_list_tells_old_and_new(done: Renewal) -> None:
    (run,) = done.desk.records
    line = done.desk.run("rollback", "--list").out
    assert line == (
        f"{run.name}  {done.service.base_url}  renewed front-desk ({done.old} -> {only(done)})\n"
    )


def test_the_list_tells_what_else_a_run_did(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.add("night", "Be kind.")
    desk.project.define("night", prompt="Be brief.", sync={"replace": "in-place"})
    desk.project.define("newcomer")
    assert desk.apply().code == 0
    line = desk.run("rollback", "--list").out
    assert "replaced night; renewed front-desk (" in line
    assert "; created newcomer (" in line
    assert line.count(story.old) == 1


def test_an_earlier_run_is_rolled_back_on_the_one_that_took_its_place(desk: Desk) -> None:
    story = Renewal(desk)
    desk.project.write("revox-sync.yaml", "retire: delete\n")
    desk.project.define(prompt="In place.")
    assert desk.apply().code == 0
    for prompt in ("Anew.", "Anew again."):
        desk.project.define(prompt=prompt)
        assert desk.apply("--recreate", "front-desk").code == 0
    first, second, _ = desk.records
    rolled_back(story, second.name)
    assert story.held(only(story))["prompt"] == "In place."
    rolled_back(story, first.name)
    assert story.held(only(story)) == story.was


def test_with_a_kept_old_one_the_new_one_gets_its_fields_back(desk: Desk) -> None:
    story = Renewal(desk, "keep")
    assert desk.apply().code == 0
    rolled_back(story)
    assert story.held(story.new) == story.was
    assert story.held(story.old) == story.was


def test_what_was_withdrawn_has_nothing_to_put_back(desk: Desk) -> None:
    story = Renewal(desk, voicemail_message="Call back.")
    desk.service.alterations["voicemail_message"] = lambda _: None
    assert desk.apply().code == 4
    assert "Nothing to do." in rolled_back(story).out
    assert {*desk.service.assistants} == {story.old}
    assert "renewed" not in desk.run("rollback", "--list").out


def test_one_that_was_cut_short_is_rolled_back_on_the_old_one(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.on("PATCH", status=405)
    assert desk.apply().code == 4
    assert "Nothing to do." in rolled_back(story).out
    story.assert_in_service()
    assert desk.apply().code == 0
    story.assert_replaced()


def test_one_that_a_later_run_finished_is_rolled_back_on_the_new_one(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.on("PATCH", status=405)
    assert desk.apply().code == 4
    assert desk.apply().code == 0
    first, _ = desk.records
    rolled_back(story, first.name)
    assert story.held(only(story)) == story.was


def test_secrets_are_in_no_record(desk: Desk) -> None:
    hook = "https://hooks.example.com/?token=${secret.HOOK}"
    story = Renewal(desk, webhook_url=hook, first_sentence="Code ${secret.CODE}")
    desk.env |= {"REVOX_SECRET_HOOK": "t0k-of-the-definition", "REVOX_SECRET_CODE": "t0k-of-today"}
    desk.service.edit(story.old, first_sentence="Code t0k-of-yesterday")
    desk.service.on("DELETE", times=4, status=500, headers={"retry-after": "0"})
    assert desk.apply().code == 4
    assert desk.apply().code == 0
    files = desk.project.files()
    held = [name for name, data in files.items() if b"hunter2" in data or b"t0k-" in data]
    assert held == []
    assert story.old not in desk.service.assistants


# Runs that ended half-way, and runs that only finished them.

AT_ONCE = {"retry-after": "0"}


def half_retired(story: Renewal, *options: str) -> None:
    """Let the service delete the old one, and lose every answer from then on."""
    service = story.service

    def lose() -> None:
        service.delete(story.old)
        broken = {"times": None, "status": 500, "headers": AT_ONCE}
        service.on("*", f"/assistants/{story.old}", **broken)

    service.on("DELETE", edit=lose, status=500, headers=AT_ONCE)
    assert story.desk.apply(*options).code == 4
    service.calm()


@pytest.mark.usefixtures("hurried")
def test_a_retire_whose_answer_was_lost_is_rolled_back_on_the_new_one(desk: Desk) -> None:
    story = Renewal(desk)
    half_retired(story)
    rolled_back(story)
    assert story.held(only(story)) == story.was


@pytest.mark.usefixtures("hurried")
def test_so_is_that_of_a_bound_one(desk: Desk) -> None:
    story = Renewal(desk)
    file = desk.root / "assistants/front-desk.yaml"
    bound = f"name: front-desk\nprompt: Be brief.\nsync: {{id: {story.old}}}\n".encode()
    file.write_bytes(bound)
    half_retired(story, "--rebind")
    new = only(story)
    assert new in file.read_text()
    file.write_bytes(bound)  # as git has it
    result = rolled_back(story)
    assert f"is bound to {story.old}, whose place {new} took; --rebind" in result.err
    assert file.read_bytes() == bound
    rolled_back(story, "1", "--rebind")
    assert file.read_text() == bound.decode().replace(story.old, new)
    assert story.held(new) == story.was


@pytest.mark.parametrize("retire", ["delete", "keep"])
def test_a_run_that_only_finished_it_leads_back_to_before_the_first(
    desk: Desk, retire: str
) -> None:
    story = Renewal(desk, retire)
    desk.service.on("PATCH", status=405)
    assert desk.apply().code == 4
    assert desk.apply().code == 0
    new = story.new if retire == "keep" else only(story)
    rolled_back(story)
    assert story.held(new) == story.was


def test_a_run_that_finished_it_and_changed_it_leads_back_to_what_it_finished(desk: Desk) -> None:
    story = Renewal(desk)
    desk.service.on("PATCH", status=405)
    assert desk.apply().code == 4
    desk.project.define(prompt="Be quick.", voicemail_message="Hm.", sync={"replace": "in-place"})
    assert desk.apply().code == 0
    rolled_back(story)
    assert story.held(only(story)) == story.wanted
    rolled_back(story, "1")
    assert story.held(only(story)) == story.was


def test_one_that_is_gone_is_said_to_be_gone(done: Renewal) -> None:
    gone = only(done)
    done.service.delete(gone)
    result = done.desk.rollback()
    assert result.code == 3
    assert f"{gone} is gone from the account, so nothing of it can be put back" in result.out
    assert "sync.id" not in result.out


def test_a_new_one_that_no_read_shows_yet_is_waited_for(done: Renewal) -> None:
    done.service.on("GET", "/assistants", status=200, body={"assistants": []})
    done.service.on("GET", "/assistants/*", status=404)
    assert done.desk.run("rollback", "--auto-approve", "--settle", "5").code == 0
    assert done.held(only(done)) == done.was
