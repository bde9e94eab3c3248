"""`pull --questions`: open questions as commented FAQ entries; no other byte of a file moves."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from pulling import FILE, HEAD, PLAIN
from ruamel.yaml import YAML
from support.desk import Desk

from revox_sync.authoring import comments

ANSWERED = {"question": "Dogs?", "answer": "Yes."}
DOGS = "- question: Dogs?\n{}  answer: Yes.\n"

#: What follows the head of a file, and the file's end afterwards. The account has the FAQ that the
#: file states, and an open question.
SHAPES: dict[str, tuple[str, str]] = {
    "a block": (
        "faq_items:\n  - question: Dogs?\n    answer: Yes.  # big ones, too\n\n# end\n",
        "faq_items:\n  - question: Dogs?\n    answer: Yes.  # big ones, too\n"
        '  # - question: Cats?\n  #   answer: ""\n\n# end\n',
    ),
    "a block at the margin, its end a text of lines, no line end": (
        "faq_items:\n- question: Dogs?\n  answer: |-\n    Yes.",
        "faq_items:\n- question: Dogs?\n  answer: |-\n    Yes.\n"
        '# - question: Cats?\n#   answer: ""',
    ),
    "its end a text of lines that a line end would change, no line end": (
        "faq_items:\n- question: Dogs?\n  answer: |\n    Yes.\n     ",
        "faq_items:\n- question: Dogs?\n  answer: |-\n    Yes.\n     \n"
        '# - question: Cats?\n#   answer: ""',
    ),
    "a row": (
        "faq_items: [{question: 'Dogs?', answer: Yes.}]\nfirst_sentence: Hi\n",
        "faq_items: [{question: 'Dogs?', answer: Yes.}]\n  # to be answered in faq_items:\n"
        '  # - question: Cats?\n  #   answer: ""\nfirst_sentence: Hi\n',
    ),
    "a row of several lines": (
        "faq_items: [\n  {question: 'Dogs?', answer: Yes.},\n]  # all\nfirst_sentence: Hi\n",
        "faq_items: [\n  {question: 'Dogs?', answer: Yes.},\n]  # all\n"
        '  # to be answered in faq_items:\n  # - question: Cats?\n  #   answer: ""\n'
        "first_sentence: Hi\n",
    ),
    "an empty row": (
        "faq_items: []\r\n",
        "faq_items: []\r\n  # to be answered in faq_items:\r\n  # - question: Cats?\r\n"
        '  #   answer: ""\r\n',
    ),
    "an alias": (
        "prompt_flow:\n  nodes: []\n  edges: &none\n    []\nfaq_items: *none\n",
        "prompt_flow:\n  nodes: []\n  edges: &none\n    []\nfaq_items: *none\n"
        '  # to be answered in faq_items:\n  # - question: Cats?\n  #   answer: ""\n',
    ),
    "no FAQ, and the end a text of lines that keeps every line end": (
        "first_sentence: |2+\n   Hello.\n  You.",
        "first_sentence: |2-\n   Hello.\n  You.\n"
        '# faq_items:\n#   - question: Cats?\n#     answer: ""',
    ),
    "no FAQ": (
        "webhook_url: https://example.com\nsync: {replace: in-place}\n",
        '# faq_items:\n#   - question: Cats?\n#     answer: ""\n'
        "webhook_url: https://example.com\nsync: {replace: in-place}\n",
    ),
}


def read(desk: Desk, file: str = FILE) -> str:
    """Return a file of the project, line ends as they are."""
    return (desk.root / file).read_bytes().decode()


def asked(desk: Desk, text: str, *questions: str, **held: Any) -> str:
    """Write a definition, and let callers ask its assistant; return the assistant's id."""
    desk.project.write(FILE, text)
    identity = desk.service.add(**{**PLAIN, **held})
    for question in questions:
        desk.service.ask(identity, question)
    return identity


@pytest.mark.parametrize("shape", SHAPES)
def test_an_open_question_is_noted_once_and_nothing_else_moves(desk: Desk, shape: str) -> None:
    text, noted = SHAPES[shape]
    held = YAML(typ="safe").load(text)
    held.pop("sync", None)
    held["faq_items"] = held.get("faq_items", [])
    head = HEAD.replace("\n", "\r\n") if "\r" in text else HEAD
    asked(desk, head + text, "Cats?", **held)
    result = desk.run("pull", "--questions")
    assert result.code == 0, result.said
    assert read(desk) == head + noted
    assert f"{FILE}: 1 open question noted" in result.out
    again = desk.run("pull", "--questions", "--format", "json")
    assert (again.code, again.json["noted"]) == (0, [])
    assert read(desk) == head + noted
    assert desk.run("pull", "--questions", "--check").code == 0
    assert desk.settled()


def test_a_comment_becomes_an_answer(desk: Desk) -> None:
    asked(desk, HEAD + "faq_items:\n  " + DOGS.format("  "), "Cats?", faq_items=[ANSWERED])
    assert desk.run("pull", "--questions").code == 0
    answered = read(desk).replace("# - ", "- ").replace("#   ", "  ")
    desk.project.write(FILE, answered.replace('""', "Those as well."))
    assert desk.apply("--auto-approve").code == 0
    (held,) = desk.service.assistants.values()
    assert [one["answer"] for one in held["faq_items"]] == ["Yes.", "Those as well."]


def test_a_question_that_is_answered_is_not_noted_and_its_comment_goes(desk: Desk) -> None:
    text = HEAD + "faq_items:\n  " + DOGS.format("  ")
    identity = asked(desk, text, "Cats?", "Birds?", "dogs", faq_items=[ANSWERED])
    check = desk.run("pull", "--questions", "--check")
    assert (check.code, read(desk)) == (2, text)
    assert "2 open questions would be noted" in check.out
    assert desk.run("pull", "--questions").code == 0
    noted = read(desk)
    assert noted.count("# - question") == 2
    desk.project.write(FILE, noted.replace('#   answer: ""', "#   answer: Perhaps", 1))
    desk.service.edit(
        identity,
        faq_items=[ANSWERED, *({"question": q, "answer": "No."} for q in ("Cats?", "Birds?"))],
    )
    result = desk.run("pull", "--questions")
    assert "1 comment removed: answered" in result.out
    after = read(desk)
    assert after.count("# - question") == 1, "what somebody began to answer stays"
    assert "#   answer: Perhaps" in after
    assert after.count("answer: No.") == 2


@pytest.mark.parametrize(
    "question",
    [
        "Two\nlines?\r\n- question: x\n  answer: y",
        "A # and: a colon, {braces} [and] *stars* */ -- %",
        "\x00\x1b[31m\x7f\x85\u2028\u202e\ud800 end?",
        "Pay ${var.price} or ${secret.KEY} now?",
        "\"quoted\" and 'quoted' \\ back",
        "name: Other",
        "<<<<<<< mine",
        "question: question: ?",
        "- ",
        "ü" * 3000,
    ],
)
@pytest.mark.parametrize("faq", ["", "faq_items: []\n", "faq_items:\n  " + DOGS.format("  ")])
def test_no_question_breaks_out_of_its_comment(desk: Desk, question: str, faq: str) -> None:
    held = [ANSWERED] if "Dogs" in faq else []
    asked(desk, HEAD + faq, question, faq_items=held)
    before = YAML(typ="safe").load(read(desk))
    result = desk.run("pull", "--questions")
    assert result.code == 0, result.said
    text = read(desk)
    assert YAML(typ="safe").load(text) == before
    assert text.count("\n") == (HEAD + faq).count("\n") + (2 if held else 3)
    assert desk.run("pull", "--questions", "--check").code == 0
    uncommented = re.sub(r"(?m)^( *)# ?(?=faq_items|- |  )", r"\1", text.replace("[]", ""))
    desk.project.write(FILE, uncommented.replace('""', "Yes."))
    assert "<<<<" in question or desk.run("validate").code == 0, uncommented


def test_a_question_shows_no_secret(desk: Desk) -> None:
    desk.env["REVOX_SECRET_DOOR"] = "open-sesame-4711"
    token = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
    asked(desk, HEAD, f"Is open-sesame-4711 the code, or {token}?")
    assert desk.run("pull", "--questions").code == 0
    text = read(desk)
    assert "open-sesame" not in text
    assert token not in text
    assert "Is ${secret.DOOR} the code" in text


def test_where_the_faq_stands_elsewhere_the_place_is_told(desk: Desk) -> None:
    desk.project.write("assistants/_faq.yaml", DOGS.format(""))
    asked(desk, HEAD + "faq_items: {file: _faq.yaml}\n", "Cats?", faq_items=[ANSWERED])
    before = desk.project.files()
    result = desk.run("pull", "--questions")
    assert result.code == 3
    assert "included from assistants/_faq.yaml" in result.out
    assert 'answer the open questions there: "Cats?"' in result.out
    assert desk.project.files() == before
    desk.project.write("assistants/_faq.yaml", DOGS.format("") + "# - question: Cats?\n")
    assert desk.run("pull", "--questions").code == 0
    desk.project.write(FILE, HEAD + "<<:\n  faq_items:\n    " + DOGS.format("    "))
    assert "merged with <<; answer the open questions there" in desk.run("pull", "--questions").out
    desk.project.write(FILE, HEAD)
    desk.project.write("revox-sync.yaml", "defaults:\n  faq_items:\n    " + DOGS.format("    "))
    result = desk.run("pull", "--questions")
    assert result.code == 3
    assert "it comes from `defaults:`" in result.out
    desk.project.write(FILE, HEAD + "sync: {ignore: [faq_items]}\n")
    result = desk.run("pull", "--questions")
    assert result.code == 0
    assert "its FAQ is left to the dashboard; open questions there: 1" in result.err


def test_a_new_definition_notes_them_too(desk: Desk) -> None:
    desk.project.write("assistants/other.yaml", "name: Other\nprompt: x\n")
    identity = desk.service.add("Desk", faq_items=[ANSWERED])
    desk.service.ask(identity, "Cats?")
    assert desk.run("pull", "--questions").code == 0
    assert "# - question: Cats?\n" in read(desk, "assistants/desk.yaml")
    assert desk.run("fmt").code == 0
    assert "# - question: Cats?\n" in read(desk, "assistants/desk.yaml")
    assert desk.run("pull", "--questions", "--check").code == 0


def test_without_the_option_nothing_is_noted(desk: Desk) -> None:
    asked(desk, HEAD, "Cats?")
    assert desk.run("pull").code == 0
    assert read(desk) == HEAD


#: What is put in place of what, and the test that turns red.
FAULTS: dict[str, tuple[str, Any, Callable[[Desk], None]]] = {
    "what is noted is not looked for": (
        "_in_comments",
        lambda layout: iter(()),
        partial(test_an_open_question_is_noted_once_and_nothing_else_moves, shape="a row"),
    ),
    "a question is written as it came": (
        "in_flow",
        lambda question: question,
        partial(test_no_question_breaks_out_of_its_comment, question="Two\n- x: y", faq=""),
    ),
    "a comment stays for ever": (
        "_answered",
        lambda layout, asked, **_: iter(()),
        test_a_question_that_is_answered_is_not_noted_and_its_comment_goes,
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    name, broken, test = FAULTS[fault]
    monkeypatch.setattr(comments, name, broken)
    with pytest.raises(AssertionError):
        test(desk)
