"""Reads the records of earlier runs; ``journal.py`` says how they look.

A run that was killed half-way is read as far as it came: its snapshots are whole or not there, and
a torn last line of the journal says nothing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import field, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from revox_sync.errors import RefusedError, UsageError
from revox_sync.history.journal import FORMAT_VERSION, Records, file_name
from revox_sync.history.snapshot import Snapshot
from revox_sync.model.path import Path as Place
from revox_sync.model.path import value_at
from revox_sync.records import dataclass


@dataclass(frozen=True, slots=True)
class Created:
    """What a run made; ``secrets`` are the places that its definition kept secret."""

    key: str
    id: str
    secrets: frozenset[Place] = frozenset()


@dataclass(frozen=True, slots=True)
class Recreated:
    """A recreate of a run: ``new`` is None where the record does not say what it was given.

    ``finished`` says whether nothing of it is left to be done, ``serving`` whether all that is left
    is to retire the old one, ``kept`` whether the service declined to delete it. ``rebound`` says
    that the definition was bound when that happened. ``marks`` tell by place what was sent, as far
    as it may be written down. ``run`` is whose record tells of it, ``at`` when (ISO 8601).
    """

    key: str
    old: str
    new: str | None = None
    finished: bool = False
    serving: bool = False
    kept: bool = False
    rebound: bool = False
    marks: Mapping[str, str] = field(default_factory=dict)
    run: str = ""
    at: str = ""

    @property
    def serves(self) -> bool:
        """Whether the new assistant has taken the old one's place."""
        return self.new is not None and (self.finished or self.serving)


@dataclass(frozen=True, slots=True)
class Run:
    """An earlier run, in one of the project's environments.

    ``created`` is what it made, ``recreated`` what it made in the place of another, ``unsettled``
    the keys of creates of which the record does not say what became of them. ``later`` is what this
    and each later run recreated, ``half_way`` by old id what any run began to recreate and none
    finished; only ``find_run`` tells.
    """

    name: str
    base_url: str
    organization_id: str | None
    snapshots: tuple[Snapshot, ...]
    created: tuple[Created, ...]
    recreated: tuple[Recreated, ...] = ()
    unsettled: tuple[str, ...] = ()
    environment: str | None = None
    later: tuple[Sequence[Recreated], ...] = ()
    half_way: Mapping[str, Recreated] = field(default_factory=dict)


def list_runs(records: Records) -> list[Run]:
    """Return the runs that can be read, oldest first."""
    runs = []
    for name in _begun(records):
        try:
            runs.append(load_run(records, name))
        except RefusedError:
            continue
    return runs


@dataclass(frozen=True, slots=True)
class RecordedRecreates:
    """The recreates of the runs against one account, oldest first, and which were in vain.

    ``changed`` are the ids of assistants that a run changed in place.
    """

    runs: tuple[tuple[Recreated, ...], ...]
    vain: Mapping[str, tuple[str, ...]]
    changed: frozenset[str] = frozenset()


def list_recreates(records: Records, base_url: str, environment: str | None) -> RecordedRecreates:
    """Return the recreates in the journals, without reading snapshots, of which there may be many.

    Runs that cannot be read are skipped.
    """
    runs: list[tuple[Recreated, ...]] = []
    vain: dict[str, tuple[str, ...]] = {}
    changed: set[str] = set()
    for name, lines in _journals(records, base_url, environment):
        runs.append(tuple(replace(found, run=name) for found in recreated_in(lines)))
        vain |= vain_in(lines)
        untouched = _untouched(lines)
        changed |= {
            line["id"] for line in lines if _is_change(line) and line["key"] not in untouched
        }
    return RecordedRecreates(tuple(runs), vain, frozenset(changed))


def _is_change(line: Mapping[str, Any]) -> bool:
    """Whether a line tells of a PATCH to an assistant."""
    return line.get("method") == "PATCH" and "number" not in line


def _journals(
    records: Records, base_url: str, environment: str | None
) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Yield the names and the lines of the runs against one account, oldest first."""
    for name in records.names:
        with suppress(RefusedError):
            header = _read(records.folder / name / "run.json")
            if (header.get("base_url"), header.get("environment")) == (base_url, environment):
                yield name, _lines(records.folder / name / "journal.jsonl")


@dataclass(frozen=True, slots=True)
class Recent:
    """What runs against one account did that its reads may not show yet.

    By id, each with the seconds for which they may lag behind: ``made`` and ``deleted``, and
    ``changed``, with the assistant as it was before the last change; ``earlier`` has it as it was
    before those that went ahead of that.
    """

    made: Mapping[str, float] = field(default_factory=dict)
    deleted: Mapping[str, float] = field(default_factory=dict)
    changed: Mapping[str, tuple[Snapshot, float]] = field(default_factory=dict)
    earlier: Mapping[str, Sequence[Snapshot]] = field(default_factory=dict)


def list_recent(records: Records, base_url: str, environment: str | None, settle: float) -> Recent:
    """Return what runs against one account did in the last ``settle`` seconds.

    What took the place of another, or was deleted, is told however long ago that was.
    """
    made: dict[str, float] = {}
    latest: dict[str, str] = {}
    deleted: dict[str, float] = {}
    changed: dict[str, tuple[Snapshot, float]] = {}
    earlier: dict[str, list[Snapshot]] = {}
    for name, lines in _journals(records, base_url, environment):
        untouched = _untouched(lines)
        # Of a change that failed the run itself waited for what came of it.
        failed = {line["key"] for line in lines if line.get("status") == "failed"}
        for line in lines:
            key, event = line["key"], line.get("event")
            left = settle - _seconds_since(line.get("at"))
            one = line["new"] if event == "recreated" else line.get("id", "")
            if event == "recreated":
                latest[key] = one
            if event in ("created", "recreated"):
                made[one] = left
            elif _is_change(line) and left > 0:
                was = None if key in untouched else snapshot_of(records, name, key, one)
                before = changed.get(one)
                if was is not None and before is not None and before[0].file != was.file:
                    earlier.setdefault(one, []).append(before[0])
                if was is not None:
                    changed[one] = (was, 0.0 if key in failed else left)
        deleted |= {one: settle - ago for one, ago in _deleted_in(lines).items()}
    there = {one: left for one, left in made.items() if left > 0 or one in latest.values()}
    made = {one: left for one, left in there.items() if one not in deleted}
    return Recent(made, deleted, changed, earlier)


def _deleted_in(lines: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Return what a run deleted, or may have, and how many seconds ago."""
    sent = {line["id"] for line in lines if line.get("method") == "DELETE"}
    ids = {"retired": "old", "withdrawn": "new", "outcome": "id"}
    ended = [(line.get(ids[line["event"]], ""), line) for line in lines if line.get("event") in ids]
    return {
        one: _seconds_since(line.get("at"))
        for one, line in ended
        if one in sent and line.get("status", "done") in ("done", "unknown")
    }


@dataclass(frozen=True, slots=True)
class Sent:
    """An assistant that a run made or changed: ``id`` is None where the record ends before that.

    ``settled`` says that the run saw it; ``age`` is how many seconds ago it was sent.
    """

    id: str | None
    settled: bool
    age: float


def list_sent(
    records: Records, base_url: str, environment: str | None
) -> Mapping[str, tuple[Sent, ...]]:
    """Return by key the assistants that runs against one account sent, newest first.

    Those that a run deleted are left out. Runs that cannot be read tell nothing.
    """
    found: dict[str, list[Sent]] = {}
    gone: set[str] = set()
    for _, lines in reversed([*_journals(records, base_url, environment)]):
        for key, sent in _sent(lines, gone):
            found.setdefault(key, []).append(sent)
    return {key: tuple(sent) for key, sent in found.items()}


def _sent(lines: Sequence[Mapping[str, Any]], gone: set[str]) -> Iterator[tuple[str, Sent]]:
    ended = {
        line["key"]: line.get("status") != "unknown"
        for line in lines
        if line.get("event") == "outcome"
    }
    gone |= {line["id"] for line in lines if line.get("method") == "DELETE"}
    sent: dict[str, Sent] = {}
    for line in lines:
        key, ago = line["key"], _seconds_since(line.get("at"))
        if line.get("method") == "POST":
            sent[key] = Sent(None, False, ago)
        elif line.get("event") in ("created", "recreated"):
            sent[key] = Sent(line.get("id") or line["new"], ended.get(key, False), ago)
        elif _is_change(line):
            sent.setdefault(key, Sent(line["id"], True, ago))
    for key, one in sent.items():
        if one.id not in gone and (one.id is not None or not ended.get(key)):
            yield key, one


def _seconds_since(at: Any) -> float:
    """Return how long ago a line was written; one that does not tell is as old as can be.

    One from the future, after a clock was put back, is from now: nobody waits longer for it.
    """
    try:
        return max(0.0, (datetime.now(UTC) - datetime.fromisoformat(str(at))).total_seconds())
    except (TypeError, ValueError):
        return math.inf


def snapshot_of(records: Records, run: str, key: str, assistant_id: str) -> Snapshot | None:
    """Return an assistant as it was before a run wrote to it; None if no record has it."""
    name = file_name(key)
    for path in sorted((records.folder / run / "snapshots").glob("*.json")):
        if path.stem.partition("~")[0] == name:
            try:
                found = _snapshot(path, f"{records.label}/{run}/snapshots")
            except RefusedError:
                continue
            if found.id == assistant_id:
                return found
    return None


def find_run(records: Records, name: str | None, environment: str | None) -> Run:
    """Return the run of that name or number, or the latest one of the project's ``environment``.

    Its snapshots are of the assistants that took the place of those which it, or a later run,
    recreated. Where it only went on with what an earlier run had begun, they are that run's.
    Raises UsageError when there is none, RefusedError when its record cannot be read or it was in
    another environment.
    """
    names = _begun(records)
    if not names:
        raise UsageError(
            "no run is recorded in this project",
            hint="every apply records what it replaces; there was none here yet",
        )
    if name is not None and name.isdecimal():  # the number that its name begins with
        numbered = [found for found in names if int(found.partition("-")[0]) == int(name)]
        name = numbered[0] if len(numbered) == 1 else name
    if name is not None and name not in names:
        raise UsageError(f"there is no run {name}", hint="`revox-sync rollback --list` names them")
    run = load_run(records, name or _latest(records, names, environment))
    if run.environment != environment:
        here = f"environment {environment}" if environment else "no environment"
        there = f"environment {run.environment}" if run.environment else "no environment"
        raise RefusedError(
            f"run {run.name} was in {there}, and this is {here}",
            hint=f"name it with --env {run.environment}" if run.environment else None,
        )
    recreated = list_recreates(records, run.base_url, environment).runs
    later = [one for one in recreated if any(found.run >= run.name for found in one)]
    begun = [found for one in recreated for found in one if found.run < run.name]
    snapshots = tuple(
        replace(old, id=successor(old.id, later)) for old in _with_begun(records, run, begun)
    )
    half_way = unfinished(recreated, frozenset())
    return replace(run, snapshots=snapshots, later=tuple(later), half_way=half_way)


def _with_begun(records: Records, run: Run, begun: Sequence[Recreated]) -> Iterator[Snapshot]:
    """Yield a run's snapshots; of a recreate that it only went on with, those of who began it."""
    yield from run.snapshots
    written = {snapshot.key for snapshot in run.snapshots if snapshot.fields}
    for found in run.recreated:
        for earlier in reversed(begun) if found.key not in written else ():
            if (earlier.key, earlier.old) == (found.key, found.old):
                snapshot = snapshot_of(records, earlier.run, earlier.key, earlier.old)
                if snapshot is not None and snapshot.fields:
                    yield snapshot
                    break


def _latest(records: Records, names: Sequence[str], environment: str | None) -> str:
    """Return the latest run of an environment; one that cannot be read might be that."""
    for name in reversed(names):
        if _read(records.folder / name / "run.json").get("environment") == environment:
            return name
    here = f"of environment {environment} " if environment else ""
    raise UsageError(
        f"no run {here}is recorded in this project", hint="`revox-sync rollback --list` names all"
    )


def _begun(records: Records) -> list[str]:
    """Return the runs, except those that were killed before they recorded anything."""

    def has_begun(folder: Path) -> bool:
        told = (folder / "run.json", folder / "journal.jsonl")
        return any(path.exists() for path in told) or any((folder / "snapshots").glob("*.json"))

    return [name for name in records.names if has_begun(records.folder / name)]


def load_run(records: Records, name: str) -> Run:
    """Read the record of a run. Raises RefusedError when it is damaged, naming the file."""
    folder = records.folder / name
    header = _read(folder / "run.json")
    try:
        paths = sorted(_own(folder / "snapshots").glob("*.json"))
        lines = _lines(folder / "journal.jsonl")
        untouched = _untouched(lines)
        snapshots = [_snapshot(path, f"{records.label}/{name}/snapshots") for path in paths]
        return Run(
            name,
            str(header["base_url"]),
            header["organization_id"],
            # What the service refused to write was not replaced, and is not put back.
            tuple(snapshot for snapshot in snapshots if snapshot.key not in untouched),
            _created(lines),
            recreated_in(lines),
            _unsettled(lines),
            header.get("environment"),
        )
    except (KeyError, TypeError):
        raise _damaged(folder / "run.json") from None


def _snapshot(path: Path, label: str) -> Snapshot:
    data = _read(path)
    try:
        found = Snapshot(
            str(data["key"]),
            str(data["name"]),
            str(data["id"]),
            str(data["action"]),
            tuple(map(str, data["fields"])),
            frozenset(tuple(place) for place in data["sensitive"]),
            dict(data["remote"]),
            frozenset(tuple(place) for place in data["secrets"]),
            f"{label}/{path.name}",
        )
    except (KeyError, TypeError, ValueError):
        raise _damaged(path) from None
    # What was masked is a text, and where a secret stood then need not be there.
    masked = all(isinstance(value_at(found.remote, place), str) for place in found.sensitive)
    if not masked or not all(place and isinstance(place[0], str) for place in found.secrets):
        raise _damaged(path)
    return found


def _lines(path: Path) -> list[Mapping[str, Any]]:
    """Return the readable lines of a journal."""
    try:
        texts = _own(path).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found: list[Mapping[str, Any]] = []
    for text in texts:
        with suppress(ValueError, RecursionError):
            record = json.loads(text)
            if isinstance(record, dict) and _is_sound(record):
                found.append(record)
    return found


_TEXTS = ("event", "at", "method", "id", "old", "new", "number", "status", "difference")
_PAIR = ("old", "new")
#: What a line of an event, or of a request, cannot do without.
_NEEDED: Mapping[str, Sequence[str]] = {
    "sending": ("method",),
    "PATCH": ("id",),
    "DELETE": ("id",),
    "created": ("id",),
    "recreated": _PAIR,
    "serving": _PAIR,
    "kept": _PAIR,
    "retired": _PAIR,
    "withdrawn": _PAIR,
    "vain": ("difference",),
}


def _is_sound(record: Mapping[str, Any]) -> bool:
    """Whether a line has the form of those that a journal writes."""
    fields, places = record.get("fields", []), record.get("secrets", [])
    return (
        isinstance(record.get("key"), str)
        and all(isinstance(record.get(name), str | None) for name in _TEXTS)
        and all(
            record.get(name)
            for what in (record.get("event"), record.get("method"))
            for name in _NEEDED.get(what or "", ())
        )
        and isinstance(record.get("marks", {}), dict)
        and isinstance(fields, list)
        and isinstance(places, list)
        and all(isinstance(place, list) for place in places)
        and all(isinstance(part, str | int) for part in chain(fields, *places))
    )


def _untouched(lines: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the keys of assistants that a run certainly left as they were."""
    ended = (line for line in lines if line.get("event") == "outcome")
    return {line["key"] for line in ended if line.get("wrote") is False}


def _created(records: Sequence[Mapping[str, Any]]) -> tuple[Created, ...]:
    made = (
        Created(record["key"], record["id"], frozenset(map(tuple, record.get("secrets", ()))))
        for record in records
        if record.get("event") == "created"
    )
    return tuple(dict.fromkeys(made))


def _unsettled(records: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    sent = dict.fromkeys(
        record["key"]
        for record in records
        if record.get("method") == "POST" and not record.get("id")
    )
    told = {found.key for found in _created(records)} | {
        record["key"]
        for record in records
        if record.get("event") == "outcome" and record.get("status") != "unknown"
    }
    return tuple(key for key in sent if key not in told)


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(_own(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        raise _damaged(path) from None
    if not isinstance(data, dict) or data.get("format_version") != FORMAT_VERSION:
        raise _damaged(path)
    return data


def _own(path: Path) -> Path:
    """Return a path of a run's folder; raises RefusedError for a link."""
    if path.is_symlink():
        raise RefusedError(
            f"the record {path} is a link, and links are not followed",
            hint="put the file itself there",
        )
    return path


def _damaged(path: Path) -> RefusedError:
    return RefusedError(
        f"the record {path} is missing or damaged", hint="`revox-sync rollback --list` names others"
    )


def recreated_in(records: Sequence[Mapping[str, Any]]) -> tuple[Recreated, ...]:
    """Return the recreates in the lines of one journal, one per old assistant."""
    found: dict[str, Recreated] = {}
    begun: dict[str, str] = {}
    for record in records:
        event, key = record.get("event"), record["key"]
        if event == "sending" and record["method"] == "POST" and record.get("id"):
            begun[key] = record["id"]
            found[begun[key]] = Recreated(key, begun[key], marks=record.get("marks", {}))
        elif event in ("recreated", "serving", "kept", "retired"):
            old = record["old"]
            found[old] = replace(
                found.get(old, Recreated(key, old)),
                new=record["new"],
                finished=event == "retired",
                serving=event in ("serving", "kept"),
                kept=event == "kept",
                rebound=record.get("rebound") is True,
                at=str(record.get("at")),
            )
        elif event == "withdrawn":
            found[record["old"]] = Recreated(key, record["old"], finished=True)
        elif event == "outcome" and record.get("wrote") is False and key in begun:
            found.pop(begun[key], None)  # the service refused to make the new one
    return tuple(found.values())


def vain_in(records: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Return the differences that a recreate did not settle, and the fields that were not taken."""
    return {
        record["difference"]: tuple(record.get("fields", ()))
        for record in records
        if record.get("event") == "vain"
    }


def unfinished(
    runs: Iterable[Sequence[Recreated]], bound: frozenset[str | None]
) -> dict[str, Recreated]:
    """Return by old id the recreates that the runs, oldest first, did not finish.

    A successor that was replaced itself passes its place on. If the definition was bound to a new
    one whose predecessor cannot be deleted, nothing is left to do. ``bound`` holds the ids of all
    definitions.
    """
    left: dict[str, Recreated] = {}
    for found in (one for recreated in runs for one in recreated):
        for old, earlier in left.items():
            if earlier.new == found.old and found.serves:
                left[old] = replace(earlier, new=found.new)
        before = left.pop(found.old, None)
        if found.finished:
            continue
        if before is not None and before.new in (None, found.new):
            kept = found.kept or before.kept
            rebound = found.rebound if found.kept else before.rebound
            found = replace(  # noqa: PLW2901 - a run that went on with it tells less
                found,
                serving=found.serving or before.serving,
                kept=kept,
                rebound=rebound,
                marks=found.marks or before.marks,
                run=before.run,
            )
        left[found.old] = found
    return {
        old: found
        for old, found in left.items()
        if not (found.kept and not found.rebound and found.new in bound)
    }


def successor(assistant_id: str, runs: Iterable[Sequence[Recreated]]) -> str:
    """Return the assistant that replaced another in these runs, oldest first, if any."""
    for recreated in runs:
        for found in recreated:
            if found.old == assistant_id and found.serves and found.new is not None:
                assistant_id = found.new
    return assistant_id
