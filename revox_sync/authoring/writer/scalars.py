"""One text as a YAML scalar: plain where that is beyond doubt, a block for lines, else quoted.

Whatever is written here, ``yaml.compose`` reads back as it was, character by character; so do
YAML 1.1 readers, for which ``off`` and ``14:00`` are no texts.
"""

from __future__ import annotations

import re

from revox_sync.definitions.problem import Unusable
from revox_sync.definitions.yaml import MappingNode, compose

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
_NAMED = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\x1b": "\\e"}
_BYTE = 0xFF
_WIDE = 100


def scalar(text: str, indent: int = 0) -> str:
    """Return ``text`` as it is written behind ``key: `` or ``- ``.

    ``indent`` is the column of that key or dash. Further lines carry their indentation; there is
    no line end after the last. ``text`` holds neither ``\\0`` nor half a surrogate pair.
    """
    if is_plain(text):
        return text
    if "\n" in text:
        block = _block(text, indent)
        if block is not None:
            return block
    return _quoted(text, indent)


def is_plain(text: str) -> bool:
    """Whether ``text`` without quotes is this text for every reader of YAML, outside ``[]``."""
    if _UUID.fullmatch(text):
        return True
    if not _BEGINNING.match(text) or text.lower() in _RESERVED:
        return False
    if ": " in text or " #" in text or text[-1] in ": ":
        return False
    return text.isprintable() or all(
        character.isprintable() or character in _SPACES for character in text
    )


def _block(text: str, indent: int) -> str | None:
    """Return ``text`` as a literal block, None where the reader would not give it back."""
    if not text.strip("\n") or not _reads_back(text, _literal(text, 0)):
        return None
    return _literal(text, indent)


def _literal(text: str, indent: int) -> str:
    ending = len(text) - len(text.rstrip("\n"))
    chomping = "-" if ending == 0 else "" if ending == 1 else "+"
    explicit = str(STEP) if text[0] in " \t\n" else ""
    margin = " " * (indent + STEP)
    lines = (text[:-1] if ending else text).split("\n")
    return "\n".join((f"|{explicit}{chomping}", *(line and margin + line for line in lines)))


def _reads_back(text: str, written: str) -> bool:
    try:
        root = compose(f"text: {written}\nnext: x\n")
    except Unusable:
        return False
    if type(root) is not MappingNode or len(root.value) != len(("text", "next")):
        return False
    found: object = root.value[0][1].value
    return found == text


def _quoted(text: str, indent: int) -> str:
    """Return ``text`` in quotes; each of its lines on a line of its own where it is long."""
    if ('"' in text or "\\" in text) and "'" not in text and not _NOT_RAW.search(text):
        return f"'{text}'"
    if "\n" not in text or len(text) <= _WIDE:
        return f'"{_escaped(text)}"'
    margin = " " * (indent + STEP)
    lines = [_escaped(line) for line in text.splitlines(keepends=True)]
    lines = ["\\" + line if line.startswith(" ") else line for line in lines]
    return '"\\\n' + "\\\n".join(margin + line for line in lines) + '"'


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return _NOT_RAW.sub(lambda found: _escape(found[0]), text)


def _escape(character: str) -> str:
    code = ord(character)
    return _NAMED.get(character) or (f"\\x{code:02x}" if code <= _BYTE else f"\\u{code:04x}")
