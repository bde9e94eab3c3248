"""The normal forms of Unicode, for texts that anybody may have written."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]

#: So many marks stand on one letter in no language; what may hold more; what parts them.
_MOST_MARKS = 30
_PERHAPS_MARKS = re.compile("[^\0-\u02ff]{31,}")
_JOINER = "\u034f"


def normalized(form: Form, text: str) -> str:
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
