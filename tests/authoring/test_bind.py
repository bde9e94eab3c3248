"""Writing another id into ``sync.id`` changes that, and no other byte of the file."""

from __future__ import annotations

import os
import re

import pytest
from support.project import Project

from revox_sync.authoring.workspace import write_id
from revox_sync.definitions.loader import load_definitions
from revox_sync.definitions.project import load_project
from revox_sync.errors import SetupError

OLD, NEW = "d05c-old", "a77a-new"
FILE = "assistants/front-desk.yaml"
HEAD = "name: Front desk\nprompt: Be kind.\n"
SECRETS = {"REVOX_SECRET_ID": OLD}

FORMS = {
    "plain": "sync:\n  id: d05c-old\n",
    "a remark behind it": "sync:\n  id: d05c-old   # the one of 2024\n  replace: recreate\n",
    "one line": "sync: {id: d05c-old, ignore: [slack]}\n",
    "the same text elsewhere": "sync: {id: d05c-old} # not d05c-old\n# d05c-old\n",
    "no newline at the end": "sync: {id: d05c-old}",
    "beside a secret": "first_sentence: Code ${secret.ID}\nsync: {id: d05c-old}\n",
}


def rebind(project: Project, meanwhile: bytes | None = None, new_id: str = NEW) -> None:
    """Bind the definition, which is bound to the old id when it is read, to the new one."""
    project.write("revox-sync.yaml", "retire: delete\n")
    settings, problems = load_project(project.root, SECRETS)
    assert problems == ()
    (definition,) = load_definitions(settings, SECRETS).definitions
    assert definition.sync.id == OLD
    if meanwhile is not None:
        project.write(FILE, meanwhile)
    write_id(settings, definition, new_id)


def by_hand(project: Project, content: str, meanwhile: bytes | None = None) -> SetupError:
    """Fail to bind, and leave the file as it is; return the error."""
    path = project.write(FILE, content)
    with pytest.raises(SetupError) as raised:
        rebind(project, meanwhile)
    assert raised.value.hint == f"write `id: {NEW}` under `sync:` in {FILE}"
    assert path.read_bytes() == (content.encode() if meanwhile is None else meanwhile)
    return raised.value


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize(
    ("ends", "mark"), [("\n", b""), ("\r\n", b"\xef\xbb\xbf")], ids=["LF", "CRLF and BOM"]
)
def test_only_the_id_changes(project: Project, form: str, ends: str, mark: bytes) -> None:
    before = mark + (HEAD + form).replace("\n", ends).encode()
    path = project.write(FILE, before)
    rebind(project)
    assert path.read_bytes() == re.sub(rb"""(["']?)d05c-old\1""", NEW.encode(), before, count=1)


def test_line_ends_may_be_mixed(project: Project) -> None:
    before = b"name: Front desk\r\nprompt: |\n  One.\r  Two.\r\n\nsync:\r  id: d05c-old\r\n"
    path = project.write(FILE, before)
    rebind(project)
    assert path.read_bytes() == before.replace(OLD.encode(), NEW.encode())


@pytest.mark.parametrize("new_id", ["4711", "12e45", "null", "0x1f", "2024-01-01"])
def test_an_id_that_looks_like_something_else_gets_quotes(project: Project, new_id: str) -> None:
    path = project.write(FILE, HEAD + FORMS["one line"])
    rebind(project, new_id=new_id)
    (definition,) = load_definitions(load_project(project.root, {})[0], {}).definitions
    assert definition.sync.id == new_id
    assert path.read_text() in (
        HEAD + FORMS["one line"].replace(OLD, quoted) for quoted in (new_id, f'"{new_id}"')
    )


OTHERWISE = {
    "with a tag": ("sync: {id: !!str d05c-old}\n", "sync: {id: !!str a77a-new}\n"),
    "escaped": ('sync: {id: "d05c\\u002dold"}\n', "sync: {id: a77a-new}\n"),
    "in a block": ("sync:\n  id: >-\n    d05c-old\n", "sync:\n  id: a77a-new\n"),
}


@pytest.mark.parametrize(("form", "then"), OTHERWISE.values(), ids=OTHERWISE)
def test_an_id_is_written_anew_whatever_its_style(project: Project, form: str, then: str) -> None:
    path = project.write(FILE, HEAD + form)
    rebind(project)
    assert path.read_text() == HEAD + then


BY_HAND = {
    "through an anchor": "first_sentence: &id d05c-old\nsync: {id: *id}\n",
    "with an anchor of its own": "sync: {id: &id d05c-old, renamed_from: *id}\n",
}


@pytest.mark.parametrize("form", BY_HAND.values(), ids=BY_HAND)
def test_an_id_that_others_share_is_left_to_people(project: Project, form: str) -> None:
    error = by_hand(project, HEAD + form)
    assert "the new id could not be written" in error.message
    assert f"{FILE}:" in error.message


MEANWHILE = {
    "another id": b"name: Front desk\nprompt: Be kind.\nsync: {id: 99ff-other}\n",
    "an id that begins alike": b"name: Front desk\nprompt: Be kind.\nsync: {id: d05c-older}\n",
    "no id": b"name: Front desk\nprompt: Be kind.\n",
    "no YAML": b"name: [\n",
    "no text": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("content", MEANWHILE.values(), ids=MEANWHILE)
def test_a_file_that_was_edited_meanwhile_stays_as_it_is(project: Project, content: bytes) -> None:
    by_hand(project, HEAD + FORMS["plain"], content)


def test_other_lines_may_have_been_edited_meanwhile(project: Project) -> None:
    project.write(FILE, HEAD + FORMS["plain"])
    rebind(project, (HEAD + "first_sentence: Hi.\n" + FORMS["plain"]).encode())
    text = (project.root / FILE).read_text()
    assert text == HEAD + "first_sentence: Hi.\nsync:\n  id: a77a-new\n"


def test_a_file_that_is_gone_is_named(project: Project) -> None:
    path = project.write(FILE, HEAD + FORMS["plain"])
    settings, _ = load_project(project.root, {})
    (definition,) = load_definitions(settings, {}).definitions
    path.unlink()
    with pytest.raises(SetupError, match=FILE):
        write_id(settings, definition, NEW)
    assert list(path.parent.iterdir()) == []


def test_a_file_that_may_not_be_written_is_named_and_stays(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # who is root may write everything
    assert "Permission denied" in by_hand(project, HEAD + FORMS["plain"]).message
