"""Change the code in one place at a time, and see whether a test fails.

    python scripts/mutate.py                                  40 changes in each of five rooms
    python scripts/mutate.py plan secrecy --count 20 --seed 7
    python scripts/mutate.py --at revox_sync/account/retry.py:66

The first run records which tests call which function, in ``.mutations/calls.jsonl``; ``--record``
does it again. Then each change is made in a copy of the package, and only tests that call the
changed function run, the likeliest first, up to 60 seconds of tests. What no test notices is
printed with its place and both texts. A test that fails without the change, too, notices nothing.
A change that ``equivalent_changes.yaml`` names, with the reason why nothing can notice it, does not
count. The exit code is 1 where less than ``--least`` percent of a room's changes are noticed.

Texts are not changed, since most are words for people; but one is taken out of a set or a table.
"""

from __future__ import annotations

import argparse
import ast
import compileall
import copy
import json
import os
import py_compile
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
CALLS = ROOT / ".mutations" / "calls.jsonl"
EQUIVALENT = ROOT / "scripts" / "equivalent_changes.yaml"
ROOMS = ("plan", "apply", "account", "secrecy", "authoring")

#: How many seconds of tests run for one change, and after how many a run counts as hanging.
_ENOUGH_S = 60.0
_HANGING_S = 200.0
#: How many tests run at first: most changes are noticed by them, and few files are to be read.
_LIKELIEST = 20
#: How many times likelier a test of the room notices a change.
_OF_ROOM = 10
#: One test of this file is one text beside it.
_STORIES = "tests/stories/"
#: These start processes, where nobody sees what they call: they tell what is imported.
_STARTS = "tests/cli/test_cli_startup.py"
#: What a test costs beside its own seconds.
_STARTING_S = 0.02

_OTHER_OPERATOR: dict[type[ast.AST], type[Any]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
#: What names the file that lists the tests to run.
_CHOSEN = "MUTATE_TESTS"
_HANGS, _STARTS_NOT = "a run that hangs", "a run that does not start"

_OTHER_NAME = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Mutation:
    """One change: the bytes from ``start`` to ``end`` of a file become ``text``."""

    file: str
    line: int
    function: str
    start: int
    end: int
    before: str
    text: str


class _Finder(ast.NodeVisitor):
    """Finds every place of a file that can be changed, with its changes."""

    def __init__(self, file: str, source: str) -> None:
        self.found: list[Mutation] = []
        self._file = file
        self._raw = source.encode()
        self._starts = [0]
        for line in self._raw.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._scope: list[str] = []

    def _add(self, node: Any, text: str) -> None:
        start = self._starts[node.lineno - 1] + node.col_offset
        end = self._starts[node.end_lineno - 1] + node.end_col_offset
        before = " ".join(self._raw[start:end].decode().split())
        function = ".".join(self._scope) or "<module>"
        self.found.append(Mutation(self._file, node.lineno, function, start, end, before, text))

    def _become(self, node: ast.expr, other: ast.expr) -> None:
        self._add(node, f"({ast.unparse(other)})")

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._scope.append(node.name)
        self._scope.append("<locals>")
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.visit(default)
        for statement in node.body:
            self.visit(statement)
        del self._scope[-2:]

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._scope.append(node.name)
        for statement in node.body:
            self.visit(statement)
        self._scope.pop()

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Leave texts as they are."""

    visit_Assert = visit_Import = visit_ImportFrom = visit_JoinedStr  # type: ignore[assignment]  # noqa: N815

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Leave types as they are."""
        if not (isinstance(node.value, ast.Name) and node.value.id == "Literal"):
            self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        for index, operator in enumerate(node.ops):
            other = copy.deepcopy(node)
            other.ops[index] = _OTHER_OPERATOR[type(operator)]()
            self._become(node, other)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        other = copy.deepcopy(node)
        other.op = _OTHER_OPERATOR[type(node.op)]()
        self._become(node, other)
        for index in range(len(node.values)):
            fewer = copy.deepcopy(node)
            del fewer.values[index]
            self._become(node, fewer)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        texts = (node.left, node.right)
        if type(node.op) in _OTHER_OPERATOR and not any(map(_is_text, texts)):
            other = copy.deepcopy(node)
            other.op = _OTHER_OPERATOR[type(node.op)]()
            self._become(node, other)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self._become(node, node.operand)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self._add(node, str(not node.value))
        elif isinstance(node.value, int | float):
            self._add(node, str(node.value + 1))
            if node.value:
                self._add(node, "0")

    def visit_If(self, node: ast.If) -> None:
        if ast.unparse(node.test) == "TYPE_CHECKING":
            return  # of types, too
        self._condition(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._condition(node.test)
        self.generic_visit(node)

    def _condition(self, test: ast.expr) -> None:
        for always in ("True", "False"):
            self._add(test, always)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id in _OTHER_NAME:
            self._add(node.func, _OTHER_NAME[node.func.id])
        self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        """Leave what asserts that two lists are of one length."""
        if node.arg != "strict":
            self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call | ast.Await):
            self._add(node, "pass")
            self.visit(node.value)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None and not isinstance(node.value, ast.Constant):
            self._add(node.value, "None")
            self.visit(node.value)

    def visit_Continue(self, node: ast.Continue) -> None:
        self._add(node, "break")

    def _fewer(self, node: ast.Set | ast.Tuple | ast.List) -> None:
        for index, element in enumerate(node.elts):
            if _is_text(element):
                fewer = copy.deepcopy(node)
                del fewer.elts[index]
                self._become(node, fewer if fewer.elts else ast.parse("()", mode="eval").body)
        self.generic_visit(node)

    visit_Set = visit_Tuple = visit_List = _fewer  # noqa: N815


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def mutations_of(file: Path) -> list[Mutation]:
    """Return every change that can be made in a file."""
    source = file.read_text(encoding="utf-8")
    finder = _Finder(str(file.relative_to(ROOT)), source)
    finder.visit(ast.parse(source))
    return finder.found


def equivalent() -> set[tuple[str, ...]]:
    """Return file, function, old and new text of each change that nothing can notice.

    One that cannot be made any more is an error: what it was about is gone.
    """
    named = YAML(typ="safe").load(EQUIVALENT) or {}
    members = ("in", "before", "after")
    found = {
        (file, *(str(one[name]) for name in members))
        for file, them in named.items()
        for one in them
    }
    possible = {_about(one) for file in named for one in mutations_of(ROOT / file)}
    gone = [
        f"{file}, {where}: {before} -> {after}" for file, where, before, after in found - possible
    ]
    if gone:
        raise SystemExit("\n".join((f"{EQUIVALENT.name} names what cannot be changed so:", *gone)))
    return found


def _about(mutation: Mutation) -> tuple[str, ...]:
    return mutation.file, mutation.function, mutation.before, mutation.text


# Which tests call which function.


class _Recorder:
    """A plugin of pytest that notes for each test which functions of the package it calls."""

    def __init__(self) -> None:
        self._package = str(ROOT / "revox_sync")
        self._file = CALLS.with_suffix(f".{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")

    def pytest_runtest_protocol(self, item: Any, nextitem: Any) -> Any:
        called: set[Any] = set()

        def note(frame: Any, event: str, _argument: object) -> None:
            if event == "call":
                called.add(frame.f_code)

        begun = time.process_time()  # what else the machine does is of no matter
        sys.settrace(note)  # without a trace of lines this is quicker than a profile
        yield
        sys.settrace(None)
        mine = [code for code in called if code.co_filename.startswith(self._package)]
        names = {f"{Path(code.co_filename).relative_to(ROOT)}:{code.co_qualname}" for code in mine}
        told = {
            "test": item.nodeid,
            "seconds": round(time.process_time() - begun, 3),
            "calls": sorted(names),
        }
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")


_Recorder.pytest_runtest_protocol.pytest_impl = {"hookwrapper": True}  # type: ignore[attr-defined]


class _Chooser:
    """A plugin of pytest that runs some tests in their order; one that is gone is passed over."""

    def __init__(self, names: Sequence[str]) -> None:
        self._rank = {name: rank for rank, name in enumerate(names)}

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        items[:] = [one for one in items if one.nodeid in self._rank]
        items.sort(key=lambda one: self._rank[one.nodeid])


def pytest_configure(config: Any) -> None:
    """Record or choose, where this script is loaded as a plugin."""
    if chosen := os.environ.get(_CHOSEN):
        names = Path(chosen).read_text(encoding="utf-8").splitlines()
        config.pluginmanager.register(_Chooser(names), "chooser")
    else:
        config.pluginmanager.register(_Recorder(), "recorder")


def record() -> None:
    """Run the whole suite once and note what calls what."""
    CALLS.parent.mkdir(exist_ok=True)
    for old in CALLS.parent.iterdir():
        old.unlink()
    env = {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "CI": "true"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "mutate"]
    subprocess.run(command, cwd=ROOT, env=env, check=True)
    parts = sorted(CALLS.parent.iterdir())
    CALLS.write_text("".join(part.read_text(encoding="utf-8") for part in parts), encoding="utf-8")
    for part in parts:
        part.unlink()


@dataclass(frozen=True)
class Test:
    """A test, and how many seconds it takes."""

    name: str
    seconds: float


def calls() -> dict[str, list[Test]]:
    """Return the tests that call a function, by ``file:function``, and by file alone."""
    found: dict[str, list[Test]] = defaultdict(list)
    for line in CALLS.read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        test = Test(told["test"], told["seconds"])
        for name in {*told["calls"], *(call.partition(":")[0] for call in told["calls"])}:
            found[name].append(test)
        if test.name.startswith(_STARTS):
            found[_STARTS].append(test)
    return found


def fitting(mutation: Mutation, known: dict[str, list[Test]]) -> list[str]:
    """Return the tests that may notice a change, the likeliest first.

    A test is about a file if it calls functions of it that few other tests call, the more so if it
    is in the folder of its room. What it promises for each of its seconds counts, and less with
    each test of the same file that comes before it; each story has a file of its own. Half of the
    seconds are for the room's own.
    """
    room = f"tests/{Path(mutation.file).parts[1]}/"
    function = mutation.function.removesuffix(".<locals>")
    while function and f"{mutation.file}:{function}" not in known:
        function = function.rpartition(".")[0].removesuffix(".<locals>")
    tests = known[f"{mutation.file}:{function}" if function else mutation.file]
    about: dict[Test, float] = defaultdict(float)
    for name, callers in known.items():
        if name.startswith(f"{mutation.file}:"):
            for test in callers:
                about[test] += (_OF_ROOM if test.name.startswith(room) else 1) / len(callers)
    worth, seen = {}, Counter[str]()
    for test in sorted(tests, key=lambda one: -about[one] / (one.seconds + _STARTING_S)):
        is_story = test.name.startswith(_STORIES)
        place = test.name if is_story else test.name.partition("::")[0]
        seen[place] += 1
        worth[test] = about[test] / (test.seconds + _STARTING_S) / seen[place]
    ranked = sorted(worth, key=lambda one: -worth[one])
    left, chosen = {True: _ENOUGH_S / 2, False: _ENOUGH_S / 2}, []
    for test in ranked:
        is_of_room = test.name.startswith(room)
        if left[is_of_room] > 0:
            left[is_of_room] -= test.seconds
            chosen.append(test.name)
    if mutation.function == "<module>":
        chosen += [test.name for test in known[_STARTS]]
    return list(dict.fromkeys(chosen))


# Changing and running.


def failing(tests: Sequence[str], copied: Path) -> str:
    """Run tests until one fails, and return its name; empty where none fails."""
    files = list(dict.fromkeys(name.partition("::")[0] for name in tests))
    files = [name for name in files if (ROOT / name).exists()]
    if not files:
        return ""
    (copied / "tests.txt").write_text("\n".join(tests), encoding="utf-8")
    # -P: the package of the copy is imported, not the one in the folder where the tests run.
    command = [sys.executable, "-P", "-m", "pytest", "-q", "-x", "-n0", "-p", "no:cacheprovider"]
    env = {
        **os.environ,
        "PYTHONPATH": f"{copied}{os.pathsep}{ROOT / 'scripts'}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "CI": "true",
        _CHOSEN: str(copied / "tests.txt"),
    }
    try:
        done = subprocess.run(
            [*command, "-p", "mutate", *files],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            timeout=_HANGING_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _HANGS
    if done.returncode in (0, pytest.ExitCode.NO_TESTS_COLLECTED):
        return ""
    found = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - |$)", done.stdout, re.MULTILINE)
    return found[1] if found else _STARTS_NOT


class _Trial:
    """A copy of the package, in which one change after another is made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        #: Whether a test passes without a change, as far as that was tried.
        self._is_sound: dict[str, bool] = {}
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "revox_sync", folder / "revox_sync", ignore=ignored)
        (folder / ".github").symlink_to(ROOT / ".github")  # init reads it beside the package
        # By their hashes: two changes within a second may leave time and size as they were.
        checked = py_compile.PycInvalidationMode.CHECKED_HASH
        compileall.compile_dir(folder / "revox_sync", quiet=1, invalidation_mode=checked)

    def noticing(self, mutation: Mutation, tests: Sequence[str]) -> str:
        """Make a change, return the test that fails only with it, and take the change back."""
        for some in (tests[:_LIKELIEST], tests[_LIKELIEST:]):
            left = list(some)
            while found := self._failing(mutation, left):
                if found not in self._is_sound:
                    self._is_sound[found] = not failing([found], self._folder)
                if self._is_sound[found]:
                    return found
                kept = [one for one in left if found not in (one, one.partition("::")[0])]
                if kept == left:
                    break
                left = kept
        return ""

    def _failing(self, mutation: Mutation, tests: Sequence[str]) -> str:
        file = self._folder / mutation.file
        whole = file.read_bytes()
        start, end = mutation.start, mutation.end
        try:
            file.write_bytes(whole[:start] + mutation.text.encode() + whole[end:])
            return failing(tests, self._folder)
        finally:
            file.write_bytes(whole)


@contextmanager
def trial(jobs: int, known: dict[str, list[Test]]) -> Iterator[Callable[..., Iterator[str]]]:
    """Yield a function that says of each of some changes which test notices it."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as pool:
        trials: Queue[_Trial] = Queue()
        for number in range(jobs):
            trials.put(_Trial(Path(folder) / str(number)))

        def one(mutation: Mutation) -> str:
            mine = trials.get()
            try:
                return mine.noticing(mutation, fitting(mutation, known))
            finally:
                trials.put(mine)

        yield lambda mutations: pool.map(one, mutations)


def main() -> int:
    """Try changes; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("rooms", nargs="*", default=ROOMS, metavar="ROOM")
    parser.add_argument("--count", type=int, default=40, help="how many changes in each room")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--least", type=float, default=90.0, help="percent that are noticed")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--at", metavar="FILE:LINE", help="every change of this line")
    parser.add_argument("--record", action="store_true", help="record again what calls what")
    asked = parser.parse_args()
    if asked.record or not CALLS.exists():
        record()
    known, equal = calls(), equivalent()
    if asked.at:
        name, _, line = asked.at.partition(":")
        at_line = [one for one in mutations_of(ROOT / name) if one.line == int(line)]
        chosen = {name: at_line}
    else:
        chosen = {}
        for room in asked.rooms:
            files = sorted((ROOT / "revox_sync" / room).glob("*.py"))
            possible = [one for file in files for one in mutations_of(file)]
            possible = [one for one in possible if _about(one) not in equal]
            source = random.Random(f"{asked.seed} {room}")  # noqa: S311 - to be repeated
            chosen[room] = source.sample(possible, min(asked.count, len(possible)))
    code = 0
    with trial(asked.jobs, known) as are_noticed:
        for room, mutations in chosen.items():
            noticed = 0
            for mutation, seen in zip(mutations, are_noticed(mutations), strict=True):
                noticed += bool(seen)
                if not seen:
                    place = f"{mutation.file}:{mutation.line} in {mutation.function}"
                    told = f"{mutation.before}  ->  {mutation.text}"
                    print(f"SURVIVED {place}  {told}", flush=True)
            share = 100 * noticed / len(mutations) if mutations else 100.0
            told = f"{noticed} of {len(mutations)} noticed ({share:.0f} %)"
            print(f"{room}: {told}, seed {asked.seed}", flush=True)
            code = max(code, int(share < asked.least))
    return code


if __name__ == "__main__":
    sys.exit(main())
