"""A page of lines within a width."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from rich.cells import cell_len

from revox_sync.render.sheet import Sheet, data, fitting, folded


def page(width: int, *lines: str, prefix: str = "", hang: int = 0) -> list[str]:
    sheet = Sheet(width=width, colour=False)
    for line in lines:
        sheet.line(data(line), prefix=prefix, hang=hang)
    return sheet.text().split("\n")[:-1]


def test_what_does_not_fit_goes_on_below_the_prefix() -> None:
    assert page(24, "one two three four five", prefix="  - ", hang=2) == [
        "  - one two three four",
        "      five",
    ]


def test_a_word_longer_than_a_line_is_folded() -> None:
    assert page(20, "x" * 25) == ["x" * 20, "x" * 5]


def test_a_command_stays_in_one_line_if_it_fits_into_one() -> None:
    told = "now: `revox-sync pull desk` writes it"
    assert page(24, told) == ["now:", "`revox-sync pull desk`", "writes it"]
    long = "`revox-sync pull a-desk-in-the-hall`"
    assert page(24, long) == ["`revox-sync pull", "a-desk-in-the-hall`"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a short one", ["a short one"]),
        ("  help: one two three four five", ["  help: one two three", "      four five"]),
        ("so run `revox-sync apply x` now", ["so run", "    `revox-sync apply x`", "    now"]),
        (
            "see assistants/hotel/front-desk.yaml, once",
            ["see", "    assistants/hotel/front-desk.yaml,", "    once"],
        ),
        ("日本 日本 日本 日本 日本 日本", ["日本 日本 日本 日本 日本", "    日本"]),
    ],
)
def test_a_sentence_is_folded_between_words_alone(text: str, lines: list[str]) -> None:
    assert folded(text, 24, hang=4).split("\n") == lines
    assert folded(text, None) == text


@pytest.mark.parametrize("text", ["word", "日本", "שלום", "\u0301", "👩\u200d💻"])
def test_what_fits_is_a_beginning_of_at_most_so_many_cells(text: str) -> None:
    for room in range(-1, 9):
        found = fitting(text, room)
        assert text.startswith(found) and cell_len(found) <= max(room, 0)
        assert (found == text) or cell_len(text) > room or not room


def test_wide_characters_count_as_two() -> None:
    assert [cell_len(line) for line in page(20, "日本" * 8)] == [20, 12]


@pytest.mark.parametrize("text", ["one two three", "ein zweites drittes", "été à Nîmes", "日本 語"])
def test_a_line_breaks_where_there_is_room_for_no_further_word(text: str) -> None:
    lines = page(20, f"{text} {text} {text} {text}")
    assert " ".join(lines) == f"{text} {text} {text} {text}"
    assert max(map(cell_len, lines)) <= 20
    for line, following in pairwise(lines):
        assert cell_len(f"{line} {following.split()[0]}") > 20


@pytest.mark.parametrize("word", ["x" * 30, "é" * 30, "日" * 15])
def test_space_before_a_word_that_is_folded_stays(word: str) -> None:
    assert page(20, f"  {word}")[0] == f"  {word}"[: 20 if cell_len(word) == len(word) else 11]


def test_nothing_stands_behind_the_last_word() -> None:
    assert page(20, "a  ", "") == ["a", ""]


def test_brackets_and_emoji_codes_are_no_markup() -> None:
    assert page(40, "[bold]a[/bold] :smile:") == ["[bold]a[/bold] :smile:"]


def test_colour_comes_only_when_asked_for() -> None:
    for colour in (False, True):
        sheet = Sheet(width=40, colour=colour)
        sheet.line(data("a", "red"))
        assert ("\x1b[31m" in sheet.text()) is colour


@pytest.mark.parametrize("text", ["::error::x", "   ::error::x", "##[error]x", "a ##vso[x]y"])
def test_a_page_commands_no_ci_system(text: str) -> None:
    [line] = page(40, text)
    assert not line.lstrip().startswith("::") and "##[" not in line and "##vso[" not in line


@pytest.mark.parametrize("text", ["::error::x", "##[error]x", "a ##vso[x]y"])
def test_a_line_that_was_made_harmless_still_fits(text: str) -> None:
    lines = [line for before in range(20) for line in page(20, "a" * before + text)]
    assert [line for line in lines if cell_len(line) > 20] == []


@pytest.mark.parametrize("word", ["word ", "mot né ", "日本 ", "日本"])
def test_a_line_of_many_words_takes_time_in_proportion_to_its_length(word: str) -> None:
    """Four times the words may take nine times as long, not sixteen."""

    def seconds(words: int) -> float:
        start = time.process_time()
        page(80, word * words)
        return time.process_time() - start

    short, long = (min(seconds(words) for _ in range(3)) for words in (1000, 4000))
    assert long < 9 * short
