"""Who hears a change, and what calls have to pass: in every view, and never a reason to fail."""

from __future__ import annotations

from typing import Any

import pytest
from support.desk import Desk, MakeDesk
from support.service import SEARCH

from revox_sync.plan import planner
from revox_sync.plan.model import Plan

NUMBER = "+33159169001"


@pytest.fixture
def used(desk: Desk) -> tuple[Desk, str]:
    """An assistant that a number, a campaign and a call use, and whose prompt is to change."""
    service = desk.service
    identity = service.add("front-desk", "Hello {{guest}}, I am {{assistant_name}}.")
    other = service.add("Other")
    service.dial(NUMBER, identity)
    service.dial("+33159169002", other)
    service.phone_numbers.append(
        {"id": "out", "phone_number": "+33159169003", "inbound_assistant": None}
    )
    service.call_with(identity, "Spring", "completed", not_launched=4)
    service.call_with(identity, "Over", "completed", completed=4, calling=0, not_launched=0)
    service.call_with(other, "Theirs", "running", pending=1)
    service.wait_for(identity)
    service.wait_for(identity, "completed")
    desk.project.define(prompt="Good day, room {{ room }}? I am {{assistant_name}}.")
    return desk, identity


def test_every_view_says_who_hears_it(used: tuple[Desk, str]) -> None:
    desk, _ = used
    action = desk.action()
    assert action["used_by"] == {
        "numbers": [NUMBER],
        "campaigns": ["Spring"],
        "calls": 1,
        "partial": False,
    }
    assert action["variables"] == {"added": ["room"], "removed": ["guest"]}
    who = f'answers {NUMBER}; campaign "Spring" still to call; 1 call waits'
    assert f"used by: {who}" in desk.run("plan").out
    assert "variables: new {{room}}; no more {{guest}}" in desk.run("plan").out
    page = desk.run("plan", "--format", "markdown").out
    _, _, first = page.partition("### `front-desk`")[2].partition("\n\n")
    assert NUMBER[1:] in first.partition("\n")[0], page
    assert "Spring" in first.partition("\n")[0]
    assert "used by: answers" in desk.run("drift").out
    assert f"used by: {who}" in desk.run("delete", "front-desk", typed="no\n").out
    desk.project.write("revox-sync.yaml", "replace: recreate\nretire: keep\n")
    assert "used by: answers" in desk.run("plan").out


def test_a_new_variable_that_calls_cannot_pass_is_a_warning(used: tuple[Desk, str]) -> None:
    desk, identity = used
    result = desk.run("plan")
    assert result.code == 0
    assert "Calls may fail" in result.out
    assert f"inbound calls to {NUMBER} cannot pass {{{{room}}}}" in " ".join(result.out.split())
    assert len(desk.action()["warnings"]) == 3
    desk.service.edit(identity, precall_lookup_url="https://crm.example.com/?p={{phone}}")
    assert "unless what precall_lookup_url answers" in desk.action()["warnings"][0]
    desk.project.define(prompt="Good day.")
    assert desk.action()["warnings"] == []


@pytest.mark.parametrize("path", ["/phone-numbers", "/campaigns", SEARCH])
@pytest.mark.parametrize(
    "reaction", [{"status": 403}, {"body": {"phone_numbers": [], "campaigns": [], "next": "2"}}]
)
def test_what_cannot_be_read_is_unknown_told_once(
    used: tuple[Desk, str], path: str, reaction: dict[str, Any]
) -> None:
    desk, _ = used
    desk.project.define("other", name="Other", prompt="New.")
    desk.service.on("*", path, times=None, **{"status": 200, **reaction})
    result = desk.run("plan")
    assert result.code == 0, result.said
    assert result.out.count("could not all be read") == 1
    found = desk.plan()
    assert len(found["remarks"]) == 1
    told = [action["used_by"] for action in found["actions"]]
    assert all(one is None or one["partial"] for one in told), told


def test_what_fails_is_tried_twice_and_the_rest_is_told(used: tuple[Desk, str]) -> None:
    desk, _ = used
    speaking(desk)
    failing = ("/phone-numbers", SEARCH, "/voices")
    desk.service.calm()
    for path in failing:
        desk.service.on("*", path, times=None, status=500)
    result = desk.run("plan")
    assert result.code == 0, result.said
    said = " ".join(result.out.split())
    assert "could not all be read: phone numbers, calls: 500 Internal Server Error" in said
    assert 'used by: campaign "Spring" still to call' in said
    asked = [one.path for one in desk.service.requests]
    assert [asked.count(path) for path in (*failing, "/campaigns")] == [2, 2, 2, 1]


def test_thousands_of_calls_are_counted_without_reading_them(used: tuple[Desk, str]) -> None:
    desk, identity = used
    desk.project.define("other", name="Other", prompt="New.")
    for _ in range(2100):
        desk.service.wait_for(identity)
    found = {one["key"]: one["used_by"] for one in desk.plan()["actions"]}
    assert found["front-desk"]["calls"] == 2101
    assert found["other"]["calls"] == 0
    assert [one.path for one in desk.service.requests].count(SEARCH) == 3


@pytest.mark.parametrize("total", [None, True, "1"], ids=str)
def test_a_count_that_is_no_number_is_unknown(used: tuple[Desk, str], total: Any) -> None:
    desk, _ = used
    desk.service.on("*", SEARCH, times=None, status=200, body={"calls": [], "total_count": total})
    assert desk.action()["used_by"]["partial"]


def test_counts_may_have_a_decimal_point(used: tuple[Desk, str]) -> None:
    desk, identity = used
    call = {"id": "c1", "assistant": {"id": identity}, "status": "scheduled"}
    desk.service.on("*", SEARCH, status=200, body={"calls": [call], "total_count": 1.0})
    assert desk.action()["used_by"]["calls"] == 1


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_service_without_the_endpoints_uses_nothing(used: tuple[Desk, str], status: int) -> None:
    desk, _ = used
    for path in ("/phone-numbers", "/campaigns", SEARCH):
        desk.service.on("*", path, times=None, status=status)
    found = desk.plan()
    assert found["remarks"] == []
    assert found["actions"][0]["used_by"]["numbers"] == []
    assert [one.path for one in desk.service.requests].count("/campaigns") == 1


def test_nothing_is_read_where_nothing_changes(used: tuple[Desk, str]) -> None:
    desk, _ = used
    assert desk.apply("--auto-approve").code == 0
    desk.service.requests.clear()
    assert desk.run("plan").code == 0
    assert [one.path for one in desk.service.requests] == ["/assistants"]


VOICES = [
    {"id": "katie-1", "provider": "cartesia", "name": "Katie", "language": "en"},
    {"id": "oliver-1", "provider": "cartesia", "name": "Oliver", "modelCompat": "sonic-3.5"},
    {"id": "rachel-1", "provider": "elevenlabs", "name": "Rachel", "language": "en"},
    {"id": "elise-1", "provider": "gradium", "name": "Elise", "language": "fr"},
]


def speaking(desk: Desk, **voice: Any) -> None:
    """Let the account have voices, and the definition name one."""
    desk.service.on("GET", "/voices", times=None, status=200, body={"voices": VOICES})
    desk.project.define(voice={"provider": "cartesia", "id": "katie-1", **voice})


@pytest.mark.parametrize(
    ("voice", "told"),
    [
        ({"id": "kati-1"}, 'katie-1 "Katie" (cartesia, en)'),
        ({"provider": "elevenlabs"}, "is one of cartesia"),
        ({"id": "oliver-1", "model": "sonic-3"}, "model sonic-3.5 only"),
    ],
)
def test_a_voice_that_is_not_there_stops_its_assistant(
    used: tuple[Desk, str], voice: dict[str, Any], told: str
) -> None:
    desk, _ = used
    speaking(desk, **voice)
    found = desk.action()
    assert found["refused"].startswith("unknown-voice: ")
    assert told in found["refused"]
    assert desk.run("plan").code == 3
    assert desk.apply().code == 3
    assert desk.service.writes == []


def test_what_the_service_knows_by_itself_is_not_asked_for(used: tuple[Desk, str]) -> None:
    desk, _ = used
    told = "{{transcript}} {{call_direction}} {{user_phone_number}} {{agent_phone_number}}"
    desk.project.define(structured_output_prompt=told, prompt="{{guest}} {{call_direction}}")
    assert desk.action()["variables"] == {"added": ["call_direction"], "removed": []}


def test_what_the_value_of_a_secret_names_is_not_told(used: tuple[Desk, str]) -> None:
    desk, _ = used
    hook = "https://e.com/{{pin-4711}}"
    desk.env["REVOX_SECRET_HOOK"] = hook
    desk.project.define(prompt="Be kind, {{guest}}.", webhook_url="${secret.HOOK}")
    for _ in range(2):
        assert "pin-4711" not in desk.run("plan", "--format", "json").out
        assert desk.apply().code == 0
        desk.project.define(prompt="Be kind, {{guest}}.", webhook_url="https://e.com")


def test_what_the_value_of_a_rotated_secret_named_is_not_told(used: tuple[Desk, str]) -> None:
    desk, _ = used
    desk.env["REVOX_SECRET_HOOK"] = "https://e.com/{{pin-4711}}"
    desk.project.define(prompt="Be kind, {{guest}}.", webhook_url="${secret.HOOK}/a")
    assert desk.apply().code == 0
    desk.env["REVOX_SECRET_HOOK"] = "https://f.com/{{pin-4712}}"
    desk.project.define(prompt="Be kind, {{room}}.", webhook_url="${secret.HOOK}/a")
    assert desk.action()["variables"] == {"added": ["room"], "removed": ["guest"]}
    del desk.env["REVOX_SECRET_HOOK"]
    assert desk.action()["variables"] == {"added": ["room"], "removed": ["guest"]}


@pytest.mark.parametrize("inputs", [7, "text", {"name": "x"}, [7, {"name": []}]])
def test_a_tool_of_no_expected_form_breaks_no_plan(used: tuple[Desk, str], inputs: Any) -> None:
    desk, identity = used
    desk.service.edit(identity, custom_tools=[{"url": "{{stay}}", "input_schema": inputs}])
    assert desk.action()["variables"] == {"added": ["room"], "removed": ["guest"]}


def test_a_drift_is_told_whatever_the_definition_refers_to(used: tuple[Desk, str]) -> None:
    desk, _ = used
    speaking(desk, id="kati-1")
    assert desk.run("plan").code == 3
    assert desk.run("drift").code == 2


def test_a_voice_that_stays_is_not_looked_up(used: tuple[Desk, str]) -> None:
    desk, identity = used
    desk.service.edit(identity, voice={"provider": "cartesia", "id": "gone"})
    speaking(desk, id="gone", speed=1.2)
    assert desk.action()["refused"] is None
    assert "/voices" not in [one.path for one in desk.service.requests]


def test_the_voices_are_listed_while_what_is_new_is_planned(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    speaking(desk, id="kati-1")
    plan = planner.plan

    def planned(*arguments: Any, **how: Any) -> Plan:
        desk.service.wait_until(lambda: "/voices" in [one.path for one in desk.service.requests])
        return plan(*arguments, **how)

    monkeypatch.setattr(planner, "plan", planned)
    assert "the account has no voice kati-1" in desk.action()["refused"]
    assert [one.path for one in desk.service.requests].count("/voices") == 1


def test_a_voice_that_a_secret_names_is_not_shown_and_an_unset_one_not_looked_up(
    used: tuple[Desk, str],
) -> None:
    desk, _ = used
    speaking(desk, id="${secret.VOICE}")
    assert desk.action()["refused"] is None
    desk.env["REVOX_SECRET_VOICE"] = "katie-4711-secret"
    result = desk.run("plan")
    assert result.code == 3
    assert "no voice ${secret.VOICE}" in " ".join(result.out.split())
    assert "4711" not in result.said


def test_a_connection_that_no_assistant_uses_is_a_warning(used: tuple[Desk, str]) -> None:
    desk, _ = used
    slack = {"connection_id": "nango-1", "channels": [{"id": "C1"}], "outcomes": ["completed"]}
    desk.project.define(slack={**slack, "connection_id": "nango-l"})
    assert desk.plan()["diagnostics"] == []
    desk.service.add("Sales", slack=slack)
    (found,) = desk.plan()["diagnostics"]
    assert (found["rule"], found["severity"]) == ("unknown-connection", "warning")
    assert (found["hint"], found["line"]) == ("they use nango-1", 3)
    assert desk.apply().code == 0
    assert desk.plan()["diagnostics"] == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [("sk-proj-77aa81cC03e4F5d6", "(sensitive)"), ("open sesame 42", "${secret.CODE}")],
)
def test_no_name_shows_tokens_and_secrets(used: tuple[Desk, str], name: str, shown: str) -> None:
    desk, identity = used
    desk.env["REVOX_SECRET_CODE"] = "open sesame 42"
    desk.service.call_with(identity, f"Call {name}", "running", pending=1)
    desk.service.phone_numbers[2]["label"] = f"Line {name}"
    voices = [{**VOICES[0], "name": f"Voice {name}"}]
    desk.service.on("GET", "/voices", times=None, status=200, body={"voices": voices})
    desk.project.define(
        prompt="{{room}}",
        voice={"provider": "cartesia", "id": VOICES[0]["id"]},
        from_phone_number="+33159169009",
    )
    said = " ".join(desk.run("plan").said.split())
    assert name not in said
    for what in ("Call", "Line", "Voice"):
        assert f"{what} {shown}" in said


def test_a_voice_is_shown_with_its_name(used: tuple[Desk, str]) -> None:
    desk, _ = used
    speaking(desk)
    assert 'voice katie-1 is "Katie" (cartesia, en)' in desk.run("plan").out
    assert desk.apply().code == 0
    desk.service.requests.clear()
    assert desk.settled()
    assert len(desk.service.requests) == 1


def test_a_private_voice_is_asked_for_by_id(used: tuple[Desk, str]) -> None:
    desk, _ = used
    speaking(desk, id="mine")
    desk.service.on(
        "GET", "/voices/mine*", status=200, times=None, body={"voice": {"id": "mine", "name": "Me"}}
    )
    assert 'voice mine is "Me" (cartesia)' in desk.run("plan").out


@pytest.mark.parametrize("status", [403, 404])
def test_voices_that_cannot_be_read_stop_nothing(used: tuple[Desk, str], status: int) -> None:
    desk, _ = used
    desk.service.on("GET", "/voices", times=None, status=status)
    speaking(desk, id="kati-1")
    result = desk.run("plan")
    assert result.code == 0
    assert ("voices could not be read" in result.out) == (status == 403)


def test_a_number_that_is_not_there_stops_its_assistant(used: tuple[Desk, str]) -> None:
    desk, identity = used
    desk.project.define(from_phone_number="+33159169009")
    desk.service.phone_numbers[0]["label"] = "Reception"
    found = desk.action()
    assert found["refused"].startswith("unknown-phone-number: ")
    assert f'{NUMBER} "Reception"' in found["refused"]
    desk.project.define(from_phone_number="+33159169003")
    assert desk.action()["refused"] is None
    desk.service.edit(identity, from_phone_number="+33159169009")
    desk.project.define(from_phone_number="+33159169009", prompt="Other.")
    assert desk.action()["refused"] is None


def test_for_a_new_assistant_only_what_it_refers_to_is_read(desk: Desk) -> None:
    speaking(desk)
    assert desk.action()["action"] == "create"
    asked = [one.path for one in desk.service.requests]
    assert sorted(asked) == ["/assistants", "/voices"]
    desk.project.define(from_phone_number=NUMBER)
    desk.service.requests.clear()
    assert desk.run("plan").code == 0
    assert sorted(one.path for one in desk.service.requests) == ["/assistants", "/phone-numbers"]


def test_voices_are_listed_ready_to_paste(used: tuple[Desk, str]) -> None:
    desk, _ = used
    speaking(desk)
    assert "voice: {provider: cartesia, id: katie-1}" in desk.run("voices").out
    assert desk.run("voices", "OLIV").out.split("voice: ")[1:] == [
        "{provider: cartesia, id: oliver-1, model: sonic-3.5}\n"
    ]
    desk.project.write("assistants/broken.yaml", "name: [")
    assert desk.run("voices", "katie").code == 0
    desk.service.calm()
    assert desk.run("voices").code == 0


@pytest.mark.parametrize("identity", ["007", "no", "a, b", 'a "b" #c', "${secret.X}", "${var.x}"])
def test_a_voice_with_an_odd_id_is_pasted_as_it_is(desk: Desk, identity: str) -> None:
    voice = {"id": identity, "provider": "cartesia", "name": "Odd"}
    desk.service.on("GET", "/voices", times=None, status=200, body={"voices": [voice]})
    line = desk.run("voices").out.strip().partition("voice: ")[2]
    desk.project.write("assistants/odd.yaml", f"name: Odd\nprompt: Be kind.\nvoice: {line}\n")
    assert desk.apply().code == 0
    (made,) = desk.service.assistants.values()
    assert made["voice"]["id"] == identity


def test_open_questions_are_listed_by_assistant(used: tuple[Desk, str]) -> None:
    desk, identity = used
    for question in ("Dogs?", "Cats?", "Dogs?"):
        desk.service.ask(identity, question)
    assert desk.run("questions").out.splitlines() == [
        'front-desk  "front-desk"  2x  Dogs?',
        'front-desk  "front-desk"  1x  Cats?',
    ]
    assert "`front-desk`: Dogs? (2 times)" in desk.run("questions", "--format", "markdown").out
    found = desk.run("questions", "--format", "json").json["questions"]
    assert [(one["id"], one["count"]) for one in found] == [(identity, 2), (identity, 1)]
    assert {one["last"] for one in found} == {None}
    for form in ("terminal", "markdown"):
        assert "3 open questions" in desk.run("drift", "--format", form).out


def test_a_question_is_told_once_with_what_the_service_says_of_it(used: tuple[Desk, str]) -> None:
    desk, identity = used
    for question, day in (("Dogs?", 2), ("dogs", 9), ("Is 4711-hall-door the code?", 5)):
        desk.service.ask(identity, question)
        items = desk.service.assistants[identity]["faq_items"]
        items[-1]["created_at"] = f"2026-11-0{day}T10:00:00Z"
    desk.env["REVOX_SECRET_CODE"] = "4711-hall-door"
    assert [line.split("  ", 2)[2] for line in desk.run("questions").out.splitlines()] == [
        "2x  Dogs?  (last 2026-11-09T10:00:00Z)",
        "1x  Is ${secret.CODE} the code?  (last 2026-11-05T10:00:00Z)",
    ]
    (dogs, _) = desk.run("questions", "--format", "json").json["questions"]
    assert (dogs["first"], dogs["last"]) == ("2026-11-02T10:00:00Z", "2026-11-09T10:00:00Z")


def test_questions_to_an_assistant_that_the_list_does_not_show_yet_are_listed(desk: Desk) -> None:
    desk.project.define()
    desk.apply()
    (identity,) = desk.service.assistants
    desk.service.ask(identity, "Dogs?")
    desk.service.on("GET", "/assistants", status=200, body={"assistants": []})
    assert desk.run("questions").out == 'front-desk  "front-desk"  1x  Dogs?\n'


def test_questions_that_the_service_does_not_tell_are_not_none(desk_with: MakeDesk) -> None:
    desk = desk_with(list_has_faq=False, retrieve_has_faq=False)
    desk.service.add("front-desk")
    result = desk.run("questions")
    assert (result.code, result.out) == (0, "")
    assert (
        "the service does not tell the FAQ of front-desk; what is open there is not" in result.err
    )


def test_a_list_shows_the_numbers(used: tuple[Desk, str]) -> None:
    desk, _ = used
    assert f"managed  {NUMBER}\n" in desk.run("list").out
    desk.service.on("GET", "/phone-numbers", times=None, status=403)
    result = desk.run("list")
    assert result.code == 0
    assert "phone numbers could not be read" in result.err
