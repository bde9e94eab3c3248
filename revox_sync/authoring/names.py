"""Names of new files and of secrets: readable, and each for one thing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from revox_sync.definitions.references import set_secrets
from revox_sync.secrecy.redactor import SHORTEST
from revox_sync.secrecy.values import is_mask

_LONGEST = 60
_MOST_BYTES = 150
#: Names that Windows keeps for devices, whatever the suffix.
_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))
)
_NOTHING = "assistant"
_NOT_IN_NAME = re.compile(r"[^A-Z0-9]+")
_LONGEST_WORD = 40


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
        self._taken = set(map(folded, taken))

    def take(self, name: str) -> str:
        """Return a free file name for an assistant of this name; it is taken from then on."""
        wanted = found = slug(name)
        number = 1
        while folded(found) in self._taken:
            number += 1
            found = f"{wanted}-{number}"
        self._taken.add(folded(found))
        return found


def folded(name: str) -> str:
    """Return what is equal for names that some disk takes for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKD", name).casefold())


class SecretNames:
    """Names for ``${secret.NAME}`` in one project: each for one value, each value under one name.

    ``environ`` says what is set already, ``taken`` names those that stand for something else.
    ``known`` holds the names of values that are set, ``given`` those of values that are to be.
    """

    def __init__(self, environ: Mapping[str, str], taken: Iterable[str] = ()) -> None:
        held = set_secrets(environ)
        self._taken = {*held, *taken}
        long_enough = sorted(held.items(), key=lambda item: (-len(item[1]), item[0]))
        self.known = {
            value: name
            for name, value in long_enough
            if len(value) >= SHORTEST and not is_mask(value)
        }
        self.given: dict[str, str] = {}

    def take(self, words: Iterable[str], value: str | None) -> str:
        """Return a new name made of these words, for ``value``; None if that cannot be told."""
        wanted = found = "_".join(filter(None, map(word, words))) or "SECRET"
        if wanted[0].isdigit():
            wanted = found = f"ASSISTANT_{wanted}"
        number = 1
        while found in self._taken:
            number += 1
            found = f"{wanted}_{number}"
        self._taken.add(found)
        if value is not None:
            self.given[value] = found
        return found

    def give_back(self, names: Iterable[str]) -> None:
        """Free names that are not going to be used."""
        free = set(names)
        self._taken -= free
        self.given = {value: name for value, name in self.given.items() if name not in free}


def word(text: str) -> str:
    """Return the Latin letters and digits of a text as a part of a secret's name."""
    ascii_ = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper()
    return _NOT_IN_NAME.sub("_", ascii_).strip("_")[:_LONGEST_WORD].strip("_")
