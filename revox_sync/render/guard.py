"""Keeps CI systems from obeying what is printed.

GitHub reads ``::name`` at the start of a line, however indented, as a command; older runners and
Azure read ``##[name`` and ``##vso[`` anywhere.
"""

from __future__ import annotations

import re

_IN_PAGE = re.compile(r"^(\s*):(?=:)|(#)(?=#(?:vso)?\[)", re.MULTILINE)
_SPACE = re.compile(r"(\s+)")
_IN_WORD = re.compile(r":(?=:)|#(?=#(?:vso)?\[)")
#: A word of this length may be folded in the middle.
_FOLDED = 16


def harmless(page: str) -> str:
    """Return finished output without anything that a CI system would take for a command."""
    return _IN_PAGE.sub(lambda found: (found[1] or "") + ("\\x23" if found[2] else "\\x3a"), page)


def defused(text: str) -> str:
    """Return a text that may yet be wrapped anywhere, so that no line of it can be a command."""
    if "::" not in text and "##" not in text:
        return text
    return "".join(map(_defused_word, _SPACE.split(text)))


def _defused_word(word: str) -> str:
    if not word.startswith("::") and "##" not in word and len(word) < _FOLDED:
        return word
    return _IN_WORD.sub(lambda found: "\\x3a" if found[0] == ":" else "\\x23", word)
