"""YAML 1.2 as definitions are written in it, with and without libyaml."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from io import StringIO
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import LEAST, fields_of, problems_of, short
from ruamel.yaml import YAML
from support.examples import examples
from support.project import Project

from revox_sync.definitions import yaml as fast
from revox_sync.definitions.problem import Unusable


@pytest.fixture(scope="module")
def pure() -> ModuleType:
    """The same module on a machine without ruamel's C part."""
    with pytest.MonkeyPatch.context() as machine:
        machine.setitem(sys.modules, "ruamel.yaml.cyaml", None)
        spec = importlib.util.spec_from_file_location("pure_yaml", fast.__file__)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return module


def outline(module: ModuleType, text: str) -> Any:
    """Return everything that the rest of the tool learns from the nodes of ``text``."""
    try:
        return _node(module, module.compose(text))
    except Unusable as problem:
        return problem.rule, problem.message, problem.hint, problem.index


def _node(module: ModuleType, node: Any) -> Any:
    if node is None:
        return None
    if type(node) is module.MappingNode:
        # Where nothing is written, the tool points at the key.
        return module.mark(node), [
            (_node(module, key), _node(module, value) if value.value != "" else None)
            for key, value in node.value
        ]
    if type(node) is module.SequenceNode:
        return module.mark(node), [_node(module, item) for item in node.value]
    return module.mark(node), bool(node.style), repr(module.scalar(node))


def test_the_parsers_under_test_differ(pure: ModuleType) -> None:
    assert fast.CParser is not None
    assert pure.CParser is None


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("~", None), ("null", None), ("", None), ("true", True), ("False", False),
        ("yes", "yes"), ("no", "no"), ("off", "off"), ("On", "On"), ("y", "y"),
        ("12", 12), ("-3", -3), ("+4", 4), ("007", 7), ("0o17", 15), ("0x1F", 31),
        ("1.5", 1.5), (".5", 0.5), ("1.", 1.0), ("1e3", 1000.0), ("-1.2E-3", -0.0012),
        ("1_000", "1_000"), ("14:00", "14:00"), ("2024-05-01", "2024-05-01"), ("0b11", "0b11"),
        ("1.2.3", "1.2.3"), ("+", "+"), (".", "."), ("e3", "e3"), ("0o8", "0o8"),
        ("'12'", "12"), ('"true"', "true"), ('""', ""), ("!!str 12", "12"), ("!!int '12'", 12),
        ("!!float 1", 1.0), ("!!null ''", None), ("!!bool 'true'", True),
        ("|\n a\n  b\n", "a\n b\n"), (">-\n a\n b\n", "a b"), ("a #b", "a"), ("a#b", "a#b"),
    ],
)  # fmt: skip
def test_scalars_follow_the_core_schema(pure: ModuleType, written: str, value: object) -> None:
    for module in (fast, pure):
        root = module.compose(f"key: {written}\n")
        result = module.scalar(root.value[0][1])
        assert (result, type(result)) == (value, type(value))


def test_a_url_and_a_time_need_no_quotes_in_braces(pure: ModuleType) -> None:
    for module in (fast, pure):
        (pair,) = module.compose("key: {at: 9:30, url: https://example.com:8080/a?b=c:d}\n").value
        values = [module.scalar(value) for _, value in pair[1].value]
        assert values == ["9:30", "https://example.com:8080/a?b=c:d"]


def test_a_question_needs_no_quotes_in_braces(pure: ModuleType) -> None:
    for module in (fast, pure):
        (pair,) = module.compose("faq:\n- {question: Own dogs?, answer: Yes}\n").value
        values = [module.scalar(value) for _, value in pair[1].value[0].value]
        assert values == ["Own dogs?", "Yes"]


@pytest.mark.parametrize(
    "text",
    [
        "", "# only a comment\n", "a: 1\n", "---\na: 1\n...\n", "a: {b: [c, 'd', \"e\"]}\n",
        "a: &x {b: 1}\nc: *x\n<<: *x\n", "a:\n- b\n-\n- c: d\n  e: f\n", "? a\n: b\n",
        "a: |+\n  x\n\n\nb: >\n  y\n   z\n", "é: 😀\nb: \"\\u00e9\\U0001F600\"\n",
        "a: x\u2028y\x85z\nb: |\n  p\u2029q\n  \x85\n", "%YAML 1.2\n---\na: 1\n",
        "a: !!str 1\nb: !foo x\n", "a:\n  # c\n\n  b: 1 # d\n", "a: 'x\n\n  y'\n",
        "a: [b, c\n", "a: {b: c\n", "a: b: c\n", "a: 1\n---\nb: 2\n", "a: *none\n",
        "a: &x 1\nb: &x 2\n", "a:\n\tb: 1\n", "\ta: 1\n", "a: \"x\n", "a: 'x\n", "a: @x\n",
        "a: %x\n", "a: `x\n", "a:\n  b: 1\n c: 2\n", "- a\nb: 1\n", "a: \"\\q\"\n", "a: \x07\n",
        "a: 1\nb\n", "a: 'it's'\n", "a: [x]y\n", "a: - b\n", "a: &\n", "a: *\n", "a: {${x}}\n",
        "%YAML 1.1\n---\na: 1\n", "a: !x!y b\n", "a: " + "[" * 200, "a: " + "{b: " * 200,
        "- " * 300 + "x\n", "a: [,]\n", 'a: 1\nb: "x\\U00110000 y"\n',
        "a: {b: c?, d?: e}\n", "a: {b: c?, d\n", "a: {b: https://x.y/z, c: 9:30}\n",
        "a: {b: c:d\n",
        "a: " + "[" * 99 + "]" * 99,
        "a: " + "[" * 150 + "]" * 150,
        "a: " + "!!seq [" * 150 + "]" * 150,
        "a: " + "[ {b: !c " * 70 + "}]" * 70,
        "".join(" " * depth + "a:\n" for depth in range(150)),
    ],
)  # fmt: skip
def test_both_parsers_tell_the_same_with_the_same_places(pure: ModuleType, text: str) -> None:
    assert outline(pure, text) == outline(fast, text)


def test_the_examples_load_alike_without_libyaml(tmp_path: Any) -> None:
    program = """
import json, sys
from pathlib import Path
if sys.argv[1] == "pure":
    sys.modules["ruamel.yaml.cyaml"] = None
from revox_sync.definitions.loader import load_definitions
from revox_sync.definitions.project import load_project
project, _ = load_project(Path(sys.argv[2]), {})
loaded = load_definitions(project, {})
print(json.dumps([[d.key, dict(d.fields)] for d in loaded.definitions]))
print([str(d) for d in loaded.diagnostics])
"""
    outputs = [
        subprocess.run(
            [sys.executable, "-c", program, kind, fast.__file__.rpartition("/revox_sync/")[0]],
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for kind in ("pure", "fast")
    ]
    assert outputs[0] == outputs[1]
    assert len(json.loads(outputs[0].splitlines()[0])) > 1


# The three line ends of YAML 1.1 are left out: ruamel still dumps them as such.
_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\x85\u2028\u2029"))


@settings(max_examples=examples(100))
@given(text=_TEXTS)
def test_any_text_dumped_into_yaml_reads_back_equal(text: str) -> None:
    stream = StringIO()
    dumper = YAML(typ="safe", pure=True)
    dumper.default_flow_style = False
    dumper.dump({"key": text}, stream)
    root = fast.compose(stream.getvalue())
    assert root is not None
    assert fast.scalar(root.value[0][1]) == text


_PRINTABLE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]))


@settings(max_examples=examples(100))
@given(text=_PRINTABLE)
def test_any_printable_text_in_a_block_reads_back_equal(text: str) -> None:
    root = fast.compose(f"key: |2-\n  x{text}.\n")
    assert root is not None
    assert fast.scalar(root.value[0][1]) == f"x{text}."


def test_a_byte_order_mark_and_windows_line_ends_are_fine(project: Project) -> None:
    text = b"\xef\xbb\xbfname: A\r\nprompt: |\r\n  one\r\n  two\r\n"
    assert fields_of(project, text) == {"name": "A", "prompt": "one\ntwo\n"}


@pytest.mark.parametrize("end", ["\x85", "\u2028", "\u2029"])
def test_line_ends_of_old_are_refused(project: Project, end: str) -> None:
    (problem,) = problems_of(project, f"name: A\nprompt: |-\n  one{end}two\n")
    assert short([problem]) == ["3:6 yaml-character"]
    escaped = f'name: A\nprompt: "one\\u{ord(end):04x}two"\n'
    assert fields_of(project, escaped)["prompt"] == f"one{end}two"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("first_sentence_mode: &m static\nfirst_sentence: x\nthinking_sound: *m\n", "5:17"),
        ("first_sentence: &s 語\nthinking_sound: # not *s\n  *s\n", "5:3"),
        ("first_sentence: &s x\nvoice: {id: *s, provider: *s}\n", "4:27"),
        ("first_sentence: &s x\n? thinking_sound\n: *s\n", "5:3"),
        ("thinking_sound: &s x\nfirst_sentence: *s\n", "3:17"),
    ],
)
def test_a_wrong_value_is_where_its_alias_is(project: Project, text: str, expected: str) -> None:
    assert short(problems_of(project, LEAST + text)) == [f"{expected} unknown-value"]


def test_anchors_and_aliases_work(project: Project) -> None:
    text = LEAST + "first_sentence: &hello Hello\nend_of_call_sentence: *hello\n"
    assert fields_of(project, text)["end_of_call_sentence"] == "Hello"


def test_merge_keys_fill_in_what_is_not_stated(project: Project) -> None:
    text = (
        "name: A\nprompt: p\n"
        "voice: {<<: [{id: x, speed: 1.1}, {id: y, provider: cartesia}], speed: 1.2}\n"
        "llm_model: {'<<': 1}\n"
    )
    assert short(problems_of(project, text)) == ["4:12 missing-key"]
    good = text.replace("llm_model: {'<<': 1}\n", "")
    voice = {"id": "x", "provider": "cartesia", "speed": 1.2}
    assert fields_of(project, good)["voice"] == voice


def test_a_prompt_of_two_megabytes_works(project: Project) -> None:
    prompt = "é" * 1_000_000
    assert fields_of(project, f"name: A\nprompt: {prompt}\n")["prompt"] == prompt
