"""What the judges go by: the history of an account, what a run said, and what it left on disk."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from proof.account import Change
from proof.choices import Fields
from proof.world import SECRET, Run, World
from properties.meaning import disagreements

#: Fields whose values no view and no file may hold.
SENSITIVE = frozenset({"webhook_url"})
SERVICE_OWN = frozenset({"id", "organization_id", "created_at", "updated_at"})
_LINE = re.compile(
    r"^(created|replaced|renewed|deleted|failed|refused|skipped|unknown) +(\S+)  \"", re.M
)
_COUNTS = re.compile(r"^\w+: (\d+) done, (\d+) failed, (\d+) refused, (\d+) skipped, (\d+) unknown")


def traces(secret: str) -> set[str]:
    """Return what gives a secret away: eight characters of it, or an encoding of it."""
    pieces = {secret[i : i + 8] for i in range(len(secret) - 7)}
    coded = {
        base64.b64encode(b"\0" * offset + secret.encode()).decode()[4:-4] for offset in range(3)
    }
    return pieces | coded | {quote(secret, safe=""), json.dumps(secret)[1:-1]}


def told(run: Run) -> list[tuple[str, str]]:
    done = {"created", "replaced", "renewed", "deleted"}
    return [("done" if word in done else word, key) for word, key in _LINE.findall(run.result.out)]


def counted(run: Run) -> list[int] | None:
    for line in run.result.out.splitlines():
        found = _COUNTS.match(line)
        if found:
            return [int(count) for count in found.groups()]
    return None


def account_before(world: World, run: Run) -> dict[str, Fields]:
    found: dict[str, Fields] = {}
    for change in world.account.changes[: run.earlier]:
        if change.after is None:
            found.pop(change.id, None)
        else:
            found[change.id] = change.after
    return found


def differing(change: Change) -> set[str]:
    before, after = change.before or {}, change.after or {}
    return {
        name
        for name in before.keys() | after.keys()
        if name not in SERVICE_OWN and _plain(before.get(name)) != _plain(after.get(name))
    }


def _plain(value: Any) -> Any:
    """Return a value without the ids that the service gives to items."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        own = "question" in value
        return {name: member for name, member in value.items() if name != "id" or not own}
    return value


def last_writer(past: list[Change], identity: str, name: str) -> str | None:
    for change in reversed(past):
        if change.id == identity and (change.before is None or name in differing(change)):
            return change.by
    return None


def open_questions(document: Fields) -> set[str]:
    items = document.get("faq_items") or []
    return {item["question"] for item in items if item.get("needs_human_answer")}


def snapshot(run: Run, identity: str) -> Fields | None:
    """Return the snapshot that a run kept of an assistant."""
    found = _record(run, identity)
    return None if found is None else found["remote"]


def kept_secret(run: Run, name: str) -> set[str]:
    """Return the fields that a run masked, in part or whole, in what it kept of a definition's."""
    return {
        str(place[0])
        for data in _records(run)
        for place in data["sensitive"]
        if data["name"] == name
    }


def _record(run: Run, identity: str) -> Any:
    return next((data for data in _records(run) if data["id"] == identity), None)


def _records(run: Run) -> Iterator[Any]:
    for path in run.folder.glob("snapshots/*.json") if run.folder is not None else ():
        yield json.loads(path.read_text(encoding="utf-8"))


def shown(run: Run, change: Change, name: str) -> bool:
    """Whether the plan that the run printed shows what was there before."""
    assert change.before is not None and change.after is not None
    block = _block(run.result.out, str(change.before["name"]))
    if not re.search(rf"^ +[-+~] {name}\b", block, re.M):
        return False
    if is_sensitive(run, change.before, name):
        return True
    return all(leaf in block for leaf in _leaves(change.before[name], change.after[name]))


def _block(text: str, key: str) -> str:
    found = re.search(rf"^. {re.escape(key)}  .*?(?=^$|\Z)", text, re.M | re.S)
    return found[0] if found else ""


def _leaves(before: Any, after: Any) -> Iterator[str]:
    """Yield the texts of what is only in ``before``."""
    if isinstance(before, dict):
        for name, value in before.items():
            other = after.get(name) if isinstance(after, dict) else None
            if value != other and name != "id":
                yield from _leaves(value, other)
    elif isinstance(before, list):
        others = [_plain(item) for item in after or []]
        for item in before:
            if _plain(item) not in others:
                yield from _leaves(_plain(item), None)
    elif isinstance(before, str):
        yield before


def replaced(run: Run) -> dict[str, Fields]:
    """Return every assistant that the run changed, by id, as it was before."""
    first: dict[str, Fields] = {}
    for change in run.writes:
        if change.before is not None:
            first.setdefault(change.id, change.before)
    return first


def created(run: Run) -> set[str]:
    return {change.id for change in run.writes if change.before is None}


def written(run: Run, identity: str) -> set[str]:
    """Return the fields of an assistant that the run changed."""
    return {name for change in run.writes if change.id == identity for name in differing(change)}


def tried(run: Run, identity: str) -> set[str]:
    """Return the fields of an assistant that the run sent, carried out or not."""
    bodies = [r.body for r in run.requests if r.method == "PATCH" and r.path.endswith(identity)]
    return {name for body in bodies for name in body}


def edited(world: World, run: Run, identity: str) -> set[str]:
    """Return the fields of an assistant whose last change a run need not have seen.

    Somebody else changed them during the run, or before it by less than reads lag.
    """
    return {n for c in overlooked(world, run) if c.id == identity for n in differing(c)}


def overlooked(world: World, run: Run) -> list[Change]:
    """Return the changes that a run need not have seen.

    What its machine wrote it has to wait for, unless it looks for a shorter time than reads lag.
    """
    own = [one.writes for one in world.runs if one.here == run.here and run.lag < run.settle]
    known = {id(change) for writes in own for change in writes}
    late = [
        change
        for change in world.account.changes[: run.earlier]
        if run.lag and change.at > run.began - run.lag and id(change) not in known
    ]
    return late + [change for change in run.changes if change.by == "dashboard"]


def current(world: World, run: Run, key: str) -> list[Fields]:
    """Return the assistants that a definition stands for; one is as it should be.

    Left out are those that a newer one superseded, and those that no list has shown and no record
    of its machine tells of; but the newest one counts where it is as it should be, seen or not.
    """
    found, bound = world.named(key), world.bound(key)
    if bound is not None:
        return [one for one in found if one["id"] == bound]
    newest = sorted(found, key=lambda one: str(one["created_at"]))[-1:]
    wanted = run.stated.get(key, {})
    if run.retire == "keep" and newest and not disagreements(wanted, newest[0]):
        return newest
    late = {c.id for c in run.changes if c.before is None and c.at > run.ended - run.lag}
    made = [c for c in overlooked(world, run) if c.before is None]
    unknown = run.retire != "keep"  # there, the newest one counts, whoever made it
    late |= {c.id for c in made if c.by == "dashboard" or (unknown and c.id not in run.known)}
    own = created(run)
    if run.short:
        late |= {str(one["id"]) for one in found if str(one["id"]) not in run.known}
    shown = [one for one in found if one["id"] in own or one["id"] not in late]
    found = shown or found
    if run.retire == "keep":
        return sorted(found, key=lambda one: str(one["created_at"]))[-1:]
    return found


def is_sensitive(run: Run, held: Fields, name: str) -> bool:
    """Whether a value may be neither shown nor kept: a URL, or a secret went into either side.

    A rollback goes on keeping secret what the run that it takes back kept secret.
    """
    if run.restored is not None:
        then = run.restored.stated.get(str(held["name"]), {}).get(name)
        if name in kept_secret(run.restored, str(held["name"])) or SECRET in json.dumps(then):
            return True
    stated = run.stated.get(str(held["name"]), {}).get(name)
    return name in SENSITIVE or SECRET in json.dumps([held[name], stated])
