"""Open questions as comments in a definition: where they are put, and when they go."""

from __future__ import annotations

import pytest
from support.project import Project as Folder

from revox_sync.authoring.comments import Asked
from revox_sync.authoring.layout import NotEditable
from revox_sync.authoring.workspace import Workspace
from revox_sync.definitions.project import Project

FILE = "assistants/a.yaml"

#: A file, the questions that wait, those that are answered, whether the account has answers; the
#: file then (None: as it was), the questions that came, and how many went.
NOTED: list[tuple[str, list[str], list[str], bool, str | None, list[str], int]] = [
    ("name: A\n", ["q"], [], False, 'name: A\n# faq_items:\n#   - question: q\n#     answer: ""\n',
     ["q"], 0),
    ("name: A\n", ["q"], [], True, "name: A\n"
     "# faq_items:  # the whole FAQ: what the account has and this leaves out is removed\n"
     '#   - question: q\n#     answer: ""\n', ["q"], 0),
    ("name: A", ["q: x", "r"], [], False,
     'name: A\n# faq_items:\n#   - question: "q: x"\n#     answer: ""\n'
     '#   - question: r\n#     answer: ""', ["q: x", "r"], 0),
    ("name: A\nvoice: {id: v}\n", ["q"], [], False,
     'name: A\n# faq_items:\n#   - question: q\n#     answer: ""\n' "voice: {id: v}\n", ["q"], 0),
    ("  name: A\n  voice: {id: v}\n", ["q"], [], False,
     '  name: A\n  # faq_items:\n  #   - question: q\n  #     answer: ""\n' "  voice: {id: v}\n",
     ["q"], 0),
    ("{name: A}\n", ["q"], [], False,
     "{name: A}\n# to be answered in faq_items:\n# - question: q\n" '#   answer: ""\n', ["q"], 0),
    ("name: A\nfaq_items: []\nvoice: {id: v}\n", ["q"], [], False,
     "name: A\nfaq_items: []\n  # to be answered in faq_items:\n"
     '  # - question: q\n  #   answer: ""\nvoice: {id: v}\n', ["q"], 0),
    ("name: A\nfaq_items:\nvoice: {id: v}\n", ["q"], [], False,
     "name: A\nfaq_items:\n  # to be answered in faq_items:\n"
     '  # - question: q\n  #   answer: ""\nvoice: {id: v}\n', ["q"], 0),
    ("name: A\nfaq_items: [{question: a, answer: b}]\n", ["q"], [], True,
     "name: A\nfaq_items: [{question: a, answer: b}]\n"
     '  # to be answered in faq_items:\n  # - question: q\n  #   answer: ""\n', ["q"], 0),
    ("name: A\nfaq_items:\n  - question: a\n    answer: b\n\nvoice: {id: v}\n", ["q", "r"], [],
     True, "name: A\nfaq_items:\n  - question: a\n    answer: b\n  # - question: q\n"
     '  #   answer: ""\n  # - question: r\n  #   answer: ""\n\n' "voice: {id: v}\n", ["q", "r"],
     0),
    ("name: A\nfaq_items:\n- question: a\n  answer: b # B\n", ["q"], [], True,
     "name: A\nfaq_items:\n- question: a\n  answer: b # B\n# - question: q\n" '#   answer: ""\n',
     ["q"], 0),
    ("name: A\nfaq_items:\n- question: a\n  answer: b\n# - question: Q ?\n" "#   answer: x\n",
     ["q?", "r"], [], True, "name: A\nfaq_items:\n- question: a\n  answer: b\n# - question: r\n"
     '#   answer: ""\n# - question: Q ?\n#   answer: x\n', ["r"], 0),
    ("name: A\nfaq_items:\n- question: a\n  answer: b\n# - question: q\n"
     '#   answer: ""\nvoice: {id: v}\n', ["r"], [], True,
     "name: A\nfaq_items:\n- question: a\n  answer: b\n# - question: q\n"
     '#   answer: ""\n# - question: r\n#   answer: ""\nvoice: {id: v}\n', ["r"], 0),
    ("name: A\nfaq_items:\n- question: a\n  answer: b\n# - question: q\n"
     '#   answer: ""\n# - question: r\n#   answer: ""\nvoice: {id: v}\n', [], ["q"], True,
     "name: A\nfaq_items:\n- question: a\n  answer: b\n# - question: r\n"
     '#   answer: ""\nvoice: {id: v}\n', [], 1),
    ("name: A\nfaq_items:\n- question: a\n  answer: b\n# - question: q\n"
     '#   answer: ""\n# - question: r\n#   answer: ""\nvoice: {id: v}\n', ["s"], ["q", "r"], True,
     "name: A\nfaq_items:\n- question: a\n  answer: b\n# - question: s\n"
     '#   answer: ""\nvoice: {id: v}\n', ["s"], 2),
    ("name: A\nfaq_items:\n- question: a\n  answer: b\n# - question: q\n" "#   answer: begun\n",
     [], ["q"], True, None, [], 0),
    ('name: A\n# faq_items:\n#   - question: q\n#     answer: ""\n', [], ["q"], True, "name: A\n",
     [], 1),
    ('name: A\n# faq_items:\n#   - question: q\n#     answer: ""\n'
     '#   - question: r\n#     answer: ""\nvoice: {id: v}\n', [], ["q"], True,
     'name: A\n# faq_items:\n#   - question: r\n#     answer: ""\n' "voice: {id: v}\n", [], 1),
    ('name: A\n# faq_items:\n#   - question: q\n#     answer: ""\n'
     '#   - question: r\n#     answer: ""\nvoice: {id: v}\n', [], ["q", "r"], True,
     "name: A\nvoice: {id: v}\n", [], 2),
    ('name: A\n# faq_items:\n#   - question: q\n#     answer: ""\n'
     '#   - question: r\n#     answer: ""\nvoice: {id: v}\n', [], ["r"], True,
     'name: A\n# faq_items:\n#   - question: q\n#     answer: ""\n' "voice: {id: v}\n", [], 1),
    ('name: A\n# faq_items:\n#   - question: q\n#     answer: ""\n' "voice: {id: v}\n", ["s"],
     ["q"], True, 'name: A\n# faq_items:\n#   - question: s\n#     answer: ""\n'
     "voice: {id: v}\n", ["s"], 1),
    ('name: A\n# faq_items:\n#   - question: q\n#     answer: ""\n' "voice: {id: v}\n", ["q", "s"],
     ["q"], True, 'name: A\n# faq_items:\n#   - question: q\n#     answer: ""\n'
     '#   - question: s\n#     answer: ""\nvoice: {id: v}\n', ["s"], 0),
    ('prompt: |\n  # - question: q\n  #   answer: ""\nname: A\n', ["q"], [], False,
     'prompt: |\n  # - question: q\n  #   answer: ""\n# faq_items:\n'
     '#   - question: q\n#     answer: ""\nname: A\n', ["q"], 0),
    ('prompt: |\n  # - question: q\n  #   answer: ""\nname: A\n', [], ["q"], False, None, [], 0),
    ("name: A\n", ["", "  ", "a\x00b", "a\nb"], [], False,
     'name: A\n# faq_items:\n#   - question: a�b\n#     answer: ""\n'
     '#   - question: "a\\nb"\n#     answer: ""\n', ["a�b", "a\nb"], 0),
    ('name: A\n# - question: $${x}\n#   answer: ""\n', [], ["${x}"], False, "name: A\n", [], 1),
    ("name: A\nfaq_items: &f\n- question: a\n  answer: b\n", ["q"], [], True,
     "name: A\nfaq_items: &f\n- question: a\n  answer: b\n# - question: q\n" '#   answer: ""\n',
     ["q"], 0),
    ("base: &f [{question: a, answer: b}]\nfaq_items: *f\nname: A\n", ["q"], [], True,
     "base: &f [{question: a, answer: b}]\nfaq_items: *f\n"
     '  # to be answered in faq_items:\n  # - question: q\n  #   answer: ""\n' "name: A\n", ["q"],
     0),
]  # fmt: skip


def noted(folder: Folder, text: str, asked: Asked) -> tuple[str | None, list[str], int]:
    """Return the file with questions noted, None for one that stays; what came, what went."""
    folder.write(FILE, text)
    workspace = Workspace(Project(folder.root), {})
    found = workspace.note(FILE, asked)
    (changed,) = workspace.changes().values() or [None]
    after = None if changed is None else changed.after.decode()
    return after, list(found.added), found.removed


@pytest.mark.parametrize(
    ("text", "waiting", "answered", "has_answers", "then", "added", "removed"), NOTED
)
def test_questions_are_noted_where_they_are_answered(
    project: Folder,
    text: str,
    waiting: list[str],
    answered: list[str],
    has_answers: bool,
    then: str | None,
    added: list[str],
    removed: int,
) -> None:
    asked = Asked(waiting, answered, has_answers)
    assert noted(project, text, asked) == (then, added, removed)
    if then is not None:
        assert noted(project, then, asked) == (None, [], 0)


@pytest.mark.parametrize("count", [1, 3, 4, 6])
def test_a_faq_that_is_included_is_left(project: Folder, count: int) -> None:
    text = "name: A\nfaq_items: {file: faq.yaml}\n"
    project.write("assistants/faq.yaml", "- question: a\n  answer: b\n# - question: Q0\n")
    waiting = [f"q{number}" for number in range(count + 1)]
    with pytest.raises(NotEditable) as told:
        noted(project, text, Asked(waiting, [], has_answers=True))
    assert told.value.message == "it is included from assistants/faq.yaml"
    named = "; ".join(f"q{number}" for number in range(1, min(count, 3) + 1))
    more = f" and {count - 3} more" if count > 3 else ""
    assert told.value.hint == f"answer the open questions there: {named}{more}"
    assert noted(project, text, Asked(["q0"], [], has_answers=True)) == (None, [], 0)
