"""YAML 1.2 to nodes and plain scalars. The only module that knows which parser is underneath.

libyaml's composer does the work where ``ruamel.yaml``'s C part is installed, else ruamel's own;
both give the same nodes with the same places. Tags are left as written and plain scalars are
read by the core schema of YAML 1.2, so ``off``, ``14:00`` and ``2024-05-01`` stay texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from ruamel.yaml.composer import ComposerError
from ruamel.yaml.docinfo import DocInfo
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.loader import BaseLoader
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.tag import Tag

from revox_sync.definitions.problem import Unusable

try:
    from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]
except ImportError:
    CParser = None

__all__ = [
    "MAX_DEPTH",
    "MappingNode",
    "Node",
    "ScalarNode",
    "SequenceNode",
    "check_collection_tag",
    "compose",
    "is_merge",
    "is_plain",
    "mark",
    "nodes",
    "plain",
    "scalar",
    "too_deep",
]

Node: TypeAlias = ScalarNode | SequenceNode | MappingNode

#: The deepest nesting that is read. A definition needs about six levels.
MAX_DEPTH = 100

_UNTAGGED = Tag(suffix="")
_CORE = "tag:yaml.org,2002:"
_CONSTANTS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **{
        sign + inf: float(sign + "inf")
        for sign in ("", "+", "-")
        for inf in (".inf", ".Inf", ".INF")
    },
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_ABSENT = object()
_NUMBER_START = frozenset("+-.0123456789")
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_MAX_DIGITS = 300
_AS_TEXT = "write a smaller one; a text of digits needs quotes"
_BASES = {"0o": 8, "0x": 16}
#: Line ends in YAML 1.1 and in the parsers, and characters like others in YAML 1.2.
_OLD_LINE_ENDS = "\x85\u2028\u2029"
#: The header of a block, behind its ``|`` or ``>``, if a tab follows it.
_HEADER = re.compile(r"(?:([+-])([1-9])?|([1-9])([+-])?)?\t")
#: What may be a tag, which never stands behind a letter as most exclamation marks do.
_TAG = re.compile(r"!(?<!\w!)")
#: What libyaml says where it may be stricter than YAML 1.2.
_DOUBTFUL = ("unexpected ':'", "flow", "where an indentation space is expected")


class _Hooks:
    """What a composer asks of a resolver. Tags are not resolved; the depth is bounded."""

    level = 0

    def resolve(self, _kind: object, _value: object, _implicit: object) -> Tag:
        return _UNTAGGED

    def descend_resolver(self, parent: Any, _index: object) -> None:
        self.level += 1
        if self.level > MAX_DEPTH:
            raise too_deep(mark(parent))

    def ascend_resolver(self) -> None:
        self.level -= 1


class _Pure(_Hooks, BaseLoader):
    """ruamel's own composer, for machines without the C part."""

    max_depth = 0

    def __init__(self, text: str) -> None:
        BaseLoader.__init__(self, text)
        self.doc_infos = [DocInfo()]

    def scan_to_next_token(self) -> None:
        """Skip what separates tokens; like libyaml take a tab where no token is indented by it."""
        while True:
            super().scan_to_next_token()
            if self.reader.peek() != "\t" or self.allow_simple_key:
                return
            self.reader.forward()

    def scan_plain_spaces(self, indent: Any, start_mark: Any) -> Any:
        """Return the spaces inside a plain text, or behind it; like libyaml take tabs for some."""
        length = 0
        while self.reader.peek(length) in " \t":
            length += 1
        spaces = self.reader.prefix(length)
        self.reader.forward(length)
        if self.reader.peek() in "\r\n\x85\u2028\u2029":
            return super().scan_plain_spaces(indent, start_mark)
        return [spaces] if spaces else []

    def scan_block_scalar_indicators(self, start_mark: Any) -> Any:
        """Return how a block ends and how far it is indented; like libyaml take a tab behind it."""
        found = _HEADER.match(self.reader.prefix(3))
        if found is None:
            return super().scan_block_scalar_indicators(start_mark)
        self.reader.forward(found.end() - 1)
        sign, depth = found[1] or found[4], found[2] or found[3]
        return None if sign is None else sign == "+", int(depth) if depth else None

    def scan_block_scalar_ignored_line(self, start_mark: Any) -> Any:
        """Skip the rest of the line that a block begins in; like libyaml take tabs for spaces."""
        while self.reader.peek() in " \t":
            self.reader.forward()
        return super().scan_block_scalar_ignored_line(start_mark)

    def scan_block_scalar_indentation(self) -> Any:
        """Return the blank lines that a block begins with, its indentation, and where that is.

        ruamel's own refuses one that is indented less than the first line of text.
        """
        chunks, most, end = [], 0, self.reader.get_mark()
        while self.reader.peek() in " \r\n\x85\u2028\u2029":
            if self.reader.peek() == " ":
                self.reader.forward()
                most = max(most, self.reader.column)
            else:
                chunks.append(self.scan_line_break())
                end = self.reader.get_mark()
        return chunks, most, end

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Compose as ever, but refuse what libyaml refuses: an anchor that is stated twice."""
        event = self.parser.peek_event()
        first = None if isinstance(event, AliasEvent) else self.anchors.get(event.anchor)
        if first is not None:
            raise ComposerError(
                "found duplicate anchor; first occurrence",
                first.start_mark,
                "second occurrence",
                event.start_mark,
            )
        return super().compose_node(parent, index)


_Parser: Any = _Pure
_Tagged: Any = _Pure
if CParser is not None:

    class _Slow(_Hooks, CParser):  # type: ignore[misc]
        """libyaml's composer."""

    class _Fast(CParser):  # type: ignore[misc]
        """libyaml's composer, for a text without tags.

        The nodes around the current one are the keys of a dict, and that dict's own methods are
        the two hooks that are called for every node: two methods in Python would make composing a
        tenth slower. The depth is checked in ``resolve``, which every node without a tag calls.
        """

        def __init__(self, text: str) -> None:
            self._around: dict[Any, Any] = {}
            self.descend_resolver = self._around.setdefault
            self.ascend_resolver = self._around.popitem
            super().__init__(text)

        def resolve(self, _kind: object, _value: object, _implicit: object) -> Tag:
            if len(self._around) > MAX_DEPTH:
                raise too_deep(mark(next(reversed(self._around))))
            return _UNTAGGED

    _Parser, _Tagged = _Fast, _Slow


def compose(text: str) -> Node | None:
    """Return the root node of the one document in ``text``, None if it holds none.

    ``text`` has ``\\n`` line ends and no byte order mark. Raises Unusable if it is not valid YAML,
    or is YAML that a definition has no use for.
    """
    _check_version(text)
    old = [character for character in _OLD_LINE_ENDS if character in text]
    if old:
        index, first = min((text.index(character), character) for character in old)
        raise Unusable(
            "yaml-character",
            f"the character U+{ord(first):04X} ends a line for some readers of YAML only",
            f'delete it, or write it in double quotes as the escape "\\u{ord(first):04x}"',
            index,
        )
    has_tags = "!" in text and _TAG.search(text) is not None
    try:
        return _node(_Tagged if has_tags else _Parser, text)
    except _Refused as fast:
        if not fast.in_doubt:
            raise fast.problem from None
        try:
            return _node(_Pure, text)
        except _Refused as slow:
            raise max(fast, slow, key=lambda refused: refused.reached).problem from None


class _Refused(Exception):
    """A parser found ``problem`` when it had read the text up to the offset ``reached``.

    ``in_doubt``: YAML 1.2 may allow what libyaml does not, a ``:`` or ``?`` in a plain text in
    braces, or a tab that a block begins with. Then ruamel's parser is asked, too, and whichever
    got further knows what is wrong: it read what the other one stopped at.
    """

    def __init__(self, problem: Unusable, reached: int, *, in_doubt: bool) -> None:
        super().__init__()
        self.problem = problem
        self.reached = reached
        self.in_doubt = in_doubt


def _node(kind: Any, text: str) -> Node | None:
    """Return the root node that a parser of this kind finds."""
    parser: Any = None
    try:
        parser = kind(text)
        node: Node | None = parser.get_single_node()
    except MarkedYAMLError as error:
        said = f"{error.context} {error.problem}"
        in_doubt = kind is not _Pure and any(part in said for part in _DOUBTFUL)
        mark = error.problem_mark or error.context_mark
        # About colons ruamel's parser is always right.
        reached = -1 if in_doubt and "unexpected ':'" in said else mark.index if mark else 0
        raise _Refused(_problem_of(error, text), reached, in_doubt=in_doubt) from None
    except YAMLError:
        raise _character_problem(text) from None
    except (ValueError, OverflowError):  # ruamel's own scanner, for \U00110000
        raise no_character(text.rfind('"', 0, parser.index)) from None
    return node


def too_deep(index: int) -> Unusable:
    """Return the problem of a nesting that is deeper than any definition needs."""
    message = f"nested more than {MAX_DEPTH} levels deep"
    return Unusable("too-deep", message, "a definition needs about six levels", index)


def mark(node: Node) -> int:
    """Return where ``node`` begins: an offset into the text, in characters."""
    index: int = node.start_mark.index
    return index


def nodes(root: Node) -> Iterator[Node]:
    """Yield a node and all that it holds, in no order; again where an alias names a node again."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        if id(node) in seen or type(node) is ScalarNode:
            continue
        seen.add(id(node))
        for part in node.value:
            waiting.extend(part if type(node) is MappingNode else (part,))


def is_merge(key: Node) -> bool:
    """Whether ``key`` is a merge key: ``<<`` without quotes."""
    return type(key) is ScalarNode and key.value == "<<" and not key.style


def is_plain(node: ScalarNode) -> bool:
    """Whether a scalar has neither quotes nor a tag, so that its text decides what it is."""
    return not node.style and node.ctag is _UNTAGGED


def scalar(node: ScalarNode) -> Any:
    """Return what a scalar stands for: None, a bool, int, float or str."""
    text: str = node.value
    if node.ctag is not _UNTAGGED:
        return _tagged(node, text)
    if not node.style:
        return plain(text)
    if node.style == '"' and ("\0" in text or not text.isascii()):
        _check_characters(text)
    return text


def plain(text: str) -> Any:
    """Return what a plain scalar stands for in the core schema of YAML 1.2."""
    value = _CONSTANTS.get(text, _ABSENT)
    if value is not _ABSENT:
        return value
    if text[0] not in _NUMBER_START:
        return text
    if _INTEGER.fullmatch(text):
        if len(text) > _MAX_DIGITS:
            raise Unusable("number-range", "this number has too many digits", _AS_TEXT)
        return int(text[2:], _BASES[text[:2]]) if text[:2] in _BASES else int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if number in (float("inf"), float("-inf")):
            raise Unusable("number-range", "this number is too large", _AS_TEXT)
        return number
    return text


def check_collection_tag(node: Node) -> None:
    """Raise Unusable if a mapping or list has a tag other than the standard one of its kind."""
    if node.ctag is _UNTAGGED:
        return
    wanted = "map" if type(node) is MappingNode else "seq"
    if str(node.ctag) != _CORE + wanted:
        raise _tag_problem(node)


def _tagged(node: ScalarNode, text: str) -> Any:
    tag = str(node.ctag).removeprefix(_CORE)
    if tag == "str":
        _check_characters(text)
        return text
    if tag not in ("null", "bool", "int", "float"):
        raise _tag_problem(node)
    value = plain(text)
    if tag == "float" and type(value) is int:
        return float(value)
    wanted = {"null": type(None), "bool": bool, "int": int, "float": float}[tag]
    if type(value) is not wanted:
        raise Unusable(
            "yaml-tag", f"this value is not what its tag !!{tag} says", "leave the tag out"
        )
    return value


def _tag_problem(node: Node) -> Unusable:
    return Unusable(
        "yaml-tag",
        "custom tags and unusual types are not supported",
        "leave the tag out; a value that begins with ! needs quotes",
    )


def _check_characters(text: str) -> None:
    """Refuse what an escape in quotes can smuggle in and JSON cannot carry everywhere."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise no_character(0) from None
    if "\0" in text:
        raise Unusable(
            "yaml-character", "a text cannot hold the character \\0", "take the escape out"
        )


def _check_version(text: str) -> None:
    if "%" not in text or "%YAML" not in text:
        return
    offset = 0
    for line in text.split("\n"):
        if line.startswith("%YAML") and line.split()[1:2] != ["1.2"]:
            raise Unusable("yaml-version", "definitions are YAML 1.2", "drop this line", offset)
        if line.strip() and not line.startswith(("%", "#")):
            return
        offset += len(line) + 1


#: Compiled only where it is needed: compiling takes longer than reading a definition.
_NOT_PRINTABLE = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


def _character_problem(text: str) -> Unusable:
    """Return the problem of a text with a character that YAML does not allow."""
    found = re.search(_NOT_PRINTABLE, text)
    index = found.start() if found else 0
    return Unusable(
        "yaml-character",
        f"the character U+{ord(text[index]):04X} is not allowed in YAML",
        'delete it, or write it in double quotes as an escape such as "\\x1b"',
        index,
    )


_QUOTE = "put the text in quotes"
_INDENT = "check the indentation of this line and of the one above; YAML nests by spaces"


def _problem_of(error: Any, text: str) -> Unusable:
    """Return the problem behind ``error``, a MarkedYAMLError raised for ``text``."""
    said = f"{error.context or ''} {error.problem or ''}"
    mark = error.problem_mark or error.context_mark
    index = min(mark.index, len(text)) if mark else 0
    begun = error.context_mark.index if error.context_mark else index
    early = _ended_early(said, text, index)
    if early is not None:
        return early
    if text[index : index + 1] == "\t" or " tab " in said:
        hint = "indent with spaces; YAML allows no tabs there"
        return Unusable("yaml-tab", "there is a tab where YAML wants spaces", hint, index)
    for known in (_document_problem, _token_problem, _structure_problem):
        problem = known(said, text, index, begun)
        if problem is not None:
            return problem
    return Unusable("yaml-syntax", f"this is not valid YAML: {said.strip()}", _QUOTE, index)


def _ended_early(said: str, text: str, index: int) -> Unusable | None:
    """Return the problem of a value that ends before ``index``, though its text goes on there."""
    if "scanning a block scalar" in said and "line break" in said:
        message = "a text after | or > begins on the next line"
        hint = "move it there and indent it, or drop the | and put the text in quotes"
        return Unusable("yaml-syntax", message, hint, index)
    if not any(part in said for part in ("block mapping", "block collection", "flow")):
        return None
    before = text[text.rfind("\n", 0, index) + 1 : index]
    last = before.rstrip(" \t")[-1:]
    if last not in ("'", '"', "}", "]") or ("flow" in said and not before.endswith(("'", '"'))):
        return None
    if last in ("}", "]"):
        opened = "{" if last == "}" else "["
        message = f"the value ends at the {last} before this"
        hint = f"if this is one text, {_QUOTE}: a text that begins with {opened} needs them"
    else:
        message = f"the text in quotes ends at the {last} before this"
        inside = "two quotes: 'It''s'" if last == "'" else 'a backslash and a quote: \\"'
        hint = f"write a {last} inside such quotes as {inside}; or use the other kind of quotes"
    return Unusable("yaml-syntax", message, hint, index)


def _document_problem(said: str, text: str, index: int, begun: int) -> Unusable | None:
    if "single document" in said:
        hint = "one file holds one definition; a text that contains --- needs quotes or a block (|)"
        return Unusable("yaml-documents", "a second document begins here", hint, index)
    if "undefined alias" in said:
        hint = "*name needs &name above it; a text that begins with * needs quotes"
        return Unusable("yaml-alias", "there is no anchor of this name above", hint, index)
    if "duplicate anchor" in said:
        line = text.count("\n", 0, begun) + 1
        message = f"this anchor is already defined in line {line}"
        return Unusable("yaml-anchor", message, "give one of them another name", index)
    if "scanning an anchor" in said or "scanning an alias" in said:
        hint = "a text that begins with & or * needs quotes"
        return Unusable("yaml-alias", "an anchor or alias has no name here", hint, index)
    if any(part in said for part in ("tag handle", "parsing a tag", "parsing an tag")):
        hint = "leave the tag out; a value that begins with ! needs quotes"
        tag = re.search(r"(?<!\S)!", text[text.rfind("\n", 0, index) + 1 : index])
        at = index if tag is None else text.rfind("\n", 0, index) + 1 + tag.start()
        return Unusable("yaml-tag", "this tag is not known", hint, at)
    return None


#: A key with a colon that YAML takes for a letter, or with a space behind it that is none to YAML.
_SLIP = r"^[ ]*(?:- +)?[\w.-]+[ ]*(?:(?P<wide>[\uff1a\ufe55\ua789])|:(?P<space>[^\S \t\n]))"


def _slip(text: str, index: int) -> Unusable | None:
    """Return the problem of a colon or space that only looks so to the eye.

    It is in the line of ``index`` or in the one above, from which the parser read on.
    """
    start = text.rfind("\n", 0, max(0, text.rfind("\n", 0, index))) + 1
    end = text.find("\n", index)
    for found in re.finditer(_SLIP, text[start : end if end >= 0 else None], re.MULTILINE):
        kind = "wide" if found["wide"] else "space"
        what = "this colon is another character than :"
        if kind == "space":
            what = f"this is no plain space (U+{ord(found[kind]):04X})"
        hint = "write a plain colon and a plain space after the key"
        return Unusable("yaml-syntax", what, hint, start + found.start(kind))
    return None


def _token_problem(said: str, text: str, index: int, begun: int) -> Unusable | None:
    slip = _slip(text, index) if "mapping values" in said or "expected ':'" in said else None
    if slip is not None:
        return slip
    if "mapping values are not allowed" in said:
        hint = f"if `: ` belongs to a text, {_QUOTE}; else {_INDENT}"
        return Unusable("yaml-syntax", "a `:` is not allowed here", hint, index)
    if "mapping keys are not allowed" in said:
        return Unusable("yaml-syntax", "a text cannot begin with a ? and a space", _QUOTE, index)
    if "cannot start any token" in said:
        message = f"a value cannot begin with {text[index : index + 1]}"
        return Unusable("yaml-syntax", message, _QUOTE, index)
    if "could not find expected ':'" in said:
        message = "this line is neither `key: value` nor a list item"
        hint = "if it belongs to a text, indent it below its key"
        return Unusable("yaml-syntax", message, hint, begun)
    return None


def _structure_problem(said: str, text: str, index: int, begun: int) -> Unusable | None:
    if "flow" in said:
        return _flow_problem(text, index, begun)
    parts = ("block", "indentation", "entries are not allowed", "document start")
    if any(part in said for part in parts):
        return Unusable("yaml-syntax", "this does not fit the lines above it", _INDENT, index)
    if "end of stream" in said:
        hint = "a quote inside single quotes is written twice, inside double quotes with a \\"
        return Unusable("yaml-syntax", "this quote is never closed", hint, begun)
    if "invalid Unicode character escape" in said:
        return no_character(begun)
    if "quoted scalar" in said and ("escape" in said or "hexdecimal" in said):
        message = "this escape in double quotes is not known"
        hint = "write \\\\ for a backslash, or use single quotes"
        return Unusable("yaml-syntax", message, hint, text.rfind("\\", begun, index + 1))
    return None


def _flow_problem(text: str, index: int, begun: int) -> Unusable:
    reference = text.find("${", begun, index + 2)
    if reference >= 0:
        message = "a ${…} inside { } or [ ] needs quotes"
        return Unusable("yaml-syntax", message, 'write "${…}"', reference)
    if not text[begun:].strip():  # the end of the file: what is still open stands before it
        begun = max(text.rfind("[", 0, begun), text.rfind("{", 0, begun))
    opened = text[begun : begun + 1]
    if opened not in ("[", "{"):
        return Unusable("yaml-syntax", "a value is missing before this", _QUOTE, begun)
    message = f"this {opened} is not closed, or a comma is missing"
    return Unusable("yaml-syntax", message, f"a text that begins with {opened} needs quotes", begun)


def no_character(index: int) -> Unusable:
    """Return the problem of an escape for half of a surrogate pair, or beyond Unicode."""
    hint = "write the character itself, or \\U and eight digits"
    message = "an escape in these quotes is not a character"
    return Unusable("yaml-character", message, hint, index)
