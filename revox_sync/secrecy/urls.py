"""The one splitter of URLs: where in one a credential can stand.

User information is one, also that of a URL inside the path; a value in the query, in a fragment of
``name=value`` or behind a ``;`` in the path is one as often as not, whatever its name. A lone
``{{placeholder}}`` or ``${reference}`` is a name and no value.

What nobody should have written is still read as clients read it: with one slash or backslashes
before the host, with an encoded ``@``, with a ``/``, ``?`` or ``#`` in a password.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

#: What stands in place of a sensitive value.
MASK = "(sensitive)"

_AT = r"(?:@|%40)"
_PORT = r"(?:\d*+|\{\{[^{}]*\}\}|\$\{[^{}]*\})(?:[/\\?#]|\Z)"
#: User information at the beginning. What follows a host and its colon is a port, or a password.
_USER = re.compile(
    r"\s*+(?:(?:[A-Za-z][A-Za-z0-9+.-]*+:)?[/\\]++)?"
    rf"([^/\\?#]+(?={_AT})|[^/\\?#@:\[]*+:(?!{_PORT})\S*(?=@))"
)
_IN_PATH = re.compile(
    rf"(?::|%3A)(?:[/\\]|%2F|%5C){{2,}}((?:(?!%2F|%5C)[^/\\])+)(?={_AT})|;([^/;=]+)=([^/;]+)",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"\{\{[^{}]*\}\}")
_REFERENCE = re.compile(r"\$\{(?:secret|var)\.\w+\}")
# A quote ends a URL, also one that is escaped, however often.
_IN_TEXT = re.compile(r"(?<=:)//(?:[^\s\"'<>\\]|\\(?!\\{0,7}[\"']))+")


class Part(NamedTuple):
    """A part of a URL that may be a credential: ``url[start:end]`` is ``text``.

    ``name`` is that of its parameter, an empty text for one without a name; None for user
    information.
    """

    start: int
    end: int
    name: str | None
    text: str

    @property
    def spellings(self) -> set[str]:
        """The part, and if it is a user with a password each of them, encoded or not."""
        texts = {self.text, *(self.text.split(":") if self.name is None else ())}
        return texts | {unquote(text) for text in texts}


def is_placeholder(value: Any) -> bool:
    """Whether a value is a lone ``{{placeholder}}``, which the service fills in for each call."""
    return isinstance(value, str) and _PLACEHOLDER.fullmatch(value) is not None


def masked(
    text: str,
    places: Iterable[tuple[int, int]],
    mask: Callable[[int, int], str] = lambda _start, _end: MASK,
) -> str:
    """Return a text with ``mask(start, end)`` in these places; those that overlap are one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    shown, at = [], 0
    for start, end in joined:
        shown += [text[at:start], mask(start, end)]
        at = end
    return "".join((*shown, text[at:]))


def parts(url: str) -> Iterator[Part]:
    """Yield what in ``url``, with or without a scheme, may be a credential, from left to right."""
    begin = 0
    has_at = "@" in url or "%40" in url
    user = _USER.match(url) if has_at else None
    if user:
        begin = user.end(1)
        yield Part(user.start(1), begin, None, user[1])
    rest, _, fragment = url[begin:].partition("#")
    path, _, query = rest.partition("?")
    if has_at or ";" in path:
        yield from _in_path(path, begin)
    if query:
        yield from _parameters(query, begin + len(path) + 1)
    if "=" in fragment:
        yield from _parameters(fragment, begin + len(rest) + 1)
    elif has_at:
        yield from _in_path(fragment, begin + len(rest) + 1)


def _in_path(text: str, start: int) -> Iterator[Part]:
    for found in _IN_PATH.finditer(text):
        number = 1 if found[1] else 3
        if number == 1 or not is_name(found[3]):
            begin, end = found.span(number)
            yield Part(start + begin, start + end, found[2], found[number])


def is_name(text: str) -> bool:
    """Whether a text is a lone placeholder or reference, or empty: then it is no credential."""
    if text and text[0] not in "{$":
        return False
    return not text or bool(_PLACEHOLDER.fullmatch(text) or _REFERENCE.fullmatch(text))


def _parameters(text: str, start: int) -> Iterator[Part]:
    for parameter in text.split("&"):
        name, equals, value = parameter.partition("=")
        if not equals:
            name, value = "", parameter
        end = start + len(parameter)
        if not is_name(value):
            yield Part(end - len(value), end, name, value)
        start = end + 1


def parts_in(text: str) -> Iterator[Part]:
    """Yield the parts of every URL with a scheme in a longer text."""
    for found in _IN_TEXT.finditer(text):
        for part in parts(found[0]):
            start = found.start() + part.start
            yield part._replace(start=start, end=start + len(part.text))


def mask_url(url: str) -> str:
    """Return a URL with user information and query values masked; parameter names stay visible."""
    return masked(url, ((part.start, part.end) for part in parts(url)))


def url_secrets(url: Any) -> set[str]:
    """Return the user information and query values of a URL; of anything else, nothing."""
    if not isinstance(url, str):
        return set()
    return set().union(*(part.spellings for part in parts(url))) - {""}
