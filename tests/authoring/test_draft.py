"""The files of a new definition, and how a definition is bound to an id."""

from __future__ import annotations

from typing import Any

import pytest
from support.project import Project as Folder

from revox_sync.authoring.draft import new_definition
from revox_sync.authoring.edit import by_hand
from revox_sync.authoring.secrets import SecretNames
from revox_sync.authoring.workspace import Workspace, set_id
from revox_sync.definitions.problem import Location
from revox_sync.definitions.project import Project
from revox_sync.files.transaction import FileChange
from revox_sync.model.path import Path

TOKEN = "sk-abcdefghijklmnop0123"
FIVE = "1\n2\n3\n4\n5"
SIX = f"{FIVE}\n6"
BLOCK = "".join(f"  {line}\n" for line in SIX.split("\n"))

#: A prompt, the prompt's own file, and what the definition says of it.
PROMPTS: list[tuple[str, str | None, str]] = [
    ("p", None, "p\n"),
    (f"{FIVE}\n\n", None, "|+\n  1\n  2\n  3\n  4\n  5\n\n"),
    (SIX, f"{SIX}\n", "{file: prompts/a.md}\n"),
    (f"{SIX}\n", f"{SIX}\n\n", "{file: prompts/a.md}\n"),
    (f"{SIX}\t\ufeff", f"{SIX}\t\ufeff\n", "{file: prompts/a.md}\n"),
    (f"{SIX}\x07", None, '"1\\n2\\n3\\n4\\n5\\n6\\x07"\n'),
    (f"\ufeff{SIX}", None, f"|-\n{BLOCK.replace('1', chr(0xFEFF) + '1')}"),
    (
        f"{SIX} {TOKEN} ${{x}}",
        f"{SIX} ${{secret.A_PROMPT_TOKEN}} $${{x}}\n",
        "{file: prompts/a.md}\n",
    ),
]


@pytest.mark.parametrize(("prompt", "apart", "written"), PROMPTS)
def test_a_long_prompt_has_a_file_of_its_own(prompt: str, apart: str | None, written: str) -> None:
    fields = {"name": "A", "prompt": prompt}
    made = new_definition("a", "id-1", fields, [], SecretNames({}), prompt_apart=True)
    definition = f"name: A\nprompt: {written}sync:\n  id: id-1\n"
    prompts = {} if apart is None else {"prompts/a.md": apart}
    assert made.files == {**prompts, "a.yaml": definition}
    assert list(made.files)[-1] == "a.yaml"
    assert made.new_names == (["A_PROMPT_TOKEN"] if TOKEN in prompt else [])


def test_a_prompt_stands_in_its_definition_where_that_is_wanted() -> None:
    fields = {"name": "A", "prompt": SIX}
    made = new_definition("a", "id-1", fields, [], SecretNames({}), prompt_apart=False)
    assert made.files == {"a.yaml": f"name: A\nprompt: |-\n{BLOCK}sync:\n  id: id-1\n"}


@pytest.mark.parametrize(
    ("ignore", "how", "sync"),
    [
        ([], {}, "  id: id-1\n"),
        (["voice", "zoho"], {}, "  id: id-1\n  ignore: [voice, zoho]\n"),
        ([], {"environment": "prod"}, "  id:\n    prod: id-1\n"),
        (
            ["voice"],
            {"environment": "prod", "limited": True},
            "  id:\n    prod: id-1\n  ignore: [voice]\n  environments: [prod]\n",
        ),
    ],
    ids=str,
)
def test_a_new_definition_is_bound(ignore: list[str], how: dict[str, Any], sync: str) -> None:
    fields = {"name": "A", "prompt": "p"}
    names = SecretNames({})
    made = new_definition("a", "id-1", fields, ignore, names, prompt_apart=False, **how)
    assert made.files == {"a.yaml": f"name: A\nprompt: p\nsync:\n{sync}"}


def test_what_stands_in_for_credentials_is_listed() -> None:
    names = SecretNames({"REVOX_SECRET_DOOR": "hunter2x"}, ["A_FIRST_SENTENCE_TOKEN"])
    fields = {
        "name": f"A {TOKEN} ${{x}}",
        "webhook_url": "https://e.com/?t=abc&u=hunter2x&v=***",
        "first_sentence": f"say hunter2x {TOKEN} or {TOKEN}",
    }
    made = new_definition("a", "id-1", fields, [], names, prompt_apart=True)
    assert made.files["a.yaml"] == (
        f"name: A {TOKEN} $${{x}}\n"
        "webhook_url: https://e.com/?t=${secret.A_WEBHOOK_T}&u=${secret.DOOR}"
        "&v=${secret.A_WEBHOOK_V}\n"
        "first_sentence: say ${secret.DOOR} ${secret.A_FIRST_SENTENCE_TOKEN_2} or "
        "${secret.A_FIRST_SENTENCE_TOKEN_2}\n"
        "sync:\n  id: id-1\n"
    )
    assert [
        (one.name, one.place, one.stand_in, one.masked, one.reused, one.known)
        for one in made.secrets
    ] == [
        ("A_WEBHOOK_T", ("webhook_url",), "abc", False, False, False),
        ("DOOR", ("webhook_url",), "hunter2x", False, True, True),
        ("A_WEBHOOK_V", ("webhook_url",), "masked-A_WEBHOOK_V", True, False, False),
        ("DOOR", ("first_sentence",), "hunter2x", False, True, True),
        ("A_FIRST_SENTENCE_TOKEN_2", ("first_sentence",), TOKEN, False, False, False),
        ("A_FIRST_SENTENCE_TOKEN_2", ("first_sentence",), TOKEN, False, True, False),
    ]
    new = ["A_WEBHOOK_T", "A_WEBHOOK_V", "A_FIRST_SENTENCE_TOKEN_2"]
    assert made.new_names == new
    names.give_back(new)
    assert names.given == {}
    assert names.take(["a", "webhook", "t"], None) == "A_WEBHOOK_T"


@pytest.mark.parametrize(
    ("sync", "environment", "then"),
    [
        ("", None, "sync:\n  id: id-1\n"),
        ("", "prod", "sync:\n  id:\n    prod: id-1\n"),
        ("sync: {id: x}\n", None, "sync: {id: id-1}\n"),
        ("sync: {id: x}\n", "prod", "sync: {id: id-1}\n"),
        ("sync: {id: {dev: x}}\n", "prod", "sync: {id: {dev: x, prod: id-1}}\n"),
        ("sync: {id: {prod: x}}\n", "prod", "sync: {id: {prod: id-1}}\n"),
    ],
)
def test_a_definition_is_bound_in_its_environment(
    project: Folder, sync: str, environment: str | None, then: str
) -> None:
    file = "assistants/a.yaml"
    project.write(file, f"name: A\n{sync}")
    workspace = Workspace(Project(project.root), {})
    assert set_id(workspace, file, "id-1", environment) == []
    before, after = (f"name: A\n{text}".encode() for text in (sync, then))
    assert workspace.changes() == {file: FileChange(after, before)}


def test_files_of_a_workspace_are_those_that_differ(project: Folder) -> None:
    project.write("assistants/a.yaml", "name: A\n")
    workspace = Workspace(Project(project.root), {})
    workspace.add({"assistants/b.yaml": "name: B\n", "assistants/a.yaml": "name: A\n"})
    assert workspace.changes() == {"assistants/b.yaml": FileChange(b"name: B\n", None)}
    assert workspace.state("assistants/b.yaml") == {"name": "B"}
    assert workspace.parts("assistants/b.yaml") == ()
    assert workspace.location("assistants/a.yaml", ("name",)) == Location("assistants/a.yaml", 1, 7)
    workspace.add({"assistants/c.yaml": "name: ["})
    assert workspace.location("assistants/c.yaml", ("name",)) == Location("assistants/c.yaml")


@pytest.mark.parametrize(
    ("path", "written", "hint"),
    [
        (("voice", "id"), "v", "write `id: v` by hand"),
        (("voice",), {"id": "a, b"}, 'write `voice: {id: "a, b"}` by hand'),
        (("prompt",), "x" * 60, f"write `prompt: {'x' * 60}` by hand"),
        (("prompt",), "x" * 61, "write it by hand"),
        (("prompt",), "a ${secret.X}", "write it by hand"),
        (("faq_items", 0), {"question": "q"}, "write it by hand"),
        ((), {}, "write it by hand"),
    ],
)
def test_only_what_is_short_is_told_to_be_written_by_hand(
    path: Path, written: Any, hint: str
) -> None:
    assert by_hand(path, written) == hint
