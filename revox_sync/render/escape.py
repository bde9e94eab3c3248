"""Texts of others made visible: nothing that moves a cursor, reverses a line or cannot be seen."""

from __future__ import annotations

import re

#: Control characters, line and paragraph separators, bidirectional marks, characters without any
#: shape (zero width, fillers, tags, variation selectors other than those of emoji), and halves of
#: surrogate pairs.
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff9-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\ud800-\udfff]"
)
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_BYTE = 0xFF
_PLANE = 0xFFFF


def escape(text: str, *, newlines: bool = False) -> str:
    """Return ``text`` with every character that acts or hides shown as ``\\x1b`` or ``\\u202e``.

    With ``newlines``, line feeds stay as they are; else the result is one line.
    """
    if text.isascii() and text.isprintable():
        return text
    return _INVISIBLE.sub(lambda found: _visible(found[0], newlines), text)


def _visible(character: str, newlines: bool) -> str:
    if character == "\n" and newlines:
        return character
    named = _NAMED.get(character)
    if named is not None:
        return named
    code = ord(character)
    if code <= _BYTE:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _PLANE else f"\\U{code:08x}"
