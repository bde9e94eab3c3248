"""Source lines as they may be shown: nothing in them that reads like a credential."""

from __future__ import annotations

import re

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s\"'<>]+")
_USERINFO = re.compile(r"(?<=://)[^/?#@]+(?=@)")
_QUERY_VALUE = re.compile(r"(?<=[?&])(?:[^=&#]*=)?([^&#]*)")
_PLACEHOLDER = re.compile(r"\{\{[^{}]*\}\}|\$\{[^{}]*\}")
_CREDENTIAL = re.compile(
    r"(?:api[-_ ]?key|token|secret|passw(?:or)?d|authorization|credentials?)[\"']?\s*:"
    r"(?!\s*[\"']?\$\{[^}]*\}[\"']?\s*(?:$|[,}#]))",
    re.IGNORECASE,
)


def shown_line(line: str, column: int) -> str | None:
    """Return ``line`` with userinfo and query values of its URLs masked.

    ``column`` (from 1) is where the caret will stand: what is masked before it keeps its length,
    so that the caret stays under its character. A value that is a ``{{placeholder}}`` or a
    ``${reference}`` alone stays visible. None when the line names a credential outright.
    """
    if _CREDENTIAL.search(line):
        return None
    if "://" not in line:
        return line
    spans = [
        (url.start() + start, url.start() + end)
        for url in _URL.finditer(line)
        for start, end in _sensitive(url.group())
    ]
    for start, end in reversed(spans):
        mask = "***" if start >= column - 1 else "*" * (end - start)
        line = line[:start] + mask + line[end:]
    return line


def _sensitive(url: str) -> list[tuple[int, int]]:
    """Return the spans of ``url`` that are masked, in order."""
    found = [match.span() for match in _USERINFO.finditer(url)]
    found += [
        match.span(1)
        for match in _QUERY_VALUE.finditer(url)
        if match.group(1) and not _PLACEHOLDER.fullmatch(match.group(1))
    ]
    return found
