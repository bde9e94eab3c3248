"""Which parts of a field's value are never shown, and which the account itself masks.

The shapes say where credentials stand (``llm_model.api_key``, header and query values of custom
tools) and where URLs do, whose user information and query values are credentials as often as not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from revox_sync.model.path import Path
from revox_sync.model.shapes import UNKNOWN, ListOf, Member, Object
from revox_sync.model.walk import leaves
from revox_sync.secrecy.redactor import MASK, is_placeholder, mask_urls, url_secrets
from revox_sync.secrecy.values import credential_name, is_mask

#: Lists of key and value whose values may hold credentials (custom_tools[].headers and others).
PAIRS = frozenset({"headers", "query_params"})

#: What services put in place of a secret: `****`, `sk-…4f2a`, `[redacted]`.
_MASKED = re.compile(r"\*{3}|•{3}|…|\.{3}|x{8}|redacted|masked|hidden|\(sensitive\)", re.IGNORECASE)


def concealed(member: Member, value: Any) -> Any:
    """Return ``value`` as it may be shown: credentials masked, URLs without theirs.

    A lone ``{{placeholder}}`` stays visible: it is a name, not a value.
    """
    if member.secret:
        return value if value in (None, "") or is_placeholder(value) else MASK
    if member.url:
        return mask_urls(value)
    shape = member.shape
    if isinstance(shape, ListOf) and isinstance(value, list):
        return [concealed(shape.each, item) for item in value]
    if isinstance(shape, Object) and isinstance(value, dict):
        return {name: concealed(shape.member(name), item) for name, item in value.items()}
    return value


def credentials(member: Member, value: Any) -> Iterator[str]:
    """Yield the credentials in a value, for taking them out of texts of others."""
    if not member.is_guarded:
        return
    if member.secret:
        if isinstance(value, str) and not is_placeholder(value):
            yield value
    elif member.url:
        yield from url_secrets(value)
    elif isinstance(member.shape, ListOf) and isinstance(value, list):
        for item in value:
            yield from credentials(member.shape.each, item)
    elif isinstance(member.shape, Object) and isinstance(value, dict):
        for name, item in value.items():
            yield from credentials(member.shape.member(name), item)


def is_masked(value: Any) -> bool:
    """Whether an account's value may be no credential but what stands in its place.

    In doubt it is: what cannot be read back must not count as a difference.
    """
    if not isinstance(value, str):
        return value is None
    return not value or is_mask(value) or _MASKED.search(value) is not None


def masked_places(member: Member, value: Any, path: Path) -> Iterator[Path]:
    """Yield the places of credentials in an account's value that the account masks."""
    if not member.is_guarded:
        return
    if member.secret:
        if is_masked(value):
            yield path
    elif member.url:
        if _has_masked_secret(value):
            yield path
    elif isinstance(member.shape, ListOf) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from masked_places(member.shape.each, item, (*path, index))
    elif isinstance(member.shape, Object) and isinstance(value, dict):
        for name in _present(member.shape, value):
            yield from masked_places(member.shape.members[name], value.get(name), (*path, name))


def _present(shape: Object, value: dict[str, Any]) -> Iterator[str]:
    """Yield the members to look at: those that are there, and credentials that were left out."""
    for name, member in shape.members.items():
        if name in value or (member.secret and _needs(shape, value)):
            yield name


def _needs(shape: Object, value: dict[str, Any]) -> bool:
    """Whether this kind of a union has a credential at all: only a custom model has a key."""
    return shape.variant is None or value.get(shape.variant) == "custom"


def written_masks(member: Member, value: Any, path: Path) -> Iterator[Path]:
    """Yield the places in a definition's value where a mask stands for a credential."""
    for place, at, leaf in leaves(member, value, path, among=lambda one: one.is_guarded):
        if any(map(is_mask, credentials(at, leaf))):
            yield place


def guessed_masks(value: Any, path: Path) -> Iterator[Path]:
    """Yield the places of masks in a value of which nothing is known, by the names around them."""
    for place, _, leaf in leaves(UNKNOWN, value, path):
        names = [part for part in place if isinstance(part, str)]
        named = credential_name(names[-1]) or not PAIRS.isdisjoint(names)
        if not isinstance(leaf, str):
            continue
        if any(map(is_mask, [leaf] if named else url_secrets(leaf) if "://" in leaf else ())):
            yield place


def unmasked(member: Member, held: Any, wanted: Any, path: Path) -> tuple[Any, list[Path]]:
    """Return the account's value with what it masks taken from ``wanted``, and those places.

    What cannot be read back is unknown: it must not count as a difference.
    """
    unknown: list[Path] = []
    return _filled(member, held, wanted, path, unknown), unknown


def _filled(member: Member, held: Any, wanted: Any, path: Path, unknown: list[Path]) -> Any:
    if not member.is_guarded:
        return held
    shape = member.shape
    if member.secret or member.url:
        if held != wanted and isinstance(wanted, str) and _cannot_tell(member, held, wanted):
            unknown.append(path)
            return wanted
    elif isinstance(shape, ListOf) and isinstance(held, list) and isinstance(wanted, list):
        item = shape.each
        filled = list(held)
        for theirs, mine in shape.partners(held, wanted).items():
            filled[theirs] = _filled(item, held[theirs], wanted[mine], (*path, mine), unknown)
        return filled
    elif isinstance(shape, Object) and isinstance(held, dict) and isinstance(wanted, dict):
        members = dict(held)
        stated = {} if shape.other_variant(held, wanted) else wanted
        for name, value in stated.items():
            inner = shape.member(name)
            if name in held or inner.secret:
                members[name] = _filled(inner, held.get(name), value, (*path, name), unknown)
        return members
    return held


def _cannot_tell(member: Member, held: Any, wanted: str) -> bool:
    if member.secret:
        return is_masked(held)
    return _has_masked_secret(held) and mask_urls(held) == mask_urls(wanted)


def _has_masked_secret(value: Any) -> bool:
    return isinstance(value, str) and any(
        secret and is_masked(secret) for secret in url_secrets(value)
    )
