"""Where a value physically stands, and what stands in the way of editing it there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from revox_sync.authoring.editing.layout import Layout, Span, Unclear
from revox_sync.definitions.compose import Composer
from revox_sync.definitions.places import Composed, include_target
from revox_sync.definitions.problem import Source
from revox_sync.definitions.references import references
from revox_sync.definitions.yaml import MappingNode, Node, ScalarNode, SequenceNode
from revox_sync.model.path import Path

#: Returns the files, other than the definition itself, that an included file is a part of.
UsersOf = Callable[[Source], Sequence[str]]
#: Returns what can be done by hand.
Hint = Callable[[], str]


class Blocked(Exception):
    """A value is not this place's own, so it is not edited there; ``hint`` says how to go on."""

    def __init__(self, why: str, hint: str) -> None:
        super().__init__(why)
        self.why = why
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a value physically stands: entry ``index`` of ``holder``."""

    source: Source
    layout: Layout
    holder: Node
    index: int
    node: Node

    @property
    def span(self) -> Span:
        """Where the entry begins and ends."""
        return self.layout.spans(self.holder)[self.index]


class Standing:
    """The places of one composed definition, in its own file and in those that it includes.

    Methods raise Blocked where a value is not to be edited, Unclear where it cannot be.
    """

    def __init__(self, composed: Composed, composer: Composer, users_of: UsersOf) -> None:
        self._places = composed.places
        self._composer = composer
        self._users_of = users_of
        source, _, root = composed.places[()]
        self._main = source.file
        self.layout = Layout(source.text, root)
        self._layouts = {source.file: self.layout}

    def layout_of(self, source: Source) -> Layout:
        """Return the layout of the definition's own file, or of an included list."""
        if source.file not in self._layouts:
            self._layouts[source.file] = Layout(source.text, self._composer.list_in(source))
        return self._layouts[source.file]

    def spot(self, path: Path) -> Spot:
        """Return where the value at ``path`` stands."""
        source, key, node = self._places[path]
        parent = self._places[path[:-1]][2]
        layout = self.layout_of(source)
        if key is not None:
            for index, (own, _) in enumerate(parent.value):
                if own is key:
                    return Spot(source, layout, parent, index, node)
            raise Blocked("it comes from a mapping that is merged with <<", "change it there")
        holders = [parent, *([layout.root] if type(layout.root) is SequenceNode else [])]
        for holder in holders:
            if type(holder) is SequenceNode:
                for index, child in enumerate(holder.value):
                    if child is node:
                        return Spot(source, layout, holder, index, node)
        raise Unclear

    def check(self, path: Path, hint: Hint) -> None:
        """Raise Blocked where ``path``, or something around it, is not this place's own."""
        for length in range(1, len(path) + 1):
            spot = self.spot(path[:length])
            if spot.span.alias:
                span = spot.span
                name = spot.layout.text[span.value : span.end]
                raise Blocked(f"it is the alias {name}", hint())
            if spot.layout.is_shared(spot.node):
                raise Blocked(
                    "other places refer to its anchor", "change it by hand, here or in each place"
                )
            self.check_file(spot.source)

    def check_users(self, source: Source) -> None:
        """Raise Blocked where an included file is a part of other definitions, too."""
        others = self._users_of(source)
        if others:
            raise Blocked(
                f"it stands in {source.file}, which {' and '.join(others)} "
                f"include{'s' * (len(others) == 1)} too",
                "change it for all of them with --shared, or state it in "
                f"{self._main} instead of including it",
            )

    def check_parts(self, node: Node, hint: Hint) -> None:
        """Raise Blocked where a value, or a part of it, comes from somewhere else."""
        waiting = [node]
        while waiting:
            part = waiting.pop()
            if type(part) is ScalarNode:
                self.check_references(part.value)
            elif include_target(part) is not None:
                raise Blocked("a part of it is included", hint())
            elif type(part) is MappingNode:
                waiting += [value for _, value in part.value]
            else:
                waiting += part.value

    def check_references(self, text: str) -> None:
        """Raise Blocked where a text holds ``${…}``."""
        found = references(text)
        if found:
            raise Blocked(
                f"it comes from {' and '.join(found)}",
                "change what that stands for, or write the value in its place by hand",
            )

    def outer(self, path: Path) -> tuple[Source, Node]:
        """Return the list at ``path``, or that of the file that is included there."""
        source, _, node = self._places[path]
        target = include_target(node)
        if target is None:
            return source, node
        inner = self._composer.included(source.file, target.value)
        self.check_users(inner)
        return inner, self._composer.list_in(inner)

    def included_text(self, path: Path) -> Source:
        """Return the file that stands for the text at ``path``."""
        source, _, node = self._places[path]
        target = include_target(node)
        assert target is not None  # noqa: S101 - the caller has seen it
        inner = self._composer.included(source.file, target.value)
        self.check_users(inner)
        self.check_references(inner.text)
        return inner

    def check_file(self, source: Source) -> None:
        """Raise Blocked where ``source`` is an included file that others use."""
        if source.file != self._main:
            self.check_users(source)
