"""Names that are free: of files, and of secrets."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable

from revox_sync.model.likeness import normalized

_LONGEST = 60
_MOST_BYTES = 150
#: Names that Windows keeps for devices, whatever the suffix.
_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))
)
_NOTHING = "assistant"


class FreeNames:
    """Hands out names that are not ``taken``, with a number behind ``joint`` where one is.

    Names with the same ``form`` count as one.
    """

    def __init__(self, taken: Iterable[str], joint: str, form: Callable[[str], str] = str) -> None:
        self._joint = joint
        self._form = form
        self._taken = set(map(form, taken))
        self._numbers: dict[str, int] = {}

    def take(self, wanted: str) -> str:
        """Return ``wanted`` or a name like it; it is taken from then on."""
        found, number = wanted, self._numbers.get(wanted, 0)  # up to this number all are taken
        while number == 0 or self._form(found) in self._taken:
            number += 1
            found = wanted if number == 1 else f"{wanted}{self._joint}{number}"
        self._numbers[wanted] = number
        self._taken.add(self._form(found))
        return found

    def give_back(self, names: Iterable[str]) -> None:
        """Free names that are not used after all."""
        self._taken.difference_update(map(self._form, names))
        self._numbers.clear()


def slug(name: str) -> str:
    """Return a file name without suffix that reads like ``name``: ``hotel-lumiere``.

    Latin letters lose their accents; letters of other scripts stay. Anything else is a hyphen.
    """
    kept = "".join(_kept(normalized("NFKD", name.casefold())))
    words = normalized("NFC", kept).split()
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
            if not base.isascii():
                yield character
        elif kind in "LN":
            base = character
            yield character
        else:
            base = ""
            yield " "


def _fits(text: str) -> bool:
    return len(text) <= _LONGEST and len(text.encode()) <= _MOST_BYTES


def folded(name: str) -> str:
    """Return what is equal for names that some disk takes for the same."""
    return normalized("NFC", normalized("NFKD", name).casefold())
