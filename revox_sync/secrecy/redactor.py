"""Texts that may be shown: without secrets, whoever wrote them.

A secret can reach the screen inside a text that somebody else wrote, an error of the service that
quotes what it was sent: ``Redactor`` takes it out. It can stand in a source line that a message
shows: ``shown_line`` masks it there. What of a value may be shown says ``values.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from revox_sync.secrecy.escapes import Level, levels, whole
from revox_sync.secrecy.urls import MASK, parts_in
from revox_sync.secrecy.values import tokens_in

#: Shorter values are not searched for in foreign texts: they would match by chance.
SHORTEST = 4

#: Stands where something in a source line is not shown.
_STARS = "***"

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


class Redactor:
    """Takes sensitive values out of texts that the tool did not write itself.

    Values are not asked for before there is such a text: to collect those of a whole account takes
    its time, and most runs redact nothing.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        self._forms: dict[str, list[str]] = {}
        self._unread: list[Iterable[str]] = [secrets]

    def learn(self, secrets: Iterable[str]) -> None:
        """Remember values that must not be shown, in whatever form others quote them."""
        self._unread.append(secrets)

    def __call__(self, text: str) -> str:
        """Return ``text`` without anything sensitive, however its white space is folded."""
        if len(text) < SHORTEST:
            return text
        if self._unread:
            values = [value for unread in self._unread for value in unread]
            self._secrets.update(value for value in values if len(value.strip()) >= SHORTEST)
            self._unread = []
            self._forms = {}
            for form in {form for secret in self._secrets for form in _forms(secret)}:
                if len(form) >= SHORTEST:
                    self._forms.setdefault(form[:SHORTEST], []).append(form)
        known = [place for level in levels(text) for place in self._places(level)]
        return _masked(text, _apart([*_sensitive(text), *known]), lambda start, end: MASK)

    def _places(self, level: Level) -> Iterator[tuple[int, int]]:
        """Yield where known secrets stand in a text, of which this is a level."""
        folded = level.folded()
        text = folded.text
        for at in range(len(text) - SHORTEST + 1):
            for form in self._forms.get(text[at : at + SHORTEST], ()):
                if text.startswith(form, at):
                    yield folded.place(at, at + len(form))


@lru_cache(maxsize=8)  # one line may have many mistakes
def _sensitive(text: str) -> tuple[tuple[int, int], ...]:
    """Return where tokens and credentials of URLs stand in a text, however they are escaped."""
    found: list[tuple[int, int]] = []
    for level in levels(text):
        places = [*tokens_in(level.text), *((at.start, at.end) for at in parts_in(level.text))]
        found += [level.place(start, end) for start, end in places]
    return tuple(_apart(found))


def _masked(text: str, places: Iterable[tuple[int, int]], mask: Callable[[int, int], str]) -> str:
    """Return a text with ``mask(start, end)`` at each of these places, which are in order."""
    shown, at = [], 0
    for start, end in places:
        shown += [text[at:start], mask(start, end)]
        at = end
    return "".join((*shown, text[at:]))


def _forms(secret: str) -> Iterator[str]:
    """Yield what to look for in a folded text: a secret, itself without escapes, and in base64."""
    import json

    for level in levels(secret.strip()):
        yield level.folded().text
    for text in {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}:
        for form in _in_base64(text.encode(errors="replace")):
            yield whole(form).folded().text


def _in_base64(secret: bytes) -> Iterator[str]:
    """Yield what base64 makes of ``secret`` inside a longer text, at each position modulo 3."""
    from base64 import b64encode

    for before in range(3):
        code = b64encode(bytes(before) + secret).decode()
        begin = (0, 2, 3)[before]
        end = len(code) - (0, 3, 2)[(before + len(secret)) % 3]
        if end - begin >= SHORTEST:
            yield code[begin:end]
            yield code[begin:end].replace("+", "-").replace("/", "_")


def shown_line(line: str, column: int) -> str | None:
    """Return ``line`` with tokens, and userinfo and query values of its URLs, masked.

    ``column`` (from 1) is where the caret will stand: what is masked before it keeps its length,
    so that the caret stays under its character. A value that is a ``{{placeholder}}`` or a
    ``${reference}`` alone stays visible. None when the line names a credential outright, or holds
    the key and the value of a header.
    """
    if _CREDENTIAL.search(line) or (_KEY.search(line) and _VALUE.search(line)):
        return None
    return _masked(
        line,
        _sensitive(line),
        lambda start, end: _STARS if start >= column - 1 else "*" * (end - start),
    )


def cut_line(line: str, column: int) -> str:
    """Return ``line`` with all that stands at and after ``column`` (from 1) masked."""
    return line[: column - 1] + _STARS


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return ``spans`` in their order, overlapping ones as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
