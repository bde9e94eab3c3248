"""What a plan costs, in calls of functions: the same on every machine, however busy it is."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from definitions.repository import Repository
from support.desk import Desk
from support.project import Project

from revox_sync.model.shapes import Faq

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

#: Calls for each definition of the benchmark, those of built-in functions included. CPython 3.11
#: makes 2,920.
MOST = 3_000


@pytest.fixture(autouse=True)
def _benchmarks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield
    for name in ("data", "server"):
        sys.modules.pop(name, None)


def calls(desk: Desk, project: Path, listed: bytes, *arguments: str) -> int:
    """Return how many functions a command in ``project`` calls, which must do its work."""
    from data import SECRETS
    from server import Server

    server = Server(listed)
    count = 0

    def called(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    desk.project.root = project
    desk.env |= SECRETS | {"REVOX_BASE_URL": server.url}
    before = sys.getprofile()
    sys.setprofile(called)
    try:
        result = desk.run(*arguments)
    finally:
        sys.setprofile(before)
        server.close()
    assert result.code in (0, 1, 3), result.err
    assert "internal error" not in result.said
    return count


def test_a_definition_costs_no_more_calls_than_it_did(desk: Desk, tmp_path: Path) -> None:
    import data

    counts = []
    for size in (5, 10, 30):  # the first run imports what the others use
        made = data.make(tmp_path / f"p{size}", size)
        counts.append(calls(desk, made.folder, made.listed, "plan"))
    assert (counts[2] - counts[1]) / 20 < MOST


Fields = dict[str, Any]
Case = tuple[dict[str, Fields], list[Fields]]


def _faq(size: int, *, stated: bool = True) -> Case:
    held = [{"question": f"Question {n}?", "answer": f"Answer {n}."} for n in range(size)]
    wanted = [
        {"question": "So: " + one["question"], "answer": one["answer"] + " Yes."} for one in held
    ]
    return {"desk": {"faq_items": wanted} if stated else {}}, [{"faq_items": held}]


def _text(wanted: str, held: str) -> Case:
    return {"desk": {"prompt": wanted}}, [{"prompt": held}]


def _lines(size: int) -> Case:
    lines = [f"Line {n} of the prompt." for n in range(size)]
    edited = [f"{line} No." if n % 9 == 0 else line for n, line in enumerate(lines)]
    return _text("\n".join(lines), "\n".join(edited))


def _equal_lines(size: int) -> Case:
    return _text("\n".join(["a", "b"] * (size // 2)), "\n".join(["b", "c"] * (size // 2)))


def _mistakes(size: int) -> Case:
    words = [f"word{n % 7}" for n in range(size * 10)]
    edited = [f"{word}x" if n % 10 == 0 else word for n, word in enumerate(words)]
    return _text(" ".join(words), " ".join(edited))


def _bad_items(size: int) -> Case:
    return {"desk": {"faq_items": [{"question": f"{n}?", "answer": n} for n in range(size)]}}, []


def _look_alikes(size: int) -> Case:
    keys = [f"desk{n}" for n in range(size)]
    named = [{"name": key.upper(), "prompt": f"Other {key}"} for key in keys]
    return {key: {} for key in keys}, named


def _creates(size: int) -> Case:
    return {f"desk{n}": {} for n in range(size)}, [{"name": f"Other {n}"} for n in range(size)]


_APPLY = ("apply", "--auto-approve", "--over-limit", "create")

GROWING: dict[str, tuple[Callable[[int], Case], int, tuple[str, ...]]] = {
    "a FAQ that no definition states": (partial(_faq, stated=False), 25, ("plan",)),
    "a FAQ with other questions, too": (_faq, 25, ("plan",)),
    "changed lines": (_lines, 50, ("plan",)),
    "lines that are alike": (_equal_lines, 100, ("plan",)),
    # Few words get the shortest edit, whose work grows with the square until it is cut off.
    "mistakes in one line": (_mistakes, 60, ("plan",)),
    "problems of one line": (_bad_items, 15, ("validate",)),
    "look-alikes": (_look_alikes, 10, ("pull",)),
    "creates": (_creates, 5, _APPLY),
}
_WARM: set[tuple[str, ...]] = set()


@pytest.mark.parametrize("what", GROWING)
def test_twice_as_much_takes_twice_the_calls(desk: Desk, tmp_path: Path, what: str) -> None:
    case, size, command = GROWING[what]

    def counted(factor: int) -> int:
        project = Project(tmp_path / str(factor))
        defined, held = case(size * factor)
        for key, fields in defined.items():
            project.define(key, **fields)
        remotes = [
            {"id": f"x{n}", "name": "desk", "prompt": "You are desk. Be kind.", **one}
            for n, one in enumerate(held)
        ]
        listed = json.dumps({"assistants": remotes}).encode()
        return calls(desk, project.root, listed, *command)

    if command not in _WARM:  # the first run imports what the others use
        _WARM.add(command)
        counted(3)
    one, two, four = map(counted, (1, 2, 4))
    # What is linear doubles and what is quadratic is four times as much, from one to the next; a
    # long text is shown in part, so it is not the same for each line.
    assert four - two < 3.2 * (two - one)


class _Item(dict[str, str]):
    """An item of a FAQ, which counts how often one is compared with another."""

    compared = 0
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        _Item.compared += 1
        return dict.__eq__(self, other)


@pytest.mark.parametrize("is_missing", [False, True])
def test_who_moved_a_question_takes_no_look_at_all_the_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, is_missing: bool
) -> None:
    repository = Repository.at(desk.root)
    desk.env |= repository.env
    canonical = Faq.canonical
    monkeypatch.setattr(Faq, "canonical", lambda *at: [_Item(one) for one in canonical(*at)])
    compared = []
    for size in (20, 40):
        defined, (held,) = _faq(size)
        desk.project.define("desk", faq_items=held["faq_items"])
        repository.commit()
        desk.project.define("desk", **defined["desk"])
        if not is_missing:
            edited = [{**one, "answer": "Other."} for one in held["faq_items"]]
            desk.service.assistants.clear()
            desk.service.add("desk", faq_items=edited)
        _Item.compared = 0
        (action,) = desk.plan("--base", "HEAD")["actions"]
        assert len(action["changes"]) >= size
        compared.append(_Item.compared)
    assert compared[1] <= 2.5 * compared[0]
