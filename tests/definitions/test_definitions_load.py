"""From a folder of files to definitions."""

from __future__ import annotations

import pytest
from reading import LEAST, definition, fields_of, read, short
from support.project import Project


def test_a_definition_is_named_by_its_path_without_suffix(project: Project) -> None:
    project.write("assistants/sales/front.desk.yaml", LEAST)
    found = definition(project)
    assert (found.key, found.file) == ("sales/front.desk", "assistants/sales/front.desk.yaml")
    assert (found.name, dict(found.fields)) == (
        "Front desk",
        {"name": "Front desk", "prompt": "Be kind."},
    )


def test_definitions_are_sorted_by_key_and_counted(project: Project) -> None:
    for key, suffix in (("b", "yml"), ("a/z", "yaml"), ("a", "yaml"), ("B2", "yaml")):
        project.write(f"assistants/{key}.{suffix}", f"name: {key}\nprompt: p\n")
    _, loaded, problems = read(project)
    assert short(problems) == []
    assert [found.key for found in loaded.definitions] == ["B2", "a", "a/z", "b"]
    assert loaded.files == 4


def test_names_with_a_leading_underscore_or_dot_are_shared_parts(project: Project) -> None:
    project.write("assistants/a.yaml", LEAST)
    for path in ("_a.yaml", ".b.yaml", "_shared/c.yaml", ".git/d.yaml", "x/_y/z.yaml"):
        project.write(f"assistants/{path}", "not: a definition")
    project.write("assistants/README.md", "read me")
    assert definition(project).key == "a"


def test_a_definition_with_an_error_is_left_out_and_the_others_stay(project: Project) -> None:
    project.write("assistants/bad.yaml", "name: Bad\n")
    project.write("assistants/good.yaml", LEAST)
    _, loaded, problems = read(project)
    assert [found.key for found in loaded.definitions] == ["good"]
    assert short(problems) == ["assistants/bad.yaml:1:1 missing-key"]
    assert loaded.files == 2


def test_a_warning_keeps_the_definition(project: Project) -> None:
    project.write("assistants/a.yaml", LEAST + "webhook_url: http://example.com\n")
    _, loaded, problems = read(project)
    assert [problem.severity for problem in problems] == ["warning"]
    assert len(loaded.definitions) == 1


def test_null_is_kept_where_the_api_or_the_tool_gives_it_a_meaning(project: Project) -> None:
    nullable = (
        "background_sound", "calendly", "call_retry_config", "end_of_call_sentence",
        "first_sentence", "structured_output_config", "transfer_phone_number", "voice",
        "voicemail_message", "webhook_url",
    )  # fmt: skip
    text = LEAST + "".join(f"{name}: null\n" for name in nullable)
    fields = fields_of(project, text)
    assert {name for name in fields if fields[name] is None} == set(nullable)


def test_every_problem_of_every_file_is_found_in_one_run(project: Project) -> None:
    project.write("revox-sync.yaml", "absent: maybe\n")
    project.write("assistants/a.yaml", LEAST + "voice: {id: '', provider: x}\nprommt: y\n")
    project.write("assistants/b.yaml", "name: [\n")
    project.write("assistants/c.yaml", "name: C\nprompt: ${var.NO}\nfaq_items: 1\n")
    assert short(read(project)[2]) == [
        "revox-sync.yaml:1:9 unknown-value",
        "3:13 empty-text",
        "3:27 unknown-value",
        "4:1 unknown-key",
        "assistants/b.yaml:1:7 yaml-syntax",
        "assistants/c.yaml:2:9 undeclared-variable",
        "assistants/c.yaml:3:12 wrong-type",
    ]


def test_a_problem_in_a_shared_file_is_reported_once(project: Project) -> None:
    project.write("assistants/_faq.yaml", "- question: q\n")
    for key in "ab":
        text = f"name: {key}\nprompt: p\nfaq_items: {{file: _faq.yaml}}\n"
        project.write(f"assistants/{key}.yaml", text)
    _, loaded, problems = read(project)
    assert short(problems) == ["assistants/_faq.yaml:1:3 missing-key"]
    assert loaded.definitions == ()


def test_an_empty_folder_is_legal_and_said(project: Project) -> None:
    _, loaded, (problem,) = read(project)
    assert (problem.severity, problem.rule) == ("warning", "no-definitions")
    assert (loaded.definitions, loaded.files) == ((), 0)


def test_a_missing_folder_is_an_error_that_names_it(project: Project) -> None:
    (project.root / "assistants").rmdir()
    _, _, (problem,) = read(project)
    assert (problem.severity, problem.rule) == ("error", "missing-folder")
    assert "assistants" in problem.message
    assert problem.hint is not None


@pytest.mark.parametrize("key", ["a b", "café", "日本", "a[1]", "x.y", "👩‍💻"])
def test_keys_may_hold_any_printable_character(project: Project, key: str) -> None:
    project.write(f"assistants/{key}.yaml", LEAST)
    assert definition(project).key == key


@pytest.mark.parametrize("name", [b"a\nb", b"\xff"])
def test_a_file_name_that_cannot_be_a_key_is_refused(project: Project, name: bytes) -> None:
    try:
        project.write(f"assistants/{name.decode(errors='surrogateescape')}.yaml", LEAST)
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    (problem,) = read(project)[2]
    assert problem.rule == "file-name"


def test_a_suffix_in_upper_case_is_pointed_out(project: Project) -> None:
    project.write("assistants/a.yaml", LEAST)
    project.write("assistants/b.YAML", LEAST)
    _, loaded, problems = read(project)
    assert short(problems) == ["assistants/b.YAML:1:1 file-suffix"]
    assert loaded.files == 1


def test_a_folder_named_like_a_definition_is_an_error(project: Project) -> None:
    project.write("assistants/x.yaml/y.yaml", LEAST)
    assert short(read(project)[2]) == ["assistants/x.yaml:1:1 not-a-file"]


@pytest.mark.parametrize("to", ["nowhere.yaml", "_base.yaml", "../../other.yaml", "a.yaml"])
def test_a_link_is_an_error_wherever_it_leads(project: Project, to: str) -> None:
    project.write("assistants/_base.yaml", LEAST)
    (project.root.parent / "other.yaml").write_text(LEAST)
    (project.root / "assistants/a.yaml").symlink_to(to)
    assert short(read(project)[2]) == ["1:1 symbolic-link"]


def test_a_linked_folder_is_an_error_not_silence(project: Project) -> None:
    project.write("assistants/real/a.yaml", LEAST)
    (project.root / "assistants/linked").symlink_to("real")
    assert short(read(project)[2]) == ["assistants/linked:1:1 symbolic-link"]


def test_a_pipe_is_an_error_and_does_not_hang(project: Project) -> None:
    import os

    os.mkfifo(project.root / "assistants/a.yaml")
    assert short(read(project)[2]) == ["1:1 not-a-file"]


def test_a_file_that_the_system_refuses_to_open_is_an_error(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("assistants/a.yaml", LEAST)

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("revox_sync.files.tree.os.open", refuse)
    assert short(read(project)[2]) == ["1:1 unreadable"]
