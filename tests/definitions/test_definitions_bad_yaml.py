"""Files that are not what a definition is written in: each is refused clearly, at its place."""

from __future__ import annotations

import pytest
from reading import LEAST, fields_of, problems_of, short
from support.project import Project


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1:1 empty-file"),
        ("# nothing yet\n", "1:1 empty-file"),
        ("- a\n- b\n", "1:1 not-a-mapping"),
        ("\n  text\n", "2:3 not-a-mapping"),
        ("null\n", "1:1 not-a-mapping"),
        (LEAST + "prompt: again\n", "3:1 duplicate-key"),
        (LEAST + "voice: {id: a, provider: cartesia, id: b}\n", "3:36 duplicate-key"),
        (LEAST + "faq_items:\n  - question: q\n    question: r\n", "5:5 duplicate-key"),
        (LEAST + "1: x\n", "3:1 key-not-text"),
        (LEAST + "true: x\n", "3:1 key-not-text"),
        (LEAST + "~: x\n", "3:1 key-not-text"),
        (LEAST + "? [a, b]\n: x\n", "3:3 key-not-text"),
        (LEAST + "voice: {2024-01-01: x, 1.5: y}\n", "3:24 key-not-text"),
        (LEAST + "voice:\n\tid: x\n", "4:1 yaml-tab"),
        ("\tname: A\n", "1:1 yaml-tab"),
        (b"name: A\nprompt: caf\xe9 noir\n", "2:12 not-utf8"),
        (b"\xff\xfen\x00a\x00", "1:1 not-utf8"),
        ("name: A\nprompt: é\x07\n", "2:10 yaml-character"),
        ("name: A\nprompt: \x00\n", "2:9 yaml-character"),
        ('name: A\nprompt: "\\0"\n', "2:9 yaml-character"),
        ('name: A\nprompt: !!str "\\0"\n', "2:9 yaml-character"),
        (LEAST + 'voice: {id: "a\\0"}\n', "3:13 yaml-character"),
        (LEAST + 'faq_items:\n  - question: q\n    answer: "\\0"\n', "5:13 yaml-character"),
        ('name: A\nprompt: "\\uD83D"\n', "2:9 yaml-character"),
        (LEAST + "---\nname: B\nprompt: p\n", "3:1 yaml-documents"),
        (LEAST + "--- \n", "3:1 yaml-documents"),
        ("%YAML 1.1\n---\nname: A\nprompt: p\n", "1:1 yaml-version"),
        (LEAST + "voice: !ref x\n", "3:8 yaml-tag"),
        (LEAST + "voice: !other {id: x}\n", "3:8 yaml-tag"),
        (LEAST + "voice: !!set {id}\n", "3:8 yaml-tag"),
        (LEAST + "webhook_url: !!binary aGk=\n", "3:14 yaml-tag"),
        (LEAST + "first_sentence_delay_ms: !!int x\n", "3:26 yaml-tag"),
        (LEAST + "webhook_url: !a!b c\n", "3:14 yaml-tag"),
        (LEAST + "webhook_url: *nowhere\n", "3:14 yaml-alias"),
        (LEAST + "webhook_url: &\n", "3:15 yaml-alias"),
        (LEAST + "first_sentence: &a x\nwebhook_url: &a y\n", "4:14 yaml-anchor"),
        (LEAST + "voice: &v {id: *v}\n", "3:8 recursive-alias"),
        (LEAST + "faq_items: &f [*f]\n", "3:12 recursive-alias"),
        (LEAST + "voice: &v\n  <<: *v\n", "3:8 recursive-alias"),
        (LEAST + "voice: {<<: 1}\n", "3:13 merge-key"),
        (LEAST + "voice: {<<: [x]}\n", "3:14 merge-key"),
        (LEAST + "max_call_duration_secs: 1e400\n", "3:25 number-range"),
        (LEAST + "max_call_duration_secs: " + "9" * 5000 + "\n", "3:25 number-range"),
        (LEAST + "first_sentence_delay_ms: 0x" + "f" * 5000 + "\n", "3:26 number-range"),
        ("name: a: b\n", "1:8 yaml-syntax"),
        ("name A\nprompt: p\n", "2:7 yaml-syntax"),
        (LEAST + "voice\n", "3:1 yaml-syntax"),
        ("name: 'A\nprompt: p\n", "1:7 yaml-syntax"),
        ('name: "A\nprompt: p\n', "1:7 yaml-syntax"),
        ('name: "\\q"\n', "1:8 yaml-syntax"),
        ("name: @A\n", "1:7 yaml-syntax"),
        ("name: [\n", "1:7 yaml-syntax"),
        ("name: A\nvoice: {id: x\n", "2:8 yaml-syntax"),
        ("name: A\nvoice: {id: ${secret.X}}\n", "2:13 yaml-syntax"),
        ("voice:\n  id: x\n provider: y\n", "3:2 yaml-syntax"),
        ("name: A\n- b\n", "2:1 yaml-syntax"),
        ("_a: &a " + "[" * 60 + "]" * 60 + "\nname: " + "[" * 60 + "*a" + "]" * 60 + "\n",
         "1:48 too-deep"),
        ("name: " + "[" * 500 + "]" * 500 + "\n", "1:105 too-deep"),
        ("name: " + "[" * 1_000_000 + "\n", "1:105 too-deep"),
        ("name: " + "!!seq [" * 100_000 + "\n", "1:693 too-deep"),
        ("name:\n" + "".join(" " * depth + "a:\n" for depth in range(1, 200)), "100:100 too-deep"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_reported_at_its_place(
    project: Project, text: str | bytes, expected: str
) -> None:
    problems = problems_of(project, text)
    assert expected in short(problems)
    assert all(problem.hint for problem in problems)


def test_a_duplicate_key_names_the_place_of_the_first(project: Project) -> None:
    (problem,) = problems_of(project, "# c\n" + LEAST + "name: B\n")
    assert "2:1" in problem.message


def test_bytes_that_are_not_utf8_are_counted(project: Project) -> None:
    (problem,) = problems_of(project, b"name: A\nprompt: caf\xe9\n")
    assert "byte 20" in problem.message
    assert "line 2" in problem.message
    assert problem.source_line is None


def test_nested_aliases_that_expand_without_end_are_refused(project: Project) -> None:
    rows = [LEAST, "_a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"]
    for level in range(1, 30):
        row = ", ".join([f"*a{level - 1}"] * 10)
        rows.append(f"_a{level}: &a{level} [{row}]\n")
    problems = problems_of(project, "".join(rows))
    assert [problem.rule for problem in problems] == ["too-many-values"]


def test_nested_merges_that_expand_without_end_are_refused(project: Project) -> None:
    rows = [LEAST, "_a0: &a0 {x: 1}\n"]
    for level in range(1, 40):
        row = ", ".join([f"*a{level - 1}"] * 10)
        rows.append(f"_a{level}: &a{level} {{<<: [{row}]}}\n")
    assert "too-many-values" in [problem.rule for problem in problems_of(project, "".join(rows))]


def test_one_long_text_repeated_by_aliases_is_refused(project: Project) -> None:
    text = f"name: A\nprompt: &p {'x' * 1_000_000}\n_copies: [*p, *p, *p, *p, *p, *p]\n"
    assert short(problems_of(project, text)) == ["2:9 too-large"]


def test_a_file_over_five_megabytes_is_refused(project: Project) -> None:
    problems = problems_of(project, f"name: A\nprompt: {'x' * 5 * 1024 * 1024}\n")
    assert short(problems) == ["1:1 too-large"]
    assert "5 MB" in problems[0].message


def test_the_rest_of_a_file_is_checked_around_a_broken_value(project: Project) -> None:
    text = (
        "name: A\nprompt: !x y\nvoice: {id: '', provider: cartesia}\nfirst_sentence_mode: static\n"
    )
    assert short(problems_of(project, text)) == [
        "2:9 yaml-tag",
        "3:13 empty-text",
        "4:22 static-without-sentence",
    ]


def test_nothing_that_only_follows_from_a_broken_value_is_reported(project: Project) -> None:
    text = LEAST + "first_sentence_mode: static\nfirst_sentence: ${var.NONE}\nname: B\n"
    assert short(problems_of(project, text)) == ["4:17 undeclared-variable", "5:1 duplicate-key"]


def test_tabs_inside_texts_are_fine(project: Project) -> None:
    assert fields_of(project, "name: A\nprompt: |\n  a\tb\n  \tc\n")["prompt"] == "a\tb\n\tc\n"
