"""From the nodes of one file to plain data: includes, spliced lists and references in one walk.

A value that cannot be read is reported where it is written and goes on as None, so that one run
shows every problem. Its place is remembered in ``broken``, so that nobody reports what only follows
from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from revox_sync.definitions.places import Composed, include_target
from revox_sync.definitions.problem import Unusable
from revox_sync.definitions.references import (
    NO_SUCH,
    SECRET_PREFIX,
    Secrets,
    Variables,
    expand,
    variable_in,
)
from revox_sync.definitions.texts import SUFFIXES, Source, Texts, cut_at, leftovers
from revox_sync.definitions.yaml import (
    MAX_DEPTH,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    check_collection_tag,
    compose,
    is_merge,
    is_plain,
    mark,
    scalar,
    too_deep,
)
from revox_sync.files.tree import MAX_SIZE
from revox_sync.model.fields import FIELDS
from revox_sync.model.path import Path
from revox_sync.model.shapes import Text
from revox_sync.model.walk import member_at
from revox_sync.secrecy.values import LEAST, as_written, is_mask

#: The most values that one definition may come to, its aliases and includes expanded.
MAX_VALUES = 100_000
#: The longest chain of YAML files that include one another.
MAX_INCLUDES = 20

_PROMPT: Path = ("prompt",)


class Composer:
    """Composes the files of one project; includes are parsed once."""

    def __init__(
        self, files: Texts, secrets: Secrets | Mapping[str, str], variables: Variables | None = None
    ) -> None:
        self.files = files
        self.secrets = secrets if isinstance(secrets, Secrets) else Secrets(secrets)
        self.variables = variables or Variables()
        self._lists: dict[str, Node | Unusable | None] = {}

    def file(self, source: Source) -> Composed:
        """Compose the whole of ``source``: a mapping at top level, or a problem."""
        root, problems = _top(source)
        if root is None and not problems:
            hint = "state at least name and prompt"
            problems = [Unusable("empty-file", "this file is empty", hint)]
        if root is None:
            return Composed.unread(source, *problems)
        return self.mapping(source, root)

    def mapping(self, source: Source, node: Node) -> Composed:
        """Compose one mapping of ``source`` as if its members were the fields of a definition."""
        return _Walk(self, source).fields(node)

    def settings(self, source: Source) -> tuple[Composed, Node | None]:
        """Compose the project file, which takes no includes and references.

        The value of ``defaults``, which takes both, is not composed but returned as it is written.
        """
        root, problems = _top(source)
        if root is not None:
            return _Walk(self, source).settings(root)
        return Composed.unread(source, *problems) if problems else Composed(), None

    def list_in(self, source: Source) -> Node:
        """Return the list that the included YAML file ``source`` holds; Unusable otherwise."""
        if source.file not in self._lists:
            try:
                self._lists[source.file] = compose(source.text)
            except Unusable as problem:
                self._lists[source.file] = problem
        root = self._lists[source.file]
        if isinstance(root, Unusable):
            raise root
        if type(root) is not SequenceNode:
            message = "an included YAML file must hold a list"
            index = mark(root) if root is not None else 0
            raise Unusable("include-kind", message, "write its items with a leading -", index)
        return root


def _top(source: Source) -> tuple[Node | None, list[Unusable]]:
    """Return the mapping at the top level of a file, and what is wrong; neither, if it is empty."""
    wrong = _left_in(source)
    if wrong:
        return None, wrong
    try:
        root = compose(source.text)
    except Unusable as problem:
        return None, [problem]
    if root is not None and type(root) is not MappingNode:
        message = "the top level of this file must be a mapping of names to values"
        return None, [Unusable("not-a-mapping", message, "write `name: …`", mark(root))]
    return root, []


class _TooMuchError(Exception):
    """The file comes to more than is read; that has been reported."""


class _Walk:
    """One walk through the nodes of one definition."""

    def __init__(self, composer: Composer, source: Source) -> None:
        self._composer = composer
        self._source = source
        self._composed = Composed()
        self._places = self._composed.places
        self._chain = [source.file]
        self._around: set[int] = set()
        self._literal = False
        self._count = 0
        self._size = 0

    def fields(self, node: Node) -> Composed:
        """Compose a mapping of fields."""
        return self._whole(self._begin(node))

    def settings(self, node: Node) -> tuple[Composed, Node | None]:
        """Compose a mapping of settings; the value of ``defaults`` is returned as written."""
        self._literal = True
        found = self._begin(node)
        kept = found.pop("defaults", None)
        if kept is not None:
            self._places["defaults",] = (self._source, *kept)
        return self._whole(found), kept[1] if kept else None

    def _begin(self, node: Node) -> _Members:
        """Return the members at the top level."""
        self._places[()] = (self._source, None, node)
        return self._members(node, (), self._source)

    def _whole(self, found: _Members) -> Composed:
        """Return what the members at the top level come to."""
        try:
            self._composed.data = self._values_of(found, (), self._source)
        except _TooMuchError:
            self._composed.whole = False
        return self._composed

    def _members(self, node: Node, path: Path, source: Source) -> _Members:
        problems: list[Unusable] = []
        found, behind = _own(node, problems)
        if behind:
            found = _with_merged(found, behind, problems)
        for problem in problems:
            self._composed.report(problem, source)
            if path and problem.rule in _MERGE_RULES:  # what it lacks may be what was merged
                self._composed.broken.add(path)
        return found

    def _values_of(self, found: _Members, path: Path, source: Source) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key, (named, node) in found.items():
            at = (*path, key)
            self._places[at] = (source, named, node)
            data[key] = self._value(node, at, source)
        return data

    def _value(self, node: Node, path: Path, source: Source) -> Any:
        self._count += 1
        if self._count > MAX_VALUES:
            self._too_many(node, source)
        try:
            if type(node) is not ScalarNode:
                return self._collection(node, path, source)
            value = scalar(node)
            if type(value) is str and value and (node.style or not source.may_be_cut):
                # Nearly every value is a text that nothing has to be looked for in.
                size = self._size + len(value)
                if size <= MAX_SIZE and "${" not in value and not source.may_have_leftovers:
                    self._size = size
                    return value
            return self._looked_through(value, node, path, source)
        except Unusable as problem:
            return self._break(problem, path, source, mark(node))

    def _looked_through(self, value: Any, node: ScalarNode, path: Path, source: Source) -> Any:
        """Return what a scalar stands for: what is wrong with it told, its references replaced."""
        if source.may_be_cut and not node.style and not isinstance(value, bool | int | float):
            self._look_for_cut(node, path, source)
        if not node.value and source.text.startswith("&", node.start_mark.index):
            message = "an anchor stands here alone, and names no value"
            hint = "a text that begins with & needs quotes; no value at all is written null"
            alone = Unusable("yaml-anchor", message, hint, mark(node))
            self._composed.report(alone, source, "warning")
        if type(value) is str:
            self._grow(len(value), mark(node), source)
            if source.may_have_leftovers and not self._is_meant(node, path, source):
                return None
            if "${" in value:
                name = variable_in(value) if is_plain(node) and not self._literal else None
                if name is not None:  # alone and unquoted: a number stays one
                    value = self._known(name, path)
                    self._grow(len(value) if isinstance(value, str) else 0, mark(node), source)
                    return value
                return self._expand(value, path, source, mark(node), node.end_mark.index)
        return value

    def _is_meant(self, node: ScalarNode, path: Path, source: Source) -> bool:
        """Whether a text is one that somebody wrote; what a tool left in it is reported."""
        cursor = mark(node)
        found = list(leftovers(node.value))
        for left in found:
            line = node.value[left.index :].partition("\n")[0]
            index = source.text.find(line, cursor, node.end_mark.index)
            cursor = index if index >= 0 else cursor
            self._break(left, path, source, cursor)
        return not found

    def _look_for_cut(self, node: ScalarNode, path: Path, source: Source) -> None:
        """Warn of a text that YAML ends at a ``#``, if it does not look like a comment."""
        index = cut_at(source.text, node.end_mark.index, is_empty=not node.value)
        if index is not None and _is_prose(path):
            message = "the text ends before this #, which begins a comment"
            hint = "put the text in quotes; if it is a comment, write two spaces before the #"
            self._composed.report(Unusable("cut-text", message, hint, index), source, "warning")

    def _collection(self, node: Node, path: Path, source: Source) -> Any:
        if id(node) in self._around:
            hint = "an alias cannot stand inside what its anchor names"
            problem = Unusable("recursive-alias", "this contains itself", hint, mark(node))
            self._stop(problem, source)
        if len(path) > MAX_DEPTH:
            self._stop(too_deep(mark(node)), source)
        check_collection_tag(node)
        self._around.add(id(node))
        try:
            return self._inside(node, path, source)
        finally:
            self._around.discard(id(node))

    def _inside(self, node: Node, path: Path, source: Source) -> Any:
        """Return what a list or mapping stands for."""
        if type(node) is MappingNode:
            target = include_target(node)
            if target is not None:
                return self._include(node, target, path, source)
            return self._values_of(self._members(node, path, source), path, source)
        if path == _PROMPT:
            return self._joined(node, source)
        items: list[Any] = []
        self._extend(items, node, path, source)
        return items

    def _extend(self, items: list[Any], node: Node, path: Path, source: Source) -> None:
        """Append the items of a list node to ``items``, those of included lists in their place."""
        for child in node.value:
            at = (*path, len(items))
            self._places[at] = (source, None, child)
            is_short = type(child) is MappingNode and len(child.value) == 1
            target = include_target(child) if is_short else None
            if target is None or not _names_list(target):
                items.append(self._value(child, at, source))
            elif (opened := self._open_list(child, target, at, source)) is None:
                items.append(None)
            else:
                self._extend(items, opened[1], path, opened[0])
                self._chain.pop()

    def _include(self, node: Node, target: Node, path: Path, source: Source) -> Any:
        """Return what an include stands for: a text, or the items of a YAML file."""
        if self._literal or not _is_field(path):
            raise Unusable(
                "include-kind", "only fields of an assistant can be included", "write it out here"
            )
        if _names_list(target):
            if path == _PROMPT:
                message = "a YAML file stands for a list, but prompt wants a text"
                hint = "include a text file, with another suffix than .yaml"
                raise Unusable("include-kind", message, hint)
            opened = self._open_list(node, target, path, source)
            if opened is None:
                return None
            items: list[Any] = []
            self._extend(items, opened[1], path, opened[0])
            self._chain.pop()
            return items
        inner = self._open(node, target, path, source)
        if inner is None:
            return None
        text = inner.text.removesuffix("\n")
        if not text.strip():
            message = f"{inner.file} is empty, so there is no text here"
            empty = Unusable("empty-file", message, "write it, or leave it out", mark(node))
            self._composed.report(empty, source, "warning")
        self._grow(len(text), mark(node), source)
        return self._expand(text, path, inner, 0, len(text)) if "${" in text else text

    def _open(self, node: Node, target: Node, path: Path, source: Source) -> Source | None:
        """Return the included file, or None with the include reported and ``path`` broken."""
        try:
            if type(target) is not ScalarNode or not isinstance(scalar(target), str):
                raise Unusable(
                    "include-path",
                    "`file` wants the path of one file, as a text",
                    "write {file: path}",
                )
            if "${" in target.value:
                raise Unusable("include-path", "a path cannot hold ${…}", "write the path out")
            inner = self._composer.files.included(source.file, target.value)
        except Unusable as problem:
            self._break(problem, path, source, mark(node))
            return None
        self._composed.included.add(inner.file)
        wrong = _left_in(inner)
        if "\0" in inner.text:  # as in UTF-16 without its mark, which is UTF-8 as well
            message = f"{inner.file} holds the character U+0000, so it is no text"
            index = inner.text.index("\0")
            wrong.append(Unusable("not-utf8", message, "save the file as UTF-8", index))
        for left in wrong:
            self._break(left, path, inner, left.index)
        return None if wrong else inner

    def _open_list(
        self, node: Node, target: Node, path: Path, source: Source
    ) -> tuple[Source, Node] | None:
        """Return an included YAML file and its list, and enter it; the caller leaves it."""
        inner = self._open(node, target, path, source)
        if inner is None:
            return None
        self._count += 1
        if self._count > MAX_VALUES:
            self._too_many(node, source)
        chain = " → ".join([*self._chain, inner.file])
        if inner.file in self._chain:
            problem = Unusable(
                "include-circle",
                f"this file includes itself: {chain}",
                "take one of these includes out",
            )
            self._break(problem, path, source, mark(node))
            return None
        if len(self._chain) > MAX_INCLUDES:
            message = f"too many includes in a row: {chain}"
            self._stop(Unusable("too-deep", message, "include the last one directly"), source)
        try:
            root = self._composer.list_in(inner)
        except Unusable as problem:
            self._break(problem, path, inner, problem.index)
            return None
        self._chain.append(inner.file)
        return inner, root

    def _joined(self, node: Node, source: Source) -> str:
        """Return the texts of a prompt's list, joined by a blank line."""
        texts: list[str] = []
        written: list[str] = []
        secret = False
        if not node.value:
            hint = "write a text, {file: …}, or a list of both"
            raise Unusable("wrong-type", "a prompt wants at least one text", hint)
        for child in node.value:
            known = len(self._composed.problems)
            is_text = type(child) is ScalarNode or include_target(child) is not None
            text = self._value(child, _PROMPT, source) if is_text else None
            if isinstance(text, str):
                texts.append(text)
                stated = self._composed.secrets.pop(_PROMPT, None)
                secret |= stated is not None
                written.append(as_written(text) if stated is None else stated)
            elif len(self._composed.problems) == known:
                message = "each part of a prompt is a text or {file: …}"
                problem = Unusable(
                    "wrong-type", message, "begin each part with -; a number needs quotes"
                )
                self._break(problem, _PROMPT, source, mark(child))
        if secret:
            self._composed.secrets[_PROMPT] = _one_text(written)
        return _one_text(texts)

    def _expand(self, text: str, path: Path, source: Source, start: int, end: int) -> str:
        """Return ``text`` with its references replaced; it is written from ``start`` to ``end``."""
        cursor = start
        secret = False

        def resolve(written: str, kind: str, name: str) -> str:
            nonlocal cursor, secret
            index = source.text.find(written, cursor, end)
            cursor = index + len(written) if index >= 0 else cursor
            try:
                if self._literal:
                    raise Unusable(
                        "bad-reference",
                        "only definitions and defaults take references",
                        "write the value out",
                    )
                if not kind:
                    raise Unusable("bad-reference", *NO_SUCH)
                if kind == "secret":
                    value = self._secret(path, name, source, index if index >= 0 else start)
                    secret = True
                    return value
                self._known(name, path)
                return self._composer.variables.text(name)
            except Unusable as problem:
                self._break(problem, path, source, index if index >= 0 else start)
                return ""

        expanded = expand(text, resolve)
        if secret:
            self._composed.secrets[path] = expand(text, self._written, keep_secrets=True)
        self._grow(len(expanded) - len(text), start, source)
        return expanded

    def _written(self, written: str, kind: str, name: str) -> str:
        """Return a reference to a secret as it is, and what any other stands for."""
        if kind != "var":
            return written
        try:
            return as_written(self._composer.variables.text(name))
        except Unusable:  # reported
            return written

    def _known(self, name: str, path: Path) -> Any:
        """Return the value of a variable, None where nobody can tell and that is reported."""
        value = self._composer.variables.value(name)
        if value is None:
            self._composed.broken.add(path)
        return value

    def _secret(self, path: Path, name: str, source: Source, index: int) -> str:
        if path[0] == "name" or not _is_field(path):  # both are printed
            message = f"`{path[0]}` is shown in plans and logs, so no secret can go into it"
            raise Unusable("secret-place", message, "write the value itself")
        value = self._composer.secrets.value(name)
        if value is None:
            self._composed.unset.add(name)
            return f"${{secret.{name}}}"
        if not value.isascii() and value.encode(errors="replace").decode() != value:
            raise Unusable(
                "unset-secret", f"{SECRET_PREFIX}{name} does not hold UTF-8", "set it to a text"
            )
        if not value.strip():
            message = f"{SECRET_PREFIX}{name} holds nothing but spaces"
            raise Unusable("unset-secret", message, "set it to the value itself, or not at all")
        if is_mask(value):
            message = f"{SECRET_PREFIX}{name} holds a mask, as services print it, not a credential"
            raise Unusable("mask", message, f"set {SECRET_PREFIX}{name} to the credential itself")
        if len(value) < LEAST:
            message = f"{SECRET_PREFIX}{name} holds fewer than {LEAST} characters"
            hint = "so short a text may stand anywhere by chance; use a longer secret"
            self._composed.report(Unusable("short-secret", message, hint, index), source, "warning")
        return value

    def _break(self, problem: Unusable, path: Path, source: Source, index: int) -> None:
        """Report a value that cannot be read."""
        problem.index = index
        self._composed.report(problem, source)
        self._composed.broken.add(path)

    def _too_many(self, node: Node, source: Source) -> None:
        message = f"with aliases and includes expanded, this is more than {MAX_VALUES:,} values"
        hint = "use fewer aliases and includes, or split the definition"
        self._stop(Unusable("too-many-values", message, hint, mark(node)), source)

    def _grow(self, count: int, index: int, source: Source) -> None:
        """Count characters; stop at ``index`` where they are too many."""
        self._size += count
        if self._size > MAX_SIZE:
            message = "with aliases and includes expanded, this definition is larger than 5 MB"
            hint = "include less of what is large, or say it once"
            self._stop(Unusable("too-large", message, hint, index), source)

    def _stop(self, problem: Unusable, source: Source) -> None:
        self._composed.report(problem, source)
        raise _TooMuchError


def _one_text(texts: list[str]) -> str:
    return "\n\n".join([text.removesuffix("\n") for text in texts[:-1]] + texts[-1:])


def _is_field(path: Path) -> bool:
    """Whether a value belongs to a field of the assistant; ``sync.extra`` holds some, too."""
    return path[0] != "sync" or (path[1:2] == ("extra",) and len(path) > len(("sync", "extra")))


def _is_prose(path: Path) -> bool:
    """Whether the text at ``path`` is written for people or for the model."""
    spec = FIELDS.get(str(path[0]))
    if spec is None:
        return "vars" in path[:-1] or path == ("sync", "renamed_from")
    return path == ("name",) or isinstance(member_at(spec, path[1:]).shape, Text)


def _left_in(source: Source) -> list[Unusable]:
    """Return what tools left at the beginning of a line of a file."""
    return list(leftovers(source.text)) if source.may_have_leftovers else []


def _names_list(target: Node) -> bool:
    return type(target) is ScalarNode and target.value.endswith(SUFFIXES)


#: Nearly every key is one of these words, none of which YAML takes for anything but a text.
_KEYS = frozenset((*FIELDS, "question", "answer"))

_Members = dict[str, tuple[Node, Node]]

#: Rules that say that a merge failed.
_MERGE_RULES = ("merge-key", "recursive-alias", "too-many-values")
#: The most mappings that one ``<<`` may pull in, those behind them included.
_MAX_MERGED = 1_000
_WRITTEN_OUT = "write the members out here"


def _with_merged(found: _Members, behind: list[Node], problems: list[Unusable]) -> _Members:
    """Return the members of a mapping with those of the mappings ``behind`` its ``<<``.

    That takes a mapping or a list of mappings, as in YAML 1.1: a key of the mapping itself wins,
    then the first that was merged. What is wrong is added to ``problems``.
    """
    try:
        for count, merged in enumerate(_merged(behind, problems)):
            if count >= _MAX_MERGED:
                raise Unusable(
                    "too-many-values", "this merges too much", _WRITTEN_OUT, mark(behind[0])
                )
            found = {**merged, **found}
    except Unusable as problem:
        problems.append(problem)
    return found


def _own(node: Node, problems: list[Unusable]) -> tuple[_Members, list[Node]]:
    """Return the members that stand in a mapping itself, and the values of its merge keys.

    A member is a key node and a value node; what is wrong with a key is added to ``problems``.
    """
    found: _Members = {}
    behind: list[Node] = []
    for pair in node.value:
        named, value = pair
        is_known = type(named) is ScalarNode and named.value in _KEYS and is_plain(named)
        key = named.value if is_known else _word(named)
        if type(key) is not str:
            is_written = type(named) is ScalarNode and named.value
            hint = f'write it in quotes: "{named.value}"' if is_written else "write a word"
            problems.append(Unusable("key-not-text", "a key must be a text", hint, mark(named)))
        elif key == "<<" and is_merge(named):
            behind.append(value)
        elif key in found:
            first = found[key][0].start_mark
            message = f"duplicate key `{key}`; the first is at {first.line + 1}:{first.column + 1}"
            problems.append(Unusable("duplicate-key", message, "keep one of them", mark(named)))
        else:
            found[key] = pair
    return found, behind


def _word(node: Node) -> Any:
    """Return what a key stands for; None if it is no scalar or cannot be read."""
    if type(node) is not ScalarNode:
        return None
    try:
        return scalar(node)
    except Unusable:
        return None


def _merged(values: list[Node], problems: list[Unusable], depth: int = 0) -> Iterator[_Members]:
    """Yield the members of each mapping behind ``<<``, nearest first, down to what it merges."""
    for value in values:
        for mapping in value.value if type(value) is SequenceNode else [value]:
            if type(mapping) is not MappingNode:
                message, hint = "`<<` wants a mapping, or a list of mappings", "write `<<: *name`"
                raise Unusable("merge-key", message, hint, mark(mapping))
            if depth > MAX_DEPTH:
                raise Unusable("recursive-alias", "this merges itself", _WRITTEN_OUT, mark(mapping))
            found, behind = _own(mapping, problems)
            yield found
            yield from _merged(behind, problems, depth + 1)
