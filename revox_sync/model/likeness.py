"""When two names, or two questions, are one, and when people take them for one.

Two measures. *The same* are names that differ only in how Unicode spells them: an assistant is
found by such a name, and nothing about it differs. *Alike* are names that the eye takes for one
another: they may be meant to be two, so they are never matched, but neither is a twin created
without a question. Brackets, digits and symbols tell names apart, and so do the marks of scripts
other than Latin.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, ClassVar, Literal

from revox_sync.model.shapes import Shape
from revox_sync.records import dataclass

#: Letters and marks that show nothing, beside format characters (category Cf).
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
_SELECTORS = ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
_QUOTES = dict.fromkeys(map(ord, '"`´‘’‚‛“”„‟‹›«»′″‴ʹʺʻʼʽˈ〝〞〟＂＇｀'), "'")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―⁃−﹘﹣－"), "-")
#: Latin letters whose stroke is no mark of its own in Unicode, ligatures, and the letters of other
#: scripts that look like Latin ones, small or as capitals.
_LOOKS = zip("øłđħŧıаеіјорсухѕԁԛԝһвкмнтοα", "oldhtiaeijopcyxsdqwhbkmhtoa", strict=True)
_LATIN = str.maketrans({**dict(_LOOKS), "œ": "oe", "æ": "ae"})
#: What a question may end with, or not.
_ENDS = " .?!…。．？！؟;"
_SPACE = re.compile(r"(?<!\d) | (?!\d)")

#: No language puts more marks on one letter; a run that may hold more; what is put between them.
_MOST_MARKS = 30
_PERHAPS_MARKS = re.compile("[^\0-\u02ff]{31,}")
_JOINER = "\u034f"


def normalized(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """Return a text in a normal form of Unicode, in time that grows with its length.

    Python sorts the marks on one letter in time that grows with their square, and a text may hold
    a hundred thousand. As in the stream-safe format of UAX #15, a joiner parts more than thirty.
    """
    return unicodedata.normalize(form, _PERHAPS_MARKS.sub(_parted, text))


def _parted(found: re.Match[str]) -> str:
    marks = 0
    parts: list[str] = []
    for character in found[0]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > _MOST_MARKS:
            parts.append(_JOINER)
            marks = 1
        parts.append(character)
    return "".join(parts)


def same_name(name: str) -> str:
    """Return a form that is equal for names that are the same.

    That is NFC, without invisible characters, with one space for a run of spaces.
    """
    if name.isascii() and name.isprintable() and "  " not in name:
        return name.strip()
    spaced = " ".join(name.split())
    return normalized("NFC", "".join(c for c in spaced if not _is_invisible(c))).strip()


def same_question(question: str) -> str:
    """Return a form that is equal for all spellings of one question.

    Beyond ``same_name``, case and final punctuation do not matter: ``Do you take dogs`` is the
    question ``do you take dogs?``.
    """
    text = same_name(question).casefold()
    return text.rstrip(_ENDS) or text


def alike_name(name: str) -> str:
    """Return a form that is equal for names that look alike.

    Beyond ``same_name``, case, width, quotes, dashes, accents of Latin letters and HTML spellings
    do not matter, nor do spaces except between digits.
    """
    if "&" in name:
        import html  # large, and seldom needed

        name = html.unescape(name)
    text = same_name(name).translate(_QUOTES).translate(_DASHES)
    if text.isascii():  # as most names are: nothing of what follows is in them
        return _SPACE.sub("", " ".join(text.casefold().split()))
    text = normalized("NFKC", text).casefold().translate(_QUOTES).translate(_DASHES)
    kept: list[str] = []
    latin = False
    for character in normalized("NFD", text):
        if unicodedata.category(character) != "Mn":
            latin = unicodedata.name(character, "").startswith("LATIN ")
        elif latin:
            continue
        kept.append(character)
    plain = normalized("NFC", "".join(kept)).translate(_LATIN)
    return _SPACE.sub("", " ".join(plain.split()))


def _is_invisible(character: str) -> bool:
    if character in _BLANK or unicodedata.category(character) in ("Cf", "Cc"):
        return True
    return any(first <= ord(character) <= last for first, last in _SELECTORS)


@dataclass(frozen=True)
class Name(Shape):
    """What an assistant is found by."""

    compared: ClassVar[str] = "as text, whatever its Unicode form, invisible characters and spaces"

    def project(self, remote: Any, wanted: Any) -> Any:
        """Return the account's name; the wanted one, where it is the same."""
        return wanted if self.same(remote, wanted) else remote

    def same(self, one: Any, other: Any) -> bool:
        """Whether two names are the same, however they are spelled in Unicode."""
        if isinstance(one, str) and isinstance(other, str):
            return same_name(one) == same_name(other)
        return bool(one == other)
