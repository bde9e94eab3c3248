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
        "custom_tools:\n  # ours\n  - name: new\n    url: v\n    method: GET\n"
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
    "a block in a list, indented by three": (
        "custom_tools:\n  - name: t\n    description: |\n       Look\n       up.\n",
        ("custom_tools",),
        [{"name": "t", "description": "Look\nin.\n"}],
        "custom_tools:\n  - name: t\n    description: |\n       Look\n       in.\n",
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


VOICE, FAQ, FIRST = ("voice",), ("faq_items",), ("first_sentence",)
OUTCOMES, TOOLS = ("after_call_sms_outcomes",), ("custom_tools",)


def qa(*items: tuple[str, str]) -> list[dict[str, str]]:
    return [{"question": question, "answer": answer} for question, answer in items]


THREE = (
    "faq_items:\n  # one\n  - question: q\n    answer: a # A\n\n  # two\n"
    "  - question: r\n    answer: b\n  # three\n  - question: s\n"
    "    answer: c\n# end\nvoice: {id: v}\n"
)
ROW = "faq_items: [{question: q, answer: a}, {question: r, answer: b}, {question: s, answer: c}]\n"

#: A file, a place, the value to be there, and the file then.
MORE: list[tuple[str, Path, Any, str]] = [
    (THREE, FAQ, qa(("r", "b"), ("s", "c")),
     "faq_items:\n  # one\n  # A\n\n  # two\n  - question: r\n    answer: b\n"
     "  # three\n  - question: s\n    answer: c\n# end\nvoice: {id: v}\n"),
    (THREE, FAQ, qa(("q", "a"), ("s", "c")),
     "faq_items:\n  # one\n  - question: q\n    answer: a # A\n\n  # two\n"
     "  # three\n  - question: s\n    answer: c\n# end\nvoice: {id: v}\n"),
    (THREE, FAQ, qa(("q", "a"), ("r", "b")),
     "faq_items:\n  # one\n  - question: q\n    answer: a # A\n\n  # two\n"
     "  - question: r\n    answer: b\n  # three\n# end\nvoice: {id: v}\n"),
    (THREE, FAQ, qa(("r", "b")),
     "faq_items:\n  # one\n  # A\n\n  # two\n  - question: r\n    answer: b\n"
     "  # three\n# end\nvoice: {id: v}\n"),
    (THREE, FAQ, qa(("q", "a"), ("x", "y"), ("r", "b"), ("s", "c")),
     "faq_items:\n  # one\n  - question: q\n    answer: a # A\n"
     '  - question: x\n    answer: "y"\n\n  # two\n  - question: r\n'
     "    answer: b\n  # three\n  - question: s\n    answer: c\n# end\n" "voice: {id: v}\n"),
    (THREE, FAQ, qa(("x", "y"), ("q", "a"), ("r", "b"), ("s", "d")),
     'faq_items:\n  # one\n  - question: x\n    answer: "y"\n  - question: q\n'
     "    answer: a # A\n\n  # two\n  - question: r\n    answer: b\n"
     "  # three\n  - question: s\n    answer: d\n# end\nvoice: {id: v}\n"),
    (THREE, FAQ, qa(("s", "c"), ("q", "a"), ("r", "b")),
     "faq_items:\n  # one\n  - question: s\n    answer: c\n  - question: q\n"
     "    answer: a # A\n\n  # two\n  - question: r\n    answer: b\n"
     "  # three\n# end\nvoice: {id: v}\n"),
    (THREE, FAQ, [], "faq_items: []\n  # one\n# A\n# two\n# three\n# end\nvoice: {id: v}\n"),
    (THREE, FAQ, None, "faq_items: null\n  # one\n# A\n# two\n# three\n# end\nvoice: {id: v}\n"),
    (THREE, FAQ, qa(("q", "A\nB"), ("r", "b"), ("s", "c")),
     "faq_items:\n  # one\n  - question: q\n    answer: |- # A\n      A\n"
     "      B\n\n  # two\n  - question: r\n    answer: b\n  # three\n"
     "  - question: s\n    answer: c\n# end\nvoice: {id: v}\n"),
    ("faq_items: [{question: q, answer: a}, {question: r, answer: b}, "
     "{question: s, answer: c}] # x\n", FAQ, qa(("q", "a"), ("s", "c")),
     "faq_items: [{question: q, answer: a}, {question: s, answer: c}] # x\n"),
    (ROW, FAQ, qa(("r", "b"), ("s", "c")),
     "faq_items: [{question: r, answer: b}, {question: s, answer: c}]\n"),
    (ROW, FAQ, qa(("q", "a"), ("r", "b"), ("x", "y")),
     "faq_items: [{question: q, answer: a}, {question: r, answer: b}, "
     '{question: x, answer: "y"}]\n'),
    (ROW, FAQ, qa(("x", "y"), ("q", "a"), ("r", "b"), ("s", "c")),
     'faq_items: [{question: x, answer: "y"}, {question: q, answer: a}, '
     "{question: r, answer: b}, {question: s, answer: c}]\n"),
    (ROW, FAQ, qa(("q", "a"), ("x", "y"), ("r", "b"), ("s", "c")),
     'faq_items: [{question: q, answer: a}, {question: x, answer: "y"}, '
     "{question: r, answer: b}, {question: s, answer: c}]\n"),
    (ROW, FAQ, qa(("s", "c")), "faq_items: [{question: s, answer: c}]\n"),
    ("faq_items: []\nname: A\n", FAQ, qa(("q", "a")),
     "faq_items:\n  - question: q\n    answer: a\nname: A\n"),
    ("faq_items:\nname: A\n", FAQ, qa(("q", "a")),
     "faq_items:\n  - question: q\n    answer: a\nname: A\n"),
    ("faq_items: # later\nname: A\n", FAQ, qa(("q", "a")),
     "faq_items: # later\n  - question: q\n    answer: a\nname: A\n"),
    ("name: A\n", FAQ, qa(("q", "a")), "name: A\nfaq_items:\n  - question: q\n    answer: a\n"),
    ("name: A\nvoice: {id: v}\n", FAQ, qa(("q", "a")),
     "name: A\nfaq_items:\n  - question: q\n    answer: a\nvoice: {id: v}\n"),
    ("{name: A, voice: {id: v}}\n", FAQ, qa(("q", "a")),
     "{name: A, faq_items: [{question: q, answer: a}], voice: {id: v}}\n"),
    ("{name: A}", ("sync", "id"), "i1", "{name: A, sync: {id: i1}}"),
    ("name: A", ("sync", "id"), "i1", "name: A\nsync:\n  id: i1"),
    ("name: A\nsync:\n  id: x # bound\n", ("sync", "id"), "i1",
     "name: A\nsync:\n  id: i1 # bound\n"),
    ("name: A\nsync: {id: x}\n", ("sync", "id"), {"prod": "i1"},
     "name: A\nsync: {id: {prod: i1}}\n"),
    ("name: A\nsync:\n  id:\n    dev: x\n", ("sync", "id", "prod"), "i1",
     "name: A\nsync:\n  id:\n    dev: x\n    prod: i1\n"),
    ("name: A\nunknown: 1\nsync: {}\n", ("prompt",), "P",
     "name: A\nprompt: P\nunknown: 1\nsync: {}\n"),
    ("unknown: 1\nname: A\nvoice: {id: v}\n", ("prompt",), "P\nQ",
     "unknown: 1\nname: A\nprompt: |-\n  P\n  Q\nvoice: {id: v}\n"),
    ("voice:\n    id: v\n    speed: 1\n", VOICE, {"provider": "p", "id": "v", "speed": 1},
     "voice:\n    id: v\n    speed: 1\n    provider: p\n"),
    ("voice:\n    id: v # x\n    # over\n    speed: 1 # y\n    # under\n" "# end\n", VOICE,
     {"id": "v"}, "voice:\n    id: v # x\n    # over\n    # y\n    # under\n# end\n"),
    ("voice:\n  id: v\n  speed: 1\n\n\nname: A\n", VOICE, {"id": "v"},
     "voice:\n  id: v\n\n\nname: A\n"),
    ("voice:\n  id: v # x\n  speed: 1\nname: A\n", VOICE, {"speed": 1},
     "voice:\n  # x\n  speed: 1\nname: A\n"),
    ("voice:\n  id: v # x\n  speed: 1\nname: A\n", VOICE, {"provider": "q"},
     "voice:\n  provider: q\n# x\nname: A\n"),
    ("voice: {}\n", VOICE, {"id": "v"}, "voice:\n  id: v\n"),
    ("voice: { id: v }\n", VOICE, {"id": "v", "speed": 1.5}, "voice: { id: v, speed: 1.5 }\n"),
    ("voice: {id: v}\n", VOICE, {"id": "a, b"}, 'voice: {id: "a, b"}\n'),
    ("voice: {id: v}\n", VOICE, {"id": "a\nb"}, 'voice: {id: "a\\nb"}\n'),
    ("voice: {id: v}\n", VOICE, {}, "voice: {}\n"),
    ("voice: {id: , speed: 1}\n", VOICE, {"id": "x", "speed": 1}, "voice: {id: x , speed: 1}\n"),
    ("voice: {id: 'v', speed: 1} # x\n", VOICE, None, "voice: null # x\n"),
    ("voice:\n  id: !!str v\n", VOICE, {"id": "w"}, "voice:\n  id: !!str w\n"),
    ("voice: &a {id: v}\n", VOICE, None, "voice: &a null\n"),
    ("first_sentence: 'it''s'  # q\n", FIRST, "no", 'first_sentence: "no"  # q\n'),
    ('first_sentence: "a\\nb" # q\n', FIRST, "c\nd", "first_sentence: |- # q\n  c\n  d\n"),
    ('first_sentence: "a\n  b" # q\n', FIRST, "c", "first_sentence: c # q\n"),
    ("first_sentence: a\n", FIRST, "", 'first_sentence: ""\n'),
    ("first_sentence: a\n", FIRST, None, "first_sentence: null\n"),
    ("first_sentence: a\n", FIRST, "yes", 'first_sentence: "yes"\n'),
    ("first_sentence: >\n  a\n  b\n\n\nname: A\n", FIRST, "c d\n",
     "first_sentence: |\n  c d\n\n\nname: A\n"),
    ("first_sentence: >- # f\n    a\n    b\n# after\nname: A\n", FIRST, "c\nd",
     "first_sentence: |- # f\n    c\n    d\n# after\nname: A\n"),
    ("first_sentence: |\n      a\n      b\nname: A\n", FIRST, "c\nd\n",
     "first_sentence: |\n      c\n      d\nname: A\n"),
    ("first_sentence: |\n  a\n  b\nname: A\n", FIRST, "c\nd\n\n\n",
     'first_sentence: "c\\nd\\n\\n\\n"\nname: A\n'),
    ("first_sentence: |\n  a\n", FIRST, "c", "first_sentence: c\n"),
    ("first_sentence: |-\n\n  a\n", FIRST, "c\nd", "first_sentence: |-\n  c\n  d\n"),
    ("first_sentence: |+\n  a\n\n# x\nname: A\n", FIRST, "c\nd\n\n",
     "first_sentence: |+\n  c\n  d\n\n# x\nname: A\n"),
    ("first_sentence: ''\n", FIRST, "c\nd", "first_sentence: |-\n  c\n  d\n"),
    ("first_sentence: $${x}\n", FIRST, "${y}", 'first_sentence: "$${y}"\n'),
    ("first_sentence: a\r\nname: A\r\n", FIRST, "c\nd",
     "first_sentence: |-\r\n  c\r\n  d\r\nname: A\r\n"),
    ("\ufefffirst_sentence: a\nname: A\n", FIRST, "c", "\ufefffirst_sentence: c\nname: A\n"),
    ("first_sentence: a\rname: A\r\n", FIRST, "c\nd", "first_sentence: |-\r  c\r  d\rname: A\r\n"),
    ("after_call_sms_outcomes:\n- a\n- b # B\n- c\n", OUTCOMES, ["a", "c"],
     "after_call_sms_outcomes:\n- a\n# B\n- c\n"),
    ("after_call_sms_outcomes:\n- a\n- b # B\n- c\n", OUTCOMES, ["a", "B", "c"],
     "after_call_sms_outcomes:\n- a\n# B\n- B\n- c\n"),
    ("after_call_sms_outcomes:\n  -   a\n  -   b\n", OUTCOMES, ["a", "b", "c"],
     "after_call_sms_outcomes:\n  -   a\n  -   b\n  - c\n"),
    ("after_call_sms_outcomes:\n  - a\n", OUTCOMES, ["c\nd"],
     "after_call_sms_outcomes:\n  - |-\n    c\n    d\n"),
    ("after_call_sms_outcomes: [a,b]\n", OUTCOMES, ["c", "a", "b"],
     "after_call_sms_outcomes: [c, a,b]\n"),
    ("after_call_sms_outcomes: [a, # A\n b, # B\n c] # C\n", OUTCOMES, ["a", "c"],
     "# A\nafter_call_sms_outcomes: [a, # B\n c] # C\n"),
    ("after_call_sms_outcomes: [a, # A\n b, # B\n c] # C\n", OUTCOMES, ["a", "b"],
     "# B\nafter_call_sms_outcomes: [a, # A\n b] # C\n"),
    ("after_call_sms_outcomes: [a, # A\n b, # B\n c] # C\n", OUTCOMES, ["b", "c"],
     "# A\nafter_call_sms_outcomes: [b, # B\n c] # C\n"),
    ("after_call_sms_outcomes: [a, # A\n b, # B\n c] # C\n", OUTCOMES, ["x", "a", "b", "y", "c"],
     'after_call_sms_outcomes: [x, a, # A\n b, "y", # B\n c] # C\n'),
    ("custom_tools:\n- name: t\n  headers:\n  - key: k\n    value: v\n" "  - {key: l, value: w}\n",
     TOOLS, [{"name": "t", "headers": [{"key": "l", "value": "x"}]}],
     "custom_tools:\n- name: t\n  headers:\n  - {key: l, value: x}\n"),
    ("custom_tools:\n- name: t\n  headers:\n  - key: k\n    value: v\n", TOOLS, [{"name": "t",
     "headers": []}], "custom_tools:\n- name: t\n  headers: []\n"),
    ("custom_tools:\n- name: t\n  headers: []\n", TOOLS, [{"name": "t", "headers": [{"key": "l",
     "value": "x"}]}], "custom_tools:\n- name: t\n  headers:\n    - key: l\n      value: x\n"),
    ("custom_tools:\n- {name: t, headers: [{key: k, value: v}]}\n", TOOLS, [{"name": "t",
     "headers": [{"key": "k", "value": "v"}, {"key": "l", "value": "x"}]}], "custom_tools:\n"
     "- {name: t, headers: [{key: k, value: v}, {key: l, value: x}]}\n"),
    ("custom_tools:\n- name: a\n  url: u\n- name: b\n  url: w\n", TOOLS, [{"name": "b",
     "url": "w"}, {"name": "c", "url": "x"}],
     "custom_tools:\n- name: b\n  url: w\n- name: c\n  url: x\n"),
    ("custom_tools:\n- - x\n", TOOLS, [{"name": "b"}], "custom_tools:\n- name: b\n"),
    ("'voice': {id: v}\n", VOICE, {"id": "w"}, "'voice': {id: w}\n"),
    ("voice :  {id: v}\n", VOICE, {"id": "w"}, "voice :  {id: w}\n"),
    ("base: &b {id: v}\nvoice:\n  <<: *b\n  speed: 1\n", VOICE, {"id": "v", "speed": 2},
     "base: &b {id: v}\nvoice:\n  <<: *b\n  speed: 2\n"),
    ("voice: {id: v,\n  # x\n  speed: 1}\n", VOICE, {"id": "v"}, "# x\nvoice: {id: v}\n"),
    ("first_sentence: a # x\n\n\n", FIRST, "b", "first_sentence: b # x\n\n\n"),
    ("name: A\nsync: {id: {dev: x}}\n", ("sync", "id", "prod"), "y",
     'name: A\nsync: {id: {dev: x, prod: "y"}}\n'),
    ("name: A\nsync:\n", ("sync", "id"), "y", 'name: A\nsync:\n  id: "y"\n'),
    ("name: A\nvoice: {provider: p}\n", ("voice", "id"), "y",
     'name: A\nvoice: {provider: p, id: "y"}\n'),
    ("name: A\n", ("voice", "id"), "y", 'name: A\nvoice:\n  id: "y"\n'),
    ("name: A\nfirst_sentence:\n  - a\n", FIRST, "y", 'name: A\nfirst_sentence: "y"\n'),
    ("name: A\nfaq_items:\n-   question: q\n    answer: a\n", FAQ, [{"question": "q",
     "answer": "b"}, {"question": "r", "answer": "c"}],
     "name: A\nfaq_items:\n-   question: q\n    answer: b\n- question: r\n" "  answer: c\n"),
    ("name: A\nfaq_items: [\n  {question: q, answer: a}\n]\n", FAQ, [{"question": "q",
     "answer": "a"}, {"question": "r", "answer": "c"}], "name: A\nfaq_items: [\n"
     "  {question: q, answer: a}, {question: r, answer: c}\n]\n"),
    ("name: A\nfaq_items: [ ]\n", FAQ, [{"question": "r", "answer": "c"}],
     "name: A\nfaq_items:\n  - question: r\n    answer: c\n"),
    ("voice: {id: v , speed: 1 , }\n", VOICE, {"id": "v"}, "voice: {id: v , }\n"),
    ("voice: {id: v , speed: 1 , }\n", VOICE, {"speed": 1}, "voice: {speed: 1 , }\n"),
    ("voice: {id: v , speed: 1 , volume: 2}\n", VOICE, {"id": "w", "volume": 2},
     "voice: {id: w , volume: 2}\n"),
    ("voice: {id: v , speed: 1 , volume: 2}\n", VOICE, {"volume": 2}, "voice: {volume: 2}\n"),
    ("voice: {id: v , speed: 1 , volume: 2}\n", VOICE, {"id": "v"}, "voice: {id: v}\n"),
    ("first_sentence: |\n  a\n  b\n\n# c\nname: A\n", FIRST, "d",
     "first_sentence: d\n\n# c\nname: A\n"),
    ("first_sentence: |-\n  a\n  b\n\n\n", FIRST, "d\ne", "first_sentence: |-\n  d\n  e\n\n\n"),
    ("first_sentence: |2-\n   a\n  b\n", FIRST, "d\ne", "first_sentence: |-\n  d\n  e\n"),
    ("voice:\n  id: |\n    a\n  speed: 1\n", VOICE, {"id": "b\nc\n", "speed": 2},
     "voice:\n  id: |\n    b\n    c\n  speed: 2\n"),
    ("voice:\n  id: |\n    a\n  speed: 1\n", VOICE, {"speed": 1}, "voice:\n  speed: 1\n"),
    ("voice:\n  speed: 1\n  id: |\n    a\n\n\nname: A\n", VOICE, {"speed": 1},
     "voice:\n  speed: 1\n\n\nname: A\n"),
    ("voice:\n  speed: 1\n  id: |+\n    a\n\n\nname: A\n", VOICE, {"speed": 1},
     "voice:\n  speed: 1\nname: A\n"),
    ("custom_tools:\n  - name: a\n    # c\n\n\n  - name: b\n", TOOLS, [{"name": "b"}],
     "custom_tools:\n    # c\n\n\n  - name: b\n"),
    ("custom_tools:\n  - name: a\n  - name: b\n    url: |\n      u\n" "  - name: c\n", TOOLS,
     [{"name": "a"}, {"name": "c"}], "custom_tools:\n  - name: a\n  - name: c\n"),
    ("first_sentence: |\n         a\n         b\n", FIRST, "c\nd\n",
     "first_sentence: |\n         c\n         d\n"),
    ("first_sentence: |\n          a\n          b\n", FIRST, "c\nd\n",
     "first_sentence: |\n  c\n  d\n"),
    ("voice:\n  id: |\n    a\n    \n   \nname: A\n", VOICE, {"id": "b\n"},
     "voice:\n  id: |\n    b\n    \n   \nname: A\n"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "path", "value", "then"), MORE)
def test_every_layout_is_edited_byte_for_byte(
    project: Folder, text: str, path: Path, value: Any, then: str
) -> None:
    assert write(project, text, path, value) == (then, [])


#: A file, a place, the value that cannot be put there, why, how to go on, and where it stands.
LEFT: list[tuple[str, Path, Any, str, str, str]] = [
    ("faq_items:\n- # first\n  question: q\n  answer: a\n- question: r\n" "  answer: b", FAQ,
     qa(("s", "c")),
     "it is written in a way that cannot be changed without changing something else",
     "write `faq_items: [{question: s, answer: c}]` by hand", "2:1"),
    ("voice:\n  id: &i v\n  provider: *i\n", VOICE, {"id": "w", "provider": "v"},
     "other places refer to its anchor", "change it by hand, here or in each place", "2:7"),
    ("voice:\n  id: &i v\n  provider: *i\n", VOICE, {"id": "v", "provider": "w"},
     "it is the alias *i", "write `provider: w` by hand", "3:13"),
    ("prompt: [a, b]\n", ("prompt",), "c", "it is put together from a list of texts",
     "change the texts there", "1:9"),
    ("? a\n: b\nvoice: {id: v}\n", VOICE, {"id": "w"}, "it is written in a way that is not edited",
     "write it by hand", "3:13"),
    ("base: &b {id: v}\nvoice:\n  <<: *b\n  speed: 1\n", VOICE, {"id": "w", "speed": 1},
     "it comes from a mapping that is merged with <<", "change it there", "1:15"),
    ("voice: {? id: v}\n", VOICE, {"id": "w"}, "it is written in a way that is not edited",
     "write it by hand", "1:15"),
    ("custom_tools:\n- &t {name: a}\n- {name: b, url: u}\nunknown: *t\n", TOOLS, [{"name": "b",
     "url": "u"}], "other places refer to its anchor", "change it by hand, here or in each place",
     "2:3"),
    ("base: &t {name: a}\ncustom_tools:\n- *t\n- {name: b, url: u}\n", TOOLS, [{"name": "b",
     "url": "u"}], "it is the alias *t", "write it by hand", "1:7"),
    ("faq_items: &f\n- {question: q, answer: a}\nunknown: *f\n", FAQ, [{"question": "q",
     "answer": "a"}, {"question": "r", "answer": "b"}],
     "an item is missing, and other places refer to its anchor",
     "change it by hand, here or in each place", "1:12"),
    ("faq_items: &f\n- {question: q, answer: a}\nunknown: *f\n", FAQ, [],
     "other places refer to its anchor", "change it by hand, here or in each place", "2:3"),
    ("voice: &v {id: v}\nunknown: *v\n", VOICE, {"id": "v", "speed": 1},
     "other places refer to its anchor", "change it by hand, here or in each place", "1:8"),
    ("voice: &v {id: v}\nunknown: *v\n", VOICE, None, "other places refer to its anchor",
     "change it by hand, here or in each place", "1:8"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "path", "value", "why", "hint", "where"), LEFT)
def test_what_stands_elsewhere_is_left_and_told(
    project: Folder, text: str, path: Path, value: Any, why: str, hint: str, where: str
) -> None:
    after, (left,) = write(project, text, path, value)
    assert (after, left.message, left.hint) == (text, why, hint)
    assert str(left.location) == f"{FILE}:{where}"


def test_an_edit_that_would_change_something_else_is_dropped(project: Folder) -> None:
    text = "first_sentence: {file: same.md}\nvoicemail_message: {file: same.md}\n"
    project.write("assistants/same.md", "Hello\n")
    after, (left,) = write(project, text, ("first_sentence",), "Bye")
    assert after == text
    assert "without changing something else" in left.message
    assert left.hint == "write `first_sentence: Bye` by hand"


@pytest.mark.parametrize(
    ("header", "then"), [("|", "|-"), (">", ">-"), ("|+", "|-"), ("|2", "|2-"), ("|-", "|-")]
)
def test_a_block_that_the_end_of_the_file_ends_gets_no_line_end_by_what_follows(
    project: Folder, header: str, then: str
) -> None:
    before = "prompt: |\n  Hi\nfirst_sentence: "
    text = f"{before}{header} # said\n  Hello"
    expected = f"{before}{then} # said\n  Hello\nsync:\n  id: i1"
    assert write(project, text, ("sync", "id"), "i1") == (expected, [])


INCLUDED = "assistants/faq.yaml"
OWN = "faq_items:\n- {question: q, answer: a}\n- file: faq.yaml\n"
THEIRS = "- {question: r, answer: b}\n- {question: s, answer: c}\n"
Q, R, S, T = ("q", "a"), ("r", "b"), ("s", "c"), ("t", "d")
NEW = "- question: t\n  answer: d\n"


@pytest.mark.parametrize(
    ("items", "file", "old", "new"),
    [
        ((Q, R, S, T), FILE, "faq.yaml\n", f"faq.yaml\n{NEW}"),
        ((Q, R, T, S), INCLUDED, "answer: b}\n", f"answer: b}}\n{NEW}"),
        ((Q, T, R, S), FILE, "answer: a}\n", f"answer: a}}\n{NEW}"),
        ((T, Q, R, S), FILE, "items:\n", f"items:\n{NEW}"),
        ((R, S), FILE, "- {question: q, answer: a}\n", ""),
        ((Q, R), INCLUDED, "- {question: s, answer: c}\n", ""),
        ((Q, ("r", "x"), S), INCLUDED, "answer: b", "answer: x"),
        ((Q,), INCLUDED, THEIRS, "[]\n"),
    ],
)
def test_items_are_edited_in_the_file_that_holds_them(
    project: Folder, items: tuple[tuple[str, str], ...], file: str, old: str, new: str
) -> None:
    files = {FILE: OWN, INCLUDED: THEIRS}
    for name, text in files.items():
        project.write(name, text)
    workspace = Workspace(Project(project.root), {}, lambda *_: True)
    assert workspace.write(FILE, FAQ, qa(*items)) == []
    then = {name: change.after.decode() for name, change in workspace.changes().items()}
    assert then == {file: files[file].replace(old, new)}


def test_what_can_be_edited_is_where_something_beside_it_cannot(project: Folder) -> None:
    text = "base: &b {id: v}\nvoice:\n  <<: *b\n  speed: 1\n"
    after, left = write(project, text, VOICE, {"speed": 2, "volume": 3})
    assert after == text.replace("1", "2")
    assert [one.message for one in left] == ["it comes from a mapping that is merged with <<"]


@pytest.mark.parametrize(
    ("new", "then"),
    [
        ([], "[]\n# one\n# two\n# end\n"),
        (qa(("r", "b")), "# one\n- question: r # two\n  answer: b\n# end\n"),
        (qa(("q", "a"), ("r", "c")), "- question: q # one\n  answer: a\n- question: r # two\n"
         "  answer: c\n# end\n"),
    ],
)  # fmt: skip
def test_an_included_list_is_edited_where_it_stands(
    project: Folder, new: list[dict[str, str]], then: str
) -> None:
    text = "name: A\nfaq_items: {file: faq.yaml}\n"
    items = "- question: q # one\n  answer: a\n- question: r # two\n  answer: b\n# end\n"
    project.write(FILE, text)
    project.write("assistants/faq.yaml", items)
    workspace = Workspace(Project(project.root), {}, lambda *_: True)
    assert workspace.write(FILE, FAQ, new) == []
    (changed,) = workspace.changes().items()
    assert (changed[0], changed[1].after.decode()) == ("assistants/faq.yaml", then)
    assert workspace.parts(FILE) == ("assistants/faq.yaml",)


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
