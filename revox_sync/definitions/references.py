"""``${…}`` in texts: finding references and replacing them, once, left to right."""

from __future__ import annotations

import re
from collections.abc import Callable

#: The environment variable that ``${secret.NAME}`` stands for begins so; no other is ever read.
SECRET_PREFIX = "REVOX_SECRET_"  # noqa: S105

_REFERENCE = re.compile(r"\$\$\{|\$\{[^{}\n]*\}?")
_KNOWN = re.compile(r"\$\{(var|secret)\.([A-Za-z_][A-Za-z0-9_]*)\}")


def expand(text: str, resolve: Callable[[str, str, str], str]) -> str:
    """Return ``text`` with every reference replaced; what is put in is not looked at again.

    ``resolve(written, kind, name)`` gives the value of one reference: ``written`` is its source
    text, ``kind`` ``var`` or ``secret``, or empty when it is not a reference that exists.
    ``$${`` stands for a literal ``${``.
    """

    def value(match: re.Match[str]) -> str:
        written = match.group()
        if written == "$${":
            return "${"
        known = _KNOWN.fullmatch(written)
        return resolve(written, known[1], known[2]) if known else resolve(written, "", "")

    return _REFERENCE.sub(value, text)
