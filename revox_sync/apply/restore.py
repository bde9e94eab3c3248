"""From the record of a run to what an account should be like again.

A snapshot becomes a definition that is bound to its assistant and states the fields that the run
wrote, as they were; planning and applying are then the same as ever.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from revox_sync.apply.runs import Run, Snapshot
from revox_sync.definitions.definition import Definition, Path, SyncOptions
from revox_sync.plan.diff import render_path
from revox_sync.plan.model import Action, Plan, action_fingerprint
from revox_sync.plan.remote import Remote


@dataclass(frozen=True, slots=True)
class Restoration:
    """Definitions to plan towards, and by key what the reviewer should know."""

    definitions: tuple[Definition, ...]
    names: Mapping[str, str]
    notes: Mapping[str, tuple[str, ...]]
    used: frozenset[str] = field(default_factory=frozenset)


def restoration(
    run: Run, supplied: Mapping[str, str], secrets: Mapping[str, frozenset[Path]]
) -> Restoration:
    """Return what the run's snapshots come to.

    ``supplied`` gives sensitive values back, by ``KEY:PATH``; a field of which one is missing is
    left alone, and a note names it. ``secrets`` are the places that today's definitions keep
    secret, by key. ``used`` holds the supplied values that were asked for.
    """
    definitions, names, notes, used = [], {}, {}, set[str]()
    for snapshot in run.snapshots:
        if snapshot.action == "delete":
            continue
        fields, remarks, taken = _fields(snapshot, supplied)
        used |= taken
        names[snapshot.key], notes[snapshot.key] = snapshot.name, tuple(remarks)
        definitions.append(
            Definition(
                snapshot.key,
                snapshot.file,
                fields,
                SyncOptions(id=snapshot.id),
                snapshot.sensitive | snapshot.secrets | secrets.get(snapshot.key, frozenset()),
            )
        )
    return Restoration(tuple(definitions), names, notes, frozenset(used))


def _fields(
    snapshot: Snapshot, supplied: Mapping[str, str]
) -> tuple[dict[str, Any], list[str], set[str]]:
    fields: dict[str, Any] = {}
    remarks: list[str] = []
    used: set[str] = set()
    for name in snapshot.fields:
        places = sorted((place for place in snapshot.sensitive if place[0] == name), key=str)
        wanted = [f"{snapshot.key}:{render_path(place)}" for place in places]
        missing = [label for label in wanted if label not in supplied]
        if missing:
            options = " ".join(f"--supply {label}=NAME" for label in missing)
            remarks.append(f"{name}: left alone, because it holds what is sensitive; {options}")
            continue
        used.update(wanted)
        if name == "faq_items":
            items, waiting = _faq(snapshot)
            remarks += [
                f'faq_items: the open question "{question}" was there, and cannot be put back'
                for question in waiting
            ]
            value: Any = items
        else:
            value = copy.deepcopy(snapshot.remote.get(name))
        holder = {name: value}
        for place, label in zip(places, wanted, strict=True):
            _put(holder, place, supplied[label])
        fields[name] = holder[name]
    return fields, remarks, used


def _faq(snapshot: Snapshot) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    found = Remote({"id": snapshot.id, **snapshot.remote}).faq
    if found is None:
        return [], ()
    items = [{"question": question, "answer": answer} for question, answer in found.items]
    return items, found.open_questions


def _put(holder: Any, place: Path, value: str) -> None:
    for part in place[:-1]:
        holder = holder[part]
    holder[place[-1]] = value


def annotated(plan: Plan, wanted: Restoration) -> Plan:
    """Return the plan with the assistants' names and the notes of the restoration."""
    actions = [
        replace(
            action,
            name=wanted.names.get(action.key, action.name),
            notes=(*action.notes, *wanted.notes.get(action.key, ())),
        )
        for action in plan.actions
    ]
    return replace(plan, actions=tuple(actions), unmanaged=())


def deletions(run: Run, present: Iterable[Remote]) -> list[Action]:
    """Return the actions that delete what the run made and the account still holds."""
    held = {remote.id: remote for remote in present}
    return [
        Action(
            action="delete",
            mode=None,
            key=made.key,
            name=held[made.id].name,
            id=made.id,
            file=f".revox-sync/runs/{run.name}/journal.jsonl",
            fingerprint=action_fingerprint("delete", made.key, made.id, (), ()),
        )
        for made in run.created
        if made.id in held
    ]


def made_by(run: Run) -> tuple[Definition, ...]:
    """Return what is known of the assistants that the run made: what in them is secret."""
    return tuple(
        Definition(made.key, "", {}, SyncOptions(id=made.id), made.secrets) for made in run.created
    )
