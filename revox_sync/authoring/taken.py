"""What a definition is to state so that it says what the account has. Pure.

Values that are equal by meaning stay as they are stated, members that are left out stay out, and a
list keeps its items in their order as far as the account's order means nothing. What may not be
written down (a credential), and what no definition may state, is left as it is and told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from revox_sync.account.remote import Faq, Item, Remote, faq_item
from revox_sync.authoring.adopt import unwritable
from revox_sync.authoring.lean import lean
from revox_sync.definitions.check import schema_problems
from revox_sync.definitions.definition import Definition
from revox_sync.definitions.lint import lint
from revox_sync.definitions.places import Places
from revox_sync.definitions.problem import touches
from revox_sync.model.fields import FIELDS, Clear, Field
from revox_sync.model.generations import outside
from revox_sync.model.path import Path
from revox_sync.model.shapes import (
    NO_DEFAULT,
    Hints,
    ListOf,
    Member,
    Object,
    SetOf,
    Shape,
    Text,
    dumps,
)
from revox_sync.model.walk import mapped
from revox_sync.plan.compare import Rules, compare, wanted_fields
from revox_sync.secrecy.values import unmasked

_NOTHING: Any = object()
_STAND_IN = "${secret."
_CREDENTIAL = "the account has another credential there, and credentials are not written down"


@dataclass(frozen=True, slots=True)
class Taken:
    """What to state, by field, and what is not taken: places with the reason."""

    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    left: tuple[tuple[Path, str], ...] = ()


def take(definition: Definition, remote: Remote, rules: Rules) -> Taken:
    """Return what the definition is to state where the account differs.

    ``rules`` are those of the plan that is to find nothing more to do. The name of one that is not
    bound stays: by that it is found, or is about to be renamed.
    """
    comparison = compare(definition, remote, rules)
    differing = {change.field for change in comparison.changes} | set(comparison.not_clearable)
    if definition.sync.id is None:
        differing.discard("name")
    beyond = outside(definition.managed, rules.generation, rules.members)
    differing -= {str(problem.path[0]) for problem in beyond}
    taking = _Taking(definition, remote)
    for spec, stated, absent in wanted_fields(definition, rules, create=False):
        if spec.name in differing:
            taking.field(spec, _NOTHING if absent else stated)
    taking.drop_unsound()
    return Taken(taking.values, tuple(taking.left))


class _Taking:
    def __init__(self, definition: Definition, remote: Remote) -> None:
        self._definition = definition
        self._remote = remote
        self.values: dict[str, Any] = {}
        self.left: list[tuple[Path, str]] = []
        self._stood_in = False

    def field(self, spec: Field, stated: Any) -> None:
        """Take the account's value of one field, which differs from what is stated."""
        path: Path = (spec.name,)
        told = len(self.left)
        self._stood_in = False
        value = self._faq(stated) if spec.name == "faq_items" else self._value(spec, stated)
        why = unwritable(None if value is _NOTHING else value)
        if value is _NOTHING:
            self.left.append((path, "the account does not tell it"))
        elif why is not None:
            self.left.append((path, why))
        elif stated is _NOTHING or dumps(value) != dumps(stated):
            certain = len(self.left) == told and not self._stood_in
            if certain and not self._means(spec, value):
                self.left.append((path, "what a file can state is not what the account has"))
            else:
                self.values[spec.name] = value

    def drop_unsound(self) -> None:
        """Leave out what no definition may state."""
        while self.values:
            data = {**self._definition.fields, **self.values}
            wrong = {str(path[0]): why for path, why in self._problems(data)}
            if not wrong:
                return
            for name in (wrong.keys() & self.values.keys()) or set(self.values):
                del self.values[name]
                why = wrong.get(name) or next(iter(wrong.values()))
                self.left.append(((name,), f"no definition may state it: {why}"))

    def _problems(self, data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
        secrets = self._definition.secrets
        data = {name: value for name, value in data.items() if name in FIELDS}
        findings = schema_problems(data, Places())
        unsound = {str(found.path[0]) for found in findings if found.path}
        findings += lint(data, unsound, frozenset(), secrets)
        for found in findings:
            if found.severity == "error" and found.path and not touches(found.path, secrets):
                yield found.path, found.message

    def _means(self, spec: Field, value: Any) -> bool:
        """Whether stating ``value`` leaves nothing to do."""
        held = self._remote.data.get(spec.name)
        if spec.name == "faq_items" or (value is None and held is None):
            return True
        known, _ = unmasked(spec.member, held, value, ())
        return not spec.differs(known, value)

    def _value(self, spec: Field, stated: Any) -> Any:
        held = self._remote.data.get(spec.name)
        if held is None:
            if spec.clear is Clear.EMPTY:
                return []
            return _NOTHING if spec.clear is Clear.VALUE else None
        if stated is _NOTHING or stated is None:
            return _leaned(spec, held)
        known, _ = unmasked(spec.member, held, stated, ())
        return self._part(spec.member, stated, known, _leaned(spec, known), (spec.name,))

    def _part(self, member: Member, stated: Any, held: Any, leaned: Any, path: Path) -> Any:
        """Return what to state at ``path``; ``leaned`` is the account's value as one would."""
        shape = member.shape
        if not shape.differs(held, stated) or self._is_stand_in(path, stated):
            return stated
        if member.secret and isinstance(stated, str):
            self.left.append((path, _CREDENTIAL))
            return stated
        return self._differing(shape, stated, held, leaned, path)

    def _differing(self, shape: Shape, stated: Any, held: Any, leaned: Any, path: Path) -> Any:
        if isinstance(shape, Object) and isinstance(stated, dict) and isinstance(held, dict):
            other = shape.other_variant(held, stated)
            return leaned if other else self._object(shape, stated, held, leaned, path)
        if isinstance(shape, SetOf) and isinstance(stated, list) and isinstance(held, list):
            return _as_set(stated, held)
        if isinstance(shape, ListOf) and isinstance(stated, list) and isinstance(held, list):
            return self._list(shape, stated, held, leaned, path)
        if isinstance(shape, Text) and isinstance(stated, str) and isinstance(leaned, str):
            return leaned.rstrip("\n") + stated[len(stated.rstrip("\n")) :]
        return leaned

    def _object(
        self,
        shape: Object,
        stated: Mapping[str, Any],
        held: Mapping[str, Any],
        leaned: Any,
        path: Path,
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in stated.items():
            member = shape.member(name)
            mine = held.get(name)
            if mine is None and member.shape.differs(mine, value):
                mine = _unset(member)
                if mine is _NOTHING:
                    continue
            worth = leaned.get(name, mine) if isinstance(leaned, dict) else mine
            found[name] = self._part(member, value, mine, worth, (*path, name))
        return found

    def _list(
        self, shape: ListOf, stated: Sequence[Any], held: Sequence[Any], leaned: Any, path: Path
    ) -> list[Any]:
        item = Member(shape.item)
        if isinstance(shape, Hints):
            partners = _hints(shape, stated, held)
        elif shape.ordered or shape.identity is not None:
            partners = shape.partners(held, stated)
        else:
            partners = _equals(shape.item, stated, held)
        kept = {
            mine: self._part(item, stated[mine], held[theirs], leaned[theirs], (*path, mine))
            for theirs, mine in partners.items()
        }
        if not shape.ordered:
            new = [leaned[index] for index in range(len(held)) if index not in partners]
            return [kept[index] for index in sorted(kept)] + (
                [] if isinstance(shape, Hints) else new
            )
        return [
            kept[partners[index]] if index in partners else leaned[index]
            for index in range(len(held))
        ]

    def _is_stand_in(self, path: Path, stated: Any) -> bool:
        """Whether a secret that is not set stands there, so that nothing can be said of it."""
        known = path in self._definition.secrets and isinstance(stated, str)
        self._stood_in |= known and _STAND_IN in stated
        return known and _STAND_IN in stated

    def _faq(self, stated: Any) -> Any:
        """Return the FAQ with what differs in its place, and new items at the end."""
        held = self._remote.faq
        if held is None:
            return _NOTHING
        items = [] if stated is _NOTHING else stated
        return list(self._faq_items(items, held))

    def _faq_items(self, stated: Sequence[Any], held: Faq) -> Iterator[dict[str, str]]:
        left = Counter(held.items)
        mine = [faq_item(item) for item in stated]
        same = []
        for item in mine:
            same.append(left[item] > 0)
            left[item] -= same[-1]
        rest = list((+left).elements())
        partners: dict[int, Item] = {}
        for half in (0, 1):
            for index, item in enumerate(mine):
                found = None
                if not same[index] and index not in partners:
                    found = next((other for other in rest if other[half] == item[half]), None)
                if found is not None:
                    rest.remove(found)
                    partners[index] = found
        for index, item in enumerate(stated):
            if same[index]:
                yield item
            elif index in partners:
                path = ("faq_items", index)
                pair = zip(("question", "answer"), partners[index], strict=True)
                yield {
                    name: self._part(Member(Text()), item[name], text, text, (*path, name))
                    for name, text in pair
                }
            elif any(self._is_stand_in(("faq_items", index, name), item[name]) for name in item):
                yield item
        for question, answer in rest:
            yield {"question": question, "answer": answer}


def _leaned(spec: Field, held: Any) -> Any:
    """Return a value of the account as one would state it; of a later version's field, as it is."""
    if spec.name not in FIELDS:
        return held
    return mapped(spec.member, lean(spec, held)[0], _without_final_lines)


def _without_final_lines(_: Path, member: Member, leaf: Any) -> Any:
    """Return a text with one final newline at most: further ones mean nothing."""
    final = isinstance(member.shape, Text) and isinstance(leaf, str) and leaf.endswith("\n\n")
    return leaf.rstrip("\n") + "\n" if final else leaf


def _unset(member: Member) -> Any:
    """Return how a definition states a member that the account has not set."""
    if member.default is not NO_DEFAULT:
        return member.default
    if isinstance(member.shape, ListOf | SetOf):
        return []
    return None if member.nullable else _NOTHING


def _as_set(stated: Sequence[Any], held: Sequence[Any]) -> list[Any]:
    mine, theirs = [dumps(item) for item in stated], [dumps(item) for item in held]
    kept = [item for item, form in zip(stated, mine, strict=True) if form in theirs]
    new = {form: item for form, item in zip(theirs, held, strict=True) if form not in mine}
    return kept + list(new.values())


def _equals(shape: Shape, stated: Sequence[Any], held: Sequence[Any]) -> dict[int, int]:
    """Return index in ``held`` -> index in ``stated`` of items that are equal by meaning."""
    waiting = list(range(len(held)))
    found: dict[int, int] = {}
    for mine, item in enumerate(stated):
        theirs = next((index for index in waiting if not shape.differs(held[index], item)), None)
        if theirs is not None:
            waiting.remove(theirs)
            found[theirs] = mine
    return found


def _hints(shape: Hints, stated: Sequence[Any], held: Sequence[Any]) -> dict[int, int]:
    """Return index in ``held`` -> index in ``stated`` of hints that are one."""
    found = shape.partners(held, stated) if shape.identity is not None else {}
    taken = set(found.values())
    rest = [index for index in range(len(stated)) if index not in taken]
    for theirs, item in enumerate(held):
        mine = next((index for index in rest if dumps(stated[index]) == dumps(item)), None)
        if theirs not in found and mine is not None:
            rest.remove(mine)
            found[theirs] = mine
    return found
