"""From the record of a run to what an account should be like again.

A snapshot becomes a definition that is bound to its assistant and states the fields that the run
wrote, as they were; planning and applying are then the same as ever.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from revox_sync.account.remote import Remote
from revox_sync.apply.runs import Run, Snapshot
from revox_sync.definitions.definition import Definition, Path, SyncOptions
from revox_sync.plan.diff import render_path
from revox_sync.plan.model import Action, Plan, action_fingerprint


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
        if snapshot.action == "delete" or not snapshot.fields:
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
        value = copy.deepcopy(snapshot.remote.get(name))
        asked = {
            f"{snapshot.key}:{render_path(place)}": place
            for place in sorted(snapshot.sensitive, key=str)
            if place[0] == name and _is_put_back(place, value)
        }
        missing = [label for label in asked if label not in supplied]
        if missing:
            options = " ".join(f"--supply {label}=NAME" for label in missing)
            remarks.append(f"{name}: left alone, because it holds what is sensitive; {options}")
            continue
        used.update(asked)
        holder = {name: value}
        for label, place in asked.items():
            _put(holder, place, supplied[label])
        if name == "faq_items":
            holder[name], waiting = _faq(snapshot, holder[name])
            remarks += [
                f'faq_items: the open question "{question}" was there, and cannot be put back'
                for question in waiting
            ]
        fields[name] = holder[name]
    return fields, remarks, used


def _is_put_back(place: Path, value: Any) -> bool:
    """Whether a place is one that a request states: of a FAQ, what answered items say."""
    if place[0] != "faq_items":
        return True
    item = value[place[1]]
    return place[-1] in ("question", "answer") and item.get("needs_human_answer") is not True


def _faq(snapshot: Snapshot, items: Any) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Return the answered items in the form of a definition, and the open questions."""
    held = Remote({"id": snapshot.id, "faq_items": items or []})
    assert held.faq is not None  # noqa: S101 - it is a list
    return held.answered_items, held.faq.open_questions


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
