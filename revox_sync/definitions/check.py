"""Everything that is checked once data is composed: types first, then rules on what is sound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace
from typing import Any

from revox_sync.definitions.keys import SYNC_KEYS, explained, key_findings
from revox_sync.definitions.lint import lint
from revox_sync.definitions.places import Composed, Places
from revox_sync.definitions.problem import Problem, touches
from revox_sync.definitions.references import SECRET_PREFIX
from revox_sync.model.fields import FIELDS
from revox_sync.model.generations import Generation, outside
from revox_sync.model.path import Path, lies_in
from revox_sync.model.shapes import UNKNOWN
from revox_sync.model.sound import is_sound
from revox_sync.secrecy.values import references_in, written_masks

#: Problems of values whose types are right, so that rules can still read them.
_SOUND = frozenset(("out-of-range", "empty-text"))


def definition_problems(
    composed: Composed,
    fields: Mapping[str, Any],
    secrets: Mapping[Path, str],
    unset: Set[str],
    inherited: Set[str],
    *,
    several: bool = True,
    wanted: Iterable[str] = (),
) -> list[Problem]:
    """Return every problem of one definition: of composing, of types, of rules, and of masks.

    ``fields`` is what it comes to with the project's defaults, ``secrets`` and ``unset`` what it
    says of secrets; ``inherited`` names the fields that are defaults, which have been checked in
    the project file. ``several`` and ``wanted`` are as in ``lint``.
    """
    if not composed.whole:
        return composed.problems
    wrong = schema_problems(fields, composed.places)
    unsound = {str(path[0]) for path in composed.broken}
    unsound |= {str(found.path[0]) for found in wrong if found.path and found.rule not in _SOUND}
    findings = composed.unbroken(
        found for found in wrong if not found.path or found.path[0] not in inherited
    )
    findings += lint(fields, unsound, inherited, secrets.keys(), several=several, wanted=wanted)
    if unset:  # nobody can tell what a text with a secret that has no value comes to
        untold = [
            path for path, text in secrets.items() if not unset.isdisjoint(references_in(text))
        ]
        findings = [
            found for found in findings if not any(lies_in(found.path, place) for place in untold)
        ]
    findings += _masks(composed.data)
    if "sync" in composed.data:
        findings += composed.unbroken(key_findings(composed.data["sync"], ("sync",), SYNC_KEYS))
    return composed.problems + located(findings, composed.places, secrets.keys())


def default_problems(composed: Composed) -> list[Problem]:
    """Return every problem of the project's defaults.

    Rules that read several fields wait for a definition, which may state the others.
    """
    fields = {"name": "", "prompt": "", **composed.data}
    ours = frozenset(("name",))
    return definition_problems(
        composed, fields, composed.secrets, composed.unset, ours, several=False
    )


def schema_problems(fields: Mapping[str, Any], places: Places) -> list[Problem]:
    """Return everything in ``fields`` that the request model does not allow.

    The models, which say what is wrong, are imported only where something is.
    """
    if is_sound(fields):
        return []
    from revox_sync.definitions.mismatch import mismatches

    return mismatches(fields, places)


def outside_problems(
    fields: Mapping[str, Any], generation: Generation, members: Set[str] = frozenset()
) -> list[Problem]:
    """Return a problem for each field, member or value that an account does not have.

    ``members`` are those that the account's assistants report.
    """
    return [
        Problem(
            "outside-profile", found.message, found.hint, path=found.path, on_key=not found.is_value
        )
        for found in outside(fields, generation, members)
    ]


def located(
    problems: list[Problem], places: Places, secrets: Set[Path] = frozenset()
) -> list[Problem]:
    """Return ``problems`` with their places in files, without hints that could quote a secret."""

    def discreet(found: Problem) -> Problem:
        is_of_value = not found.on_key and found.rule != "missing-key"
        if is_of_value and found.path and touches(found.path, secrets):
            return replace(found, hint=explained(found.path))
        return found

    return [places.locate(discreet(found)) for found in problems]


def _masks(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a finding for each mask in place of a credential: sending it would replace that."""
    message = "this is a mask, as services print it, not a credential"
    hint = f'write "${{secret.NAME}}", and set {SECRET_PREFIX}NAME to the credential itself'
    sync = data.get("sync")
    extra = sync.get("extra") if isinstance(sync, dict) else None
    places = [
        place
        for name, value in data.items()
        if name in FIELDS and FIELDS[name].is_guarded
        for place in written_masks(FIELDS[name], value, (name,))
    ]
    places += written_masks(UNKNOWN, extra, ("sync", "extra"))
    for place in places:
        yield Problem("mask", message, hint, path=place, masked=True)
