"""Names of new files: readable, and different on every disk."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_LONGEST = 60
_MOST_BYTES = 150
#: Names that Windows keeps for devices, whatever the suffix.
_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))
)
_NOTHING = "assistant"


def slug(name: str) -> str:
    """Return a file name without suffix that reads like ``name``: ``hotel-lumiere``.

    Latin letters lose their accents; letters of other scripts stay. Anything else is a hyphen.
    """
    kept = "".join(_kept(unicodedata.normalize("NFKD", name.casefold())))
    words = unicodedata.normalize("NFC", kept).split()
    found = ""
    for word in words:
        longer = f"{found}-{word}" if found else word
        if found and not _fits(longer):
            break
        found = longer
    while not _fits(found):
        found = found[:-1]
    found = found or _NOTHING
    return f"{found}-{_NOTHING}" if found in _DEVICES else found


def _kept(text: str) -> Iterable[str]:
    base = ""
    for character in text:
        kind = unicodedata.category(character)[0]
        if kind == "M":
            if base and not base.isascii():
                yield character
        elif kind in "LN":
            base = character
            yield character
        else:
            base = ""
            yield " "


def _fits(text: str) -> bool:
    return len(text) <= _LONGEST and len(text.encode()) <= _MOST_BYTES


class FreeNames:
    """Hands out names that no file has yet, not even on a disk that ignores upper and lower case.

    ``taken`` are names of files without their suffix.
    """

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(map(_folded, taken))

    def take(self, name: str) -> str:
        """Return a free file name for an assistant of this name; it is taken from then on."""
        wanted = found = slug(name)
        number = 1
        while _folded(found) in self._taken:
            number += 1
            found = f"{wanted}-{number}"
        self._taken.add(_folded(found))
        return found


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKD", name).casefold())
