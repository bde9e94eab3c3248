"""What a definition has to state to match the account. Pure functions.

A new definition states what is worth stating of an assistant; a plan right after it is empty. What
cannot be stated (a value that the request model refuses, a text that no file can hold) is left to
the dashboard with ``sync.ignore`` and reported.

In an existing definition only what differs changes. Values that mean the same stay as they are
stated, members that are left out stay out, and a list keeps its order if the account's order means
nothing. Credentials, and values that no definition may state, are left alone and reported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import field
from typing import Any

from revox_sync.account.remote import Remote
from revox_sync.authoring.emit import UNWRITABLE
from revox_sync.definitions.check import schema_problems
from revox_sync.definitions.definition import Definition
from revox_sync.definitions.lint import lint
from revox_sync.definitions.places import Places
from revox_sync.definitions.problem import errors_in, touches
from revox_sync.definitions.project import Project
from revox_sync.model.fields import (
    FIELDS,
    READ_ONLY,
    REQUIRED,
    WRITTEN,
    Clear,
    Field,
    field_of,
)
from revox_sync.model.generations import outside
from revox_sync.model.path import Path, field_in, path_text, value_at
from revox_sync.model.shapes import (
    NO_DEFAULT,
    UNKNOWN,
    Faq,
    Hints,
    ListOf,
    Member,
    Number,
    Object,
    SetOf,
    Text,
    dumps,
    is_same,
)
from revox_sync.model.walk import absent_members, leaves, mapped
from revox_sync.plan.compare import compare
from revox_sync.plan.model import Rules
from revox_sync.records import dataclass
from revox_sync.secrecy.redactor import holds_token
from revox_sync.secrecy.values import unmasked

_UNKNOWN = "not known to this version"
_EDITOR = "the dashboard's own, without effect on calls"
_UNTOLD = "the account does not tell it"
_NOTHING: Any = object()
_CREDENTIAL = "the account has another credential there, and credentials are not written down"


# New definitions.


@dataclass(frozen=True, slots=True)
class Stated:
    """What a new definition states, in order, as values of the account.

    ``ignore`` names fields that it leaves to the dashboard. ``left_out`` holds places and why they
    are not stated. ``impossible`` says why there can be no definition at all.
    """

    fields: Mapping[str, Any] = field(repr=False)
    ignore: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    impossible: str | None = None


def stated(remote: Remote, project: Project, rules: Rules, cannot: Mapping[str, str]) -> Stated:
    """Return what a definition of this assistant states.

    ``rules`` are those of the plan that is to find nothing to do. ``cannot`` says which fields
    cannot be stated, and why.
    """
    left_out: list[tuple[str, str]] = []
    fields: dict[str, Any] = {}
    unstated: dict[str, str] = {}
    left_alone = project.left_alone({})
    for spec in map(FIELDS.__getitem__, WRITTEN):
        if spec.name in left_alone and spec.name not in REQUIRED:
            continue
        value, unknown = _worth_stating(spec, remote, project)
        why = cannot.get(spec.name) or _unwritable(spec, value, remote)
        if why is not None:
            unstated[spec.name] = why
        elif value is not _NOTHING:
            fields[spec.name] = value
            left_out += [(path_text(path), _UNKNOWN) for path in unknown]
        elif spec.name not in remote.data and spec.name in project.defaults:
            unstated[spec.name] = _UNTOLD
        elif not remote.tells(spec.name):
            left_out.append((spec.name, _UNTOLD))
        elif spec.whose == "editor" and remote.data.get(spec.name) is not None:
            left_out.append((spec.name, _EDITOR))
    unstated |= _refused(fields, project, rules)
    needed = (f"{name}: {why}" for name, why in unstated.items() if name in REQUIRED)
    left_out += [
        (name, _UNKNOWN) for name in remote.data if name not in FIELDS and name not in READ_ONLY
    ]
    left_out += list(unstated.items())
    ignore = tuple(name for name in FIELDS if name in unstated and name not in left_alone)
    return Stated(fields, ignore, tuple(left_out), next(needed, None))


def disagreements(definition: Definition, remote: Remote, rules: Rules) -> dict[str, str]:
    """Return the fields that a plan would change or refuse right after, and why."""
    comparison = compare(definition, remote, rules)
    found = {
        field_in(path): "what a file can state of it is not what the account has"
        for path in comparison.differing
    }
    for problem in outside(definition.managed, rules.generation, rules.members):
        found[str(problem.path[0])] = problem.message
    return found


def _worth_stating(spec: Field, remote: Remote, project: Project) -> tuple[Any, list[Any]]:
    """Return the value to state, _NOTHING for none, and the places in it that are not known."""
    if spec.whose == "editor" and spec.name not in project.defaults:
        return _NOTHING, []
    held = _held(remote, spec)
    if held is _NOTHING:
        return _NOTHING, []
    if spec.name in project.defaults:
        if spec.same(held, project.defaults[spec.name]):
            return _NOTHING, []
        held = _cleared(spec) if held is None else held
    elif spec.name not in REQUIRED and (
        held is None or (spec.rest is not NO_DEFAULT and spec.is_unset(held))
    ):
        return _NOTHING, []
    return (held, []) if held is _NOTHING else _lean(spec, held, (spec.name,))


def _held(remote: Remote, spec: Field) -> Any:
    """Return the account's value of a field; _NOTHING for a FAQ that it does not tell.

    Questions that wait for a human are no part of a FAQ.
    """
    held = remote.data.get(spec.name)
    if not isinstance(spec.shape, Faq):
        return held
    return spec.shape.merge(None, held) if remote.tells(spec.name) else _NOTHING


def _cleared(spec: Field) -> Any:
    """Return how a definition states a field that the account has not set; _NOTHING if none can."""
    if spec.clear is Clear.EMPTY:
        return []
    return _NOTHING if spec.clear is Clear.VALUE else None


def _refused(fields: dict[str, Any], project: Project, rules: Rules) -> dict[str, str]:
    """Remove from ``fields`` what no definition may state; return why, by field."""
    refused: dict[str, str] = {}
    members = frozenset() if project.profile == "seed" else rules.members
    for problem in outside(fields, rules.generation, members):
        refused.setdefault(str(problem.path[0]), problem.message)
    while True:
        for name in refused:
            fields.pop(name, None)
        absent = project.defaults.keys() - fields.keys()
        data = {**{name: project.defaults[name] for name in absent}, **fields}
        wrong = _unsound(data, inherited=absent)
        wrong = {name: why for name, why in wrong.items() if name in fields}
        refused |= wrong
        if not wrong or not REQUIRED.isdisjoint(wrong):
            return refused


# Definitions that are there.


@dataclass(frozen=True, slots=True)
class Taken:
    """What to state, by field, and what is not taken: places with the reason."""

    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    left: tuple[tuple[Path, str], ...] = ()


def take(definition: Definition, remote: Remote, rules: Rules) -> Taken:
    """Return what the definition has to state where the account differs.

    ``rules`` are those of the plan that is to find nothing more to do. An unbound definition keeps
    its name: it is found by that, or about to be renamed.
    """
    comparison = compare(definition, remote, rules)
    differing = {*map(field_in, comparison.differing), *comparison.not_clearable}
    if definition.sync.id is None:
        differing.discard("name")
    beyond = outside(definition.managed, rules.generation, rules.members)
    differing -= {str(problem.path[0]) for problem in beyond}
    taking = _Taking(definition, remote, takes_absent=rules.absent != "keep")
    for name in {**FIELDS, **definition.fields}:
        if name in differing:
            taking.field(field_of(name), definition.fields.get(name, _NOTHING))
    taking.drop_unsound()
    return Taken(taking.values, tuple(taking.left))


class _Taking:
    """What one definition takes: ``values`` by field, and ``left`` with the reasons."""

    def __init__(self, definition: Definition, remote: Remote, *, takes_absent: bool) -> None:
        self._definition = definition
        self._takes_absent = takes_absent
        self._remote = remote
        self.values: dict[str, Any] = {}
        self.left: list[tuple[Path, str]] = []
        # Nobody knows what these texts come to.
        self._unknown = {at: value_at(definition.fields, at) for at in definition.unset_places}

    def field(self, spec: Field, stated: Any) -> None:
        """Take the account's value of one field, which differs from what is stated."""
        path: Path = (spec.name,)
        told = len(self.left)  # parts of this field may be added
        value = self._value(spec, stated)
        why = _unwritable(spec, value, self._remote)
        if value is _NOTHING:
            self.left.append((path, _UNTOLD))
        elif why is not None:
            self.left.append((path, why))
        elif stated is _NOTHING or not is_same(value, stated):
            texts = self._unknown.values()
            is_certain = not any(leaf in texts for _, _, leaf in leaves(UNKNOWN, value))
            if len(self.left) == told and is_certain and not self._means(spec, value):
                self.left.append((path, "what a file can state is not what the account has"))
            else:
                self.values[spec.name] = value

    def drop_unsound(self) -> None:
        """Leave out what no definition may state."""
        while self.values:
            data = {**self._definition.fields, **self.values}
            data = {name: value for name, value in data.items() if name in FIELDS}
            wrong = _unsound(data, secrets=self._definition.secrets.keys())
            if not wrong:
                return
            # The wrong field may be another one, which does not fit one that was taken.
            for name in (wrong.keys() & self.values.keys()) or set(self.values):
                del self.values[name]
                why = wrong.get(name) or next(iter(wrong.values()))
                self.left.append(((name,), f"no definition may state it: {why}"))

    def _means(self, spec: Field, value: Any) -> bool:
        """Whether a plan finds nothing to do once ``value`` is stated."""
        known, _ = unmasked(spec, _held(self._remote, spec), value, ())
        return not spec.differs(known, value)

    def _value(self, spec: Field, stated: Any) -> Any:
        held = _held(self._remote, spec)
        if held is _NOTHING:
            return _NOTHING
        if held is None:
            return _cleared(spec)
        if stated is _NOTHING or stated is None:
            return _leaned(spec, held)
        known, _ = unmasked(spec, held, stated, ())
        return self._part(spec, stated, known, (spec.name,))

    def _part(self, member: Member, stated: Any, held: Any, path: Path) -> Any:
        """Return what to state at ``path``, where the account has ``held``."""
        shape = member.shape
        match shape, stated, held:
            case Object(), dict(), dict() if not shape.other_variant(held, stated):
                return self._object(shape, stated, held, path)
            case SetOf(), list(), list():
                return _as_set(stated, held)
            case ListOf(), list(), list():
                return self._list(shape, stated, held, path)
        stays = path in self._unknown or not shape.differs(held, stated)
        if not stays and member.secret and isinstance(stated, str):
            self.left.append((path, _CREDENTIAL))
            stays = True
        if stays:
            return stated
        found = _leaned(member, held)
        if isinstance(shape, Text) and isinstance(stated, str) and isinstance(found, str) and found:
            found = found.rstrip("\n") + stated[len(stated.rstrip("\n")) :]
        return found

    def _object(
        self, shape: Object, stated: Mapping[str, Any], held: Mapping[str, Any], path: Path
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in stated.items():
            member = shape.member(name)
            mine = held.get(name)
            if mine is None and member.shape.differs(mine, value):
                mine = _unset(member)
            if mine is not _NOTHING:
                found[name] = self._part(member, value, mine, (*path, name))
        if self._takes_absent:
            absent = {place for place, _, _ in absent_members(Member(shape), held, stated)}
            leaned = _leaned(Member(shape), held)
            names = (name for name in shape.members if (name,) in absent and name in leaned)
            found |= {name: leaned[name] for name in names}
        return found

    def _list(
        self, shape: ListOf, stated: Sequence[Any], held: Sequence[Any], path: Path
    ) -> list[Any]:
        partners = shape.partners(held, stated)
        kept = {
            mine: self._part(shape.each, stated[mine], held[theirs], (*path, mine))
            for theirs, mine in partners.items()
        }
        new = {
            index: _leaned(shape.each, item)
            for index, item in enumerate(held)
            if index not in partners
        }
        if shape.ordered:
            return [new[at] if at in new else kept[partners[at]] for at in range(len(held))]
        # One with a secret that is not set may still be there: it stays.
        unknown = {at[len(path)] for at in self._unknown if at[: len(path)] == path}
        kept = {mine: item for mine, item in enumerate(stated) if mine in unknown} | kept
        found = [kept[index] for index in sorted(kept)]
        # What a list of hints has beyond is the service's own.
        return found if isinstance(shape, Hints) else [*found, *new.values()]


def _leaned(member: Member, held: Any) -> Any:
    """Return a value of the account as an existing definition states it."""
    return mapped(member, _lean(member, held)[0], _without_final_lines)


def _without_final_lines(_: Path, member: Member, leaf: Any) -> Any:
    """Return a text with at most one final newline: others mean nothing."""
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


# What is worth stating, and what may be stated at all.


def _lean(member: Member, value: Any, path: Path = ()) -> tuple[Any, list[Path]]:
    """Return what to state of the account's value, and the places of members that are not known.

    A value of an unexpected type comes back as it is. A credential that the answer lacks is an
    empty text.
    """
    unknown: list[Path] = []

    def worth_stating(at: Path, shape: Object, held: Mapping[str, Any]) -> Mapping[str, Any]:
        known = shape.known(held)
        if known is None:
            return held
        more = (name for name in held if name not in known and held[name] is not None)
        unknown.extend((*at, name) for name in more)
        return {
            name: _needed(inner, held.get(name))
            for name, inner in known.items()
            if _is_worth_stating(shape, inner, name, held)
        }

    return mapped(member, value, _plainly, path, members=worth_stating), unknown


def _plainly(_: Path, member: Member, leaf: Any) -> Any:
    """Return a text with line feeds, and a number as people write it."""
    if isinstance(member.shape, Text) and isinstance(leaf, str):
        return leaf.replace("\r\n", "\n").replace("\r", "\n")
    return _short(leaf) if isinstance(member.shape, Number) else leaf


def _is_worth_stating(shape: Object, member: Member, name: str, value: Mapping[str, Any]) -> bool:
    """Whether a definition states this member of ``value``: it must, or the member is set."""
    held = value.get(name)
    if name in shape.one_of:
        return held is not None
    if not member.optional:
        return name in value or _needed(member, held) is not None
    return not member.is_unset(held)


def _needed(member: Member, held: Any) -> Any:
    """Return the value to state of a member that a definition cannot leave out."""
    if held is None and isinstance(member.shape, ListOf | SetOf):
        return []
    return "" if held is None and member.secret else held


def _short(value: Any) -> Any:
    """Return a number as people write it: 600 for 600.0, 1.05 for what 32 bits make of it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    short = float(f"{value:.6g}") if isinstance(value, float) else value
    return Number().canonical(Number().project(value, short))


def _unwritable(spec: Field, value: Any, remote: Remote) -> str | None:
    """Say why no file can hold a value, None if one can.

    A name has no place for a reference: files are named after it, and messages tell it.
    """
    name = remote.name
    if spec.name == "name" and (holds_token(name) or remote.known.put_back(name)[1]):
        return "it holds what looks like a credential; rename it in the dashboard"
    for _, _, leaf in leaves(UNKNOWN, value):
        if isinstance(leaf, str) and UNWRITABLE.search(leaf):
            return "it holds a character that no YAML file can"
    return None


def _unsound(
    data: Mapping[str, Any], *, inherited: Set[str] = frozenset(), secrets: Set[Path] = frozenset()
) -> dict[str, str]:
    """Return the fields that no definition may state like this, and why.

    ``inherited`` names fields that come from defaults; what holds ``secrets`` is not judged.
    """
    problems = schema_problems(data, Places())
    unsound = {str(found.path[0]) for found in problems if found.path}
    problems += lint(data, unsound, inherited, secrets)
    return {
        str(found.path[0]): found.message
        for found in errors_in(problems)
        if found.path and not touches(found.path, secrets)
    }
