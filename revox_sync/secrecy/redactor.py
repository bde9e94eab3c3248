"""Texts that may be shown: without secrets, whoever wrote them.

A secret can reach the screen inside a text that somebody else wrote, an error of the service that
quotes what it was sent: ``Redactor`` takes it out. It can stand in a source line that a message
shows: ``shown_line`` masks it there. What of a value may be shown says ``values.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from revox_sync.secrecy.urls import MASK, mask_urls_in, parts_in
from revox_sync.secrecy.values import TOKEN

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
        self._pattern: re.Pattern[str] | None = None
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
            self._unread, self._pattern = [], None
        if self._secrets:
            if self._pattern is None:
                longest_first = sorted(self._secrets, key=len, reverse=True)
                forms = [form for secret in longest_first for form in _forms(secret)]
                self._pattern = re.compile("|".join(forms))
            text = self._pattern.sub(MASK, text)
        return mask_urls_in(text)


def _forms(secret: str) -> Iterator[str]:
    """Yield patterns of a secret as it is or escaped (JSON, percent, Python), and in base64.

    Escaping may be of any depth, in any case, and of some characters only, so that each character
    has a pattern of its own.
    """
    import json

    yield r"(?:\s|\+|%(?:25){0,3}(?:20|0[aAdD])|\\{1,7}(?:[nrt]|u00(?:20|0[aAdD])))+".join(
        "".join(map(_character, word)) for word in secret.split()
    )
    texts = {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    for text in texts:
        yield from map(re.escape, _in_base64(text.encode(errors="replace")))


@lru_cache(maxsize=256)
def _character(character: str) -> str:
    """Return a pattern of one character as it is, or escaped in any of the usual ways."""
    if character.isascii() and (character.isalnum() or character in "_-."):
        digits = _any_case(f"{ord(character):02x}")
        return rf"(?:{re.escape(character)}|%(?:25){{0,3}}{digits}|\\{{1,7}}u00{digits})"
    from html.entities import codepoint2name  # most runs redact nothing

    in_url = "".join(
        f"%(?:25){{0,3}}{_any_case(f'{byte:02x}')}" for byte in character.encode(errors="replace")
    )
    units = character.encode("utf-16-be", errors="surrogatepass")
    in_json = "".join(
        rf"\\{{1,7}}u{_any_case(units[index : index + 2].hex())}"
        for index in range(0, len(units), 2)
    )
    in_python = rf"\\{{1,7}}x{_any_case(f'{ord(character):02x}')}"
    code = ord(character)
    names = [rf"#0{{0,6}}{code}", rf"#[xX]0{{0,6}}{_any_case(f'{code:x}')}"]
    names += [codepoint2name[code]] if code in codepoint2name else []
    names += ["apos"] if character == "'" else []
    in_html = f"&(?:amp;){{0,3}}(?:{'|'.join(names)});"
    return rf"(?:\\{{0,7}}{re.escape(character)}|{in_url}|{in_json}|{in_python}|{in_html})"


def _any_case(digits: str) -> str:
    return "".join(f"[{d}{d.upper()}]" if d.isalpha() else d for d in digits)


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
    spans = [found.span() for found in TOKEN.finditer(line)]
    spans += [(part.start, part.end) for part in parts_in(line)]
    for start, end in _apart(spans):
        mask = _STARS if start >= column - 1 else "*" * (end - start)
        line = line[:start] + mask + line[end:]
    return line


def cut_line(line: str, column: int) -> str:
    """Return ``line`` with all that stands at and after ``column`` (from 1) masked."""
    return line[: column - 1] + _STARS


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return ``spans`` from last to first, overlapping ones as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined[::-1]
