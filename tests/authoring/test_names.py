"""Names of files and secrets: readable, free, and found at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revox_sync.authoring.names import FreeNames, folded, slug


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
        ("LPT9", "lpt9-assistant"),
        ("x" * 300, "x" * 60),
        ("受" * 51, "受" * 50),
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


def test_a_name_of_many_is_found_without_trying_those_before_it() -> None:
    tried: list[str] = []

    def form(name: str) -> str:
        tried.append(name)
        return name

    names = FreeNames((), "_", form)
    for _ in range(200):
        names.take("DESK_TOKEN")
    assert len(tried) < 3 * 200
    names.give_back(["DESK_TOKEN_7"])
    assert [names.take("DESK_TOKEN") for _ in range(2)] == ["DESK_TOKEN_7", "DESK_TOKEN_201"]
