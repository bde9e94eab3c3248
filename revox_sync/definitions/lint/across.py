"""Rules across all definitions of a project."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from revox_sync.definitions.lint.rule import Rule, repeated, told
from revox_sync.definitions.problem import Severity
from revox_sync.model.likeness import alike_name, normalized, same_name
from revox_sync.model.path import Path
from revox_sync.records import dataclass


class Identity(NamedTuple):
    """What tells one definition from the others.

    None where its file does not say, and nothing (``""``) where it says what cannot be.
    """

    file: str
    key: str
    name: str | None = None
    id: str | None = None
    renamed_from: str | None = None


class Clash(NamedTuple):
    """Two definitions, by index, that cannot both be; ``path`` is in the second.

    ``{other}`` in ``message`` stands for the place in the first: of ``there``, else of ``path``.
    """

    first: int
    second: int
    path: Path
    message: str
    hint: str
    there: Path = ()


_Check = Callable[[Sequence[Identity]], Iterator[Clash]]


@dataclass(frozen=True, slots=True)
class AcrossRule(Rule):
    """A rule over all definitions; the docstring of ``check`` is its documentation."""

    severity: Severity
    check: _Check


#: Every rule over all definitions, in the order of the documentation.
ACROSS_RULES: list[AcrossRule] = []


def _rule(severity: Severity) -> Callable[[_Check], _Check]:
    def register(check: _Check) -> _Check:
        ACROSS_RULES.append(AcrossRule(*told(check), severity, check))
        return check

    return register


@_rule("error")
def duplicate_name(identities: Sequence[Identity]) -> Iterator[Clash]:
    """Two definitions of one name are each bound to an assistant by `sync.id`.

    Without an id, an assistant is found by its name, and nobody can say which of the two is meant.
    """
    for first, second in repeated([found.name and same_name(found.name) for found in identities]):
        if identities[first].id is None or identities[second].id is None:
            message = "{other} has this name too"
            hint = "give one of them another name, or bind both with sync.id"
            yield Clash(first, second, ("name",), message, hint)


@_rule("warning")
def similar_name(identities: Sequence[Identity]) -> Iterator[Clash]:
    """Two names that look alike are easily taken for one another.

    Case, width, quotes, dashes, spaces and accents make no difference that the eye is sure to see.
    """
    names = [found.name for found in identities]
    for first, second in repeated([name and alike_name(name) for name in names]):
        if same_name(names[first] or "") != same_name(names[second] or ""):
            message = "{other} has a name that looks like this one"
            yield Clash(first, second, ("name",), message, "give one of them another name")


@_rule("error")
def duplicate_id(identities: Sequence[Identity]) -> Iterator[Clash]:
    """Two definitions cannot be bound to one assistant."""
    for first, second in repeated([identity.id for identity in identities]):
        message = "{other} is bound to this id too"
        yield Clash(first, second, ("sync", "id"), message, "remove one of them")


@_rule("error")
def duplicate_earlier_name(identities: Sequence[Identity]) -> Iterator[Clash]:
    """Two definitions cannot be found under one earlier name: the assistant is one of them."""
    names = [found.renamed_from for found in identities]
    for first, second in repeated([name and same_name(name) for name in names]):
        message = "{other} is renamed from this name too"
        hint = "remove it where the assistant has its new name already, or never had this one"
        yield Clash(first, second, ("sync", "renamed_from"), message, hint)


@_rule("error")
def earlier_name_taken(identities: Sequence[Identity]) -> Iterator[Clash]:
    """`sync.renamed_from` is not a name that another definition has now: names are matched first.

    If two definitions swap names, or one takes the name of another, each would be written over the
    other's assistant. Bind both to their ids (`revox-sync bind`) before you rename them.
    """
    renamed = [
        (index, same_name(found.renamed_from))
        for index, found in enumerate(identities)
        if found.renamed_from and found.id is None
    ]
    names = {
        same_name(found.name): index
        for index, found in enumerate(identities if renamed else ())
        if found.name and found.id is None
    }
    for second, name in renamed:
        first = names.get(name, second)
        if first != second:
            message = "{other} has this name now, and comes first"
            hint = "bind both with sync.id before their names change, or remove renamed_from"
            yield Clash(first, second, ("sync", "renamed_from"), message, hint, ("name",))


@_rule("error")
def duplicate_definition(identities: Sequence[Identity]) -> Iterator[Clash]:
    """`a.yaml` and `a.yml` would be one definition with one key."""
    for first, second in repeated([identity.key for identity in identities]):
        message = "{other} has the same key, which is the path without its suffix"
        yield Clash(first, second, (), message, "rename or remove one of the files")


@_rule("error")
def key_case(identities: Sequence[Identity]) -> Iterator[Clash]:
    """Two keys differ in more than upper and lower case: some systems hold them for one file."""
    keys = [normalized("NFC", identity.key.casefold()) for identity in identities]
    for first, second in repeated(keys):
        if identities[first].key != identities[second].key:
            message = "{other} has the same key but for upper and lower case"
            yield Clash(first, second, (), message, "rename one of the files")
