"""One value in the style in which the value before it was written, or the nearest faithful one."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from revox_sync.authoring.editing.layout import Block
from revox_sync.authoring.editing.splices import stretches
from revox_sync.authoring.writer.scalars import is_plain
from revox_sync.definitions.problem import Unusable
from revox_sync.definitions.yaml import ScalarNode, SequenceNode, compose, scalar

#: Words that some reader of YAML takes for something other than a text.
_RESERVED = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
#: What stands for itself in a plain text and in single quotes; spaces that do not break, too.
_SPACES = "\xa0\u202f"
_NOT_RAW = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufffe\uffff]"
)
_NOT_IN_BLOCK = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_NAMED = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\x1b": "\\e"}
_BYTE = 0xFF
_WIDE = 80


def constant(value: Any) -> str:
    """Return null, true, false or a number as it is written."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return repr(value)


def inline(value: Any, style: str | None, *, flow: bool, quoted: bool = False) -> str:
    """Return a scalar in one line.

    ``style`` is that of the value before (None for a plain one), ``flow`` whether it stands within
    ``[]`` or ``{}``. With ``quoted`` a text is in double quotes in any case.
    """
    if not isinstance(value, str):
        return constant(value)
    if quoted:
        return _double(value)
    if not style and _reads_plain(value, flow=flow):
        return value
    raw = not _NOT_RAW.search(value)
    awkward = "'" not in value and ('"' in value or "\\" in value)
    if raw and (style == "'" or (style != '"' and awkward)):
        return "'" + value.replace("'", "''") + "'"
    return _double(value)


def new_inline(value: Any, *, flow: bool) -> str:
    """Return a scalar in one line where there was none before."""
    if isinstance(value, str) and is_plain(value) and (not flow or _reads_plain(value, flow=True)):
        return value
    return inline(value, '"' if isinstance(value, str) else None, flow=flow)


def _reads_plain(text: str, *, flow: bool) -> bool:
    """Whether ``text`` without quotes is read back as it is."""
    if text.lower() in _RESERVED or not all(c.isprintable() or c in _SPACES for c in text):
        return False
    if text[:1] in ("&", "*", "!", ""):
        return False
    try:
        root = compose(f"[{text}]\n" if flow else f"- {text}\n")
        found = root.value if type(root) is SequenceNode else []
        return len(found) == 1 and type(found[0]) is ScalarNode and scalar(found[0]) == text
    except Unusable:
        return False


def _double(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + _NOT_RAW.sub(lambda found: _escape(found[0]), text) + '"'


def _escape(character: str) -> str:
    code = ord(character)
    return _NAMED.get(character) or (f"\\x{code:02x}" if code <= _BYTE else f"\\u{code:04x}")


def literal(text: str, indent: int, parent: int) -> tuple[str, list[str]] | None:
    """Return header and lines of ``text`` as a literal block; None where it cannot be one.

    The lines stand at column ``indent``, their key or dash at ``parent``.
    """
    body = text.rstrip("\n")
    if not body or _NOT_IN_BLOCK.search(text):
        return None
    digit = str(indent - parent) if text[0] in " \t\n" else ""
    return f"|{digit}{_chomping(text)}", _indented(_lines(text), indent)


def relined(old: Block, text: str, value: str, parent: int) -> tuple[str, list[str]] | None:
    """Return header and lines of a block that said ``value`` and is to say ``text``.

    A literal one keeps its indentation, a folded one that, and its line breaks, as far as it can;
    lines that say the same are as they were written.
    """
    if _NOT_IN_BLOCK.search(text) or not text.strip("\n"):
        return None
    if old.folded:
        return _refolded(old, text, value)
    indent = old.indent or parent + 2
    digit = old.digit
    if not digit and text[0] in " \t\n":
        if not 1 <= indent - parent <= 9:  # noqa: PLR2004 - one digit
            return None
        digit = str(indent - parent)
    header = f"|{digit}{_chomping(text)}"
    if digit == old.digit and _ending(text) == _ending(value):
        header = old.header
    before, lines = _lines(value), _lines(text)
    kept = list(old.lines)
    if len(before) != len(kept):
        return header, _indented(lines, indent)
    written = list(kept)
    for i1, i2, j1, j2 in reversed(list(stretches(before, lines))):
        written[i1:i2] = _indented(lines[j1:j2], indent)
    return header, written


def _refolded(old: Block, text: str, value: str) -> tuple[str, list[str]] | None:
    """Return a folded block whose paragraphs that say the same are as they were written."""
    before = list(_paragraphs(old))
    said = [" ".join(line.strip(" ") for line in lines) for lines in before]
    if said != _lines(value):
        return None
    wide = max(_WIDE - old.indent, *(len(line) - old.indent for line in old.lines))
    now = _lines(text)
    written = list(before)
    for i1, i2, j1, j2 in reversed(list(stretches(said, now))):
        written[i1:i2] = [_indented(_wrapped(line, wide), old.indent) for line in now[j1:j2]]
    lines: list[str] = []
    for number, paragraph in enumerate(written):
        lines += [*([""] if number else []), *paragraph]
    return old.header if _ending(text) == _ending(value) else f">{_chomping(text)}", lines


def _paragraphs(old: Block) -> Iterator[list[str]]:
    lines: list[str] = []
    for line in old.lines:
        if line.strip(" "):
            lines.append(line)
        else:
            yield lines
            lines = []
    yield lines


def _wrapped(line: str, wide: int) -> list[str]:
    return textwrap.wrap(line, wide, break_long_words=False, break_on_hyphens=False)


def _lines(text: str) -> list[str]:
    """Return the lines of a text whose last line end is the block's own."""
    lines = text.split("\n")
    return lines[:-1] if _ending(text) > 1 else text.rstrip("\n").split("\n")


def _indented(lines: Sequence[str], indent: int) -> list[str]:
    return [f"{' ' * indent}{line}" if line else "" for line in lines]


def _chomping(text: str) -> str:
    ending = _ending(text)
    return "-" if ending == 0 else "" if ending == 1 else "+"


def _ending(text: str) -> int:
    """Return how many line ends a text ends with."""
    return len(text) - len(text.rstrip("\n"))
