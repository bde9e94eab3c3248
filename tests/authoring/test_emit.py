"""What the text of a new definition looks like, and that it reads back."""

from __future__ import annotations

from typing import Any

import pytest
from authoring.nodes import plain_data
from hypothesis import given
from hypothesis import strategies as st

from revox_sync.authoring.emit import Include, document, in_flow
from revox_sync.definitions.yaml import compose

UUID = "4e315cc5-7ff3-4414-9099-299e783ccfc8"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Hello, Hotel Lumière", "Hello, Hotel Lumière"),
        ("Vous venez ?", "Vous venez ?"),
        ("Hello {{name}} 👋", "Hello {{name}} 👋"),
        ("¿Tienen parking? (¡Sí!)", "¿Tienen parking? (¡Sí!)"),
        ("« Bonjour »", "« Bonjour »"),
        ("👋 Hello", "👋 Hello"),
        ("(2) or 3", "(2) or 3"),
        ("15 € par nuit", "15 € par nuit"),
        ("2 rue de l'Église", "2 rue de l'Église"),
        ("2024-01-01 14:00:00 Z", '"2024-01-01 14:00:00 Z"'),
        ("1 000", '"1 000"'),
        ("12pm", '"12pm"'),
        ("\u3000wide", '"\u3000wide"'),
        (UUID, UUID),
        ("", '""'),
        *((word, f'"{word}"') for word in ("y", "n", "yes", "NO", "on", "true", "False", "null")),
        ("Off", '"Off"'),
        ("1.0", '"1.0"'),
        ("14:00", '"14:00"'),
        ("+33123456789", '"+33123456789"'),
        ("---", '"---"'),
        ("{{name}}", '"{{name}}"'),
        ("Mind: the gap", '"Mind: the gap"'),
        ("Mind:", '"Mind:"'),
        ("one #two", '"one #two"'),
        ("ends with space ", '"ends with space "'),
        ("long:" * 30, f'"{"long:" * 30}"'),
        ('Say "a: b"', "'Say \"a: b\"'"),
        ("C:\\a: b", "'C:\\a: b'"),
        ('It\'s: "so"', '"It\'s: \\"so\\""'),
        ("bell\x07 and \x1b", '"bell\\x07 and \\e"'),
        ("\u202eright to left", '"\\u202eright to left"'),
        ("a\nb", "|-\n  a\n  b"),
        ("a\n\n  b\n", "|\n  a\n\n    b"),
        ("a\n\n\n", "|+\n  a\n\n"),
        ("  a\nb", "|2-\n    a\n  b"),
        ("\na", "|2-\n\n  a"),
        ("a \t\nb", "|-\n  a \t\n  b"),
        ("a\u2028b\nc\x85", '"a\\u2028b\\nc\\x85"'),
        ("\n", '"\\n"'),
        ("a\r\nb", '"a\\r\\nb"'),
    ],
)
def test_a_text_is_written_as_people_would(text: str, written: str) -> None:
    assert document({"prompt": text}) == f"prompt: {written}\n"
    assert _read({"prompt": text}) == {"prompt": text}


#: A value, how it is written behind a key in lines of its own, and within brackets.
WRITTEN: list[tuple[Any, str, str]] = [
    ("a[b", "a[b\n", '"a[b"'),
    ("a, b", "a, b\n", '"a, b"'),
    ("a: b", '"a: b"\n', '"a: b"'),
    ("x?", "x?\n", '"x?"'),
    ("1 a", '"1 a"\n', '"1 a"'),
    ("12 rue", "12 rue\n", "12 rue"),
    ("12 r", '"12 r"\n', '"12 r"'),
    ("2e", '"2e"\n', '"2e"'),
    ("a\\b", "a\\b\n", "a\\b"),
    ("a'b\\", "a'b\\\n", "a'b\\"),
    ("\xa0a", "\xa0a\n", "\xa0a"),
    ("a\xa0b", "a\xa0b\n", "a\xa0b"),
    ("a\u202fb", "a\u202fb\n", "a\u202fb"),
    ("a\tb", '"a\\tb"\n', '"a\\tb"'),
    ("\u200ba", '"\\u200ba"\n', '"\\u200ba"'),
    ("ab:", '"ab:"\n', '"ab:"'),
    ("#a", '"#a"\n', '"#a"'),
    ("a#b", "a#b\n", "a#b"),
    ("-a", '"-a"\n', '"-a"'),
    ("~", '"~"\n', '"~"'),
    ("Null", '"Null"\n', '"Null"'),
    ("y", '"y"\n', '"y"'),
    ("TRUE", '"TRUE"\n', '"TRUE"'),
    ("0x1f", '"0x1f"\n', '"0x1f"'),
    (".5", '".5"\n', '".5"'),
    ("<<", '"<<"\n', '"<<"'),
    ("a\x7fb", '"a\\x7fb"\n', '"a\\x7fb"'),
    ("a\x85b", '"a\\x85b"\n', '"a\\x85b"'),
    ("\ufeffa", '"\\ufeffa"\n', '"\\ufeffa"'),
    ("a\ufffeb", '"a\\ufffeb"\n', '"a\\ufffeb"'),
    ("it's\ta", '"it\'s\\ta"\n', '"it\'s\\ta"'),
    ('a "b" \'c\'', 'a "b" \'c\'\n', 'a "b" \'c\''),
    ('a" b: c', '\'a" b: c\'\n', '\'a" b: c\''),
    ("a\\: b'", '"a\\\\: b\'"\n', '"a\\\\: b\'"'),
    (None, "null\n", "null"),
    (True, "true\n", "true"),
    (False, "false\n", "false"),
    (1, "1\n", "1"),
    (1.0, "1.0\n", "1.0"),
    (0.1, "0.1\n", "0.1"),
    ([], "[]\n", "[]"),
    ({}, "{}\n", "{}"),
    ([1, "a"], "\n  - 1\n  - a\n", "[1, a]"),
    (["monday", "sunday"], "[monday, sunday]\n", "[monday, sunday]"),
    (["Monday"], "\n  - Monday\n", "[Monday]"),
    (["y", "no"], '\n  - "y"\n  - "no"\n', '["y", "no"]'),
    (["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"],
     "[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb]\n",
     "[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb]"),
    (["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"],
     "\n  - aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
     "  - bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n",
     "[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb]"),
    ([["a"], ["b c"]], "\n  - [a]\n  - - b c\n", "[[a], [b c]]"),
    ([{"a": 1, "b": [{"c": None}]}], "\n  - a: 1\n    b:\n      - c: null\n",
     "[{a: 1, b: [{c: null}]}]"),
    ({"a b": {"c, d": 1, "e": {}}}, '\n  a b:\n    "c, d": 1\n    e: {}\n',
     '{a b: {"c, d": 1, e: {}}}'),
    ([[{"a": "x\ny"}]], "\n  - - a: |-\n        x\n        y\n", '[[{a: "x\\ny"}]]'),
    ([None, [], {}], "\n  - null\n  - []\n  - {}\n", "[null, [], {}]"),
    ({"1": "a", "yes": "no"}, '\n  "1": a\n  "yes": "no"\n', '{"1": a, "yes": "no"}'),
]  # fmt: skip


@pytest.mark.parametrize(("value", "written", "flow"), WRITTEN)
def test_a_value_is_written_in_one_way(value: Any, written: str, flow: str) -> None:
    assert document({"k": value}) == f"k:{'' if written.startswith(chr(10)) else ' '}{written}"
    assert in_flow(value) == flow


def test_only_a_long_text_in_quotes_has_a_line_for_each_of_its_lines() -> None:
    short, long = ("a" * count + "\n b\x07" for count in (96, 97))
    assert document({"k": [{"l": short}]}) == f'k:\n  - l: "{"a" * 96}\\n b\\x07"\n'
    assert document({"k": [{"l": long}]}) == (
        f'k:\n  - l: "\\\n      {"a" * 97}\\n\\\n      \\ b\\x07"\n'
    )
    assert in_flow(long) == f'"{"a" * 97}\\n b\\x07"'
    assert _read({"k": [{"l": long}]}) == {"k": [{"l": long}]}


_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
_NASTY = st.lists(st.sampled_from([*" \n\t\r\x85\u2028\ufeff:#-|>'\"\\a$&*%", "  ", "---"]))
_ANY = _TEXTS | _NASTY.map("".join)


@given(_ANY, _ANY, st.lists(_ANY, max_size=2))
def test_any_text_reads_back_wherever_it_stands(one: str, other: str, more: list[str]) -> None:
    fields = {"a": one, "b": [{"c": other, "d": {"e": one}}, *more], "f": other}
    assert _read(fields) == fields


def test_data_is_written_in_block_style() -> None:
    fields: dict[str, Any] = {
        "name": "Front desk",
        "prompt": Include("prompts/front-desk.md"),
        "faq_items": [{"question": "Dogs?", "answer": "Yes,\nsmall ones."}],
        "allowed_days": ["monday", "sunday"],
        "terms": ["Hotel Lumière", "no"],
        "headers": [],
        "body_template": None,
        "speed": 1.05,
        "required": True,
        "sync": {"id": UUID},
    }
    assert document(fields) == (
        "name: Front desk\n"
        "prompt: {file: prompts/front-desk.md}\n"
        "faq_items:\n"
        "  - question: Dogs?\n"
        "    answer: |-\n"
        "      Yes,\n"
        "      small ones.\n"
        "allowed_days: [monday, sunday]\n"
        "terms:\n"
        "  - Hotel Lumière\n"
        '  - "no"\n'
        "headers: []\n"
        "body_template: null\n"
        "speed: 1.05\n"
        "required: true\n"
        "sync:\n"
        f"  id: {UUID}\n"
    )


def _read(fields: dict[str, Any]) -> Any:
    return plain_data(compose(document(fields)))
