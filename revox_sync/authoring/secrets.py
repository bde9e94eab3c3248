"""Values as an author writes them: ``$${`` for ``${``, and ``${secret.NAME}`` for credentials.

Sensitive are the values that the rest of the tool never shows and tokens that show what they are
(``secrecy/values.py``), and values that an environment variable ``REVOX_SECRET_…`` holds already.
In a URL only the sensitive parts are replaced, in ``Bearer abc`` the second word.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any

from revox_sync.authoring.edit import fact_at, identity_at
from revox_sync.authoring.names import FreeNames
from revox_sync.definitions.references import Secrets, set_secrets
from revox_sync.model.likeness import normalized
from revox_sync.model.path import Path, lies_in
from revox_sync.model.shapes import UNKNOWN, Member, dumps
from revox_sync.model.walk import mapped
from revox_sync.records import dataclass
from revox_sync.secrecy.redactor import SHORTEST, holds_token, tokens_in
from revox_sync.secrecy.urls import is_placeholder, parts
from revox_sync.secrecy.values import is_mask, is_masked

_SCHEME = re.compile(r"((?:Bearer|Basic|Token) +)(.*)", re.DOTALL)
_HOST = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//(?:[^/?#@]*@)?([^/?#:]+)")
_REFERENCE = re.compile(r"\$\{(?:secret\.(\w+)\})?")
#: Members that say nothing about what a credential is for.
_SILENT = frozenset(
    ("llm_model", "custom_tools", "headers", "query_params", "value", "url", "sync", "extra")
)
_NOT_IN_NAME = re.compile(r"[^A-Z0-9]+")
_LONGEST_WORD = 40


def escaped(_path: Path, value: Any) -> Any:
    """Return a value that holds no secret, with ``$${`` for ``${``."""
    return mapped(
        UNKNOWN,
        value,
        lambda _, __, leaf: leaf.replace("${", "$${") if isinstance(leaf, str) else leaf,
    )


class SecretNames:
    """Names for ``${secret.NAME}`` in one project: each for one value, each value under one name.

    ``environ`` says what is set already, ``taken`` names those that stand for something else.
    ``known`` holds the names of values that are set, ``given`` those of values that are to be.
    """

    def __init__(self, environ: Mapping[str, str], taken: Iterable[str] = ()) -> None:
        held = set_secrets(environ)
        self._free = FreeNames((*held, *taken), "_")
        self.known = {
            value: name
            for name, value in sorted(held.items())
            if len(value) >= SHORTEST and not is_mask(value)
        }
        self.given: dict[str, str] = {}

    def take(self, words: Iterable[str], value: str | None) -> str:
        """Return a new name made of these words, for ``value``; None if the value is unknown."""
        wanted = "_".join(filter(None, map(_word, words))) or "SECRET"
        name = self._free.take(f"ASSISTANT_{wanted}" if wanted[0].isdigit() else wanted)
        if value is not None:
            self.given[value] = name
        return name

    def give_back(self, names: Collection[str]) -> None:
        """Free names that are not used after all."""
        if names:
            self._free.give_back(names)
            self.given = {value: name for value, name in self.given.items() if name not in names}


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that a file does not hold: ``${secret.name}`` stands for it at ``place``.

    ``value`` is what the account answered; with ``masked`` that is not the credential itself.
    The name is ``reused`` where the value stands elsewhere, too, or is ``known``: set already.
    """

    name: str
    place: Path
    masked: bool
    value: str = field(repr=False)
    reused: bool
    known: bool

    @property
    def stand_in(self) -> str:
        """What the reference stands for while the file is checked; a mask would be refused."""
        return f"masked-{self.name}" if self.masked else self.value


class Spelling:
    """Spells the values of one definition; ``secrets`` collects what is to be set for it.

    ``key`` begins the names of new secrets. ``fields`` are what it states so far, with references
    for secrets that are ``unset``: what stands for those is written as the reference that it was.
    """

    def __init__(
        self,
        key: str,
        names: SecretNames,
        fields: Mapping[str, Any] = MappingProxyType({}),
        unset: Collection[str] = (),
    ) -> None:
        self._key = key
        self._names = names
        self._fields = fields
        self._unset = unset
        self._spelled: dict[tuple[Path, str], Any] = {}
        self.secrets: list[Secret] = []

    def __call__(self, path: Path, value: Any) -> Any:
        """Return ``value`` as it is to be written at ``path``; equal values come out equal."""
        # They are printed, and take no secret; ``sync.extra`` holds fields of the assistant.
        if path[0] in ("name", "sync") and path[1:2] != ("extra",):
            return escaped(path, value)
        known = (path, dumps(value))
        if known not in self._spelled:

            def spell(place: Path, member: Member, leaf: Any) -> Any:
                if not isinstance(leaf, str):
                    return leaf
                labels = tuple(_labels(self._fields, path, value, place))
                if member.secret:
                    return self._credential(leaf, place, labels)
                return (self._url if member.url else self._prose)(leaf, place, labels)

            self._spelled[known] = mapped(fact_at(path), value, spell, path)
        return self._spelled[known]

    def standing_in(self, secrets: Secrets) -> Secrets:
        """Return secrets in which the new references stand for what they replaced."""
        return secrets.also({found.name: found.stand_in for found in self.secrets})

    def masks(self, path: Path) -> Mapping[str, str]:
        """Return what the account answered at ``path`` in place of credentials, by its stand-in."""
        return {
            found.stand_in: found.value
            for found in self.secrets
            if found.masked and lies_in(found.place, path)
        }

    def _plain(self, text: str) -> str:
        """Return a text that can hold no secret."""
        return _REFERENCE.sub(lambda found: "$" * (found[1] not in self._unset) + found[0], text)

    def _credential(self, value: str, place: Path, labels: tuple[str, ...]) -> str:
        found = _SCHEME.fullmatch(value)
        scheme, rest = found.groups() if found else ("", value)
        return scheme + (
            self._plain(rest) if is_placeholder(rest) else self._put(rest, place, labels)
        )

    def _url(self, url: str, place: Path, labels: tuple[str, ...]) -> str:
        labels = (*labels[:-1], labels[-1].removesuffix("_url"))
        host = _HOST.match(url)
        if host and not _word(self._key):
            labels = (host[1], *labels)
        written, at = "", 0
        for part in parts(url):
            what = "login" if part.name is None else part.name or "query"
            written += self._prose(url[at : part.start], place, labels)
            written += self._put(part.text, place, (*labels, what))
            at = part.end
        return written + self._prose(url[at:], place, labels)

    def _prose(self, text: str, place: Path, labels: tuple[str, ...]) -> str:
        """Spell any other text, in which credentials may stand."""
        known = (re.escape(value) for value in self._names.known)
        spans = [found.span() for value in known for found in re.finditer(value, text)]
        spans += tokens_in(text)
        written, at = "", 0
        for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
            if end > at:
                begin = max(start, at)
                while begin > at and text[begin - 1] == "$":  # behind a $ it would be no reference
                    begin -= 1
                written += self._plain(text[at:begin])
                written += self._put(text[begin:end], place, (*labels, "token"))
                at = end
        return written + self._plain(text[at:])

    def _put(self, value: str, place: Path, labels: tuple[str, ...]) -> str:
        """Return a reference to a value, with a new name unless the value has one."""
        stand_in = _REFERENCE.fullmatch(value)
        name = stand_in[1] if stand_in and stand_in[1] in self._unset else None
        if name is None:
            masked = is_masked(value)
            known = self._names.known.get(value)
            name = known or (None if masked else self._names.given.get(value))
            reused = name is not None
            if name is None:
                words = [self._key, *(label for label in labels if label not in _SILENT)]
                words = list(filter(None, map(_word, words)))
                words = words if len(words) > 1 else ["ASSISTANT", *words]
                name = self._names.take(words, None if masked else value)
            self.secrets.append(Secret(name, place, masked, value, reused, known is not None))
        return f"${{secret.{name}}}"


def _labels(fields: Mapping[str, Any], base: Path, value: Any, path: Path) -> Iterator[str]:
    """Yield what names a place: for an item of a list its identity, or else its number.

    ``value`` is to stand at ``base`` in ``fields``.
    """
    around: Any = fields
    for length, part in enumerate(path, 1):
        try:
            around = value if length == len(base) else around[part]
        except (LookupError, TypeError):  # the file does not state what is around it
            around = None
        if type(part) is int:
            identity = identity_at(path[: length - 1])
            named = around.get(identity) if isinstance(around, dict) else None
            yield named if isinstance(named, str) and not holds_token(named) else str(part + 1)
        else:
            yield str(part)


def _word(text: str) -> str:
    """Return the Latin letters and digits of a text as a part of a secret's name."""
    ascii_ = normalized("NFKD", text).encode("ascii", "ignore").decode().upper()
    return _NOT_IN_NAME.sub("_", ascii_).strip("_")[:_LONGEST_WORD].strip("_")
