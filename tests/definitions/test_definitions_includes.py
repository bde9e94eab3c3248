"""``{file: …}``: what stands in another file, as if it were written in place."""

from __future__ import annotations

import pytest
from reading import LEAST, definition, fields_of, problems_of, read, short
from support.project import Project

HEAD = "name: Front desk\n"


def test_a_text_file_stands_for_a_text_without_its_final_newline(project: Project) -> None:
    project.write("assistants/prompts/p.md", "One.\n\nTwo.\n\n")
    assert fields_of(project, HEAD + "prompt: {file: prompts/p.md}\n")["prompt"] == "One.\n\nTwo.\n"


def test_a_text_file_loses_its_byte_order_mark_and_windows_line_ends(project: Project) -> None:
    project.write("assistants/p.md", b"\xef\xbb\xbfOne.\r\nTwo.\r\n")
    assert fields_of(project, HEAD + "prompt: {file: p.md}\n")["prompt"] == "One.\nTwo."


def test_any_text_may_be_included(project: Project) -> None:
    project.write("assistants/texts/x.txt", "X\n")
    text = HEAD + (
        "prompt: p\nfirst_sentence: {file: texts/x.txt}\n"
        "faq_items:\n  - question: q\n    answer: {file: texts/x.txt}\n"
    )
    fields = fields_of(project, text)
    assert fields["first_sentence"] == "X"
    assert fields["faq_items"] == [{"question": "q", "answer": "X"}]


def test_the_parts_of_a_prompt_are_joined_by_a_blank_line(project: Project) -> None:
    project.write("assistants/a.md", "A\n")
    text = HEAD + "prompt:\n  - {file: a.md}\n  - |\n    B\n  - C\n  - |\n    D\n"
    assert fields_of(project, text)["prompt"] == "A\n\nB\n\nC\n\nD\n"


def test_the_items_of_an_included_list_are_spliced_in(project: Project) -> None:
    project.write("assistants/_x.yaml", "- {question: 2, answer: b}\n".replace("2", "'2'"))
    project.write("assistants/_none.yml", "[]\n")
    text = LEAST + (
        "faq_items:\n  - {question: '1', answer: a}\n  - {file: _none.yml}\n"
        "  - {file: _x.yaml}\n  - {question: '3', answer: c}\n"
    )
    assert [item["question"] for item in fields_of(project, text)["faq_items"]] == ["1", "2", "3"]


def test_a_list_may_come_from_a_file_as_a_whole(project: Project) -> None:
    project.write("assistants/_x.yaml", "- {question: q, answer: a}\n")
    fields = fields_of(project, LEAST + "faq_items: {file: _x.yaml}\n")
    assert fields["faq_items"] == [{"question": "q", "answer": "a"}]


def test_includes_nest_relative_to_the_file_that_holds_them(project: Project) -> None:
    project.write("assistants/_shared/x.yaml", "- {file: more/y.yaml}\n")
    project.write("assistants/_shared/more/y.yaml", "- {question: q, answer: {file: z.txt}}\n")
    project.write("assistants/_shared/more/z.txt", "Z\n")
    fields = fields_of(project, LEAST + "faq_items:\n  - {file: _shared/x.yaml}\n")
    assert fields["faq_items"] == [{"question": "q", "answer": "Z"}]


def test_references_work_inside_included_files(project: Project) -> None:
    project.write("assistants/p.md", "Use ${secret.CODE}, not $${x}.\n")
    project.write("assistants/_x.yaml", "- {question: q, answer: '${secret.CODE}'}\n")
    text = (
        HEAD
        + "prompt: {file: p.md}\nfaq_items:\n  - {question: r, answer: s}\n  - {file: _x.yaml}\n"
    )
    project.write("assistants/a.yaml", text)
    found = definition(project, {"REVOX_SECRET_CODE": "42424242"})
    assert found.fields["prompt"] == "Use 42424242, not ${x}."
    assert found.secrets == {
        ("prompt",): "Use ${secret.CODE}, not ${x}.",
        ("faq_items", 1, "answer"): "${secret.CODE}",
    }


@pytest.mark.parametrize(
    ("include", "rule"),
    [
        ("{file: ../../other.md}", "include-outside"),
        ("{file: x/../../../other.md}", "include-outside"),
        ("{file: ..}", "include-path"),
        ("{file: /etc/hostname}", "missing-file"),
        ("{file: //etc/hostname}", "include-path"),
        ("{file: /../other.md}", "include-outside"),
        ("{file: /}", "include-path"),
        ("{file: /assistants/..}", "include-path"),
        ("{file: /.git/config}", "hidden-file"),
        ("{file: /assistants/link.md}", "symbolic-link"),
        ("{file: 'C:/x.md'}", "include-path"),
        ("{file: 'x\\y.md'}", "include-path"),
        ("{file: ''}", "include-path"),
        ("{file: 1}", "include-path"),
        ("{file: [a]}", "include-path"),
        ("{file: '${secret.X}'}", "include-path"),
        ('{file: "a\\nb"}', "include-path"),
        ("{file: nothing.md}", "missing-file"),
        ("{file: _folder}", "not-a-file"),
        ("{file: link.md}", "symbolic-link"),
        ("{file: linked/other.md}", "symbolic-link"),
        ("{file: .env}", "hidden-file"),
        ("{file: _folder/.x/y}", "hidden-file"),
        ("{file: ../.git/config}", "hidden-file"),
        ("{file: ../assistants/_shared.md}", "missing-file"),
        ("{file: to-hidden.md}", "symbolic-link"),
        ("{file: latin.md}", "not-utf8"),
        ("{file: large.md}", "too-large"),
        ("{file: _list.yaml}", "include-kind"),
    ],
)
def test_what_cannot_be_included_is_reported_at_the_include(
    project: Project, include: str, rule: str
) -> None:
    for path in ("assistants/_folder/x", "assistants/.env", ".git/config", "../other.md"):
        project.write(path, "x")
    project.write("assistants/_list.yaml", "- x\n")
    project.write("assistants/latin.md", b"\xe9")
    project.write("assistants/large.md", b"x" * (5 * 1024 * 1024 + 1))
    (project.root / "assistants/link.md").symlink_to("../../other.md")
    (project.root / "assistants/linked").symlink_to("../..")
    (project.root / "assistants/to-hidden.md").symlink_to("../.git/config")
    problems = problems_of(project, HEAD + f"prompt: {include}\n")
    assert f"2:9 {rule}" in short(problems)
    assert all(problem.hint for problem in problems)


@pytest.mark.parametrize("content", ["", "\n", " \n\t\n"])
@pytest.mark.parametrize("include", ["{file: p.md}", "[Be kind., {file: p.md}]"])
def test_an_included_text_that_is_empty_is_a_warning(
    project: Project, content: str, include: str
) -> None:
    project.write("assistants/p.md", content)
    (problem,) = problems_of(project, HEAD + f"prompt: {include}\n")
    column = 9 + include.index("{")
    assert short([problem]) == [f"2:{column} empty-file"]
    assert problem.severity == "warning"


@pytest.mark.parametrize(
    ("content", "place"),
    [(b"Be kind.\nAnd\0 calm.\n", "2:4"), ("Be kind.".encode("utf-16-le"), "1:2")],
)
def test_a_file_with_null_characters_is_no_text(
    project: Project, content: bytes, place: str
) -> None:
    project.write("assistants/p.md", content)
    problems = problems_of(project, HEAD + "prompt: {file: p.md}\n")
    assert short(problems) == [f"assistants/p.md:{place} not-utf8"]
    assert problems[0].hint == "save the file as UTF-8"


def test_a_missing_file_says_which_one_was_meant(project: Project) -> None:
    for name in ("legal.md", ".lagal.md", "lagal.m/x"):  # the last two cannot be included
        project.write(f"assistants/_shared/{name}", "x")
    (problem,) = problems_of(project, HEAD + "prompt: {file: _shared/lagal.md}\n")
    assert problem.hint == "did you mean assistants/_shared/legal.md?"


def test_files_that_include_each_other_are_an_error_that_names_the_circle(
    project: Project,
) -> None:
    project.write("assistants/_x.yaml", "- {file: _y.yaml}\n")
    project.write("assistants/_y.yaml", "- {question: q, answer: a}\n- {file: _x.yaml}\n")
    (problem,) = problems_of(project, LEAST + "faq_items: {file: _x.yaml}\n")
    assert short([problem]) == ["assistants/_y.yaml:2:3 include-circle"]
    chain = "assistants/_x.yaml → assistants/_y.yaml → assistants/_x.yaml"
    assert chain in problem.message


def test_includes_that_multiply_without_end_are_refused(project: Project) -> None:
    for level in range(18):
        project.write(f"assistants/_{level}.yaml", f"- {{file: _{level + 1}.yaml}}\n" * 20)
    project.write("assistants/_18.yaml", "[]\n")
    problems = problems_of(project, LEAST + "faq_items: {file: _0.yaml}\n")
    assert [problem.rule for problem in problems] == ["too-many-values"]


def test_a_long_row_of_includes_is_refused(project: Project) -> None:
    for level in range(2000):
        project.write(f"assistants/_{level}.yaml", f"- {{file: _{level + 1}.yaml}}\n")
    problems = problems_of(project, LEAST + "faq_items: {file: _0.yaml}\n")
    assert [problem.rule for problem in problems] == ["too-deep"]


def test_a_large_text_included_again_and_again_is_refused(project: Project) -> None:
    project.write("assistants/p.md", "x" * 1_000_000)
    problems = problems_of(project, HEAD + "prompt:\n" + "  - {file: p.md}\n" * 6)
    assert short(problems) == ["8:5 too-large"]


def test_a_problem_in_an_included_file_is_placed_there(project: Project) -> None:
    project.write("assistants/_x.yaml", "- question: q\n  answer: 5\n- {question: q}\n- a: [\n")
    text = LEAST + "faq_items:\n  - {question: q, answer: a}\n  - {file: _x.yaml}\n"
    assert short(problems_of(project, text)) == ["assistants/_x.yaml:4:6 yaml-syntax"]
    project.write("assistants/_x.yaml", "- question: q\n  answer: 5\n- {question: q}\n")
    assert short(problems_of(project, text)) == [
        "assistants/_x.yaml:2:11 wrong-type",
        "assistants/_x.yaml:3:3 missing-key",
    ]


def test_a_yaml_file_that_is_no_list_cannot_be_included(project: Project) -> None:
    project.write("assistants/_x.yaml", "\nid: x\n")
    problems = problems_of(project, LEAST + "voice: {file: _x.yaml}\n")
    assert short(problems) == ["assistants/_x.yaml:2:1 include-kind"]


def test_the_wrong_kind_of_file_is_explained(project: Project) -> None:
    project.write("assistants/_x.yaml", "- x\n")
    project.write("assistants/x.txt", "x")
    text = LEAST + "first_sentence: {file: _x.yaml}\nfaq_items: {file: x.txt}\n"
    problems = problems_of(project, text)
    assert short(problems) == ["3:17 wrong-type", "4:12 wrong-type"]
    assert ["another suffix" in (problems[0].hint or ""), problems[1].hint] == [
        True,
        "a list comes from a file that ends in .yaml",
    ]


def test_each_bad_part_of_a_prompt_is_reported(project: Project) -> None:
    text = HEAD + "prompt:\n  - 1\n  - [a]\n  - {a: b}\n  - ok\n  - null\n  - {file: no.md}\n"
    assert short(problems_of(project, text)) == [
        "3:5 wrong-type",
        "4:5 wrong-type",
        "5:5 wrong-type",
        "7:5 wrong-type",
        "8:5 missing-file",
    ]
    assert short(problems_of(project, HEAD + "prompt: []\n")) == ["2:9 wrong-type"]


def test_the_tools_own_keys_take_no_includes(project: Project) -> None:
    project.write("assistants/id.txt", "x")
    problems = problems_of(project, LEAST + "sync: {id: {file: id.txt}}\n")
    assert short(problems) == ["3:12 include-kind"]


def test_a_shared_file_is_read_for_each_definition(project: Project) -> None:
    project.write("assistants/_p.md", "Hi ${secret.X}\n")
    for key in "ab":
        project.write(f"assistants/{key}.yaml", f"name: {key}\nprompt: {{file: _p.md}}\n")
    _, loaded, problems = read(project, {"REVOX_SECRET_X": "12345678"})
    assert short(problems) == []
    assert [found.fields["prompt"] for found in loaded.definitions] == ["Hi 12345678"] * 2
    assert all([*found.secrets] == [("prompt",)] for found in loaded.definitions)
