"""What definitions changed since a commit, as a plan: the definitions of then are the account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from revox_sync.account.remote import Remote
from revox_sync.definitions.definition import Definition
from revox_sync.plan.compare import Rules, compare, wanted_fields
from revox_sync.plan.model import Action, ActionKind, Plan, Target, Unmanaged, action_fingerprint
from revox_sync.plan.origin import Unread, counterparts, keeping_secrets

if TYPE_CHECKING:
    from revox_sync.definitions.base import Base


def changes_since(
    definitions: Sequence[Definition],
    base: Base,
    rules: Rules,
    only: frozenset[str] | None = None,
    environment: str | None = None,
) -> Plan:
    """Return what the definitions changed since the commit of ``base``.

    No account is asked: what one would make of it is left open. Definitions that are gone stand as
    unmanaged; ``only`` restricts the rest to these keys. ``rules`` are those
    of a plan, ``environment`` is the project's.
    """
    then = counterparts(definitions, base)
    definitions = keeping_secrets(definitions, then)
    actions = [
        _action(definition, then[definition.key], rules)
        for definition in definitions
        if only is None or definition.key in only
    ]
    kept = {found.key for found in then.values() if isinstance(found, Definition)}
    was = base.definitions
    gone = [Unmanaged(key, found.name) for key, found in was.items() if key not in kept]
    target = Target(f"git:{base.commit}", None, "current", environment)
    return Plan(
        target,
        tuple(sorted(actions, key=lambda action: action.key)),
        tuple(sorted(gone, key=lambda found: found.id)),
    )


def _action(definition: Definition, then: Definition | Unread | None, rules: Rules) -> Action:
    if isinstance(then, Unread):
        made = _action(definition, None, rules)
        note = f"this may not be new: {'; '.join(then.reasons)}"
        changes = tuple(replace(change, origin="unknown") for change in made.changes)
        fingerprint = action_fingerprint("create", definition.key, None, changes, ())
        notes = (*made.notes, note)
        return replace(made, changes=changes, notes=notes, fingerprint=fingerprint)
    remote = None if then is None else Remote({**then.fields, "id": then.key})
    found = compare(definition, remote, rules, recreate=remote is not None)
    notes = found.notes
    wanted = wanted_fields(definition, rules, create=False)
    reset = {spec.name for spec, _, absent in wanted if absent}
    dropped = [
        name
        for name in ([] if then is None else then.fields)
        if name not in definition.fields and name not in reset
    ]
    if dropped:
        notes += (f"no longer stated, and so left to the account: {', '.join(dropped)}",)
    kind: ActionKind = "replace" if found.changes or dropped else "unchanged"
    if then is None:
        kind = "create"
    return Action(
        action=kind,
        mode="in-place" if kind == "replace" else None,
        key=definition.key,
        name=definition.name,
        id=None,
        file=definition.file,
        changes=found.changes,
        notes=notes,
        fingerprint=action_fingerprint(kind, definition.key, None, found.changes, ()),
    )
