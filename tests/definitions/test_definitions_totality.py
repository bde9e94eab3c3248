"""Whatever somebody writes into the files of a project, reading them ends with what to do."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import read
from support.examples import examples
from support.project import Project

from revox_sync.definitions import yaml
from revox_sync.definitions.problem import Unusable
from revox_sync.render.diagnostics import render_text

_FILES = {
    "revox-sync.yaml": "absent: report\nreplace: recreate\nretire: keep\nignore: [logo_url]\n"
    "manage: [prompt, faq_items]\nvars: {company: x, n: 5}\nlimits: {create: 20, replace: 50%}\n"
    "rules: {not-https: error, 'hotel/*': {variable-braces: off}}\n"
    "defaults: {webhook_url: 'https://a.example/?t=${secret.T}', first_sentence_mode: none}\n",
    "assistants/a.yaml": "name: Front desk\nprompt: [{file: _p.md}, 'x ${secret.T}']\n"
    "voice: {provider: cartesia, id: '${var.company}', speed: 1.05}\n"
    "faq_items: [{file: _f.yaml}, {question: a, answer: b}]\nmax_call_duration_secs: ${var.n}\n"
    "structured_output_config: [{name: a, type: enum, required: true}]\n"
    "sync: {id: abc, renamed_from: x, ignore: [voice], manage: [prompt], extra: {new: [1]}}\n",
    "assistants/_f.yaml": "- {question: q, answer: r}\n- {file: _g.yaml}\n",
    "assistants/_g.yaml": "- {question: z, answer: y}\n",
    "assistants/_p.md": "Hello from ${var.company}.\n",
}
#: What may be written over a key, a value, or a part of one.
_SLIPS = (
    *("null", "[]", "{}", "[a]", "{a: b}", "-1", "1.5", ".nan", "true", '""', "' '", "${x}", "${"),
    *("${var.n}", "${secret.Q}", "{file: _p.md}", "{file: _f.yaml}", "{file: }", "{file: ../../x}"),
    *("&a b", "*a", "!!str 1", "!!set {}", "|", ">", "- a", "? a", "<<: {a: b}", '"\\0"', "%", "@"),
    *('"\\ud800"', "\u202e", "9" * 400, "****", "[REDACTED]", "{{a", "é", "<<<<<<< x", " # x"),
    *("\t", "\n", ":", ", ", "{", "]", "'", "\x07", "sync", "name", "prompt", "env", "[null]"),
)
_WORD = re.compile(r"[\w${}.%*-]+")
_SETTINGS = settings(
    max_examples=examples(100),
)


@st.composite
def _slipped(draw: st.DrawFn) -> dict[str, str]:
    """Return the files with up to four slips in them."""
    files = dict(_FILES)
    for path in draw(st.lists(st.sampled_from(sorted(files)), min_size=1, max_size=4)):
        places = [(found.start(), found.end()) for found in _WORD.finditer(files[path])]
        start, end = draw(st.sampled_from([*places, (0, 0)]))
        keep = draw(st.sampled_from([start, end]))
        files[path] = files[path][:keep] + draw(st.sampled_from(_SLIPS)) + files[path][end:]
    return files


def check(project: Project, files: dict[str, str]) -> None:
    for path, text in files.items():
        project.write(path, text.encode(errors="surrogatepass"))
    _, _, problems = read(project, {"REVOX_SECRET_T": "long-enough-1"})
    for problem in problems:
        assert problem.hint, problem
        assert problem.location.file in files, problem
    render_text(problems).encode()


@_SETTINGS
@given(files=_slipped())
def test_no_slip_makes_reading_fail_or_is_told_without_a_way_on(
    project: Project, files: dict[str, str]
) -> None:
    check(project, files)


def test_a_slip_without_a_hint_is_noticed(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bare(*_: Any) -> Unusable:
        return Unusable("yaml-syntax", "this is not valid YAML")

    monkeypatch.setattr(yaml, "_problem_of", bare)
    with pytest.raises(AssertionError):
        check(project, {**_FILES, "assistants/_g.yaml": "["})
