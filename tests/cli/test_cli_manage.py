"""``ignore`` and ``manage``: fields that are left to the dashboard, and that this is seen."""

from __future__ import annotations

from typing import Any

import pytest
from support.desk import Desk
from support.project import ABSENT

NOTE = "ignored, though the definition states it: "

#: Ways to leave ``voice`` and ``first_sentence`` alone: the project file, and ``sync:``.
WAYS: dict[str, tuple[str, Any]] = {
    "ignore in the project": ("ignore: [voice, first_sentence]\n", ABSENT),
    "ignore in the definition": ("", {"ignore": ["voice", "first_sentence"]}),
    "ignore in both": ("ignore: [voice]\n", {"ignore": ["first_sentence"]}),
    "manage in the project": ("manage: [prompt, faq_items]\n", ABSENT),
    "manage in the definition": ("", {"manage": ["prompt", "faq_items"]}),
    "the definition's before the project's": (
        "manage: [first_sentence]\n",
        {"manage": ["prompt", "faq_items"]},
    ),
    "name among them": ("manage: [name, prompt, faq_items]\n", ABSENT),
    "manage less what the definition ignores": (
        "manage: [prompt, faq_items, voice]\n",
        {"ignore": ["voice"]},
    ),
}
FAQ = [{"question": "Dogs?", "answer": "Yes."}]
STATED: dict[str, Any] = {
    "prompt": "As it shall be.",
    "first_sentence": "Hello.",
    "voice": {"provider": "cartesia", "id": "new"},
    "faq_items": FAQ,
}
HELD: dict[str, Any] = {
    "prompt": "As it was.",
    "first_sentence": "Good evening.",
    "voice": {"provider": "cartesia", "id": "old"},
    "faq_items": [],
}


def leave(desk: Desk, way: str) -> Desk:
    text, sync = WAYS[way]
    desk.project.write("revox-sync.yaml", text)
    desk.project.define(**STATED, sync=sync)
    return desk


@pytest.fixture
def leaving(desk: Desk) -> Desk:
    """A definition that states four fields and manages two of them."""
    return leave(desk, "ignore in both")


@pytest.mark.parametrize("way", WAYS)
def test_only_what_is_managed_is_compared_and_sent(desk: Desk, way: str) -> None:
    leaving = leave(desk, way)
    identity = leaving.service.add("front-desk", **HELD)
    assert set(leaving.changes()) == {"prompt", "faq_items[Dogs?]"}
    assert leaving.apply().code == 0
    (request,) = leaving.service.writes
    assert set(request.body) == {"prompt", "faq_items"}
    held = leaving.service.assistants[identity]
    assert (held["first_sentence"], held["voice"]["id"]) == ("Good evening.", "old")
    assert leaving.settled()


def test_drift_of_what_is_not_managed_is_none(leaving: Desk) -> None:
    leaving.service.add("front-desk", **{**STATED, "first_sentence": "Typed.", "voice": None})
    assert leaving.run("drift").code == 0


def test_a_create_states_what_is_managed_and_what_the_api_requires(leaving: Desk) -> None:
    assert leaving.apply().code == 0
    (request,) = leaving.service.writes
    assert set(request.body) == {"name", "prompt", "faq_items"}
    assert leaving.settled()


def test_a_plan_that_changes_something_says_what_it_leaves(leaving: Desk) -> None:
    leaving.service.add("front-desk", **HELD)
    action = leaving.action()
    assert set(action["ignored"]) == {"first_sentence", "voice"}
    assert action["notes"][0] == NOTE + ", ".join(action["ignored"])
    assert f"note: {NOTE}" in leaving.run("plan").out
    assert NOTE in leaving.run("plan", "--format", "markdown").out


@pytest.mark.parametrize("command", ["plan", "drift", "plan --format markdown"])
def test_a_plan_that_changes_nothing_says_it_as_well(leaving: Desk, command: str) -> None:
    leaving.service.add("front-desk", **{**HELD, "prompt": STATED["prompt"], "faq_items": FAQ})
    out = leaving.run(*command.split()).out.lower()
    assert "left to the dashboard, though the definition states it" in out
    (line,) = [line for line in out.splitlines() if "first_sentence, voice" in line]
    assert "voice" in line
    assert "front-desk" in line


def test_a_plan_in_which_it_makes_no_difference_does_not(leaving: Desk) -> None:
    leaving.service.add("front-desk", **STATED)
    assert leaving.action()["ignored"] == []
    assert "dashboard" not in leaving.run("plan").out


def test_a_plan_of_a_create_says_it(leaving: Desk) -> None:
    assert set(leaving.action()["ignored"]) == {"first_sentence", "voice"}
    assert NOTE in leaving.run("plan").out


def test_a_saved_plan_keeps_it(leaving: Desk) -> None:
    leaving.service.add("front-desk", **{**HELD, "prompt": STATED["prompt"], "faq_items": FAQ})
    leaving.run("plan", "--out", "plan.json")
    assert leaving.run("show", "plan.json").out == leaving.run("plan").out


def test_what_several_leave_alike_is_one_line(desk: Desk) -> None:
    desk.project.write("revox-sync.yaml", "manage: [prompt]\n")
    for key in ("a", "b", "c"):
        desk.service.add(key, prompt=f"{key}.", first_sentence="Typed.")
        desk.project.define(key, prompt=f"{key}.", first_sentence="Hello.")
    assert "\n  first_sentence: a, b, c\n" in desk.run("plan").out


def test_a_recreate_copies_what_is_not_managed(leaving: Desk) -> None:
    old = leaving.service.add("front-desk", **HELD, voicemail_message="Typed.")
    project = leaving.root / "revox-sync.yaml"
    project.write_text(f"{project.read_text()}retire: delete\n")
    result = leaving.apply("--recreate", "front-desk")
    assert result.code == 0, result.said
    (new,) = leaving.service.assistants
    held = leaving.service.assistants[new]
    assert new != old
    assert held["prompt"] == "As it shall be."
    assert held["first_sentence"] == "Good evening."
    assert held["voicemail_message"] == "Typed."
    assert (held["voice"]["id"], [item["question"] for item in held["faq_items"]]) == (
        "old",
        ["Dogs?"],
    )


def test_a_recreate_copies_the_prompt_that_is_not_managed(desk: Desk) -> None:
    desk.project.write("revox-sync.yaml", "manage: [first_sentence]\nretire: delete\n")
    desk.service.add("front-desk", **HELD)
    desk.project.define(**STATED)
    assert desk.apply("--recreate", "front-desk").code == 0
    (held,) = desk.service.assistants.values()
    assert (held["prompt"], held["first_sentence"]) == ("As it was.", "Hello.")


@pytest.mark.parametrize("way", WAYS)
def test_reset_never_reaches_what_is_not_managed(desk: Desk, way: str) -> None:
    leaving = leave(desk, way)
    project = leaving.root / "revox-sync.yaml"
    project.write_text(f"{project.read_text()}absent: reset\n")
    _, sync = WAYS[way]
    leaving.project.define(prompt="As it was.", faq_items=[], sync=sync)
    leaving.service.add("front-desk", **HELD, voicemail_message="Typed.")
    managed = "manage" in f"{project.read_text()}{sync}"
    wanted = set() if managed else {"voicemail_message"}
    assert set(leaving.changes()) == wanted


def test_reset_reaches_what_is_managed_and_not_stated(desk: Desk) -> None:
    desk.project.write("revox-sync.yaml", "absent: reset\nmanage: [prompt, voicemail_message]\n")
    desk.service.add("front-desk", prompt="p", voicemail_message="Typed.", sms_enabled=True)
    desk.project.define(prompt="p")
    assert desk.changes() == {"voicemail_message": ("Typed.", None)}


def test_a_name_that_is_not_managed_is_left_alone(desk: Desk) -> None:
    identity = desk.service.add("Typed in the dashboard", prompt="p")
    sync = {"id": identity, "manage": ["prompt"]}
    desk.project.define(prompt="q", sync=sync)
    action = desk.action()
    assert [change["path"] for change in action["changes"]] == ["prompt"]
    assert action["notes"] == [NOTE + "name"]
    desk.project.define(prompt="q", sync={**sync, "manage": ["prompt", "name"]})
    assert set(desk.changes()) == {"name", "prompt"}


def test_a_name_that_is_as_stated_is_not_worth_a_word(desk: Desk) -> None:
    desk.service.add("front-desk", prompt="p")
    desk.project.define(prompt="q", sync={"manage": ["prompt"]})
    assert desk.action()["notes"] == []


def test_a_faq_that_is_not_managed_is_not_asked_for(desk: Desk) -> None:
    identity = desk.service.add("front-desk", prompt="p", faq_items=FAQ)
    desk.service.ask(identity, "Cats?")
    desk.project.define(prompt="q", faq_items=[], sync={"manage": ["prompt"]})
    action = desk.action()
    assert action["open_questions"] == []
    assert desk.apply().code == 0
    assert len(desk.service.assistants[identity]["faq_items"]) == 2


def test_a_field_of_a_later_api_is_none_of_a_seed_account_that_does_not_manage_it(
    desk: Desk,
) -> None:
    desk.project.write("revox-sync.yaml", "profile: seed\nmanage: [prompt]\n")
    desk.project.define(sms_enabled=True)
    assert desk.run("validate").code == 0
    desk.project.define(sms_enabled=True, sync={"manage": ["sms_enabled"]})
    assert "outside-profile" in desk.run("validate").out


def test_pull_writes_what_the_project_manages(desk: Desk) -> None:
    desk.project.write("revox-sync.yaml", "manage: [prompt, faq_items]\n")
    identity = desk.service.add("Night desk", **HELD)
    assert desk.run("pull").code == 0
    _, text = (desk.root / "assistants/night-desk.yaml").read_text().split("\n", 1)
    assert text == f"name: Night desk\nprompt: As it was.\nsync:\n  id: {identity}\n"
    assert desk.settled()


@pytest.mark.parametrize(
    ("sync", "place", "words"),
    [
        ("{manage: []}", "3:16", "wants a list of field names"),
        ("{manage: prompt}", "3:16", "wants a list of field names"),
        ("{manage: [promt]}", "3:17", "did you mean prompt?"),
        ("{manage: [name, promt]}", "3:23", "did you mean prompt?"),
        ("{manage: [sync]}", "3:17", "there is no field `sync`"),
        ("{manage: [7]}", "3:17", "wants the name of a field"),
        ("{mange: [prompt]}", "3:8", "did you mean manage?"),
    ],
)
def test_a_mistake_is_placed(desk: Desk, sync: str, place: str, words: str) -> None:
    desk.project.write("assistants/a.yaml", f"name: A\nprompt: p\nsync: {sync}\n")
    result = desk.run("plan")
    assert result.code == 1
    assert f"assistants/a.yaml:{place}: error" in result.err
    assert words in result.err
    assert desk.service.requests == []


@pytest.mark.parametrize(
    ("settings", "sync", "said"),
    [
        (
            "ignore: [slack, voice]\nmanage: [prompt, voice]\n",
            "{}",
            "revox-sync.yaml:2:18: error[managed-and-ignored]: "
            "`voice` cannot be both managed and ignored: it is in `ignore`, too",
        ),
        (
            "",
            "{ignore: [voice], manage: [prompt, voice]}",
            "assistants/a.yaml:3:42: error[managed-and-ignored]: "
            "`voice` cannot be both managed and ignored: it is in `ignore`, too",
        ),
        (
            "ignore: [voice]\n",
            "{manage: [voice]}",
            "assistants/a.yaml:3:17: error[managed-and-ignored]: "
            "`voice` cannot be both managed and ignored: it is in `ignore` in the project file",
        ),
    ],
)
def test_what_is_to_be_managed_and_ignored_is_an_error(
    desk: Desk, settings: str, sync: str, said: str
) -> None:
    desk.project.write("revox-sync.yaml", settings)
    desk.project.write("assistants/a.yaml", f"name: A\nprompt: p\nsync: {sync}\n")
    result = desk.run("plan")
    assert result.code == 1
    assert result.err.count("error[") == 1
    assert said in result.err
