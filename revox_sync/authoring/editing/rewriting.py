"""From what a file comes to, to what it is to come to: the edits, and what cannot be edited.

The data of both sides are walked together, and only where they differ is the file touched. What
does not stand in its place as a value of its own (a reference, an alias, an include that others
share, a text that is put together) is left alone and told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from revox_sync.authoring.editing.alignment import aligned, same
from revox_sync.authoring.editing.emit import Emitter, Style, in_flow
from revox_sync.authoring.editing.entries import Added, block_edits, flow_edits
from revox_sync.authoring.editing.layout import Layout, Unclear
from revox_sync.authoring.editing.order import identity_at, place_of
from revox_sync.authoring.editing.scalars import new_inline
from revox_sync.authoring.editing.splices import Splice, in_lines
from revox_sync.authoring.editing.standing import Blocked, Standing, UsersOf
from revox_sync.authoring.editing.values import value_edits
from revox_sync.definitions.compose import Composer
from revox_sync.definitions.places import Composed, include_target
from revox_sync.definitions.problem import Location, Source
from revox_sync.definitions.yaml import MappingNode, Node, SequenceNode
from revox_sync.model.path import Path

#: Returns a value as it is written at a place: ``$${`` for ``${``, a reference for a credential.
Spell = Callable[[Path, Any], Any]


@dataclass(frozen=True, slots=True)
class Left:
    """A value that was not written: where it stands, why, and how to go on."""

    path: Path
    location: Location
    why: str
    hint: str


@dataclass
class _Changes:
    """What is put into one list and taken out of it."""

    layout: Layout
    source: Source
    holder: Node
    removed: set[int] = field(default_factory=set)
    added: dict[int, list[Any]] = field(default_factory=dict)


class Rewriting:
    """One attempt at the edits of one definition; ``splices`` collects them, by file.

    With ``quoted`` texts that are written are in double quotes, which hold any text.
    """

    def __init__(
        self,
        composed: Composed,
        composer: Composer,
        spell: Spell,
        users_of: UsersOf,
        *,
        quoted: bool = False,
    ) -> None:
        self._places = composed.places
        self._spell = spell
        self._standing = Standing(composed, composer, users_of)
        self._emitter = Emitter(Style.of(self._standing.layout), quoted=quoted)
        self.splices: dict[str, list[Splice]] = {}
        self.left: list[Left] = []

    def value(self, path: Path, old: Any, new: Any) -> Any:
        """Edit the value at ``path`` from ``old`` to ``new``; return what it then comes to.

        What is left alone stays ``old`` in that.
        """
        if same(old, new):
            return old
        node = self._places[path][2]
        edited = {file: len(splices) for file, splices in self.splices.items()}
        told = len(self.left)
        try:
            if include_target(node) is not None and isinstance(old, str):
                return self._included_text(path, new)
            if isinstance(old, dict) and isinstance(new, dict) and type(node) is MappingNode:
                return self._mapping(path, old, new)
            if isinstance(old, list) and isinstance(new, list) and old:
                return self._list(path, old, new)
            return self._whole(path, new)
        except (Blocked, Unclear) as found:
            for file, splices in self.splices.items():
                del splices[edited.get(file, 0) :]
            del self.left[told:]
            if isinstance(found, Unclear):
                found = Blocked("it is written in a way that is not edited", "write it by hand")
            self._leave(path, found)
        return old

    def _leave(self, path: Path, blocked: Blocked) -> None:
        self.left.append(Left(path, self._places.location(path), blocked.why, blocked.hint))

    def _by_hand(self, path: Path, new: Any) -> str:
        return by_hand(path, self._spell(path, new))

    # Values.

    def _whole(self, path: Path, new: Any) -> Any:
        """Put ``new`` in the place of what stands at ``path``."""
        spot = self._standing.spot(path)
        self._check(path, new)
        if type(spot.node) is SequenceNode and path == ("prompt",):
            raise Blocked("it is put together from a list of texts", "change the texts there")
        self._standing.check_parts(spot.node, lambda: self._by_hand(path, new))
        layout = spot.layout
        self._edit(
            spot.source,
            value_edits(
                layout,
                spot.span,
                spot.node,
                self._spell(path, new),
                self._emitter,
                flow=layout.is_flow(spot.holder),
                item=type(spot.holder) is SequenceNode,
            ),
        )
        return new

    def _included_text(self, path: Path, new: Any) -> Any:
        """Change the file that stands for a text; its final newline stays."""
        self._check(path, new)
        inner = self._standing.included_text(path)
        if not isinstance(new, str):
            raise Blocked(f"it is the text of {inner.file}", self._by_hand(path, new))
        written = self._spell(path, new) + ("\n" if inner.text.endswith("\n") else "")
        self._edit(inner, in_lines(0, inner.text.split("\n"), written.split("\n")))
        return new

    # Mappings.

    def _mapping(self, path: Path, old: Mapping[str, Any], new: Mapping[str, Any]) -> Any:
        gone = [name for name in old if name not in new]
        come = {name: value for name, value in new.items() if name not in old}
        if len(gone) == len(old):
            return self._whole(path, dict(new))
        source, _, node = self._places[path]
        if gone or come:
            try:
                self._check(path, dict(new))
                removed = {self._standing.spot((*path, name)).index for name in gone}
                self._edit(
                    source,
                    self._members(self._standing.layout_of(source), node, path, removed, come),
                )
            except Blocked as blocked:
                self._leave(path, blocked)
                gone, come = [], {}
        expected = {
            name: self.value((*path, name), value, new[name]) if name in new else value
            for name, value in old.items()
            if name not in gone
        }
        return expected | come

    def _members(
        self,
        layout: Layout,
        node: Node,
        path: Path,
        removed: set[int],
        come: Mapping[str, Any],
    ) -> Iterator[Splice]:
        spans = layout.spans(node)
        names = [str(key.value) for key, _ in node.value]
        flow = layout.is_flow(node)
        added: dict[int, list[str]] = {}
        for name, value in come.items():
            at = place_of(path, name, names)
            written = self._spell((*path, name), value)
            if flow:
                entry = [f"{new_inline(name, flow=True)}: {in_flow(written)}"]
            else:
                entry = self._emitter.member(name, written, layout.column(spans[0].entry))
            added.setdefault(at, []).extend(entry)
        return (flow_edits if flow else block_edits)(layout, node, removed, added)

    # Lists.

    def _list(self, path: Path, old: Sequence[Any], new: Sequence[Any]) -> Any:
        """Edit a list item by item; each is changed in the file in which it stands."""
        kept: dict[int, Any] = {}
        come: dict[int, list[Any]] = {}
        changes: dict[int, _Changes] = {}
        at = -1
        for i, j in aligned(old, new, identity_at(path)):
            if i is not None:
                at = i
                if j is not None:
                    kept[i] = self.value((*path, i), old[i], new[j])
                elif not self._remove((*path, i), changes):
                    kept[i] = old[i]
            elif j is not None and self._add(path, at, len(old), new[j], changes):
                come.setdefault(at, []).append(new[j])
        for change in changes.values():
            self._restructure(path, change)
        items = list(come.get(-1, ()))
        for index in range(len(old)):
            items += [kept[index]] if index in kept else []
            items += come.get(index, ())
        return items

    def _remove(self, path: Path, changes: dict[int, _Changes]) -> bool:
        try:
            spot = self._standing.spot(path)
            self._check(path, None)
        except Blocked as blocked:
            self._leave(path, blocked)
            return False
        self._of(changes, spot.layout, spot.source, spot.holder).removed.add(spot.index)
        return True

    def _add(
        self, path: Path, at: int, length: int, value: Any, changes: dict[int, _Changes]
    ) -> bool:
        """Put an item behind the one at ``at``; at the end, into the definition's own list."""
        try:
            if -1 < at < length - 1:
                spot = self._standing.spot((*path, at))
                self._check(path, value)
                self._standing.check_file(spot.source)
                change = self._of(changes, spot.layout, spot.source, spot.holder)
                index = spot.index
            else:
                self._check(path, value)
                source, holder = self._standing.outer(path)
                change = self._of(changes, self._standing.layout_of(source), source, holder)
                index = -1 if at < 0 else len(holder.value) - 1
        except Blocked as blocked:
            self._leave(path, Blocked(f"an item is missing, and {blocked.why}", blocked.hint))
            return False
        change.added.setdefault(index, []).append(value)
        return True

    def _of(
        self, changes: dict[int, _Changes], layout: Layout, source: Source, holder: Node
    ) -> _Changes:
        return changes.setdefault(id(holder), _Changes(layout, source, holder))

    def _restructure(self, path: Path, change: _Changes) -> None:
        layout, holder = change.layout, change.holder
        flow = layout.is_flow(holder)
        if not flow and not change.added and len(change.removed) == len(holder.value):
            self._empty(path, change)
            return
        column = 0 if flow else layout.column(layout.spans(holder)[0].entry)
        added: dict[int, list[str]] = {}
        for index, values in change.added.items():
            for value in values:
                written = self._spell((*path, index + 1), value)
                entry = [in_flow(written)] if flow else self._emitter.item(written, column)
                added.setdefault(index, []).extend(entry)
        edits: Callable[[Layout, Node, set[int], Added], Iterator[Splice]]
        edits = flow_edits if flow else block_edits
        self._edit(change.source, edits(layout, holder, change.removed, added))

    def _empty(self, path: Path, change: _Changes) -> None:
        """Write ``[]`` in the place of a list whose items are all gone."""
        layout, holder = change.layout, change.holder
        if holder is layout.root:
            spans = layout.spans(holder)
            self._edit(change.source, [Splice(spans[0].entry, spans[-1].end, "[]")])
            return
        spot = self._standing.spot(path)
        self._edit(
            spot.source,
            value_edits(
                layout, spot.span, holder, [], self._emitter,
                flow=layout.is_flow(spot.holder), item=False,
            ),
        )  # fmt: skip

    def _check(self, path: Path, new: Any) -> None:
        self._standing.check(path, lambda: self._by_hand(path, new))

    def _edit(self, source: Source, splices: Iterator[Splice] | Sequence[Splice]) -> None:
        self.splices.setdefault(source.file, []).extend(splices)


_LONGEST = 60
_REFERENCE = "${secret."


def by_hand(path: Path, written: Any) -> str:
    """Return what to write at ``path``, where that is short enough to be said."""
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    text = in_flow(written)
    if len(text) > _LONGEST or name == "" or _REFERENCE in text:
        return "write it by hand"
    return f"write `{name}: {text}` by hand"
