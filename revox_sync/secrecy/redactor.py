"""Texts that may be shown: without secrets, whoever wrote them.

A secret can reach the screen inside a text that somebody else wrote, an error of the service that
quotes what it was sent: ``Redactor`` takes it out. It can stand in a source line that a message
shows: ``shown_line`` masks it there. Tokens that show what they are are masked in every text:
``without_tokens``. What of a value may be shown says ``values.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import takewhile

from revox_sync.secrecy.escapes import Level, levels, whole
from revox_sync.secrecy.urls import masked, parts_in

#: Shorter values are not searched for in foreign texts: they would match by chance.
SHORTEST = 4

#: So many characters at the beginning of a key can tell something, and no key is longer.
_PART, _LONGEST_KEY = 8, 200

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
_VALUE_ALONE = re.compile(r"[\s-]*[\"']?" + _VALUE.pattern)

#: Tokens that show what they are: those of OpenAI, Stripe, Slack, GitHub, GitLab, AWS and Google,
#: JSON web tokens, what follows ``Bearer``, private keys. A digit tells a token from a word.
_TOKEN = re.compile(
    r"(?<![A-Za-z0-9_-])(?:"
    r"sk-(?=[A-Za-z_-]{0,60}[0-9])[A-Za-z0-9_-]{16,}"
    r"|[sr]k_(?:live|test)_[A-Za-z0-9]{16,}"
    r"|xox[a-z]-(?=[A-Za-z-]{0,60}[0-9])[A-Za-z0-9-]{10,}"
    r"|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{20,}"
    r"|A(?:KIA|SIA)[A-Z0-9]{16}|AIza[A-Za-z0-9_-]{35}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"
    r"|[Bb]earer[ ]{1,4}(?=[A-Za-z._~+/-]{0,60}[0-9])[A-Za-z0-9._~+/=-]{16,}"
    r"|-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)"
)

_BEARER = re.compile(r"[Bb]earer +")
_KEY_END = re.compile(r"-----END [A-Z ]{0,40}PRIVATE KEY-----")
#: The part of a webhook's path that lets everybody post who knows it.
_WEBHOOK = re.compile(
    r"(?:(?<=hooks\.slack\.com/services/)|(?<=hooks\.zapier\.com/hooks/catch/))[\w/-]{8,}"
)
#: A user with a password in a URL, wherever it is written.
_LOGIN = re.compile(r"(?<=://)[^\s/:@\"'<>{}$\\]+:[^\s/@\"'<>{}$\\]+(?=@)")

#: One of them, or ``earer ``, is in every token. Each begins with one character that prose seldom
#: has, which Python's search finds fast: a prompt takes 25 µs, and 160 by the whole pattern.
_MARKS = tuple(
    re.compile(mark)
    for mark in (
        r"-(?! )(?:(?<=sk-)|(?<=glpat-)|(?<=xox[a-z]-)|(?=----BEGIN ))",
        r"_(?:(?<=k_)(?:live|test)_|(?<=gh[pousr]_)|(?<=github_)pat_)",
        r"J(?<=eyJ)",
        r"A(?:KIA|SIA|Iza)",
    )
)


class Redactor:
    """Takes sensitive values out of texts that the tool did not write itself.

    Values are not asked for before there is such a text: to collect those of a whole account takes
    its time, and most runs redact nothing.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        #: What to look for, by how it begins.
        self._forms: dict[str, set[str]] = {}
        self._unread: list[Iterable[str]] = [secrets]

    def learn(self, secrets: Iterable[str]) -> None:
        """Remember values that must not be shown, in whatever form others quote them."""
        self._unread.append(secrets)

    def __call__(self, text: str) -> str:
        """Return ``text`` without anything sensitive, however its white space is folded."""
        if len(text) < SHORTEST:  # as the empty answer of an endpoint that is not there
            return text
        while self._unread:
            for secret in set(self._unread.pop()):
                for form in _forms(secret) if len(secret.strip()) >= SHORTEST else ():
                    self._forms.setdefault(form[:SHORTEST], set()).add(form)
        known = [place for level in levels(text) for place in self._places(level)]
        return masked(text, [*_sensitive(text), *known])

    def _places(self, level: Level) -> Iterator[tuple[int, int]]:
        """Yield where known secrets stand in a text, of which this is a level."""
        folded = level.folded()
        text = folded.text
        for at in range(len(text) - SHORTEST + 1):
            for form in self._forms.get(text[at : at + SHORTEST], ()):
                pairs = zip(form, text[at : at + len(form)], strict=False)
                length = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
                # Services cut what they quote: half of a key is too much, half of a text is not.
                is_key = len(form) <= _LONGEST_KEY and "://" not in form
                least = max(_PART, len(form) // 2) if is_key else len(form)
                if length >= min(least, len(form)):
                    yield folded.place(at, at + length)


def _forms(secret: str) -> Iterator[str]:
    """Yield what to look for in a folded text.

    That is a secret, itself without escapes, in hexadecimal digits, and in base64.
    """
    import json

    for level in levels(secret.strip()):
        yield level.folded().text
    yield secret.encode(errors="replace").hex()
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
        yield code[begin:end]
        yield code[begin:end].replace("+", "-").replace("/", "_")


@lru_cache(maxsize=8)  # one line may have many mistakes
def _sensitive(text: str) -> tuple[tuple[int, int], ...]:
    """Return where tokens and credentials of URLs stand in a text, however they are escaped."""
    found: list[tuple[int, int]] = []
    for level in levels(text):
        places = [*tokens_in(level.text), *((at.start, at.end) for at in parts_in(level.text))]
        found += [level.place(start, end) for start, end in places]
    return tuple(found)


def tokens_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield where tokens stand in ``text``, and webhooks' paths that are secrets.

    A token comes without ``Bearer``, a private key down to its end.
    """
    if "hooks." in text:
        yield from (at.span() for at in _WEBHOOK.finditer(text))
    if "://" in text and "@" in text:
        yield from (at.span() for at in _LOGIN.finditer(text))
    if not ("earer " in text or any(mark.search(text) for mark in _MARKS)):
        return
    until = 0
    for at in _TOKEN.finditer(text):
        if at.start() < until:  # in a private key
            continue
        if at[0].startswith("-----BEGIN"):
            end = _KEY_END.search(text, at.end())
            until = end.end() if end else len(text)
            yield at.start(), until
        else:
            bearer = _BEARER.match(at[0])
            yield at.start() + (bearer.end() if bearer else 0), at.end()


def holds_token(text: str) -> bool:
    """Whether there is a token in ``text``."""
    return next(tokens_in(text), None) is not None


def without_tokens(text: str) -> str:
    """Return ``text`` with a mask in place of everything that ``tokens_in`` finds."""
    return masked(text, tokens_in(text))


def shown_line(line: str, column: int, places: Iterable[tuple[int, int]] = ()) -> str | None:
    """Return ``line`` with tokens, userinfo and query values of its URLs, and ``places`` masked.

    ``column`` (from 1) is where the caret will stand: what is masked before it keeps its length,
    so that the caret stays under its character. A value that is a ``{{placeholder}}`` or a
    ``${reference}`` alone stays visible. None when the line names a credential outright, holds the
    key and the value of a header, or begins with what may be the value of one.
    """
    is_header = (_KEY.search(line) and _VALUE.search(line)) or _VALUE_ALONE.match(line)
    if is_header or _CREDENTIAL.search(line):
        return None
    return masked(
        line,
        [*_sensitive(line), *places],
        lambda start, end: _STARS if start >= column - 1 else "*" * (end - start),
    )


def cut_line(line: str, column: int) -> str:
    """Return ``line`` with all that stands at and after ``column`` (from 1) masked."""
    return line[: column - 1] + _STARS
