"""``fmt``: canonical order and layout, with every comment and the same meaning."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from authoring.nodes import plain_data
from hypothesis import example, given
from hypothesis import strategies as st
from support import cli
from support.project import Project

from revox_sync.authoring import canonical as subject
from revox_sync.authoring.canonical import canonical
from revox_sync.definitions.problem import Unusable
from revox_sync.definitions.yaml import compose
from revox_sync.model.fields import WRITTEN
from revox_sync.operations import fmt as command

ROOT = Path(__file__).parents[2]

UNTIDY = """\
# About this file.

sync: {id: x1}
# Above the voice.
voice:
  speed: 1.0   # as the team likes it
  # Above the provider.
  provider: cartesia
  id: v1
faq_items:
  # About dogs.
  - answer: Yes.  # up to 10 kg
    question: Do you take dogs?

  - answer: |
      No.
    # In winter, too.
    question: Is there a pool?


name: Front desk   \n\

# About the prompt.


# More about the prompt.
prompt: |
  Line one.  \n\


  Line two.
first_sentence: Bonjour\xa0   \n\
# At the end.


"""

TIDY = """\
# About this file.

name: Front desk

# About the prompt.

# More about the prompt.
prompt: |
  Line one.  \n\


  Line two.
first_sentence: Bonjour\xa0
faq_items:
  # About dogs.
  - question: Do you take dogs?
    answer: Yes.  # up to 10 kg

  - # In winter, too.
    question: Is there a pool?
    answer: |
      No.
# Above the voice.
voice:
  # Above the provider.
  provider: cartesia
  id: v1
  speed: 1.0   # as the team likes it
sync: {id: x1}
# At the end.
"""


def _run(project: Project, *arguments: str) -> cli.Result:
    return cli.invoke("fmt", *arguments, env={}, cwd=project.root)


def test_members_move_with_their_comments_and_texts_stay(project: Project) -> None:
    file = project.write("assistants/a.yaml", UNTIDY)
    checked = _run(project, "--check")
    assert (checked.code, file.read_text()) == (2, UNTIDY)
    assert checked.out.startswith("assistants/a.yaml: would be written\n")
    assert _run(project).code == 0
    assert file.read_text() == TIDY
    again = _run(project, "--check", "--format", "json")
    assert (again.code, again.json["files"], again.json["changed"]) == (0, 1, [])


def test_the_examples_are_in_order() -> None:
    assert cli.invoke("fmt", "--check", env={}, cwd=ROOT).code == 0


def test_line_ends_and_the_byte_order_mark_stay(project: Project) -> None:
    file = project.write("assistants/a.yaml", b"\xef\xbb\xbfprompt: x\r\nname: A\r\n")
    assert _run(project).code == 0
    assert file.read_bytes() == b"\xef\xbb\xbfname: A\r\nprompt: x\r\n"


#: Files, and what they are in canonical form.
CANONICAL: list[tuple[str, str]] = [
    ("# only\n\n\n# remarks   \n\n", "# only\n\n# remarks\n"),
    ("prompt: x\nname: A", "name: A\nprompt: x\n"),
    ("prompt: x # X\n# over name\nname: A # A\n", "# over name\nname: A # A\nprompt: x # X\n"),
    ("# top\nprompt: x\nname: A\n", "name: A\n# top\nprompt: x\n"),
    ("# top\n\n# over prompt\nprompt: x\nname: A\n",
     "# top\n\nname: A\n# over prompt\nprompt: x\n"),
    ("# yaml-language-server: $schema=s\nprompt: x\nname: A\n",
     "# yaml-language-server: $schema=s\nname: A\nprompt: x\n"),
    ("# a\n# yaml-language-server: $schema=s\n# over prompt\nprompt: x\n" "name: A\n",
     "# a\n# yaml-language-server: $schema=s\nname: A\n# over prompt\n" "prompt: x\n"),
    ("voice:\n  id: v\n  <<: {provider: p}\n", "voice:\n  <<: {provider: p}\n  id: v\n"),
    ("prompt: x\n  # right\n\n# left\n\nname: A\n# end\n",
     "# left\n\nname: A\nprompt: x\n  # right\n# end\n"),
    ("prompt: x\nname: A\n  # right\n# left\n", "name: A\n  # right\nprompt: x\n# left\n"),
    ("sync: {id: x}\nunknown: 1\nother: 2\nname: A\n",
     "name: A\nsync: {id: x}\nunknown: 1\nother: 2\n"),
    ("---\nprompt: x\nname: A\n...\n", "---\nname: A\nprompt: x\n...\n"),
    ("voice:\n  id: v\n  provider: p\nname: A\n", "name: A\nvoice:\n  provider: p\n  id: v\n"),
    ("voice: {id: v, provider: p}\nname: A\n", "name: A\nvoice: {id: v, provider: p}\n"),
    ("voice:\n  id: v\n  unknown: 1\n  provider: p\n",
     "voice:\n  provider: p\n  id: v\n  unknown: 1\n"),
    ("faq_items:\n- answer: a\n  question: q\n", "faq_items:\n- question: q\n  answer: a\n"),
    ("faq_items:\n  -   answer: a # A\n      question: q\n  - question: r\n" "    answer: b\n",
     "faq_items:\n  -   question: q\n      answer: a # A\n  - question: r\n" "    answer: b\n"),
    ("faq_items:\n-\n  answer: a\n  question: q\n", "faq_items:\n-\n  question: q\n  answer: a\n"),
    ("faq_items: [{answer: a, question: q}]\nname: A\n",
     "name: A\nfaq_items: [{answer: a, question: q}]\n"),
    ("custom_tools:\n- headers:\n  - value: v\n    key: k\n  name: t\n",
     "custom_tools:\n- name: t\n  headers:\n  - key: k\n    value: v\n"),
    ("sync:\n  id: x\n  extra:\n    b: 1\n    a: 2\n  ignore: [a]\nname: A\n",
     "name: A\nsync:\n  id: x\n  ignore: [a]\n  extra:\n    b: 1\n    a: 2\n"),
    ("sync:\n  ignore: [a]\n  id: x\nname: A\n", "name: A\nsync:\n  id: x\n  ignore: [a]\n"),
    ("prompt: |+\n  a\n\n\nname: A\n", "name: A\nprompt: |+\n  a\n\n\n"),
    ("prompt: |\n  a   \n\n\n  b\n\n\nname: A\n", "name: A\nprompt: |\n  a   \n\n\n  b\n"),
    ('prompt: "a  \n\n\n  b"\nname: A\n', 'name: A\nprompt: "a  \n\n\n  b"\n'),
    ("prompt: a  \n  b\nname: A\n", "name: A\nprompt: a  \n  b\n"),
    ("prompt: x\nname: A\nname: B\n", "name: A\nname: B\nprompt: x\n"),
    ("prompt: >\n  a\n  # not a remark\n\n# a remark\nname: A\n",
     "# a remark\nname: A\nprompt: >\n  a\n  # not a remark\n"),
    ("prompt: x\n# one\n\n# two\nname: A\n", "# one\n\n# two\nname: A\nprompt: x\n"),
    ("prompt: x\n    # deep\nname: A\nvoice: {id: v}\n",
     "name: A\nprompt: x\n    # deep\nvoice: {id: v}\n"),
    ("structured_output_config:\n- required: true\n  name: n\n  type: string\n",
     "structured_output_config:\n- name: n\n  type: string\n  required: true\n"),
    ("name: A\nprompt: |\n  a\n  b", "name: A\nprompt: |-\n  a\n  b\n"),
    ("voicemail_message: x\nname: A\nprompt: |+\n  a",
     "name: A\nprompt: |-\n  a\nvoicemail_message: x\n"),
    ("prompt: x\nname: A\n# a\n\n\n\n# b\n", "name: A\nprompt: x\n# a\n\n# b\n"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "then"), CANONICAL)
def test_a_file_has_one_canonical_form(text: str, then: str) -> None:
    assert canonical(text) == then
    assert canonical(then) == then


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name: A\nprompt: x\n",
        "faq_items:\n- {answer: a, question: q}\n",
        "custom_tools:\n- - url: u\n    name: x\n",
        "name: &p x\nprompt: *p\n",
        "[prompt, name]\n",
        "calendly:\n  b: 1\n  a: 2\n",
        "{prompt: x, name: A}\n",
    ],
)
def test_a_file_in_canonical_form_stays(text: str) -> None:
    assert canonical(text) == text


#: Files that are left, and why.
LEFT: list[tuple[str, str]] = [
    ("prompt: x\n\n\n\nname: A   \n\t\n", "there is a tab where YAML wants spaces"),
    ("base: &b {id: v}\nvoice:\n  speed: 1\n  <<: *b\n",
     "in canonical order it would come to mean something else"),
    ("prompt: &p x\nname: *p\n", "in canonical order it would come to mean something else"),
    ("? prompt\n: x\nname: A\n", "it is written in a way that is not edited"),
    ("name: [\n", "this [ is not closed, or a comma is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "why"), LEFT)
def test_a_file_that_cannot_be_put_in_order_is_left(text: str, why: str) -> None:
    with pytest.raises(Unusable) as told:
        canonical(text)
    assert told.value.message == why


def test_a_file_that_is_edited_meanwhile_is_not_written_over(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = "prompt: Mine.\nname: Front desk\n"
    file = project.write("assistants/a.yaml", "prompt: p\nname: Front desk\n")

    def ordered(text: str) -> str:
        file.write_text(mine)
        return canonical(text)

    monkeypatch.setattr(command, "canonical", ordered)
    result = _run(project)
    assert result.code == 1
    assert "it has changed in the meantime" in result.err
    assert file.read_text() == mine


def test_what_would_mean_something_else_is_left_and_told(project: Project) -> None:
    """Here the alias would come before its anchor. The sound file beside it is written."""
    text = "prompt: &text Be kind.\nname: *text\n"
    left = project.write("assistants/a.yaml", text)
    project.write("assistants/b.yaml", "prompt: x\nname: A\n")
    broken = project.write("assistants/c.yaml", "name: [\n")
    done = _run(project)
    assert (done.code, left.read_text(), broken.read_text()) == (1, text, "name: [\n")
    first, second = done.err.split("assistants/c.yaml")
    assert first.startswith("assistants/a.yaml") and "put its members in order by hand" in first
    assert (
        second.startswith(":1:7: error[yaml-syntax]") and " 1 | name: [\n   |       ^\n" in second
    )
    assert "assistants/b.yaml: written" in done.out


_MEMBERS: list[tuple[str, str]] = [
    ("name", "name: Front desk\n"),
    ("prompt", "prompt: |+\n  One.\n\n  # no comment\n\n"),
    ("first_sentence", "first_sentence: >-\n  Hello,\n  you.\n"),
    ("voice", "voice: {provider: cartesia, id: x}  # which\n"),
    (
        "faq_items",
        "faq_items:\n# first\n- answer: a   \n  question: q\n-\n  answer: b\n  question: r\n"
        "- answer: |\n    c\n\n    # no comment\n  # about s\n  question: s  # s\n",
    ),
    ("zoho", 'zoho:\n  template: "a\n\n    b # no comment"\n  module: x\n'),
    (
        "call_retry_config",
        "call_retry_config:\n  timezone: null\n\n\n  # when\n  calling_windows: []\n",
    ),
    ("sync", "sync:\n    extra: {b: 1, a: 2}\n    id: x\n"),
    ("unknown", "unknown: 1\n"),
]
_BETWEEN = ["", "\n", "\n\n", "# remark\n", "\n# remark\n\n", "  # further right\n"]


@st.composite
def _files(draw: Any) -> str:
    chosen = draw(st.lists(st.sampled_from(_MEMBERS), min_size=1, unique_by=lambda one: one[0]))
    parts = [draw(st.sampled_from(_BETWEEN)) + text for _, text in chosen]
    text = "".join(parts) + draw(st.sampled_from(_BETWEEN))
    return text if draw(st.booleans()) else text.rstrip("\n")


@given(_files())
@example("first_sentence: >-\n  Hello,\n  you.\nname: Front desk\n  # further right")
def test_whatever_the_order_it_means_the_same_and_is_written_once(text: str) -> None:
    try:
        made = canonical(text)
    except Unusable:
        assert "|+" in text  # blank lines behind such a text belong to it
        return
    assert canonical(made) == made
    assert plain_data(compose(made)) == plain_data(compose(text))
    remarks = [
        Counter(re.findall("# (?:remark|further|which|when|first)", t)) for t in (text, made)
    ]
    assert remarks[0] == remarks[1]
    names = re.findall(r"^(\w+):", made, re.MULTILINE)
    wanted = [
        *(name for name in WRITTEN if name in names),
        *(["sync"] if "sync" in names else []),
    ]
    assert [name for name in names if name in wanted] == wanted


@pytest.mark.parametrize("part", ["_tidy", "_reordered"])
def test_a_fault_in_it_writes_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """Planted: it loses a line. The proof that the meaning is the same notices."""
    right = getattr(subject, part)
    monkeypatch.setattr(subject, part, lambda *given: right(*given).replace("name: A\n", ""))
    file = project.write("assistants/a.yaml", "prompt: x\nname: A\n")
    done = _run(project)
    assert (done.code, file.read_text()) == (1, "prompt: x\nname: A\n")
    assert "would come to mean something else" in done.err


@pytest.mark.skipif(find_spec("pre_commit") is None, reason="pre-commit is not installed")
@pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX shell")
def test_the_hooks_run_in_a_repository(project: Project, tmp_path: Path) -> None:
    """As pre-commit runs them, but for the environment that it would make for them."""
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    hooks = re.sub(
        "^", "      ", hooks.replace("language: python", "language: system"), flags=re.MULTILINE
    )
    project.write(".pre-commit-config.yaml", f"repos:\n  - repo: local\n    hooks:\n{hooks}")
    program = tmp_path / "bin/revox-sync"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{cli.shell()}\n")
    program.chmod(0o755)
    env = {**cli.clean({}), "HOME": str(tmp_path), "PRE_COMMIT_HOME": str(tmp_path / "cache")}
    env["PATH"] = f"{program.parent}:{env['PATH']}"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            arguments, cwd=project.root, env=env, capture_output=True, text=True, check=False
        )

    hooks_run = (sys.executable, "-m", "pre_commit", "run")
    project.write("assistants/a.yaml", "prompt: x\nname: A\n")
    run("git", "init", "-q")
    run("git", "add", ".")
    first = run(*hooks_run)
    assert "revox-sync validate" in first.stdout
    assert first.returncode == 1 and "files were modified by this hook" in first.stdout
    run("git", "add", ".")
    assert run(*hooks_run).returncode == 0
    project.write("assistants/a.yaml", "name: A\n")
    run("git", "add", ".")
    refused = run(*hooks_run)
    assert refused.returncode == 1 and "`prompt` is missing" in refused.stdout
