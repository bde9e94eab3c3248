"""What the text of a new definition looks like, and that it reads back."""

from __future__ import annotations

from typing import Any

import pytest
from definitions.reading import fields_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.project import Project as Folder

from revox_sync.authoring.emit import Include, document
from revox_sync.authoring.names import FreeNames, folded, slug
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
        ("yes", '"yes"'),
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
        ('Say "a: b"', "'Say \"a: b\"'"),
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


def test_long_lines_with_control_characters_stay_lines() -> None:
    lines = ["First, ring the \x07 bell.", "  Then wait.", *["Then go on."] * 8, ""]
    text = "\n".join(lines)
    written = document({"prompt": text})
    assert written.startswith(
        'prompt: "\\\n  First, ring the \\x07 bell.\\n\\\n  \\  Then wait.\\n'
    )
    assert _read({"prompt": text}) == {"prompt": text}


_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
_NASTY = st.lists(st.sampled_from([*" \n\t\r\x85\u2028\ufeff:#-|>'\"\\a$&*%", "  ", "---"]))
_ANY = _TEXTS | _NASTY.map("".join)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
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


def test_two_megabytes_read_back(project: Folder) -> None:
    prompt = "".join(f"Rule {number}: be kind.  \n" for number in range(90_000))
    assert len(prompt) > 2_000_000
    assert fields_of(project, document({"name": "Desk", "prompt": prompt}))["prompt"] == prompt


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Front desk", "front-desk"),
        ("Hôtel Lumière – Réception", "hotel-lumiere-reception"),
        ("日本語 受付", "日本語-受付"),
        ("हिन्दी", "हिन्दी"),
        ("Straße", "strasse"),
        ("../../etc/passwd", "etc-passwd"),
        ("_shared", "shared"),
        (".hidden", "hidden"),
        ("a/b\\c:d", "a-b-c-d"),
        ("🏨🏨", "assistant"),
        ("", "assistant"),
        ("\u202e\x1b[31m", "31m"),
        ("NUL", "nul-assistant"),
        ("aux", "aux-assistant"),
        ("Com1", "com1-assistant"),
        ("x" * 300, "x" * 60),
        ("word " * 60, "-".join(["word"] * 12)),
    ],
)
def test_a_file_is_named_after_its_assistant(name: str, file: str) -> None:
    assert slug(name) == file


def test_no_two_files_have_one_name_on_any_disk() -> None:
    free = FreeNames(["Front-Desk", "e\u0301te\u0301"], "-", folded)
    assert [
        free.take(slug(name)) for name in ("front desk", "FRONT DESK!", "Front-desk 2", "🏨", "🐕")
    ] == [
        "front-desk-2",
        "front-desk-3",
        "front-desk-2-2",
        "assistant",
        "assistant-2",
    ]


@given(st.lists(st.text(max_size=80), max_size=6))
def test_any_name_is_a_file_name(names: list[str]) -> None:
    free = FreeNames((), "-", folded)
    for name in names:
        file = free.take(slug(name))
        assert file == file.strip(". _-") and file.isprintable() and " " not in file
        assert not set(file) & set('/\\:*?"<>|') and len(file.encode()) < 200


def _read(fields: dict[str, Any]) -> Any:
    root = compose(document(fields))
    return _data(root)


def _data(node: Any) -> Any:
    if isinstance(node.value, str):
        return node.value
    if node.value and isinstance(node.value[0], tuple):
        return {key.value: _data(value) for key, value in node.value}
    return [_data(item) for item in node.value]
