"""Texts without their escapes, and where in the text as it came each character stood.

A service that quotes what it was sent escapes it in a way of its own, or in several, one around the
other, and perhaps only some of the characters. So no pattern of a secret is looked for. The text is
unescaped instead, all kinds at once, again and again: each level is searched for what is secret,
and what is found there is taken out of the text as it came. That takes time in proportion to the
length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

#: So often one escape stands in another at most; each level takes as long as the first.
_LEVELS = 6

#: Escapes of JSON, JavaScript and Python, of URLs, and of HTML (a browser needs no semicolon).
#: A surrogate pair is one, and so is a run of bytes, which are UTF-8 together.
_ESCAPE = re.compile(
    r"(?:%[0-9A-Fa-f]{2})+|(?:\\x[0-9A-Fa-f]{2})+"
    r"|\\u[Dd][89ABab][0-9A-Fa-f]{2}\\u[Dd][C-Fc-f][0-9A-Fa-f]{2}"
    r"|[\\%]u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}|\\[ux]\{[0-9A-Fa-f]{1,8}\}|\\[0-3][0-7]{2}"
    r"|\\[^A-Za-z0-9\s]|\\[nrtbf]"
    r"|&#[0-9]+;?|&#[Xx][0-9A-Fa-f]+;?|&[A-Za-z][A-Za-z0-9]{1,31};?"
)
_BYTES = re.compile(r"(?:%|\\x)([0-9A-Fa-f]{2})")
_CONTROL = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_HIGHEST = 0x10FFFF
_MOST_DIGITS = len(str(_HIGHEST))

#: What services fold, add and double: white space, which is a plus in forms, also inside words and
#: where lines are cut, characters that nobody sees, quotes, and backslashes.
_FOLDED = re.compile("[\\s+\0\u200b-\u200f\u2060\ufeff]+|([\"'])\\1+|\\\\+|([^\\s\"'])[+]+")


class Level(NamedTuple):
    """A text without some of its escapes; ``starts`` and ``ends`` say where its characters stood.

    Both are indices into the text as it came.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where in the text as it came a part of this one stands; it is not empty."""
        return self.starts[start], self.ends[end - 1]

    def folded(self) -> Level:
        """Return the text in small letters, without space, backslashes and repeated quotes."""
        level = self._replaced(_FOLDED, lambda found: [(found[1] or found[2] or "", len(found[0]))])
        small = level.text.lower()
        if len(small) != len(level.text):  # some letters come to two
            small = "".join(one.lower() if len(one.lower()) == 1 else one for one in level.text)
        return level._replace(text=small)

    def unescaped(self) -> Level:
        """Return the text with its outermost escapes taken out."""
        return self._replaced(_ESCAPE, _meant)

    def _replaced(
        self, pattern: re.Pattern[str], put: Callable[[re.Match[str]], list[tuple[str, int]]]
    ) -> Level:
        """Return a level with other texts in the place of what matches.

        ``put`` returns them, each with the number of characters that it stands for.
        """
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        at = 0
        for found in pattern.finditer(self.text):
            begin, end = found.span()
            pieces.append(self.text[at:begin])
            starts += self.starts[at:begin]
            ends += self.ends[at:begin]
            for piece, length in put(found):
                pieces.append(piece)
                starts += [self.starts[begin]] * len(piece)
                ends += [self.ends[begin + length - 1]] * len(piece)
                begin += length
            at = end
        if not pieces:
            return self
        return Level(
            "".join((*pieces, self.text[at:])),
            [*starts, *self.starts[at:]],
            [*ends, *self.ends[at:]],
        )


def whole(text: str) -> Level:
    """Return a text as it came."""
    return Level(text, range(len(text)), range(1, len(text) + 1))


def levels(text: str) -> Iterator[Level]:
    """Yield a text as it came, and with more and more of its escapes taken out."""
    level = whole(text)
    yield level
    for _ in range(_LEVELS):
        less = level.unescaped()
        if less.text == level.text:
            return
        level = less
        yield level


def _meant(found: re.Match[str]) -> list[tuple[str, int]]:
    """Return what an escape stands for, with the number of its characters."""
    escape = found[0]
    if _BYTES.match(escape):
        width = 3 if escape[0] == "%" else 4
        data = bytes(int(digits, 16) for digits in _BYTES.findall(escape))
        return [
            # A byte that is no UTF-8 is a character of its own.
            (chr(ord(one) & 0xFF), width)
            if "\udc80" <= one <= "\udcff"
            else (one, len(one.encode()) * width)
            for one in data.decode(errors="surrogateescape")
        ]
    return [(_character(escape), len(escape))]


def _character(escape: str) -> str:
    """Return what one escape stands for; itself for one that stands for nothing."""
    rest = escape[1:]
    if escape[0] == "&":
        from html import unescape  # its table is large, and most runs redact nothing

        digits = rest.strip("#xX;").lstrip("0")
        return unescape(escape) if rest[0] != "#" or len(digits) <= _MOST_DIGITS else escape
    if len(rest) == 1:
        return _CONTROL.get(rest, rest)
    if rest[0] not in "uUx":
        return chr(int(rest, 8))
    if "\\" in rest:
        return bytes.fromhex(escape[2:6] + escape[8:]).decode("utf-16-be")
    code = int(rest[1:].strip("{}"), 16)
    return chr(code) if code <= _HIGHEST else escape
