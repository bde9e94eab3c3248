"""Keeps CI systems from obeying what is printed."""

from __future__ import annotations

import re

#: GitHub reads "::name" at the start of a line, however indented, as a command; older runners and
#: Azure read "##[name" and "##vso[" anywhere.
_COMMAND = re.compile(r"^(\s*):(?=:)|(#)(?=#(?:vso)?\[)", re.MULTILINE)


def harmless(page: str) -> str:
    """Return output without anything that a CI system would take for a command."""
    return _COMMAND.sub(lambda found: (found[1] or "") + ("\\x23" if found[2] else "\\x3a"), page)
