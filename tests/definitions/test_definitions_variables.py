"""``${var.NAME}``: what the project file declares, replaced after parsing."""

from __future__ import annotations

from typing import Any

import pytest
from reading import LEAST, load_in, short
from support.project import Project

from revox_sync.definitions.definition import Definition
from revox_sync.definitions.problem import Problem

VARS = """\
vars:
  text: Grüße, {{name}}
  count: 600
  ratio: 1.05
  whole: 2.0
  yes_: true
  no_: false
  off: off
  digits: "007"
  phone: 0142868200
  abroad: +33142868200
  price: 1.50
  large: 1e3
  hex: 0x1F
  spaced: "  a: b # c  "
  lines: |
    one
    two
  dollars: "$${x} $$"
"""


def only(project: Project, text: str, variables: str = VARS) -> Definition:
    """Return ``text`` as the only definition of a project with these variables."""
    project.write("revox-sync.yaml", variables)
    project.write("assistants/a.yaml", text)
    definitions, problems = load_in(project)
    assert short(problems) == []
    (found,) = definitions.definitions
    return found


def field(project: Project, text: str, name: str = "prompt") -> Any:
    """Return one field of a definition that says ``text`` beside the least."""
    head = LEAST.replace("prompt: Be kind.\n", "") if name == "prompt" else LEAST
    return only(project, head + text).fields[name]


def problems(
    project: Project, text: str, variables: str = VARS, environment: str | None = None
) -> tuple[Problem, ...]:
    """Return what is wrong with a definition in a project with these variables."""
    project.write("revox-sync.yaml", variables)
    project.write("assistants/a.yaml", text)
    return load_in(project, environment)[1]


@pytest.mark.parametrize("around", ["vars: {n: %s}\n", "environments: {a: {vars: {n: %s}}}\n"])
def test_a_number_in_a_text_is_as_the_chosen_environment_writes_it(
    project: Project, around: str
) -> None:
    project.write("revox-sync.yaml", around % "007")
    project.write("assistants/a.yaml", LEAST + "voicemail_message: agent ${var.n}\n")
    environment = "a" if "environments" in around else None
    (found,) = load_in(project, environment)[0].definitions
    assert found.fields["voicemail_message"] == "agent 007"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("max_call_duration_secs: ${var.count}", 600),
        ("max_call_duration_secs: ${var.ratio}", 1.05),
        ("ivr_navigation_enabled: ${var.no_}", False),
        ("ivr_navigation_enabled: ${var.yes_}", True),
        ("voicemail_message: ${var.off}", "off"),
        ("voicemail_message: ${var.digits}", "007"),
        ("voicemail_message: '${var.count}'", "600"),
        ('voicemail_message: "${var.count}"', "600"),
        ("voicemail_message: !!str ${var.count}", "600"),
        ("voicemail_message: |-\n  ${var.count}", "600"),
        ("voicemail_message: for ${var.count} s", "for 600 s"),
        ("voicemail_message: ${var.yes_}, ${var.no_}", "true, false"),
        ("voicemail_message: x${var.ratio}", "x1.05"),
        ("voicemail_message: x${var.whole}", "x2.0"),
        ("voicemail_message: call ${var.phone}", "call 0142868200"),
        ("voicemail_message: '${var.abroad}'", "+33142868200"),
        ("voicemail_message: ${var.price} € or ${var.large}", "1.50 € or 1e3"),
        ("voicemail_message: code ${var.hex}", "code 0x1F"),
        ("max_call_duration_secs: ${var.large}", 1000.0),
        ("voicemail_message: ${var.text}", "Grüße, {{name}}"),
        ("voicemail_message: '{{a}} ${var.text} {{b}}'", "{{a}} Grüße, {{name}} {{b}}"),
        ("voicemail_message: ${var.spaced}", "  a: b # c  "),
        ("voicemail_message: ${var.lines}", "one\ntwo\n"),
        ("voicemail_message: $${var.text}", "${var.text}"),
        ("voicemail_message: $$${var.text}", "$${var.text}"),
        ("voicemail_message: ${var.dollars}", "${x} $$"),
    ],
)
def test_alone_and_unquoted_it_keeps_its_type_else_it_is_text(
    project: Project, written: str, read: Any
) -> None:
    name = written.partition(":")[0]
    value = field(project, f"{written}\n", name)
    assert (value, type(value)) == (read, type(read))


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("voice: {provider: cartesia, id: x, speed: '${var.ratio}'}", "remove the quotes, and any"),
        ("max_call_duration_secs: '${var.count}'", "remove the quotes, and any { } around it"),
        ("sms_enabled: '${var.yes_}'", "then ${var.yes_} keeps its type"),
        ("first_sentence_delay_ms: ${var.digits}", "${var.digits} stands for a text"),
    ],
)
def test_what_wants_no_text_says_how_a_variable_is_none(
    project: Project, written: str, hint: str
) -> None:
    project.write("revox-sync.yaml", VARS)
    project.write("assistants/a.yaml", f"{LEAST}{written}\n")
    (problem,) = load_in(project)[1]
    assert problem.rule == "wrong-type"
    assert hint in (problem.hint or "")


def test_a_value_is_not_expanded_again(project: Project) -> None:
    variables = 'vars: {a: "$${var.b} $${secret.C}", b: x}\n'
    found = only(project, "name: A\nprompt: ${var.a}, '${var.a}'\n", variables)
    assert found.fields["prompt"] == "${var.b} ${secret.C}, '${var.b} ${secret.C}'"


def test_it_is_replaced_in_every_part_of_a_definition(project: Project) -> None:
    project.write("assistants/p.md", "Speak ${var.text}.\n")
    project.write("assistants/_faq.yaml", "- {question: 'A ${var.count}', answer: b}\n")
    found = only(
        project,
        "name: Desk ${var.count}\n"
        "prompt: [{file: p.md}, 'Take ${var.count} s.']\n"
        "faq_items:\n"
        "  - {file: _faq.yaml}\n"
        "  - question: ${var.text}\n"
        "    answer: '${var.digits}'\n"
        "voice: {provider: cartesia, id: '${var.digits}'}\n"
        "sync:\n  id: ${var.digits}\n  renamed_from: Old ${var.count}\n",
    )
    assert found.name == "Desk 600"
    assert found.fields["prompt"] == "Speak Grüße, {{name}}.\n\nTake 600 s."
    assert found.fields["faq_items"] == [
        {"question": "A 600", "answer": "b"},
        {"question": "Grüße, {{name}}", "answer": "007"},
    ]
    assert found.fields["voice"]["id"] == "007"
    assert (found.sync.id, found.sync.renamed_from) == ("007", "Old 600")
    assert found.secrets == {}


def test_a_nested_member_keeps_the_type_too(project: Project) -> None:
    found = only(project, LEAST + "voice:\n  provider: cartesia\n  id: x\n  speed: ${var.ratio}\n")
    assert found.fields["voice"]["speed"] == 1.05


def test_defaults_take_them(project: Project) -> None:
    project.write("shared/hello.txt", "Hello, ${var.text}\n")
    variables = VARS + (
        "defaults:\n  max_call_duration_secs: ${var.count}\n"
        "  first_sentence: {file: shared/hello.txt}\n"
    )
    fields = only(project, LEAST, variables).fields
    assert fields["max_call_duration_secs"] == 600
    assert fields["first_sentence"] == "Hello, Grüße, {{name}}"


def test_an_alias_brings_it_along(project: Project) -> None:
    text = "name: &n Desk ${var.count}\nprompt: *n\n"
    assert only(project, text).fields["prompt"] == "Desk 600"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("prompt: ${var.nope}\n", ["2:9 undeclared-variable"]),
        ("prompt: a ${var.nope} b\n", ["2:11 undeclared-variable"]),
        ("prompt: '${var.NOPE}'\n", ["2:10 undeclared-variable"]),
        ("prompt: |\n  one\n  two ${var.nope}\n", ["4:7 undeclared-variable"]),
        (
            "prompt: ${var.a} ${var.b} ${var.a}\n",
            ["2:9 undeclared-variable", "2:18 undeclared-variable", "2:27 undeclared-variable"],
        ),
        ("prompt: p\nfaq_items:\n  - question: q\n    answer: ${var.nope}\n",
         ["5:13 undeclared-variable"]),
        ("prompt: p\nsync: {renamed_from: '${var.nope}'}\n", ["3:23 undeclared-variable"]),
        ("prompt: ${var.1a}\n", ["2:9 bad-reference"]),
        ("prompt: ${var.a-b}\n", ["2:9 bad-reference"]),
        ("prompt: ${var.}\n", ["2:9 bad-reference"]),
        ("prompt: ${vars.count}\n", ["2:9 bad-reference"]),
        ("prompt: ${VAR.count}\n", ["2:9 bad-reference"]),
        ("prompt: ${var. count}\n", ["2:9 bad-reference"]),
        ("prompt: {file: '${var.text}.md'}\n", ["2:9 include-path"]),
        ('prompt: p\n"${var.text}": x\n', ["3:1 unknown-key"]),
        ("prompt: p\nvoice: {speed: ${var.ratio}}\n", ["3:16 yaml-syntax"]),
        ("prompt: ${var.count}\n", ["2:9 wrong-type"]),
        ("prompt: p\nmax_call_duration_secs: '${var.count}'\n", ["3:25 wrong-type"]),
        ("prompt: p\nmax_call_duration_secs: ${var.text}\n", ["3:25 wrong-type"]),
    ],
)  # fmt: skip
def test_what_means_nothing_is_an_error_at_its_place(
    project: Project, text: str, expected: list[str]
) -> None:
    assert short(problems(project, f"name: A\n{text}")) == expected


def test_one_in_an_included_file_is_placed_there(project: Project) -> None:
    project.write("assistants/p.md", "one\ntwo ${var.nope}\n")
    project.write("assistants/_faq.yaml", "- question: q\n  answer: ${var.nope}\n")
    text = "name: A\nprompt: {file: p.md}\nfaq_items: {file: _faq.yaml}\n"
    assert short(problems(project, text)) == [
        "assistants/_faq.yaml:2:11 undeclared-variable",
        "assistants/p.md:2:5 undeclared-variable",
    ]


def test_one_in_the_defaults_is_placed_in_the_project_file(project: Project) -> None:
    found = problems(project, LEAST, VARS + "defaults:\n  first_sentence: ${var.nope}\n")
    assert short(found) == ["revox-sync.yaml:21:19 undeclared-variable"]


@pytest.mark.parametrize(
    ("variables", "environment", "message", "hint"),
    [
        (
            "vars: {voice: x}",
            None,
            "the project file declares no variable vioce",
            "did you mean voice?",
        ),
        ("", None, "the project file declares", "declare it under vars: in revox-sync.yaml, or"),
        ("environments: {a: {}, b: {}}", "a", "environment a declares", "declare it under vars:"),
        ("environments: {a: {vars: {x1: y}}}", "a", "environment a declares", "known here: x1"),
        (
            "environments: {a: {}, b: {vars: {vioce: x}}, c: {vars: {vioce: x}}}",
            "a",
            "environment a declares no variable vioce",
            "b, c declare it; add it to environments.a.vars, or to vars for all of them",
        ),
    ],
)  # fmt: skip
def test_an_undeclared_one_says_where_and_how_to_mend_it(
    project: Project, variables: str, environment: str | None, message: str, hint: str
) -> None:
    (found,) = problems(project, "name: A\nprompt: ${var.vioce}\n", variables, environment)
    assert found.message.startswith(message)
    assert str(found.hint).startswith(hint)


def test_much_of_it_is_no_way_around_the_limit_of_size(project: Project) -> None:
    variables = f"vars: {{big: {'x' * 100_000}}}\n"
    items = "".join(f"  - {{question: q{n}, answer: 'a ${{var.big}}'}}\n" for n in range(60))
    found = problems(project, f"{LEAST}faq_items:\n{items}", variables)
    assert [problem.rule for problem in found] == ["too-large"]
    lines = "".join(f"  - question: q{n}\n    answer: ${{var.big}}\n" for n in range(60))
    found = problems(project, f"{LEAST}faq_items:\n{lines}", variables)
    assert [problem.rule for problem in found] == ["too-large"]
