"""What definitions changed since a commit, as a plan: the definitions of then are the account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from revox_sync.account.remote import Remote
from revox_sync.definitions.definition import Definition
from revox_sync.plan.compare import Rules, compare
from revox_sync.plan.model import Action, ActionKind, Plan, Target, Unmanaged, action_fingerprint
from revox_sync.plan.origin import counterparts, keeping_secrets


def changes_since(
    definitions: Sequence[Definition],
    base: Mapping[str, Definition],
    commit: str,
    only: frozenset[str] | None = None,
    environment: str | None = None,
) -> Plan:
    """Return what the definitions changed since ``commit``, whose definitions are ``base``.

    No account is asked: what one would make of it is left open. Definitions that are gone stand as
    unmanaged; ``only`` restricts the rest to these keys. ``environment`` is the project's.
    """
    then = counterparts(definitions, base)
    definitions = keeping_secrets(definitions, then)
    actions = [
        _action(definition, then[definition.key])
        for definition in definitions
        if only is None or definition.key in only
    ]
    kept = {found.key for found in then.values() if found is not None}
    gone = [Unmanaged(key, found.name) for key, found in base.items() if key not in kept]
    target = Target(f"git:{commit}", None, "current", environment)
    return Plan(
        target,
        tuple(sorted(actions, key=lambda action: action.key)),
        tuple(sorted(gone, key=lambda found: found.id)),
    )


def _action(definition: Definition, then: Definition | None) -> Action:
    remote = None if then is None else Remote({**then.fields, "id": then.key})
    found = compare(definition, remote, Rules(note_unmanaged=False), recreate=remote is not None)
    notes = found.notes
    dropped = (
        [] if then is None else [name for name in then.fields if name not in definition.fields]
    )
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
