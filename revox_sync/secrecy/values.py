"""Which values are credentials, which are masks of some, and what of a value may be shown.

The shapes of the fields say where credentials stand (``llm_model.api_key``, header and query values
of custom tools), and where URLs do (``urls.py``). Elsewhere a credential is given away by the name
of what holds it, or by its own form.

A text of a definition that holds ``${secret.NAME}`` is known in two forms: expanded, as it is sent
and compared, and *as written*, as it is shown. There is no secret in the second, and it says which
words callers hear. In a text as written a literal ``${secret.`` is ``$${secret.``, as it has to be
in a file, so that two texts that look alike are alike. Nobody wrote the account's texts with
references: ``Known`` puts those of the secrets that are set back into them.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Iterator, Mapping, Set
from operator import attrgetter
from typing import Any
from urllib.parse import unquote

from revox_sync.model.path import Path, lies_in, put_at
from revox_sync.model.shapes import UNKNOWN, ByValue, Faq, ListOf, Member, Object, Shape
from revox_sync.model.walk import Pair, leaves, mapped, pairs, places
from revox_sync.secrecy.redactor import without_tokens
from revox_sync.secrecy.urls import (
    MASK,
    is_placeholder,
    mask_url,
    masked,
    parts_in,
    url_secrets,
)

_is_guarded = attrgetter("is_guarded")

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_NAME = re.compile(
    r"(?:api_?key|key|token|secret|password|passwd|cookie|auth"
    r"|(?<![a-z])(?:authorization|authentication|credentials?|pwd|sig|signature))(?![a-z])"
)

#: How services print a credential instead of telling it: `****`, `sk-…4f2a`, `[REDACTED]`. Dots
#: count inside a word only, next to what a shortened key begins or ends with, and where there is
#: nothing else: prose ends in dots as well.
_STARS = r"*＊﹡∗⁎✱✳✴✶★☆•●⬤⚫∙·⋅・･◦○■◼▪□▢█▓▒░"
_DOTS = r"(?:[…⋯]|\.{3,})"
_PREFIX = r"(?:[sprt]k|key|gh[pousr]|glpat|xox[a-z]|whsec)[_-]"
_COVERED = re.compile(rf"(?:[{_STARS}] ?){{3}}")
_ELLIPSIS = re.compile(_DOTS)
_MASK = re.compile(
    rf"(?:[{_STARS}] ?){{3}}"
    rf"|[\w-]{_DOTS}[\w-]"
    rf"|[-_]{_DOTS}(?!\S)"
    rf"|(?<!\S){_DOTS}(?=[A-Za-z_-]*[0-9])[\w-]+(?!\S)"
    rf"|(?<!\S)(?=[A-Za-z_-]*[0-9]|{_PREFIX})[\w-]+{_DOTS}(?!\S)"
    r"|\A\s*(?:[…⋯]|\.{3})[.…⋯]*\s*\Z"
)
_BRACKETED = re.compile(
    r"(?:[A-Za-z]+[ ]+)?"  # Bearer
    r"(?:\[[A-Za-z][\w :-]*\]|<[A-Za-z][\w :-]*>|\([A-Za-z][\w -]*\)|\{[A-Za-z][\w -]*\})"
)
#: One of them is in every mask, percent-encoded or not: most values are done with at once.
_MASK_MARKS = re.compile(rf"[{_STARS}…⋯<(\[{{%]|\.\.\.")


def is_mask(text: str) -> bool:
    """Whether a credential that somebody wrote down is a mask, as services print them.

    Plain words (``hidden``) and ``*/*`` are none: they can be what a header really says. Of what an
    account answers ``is_masked`` judges more strictly.
    """
    if _MASK_MARKS.search(text) is None:
        return False
    return _MASK.search(text) is not None or _BRACKETED.fullmatch(text.strip()) is not None


def _is_masked_step(step: str) -> bool:
    """Whether a step of a URL's path is a mask; dots and brackets of other kinds are addresses."""
    told = unquote(step)
    return _COVERED.search(told) is not None or (
        told[:1] in ("[", "<") and _BRACKETED.fullmatch(told) is not None
    )


def _steps(url: str) -> tuple[list[str], str]:
    """Return what stands between the slashes of a URL, and its query; credentials are masked."""
    head, mark, query = re.split(r"([?#]|\Z)", mask_url(url), maxsplit=1)
    return head.split("/"), mark + query


def credential_name(name: str) -> str | None:
    """Return what kind of credential a header or parameter of this name holds; None for none.

    The answer is made of known words only, in capitals: ``AUTH_TOKEN`` for ``X-Auth-Token``.
    """
    words = "_".join(word.lower() for word in _WORD.findall(name))
    return "_".join(_NAME.findall(words)).upper() or None


#: Lists of key and value whose values may hold credentials (custom_tools[].headers and others).
_PAIRS = frozenset({"headers", "query_params"})

#: What services put in place of a secret: `****`, `sk-…4f2a`, `[redacted]`.
_MASKED = re.compile(r"\*{3}|•{3}|…|\.{3}|x{8}|redacted|masked|hidden|\(sensitive\)", re.IGNORECASE)


def names_credential(path: Path) -> bool:
    """Whether the names on a path tell of a credential, of whose place nothing else is known."""
    names = [part for part in path if isinstance(part, str)]
    last = names[-1] if names else ""
    if last.lower() == "value":
        return not _PAIRS.isdisjoint(name.lower() for name in names)
    return last.lower() != "key" and credential_name(last) is not None  # a header has a key


def concealed(member: Member, value: Any, path: Path = ()) -> Any:
    """Return ``value`` as it may be shown: credentials masked, URLs without theirs.

    A lone ``{{placeholder}}`` stays visible: it is a name, not a value. ``path`` is where the value
    stands; of what this version does not know, which may be a member of what it knows, the names on
    it and URLs tell of credentials.
    """
    if member.is_guarded or (path and isinstance(value, dict | list)):
        return mapped(member, value, _shown, path)
    is_unknown = path and (member is UNKNOWN or isinstance(member.shape, ByValue))
    return mapped(UNKNOWN, value, _shown, path) if is_unknown else value


def _shown(path: Path, member: Member, leaf: Any) -> Any:
    if member.secret or (member is UNKNOWN and names_credential(path)):
        return leaf if leaf in (None, "") or is_placeholder(leaf) else MASK
    if not isinstance(leaf, str):
        return leaf
    if member is UNKNOWN:
        return masked(leaf, ((part.start, part.end) for part in parts_in(leaf)))
    return mask_url(leaf) if member.url else leaf


def credentials(member: Member, value: Any) -> Iterator[str]:
    """Yield the credentials in a value, for taking them out of texts of others."""
    for path, at, leaf in leaves(member, value, among=_is_guarded):
        if isinstance(leaf, str):
            yield from _credentials_in(leaf, at, path)


def _credentials_in(text: str, member: Member, path: Path) -> Collection[str]:
    """Return the credentials in a text; if nothing is known of it, what may be one."""
    if member.url:
        return url_secrets(text)
    if member.secret or (member is UNKNOWN and names_credential(path)):
        return () if is_placeholder(text) else (text,)
    if member is UNKNOWN:
        return set().union(*(part.spellings for part in parts_in(text)))
    return ()


def is_masked(value: Any) -> bool:
    """Whether an account's value may be no credential but what stands in its place.

    In doubt it is: what cannot be read back must not count as a difference.
    """
    if not isinstance(value, str):
        return value is None
    return not value or is_mask(value) or _MASKED.search(value) is not None


def masked_places(member: Member, value: Any, path: Path) -> Iterator[Path]:
    """Yield the places of credentials in an account's value that the account masks or leaves out.

    Of a union only the kind that has a credential can leave it out.
    """
    for place, at, held in places(member, value, path, among=_is_guarded):
        if isinstance(at.shape, Object) and isinstance(held, dict):
            for name, known in (at.shape.known(held) or {}).items():
                if known.secret and name not in held:
                    yield (*place, name)
        elif is_masked(held) if at.secret else at.url and _has_masked_part(held):
            yield place


def written_masks(member: Member, value: Any, path: Path) -> Iterator[Path]:
    """Yield the places in a definition's value where a mask stands for a credential.

    In a value of which nothing is known, names and URLs tell of credentials.
    """
    among = None if member is UNKNOWN else _is_guarded
    for place, at, leaf in leaves(member, value, path, among=among):
        if isinstance(leaf, str) and _holds_mask(leaf, at, place):
            yield place


def _holds_mask(text: str, member: Member, path: Path) -> bool:
    if _MASK_MARKS.search(text) is None:
        return False
    if member.url and any(map(_is_masked_step, _steps(text)[0])):
        return True
    return any(map(is_mask, _credentials_in(text, member, path)))


def carried_masks(member: Member, value: Any, path: Path) -> Iterator[Path]:
    """Yield the places of masks in a value to send that only the account can have put there.

    A definition states no mask, and no member that this version does not know; what comes along
    with the rest of an object may be both.
    """
    for place, at, leaf in leaves(member, value, path):
        if isinstance(leaf, str) and (
            _holds_mask(leaf, at, place)
            or (at is UNKNOWN and names_credential(place) and leaf and is_masked(leaf))
        ):
            yield place


def unmasked(
    member: Member, held: Any, wanted: Any, path: Path, unset: Collection[Path] = ()
) -> tuple[Any, list[Path]]:
    """Return the account's value with what it masks taken from ``wanted``, and those places.

    What cannot be read back is unknown: it must not count as a difference. Nor must what cannot be
    expanded: ``unset`` are the places in ``wanted`` of texts with a secret that is not set.
    """
    if not (member.is_guarded or unset):
        return held, []
    known, unknown = held, list[Path]()
    for pair in pairs(member, held, wanted, among=None if unset else _is_guarded):
        at = (*path, *pair.at)
        within = [place for place in unset if lies_in(place, at)]
        if any(lies_in(at, place) for place in unknown):
            continue
        if _cannot_tell(pair, at, within):
            known = known if unknown else copy.deepcopy(held)
            known = put_at(known, pair.of, pair.wanted)
            unknown.append(at)
    return known, unknown


def _cannot_tell(pair: Pair, at: Path, unset: Collection[Path]) -> bool:
    """Whether nobody can say that the two values at a place differ."""
    member, held, wanted = pair.member, pair.held, pair.wanted
    if unset and held not in (None, [], {}):
        return not _is_walked(member.shape, held, wanted, at, unset)
    if held == wanted or not isinstance(wanted, str):
        return False
    if member.secret:
        return is_masked(held)
    return member.url and _has_masked_part(held) and _is_same_but_for_masks(held, wanted)


def _is_walked(shape: Shape, held: Any, wanted: Any, path: Path, unset: Collection[Path]) -> bool:
    """Whether both sides have parts that belong together, so that ``unset`` leaves the others."""
    if path in unset:
        return False
    if isinstance(shape, ListOf) and isinstance(held, list):
        known = "question" if isinstance(shape, Faq) else shape.identity
        if known is None:
            return shape.ordered and len(held) == len(wanted)
        return not any((*path, index, known) in unset for index in range(len(wanted)))
    return isinstance(shape, Object) and isinstance(held, dict)


def _covers(step: str) -> bool:
    """Whether a step of an account's URL may be a mask: no address has dots like these."""
    return _is_masked_step(step) or _ELLIPSIS.search(unquote(step)) is not None


def _is_wholly_masked(text: str) -> bool:
    return text != "" and "/" not in text and "=" not in text and is_masked(text)


def _has_masked_part(url: Any) -> bool:
    """Whether an account's URL has a mask in place of a credential, of a step, or of all of it."""
    return isinstance(url, str) and (
        _is_wholly_masked(url)
        or any(map(is_masked, url_secrets(url)))
        or any(map(_covers, _steps(url)[0]))
    )


def _is_same_but_for_masks(held: str, wanted: str) -> bool:
    if _is_wholly_masked(held):
        return True
    (theirs, query), (ours, own_query) = _steps(held), _steps(wanted)
    if not query and _covers(theirs[-1]):  # it may stand for all that follows
        ours, own_query = ours[: len(theirs)], ""
    elif own_query and _is_wholly_masked(held.partition("?")[2]):
        query = own_query
    return (
        query == own_query
        and len(theirs) == len(ours)
        and all(one == other or _covers(one) for one, other in zip(theirs, ours, strict=True))
    )


# References to secrets, as somebody wrote them.

#: Stands for a text that holds a secret of which nobody knows where it begins and ends.
HOLDS_SECRET = "(holds a secret)"  # noqa: S105

#: A secret of fewer characters may stand in a text by chance, so none is looked for.
LEAST = 8

_REFERENCE = re.compile(r"\$\$\{secret\.|\$\{secret\.([A-Za-z_][A-Za-z0-9_]*)\}")


def mentions_in(written: str) -> list[str]:
    """Return the names of the secrets that a text as written refers to, with repetitions."""
    if "${secret." not in written:
        return []
    return [found[1] for found in _REFERENCE.finditer(written) if found[1]]


def references_in(written: str) -> tuple[str, ...]:
    """Return the names of the secrets that a text as written refers to, each once."""
    return tuple(dict.fromkeys(mentions_in(written)))


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

    def shown(self, text: str) -> str:
        """Return a text of the account as it may be shown: without secrets, without tokens."""
        return without_tokens(self.put_back(text)[0])
