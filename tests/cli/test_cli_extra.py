"""``sync.extra``: fields that this version does not know, passed through and compared by value."""

from __future__ import annotations

import json
from typing import Any

import pytest
from stating import later
from support.cli import Result
from support.desk import Desk, MakeDesk
from support.service import KEEP

SECRET = "s3cr3t-of-the-new-field"
NEW = {"mode": "fast", "steps": [{"at": 1, "label": "a"}], "ratio": 0.5}


@pytest.fixture
def newer(desk_with: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk whose service has two fields more than this version knows."""
    return later(desk_with, monkeypatch, "new_field", "other_field")


def define(desk: Desk, **extra: Any) -> None:
    desk.project.define(prompt="Be kind.", sync={"extra": extra})


def errors(desk: Desk, text: str) -> Result:
    """Return what ``validate`` says of a definition with this line."""
    desk.project.write("assistants/a.yaml", f"name: a\nprompt: p\n{text}\n")
    result = desk.run("validate")
    assert result.code == 1
    assert desk.apply().code == 1
    assert desk.service.requests == []
    return result


# What is stated is sent, and nothing else.


@pytest.mark.parametrize(
    "value", ["a text", 1, 1.5, True, NEW, [1, [2, {"a": 3}]], [], {}, "6pm", "one\n"]
)
def test_a_new_field_is_created_as_it_is_stated(newer: Desk, value: Any) -> None:
    define(newer, new_field=value)
    created = newer.apply()
    assert created.code == 0, created.said
    (post,) = newer.service.writes
    assert post.body["new_field"] == value
    assert "sync" not in post.body
    assert newer.settled()


@pytest.mark.parametrize(
    ("held", "stated", "changes"),
    [
        ("a", "b", {"new_field": ("a", "b")}),
        (None, "b", {"new_field": (None, "b")}),
        ("a", None, {"new_field": ("a", None)}),
        (1, True, {"new_field": (1, True)}),
        (1, "1", {"new_field": (1, "1")}),
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, {"new_field.b": (2, 3)}),
        ({"a": 1, "b": 2}, {"a": 1}, {"new_field.b": (2, None)}),
        ({"a": 1, "b": 2}, {"a": 1, "b": None}, {"new_field.b": (2, None)}),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 2, 3]}}, {"new_field.a.b[2]": (None, 3)}),
        ([1, 2], [2, 1], {"new_field": ([1, 2], [2, 1])}),
        ([{"a": 1}], [{"a": 2}], {"new_field[0].a": (1, 2)}),
        ({}, None, {"new_field": ({}, None)}),
    ],
)
def test_a_new_field_is_replaced_whole(newer: Desk, held: Any, stated: Any, changes: Any) -> None:
    newer.service.add("front-desk", new_field=held, other_field="theirs")
    define(newer, new_field=stated)
    assert newer.changes() == changes
    assert newer.apply().code == 0
    (patch,) = newer.service.writes
    assert patch.body == {"new_field": stated}
    assert newer.settled()


@pytest.mark.parametrize(
    ("held", "stated"),
    [
        (1.0, 1),
        (1, 1.0),
        (600, 6e2),
        (NEW, {**NEW, "ratio": 0.50}),
        ({"a": [1.0, {"b": 2.0}]}, {"a": [1, {"b": 2}]}),
        ({"b": 1, "a": 2}, {"a": 2, "b": 1}),
        ({"a": 1, "b": None}, {"a": 1}),
        ({"a": 1}, {"a": 1, "b": None}),
        (None, None),
    ],
)
def test_values_are_compared_and_not_their_spelling(newer: Desk, held: Any, stated: Any) -> None:
    newer.service.add("front-desk", new_field=held)
    define(newer, new_field=stated)
    assert newer.action()["changes"] == []
    assert newer.settled()


def test_a_service_that_leaves_null_members_out_took_them(newer: Desk) -> None:
    newer.service.alterations["new_field"] = lambda value: {"a": value["a"]}
    define(newer, new_field={"a": 1, "b": None})
    assert newer.apply().code == 0
    assert newer.settled()


def test_null_clears_and_is_sent_as_null(newer: Desk) -> None:
    newer.service.add("front-desk", new_field="set")
    define(newer, new_field=None)
    assert newer.apply().code == 0
    assert newer.service.writes[0].body == {"new_field": None}
    assert newer.settled()


def test_what_is_not_stated_is_never_touched(newer: Desk) -> None:
    identity = newer.service.add("front-desk", new_field="theirs", other_field=NEW)
    newer.project.write("revox-sync.yaml", "absent: reset\n")
    newer.project.define(prompt="Be kind and brief.")
    assert "field" not in " ".join(newer.action()["notes"])
    assert newer.apply().code == 0
    (patch,) = newer.service.writes
    assert patch.body == {"prompt": "Be kind and brief."}
    assert newer.service.assistants[identity]["new_field"] == "theirs"
    assert newer.service.assistants[identity]["other_field"] == NEW


def test_a_seed_account_gets_it_too(newer: Desk) -> None:
    define(newer, new_field=NEW)
    assert newer.apply("--profile", "seed").code == 0
    assert newer.service.writes[0].body["new_field"] == NEW


# What the service makes of it.


@pytest.mark.parametrize("stored", [KEEP, "altered"], ids=["dropped", "altered"])
@pytest.mark.parametrize("exists", [False, True])
def test_a_field_that_the_service_does_not_take_fails_by_name(
    newer: Desk, stored: Any, exists: bool
) -> None:
    if exists:
        newer.service.add("front-desk")
    newer.service.alterations["new_field"] = lambda _: stored
    define(newer, new_field=NEW)
    result = newer.apply()
    assert result.code == 4
    assert "not taken by the service: new_field" in result.out
    assert "remove it from `sync: {extra: …}`" in result.out


def test_a_field_that_the_service_never_answers_with_is_not_taken(newer: Desk) -> None:
    identity = newer.service.add("front-desk")
    newer.service.assistants[identity].pop("new_field")
    newer.service.alterations["new_field"] = lambda _: KEEP
    define(newer, new_field=NEW)
    result = newer.apply()
    assert result.code == 4
    assert "not taken by the service: new_field" in result.out


def test_a_service_that_refuses_it_is_quoted(desk: Desk) -> None:
    define(desk, new_field=1)
    result = desk.apply()
    assert result.code == 4
    assert "400 Bad Request: new_field: Unrecognized key" in result.out


# What a reviewer sees, and what is applied and rolled back.


def test_every_view_names_it(newer: Desk) -> None:
    newer.service.add("front-desk", new_field={**NEW, "mode": "slow"})
    define(newer, new_field=NEW)
    assert '~ new_field.mode: "slow" -> "fast"' in newer.run("plan", "--out", "p.json").out
    (saved,) = json.loads((newer.root / "p.json").read_text())["actions"]
    assert [change["path"] for change in saved["changes"]] == ["new_field.mode"]
    assert '~ new_field.mode: "slow" -> "fast"' in newer.run("show", "p.json").out
    drift = newer.run("drift").out
    assert '~ new_field.mode was changed from "fast" to "slow"' in drift
    assert newer.apply("p.json").code == 0
    assert newer.settled()


def test_a_plan_of_another_value_is_not_what_was_reviewed(newer: Desk) -> None:
    newer.service.add("front-desk")
    define(newer, new_field=1)
    newer.run("plan", "--out", "p.json")
    define(newer, new_field=2)
    assert newer.apply("p.json").code == 3
    assert newer.service.writes == []


def test_an_edit_between_plan_and_write_is_noticed(newer: Desk) -> None:
    identity = newer.service.add("front-desk", new_field=1)
    define(newer, new_field=2)
    newer.service.on("GET", "/assistants/*", edit=lambda: newer.service.edit(identity, new_field=3))
    result = newer.apply()
    assert result.code == 3
    assert "changed in the account since the plan was made: new_field" in result.out


def test_a_rollback_puts_it_back(newer: Desk) -> None:
    identity = newer.service.add("front-desk", new_field=NEW)
    define(newer, new_field="other")
    newer.apply()
    assert newer.rollback().code == 0
    assert newer.service.assistants[identity]["new_field"] == NEW


def test_ignored_fields_stand_beside_it(newer: Desk) -> None:
    newer.service.add("front-desk", voicemail_message="theirs")
    sync = {"extra": {"new_field": 1}, "ignore": ["voicemail_message"]}
    newer.project.define(prompt="Be kind.", voicemail_message="ours", sync=sync)
    assert newer.apply().code == 0
    assert newer.service.writes[0].body == {"new_field": 1}


# References and includes work inside, because it is a field.


def test_a_secret_in_it_is_sent_and_never_shown(newer: Desk) -> None:
    newer.env["REVOX_SECRET_NEW"] = SECRET
    newer.service.add("front-desk", new_field={"mode": "fast", "key": "0ld-value"})
    define(newer, new_field={"mode": "fast", "key": "${secret.NEW}"})
    seen = [newer.run(*words.split()) for words in ("plan --out p.json", "show p.json", "drift")]
    seen += [newer.run("plan", "--format", "json"), newer.apply("--log-level", "debug")]
    assert newer.service.writes[0].body == {"new_field": {"mode": "fast", "key": SECRET}}
    assert newer.settled()
    written = b"".join(newer.project.files().values()).decode()
    for text in (*(result.said for result in seen), written):
        assert SECRET not in text
        assert "0ld-value" not in text


def test_a_credential_that_the_account_has_in_a_known_field_is_not_shown(desk: Desk) -> None:
    slack = {"channels": ["C1"], "bot_token": "old-value-1", "shape": "new-value-1"}
    desk.service.add("front-desk", slack=slack, first_sentence={"api_key": "old-value-2"})
    desk.project.define(first_sentence="Hello.")
    for words in ("plan", "plan --format json", "drift", "drift --format markdown"):
        said = desk.run(*words.split()).said
        assert "new-value-1" in said
        assert "old-value" not in said, words


def test_what_names_and_urls_tell_to_be_a_credential_is_not_shown(
    desk_with: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("new_field", "new_api_key", "new_hook", "other_field")
    newer = later(desk_with, monkeypatch, *names)

    def field(age: str) -> dict[str, Any]:
        hook = f"https://ada:{age}-value-2@{age}.example.com/?t={age}-value-3"
        return {"mode": age, "steps": [{"token": f"{age}-value-1"}], "hook": hook}

    def fields(age: str) -> dict[str, Any]:
        hook = f"https://example.com/?t={age}-value-6"
        return {"new_field": field(age), "new_api_key": f"{age}-value-5", "new_hook": hook}

    newer.service.add("front-desk", **fields("old"), other_field="old-value-4")
    define(newer, **fields("new"), other_field="new-value-4")
    for words in ("plan", "plan --out p.json", "plan --format json", "drift --format markdown"):
        said = newer.run(*words.split()).said
        assert "old.example.com" in said
        assert "new-value-4" in said
        for value in ("value-1", "value-2", "value-3", "value-5", "value-6"):
            assert value not in said, words
    assert "value-1" not in (newer.root / "p.json").read_text()
    assert newer.apply().code == 0
    assert newer.service.writes[0].body["new_field"] == field("new")


def test_a_text_in_it_may_be_included(newer: Desk) -> None:
    newer.project.write("assistants/_new.txt", "From a file.\n")
    define(newer, new_field={"text": {"file": "_new.txt"}})
    assert newer.apply().code == 0
    assert newer.service.writes[0].body["new_field"] == {"text": "From a file."}


# What cannot stand there.


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("sync: {extra: {voice: 1}}", "3:16", "`voice` is a field that this version knows"),
        ("sync: {extra: {transfer_phone_number: x}}", "3:16", "this version knows"),
        ("sync: {extra: {created_by: 1}}", "3:16", "the service's own and cannot be written"),
        ("sync: {extra: {id: 1}}", "3:16", "the service's own and cannot be written"),
        ("sync: {extra: {voice.speed: 1}}", "3:16", "letters, digits and _"),
        ('sync: {extra: {"a[0]": 1}}', "3:16", "letters, digits and _"),
        ("sync: {extra: [new_field]}", "3:15", "wants a mapping of fields"),
        ("sync: {extra: {file: x.txt}}", "3:15", "only fields of an assistant can be included"),
        ("sync: {extra: {a: 1}, ignore: [a]}", "3:32", "there is no field `a`"),
    ],
)
def test_what_extra_does_not_hold_is_an_error_with_its_place(
    desk: Desk, text: str, place: str, words: str
) -> None:
    said = errors(desk, text).out
    assert f"assistants/a.yaml:{place}: error" in said
    assert words in said


def test_the_projects_defaults_have_none(desk: Desk) -> None:
    desk.project.define()
    desk.project.write("revox-sync.yaml", "defaults: {sync: {extra: {new_field: 1}}}\n")
    result = desk.run("validate")
    assert result.code == 1
    assert "revox-sync.yaml:1:12: error[unknown-key]" in result.out


def test_an_unknown_key_is_an_error_that_names_the_way(desk: Desk) -> None:
    said = errors(desk, "qwertz: 1").out
    assert "assistants/a.yaml:3:1: error[unknown-key]: unknown key `qwertz`" in said
    assert "pass it through with `sync: {extra: {…}}`" in said


def test_a_mistyped_key_is_a_slip_and_nothing_to_pass_through(desk: Desk) -> None:
    said = errors(desk, "voicemail_mesage: Hi").out
    assert "did you mean voicemail_message?" in said
    assert "extra" not in said


def test_the_same_key_twice_is_an_error(desk: Desk) -> None:
    said = errors(desk, "sync: {extra: {new_field: 1, new_field: 2}}").out
    assert "assistants/a.yaml:3:30: error[duplicate-key]" in said
