"""The project file, what definitions take from it, and what they say to the tool."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading import LEAST, definition, read, short
from support.project import Project

from revox_sync.definitions.project import load_project
from revox_sync.errors import UsageError


def test_a_project_needs_no_file(project: Project) -> None:
    found, problems = load_project(project.root, {})
    assert problems == ()
    assert (found.root, found.file, found.assistants) == (project.root, None, "assistants")
    assert (found.absent, found.profile, found.ignore) == ("report", "auto", ())
    assert (found.defaults, found.inherited.secrets) == ({}, {})


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}\n"])
def test_an_empty_project_file_is_fine(project: Project, text: str) -> None:
    project.write("revox-sync.yaml", text)
    found, problems = load_project(project.root, {})
    assert (found.file, problems) == ("revox-sync.yaml", ())


def test_every_key_is_read(project: Project) -> None:
    project.write("shared/hello.txt", "Hello\n")
    project.write(
        "revox-sync.yaml",
        "assistants: config/./voice/\nabsent: reset\nreplace: in-place\nprofile: seed\n"
        "ignore: [webhook_url, voice, voice]\n"
        "defaults:\n  first_sentence: {file: shared/hello.txt}\n  webhook_url: ${secret.HOOK}\n",
    )
    found, problems = load_project(project.root, {"REVOX_SECRET_HOOK": "https://example.com"})
    assert short(problems) == []
    assert found.assistants == "config/voice"
    assert (found.absent, found.profile, found.ignore) == (
        "reset",
        "seed",
        ("webhook_url", "voice"),
    )
    assert found.defaults == {
        "first_sentence": "Hello",
        "webhook_url": "https://example.com",
    }
    assert found.inherited.secrets == {("webhook_url",): "${secret.HOOK}"}


def test_definitions_are_found_in_the_folder_that_the_project_names(project: Project) -> None:
    project.write("revox-sync.yaml", "assistants: deep/er/\n")
    project.write("deep/er/x/a.yaml", LEAST)
    found = definition(project)
    assert (found.key, found.file) == ("x/a", "deep/er/x/a.yaml")


def test_a_default_stands_where_the_definition_says_nothing(project: Project) -> None:
    project.write(
        "revox-sync.yaml",
        "defaults:\n  voice: {id: x, provider: cartesia}\n  webhook_url: ${secret.W}\n"
        "  max_call_duration_secs: 600\n  voicemail_message: v\n",
    )
    text = LEAST + "voice: {id: y, provider: elevenlabs}\nvoicemail_message: null\n"
    project.write("assistants/a.yaml", text)
    found = definition(project, {"REVOX_SECRET_W": "https://e.com"})
    assert found.fields == {
        "name": "Front desk",
        "prompt": "Be kind.",
        "voice": {"id": "y", "provider": "elevenlabs"},
        "voicemail_message": None,
        "webhook_url": "https://e.com",
        "max_call_duration_secs": 600,
    }
    assert found.secrets == {("webhook_url",): "${secret.W}"}


def test_a_secret_of_a_default_that_is_not_taken_is_no_secret(project: Project) -> None:
    project.write("revox-sync.yaml", "defaults: {webhook_url: '${secret.W}'}\n")
    project.write("assistants/a.yaml", LEAST + "webhook_url: https://own.example\n")
    assert definition(project, {"REVOX_SECRET_W": "https://e.com"}).secrets == {}


def test_a_prompt_may_be_a_default(project: Project) -> None:
    project.write("p.md", "Be kind.\n")
    project.write("revox-sync.yaml", "defaults: {prompt: [{file: p.md}, Always.]}\n")
    project.write("assistants/a.yaml", "name: A\n")
    assert definition(project).fields["prompt"] == "Be kind.\n\nAlways."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("assistant: x\n", "1:1 unknown-key"),
        ("default: {}\n", "1:1 unknown-key"),
        ("environments: {}\n", "1:15 wrong-type"),
        ("environments:\n", "1:1 wrong-type"),
        ("environments: [a]\n", "1:15 wrong-type"),
        ("environments: {a b: {}}\n", "1:16 environment-name"),
        ("environments: {../a: {}}\n", "1:16 environment-name"),
        ("environments: {a: {}, 1: {}}\n", "1:23 key-not-text"),
        ("environments: {a: b}\n", "1:19 wrong-type"),
        ("environments: {a: {key: b}}\n", "1:20 unknown-key"),
        ("environments: {a: {base_url: 'https://x.example'}}\n", "1:20 unknown-key"),
        ("environments: {a: {api_key_env: AWS_SECRET_ACCESS_KEY}}\n", "1:33 key-variable"),
        ("environments: {a: {api_key_env: MY_REVOX_API_KEY}}\n", "1:33 key-variable"),
        ("environments: {a: {api_key_env: 'REVOX_API_KEY '}}\n", "1:33 key-variable"),
        ("environments: {a: {api_key_env: 1}}\n", "1:33 key-variable"),
        ("environments: {a: {organization_id: 7}}\n", "1:37 wrong-type"),
        ("environments: {a: {limits: {create: x}}}\n", "1:37 limit"),
        ("environments: {a: {limits: {creat: 1}}}\n", "1:29 unknown-key"),
        ("environments: {a: {vars: [b]}}\n", "1:26 wrong-type"),
        ("environments: {a: {vars: {b: [c]}}}\n", "1:30 wrong-type"),
        ("vars: x\n", "1:7 wrong-type"),
        ("vars: {b: null}\n", "1:11 wrong-type"),
        ("vars: {b: {c: d}}\n", "1:11 wrong-type"),
        ("vars: {1b: c}\n", "1:8 variable-name"),
        ("vars: {b-c: d}\n", "1:8 variable-name"),
        ("vars: {b: '${secret.X}'}\n", "1:12 bad-reference"),
        ("vars: {b: '${var.c}'}\n", "1:12 bad-reference"),
        ("vars: {b: {file: c.txt}}\n", "1:11 include-kind"),
        ("manage: []\n", "1:9 wrong-type"),
        ("manage: prompt\n", "1:9 wrong-type"),
        ("manage: [promt]\n", "1:10 unknown-field"),
        ("manage: [name, x]\n", "1:16 unknown-field"),
        ("assistants: ../x\n", "1:13 folder-path"),
        ("assistants: /x\n", "1:13 folder-path"),
        ("assistants: x\\y\n", "1:13 folder-path"),
        ("assistants: .\n", "1:13 folder-path"),
        ("assistants: ''\n", "1:13 folder-path"),
        ("assistants: 1\n", "1:13 wrong-type"),
        ("assistants:\n", "1:1 wrong-type"),
        ("assistants: {file: x}\n", "1:13 include-kind"),
        ("assistants: ${secret.X}\n", "1:13 bad-reference"),
        ("absent: drop\n", "1:9 unknown-value"),
        ("replace: recreate\n", "1:10 retire-unstated"),
        ("retire: throw\n", "1:9 unknown-value"),
        ("profile: Seed\n", "1:10 unknown-value"),
        ("profile: 1\n", "1:10 unknown-value"),
        ("ignore: voice\n", "1:9 wrong-type"),
        ("ignore: [name]\n", "1:10 unknown-field"),
        ("ignore: [x]\n", "1:10 unknown-field"),
        ("defaults: []\n", "1:11 wrong-type"),
        ("defaults:\n", "1:1 wrong-type"),
        ("defaults: {file: x.yaml}\n", "1:12 unknown-key"),
        ("defaults: {name: A}\n", "1:12 default-name"),
        ("defaults: {voicee: A}\n", "1:12 unknown-key"),
        ("defaults: {voice: {id: 1, provider: cartesia}}\n", "1:24 wrong-type"),
        ("defaults:\n  voice: {id: x, provider: elevenlabs, speed: 0.6}\n", "2:47 voice-speed"),
        ("defaults: {webhook_url: '${var.NONE}'}\n", "1:26 undeclared-variable"),
        ("defaults: {prompt: {file: no.md}}\n", "1:20 missing-file"),
        ("- a\n", "1:1 not-a-mapping"),
        ("a: [\n", "1:4 yaml-syntax"),
        ("ignore: []\nignore: []\n", "2:1 duplicate-key"),
    ],
)
def test_a_mistake_in_the_project_file_is_placed(
    project: Project, text: str, expected: str
) -> None:
    project.write("assistants/a.yaml", LEAST)
    project.write("revox-sync.yaml", text)
    problems = [problem for problem in read(project)[2] if problem.rule != "missing-folder"]
    assert short(problems) == [f"revox-sync.yaml:{expected}"]
    assert problems[0].hint


def test_a_key_in_the_place_of_its_variable_is_not_shown(project: Project) -> None:
    project.write("assistants/a.yaml", LEAST)
    project.write("revox-sync.yaml", "environments:\n  staging:\n    api_key_env: rvx_l1ve_0123\n")
    (problem,) = read(project)[2]
    assert problem.rule == "key-variable"
    assert problem.source_line == "    api_key_env: ***"
    assert "rvx_l1ve_0123" not in f"{problem.message}{problem.hint}"


@pytest.mark.parametrize("text", ["vars: {b: null}\n", "environments: 1\n", "varz: {b: c}\n"])
def test_a_variable_that_may_be_declared_is_not_called_undeclared(
    project: Project, text: str
) -> None:
    project.write("revox-sync.yaml", text)
    project.write("assistants/a.yaml", "name: ${var.b}\nprompt: p ${var.b} ${secret.S}\n")
    assert [problem.location.file for problem in read(project)[2]] == ["revox-sync.yaml"]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("defualts: {}\n", "did you mean defaults?"),
        ("env: {}\n", "did you mean environments?"),  # begins so, and is not like it
        ("defaults: {sync: {replace: recreate}}\n", "each definition has its own; "),
    ],
)
def test_a_key_that_is_none_here_says_what_was_meant(
    project: Project, text: str, hint: str
) -> None:
    project.write("revox-sync.yaml", text)
    (problem,) = load_project(project.root, {})[1]
    assert (problem.rule, str(problem.hint)[: len(hint)]) == ("unknown-key", hint)


def test_a_mistake_in_a_default_is_reported_once_not_in_each_definition(project: Project) -> None:
    project.write("revox-sync.yaml", "defaults: {voice: {id: 5}, webhook_url: x}\n")
    for key in "ab":
        project.write(f"assistants/{key}.yaml", f"name: {key}\nprompt: p\n")
    assert short(read(project)[2]) == [
        "revox-sync.yaml:1:19 missing-key",
        "revox-sync.yaml:1:24 wrong-type",
        "revox-sync.yaml:1:41 webhook-url",
    ]


def test_a_rule_over_several_fields_sees_defaults_and_definition_together(
    project: Project,
) -> None:
    project.write("revox-sync.yaml", "defaults: {first_sentence_mode: static}\n")
    project.write("assistants/a.yaml", LEAST + "first_sentence: Hello\n")
    project.write("assistants/b.yaml", "name: B\nprompt: p\n")
    assert short(read(project)[2]) == ["assistants/b.yaml:1:1 static-without-sentence"]


def test_a_project_file_of_another_name_is_not_passed_over(project: Project) -> None:
    project.write("revox-sync.yml", "absent: reset\n")
    project.write("assistants/a.yaml", LEAST)
    assert short(read(project)[2]) == ["revox-sync.yml:1:1 misnamed-file"]


@pytest.mark.parametrize("kind", ["folder", "dangling", "latin"])
def test_a_project_file_that_cannot_be_read_is_an_error(project: Project, kind: str) -> None:
    path = project.root / "revox-sync.yaml"
    if kind == "folder":
        path.mkdir()
    elif kind == "dangling":
        path.symlink_to("nowhere")
    else:
        path.write_bytes(b"a: b\nc: \xe9\n")
    problem, *_ = load_project(project.root, {})[1]
    expected = {
        "folder": "1:1 not-a-file",
        "dangling": "1:1 symbolic-link",
        "latin": "2:4 not-utf8",
    }
    assert short([problem]) == [f"revox-sync.yaml:{expected[kind]}"]


def test_a_definitions_folder_that_leads_out_is_an_error(project: Project) -> None:
    (project.root.parent / "elsewhere").mkdir()
    (project.root / "linked").symlink_to("../elsewhere")
    project.write("revox-sync.yaml", "assistants: linked\n")
    (problem,) = read(project)[2]
    assert problem.rule == "symbolic-link"


def test_a_project_folder_that_does_not_exist_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        load_project(tmp_path / "nowhere", {})


def test_the_tools_own_keys_are_no_fields(project: Project) -> None:
    text = LEAST + "sync: {id: 5d0c, renamed_from: Reception, replace: in-place, ignore: [voice]}\n"
    project.write("assistants/a.yaml", text)
    found = definition(project)
    assert "sync" not in found.fields
    assert (found.sync.id, found.sync.renamed_from) == ("5d0c", "Reception")
    assert found.sync.ignore == ("voice",)


def test_ignored_fields_of_project_and_definition_add_up_and_stay_in_the_fields(
    project: Project,
) -> None:
    project.write("revox-sync.yaml", "ignore: [webhook_url, voice]\n")
    text = LEAST + "webhook_url: https://e.com\nsync: {ignore: [calendly, voice]}\n"
    project.write("assistants/a.yaml", text)
    found = definition(project)
    assert found.sync.ignore == ("webhook_url", "voice", "calendly")
    assert found.fields["webhook_url"] == "https://e.com"
