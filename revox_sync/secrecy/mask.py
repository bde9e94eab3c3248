"""Source lines as they may be shown: nothing in them that reads like a credential."""

from __future__ import annotations

import re

from revox_sync.secrecy.values import TOKEN

#: Stands where something is not shown.
MASK = "***"

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s\"'<>]+")
_USERINFO = re.compile(r"(?<=://)[^/?#@]+(?=@)")
_QUERY_VALUE = re.compile(r"(?<=[?&])(?:[^=&#]*=)?([^&#]*)")
_PLACEHOLDER = re.compile(r"\{\{[^{}]*\}\}|\$\{[^{}]*\}")
_LITERAL = (
    r"[\"']?\s*:"
    r"(?!\s*[\"']?(?:(?:Bearer|Basic|Token) )?(?:\$\{[^}]*\}|\{\{[^}]*\}\}|\*\*\*)[\"']?"
    r"\s*(?:$|[,}#]))"
)
_CREDENTIAL = re.compile(
    r"(?:api[-_ ]?key|token|secret|passw(?:or)?d|authorization|credentials?)" + _LITERAL,
    re.IGNORECASE,
)
_KEY, _VALUE = re.compile(r"\bkey[\"']?\s*:"), re.compile(r"\bvalue" + _LITERAL)


def shown_line(line: str, column: int) -> str | None:
    """Return ``line`` with tokens, and userinfo and query values of its URLs, masked.

    ``column`` (from 1) is where the caret will stand: what is masked before it keeps its length,
    so that the caret stays under its character. A value that is a ``{{placeholder}}`` or a
    ``${reference}`` alone stays visible. None when the line names a credential outright, or holds
    the key and the value of a header.
    """
    if _CREDENTIAL.search(line) or (_KEY.search(line) and _VALUE.search(line)):
        return None
    spans = [found.span() for found in TOKEN.finditer(line)]
    if "://" in line:
        spans += [
            (url.start() + start, url.start() + end)
            for url in _URL.finditer(line)
            for start, end in _sensitive(url.group())
        ]
    for start, end in _apart(spans):
        mask = MASK if start >= column - 1 else "*" * (end - start)
        line = line[:start] + mask + line[end:]
    return line


def cut_line(line: str, column: int) -> str:
    """Return ``line`` with all that stands at and after ``column`` (from 1) masked."""
    return line[: column - 1] + MASK


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return ``spans`` from last to first, overlapping ones as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined[::-1]


def _sensitive(url: str) -> list[tuple[int, int]]:
    """Return the spans of ``url`` that are masked."""
    found = [match.span() for match in _USERINFO.finditer(url)]
    found += [
        match.span(1)
        for match in _QUERY_VALUE.finditer(url)
        if match.group(1) and not _PLACEHOLDER.fullmatch(match.group(1))
    ]
    return found
