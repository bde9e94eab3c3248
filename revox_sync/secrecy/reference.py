"""What stands for a secret where people read: its reference, as somebody wrote it.

A text of a definition that holds ``${secret.NAME}`` is known in two forms: expanded, as it is sent
and compared, and *as written*, as it is shown. There is no secret in the second, and it says which
words callers hear. In a text as written a literal ``${secret.`` is ``$${secret.``, as it has to be
in a file, so that two texts that look alike are alike.

Nobody wrote the account's texts with references: ``Known`` puts those of the secrets that are set
back into them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set

#: Stands for a text that holds a secret of which nobody knows where it begins and ends.
HOLDS_SECRET = "(holds a secret)"  # noqa: S105

#: A secret of fewer characters may stand in a text by chance, so none is looked for.
LEAST = 8

_WRITTEN = re.compile(r"\$\$\{secret\.|\$\{secret\.([A-Za-z_][A-Za-z0-9_]*)\}")


def references_in(written: str) -> tuple[str, ...]:
    """Return the names of the secrets that a text as written refers to, each once."""
    return tuple(dict.fromkeys(found[1] for found in _WRITTEN.finditer(written) if found[1]))


def as_written(text: str) -> str:
    """Return a text that refers to no secret as somebody has to write it."""
    return text.replace("${secret.", "$${secret.")


class Known:
    """The secrets that are set, by name. Their values are in no ``repr``."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._names: dict[str, list[str]] = {}
        for name, value in sorted((values or {}).items()):
            if len(value) >= LEAST:
                self._names.setdefault(value, []).append(name)
        longest_first = sorted(self._names, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def put_back(self, text: str, wanted: Set[str] = frozenset()) -> tuple[str, set[str]]:
        """Return a text of the account as written, and the names of all secrets found in it.

        Where several have one value, those in ``wanted`` come first.
        """
        if not self._names:
            return as_written(text), set()
        found: set[str] = set()
        written, at = "", 0
        for place in self._pattern.finditer(text):
            names = self._names[place[0]]
            found.update(names)
            name = next((name for name in names if name in wanted), names[0])
            written += f"{as_written(text[at : place.start()])}${{secret.{name}}}"
            at = place.end()
        return written + as_written(text[at:]), found
