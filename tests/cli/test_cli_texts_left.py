"""Texts that nobody meant are told where they are: conflicts, git-lfs pointers, cut values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import cli
from support.project import Project

from revox_sync.definitions import compose

START = "name: A\nprompt: p\n"
CONFLICT = "<<<<<<< HEAD\none\n=======\ntwo\n>>>>>>> branch\n"
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n"


def told(project: Project) -> list[str]:
    """Return each problem that ``validate`` tells as ``file:line:column severity rule``."""
    result = cli.invoke("validate", "--format", "json", env={}, cwd=project.root)
    found: list[dict[str, Any]] = json.loads(result.out)["diagnostics"]
    return [
        f"{Path(it['file']).name}:{it['line']}:{it['column']} {it['severity']} {it['rule']}"
        for it in found
    ]


def indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}" for line in text.splitlines(keepends=True))


LEFT = {
    "block": (START + "first_sentence: |\n" + indented(CONFLICT, 2), "a.yaml:4:3"),
    "end alone": (START + "first_sentence: |\n  x\n  >>>>>>> branch\n", "a.yaml:5:3"),
    "in the file": (START + CONFLICT.replace("one", "voice: a"), "a.yaml:3:1"),
    "through a block": (
        "name: A\nprompt: |\n  p\n<<<<<<< HEAD\n  q\n=======\n  r\n>>>>>>> b\n",
        "a.yaml:4:1",
    ),
    "answer": (
        START + "faq_items:\n  - question: Q?\n    answer: |\n" + indented(CONFLICT, 6),
        "a.yaml:6:7",
    ),
    "quotes": (START + 'first_sentence: "Hi\\n<<<<<<< HEAD"\n', "a.yaml:3:22"),
    "extra": (START + "sync:\n  extra:\n    new: |\n" + indented(CONFLICT, 6), "a.yaml:6:7"),
}


@pytest.mark.parametrize(("text", "place"), LEFT.values(), ids=LEFT)
def test_a_conflict_is_told_where_it_begins(project: Project, text: str, place: str) -> None:
    project.write("assistants/a.yaml", text)
    assert f"{place} error conflict-marker" in told(project)


def test_a_conflict_in_an_included_file_is_told_there(project: Project) -> None:
    project.write("assistants/a.yaml", "name: A\nprompt: {file: p.md}\n")
    project.write("assistants/p.md", f"# Desk\n\n{CONFLICT}\nand\n\n{CONFLICT}")
    assert told(project) == ["p.md:3:1 error conflict-marker", "p.md:11:1 error conflict-marker"]


def test_a_conflict_in_an_included_list_is_told_there(project: Project) -> None:
    project.write("assistants/a.yaml", START + "faq_items: {file: _faq.yaml}\n")
    project.write("assistants/_faq.yaml", "- question: Q?\n  answer: a\n" + CONFLICT)
    assert told(project) == ["_faq.yaml:3:1 error conflict-marker"]


def test_a_conflict_in_the_project_file_is_told_there(project: Project) -> None:
    project.write("assistants/a.yaml", START)
    project.write("revox-sync.yaml", "vars:\n  greeting: |\n" + indented(CONFLICT, 4))
    assert "revox-sync.yaml:3:5 error conflict-marker" in told(project)


@pytest.mark.parametrize(
    "text",
    [
        "name: A\nprompt: |\n  Title\n  =======\n  text\n",
        "name: A\nprompt: |\n  a <<<<<<< b\n  <<<<<<<\n  >>>>>> x\n",
        "name: A\nprompt: see version https://git-lfs.github.com/spec/v1\n",
    ],
)
def test_what_only_looks_like_one_is_none(project: Project, text: str) -> None:
    project.write("assistants/a.yaml", text)
    assert told(project) == []


def test_a_pointer_in_place_of_a_text_is_told(project: Project) -> None:
    project.write("assistants/a.yaml", "name: A\nprompt: [{file: p.md}, {file: q.md}]\n")
    project.write("assistants/p.md", POINTER)
    project.write("assistants/q.md", "\n" + POINTER)
    assert told(project) == ["p.md:1:1 error lfs-pointer", "q.md:2:1 error lfs-pointer"]


def test_a_pointer_of_the_tool_before_git_lfs_is_told(project: Project) -> None:
    project.write("assistants/a.yaml", "name: A\nprompt: {file: p.md}\n")
    project.write("assistants/p.md", POINTER.replace("git-lfs", "hawser"))
    assert told(project) == ["p.md:1:1 error lfs-pointer"]


def test_a_definition_that_is_a_pointer_is_told(project: Project) -> None:
    project.write("assistants/a.yaml", POINTER)
    project.write("assistants/b.yaml", "name: B\nprompt: |\n" + indented(POINTER, 2))
    assert told(project) == ["a.yaml:1:1 error lfs-pointer", "b.yaml:3:3 error lfs-pointer"]


CUT = {
    "words": ("first_sentence: Press # to continue\n", "a.yaml:3:23"),
    "number": ("first_sentence: Room  #12 is yours\n", "a.yaml:3:23"),
    "at once": ("first_sentence: #1 in town\n", "a.yaml:3:17"),
    "answer": ("faq_items:\n  - question: Q?\n    answer: Press # now\n", "a.yaml:5:19"),
    "earlier name": ("sync:\n  renamed_from: Press # now\n", "a.yaml:4:23"),
    "description": (
        "structured_output_config:\n  - {name: a, type: string,\n     description: The # of\n }\n",
        "a.yaml:5:23",
    ),
}


@pytest.mark.parametrize(("text", "place"), CUT.values(), ids=CUT)
def test_a_text_that_a_comment_cuts_is_a_warning(project: Project, text: str, place: str) -> None:
    project.write("assistants/a.yaml", START + text)
    assert f"{place} warning cut-text" in told(project)


def test_a_variable_that_a_comment_cuts_is_a_warning(project: Project) -> None:
    project.write("assistants/a.yaml", START)
    project.write(
        "revox-sync.yaml", "vars: {x: Room}\nenvironments:\n  a:\n    vars:\n      x: A # b\n"
    )
    assert "revox-sync.yaml:5:12 warning cut-text" in told(project)


def test_an_anchor_alone_is_a_warning(project: Project) -> None:
    project.write("assistants/a.yaml", START + "first_sentence: &hello\n")
    assert told(project) == ["a.yaml:3:17 warning yaml-anchor"]


def test_a_name_that_a_comment_cuts_is_a_warning(project: Project) -> None:
    project.write("assistants/a.yaml", "name: Desk # 2\nprompt: p\n")
    assert told(project) == ["a.yaml:1:12 warning cut-text"]


@pytest.mark.parametrize(
    "text",
    [
        "first_sentence: Hello  # said by Marie\n",
        "first_sentence: Hello\t# said by Marie\n",
        "first_sentence: Hello  ########\n",
        'first_sentence: "Press" # star\n',
        "first_sentence: 'Press # to continue'\n",
        "first_sentence_mode: generated # always\n",
        "voice: {provider: cartesia, id: abc} # Marie\n",
        "voice: # Marie\n  provider: cartesia\n  id: abc # hers\n",
        "faq_items: # none yet\n  []\n",
    ],
)
def test_a_comment_is_no_warning(project: Project, text: str) -> None:
    project.write("assistants/a.yaml", START + text)
    assert told(project) == []


@pytest.mark.parametrize(("text", "place"), LEFT.values(), ids=LEFT)
def test_a_conflict_that_nobody_looks_for_is_found(
    project: Project, monkeypatch: pytest.MonkeyPatch, text: str, place: str
) -> None:
    monkeypatch.setattr(compose, "leftovers", lambda _text: iter(()))
    with pytest.raises(AssertionError):
        test_a_conflict_is_told_where_it_begins(project, text, place)
