"""One assistant as a definition file states it, with the tool's own keys: ``sync:``.

The project file has some of these keys, too, for every definition.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from types import MappingProxyType
from typing import Any, Literal

from revox_sync.definitions.problem import Problem, did_you_mean, hint_for
from revox_sync.model.fields import FIELDS, READ_ONLY
from revox_sync.model.limits import LIMITS, limit_of
from revox_sync.model.path import Path, lies_in, path_text
from revox_sync.model.shapes import UNKNOWN, Member
from revox_sync.model.walk import mapped
from revox_sync.records import dataclass
from revox_sync.secrecy.values import as_written, references_in


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """The tool's own keys (``sync:``), never sent to the service."""

    id: str | None = None
    renamed_from: str | None = None
    replace: Literal["in-place", "recreate"] = "in-place"
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """One assistant as wanted.

    ``key`` is the path below the definitions folder without suffix (``sales/front-desk``), ``file``
    the file relative to the project. ``fields`` holds what the definition states, the project's
    defaults and ``sync.extra`` included, composed and valid, as plain data in the API's own shapes;
    a field that is not in it is not managed. ``secrets`` holds, by their places in ``fields``, the
    texts that a ``${secret.NAME}`` went into as they are written; ``unset`` names the secrets that
    have no value, whose references stand in ``fields``. ``earlier`` is what ``secrets`` was at the
    commit that a plan is compared with.
    """

    key: str
    file: str
    fields: Mapping[str, Any] = field(repr=False)
    sync: SyncOptions = SyncOptions()
    secrets: Mapping[Path, str] = field(default_factory=lambda: MappingProxyType({}))
    unset: frozenset[str] = frozenset()
    earlier: Mapping[Path, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def name(self) -> str:
        """The assistant's name, by which it is found when it is not bound to an id.

        Only a definition that is bound may leave it out; then it is the key.
        """
        return str(self.fields.get("name", self.key))

    @property
    def secret_places(self) -> frozenset[Path]:
        """The places of texts that hold a secret, or held one at the commit."""
        return frozenset((*self.secrets, *self.earlier))

    @property
    def as_written(self) -> Definition:
        """The definition with its references to secrets unexpanded, as if they were mere text."""

        def written(path: Path, _: Member, leaf: Any) -> Any:
            return self.secrets.get(path) or as_written(leaf) if isinstance(leaf, str) else leaf

        fields = {
            name: mapped(UNKNOWN, held, written, (name,)) for name, held in self.fields.items()
        }
        return replace(self, fields=fields, secrets={}, unset=frozenset(), earlier={})

    def unset_in(self, path: Path) -> tuple[str, ...]:
        """Return the names of the secrets without a value in what stands at ``path``."""
        if not self.unset:
            return ()
        found = {
            name
            for place, written in self.secrets.items()
            if lies_in(place, path)
            for name in references_in(written)
        }
        return tuple(sorted(found & self.unset))

    @property
    def managed(self) -> dict[str, Any]:
        """The fields that it states and does not ignore."""
        return {name: held for name, held in self.fields.items() if name not in self.sync.ignore}

    @property
    def faq(self) -> Sequence[Any]:
        """The items of the FAQ that it states and does not ignore."""
        return self.managed.get("faq_items") or ()


#: An id goes into the path of a request, where ``..`` or ``/`` would lead elsewhere.
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._:@~-]*")
_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

#: Checks the value of one key: what is wrong with it, given its place.
Check = Callable[[Any, Path], Iterator[Problem]]


def wants(path: Path, what: str, hint: str | None = None) -> Problem:
    """Return the problem of a value at ``path`` that is not ``what`` is wanted there."""
    message = f"`{path_text(path)}` wants {what}"
    return Problem("wrong-type", message, hint or explained(path), path=path)


def explained(path: Path) -> str:
    """Return the hint that says which command explains the value at ``path``."""
    names = [part for part in path if isinstance(part, str)]
    depth = len(names) if names[0] in FIELDS else 2 if names[0] == "sync" else 1
    return f"`revox-sync explain {'.'.join(names[:depth])}` says what it takes"


def text(value: Any, path: Path) -> Iterator[Problem]:
    """Check for a text that is not blank."""
    if not isinstance(value, str):
        hint = "put it in quotes" if value is not None else "or leave it out"
        yield wants(path, "a text", hint)
    elif not value.strip():
        yield Problem(
            "empty-text", f"`{path_text(path)}` cannot be empty", "or leave it out", path=path
        )


def truth(value: Any, path: Path) -> Iterator[Problem]:
    """Check for true or false."""
    if not isinstance(value, bool):
        yield wants(path, "true or false")


def one_of(*known: str) -> Check:
    """Return a check for one of the words ``known``."""

    def check(value: Any, path: Path) -> Iterator[Problem]:
        if value not in known or not isinstance(value, str):
            wanted = f"must be {' or '.join(known)}"
            hint = did_you_mean(value, known) if isinstance(value, str) else None
            message = f"`{path_text(path)}` {wanted}"
            yield Problem("unknown-value", message, hint or explained(path), path=path)

    return check


def field_names(value: Any, path: Path, *, with_name: bool = False) -> Iterator[Problem]:
    """Check for a list of names of top-level fields; ``name`` cannot be left alone."""
    if not isinstance(value, list):
        yield wants(path, "a list of field names", "write [voice, faq_items], for example")
        return
    for index, name in enumerate(value):
        at = (*path, index)
        if not isinstance(name, str):
            yield wants(at, "the name of a field")
        elif name == "name" and not with_name:
            message = "`name` cannot be ignored: it is how the assistant is found"
            yield Problem("unknown-field", message, "remove it from the list", path=at)
        elif name not in FIELDS:
            message = f"there is no field `{name}` at the top level of a definition"
            yield Problem(
                "unknown-field", message, hint_for(name, FIELDS.keys() - {"name"}), path=at
            )


def limits(value: Any, path: Path) -> Iterator[Problem]:
    """Check for limits by name: a count, or a percentage such as 50%."""
    yield from key_findings(value, path, dict.fromkeys(LIMITS, _limit))


def _limit(value: Any, path: Path) -> Iterator[Problem]:
    try:
        limit_of(value)
    except ValueError:
        message = f"`{path_text(path)}` wants a count such as 20, or a percentage such as 50%"
        yield Problem("limit", message, explained(path), path=path)


def managed_fields(value: Any, path: Path) -> Iterator[Problem]:
    """Check for a list of at least one top-level field, ``name`` among them or not."""
    if value and isinstance(value, list):
        yield from field_names(value, path, with_name=True)
    else:
        hint = "write [prompt, faq_items], for example; leave it out to manage what is stated"
        yield wants(path, "a list of field names", hint)


def identity(value: Any, path: Path) -> Iterator[Problem]:
    """Check for an id, or for one per environment."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _id(item, (*path, name))
    else:
        yield from _id(value, path)


def _id(value: Any, path: Path) -> Iterator[Problem]:
    yield from text(value, path)
    if isinstance(value, str) and value.strip() and not _ID.fullmatch(value):
        message = f"`{path_text(path)}` is not an id: ids are made of letters, digits and . _ : -"
        hint = "`revox-sync bind` writes the ids of matched assistants"
        yield Problem("not-an-id", message, hint, path=path)


def names(value: Any, path: Path) -> Iterator[Problem]:
    """Check for a list of names of environments."""
    if not isinstance(value, list) or not value:
        hint = "write [production], for example; leave it out for all of them"
        yield wants(path, "a list of environments", hint)
        return
    for index, name in enumerate(value):
        yield from text(name, (*path, index))


def unknown_fields(value: Any, path: Path) -> Iterator[Problem]:
    """Check for a mapping of fields that this version does not know, passed on as they are."""
    if not isinstance(value, dict):
        yield wants(path, "a mapping of fields", "write `extra: {new_field: …}`")
        return
    for name in value:
        at = (*path, name)
        if name in FIELDS:
            message, hint = f"`{name}` is a field that this version knows", "move it to top level"
            yield Problem("known-field", message, hint, on_key=True, path=at)
        elif name in READ_ONLY:
            message = f"`{name}` is the service's own and cannot be written"
            yield Problem("known-field", message, "remove it", on_key=True, path=at)
        elif not _FIELD_NAME.fullmatch(name):
            message = "the name of a field is made of letters, digits and _"
            yield Problem("field-name", message, "write it as the API does", on_key=True, path=at)


SYNC_KEYS: Mapping[str, Check] = {
    "id": identity,
    "renamed_from": text,
    "replace": one_of("in-place", "recreate"),
    "ignore": field_names,
    "manage": managed_fields,
    "environments": names,
    "extra": unknown_fields,
}


def key_findings(data: Any, path: Path, checks: Mapping[str, Check]) -> list[Problem]:
    """Return what is wrong with a mapping of the tool's own keys at ``path``."""
    if not isinstance(data, dict):
        hint = f"its keys are {', '.join(checks)}; leave `{path_text(path)}` out for none"
        return [wants(path, "a mapping", hint)]
    findings: list[Problem] = []
    where = f" in `{path_text(path)}`" if path else ""
    for key, value in data.items():
        at = (*path, key)
        if key in checks:
            findings.extend(checks[key](value, at))
        else:
            hint = hint_for(key, checks)
            findings.append(
                Problem("unknown-key", f"unknown key `{key}`{where}", hint, on_key=True, path=at)
            )
    return findings


def contradictions(
    data: Mapping[str, Any], path: Path, elsewhere: Sequence[str] = ()
) -> Iterator[Problem]:
    """Yield the fields that are to be managed and to be left alone.

    ``data`` is ``sync:`` or the project file, ``elsewhere`` what the latter ignores for the former.
    """
    manage, ignore = (
        value if isinstance(value, list) else [] for value in map(data.get, ("manage", "ignore"))
    )
    for index, name in enumerate(manage):
        if isinstance(name, str) and (name in ignore or name in elsewhere):
            where = "" if name in ignore else " in the project file"
            message = f"`{name}` cannot be both managed and ignored: it is in `ignore`{where}, too"
            hint = "remove it from one of the two"
            yield Problem("managed-and-ignored", message, hint, path=(*path, "manage", index))
