"""Edits that make a definition file state other values, and what cannot be edited.

Old and new data are walked together, and the file is touched only where they differ: a value that
differs is written anew; every other byte and every comment stay.

A value that does not stand in its own place (a reference, an alias, an include that others share, a
text made of several) is left alone and reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import zip_longest
from typing import Any

from revox_sync.authoring.emit import in_flow
from revox_sync.authoring.layout import (
    Entry,
    Extent,
    Layout,
    NotEditable,
    Splice,
    entries,
    refilled,
    replaced,
)
from revox_sync.definitions.compose import Composer
from revox_sync.definitions.keys import SYNC_KEYS
from revox_sync.definitions.places import Composed, include_target
from revox_sync.definitions.problem import Problem
from revox_sync.definitions.references import references
from revox_sync.definitions.texts import Source
from revox_sync.definitions.yaml import MappingNode, Node, ScalarNode, SequenceNode, nodes
from revox_sync.model.alignment import alignment
from revox_sync.model.fields import WRITTEN, field_of
from revox_sync.model.path import Path
from revox_sync.model.shapes import ListOf, Member, Object, dumps, is_same
from revox_sync.model.walk import member_at
from revox_sync.records import dataclass

#: Returns a value as it is written at a place: ``$${`` for ``${``, a reference for a credential.
Spell = Callable[[Path, Any], Any]
#: Returns the files, other than the definition itself, that an included file is a part of and
#: that keep it from being edited.
UsersOf = Callable[[Source], Sequence[str]]

_LONGEST_HINT = 60
_BY_HAND = "write it by hand"
_UNSAID: Any = object()


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a value physically stands: entry ``index`` of ``holder``."""

    source: Source
    layout: Layout
    holder: Node
    index: int
    node: Node

    @property
    def extent(self) -> Extent:
        """The bytes of the entry."""
        return self.layout.extents(self.holder)[self.index]

    @property
    def alias(self) -> str | None:
        """The alias that stands there instead of a value, if there is one."""
        extent = self.extent
        return self.layout.text[extent.value : extent.end] if extent.alias else None


class Spots:
    """Where the values of one composed definition stand in its files; ``main`` is its own."""

    def __init__(self, composed: Composed, composer: Composer) -> None:
        self.places = composed.places
        self.main = composed.places[()][0].file
        self._composer = composer
        self._layouts: dict[str, Layout] = {}

    def find(self, path: Path) -> Spot:
        """Return where the value at ``path`` stands; raises NotEditable for a merged one."""
        source, key, node = self.places[path]
        parent = self.places[path[:-1]][2]
        layout = self.layout(source)
        if key is not None:
            for index, (own, _) in enumerate(parent.value):
                if own is key:
                    return Spot(source, layout, parent, index, node)
            raise NotEditable("it comes from a mapping that is merged with <<", "change it there")
        for holder in (parent, layout.root):
            if type(holder) is SequenceNode:
                for index, child in enumerate(holder.value):
                    if child is node:
                        return Spot(source, layout, holder, index, node)
        raise NotEditable

    def layout(self, source: Source) -> Layout:
        """Return the layout of the definition's own file, or of an included list."""
        if source.file not in self._layouts:
            own = source.file == self.main
            root = self.places[()][2] if own else self._composer.list_in(source)
            self._layouts[source.file] = Layout(source.text, root)
        return self._layouts[source.file]

    def included(self, path: Path) -> Source | None:
        """Return the file that is included at ``path``, None where none is."""
        source, _, node = self.places[path]
        target = include_target(node)
        return None if target is None else self._composer.files.included(source.file, target.value)


@dataclass
class _Items:
    """What is taken out of one list, and put behind which of its items; -1 is the front."""

    source: Source
    holder: Node
    removed: set[int] = field(default_factory=set)
    added: dict[int, list[Entry]] = field(default_factory=dict)


class Edit:
    """The edits of one definition: ``splices`` collects them by file, ``left`` what is not edited.

    Do not trust an edit before its result was composed and compared with what ``value`` returned.
    """

    def __init__(
        self, composed: Composed, composer: Composer, spell: Spell, users_of: UsersOf
    ) -> None:
        self._spots = Spots(composed, composer)
        self._places = composed.places
        self._spell = spell
        self._users_of = users_of
        self.splices: dict[str, list[Splice]] = {}
        self.left: list[Problem] = []

    def value(self, path: Path, old: Any, new: Any) -> Any:
        """Edit the value at ``path`` from ``old`` to ``new``; return what it becomes.

        What cannot be edited stays ``old``.
        """
        if is_same(old, new):
            return old
        node, inner = self._places[path][2], self._spots.included(path)
        before = {file: len(splices) for file, splices in self.splices.items()}
        told = len(self.left)
        try:
            if inner is not None and isinstance(old, str):
                return self._included_text(path, inner, new)
            if isinstance(old, dict) and isinstance(new, dict) and type(node) is MappingNode:
                return self._mapping(path, old, new)
            if isinstance(old, list) and isinstance(new, list) and old:
                return self._list(path, old, new)
            return self._whole(path, new)
        except NotEditable as found:
            for file, splices in self.splices.items():
                del splices[before.get(file, 0) :]
            del self.left[told:]
            self._leave(path, found)
        return old

    # Values.

    def _whole(self, path: Path, new: Any) -> Any:
        """Replace what stands at ``path`` by ``new``."""
        spot, inner = self._spots.find(path), self._spots.included(path)
        self._check(path, new)
        if inner is not None and isinstance(new, list):
            self._check_file(inner)
            self._put(inner, [refilled(self._spots.layout(inner), self._spell(path, new))])
            return new
        if type(spot.node) is SequenceNode and path == ("prompt",):
            raise NotEditable("it is put together from a list of texts", "change the texts there")
        written = self._spell(path, new)
        self._check_parts(spot.node, written)
        self._put(spot.source, replaced(spot.layout, spot.holder, spot.extent, spot.node, written))
        return new

    def _included_text(self, path: Path, inner: Source, new: Any) -> Any:
        """Rewrite the included file of a text; its final newline stays."""
        self._check(path, new)
        if not isinstance(new, str):
            raise NotEditable(f"it is the text of {inner.file}", self._by_hand(path, new))
        self._check_file(inner)
        written = self._spell(path, new)
        _check_references(inner.text, references(written))
        ending = "\n" if inner.text.endswith("\n") else ""
        self._put(inner, [Splice(0, len(inner.text), written + ending)])
        return new

    # Mappings.

    def _mapping(self, path: Path, old: Mapping[str, Any], new: Mapping[str, Any]) -> Any:
        gone = [name for name in old if name not in new]
        come = {name: value for name, value in new.items() if name not in old}
        source, _, node = self._places[path]
        if len(gone) == len(old):
            return self._whole(path, dict(new))
        if gone or come:
            try:
                self._check(path, dict(new))
                removed = [self._spots.find((*path, name)).index for name in gone]
                added: dict[int, list[Entry]] = {}
                for name, value in come.items():
                    entry = name, self._spell((*path, name), value)
                    added.setdefault(place_of(path, name, node), []).append(entry)
                self._put(source, entries(self._spots.layout(source), node, removed, added))
            except NotEditable as found:
                self._leave(path, found)
                gone, come = [], {}
        expected = {
            name: self.value((*path, name), value, new[name]) if name in new else value
            for name, value in old.items()
            if name not in gone
        }
        return expected | come

    # Lists.

    def _list(self, path: Path, old: Sequence[Any], new: Sequence[Any]) -> Any:
        """Edit a list item by item, each in the file that holds it."""
        kept: dict[int, Any] = {}
        come: dict[int, list[Any]] = {}
        changes: dict[int, _Items] = {}
        at = -1
        named = identity_at(path) or next(iter(order_at((*path, 0))), None)  # such as a question
        there = {_name(item, named): index for index, item in enumerate(new)}
        for i, j in _aligned(old, new, named):
            if i is not None:
                at = i
                if j is None and (now := there.get(_name(old[i], named))) is not None:
                    self._check_moved((*path, i), self._spell((*path, now), new[now]))
                if j is not None:
                    kept[i] = self.value((*path, i), old[i], new[j])
                elif not self._take_out((*path, i), changes):
                    kept[i] = old[i]
            elif j is not None and self._add((*path, j), at, len(old), new[j], changes):
                come.setdefault(at, []).append(new[j])
        for change in changes.values():
            self._put(change.source, self._items(path, change))
        items = list(come.get(-1, ()))
        for index in range(len(old)):
            items += [kept[index]] if index in kept else []
            items += come.get(index, ())
        return items

    def _take_out(self, path: Path, changes: dict[int, _Items]) -> bool:
        try:
            spot = self._spots.find(path)
            self._check(path)
        except NotEditable as found:
            self._leave(path, found)
            return False
        change = _Items(spot.source, spot.holder)
        changes.setdefault(id(spot.holder), change).removed.add(spot.index)
        return True

    def _add(
        self, path: Path, at: int, length: int, value: Any, changes: dict[int, _Items]
    ) -> bool:
        """Insert an item, that is to be ``path``, after the one at ``at``.

        At the end it goes into the definition's own list.
        """
        outer = path[:-1]
        try:
            self._check(outer)
            if -1 < at < length - 1:
                spot = self._spots.find((*outer, at))
                self._check_file(spot.source)
                change, index = _Items(spot.source, spot.holder), spot.index
            else:
                source, holder = self._outer(outer)
                change = _Items(source, holder)
                index = -1 if at < 0 else len(holder.value) - 1
        except NotEditable as found:
            self._leave(outer, NotEditable(f"an item is missing, and {found.message}", found.hint))
            return False
        added = changes.setdefault(id(change.holder), change).added
        added.setdefault(index, []).append((None, self._spell(path, value)))
        return True

    def _items(self, path: Path, change: _Items) -> Iterator[Splice]:
        layout, holder = self._spots.layout(change.source), change.holder
        is_emptied = len(change.removed) == len(holder.value) and not change.added
        if not is_emptied or (holder is layout.root and layout.is_flow(holder)):
            yield from entries(layout, holder, sorted(change.removed), change.added)
        elif holder is layout.root:
            yield refilled(layout, [])
        else:
            spot = self._spots.find(path)
            yield from replaced(layout, spot.holder, spot.extent, holder, [])

    # Where a value stands, and what keeps it from being edited there.

    def _outer(self, path: Path) -> tuple[Source, Node]:
        """Return the list at ``path``, or that of the file that is included there."""
        inner = self._spots.included(path)
        if inner is None:
            return self._places[path][0], self._places[path][2]
        self._check_file(inner)
        return inner, self._spots.layout(inner).root

    def _check(self, path: Path, new: Any = _UNSAID) -> None:
        """Refuse if ``path``, or something around it, belongs to another place.

        ``new`` is what to write there by hand.
        """
        for length in range(1, len(path) + 1):
            spot = self._spots.find(path[:length])
            if spot.alias is not None:
                hint = _BY_HAND if new is _UNSAID else self._by_hand(path, new)
                raise NotEditable(f"it is the alias {spot.alias}", hint)
            if spot.layout.is_shared(spot.node):
                raise NotEditable(
                    "other places refer to its anchor", "change it by hand, here or in each place"
                )
            self._check_file(spot.source)

    def _check_file(self, source: Source) -> None:
        """Refuse a file that others include as well."""
        if source.file == self._spots.main:
            return
        if source.file.startswith("../"):  # who else includes it, this project cannot know
            raise NotEditable(
                f"it stands in {source.file}, outside of the project",
                f"change it there, or state it in {self._spots.main} instead of including it",
            )
        others = self._users_of(source)
        if others:
            raise NotEditable(
                f"it stands in {source.file}, which {' and '.join(others)} "
                f"include{'s' * (len(others) == 1)} too",
                "change it there for all of them, or state it in "
                f"{self._spots.main} instead of including it",
            )

    def _check_parts(self, node: Node, written: Any) -> None:
        """Refuse if a part comes from elsewhere and would be replaced by its value."""
        kept = references(in_flow(written))
        for part in nodes(node):
            if type(part) is ScalarNode:
                _check_references(part.value, kept)
            elif include_target(part) is not None:
                raise NotEditable("a part of it is included")

    def _check_moved(self, path: Path, written: Any) -> None:
        """Refuse to write an item anew in another place if a part of it comes from elsewhere."""
        source, _, node = self._places[path]
        try:
            if any(map(self._spots.layout(source).is_shared, nodes(node))):
                raise NotEditable("a part of it is an alias, or has one")
            self._check_parts(node, written)
        except NotEditable as found:
            raise NotEditable(
                f"an item has moved, and {found.message}", "move it by hand"
            ) from None

    def _leave(self, path: Path, found: NotEditable) -> None:
        self.left.append(found.at(path, self._places.location(path)))

    def _by_hand(self, path: Path, new: Any) -> str:
        return by_hand(path, self._spell(path, new))

    def _put(self, source: Source, splices: Iterator[Splice] | Sequence[Splice]) -> None:
        self.splices.setdefault(source.file, []).extend(splices)


def by_hand(path: Path, written: Any) -> str:
    """Return what to write at ``path`` by hand, if that is short and no item of a list."""
    name = path[-1] if path else ""
    text = in_flow(written)
    if len(text) > _LONGEST_HINT or name == "" or isinstance(name, int) or "${secret." in text:
        return _BY_HAND
    return f"write `{name}: {text}` by hand"


def fact_at(path: Path) -> Member:
    """Return what is known of what stands at ``path`` in a definition."""
    if not path or path[0] == "sync":
        return Member()
    return member_at(field_of(str(path[0])), path[1:])


def identity_at(path: Path) -> str | None:
    """Return the member that identifies the items of the list at ``path``; None without one."""
    shape = fact_at(path).shape
    return shape.identity if isinstance(shape, ListOf) else None


def order_at(path: Path) -> Sequence[str]:
    """Return the names that the mapping at ``path`` of a definition may hold, in order."""
    if not path:
        return (*WRITTEN, "sync")
    if path == ("sync",):
        return tuple(SYNC_KEYS)
    shape = fact_at(path).shape
    return tuple(shape.members) if isinstance(shape, Object) else ()


def place_of(path: Path, name: str, mapping: Node) -> int:
    """Return after which member of the mapping at ``path`` ``name`` belongs, by index.

    A name that is not known goes last.
    """
    names = [str(key.value) for key, _ in mapping.value]
    order = order_at(path)
    before = order[: order.index(name)] if name in order else ()
    found = [index for index, other in enumerate(names) if other in before]
    return max(found, key=lambda index: before.index(names[index]), default=len(names) - 1)


def _check_references(text: str, kept: Sequence[str]) -> None:
    """Refuse to replace a text that holds a ``${…}`` that is not ``kept``."""
    lost = [reference for reference in references(text) if reference not in kept]
    if lost:
        raise NotEditable(
            f"it comes from {' and '.join(lost)}",
            "change what that stands for, or write the value in its place by hand",
        )


# Which item of a list became which.


def _aligned(
    old: Sequence[Any], new: Sequence[Any], identity: str | None
) -> Iterator[tuple[int | None, int | None]]:
    """Yield (index in ``old``, index in ``new``), in order; None where there is no counterpart.

    ``identity`` names the member that identifies an item; without one, all of the item does. Items
    with different identities belong together if most of their members are the same.
    """
    before, after = ([_name(item, identity) for item in items] for items in (old, new))
    both = {*before} & {*after}
    for is_equal, i1, i2, j1, j2 in alignment(before, after):
        for i, j in zip_longest(range(i1, i2), range(j1, j2)):
            known = is_equal or i is None or j is None
            if known or (both.isdisjoint((before[i], after[j])) and _is_alike(old[i], new[j])):
                yield i, j
            else:
                yield i, None
                yield None, j


def _name(item: Any, identity: str | None) -> str:
    """Return what identifies an item."""
    return dumps(item[identity] if isinstance(item, dict) and identity in item else item)


def _is_alike(one: Any, other: Any) -> bool:
    """Whether two items have at least half of their members in common."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return False
    return 2 * sum(name in other and is_same(one[name], other[name]) for name in one) >= len(one)
