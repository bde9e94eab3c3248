"""Edits of definition files, form by form: what is put in, taken out and replaced, and where."""

from __future__ import annotations

from typing import Any

import pytest
from support.project import Project as Folder

from revox_sync.authoring.workspace import Workspace
from revox_sync.definitions.problem import Problem
from revox_sync.definitions.project import Project
from revox_sync.model.path import Path

FILE = "assistants/a.yaml"

TOOL = "custom_tools:\n  - name: t\n    # what\n    method: GET\n    url: u\n"

FORMS: dict[str, tuple[str, Path, Any, str]] = {
    "the first member behind a dash": (
        "faq_items:\n- question: q\n  answer: a\n# end\n",
        ("faq_items",),
        [{"answer": "a"}],
        "faq_items:\n- answer: a\n# end\n",
    ),
    "the last member": (
        TOOL,
        ("custom_tools",),
        [{"name": "t", "method": "GET"}],
        "custom_tools:\n  - name: t\n    # what\n    method: GET\n",
    ),
    "a member behind its neighbour": (
        TOOL,
        ("custom_tools",),
        [{"name": "t", "description": "Look\nup.", "method": "GET", "url": "u"}],
        "custom_tools:\n  - name: t\n    description: |-\n      Look\n      up.\n    # what\n"
        "    method: GET\n    url: u\n",
    ),
    "a list in a list": (
        TOOL,
        ("custom_tools",),
        [{"name": "t", "method": "GET", "url": "u", "headers": [{"key": "k", "value": "v"}]}],
        "custom_tools:\n  - name: t\n    # what\n    method: GET\n    url: u\n    headers:\n"
        "      - key: k\n        value: v\n",
    ),
    "what an item is known by": (
        "custom_tools:\n  - name: t # ours\n    # what\n    url: 'u'\n  - {name: s, url: w}\n",
        ("custom_tools",),
        [{"url": "u", "name": "new"}, {"name": "s", "url": "x"}],
        "custom_tools:\n  - name: new # ours\n    # what\n    url: 'u'\n  - {name: s, url: x}\n",
    ),
    "another item, known by something else": (
        "custom_tools:\n  - name: t # ours\n    url: u\n    method: GET\n  - {name: s, url: w}\n",
        ("custom_tools",),
        [{"name": "new", "url": "v", "method": "GET"}, {"name": "s", "url": "u"}],
        "custom_tools:\n  - name: new\n    url: v\n    method: GET\n  # ours\n"
        "  - {name: s, url: u}\n",
    ),
    "braces over several lines": (
        "voice: {\n  provider: p,  # whose\n  id: v  # which\n}\n",
        ("voice",),
        {"provider": "p", "id": "w", "speed": 2},
        "voice: {\n  provider: p,  # whose\n  id: w, speed: 2  # which\n}\n",
    ),
    "braces with a comma at the end": (
        "voice: {\n  provider: p,\n  id: v,\n}\n",
        ("voice",),
        {"provider": "p", "id": "v", "speed": 2},
        "voice: {\n  provider: p,\n  id: v, speed: 2,\n}\n",
    ),
    "out of braces": (
        "voice: {provider: p, id: v, speed: 2}  # ours\n",
        ("voice",),
        {"id": "v"},
        "voice: {id: v}  # ours\n",
    ),
    "brackets": (
        "after_call_sms_outcomes: [a, b, c]\n",
        ("after_call_sms_outcomes",),
        ["b", "d, e"],
        'after_call_sms_outcomes: [b, "d, e"]\n',
    ),
    "brackets with nothing but new items": (
        "after_call_sms_outcomes: [a, # one\n  b]  # two\n",
        ("after_call_sms_outcomes",),
        ["c", "d"],
        "# one\nafter_call_sms_outcomes: [c, d]  # two\n",
    ),
    "brackets that are emptied": (
        "after_call_sms_outcomes: [ a, b ]\n",
        ("after_call_sms_outcomes",),
        [],
        "after_call_sms_outcomes: []\n",
    ),
    "an item in front, one at the end": (
        "transfer_destinations:\n- {label: b, phone_number: '1'}\n# end\n",
        ("transfer_destinations",),
        [
            {"label": "a", "phone_number": "0"},
            {"label": "b", "phone_number": "1"},
            {"label": "c", "phone_number": "2"},
        ],
        'transfer_destinations:\n- label: a\n  phone_number: "0"\n'
        "- {label: b, phone_number: '1'}\n- label: c\n  phone_number: \"2\"\n# end\n",
    ),
    "nothing behind the colon": (
        "first_sentence:   # to be said\nvoice: {id: v}\n",
        ("first_sentence",),
        "Hi\nthere",
        "first_sentence: |-   # to be said\n  Hi\n  there\nvoice: {id: v}\n",
    ),
    "a value on a line of its own": (
        "first_sentence:\n  Hello   # there\n",
        ("first_sentence",),
        "Bye",
        "first_sentence:\n  Bye   # there\n",
    ),
    "a plain text over several lines": (
        "first_sentence: Hello\n  and welcome  # to all\n",
        ("first_sentence",),
        "Bye",
        "first_sentence: Bye  # to all\n",
    ),
    "a block with lines that begin with spaces": (
        "first_sentence: |-\n  Hello\n   you\n",
        ("first_sentence",),
        "  Hello\n you",
        "first_sentence: |2-\n    Hello\n   you\n",
    ),
    "a block that keeps its last lines": (
        "first_sentence: |+\n  Hello\n\n\nvoice: {id: v}\n",
        ("first_sentence",),
        "Bye\n\n\n",
        "first_sentence: |+\n  Bye\n\n\nvoice: {id: v}\n",
    ),
    "a block that need not keep its last lines": (
        "first_sentence: |2+ # said\n  Hello\n  you\n",
        ("first_sentence",),
        "Hello\nall\n",
        "first_sentence: | # said\n  Hello\n  all\n",
    ),
    "an empty block": (
        "first_sentence: |\nvoice: {id: v}\n",
        ("first_sentence",),
        "Hi\nyou\n",
        "first_sentence: |\n  Hi\n  you\nvoice: {id: v}\n",
    ),
    "what no block can hold": (
        "first_sentence: | # said\n  Hello\n",
        ("first_sentence",),
        "a\x1bb\n",
        'first_sentence: "a\\eb\\n" # said\n',
    ),
    "a remark behind a text on a line of its own": (
        "prompt:\n  Be kind. # keep me\nvoice: {id: v}\n",
        ("prompt",),
        "Be kind.\nBe brief.",
        "prompt: |- # keep me\n  Be kind.\n  Be brief.\nvoice: {id: v}\n",
    ),
    "remarks around such a text": (
        "prompt: # why\n  # more\n  'Be kind.' # keep me\n",
        ("prompt",),
        "Be kind.\nBe brief.",
        "prompt: # why\n  # more\n  |- # keep me\n  Be kind.\n  Be brief.\n",
    ),
    "remarks between what goes": (
        "voice: {provider: p, # a\n  id: v, # b\n  speed: 2}\n",
        ("voice",),
        {"speed": 3},
        "# a\n# b\nvoice: {speed: 3}\n",
    ),
    "remarks behind what goes": (
        "custom_tools:\n- name: t # one\n  url: u # two\n# three\n- name: s\n",
        ("custom_tools",),
        [{"name": "s"}],
        "custom_tools:\n# one\n# two\n# three\n- name: s\n",
    ),
    "what only looks like a remark": (
        "custom_tools:\n- name: 'a # b'\n  description: |\n    # c\n    d\n- name: s # e\n",
        ("custom_tools",),
        [],
        "custom_tools: []\n# e\n",
    ),
    "an object becomes null": (
        "voice:\n  id: v\n  # much\n  speed: 2\n# end\n",
        ("voice",),
        None,
        "voice: null\n# much\n# end\n",
    ),
    "null becomes an object": (
        "voice: null # for now\n",
        ("voice",),
        {"provider": "p", "id": "v"},
        "voice: # for now\n  provider: p\n  id: v\n",
    ),
    "an anchor in front of an object": (
        "voice: &v\n  id: v\n",
        ("voice",),
        {"id": "w"},
        "voice: &v\n  id: w\n",
    ),
    "without a newline at the end": (
        "voice:\n  provider: p\n  id: v",
        ("voice",),
        {"provider": "p", "speed": 2},
        "voice:\n  provider: p\n  speed: 2",
    ),
    "a document with marks": (
        "---\nvoice: {id: v}\n...\n",
        ("first_sentence",),
        "Hi",
        "---\nvoice: {id: v}\nfirst_sentence: Hi\n...\n",
    ),
    "wide characters in front": (
        "name: 🛎 é\nfirst_sentence: 'a'\n",
        ("first_sentence",),
        "b",
        "name: 🛎 é\nfirst_sentence: b\n",
    ),
}


def write(folder: Folder, text: str, path: Path, value: Any) -> tuple[str, list[Problem]]:
    """Return the file with ``value`` at ``path``, and what was left as it was."""
    target = folder.write(FILE, text)
    workspace = Workspace(Project(folder.root), {})
    left = workspace.write(FILE, path, value)
    (changed,) = workspace.changes().values() or [None]
    assert target.read_bytes() == text.encode()
    return (text if changed is None else changed.after.decode()), left


@pytest.mark.parametrize(("text", "path", "value", "then"), FORMS.values(), ids=FORMS)
def test_a_value_is_written_anew_and_every_other_byte_stays(
    project: Folder, text: str, path: Path, value: Any, then: str
) -> None:
    assert write(project, text, path, value) == (then, [])


def test_what_cannot_be_edited_faithfully_is_left(project: Folder) -> None:
    text = "? voice\n: {id: v}\n"
    after, (left,) = write(project, text, ("voice",), {"speed": 3})
    assert after == text
    assert left.message == "it is written in a way that is not edited"
    assert left.location.file == FILE


def test_an_edit_that_would_change_something_else_is_dropped(project: Folder) -> None:
    text = "first_sentence: {file: same.md}\nvoicemail_message: {file: same.md}\n"
    project.write("assistants/same.md", "Hello\n")
    after, (left,) = write(project, text, ("first_sentence",), "Bye")
    assert after == text
    assert "without changing something else" in left.message
    assert left.hint == "write `first_sentence: Bye` by hand"


def test_nothing_is_written_behind_a_block_that_the_end_of_the_file_ends(project: Folder) -> None:
    text = "name: Desk\nfirst_sentence: | # said\n  Hello"  # a line end would be the text's
    after, (left,) = write(project, text, ("sync", "id"), "i1")
    assert after == text
    assert left.hint == "write `id: i1` by hand"


def test_edits_build_on_one_another(project: Folder) -> None:
    project.write(FILE, "voice: {id: v}\n")
    workspace = Workspace(Project(project.root), {})
    for number, name in enumerate(("speed", "volume", "speed")):
        assert workspace.write(FILE, ("voice", name), number) == []
    before = workspace.edits
    assert workspace.write(FILE, ("voice",), None) == []
    workspace.edits = before
    (edited,) = workspace.changes().values()
    assert edited.after == b"voice: {id: v, speed: 2, volume: 1}\n"
