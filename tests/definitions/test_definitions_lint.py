"""Rules across fields."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from reading import LEAST, found, problems_of, read, short
from support.project import Project

import revox_sync.definitions
from revox_sync.definitions import severity
from revox_sync.definitions.lint import ALL_RULES
from revox_sync.operations.explain import explain

WINDOW = (
    "call_retry_config:\n  max_retry_attempts: 1\n  calling_windows:\n"
    "    - calling_window_start_time: {start}\n      calling_window_end_time: {end}\n"
    "      retry_delay_seconds: 60\n"
)


def test_every_rule_is_named_once_and_documented() -> None:
    assert len({rule.id for rule in ALL_RULES}) == len(ALL_RULES)
    for rule in ALL_RULES:
        assert len(rule.documentation.split()) > 5, rule.id
    for name in severity.FORMAT:
        assert explain(name)["meaning"].endswith(".")


def test_of_every_finding_it_is_known_whether_a_project_may_change_its_severity() -> None:
    known = {*severity.ADJUSTABLE, *severity.WHICH, *severity.FORMAT}
    folder = Path(revox_sync.definitions.__file__).parent
    for file in folder.rglob("*.py"):
        named = re.findall(r'(?:Problem|Unusable)\(\s*"([a-z0-9-]+)"', file.read_text("utf-8"))
        assert known.issuperset(named), file


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("first_sentence_mode: static\n", "error 3:22 static-without-sentence"),
        ("first_sentence_mode: static\nfirst_sentence: ''\n", "error 3:22 static-without-sentence"),
        ("first_sentence_mode: static\nfirst_sentence:\n", "error 3:22 static-without-sentence"),
        ("first_sentence_mode: none\nfirst_sentence: x\n", "warning 4:17 idle-first-sentence"),
        ("voice: {id: x, provider: elevenlabs, speed: 1.21}\n", "error 3:45 voice-speed"),
        ("faq_items:\n  - {question: a, answer: b}\n  - {question: a, answer: c}\n",
         "warning 5:16 duplicate-question"),
    ],
)  # fmt: skip
def test_fields_that_do_not_go_together(project: Project, text: str, expected: str) -> None:
    assert found(project, text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "first_sentence_mode: static\nfirst_sentence: Hello\n",
        "first_sentence_mode: none\n",
        "first_sentence_mode: none\nfirst_sentence: null\n",
        "first_sentence_mode: generated\n",
        "voice: {id: x, provider: elevenlabs, speed: 0.7}\n",
        "voice: {id: x, provider: cartesia, speed: 0.6}\n",
        "voice: {id: x, provider: cartesia, speed: null}\n",
        "voice: {id: x, provider: elevenlabs}\n",
        "voice: null\ncall_retry_config: null\nstructured_output_config: null\nwebhook_url: null\n",
        "transfer_phone_number: null\n",
        "faq_items: []\nstructured_output_config: []\n",
        "faq_items:\n  - {question: a, answer: x}\n  - {question: A, answer: x}\n",
    ],
)
def test_fields_that_go_together(project: Project, text: str) -> None:
    assert found(project, text) == []


@pytest.mark.parametrize(
    "time",
    ["9:00", "6PM", "6 pm", "06pm", "6:30 p.m.", "18h", "24:00", "13pm", "0am", "18", "", "12:60"],
)
def test_a_time_is_written_as_documented(project: Project, time: str) -> None:
    text = LEAST + WINDOW.format(start=f'"{time}"', end='"23:59"')
    (problem,) = problems_of(project, text)
    assert short([problem]) == ["6:34 time-format"]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("09:00", "18:00"), ("9am", "6:30pm"), ("12am", "12pm"), ("12:30am", "01:00"),
        ("10:00", "6pm"), ("00:00", "23:59"), ("11:59am", "12pm"),
    ],
)  # fmt: skip
def test_windows_that_end_after_they_start(project: Project, start: str, end: str) -> None:
    assert found(project, WINDOW.format(start=start, end=end)) == []


@pytest.mark.parametrize(
    ("start", "end", "word"),
    [
        ("18:00", "09:00", "before"), ("6pm", "18:00", "when"), ("12pm", "12am", "before"),
        ("1pm", "12pm", "before"), ("10pm", "6am", "before"),
    ],
)  # fmt: skip
def test_windows_that_do_not(project: Project, start: str, end: str, word: str) -> None:
    (problem,) = problems_of(project, LEAST + WINDOW.format(start=start, end=end))
    assert short([problem]) == ["7:32 window-order"]
    assert f"ends {word} it starts" in problem.message


@pytest.mark.parametrize("zone", ["Europe/Paris", "UTC", "Etc/GMT+5", "America/Argentina/Ushuaia"])
def test_zones_of_the_iana_database(project: Project, zone: str) -> None:
    assert found(project, WINDOW.format(start="9am", end="6pm") + f"  timezone: {zone}\n") == []


@pytest.mark.parametrize(
    ("zone", "meant"),
    [
        ("Europe/Pariss", "Europe/Paris"), ("europe/paris", "Europe/Paris"),
        ("New York", None), ("CEST", None),
        ("posix/Europe/Paris", "Europe/Paris"), ("../x", None), ("''", None), ("qqqqqq", None),
    ],
)  # fmt: skip
def test_zones_that_are_not(project: Project, zone: str, meant: str | None) -> None:
    text = LEAST + WINDOW.format(start="9am", end="6pm") + f"  timezone: {zone}\n"
    (problem,) = problems_of(project, text)
    assert short([problem]) == ["9:13 unknown-timezone"]
    if meant:
        assert problem.hint == f"did you mean {meant}?"


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("00 33 1 23 45 67 89", "+33123456789"), ("+33 1 23 45 67 89", "+33123456789"),
        ("+1 (415) 555-0100", "+14155550100"), ("0123456789", None), ("+0123456789", None),
        ("+", None), ("+1", None), ("+1234567890123456", None), ("", None), ("{{number}}", None),
        ("+١٢٣٤٥", None), ("+33123456789\\n", "+33123456789"),
        ("+33 (0)1 23 45 67 89", "+33123456789"), ("0044 (0) 20 7946 0018", "+442079460018"),
    ],
)  # fmt: skip
def test_phone_numbers_that_are_not_e164(project: Project, number: str, right: str | None) -> None:
    (problem,) = problems_of(project, LEAST + f'transfer_phone_number: "{number}"\n')
    assert short([problem]) == ["3:24 phone-format"]
    assert (right or "+, country code") in (problem.hint or "")


@pytest.mark.parametrize("number", ["+33123456789", "+12", "+123456789012345"])
def test_phone_numbers_in_e164(project: Project, number: str) -> None:
    assert found(project, f'transfer_phone_number: "{number}"\n') == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com", []),
        ("https://{{user}}@example.com:8443/a?b={{c}}#d", []),
        ("HTTPS://example.com/", []),
        ("https://{{host}}/x", []),
        ("{{ webhook }}", []),
        ("{{ base }}/calls", []),
        ("http://example.com", ["warning 3:14 webhook-not-https"]),
        ("http://{{ host }}/x", ["warning 3:14 webhook-not-https"]),
        ("example.com/hook", ["error 3:14 webhook-url"]),
        ("ftp://example.com", ["error 3:14 webhook-url"]),
        ("https://", ["error 3:14 webhook-url"]),
        ("https:///x", ["error 3:14 webhook-url"]),
        ("https://exa mple.com", ["error 3:14 webhook-url"]),
        ("http://", ["error 3:14 webhook-url"]),
        ("", ["error 3:14 webhook-url"]),
        (" {{x}}", ["error 3:14 webhook-url"]),
    ],
)
def test_webhook_urls(project: Project, url: str, expected: list[str]) -> None:
    assert found(project, f'webhook_url: "{url}"\n') == expected


@pytest.mark.parametrize("name", ["''", "' '", '"\\t\\n"', "\u00a0"])
def test_a_blank_name_is_refused(project: Project, name: str) -> None:
    assert short(problems_of(project, f"name: {name}\nprompt: p\n")) == ["1:7 blank-name"]


def test_two_definitions_cannot_have_one_name(project: Project) -> None:
    project.write("assistants/a.yaml", LEAST)
    project.write("assistants/b.yaml", "# c\n" + LEAST)
    project.write("assistants/c.yaml", "name: Back desk\nprompt: p\n")
    _, loaded, (problem,) = read(project)
    assert short([problem]) == ["assistants/b.yaml:2:7 duplicate-name"]
    assert "assistants/a.yaml:1:7" in problem.message
    assert [definition.key for definition in loaded.definitions] == ["c"]


def test_two_definitions_cannot_be_bound_to_one_id(project: Project) -> None:
    for key in "ab":
        project.write(f"assistants/{key}.yaml", f"name: {key}\nprompt: p\nsync: {{id: x}}\n")
    _, loaded, (problem,) = read(project)
    assert short([problem]) == ["assistants/b.yaml:3:12 duplicate-id"]
    assert "assistants/a.yaml:3:12" in problem.message
    assert loaded.definitions == ()


@pytest.mark.parametrize("sync", ["id: '${var.x'", "id: ''", "id: 5", "renamed_from: ${env.X}"])
def test_what_cannot_be_is_the_same_as_nothing(project: Project, sync: str) -> None:
    for key in "ab":
        project.write(f"assistants/{key}.yaml", f"name: {key}\nprompt: p\nsync: {{{sync}}}\n")
    assert len(short(read(project)[2])) == 2


def test_a_name_that_cannot_be_read_is_no_other(project: Project) -> None:
    for key in "ab":
        project.write(f"assistants/{key}.yaml", f"name: Desk ${{env.{key}}}\nprompt: p\n")
    assert len(short(read(project)[2])) == 2


def test_of_two_with_one_name_the_one_whose_id_cannot_be_is_bound(project: Project) -> None:
    project.write("assistants/a.yaml", LEAST + "sync: {id: 1-a}\n")
    project.write("assistants/b.yaml", LEAST + "sync: {id: ''}\n")
    assert short(read(project)[2]) == ["assistants/b.yaml:3:12 empty-text"]


def test_a_name_is_compared_even_where_something_else_is_wrong(project: Project) -> None:
    project.write("assistants/a.yaml", LEAST + "voice: 1\n")
    project.write("assistants/b.yaml", LEAST)
    assert short(read(project)[2]) == ["3:8 wrong-type", "assistants/b.yaml:1:7 duplicate-name"]


def test_two_definitions_of_one_name_are_told_apart_by_their_ids(project: Project) -> None:
    project.write("assistants/a.yaml", LEAST + "sync: {id: 1-a}\n")
    project.write("assistants/b.yaml", LEAST + "sync: {id: 2-b}\n")
    assert read(project)[2] == ()


def test_a_name_beside_a_bound_one_is_not_enough(project: Project) -> None:
    project.write("assistants/a.yaml", LEAST + "sync: {id: 1-a}\n")
    project.write("assistants/b.yaml", LEAST)
    assert short(read(project)[2]) == ["assistants/b.yaml:1:7 duplicate-name"]


def test_one_key_cannot_come_from_two_files(project: Project) -> None:
    project.write("assistants/a.yaml", LEAST)
    project.write("assistants/a.yml", b"\xff")
    assert short(read(project)[2]) == [
        "assistants/a.yml:1:1 duplicate-definition",
        "assistants/a.yml:1:1 not-utf8",
    ]


@pytest.mark.parametrize(("one", "two"), [("Desk", "desk"), ("Café", "café"), ("X/a", "x/A")])
def test_keys_differ_in_more_than_case(project: Project, one: str, two: str) -> None:
    project.write(f"assistants/{one}.yaml", "name: 1st\nprompt: p\n")
    project.write(f"assistants/{two}.yaml", "name: 2nd\nprompt: p\n")
    if len(list(project.root.rglob("*.yaml"))) == 1:
        pytest.skip("this file system does not tell upper from lower case")
    (problem,) = read(project)[2]
    assert problem.rule == "key-case"
    assert f"assistants/{one}.yaml" in problem.message


def test_rules_run_beside_a_value_that_is_only_out_of_bounds(project: Project) -> None:
    text = WINDOW.format(start="9:00", end="6pm").replace("60", "-1")
    assert found(project, text) == ["error 6:34 time-format", "error 8:28 out-of-range"]


def test_rules_do_not_read_what_a_mistyped_key_leaves_out(project: Project) -> None:
    text = WINDOW.format(start="9:00", end="6pm").replace("_end_time", "_end_tme")
    assert found(project, text) == ["error 7:7 unknown-key"]
