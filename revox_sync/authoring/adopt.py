"""Which assistants of the account become new definitions, and what those state. Pure.

A definition that is made so states what the account has, and a plan right after is empty. What
cannot be stated (a value that the request model refuses, a text that no file can hold) is left to
the dashboard by ``sync.ignore``, and told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from revox_sync.account.remote import Remote
from revox_sync.authoring.lean import lean
from revox_sync.definitions.check import schema_problems
from revox_sync.definitions.definition import Definition
from revox_sync.definitions.lint import lint
from revox_sync.definitions.places import Places
from revox_sync.definitions.project import Project
from revox_sync.model.fields import FIELDS, READ_ONLY, REQUIRED, WRITTEN, Clear, Field
from revox_sync.model.generations import outside
from revox_sync.model.path import path_text
from revox_sync.plan.compare import Rules, compare
from revox_sync.plan.match import Matching, id_stated, match

_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
#: Members that answers hold in an item of the FAQ, and requests do not.
_FAQ_READ_ONLY = frozenset(("id", "needs_human_answer", "source"))
_NOTHING = object()
_UNKNOWN = "not known to this version"
_EDITOR = "the dashboard's own, without effect on calls"
_UNTOLD = "the account does not tell it"
_TWINS = "{file} may mean it or another of its name; say which with sync.id"
_ALIKE = (
    "{file} may mean it under another name; bind that definition to it with `{bound}`, or remove "
    "the file"
)


@dataclass(frozen=True, slots=True)
class Sorted:
    """The chosen assistants by what becomes of them.

    ``new`` have no definition. ``defined`` have one, which is named by its file. ``contested`` may
    be what a definition means, and no one can say: with the reason, and how to go on.
    """

    new: tuple[Remote, ...]
    defined: tuple[tuple[Remote, str], ...]
    contested: tuple[tuple[Remote, str], ...]


def sort_out(
    definitions: Sequence[Definition],
    matching: Matching,
    chosen: Sequence[Remote],
    environment: str | None = None,
) -> Sorted:
    """Return what becomes of each chosen assistant; new ones by name, so that runs agree.

    ``environment`` is the project's that the account belongs to.
    """
    alike = {
        remote.id: _ALIKE.format(file=made.file, bound=id_stated(remote.id, environment))
        for made, remote in _look_alikes(definitions, matching)
    }
    free = {remote.id for remote in matching.unmanaged} - alike.keys()
    files = {definition.key: definition.file for definition in definitions}
    owners: dict[str, str] = {}
    for key, found in matching.matches.items():
        for remote in (found.remote, found.old, *found.superseded):
            if remote is not None:
                owners[remote.id] = files[key]
        if found.id is not None:
            owners[found.id] = files[key]
    wanted = {
        name: definition.file
        for definition in definitions
        for name in (definition.sync.renamed_from, definition.name)
        if name is not None
    }
    return Sorted(
        tuple(sorted((r for r in chosen if r.id in free), key=lambda r: (r.name, r.id))),
        tuple((r, owners[r.id]) for r in chosen if r.id in owners),
        tuple(
            (r, alike.get(r.id) or _TWINS.format(file=wanted[r.name]))
            for r in chosen
            if r.id not in free and r.id not in owners and (r.id in alike or r.name in wanted)
        ),
    )


def _look_alikes(
    definitions: Sequence[Definition], matching: Matching
) -> Iterator[tuple[Definition, Remote]]:
    """Yield definitions that would make a twin of an assistant, with that.

    A second definition, bound to such an assistant, would let the first one be created. One for
    each definition is enough to keep it from that.
    """
    for definition in definitions:
        found = matching.matches[definition.key]
        if found.refused is not None and not found.exists:
            for remote in matching.unmanaged:
                if match([definition], [remote]).matches[definition.key].refused is not None:
                    yield definition, remote
                    break


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


def state(remote: Remote, project: Project, rules: Rules, cannot: Mapping[str, str]) -> Stated:
    """Return what a definition of this assistant states.

    ``rules`` are those of the plan that is to find nothing to do. ``cannot`` names fields that have
    turned out not to be statable, and why.
    """
    left_out: list[tuple[str, str]] = []
    fields: dict[str, Any] = {}
    unstated: dict[str, str] = {}
    left_alone = project.left_alone
    for spec in map(FIELDS.__getitem__, WRITTEN):
        if spec.name in left_alone and spec.name not in REQUIRED:
            continue
        value, unknown = _worth_stating(spec, remote, project)
        why = cannot.get(spec.name) or unwritable(value)
        if why is not None:
            unstated[spec.name] = why
        elif value is not _NOTHING:
            fields[spec.name] = value
            left_out += [(path_text(path), _UNKNOWN) for path in unknown]
        elif spec.name not in remote.data and spec.name in project.defaults:
            unstated[spec.name] = _UNTOLD
        elif spec.name == "faq_items" and remote.faq is None:
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
    found = {
        change.field: "what a file can state of it is not what the account has"
        for change in compare(definition, remote, rules).changes
    }
    for problem in outside(definition.managed, rules.generation, rules.members):
        found[str(problem.path[0])] = problem.message
    return found


def _worth_stating(spec: Field, remote: Remote, project: Project) -> tuple[Any, list[Any]]:
    """Return the value to state, _NOTHING for none, and the places in it that are not known."""
    if spec.whose == "editor" and spec.name not in project.defaults:
        return _NOTHING, []
    held = remote.data.get(spec.name)
    if spec.name == "faq_items":
        if remote.faq is None:
            return _NOTHING, []
        held = list(_answered(held))
    if spec.name in project.defaults:
        if spec.same(held, project.defaults[spec.name]):
            return _NOTHING, []
        if held is None and spec.clear in (Clear.VALUE, Clear.EMPTY):
            held = [] if spec.clear is Clear.EMPTY else _NOTHING
    elif spec.name not in REQUIRED and spec.is_unset(held):
        return _NOTHING, []
    return (held, []) if held is _NOTHING else lean(spec, held)


def _answered(items: Any) -> Iterator[dict[str, Any]]:
    """Yield the items of a FAQ that are no open questions, as a request holds them."""
    for item in items:
        if not isinstance(item, dict):
            yield {"question": str(item), "answer": ""}
        elif item.get("needs_human_answer") is not True:
            kept = {name: value for name, value in item.items() if name not in _FAQ_READ_ONLY}
            texts = {name: _text(item.get(name)) for name in ("question", "answer")}
            yield {**kept, **texts}


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def unwritable(value: Any) -> str | None:
    """Say why no file can hold a value, None if one can."""
    if isinstance(value, str):
        if _UNWRITABLE.search(value):
            return "it holds a character that no YAML file can"
    elif isinstance(value, list | dict):
        items = value if isinstance(value, list) else list(value.values())
        return next(filter(None, map(unwritable, items)), None)
    return None


def _refused(fields: dict[str, Any], project: Project, rules: Rules) -> dict[str, str]:
    """Take out of ``fields`` what no definition may state; return why, by field."""
    refused: dict[str, str] = {}
    members = frozenset() if project.profile == "seed" else rules.members
    for problem in outside(fields, rules.generation, members):
        refused.setdefault(str(problem.path[0]), problem.message)
    while True:
        for name in refused:
            fields.pop(name, None)
        absent = project.defaults.keys() - fields.keys()
        data = {**{name: project.defaults[name] for name in absent}, **fields}
        wrong = _wrong(data, fields)
        refused |= wrong
        if not wrong or not REQUIRED.isdisjoint(wrong):
            return refused


def _wrong(data: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, str]:
    findings = schema_problems(data, Places())
    unsound = {str(found.path[0]) for found in findings if found.path}
    findings += lint(data, unsound, data.keys() - own.keys(), frozenset())
    return {
        str(found.path[0]): found.message
        for found in findings
        if found.severity == "error" and found.path and found.path[0] in own
    }
