"""Replacing an assistant by a new one: when, what the new one is, and what stands against it.

A recreate is for what PATCH cannot do, and for services without PATCH. The new assistant is the
old one overlaid by the definition, so that what the definition leaves out comes along. It is never
triggered by what a definition does not state, and never twice for the same difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from revox_sync.account.remote import Remote
from revox_sync.definitions.definition import Definition, SyncOptions
from revox_sync.history.snapshot import Snapshot
from revox_sync.model.conceal import masked_places
from revox_sync.model.fields import FIELDS, READ_ONLY, Clear, field_of
from revox_sync.model.path import path_text
from revox_sync.model.shapes import fingerprint
from revox_sync.model.sound import is_sound
from revox_sync.plan.compare import Comparison, Rules, compare, wanted_fields
from revox_sync.plan.model import Change

Retire = Literal["delete", "keep"]

#: What an account reports of a member that nobody set.
_UNSET: tuple[Any, ...] = (None, False, 0, "", [], {})


@dataclass(frozen=True, slots=True)
class Recreating:
    """What the project, the command line and earlier runs say about recreating.

    ``retire``      what becomes of the old assistant; None: not stated, so nothing is recreated
    ``keys``        definitions that are recreated in this run where they differ
    ``rebind``      bound definitions may be recreated; their files get the new id
    ``force``       also what a campaign uses, and what cannot be copied whole
    ``unfinished``  old id -> new id of recreates that ended half-way (None: the one of its name)
    ``asked``       old ids among them that somebody named, so that no record is needed
    ``snapshots``   by old id what the record has of them
    ``kept``        old ids among them that the service declined to delete; the new ones serve
    ``vain``        differences that a recreate did not settle, as ``difference`` gives them, and
                    the fields that the service did not take
    """

    retire: Retire | None = None
    keys: frozenset[str] = frozenset()
    rebind: bool = False
    force: bool = False
    unfinished: Mapping[str, str | None] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()
    snapshots: Mapping[str, Snapshot] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    vain: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


#: What holds where nobody says anything about recreating.
NOTHING_RECREATED = Recreating()


def is_recreated(definition: Definition, recreating: Recreating) -> bool:
    """Whether a definition's assistant is replaced by a new one where it differs."""
    return definition.sync.replace == "recreate" or definition.key in recreating.keys


def triggers(comparison: Comparison) -> bool:
    """Whether what differs is stated in the definition, and known to differ."""
    return bool(comparison.not_clearable) or any(
        not change.absent and not {change.path, change.field} & {*comparison.unknown}
        for change in comparison.changes
    )


def difference(key: str, changes: tuple[Change, ...]) -> str:
    """Return what tells whether two recreates are for the same difference."""
    return fingerprint([key, [[change.path, change.after] for change in changes]])


def whole_body(
    definition: Definition, remote: Remote, rules: Rules
) -> tuple[dict[str, Any], list[str]]:
    """Return the new assistant, the old one overlaid by the definition, and what is lost on it.

    What is lost are the old one's members that cannot be copied; the body is without them.
    """
    body = dict(_copied(remote))
    stated = set()
    # Whatever is ignored comes along, a required field, too: the old one has them all.
    for spec, value, _ in wanted_fields(definition, rules, create=False):
        stated.add(spec.name)
        if spec.name == "faq_items":
            body[spec.name] = value
        elif value is None and spec.clear is Clear.NEVER:
            body.pop(spec.name, None)
        elif value is None:
            body[spec.name] = None if spec.clear is Clear.NULL else []
        else:
            body[spec.name] = spec.shape.merge(remote.data.get(spec.name), value)
    lost = list(_lost(remote, body, stated))
    for problem in lost:
        body.pop(problem.partition(".")[0].partition("[")[0], None)
    return body, lost


def unlike(definition: Definition, old: Remote, new: Remote, rules: Rules) -> tuple[str, ...]:
    """Return the fields in which ``new`` is not ``old`` overlaid by the definition."""
    body, _ = whole_body(definition, old, rules)
    whole = replace(definition, fields=body, sync=SyncOptions())
    plain = replace(rules, absent="keep", push_unknown=False)
    return tuple(dict.fromkeys(change.field for change in compare(whole, new, plain).changes))


def _copied(remote: Remote) -> Iterator[tuple[str, Any]]:
    """Yield the old assistant's fields in the form of a request."""
    for name, held in remote.data.items():
        if name in FIELDS and name != "faq_items" and held is not None:
            yield name, FIELDS[name].shape.merge(held, held)
    if remote.faq is not None:
        yield "faq_items", remote.answered_items


def _lost(remote: Remote, body: Mapping[str, Any], stated: set[str]) -> Iterator[str]:
    """Yield what the old assistant has and a new one cannot be given."""
    told = set(stated)
    if remote.faq is None and "faq_items" not in stated:
        yield "faq_items"
    for name, held in remote.data.items():
        if name in stated or name == "faq_items":
            continue
        if name not in FIELDS:
            flag = name in READ_ONLY and held is True
            if flag or (name not in READ_ONLY and held not in _UNSET):
                yield name
            continue
        masked = list(masked_places(field_of(name).member, held, (name,)))
        yield from map(path_text, masked)
        told |= {name} if masked else set()
    yield from _not_taken_back(body, told)


def _not_taken_back(body: Mapping[str, Any], told: set[str]) -> Iterator[str]:
    """Yield the fields, but for ``told``, whose values an answer may hold and a request may not."""
    known = {name: value for name, value in body.items() if name in FIELDS}
    if is_sound(known):
        return
    from pydantic import ValidationError

    from revox_sync.model.assistant import Assistant

    try:
        Assistant.__pydantic_validator__.validate_python(known)
    except ValidationError as error:
        found = {str(detail["loc"][0]) for detail in error.errors(include_url=False)}
        yield from sorted(found - told)
