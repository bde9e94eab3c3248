"""What a reviewer sees of a change: everything but what is sensitive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from revox_sync.account.remote import Item, faq_item
from revox_sync.definitions.definition import Definition
from revox_sync.model.conceal import concealed
from revox_sync.model.fields import Field
from revox_sync.model.path import Path, path_text
from revox_sync.model.walk import member_at
from revox_sync.plan import diff
from revox_sync.plan.model import Change
from revox_sync.plan.moved import Told
from revox_sync.secrecy.redactor import MASK, SHORTEST


class Shown:
    """Masks the changes of one definition.

    Sensitive is what the field's shape says, what a ``${secret.NAME}`` of the definition went
    into, whole, and every text that holds one of ``secrets``, on both sides.
    """

    def __init__(self, definition: Definition, secrets: frozenset[str]) -> None:
        self._definition = definition
        self._values = [value for value in secrets if len(value) >= SHORTEST]

    def change(self, spec: Field, path: Path, before: Any, after: Any) -> Change:
        """Return the change of a value at ``path`` as it may be shown."""
        change = diff.change_at(path, before, after)
        if self._is_secret(change.path, spec.name) or self._holds_secret(change):
            return masked(change)
        member = member_at(spec.member, path[1:])
        old, new = concealed(member, before), concealed(member, after)
        if old == before and new == after:
            return change
        return replace(change, before=old, after=new, sensitive=True)

    def told(self, spec: Field, path: Path, change: Change, told: Told) -> Change:
        """Return a change with who moved; what was defined before is masked like the rest."""
        base = None
        if told.base is not None:
            held = self.change(spec, path, told.base, None)
            base = MASK if change.sensitive and held.before == told.base else held.before
        return replace(change, origin=told.origin, base=base)

    def told_item(self, change: Change, told: Told) -> Change:
        """Return a FAQ change as it may be shown, with who moved."""
        shown = self.item(change)
        base = told.base
        if base is not None and (
            shown.sensitive or self.item(replace(change, after=base)).sensitive
        ):
            base = MASK
        return replace(shown, origin=told.origin, base=base)

    def item(self, change: Change) -> Change:
        """Mask a FAQ change of a definition with a secret in its FAQ, its question included.

        What such a change takes away may be an older value of the secret; only items that the
        definition states openly are shown.
        """
        secrets = {path[1] for path in self._definition.secrets if path[0] == "faq_items"}
        if not secrets:
            if self._holds_secret(change):
                return replace(masked(change), path=f"faq_items[{MASK}]")
            return change
        items = self._definition.fields["faq_items"]
        stated = [faq_item(item) for index, item in enumerate(items) if index not in secrets]
        if change.op == "add" and _pair(change.after) in stated:
            return change
        return replace(masked(change), path=f"faq_items[{MASK}]")

    def _holds_secret(self, change: Change) -> bool:
        """Whether a value holds a secret that is known, though no definition names it there."""
        return bool(self._values) and any(
            value in text
            for text in _texts([change.before, change.after])
            for value in self._values
        )

    def _is_secret(self, path: str, name: str) -> bool:
        for secret in self._definition.secrets:
            if secret[0] != name:
                continue
            rendered = path_text(secret)
            if any(isinstance(part, int) for part in secret) or _overlap(rendered, path):
                return True
        return False


def masked(change: Change) -> Change:
    """Return the change without its values."""
    return replace(
        change,
        before=None if change.before is None else MASK,
        after=None if change.after is None else MASK,
        sensitive=True,
    )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))


def _overlap(one: str, other: str) -> bool:
    """Whether one path is the other, or holds it."""
    shorter, longer = sorted((one, other), key=len)
    return longer == shorter or longer.startswith((f"{shorter}.", f"{shorter}["))


def _pair(item: Mapping[str, str]) -> Item:
    return item["question"], item["answer"]
