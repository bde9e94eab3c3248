"""Plain data as YAML: the one place that decides how a value is written, in new files and old ones.

A text is plain where that is beyond doubt, a literal block where it has several lines, and else in
quotes. Whatever is written here, ``yaml.compose`` reads back as it was, character by character; so
do YAML 1.1 readers, for which ``off`` and ``14:00`` are not texts.

Texts are written as they are: whoever calls has escaped ``${`` where it is no reference, and keeps
``\\0`` and halves of surrogate pairs out of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from revox_sync.definitions.problem import Unusable
from revox_sync.definitions.yaml import MappingNode, compose
from revox_sync.records import dataclass

#: What no YAML file can hold.
UNWRITABLE = re.compile("[\0\ud800-\udfff]")

#: How far a level lies to the right of the one around it.
STEP = 2

#: Words that some reader of YAML takes for something other than a text.
_RESERVED = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
#: A letter, what only people write (``¿``, an emoji), or a number with a word after it.
_BEGINNING = re.compile(r"[A-Za-z(]|[^\x00-\x7f]|[0-9]\S* .*[^\W\d_]{2}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: Non-breaking spaces, narrow ones too: French sets them before ? and !.
_SPACES = "\xa0\u202f"
_NOT_RAW = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufffe\uffff]"
)
#: What ends a plain text within ``[]`` or ``{}``, or makes some reader stumble there.
_NOT_IN_FLOW = re.compile(r"[\[\]{},:?]")
_NAMED = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\x1b": "\\e"}
_BYTE = 0xFF
_WORD = re.compile(r"[a-z][a-z_]*")
_LONGEST_ROW = 80
_LONGEST_QUOTED = 100


@dataclass(frozen=True, slots=True)
class Include:
    """Stands for the text of another file, by its path relative to the definition."""

    path: str


def document(fields: Mapping[str, Any]) -> str:
    """Return ``fields`` as a file in block style, members in the order in which they come."""
    lines = (line for name, value in fields.items() for line in member(name, value, 0))
    return "".join(f"{line}\n" for line in lines)


def member(name: str, value: Any, column: int) -> list[str]:
    """Return the lines of a member of a mapping whose keys stand at ``column``."""
    head, lines = behind(value, column)
    return [f"{' ' * column}{in_flow(name)}:{' ' if head else ''}{head}", *lines]


def item(value: Any, column: int) -> list[str]:
    """Return the lines of an item of a list whose dashes stand at ``column``."""
    head, lines = behind(value, column)
    if not head:
        head, *lines = lines
        head = head[column + STEP :]
    return [f"{' ' * column}- {head}", *lines]


def behind(value: Any, column: int, margin: int | None = None) -> tuple[str, list[str]]:
    """Return what follows a key or dash at ``column`` in its line, and the lines below it.

    A comment may stand between the two. ``margin`` is the indentation of a text's lines: by default
    two more than ``column``.
    """
    inner = column + STEP
    if isinstance(value, dict) and value:
        return "", [line for name, held in value.items() for line in member(name, held, inner)]
    if isinstance(value, list) and not _is_row(value):
        return "", [line for held in value for line in item(held, inner)]
    if isinstance(value, str) and not is_plain(value):
        return _block(value, column, margin or inner) or (_quoted(value, inner), [])
    return (value if isinstance(value, str) else in_flow(value)), []


def in_flow(value: Any) -> str:
    """Return a value in one line, as it may stand within ``[]`` or ``{}``."""
    if isinstance(value, str):
        plain = is_plain(value) and not _NOT_IN_FLOW.search(value)
        return value if plain else _quoted(value, None)
    if isinstance(value, Include):
        return f"{{file: {in_flow(value.path)}}}"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{in_flow(name)}: {in_flow(v)}' for name, v in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(in_flow, value))}]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return repr(value)


def is_plain(text: str) -> bool:
    """Whether every reader of YAML reads ``text`` without quotes as this text, outside ``[]``."""
    if _UUID.fullmatch(text):
        return True
    if not _BEGINNING.match(text) or text.lower() in _RESERVED:
        return False
    if ": " in text or " #" in text or text[-1] in ": ":
        return False
    return text.isprintable() or all(
        character.isprintable() or character in _SPACES for character in text
    )


def _is_row(value: list[Any]) -> bool:
    """Whether a list holds a few simple words, such as days, and fits on a line."""
    return (
        all(isinstance(held, str) and _WORD.fullmatch(held) and is_plain(held) for held in value)
        and sum(map(len, value)) + 2 * len(value) <= _LONGEST_ROW
    )


def _block(text: str, column: int, margin: int) -> tuple[str, list[str]] | None:
    """Return header and lines of a literal block; None where it would not be read back."""
    if "\n" not in text or not text.strip("\n"):
        return None
    header, lines = _literal(text, 0, STEP)
    return _literal(text, column, margin) if _reads_back(text, header, lines) else None


def _literal(text: str, column: int, margin: int) -> tuple[str, list[str]]:
    ending = len(text) - len(text.rstrip("\n"))
    chomping = "-" if ending == 0 else "" if ending == 1 else "+"
    explicit = str(margin - column) if text[0] in " \t\n" else ""
    lines = (text[:-1] if ending else text).split("\n")
    return f"|{explicit}{chomping}", [line and " " * margin + line for line in lines]


def _reads_back(text: str, header: str, lines: list[str]) -> bool:
    try:
        root = compose("\n".join((f"text: {header}", *lines, "next: x\n")))
    except Unusable:
        return False
    return type(root) is MappingNode and bool(root.value[0][1].value == text)


def _quoted(text: str, margin: int | None) -> str:
    """Return ``text`` in quotes; with ``margin`` each line of a long one in a line of its own."""
    if ('"' in text or "\\" in text) and "'" not in text and not _NOT_RAW.search(text):
        return f"'{text}'"
    if margin is None or "\n" not in text or len(text) <= _LONGEST_QUOTED:
        return f'"{_escaped(text)}"'
    lines = (
        " " * margin + ("\\" if line.startswith(" ") else "") + _escaped(line)
        for line in text.splitlines(keepends=True)
    )
    return '"\\\n' + "\\\n".join(lines) + '"'


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return _NOT_RAW.sub(lambda found: _escape(found[0]), text)


def _escape(character: str) -> str:
    code = ord(character)
    return _NAMED.get(character) or (f"\\x{code:02x}" if code <= _BYTE else f"\\u{code:04x}")
