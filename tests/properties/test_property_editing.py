"""Any definition, written in any style: pull takes over what differs and touches nothing else."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator, Set
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from properties.strategies import assistants
from properties.written import Written, written
from support.desk import Desk
from support.examples import examples
from support.project import Project
from support.server import serving
from support.service import Habits, Service

from revox_sync.authoring import edit, emit, layout, secrets, workspace
from revox_sync.definitions.check import schema_problems
from revox_sync.definitions.lint import lint
from revox_sync.definitions.loader import load_definitions
from revox_sync.definitions.places import Places
from revox_sync.definitions.project import load_project
from revox_sync.operations import pull

Fields = dict[str, Any]

#: These hold credentials, which are not written down; and a type that lists do not show.
_APART = ("custom_tools", "webhook_url", "logo_url", "precall_lookup_url", "calendly", "type")


@pytest.fixture(scope="module")
def account() -> Iterator[Service]:
    with serving(Habits(list_has_faq=False)) as service:
        yield service


@st.composite
def _edited(draw: st.DrawFn) -> tuple[Fields, Fields, Written, bytes]:
    """Draw what a file states, what the account has, the file, and its bytes."""
    stated, other = (_without_credentials(draw(assistants("current"))) for _ in range(2))
    held = dict(stated)
    for name in stated.keys() & other.keys():
        held[name] = draw(st.sampled_from([stated[name], _mixed(draw, stated[name], other[name])]))
    for name in draw(st.lists(st.sampled_from(sorted(other)), max_size=3)):
        held[name] = other[name]
    if draw(st.booleans()):
        stated, held = held, stated
    assume("\\u0000" not in json.dumps([stated, held]))  # no YAML file holds that
    assume(not _wrong(stated) and not _wrong({name: held.get(name) for name in stated}))
    file = written(draw, stated, "IDENTITY")
    ends = draw(st.sampled_from(["\n", "\r\n"]))
    mark = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    return stated, held, file, mark + file.text.replace("\n", ends).encode()


def _without_credentials(fields: Fields) -> Fields:
    kept = {name: value for name, value in fields.items() if name not in _APART}
    if (kept.get("llm_model") or {}).get("type") == "custom":
        del kept["llm_model"]
    if kept.get("slack") and "channels" not in kept["slack"]:  # what a later API refuses
        del kept["slack"]
    while wrong := _wrong(kept):
        kept = {name: value for name, value in kept.items() if name not in wrong}
        kept = {"name": "Desk", "prompt": "Be kind.", **kept}
    return kept


def _wrong(fields: Fields) -> set[str]:
    """Return the fields that no definition may state so."""
    found = [*schema_problems(fields, Places()), *lint(fields, set(), set(), set())]
    return {str(problem.path[0]) for problem in found if problem.severity == "error"}


def _mixed(draw: st.DrawFn, one: Any, other: Any) -> Any:
    """Return a value of either, or for lists some items of both, in any order."""
    if isinstance(one, list) and isinstance(other, list) and all(isinstance(i, dict) for i in one):
        names = ("name", "label", "key", "question")
        items = {next((str(i[n]) for n in names if n in i), str(i)): i for i in [*one, *other]}
        some = draw(st.lists(st.sampled_from(sorted(items)), unique=True)) if items else []
        return [items[name] for name in some]
    return other


@settings(
    max_examples=examples(15),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(drawn=_edited())
def test_what_differs_is_taken_over_and_nothing_else_is_touched(
    account: Service, drawn: tuple[Fields, Fields, Written, bytes]
) -> None:
    check(account, *drawn)


def check(service: Service, stated: Fields, held: Fields, file: Written, content: bytes) -> None:
    """Pull into a file; raise AssertionError where a promise breaks."""
    service.assistants.clear()
    identity = str(service.create(held)["id"])
    content = content.replace(b"IDENTITY", identity.encode())
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Project(Path(folder)), service)
        desk.project.write("revox-sync.yaml", "absent: keep\n")
        path = desk.project.write("assistants/desk.yaml", content)
        for other, text in file.others.items():
            desk.project.write(f"assistants/{other}", text)
        assert desk.run("validate").code == 0, desk.run("validate").said
        before = desk.project.files()
        pulled = desk.run("pull")
        assert pulled.code == 0, pulled.said
        planned = desk.run("plan", "--detailed-exitcode")
        assert planned.code == 0, planned.said
        more = {name for name, value in held.items() if value is not None}
        assert stated.keys() <= _keys(desk) <= stated.keys() | more
        _check_kept(stated, service.assistants[identity], file, before, path.read_bytes())
        after = desk.project.files()
        again = desk.run("pull", "--check")
        assert (again.code, desk.project.files()) == (0, after), again.said


def _keys(desk: Desk) -> Set[str]:
    """Return the names of the fields that the only definition states."""
    (loaded,) = load_definitions(load_project(desk.root, {})[0], {}).definitions
    return loaded.fields.keys()


def _check_kept(
    stated: Fields, held: Fields, file: Written, before: dict[str, bytes], content: bytes
) -> None:
    """Fields that the account has as stated are as they were written; every remark stays.

    Those above fields stay in their order.
    """
    raw = content.decode()
    assert raw.startswith("\ufeff") == before["assistants/desk.yaml"].startswith(b"\xef\xbb\xbf")
    assert ("\r\n" in raw) == (b"\r\n" in before["assistants/desk.yaml"])
    text = raw.removeprefix("\ufeff").replace("\r\n", "\n")
    assert "\r" not in text
    at = 0
    for name, part in file.parts.items():
        if name != "sync" and stated[name] == held.get(name):
            assert part in text, (name, part, text)
    for remark in file.remarks:
        assert remark in text[at:], (remark, text)
        at = text.index(remark, at)
    for remark in re.findall(r"# remark \d+:", file.text):
        assert text.count(remark) == 1, (remark, text)


STATED: Fields = {
    "name": "Desk",
    "prompt": "Be kind.",
    "first_sentence": "Hello",
    "voicemail_message": "One.\nTwo.",
    "faq_items": [{"question": "A", "answer": "B"}, {"question": "C", "answer": "D"}],
    "after_call_sms_outcomes": ["none", "completed"],
}
HELD: Fields = {
    **STATED,
    "first_sentence": 'Say "${now}": #1',
    "voicemail_message": "  One.\nTwo!",
    "faq_items": [{"question": "C", "answer": "E"}, {"question": "F", "answer": "G"}],
}
PARTS = {
    "name": "name: 'Desk'   # above all\n",
    "first_sentence": "first_sentence: Hello\n",
    "faq_items": "faq_items:\n- {question: A, answer: B}  # remark 1: gone\n"
    "- question: C\n  answer: D\n",
    "prompt": "prompt: >-\n    Be\n    kind.\n",
    "after_call_sms_outcomes": "after_call_sms_outcomes: [ 'none', completed ]\n",
    "voicemail_message": "voicemail_message: |-\n  One.\n  Two.\n",
    "sync": "sync: {id: IDENTITY}\n",
}
REMARKS = ["# what callers hear", "# the rest"]

Patch = Callable[[pytest.MonkeyPatch], None]
_edited_bytes = workspace.edited


def _trusting(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(workspace.Workspace, "_comes_to", lambda *_: True)


def _altered(alter: Callable[[bytes], bytes]) -> Patch:
    def plant(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(workspace, "edited", lambda *given: alter(_edited_bytes(*given)))

    return plant


def _unescaped(patch: pytest.MonkeyPatch) -> None:
    _trusting(patch)
    patch.setattr(secrets.Spelling, "_plain", lambda self, text: text)


def _no_indicator(patch: pytest.MonkeyPatch) -> None:
    _trusting(patch)
    literal = emit._literal

    def without(*given: Any) -> tuple[str, list[str]]:
        header, lines = literal(*given)
        return header.replace("2", ""), lines

    patch.setattr(emit, "_literal", without)
    patch.setattr(emit, "_reads_back", lambda *given: True)


def _everything_anew(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(edit, "is_same", lambda one, other: isinstance(one, dict) and one == other)


def _in_wrong_places(patch: pytest.MonkeyPatch) -> None:
    _trusting(patch)
    aligned = edit._aligned
    patch.setattr(edit, "_aligned", lambda *given: list(aligned(*given))[:-1])


def _unstated_too(patch: pytest.MonkeyPatch) -> None:
    take = pull.take

    def more(*given: Any) -> Any:
        return replace(take(*given), values={**take(*given).values, "sms_enabled": False})

    patch.setattr(pull, "take", more)


FAULTS: dict[str, Patch] = {
    "remarks are lost": _altered(lambda content: content.replace(REMARKS[1].encode(), b"")),
    "a remark goes with what it stands behind": lambda patch: patch.setattr(
        layout.Layout, "comments", lambda *_: []
    ),
    "line ends are made one": _altered(lambda content: content.replace(b"\r\n", b"\n")),
    "the byte order mark is lost": _altered(lambda content: content.removeprefix(b"\xef\xbb\xbf")),
    "spaces are made one": _altered(lambda content: content.replace(b"   #", b" #")),
    "a reference is not escaped": _unescaped,
    "no indentation indicator": _no_indicator,
    "equal values are written anew": _everything_anew,
    "the last item is forgotten": _in_wrong_places,
    "what is not stated is added": _unstated_too,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(
    account: Service, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = list(PARTS.values())
    text = "".join([*parts[:1], f"{REMARKS[0]}\n\n", *parts[1:3], f"{REMARKS[1]}\n", *parts[3:]])
    file = Written(text, dict(PARTS), REMARKS)
    content = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    check(account, STATED, HELD, file, content)
    FAULTS[fault](monkeypatch)
    with pytest.raises(AssertionError):
        check(account, STATED, HELD, file, content)
