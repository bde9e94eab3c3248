"""Slips in YAML are told where they are, with the hint that mends them, by either parser."""

from __future__ import annotations

import json

import pytest
from ruamel.yaml.scanner import Scanner
from support import cli
from support.project import Project

from revox_sync.definitions import yaml

#: Sound in YAML 1.2, and too much for libyaml.
BRACES = "faq_items:\n  - {question: How many?, answer: Ten}\n"
START = "name: A\nprompt: p\n"


def told(project: Project, text: str) -> list[tuple[str, str]]:
    """Return place and hint of each problem of ``text``."""
    project.write("assistants/a.yaml", text)
    result = cli.invoke("validate", "--format", "json", env={}, cwd=project.root)
    found = json.loads(result.out)["diagnostics"]
    return [(f"{it['line']}:{it['column']}", it["hint"] or "") for it in found]


@pytest.fixture(params=["libyaml", "ruamel"])
def either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "ruamel":
        monkeypatch.setattr(yaml, "_Parser", yaml._Pure)


QUOTED = {
    "It's": ("first_sentence: 'It's me'\n", "3:21", "two quotes"),
    "She said": ('first_sentence: "He said "yes""\n', "3:27", "backslash"),
    "placeholder": ("first_sentence: {{greeting}}, hello\n", "3:29", "in quotes"),
    "brackets": ("first_sentence: [pause] Hello\n", "3:25", "in quotes"),
    "bar": ("first_sentence: | You are\n", "3:19", "in quotes"),
    "bar with more": ("first_sentence: > You are\n  kind\n", "3:19", "in quotes"),
    "question mark": ("first_sentence: ? and\n", "3:17", "in quotes"),
    "exclamation": ("first_sentence: !Hola! Hello\n", "3:17", "needs quotes"),
    "anchor": ("first_sentence: &hello\n", "3:17", "needs quotes"),
    "no-break space": ("first_sentence:\u00a0Hello\n", "3:16", "a plain space"),
    "full-width colon": ("first_sentence\uff1a Hello\n", "3:15", "a plain colon"),
    "no-break space above": (
        "first_sentence:\u00a0Hello\nvoice: {id: x}\n",
        "3:16",
        "a plain space",
    ),
    "in a list": ("faq_items:\n  - question: 'What's up?'\n    answer: x\n", "4:21", "two quotes"),
    "in braces": ("faq_items:\n  - {question: 'What's up', answer: x}\n", "4:22", "two quotes"),
}


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize(("text", "place", "hint"), QUOTED.values(), ids=QUOTED)
def test_a_slip_with_quotes_is_told_as_one(
    project: Project, text: str, place: str, hint: str
) -> None:
    ((where, said),) = told(project, START + text)
    assert where == place
    assert hint in said
    assert "indentation" not in said


WRONG = {
    "a colon": (BRACES + "  - question: Open?\n    answer: Yes: on Monday\n", "6:16"),
    "quotes": (BRACES + "  - question: 'It's'\n    answer: x\n", "5:19"),
    "an open brace": (BRACES + "  - {question: Who?, answer: x\n", "5:5"),
}


@pytest.mark.parametrize(("text", "place"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_behind_sound_braces_is_told_there(
    project: Project, text: str, place: str
) -> None:
    assert [where for where, _ in told(project, START + text)] == [place]


SOUND = {
    "tab before a comment": "name: A\nprompt: p\t# note\n",
    "tab and space before a comment": "name: A\nprompt: p \t # note\n",
    "tab behind quotes": "name: 'A'\t# note\nprompt: p\n",
    "tab at the end": "name: A\t\nprompt: p\n",
    "tab behind a colon": "name:\tA\nprompt: p\n",
    "tab in a text": "name: A\nprompt: one\ttwo\n",
    "a space in a block": "name: A\nprompt: |\n  one\n \n  two\n",
    "a space before a block": "name: A\nprompt: |\n \n  one\n  two\n",
    "a space behind a block": "name: A\nprompt: |\n  one\n \n",
    "a tab behind a bar": "name: A\nprompt: |\t\n  one\n",
    "a tab and a comment behind a bar": "name: A\nprompt: |-\t# note\n  one\n",
    "a tab begins a block": "name: A\nprompt: |\n  \tone\n  two\n",
}


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("braces", ["", BRACES], ids=["", "braces"])
@pytest.mark.parametrize("text", SOUND.values(), ids=SOUND)
def test_both_parsers_take_the_same(project: Project, text: str, braces: str) -> None:
    assert told(project, text + braces) == []


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("braces", ["", BRACES], ids=["", "braces"])
@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("name: A\nprompt: |\n\tone\n", "3:1"),
        ("name: A\nvoice:\n\tid: x\n", "3:1"),
        ("name: A\nfaq_items:\n  -\tquestion: x\n", "3:4"),
    ],
)
def test_both_parsers_refuse_a_tab_that_indents(
    project: Project, text: str, place: str, braces: str
) -> None:
    ((where, hint),) = told(project, text + braces)
    assert where == place
    assert "spaces" in hint


#: What the other parser does like libyaml, and a text that it refuses without.
LIKE_LIBYAML = {
    "scan_to_next_token": "tab behind quotes",
    "scan_plain_spaces": "tab in a text",
    "scan_block_scalar_indicators": "a tab behind a bar",
    "scan_block_scalar_ignored_line": "a tab and a comment behind a bar",
    "scan_block_scalar_indentation": "a space before a block",
}


@pytest.mark.parametrize(("method", "text"), LIKE_LIBYAML.items(), ids=LIKE_LIBYAML)
def test_a_parser_that_differs_is_found(
    project: Project, monkeypatch: pytest.MonkeyPatch, method: str, text: str
) -> None:
    monkeypatch.setattr(yaml, "_Parser", yaml._Pure)
    monkeypatch.setattr(yaml._Pure, method, getattr(Scanner, method))
    with pytest.raises(AssertionError):
        test_both_parsers_take_the_same(project, SOUND[text], "")


@pytest.mark.parametrize("slip", ["It's", "brackets", "in a list"])
def test_a_slip_that_is_told_as_indentation_is_found(
    project: Project, monkeypatch: pytest.MonkeyPatch, slip: str
) -> None:
    monkeypatch.setattr(yaml, "_ended_early", lambda *_: None)
    with pytest.raises((AssertionError, ValueError)):
        test_a_slip_with_quotes_is_told_as_one(project, *QUOTED[slip])
