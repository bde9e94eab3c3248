"""Both sides of a comparison as a reviewer may see them.

The definition's side is shown as it is written, references to secrets unexpanded: by where a secret
stands, never by what a value equals, which would tell short secrets and hide other changes. The
account's side has no references: the values of secrets that are set are put back as theirs. A
secret that was rotated, or whose reference was moved or taken out, cannot be found there; so unless
every reference of the field was, the account's texts in it are not shown at all. A secret may have
been rotated in one of several places only: a value of the account that holds fewer of them than the
definition states there is not shown either. On both sides credentials and the values in URLs are
masked, on the account's whatever looks like a token, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from revox_sync.definitions.definition import Definition
from revox_sync.model.fields import Field
from revox_sync.model.path import Path, lies_in, path_text, value_at
from revox_sync.model.shapes import UNKNOWN, Faq, Member
from revox_sync.model.walk import leaves, mapped, member_at
from revox_sync.plan import diff
from revox_sync.plan.model import Change
from revox_sync.plan.origin import Told
from revox_sync.secrecy.redactor import without_tokens
from revox_sync.secrecy.values import (
    HOLDS_SECRET,
    Known,
    as_written,
    concealed,
    mentions_in,
    references_in,
)


class Sides:
    """The sides of one field.

    ``wanted`` is what the definition states, ``held`` the account's value in canonical form.
    ``known`` holds the secrets that are set; None says that both sides are definitions, whose texts
    are as written already.
    """

    def __init__(
        self, definition: Definition, known: Known | None, spec: Field, wanted: Any, held: Any
    ) -> None:
        self._known = known
        self._spec = spec
        self._wanted = wanted
        self._held = held
        self._secrets = {
            path: text for path, text in definition.secrets.items() if path[0] == spec.name
        }
        self._earlier = {
            path: text for path, text in definition.earlier.items() if path[0] == spec.name
        }
        self._has_secrets = bool(self._secrets or self._earlier)

    def changes(self, places: Sequence[tuple[Path, Any, Any]]) -> list[Change]:
        """Return the changes at (path, old, new) as they may be shown."""
        if isinstance(self._spec.shape, Faq):
            return self._items(places)
        return [self.change(*place) for place in places]

    def change(self, path: Path, before: Any, after: Any) -> Change:
        """Return the change of a value at ``path`` as it may be shown."""
        member = member_at(self._spec, path[1:])
        new = self._definitions(path, after)
        old = self._account(before, path, new)
        return self._concealed(diff.change_at(path_text(path), old, new), member, before, path)

    def told(self, change: Change, place: tuple[Path, Any, Any], told: Told) -> Change:
        """Return a change with who moved, and what was defined before where both did."""
        base = told.base
        if base is not None:
            path = place[0]
            base = concealed(member_at(self._spec, path[1:]), self._then(base), path)
        return replace(change, origin=told.origin, base=base)

    def _items(self, places: Sequence[tuple[Path, Any, Any]]) -> list[Change]:
        """Return the changes of items of a FAQ, each named by its question as it may be shown."""
        old = [self._account(item) for item in self._held or ()]
        held_labels, labels = diff.labels(old), diff.labels(self._written)
        changes = []
        for path, before, after in places:
            index = int(path[1])
            now = self._definitions(path, after)
            was = self._account(before, path, now)
            if was is not None and now is not None:
                # What both have is the definition's, and can be shown on both sides.
                was |= {name: now[name] for name in now if before[name] == after[name]}
            label = held_labels[index] if after is None else labels[index]
            change = diff.change_at(f"{path[0]}[{label}]", was, now)
            changes.append(self._concealed(change, UNKNOWN, before))
        return changes

    def _account(self, value: Any, path: Path = (), written: Any = None) -> Any:
        """Return a value of the account without secrets and tokens; URLs are yet to be masked.

        ``written`` is what the definition states in its place, at ``path``.
        """
        told = mapped(UNKNOWN, value, self._account_text)
        if self._has_secrets and self._lacks(told, path, written):
            return mapped(UNKNOWN, told, _hidden)
        return told

    def _account_text(self, _: Path, __: Member, leaf: Any) -> Any:
        if self._known is None or not isinstance(leaf, str):
            return leaf
        if self.is_opaque and leaf:
            return HOLDS_SECRET
        return without_tokens(self._known.put_back(leaf, self._required)[0])

    def _lacks(self, told: Any, path: Path, written: Any) -> bool:
        """Whether a value of the account lacks a secret that was stated in its place."""
        if self._known is None or told is None:
            return False
        then = self._earlier.get(path)
        stated = _mentions(written if then is None else then)
        return bool(stated) and not Counter(stated) <= Counter(_mentions(told))

    def _concealed(self, change: Change, member: Member, before: Any, path: Path = ()) -> Change:
        """Return a change with its credentials masked; ``before`` is what the account holds."""
        old, new = concealed(member, change.before, path), concealed(member, change.after, path)
        masked = old != change.before or new != change.after or old == new
        masked = masked or self._hides(before, change.before)
        # A field without secrets refers to none; a definition's text on both sides may.
        names = _mentions(change.after) if self._secrets or self._known is None else ()
        if not masked and not names:
            return change
        secrets = tuple(dict.fromkeys(names))
        return replace(change, before=old, after=new, sensitive=masked, secrets=secrets)

    def _hides(self, value: Any, shown: Any) -> bool:
        """Whether a part of a value of the account is not shown."""
        if self._known is None or value is None:
            return False
        if self._has_secrets and HOLDS_SECRET in _texts(shown):
            return True
        return any(without_tokens(text) != text for text in _texts(value))

    @cached_property
    def _untold(self) -> list[Path]:
        """Places of secrets whose texts are unknown: an earlier run recorded the places only.

        If one is in a list, which may have changed since, the secret may be anywhere in the list.
        """
        return [path for path, text in self._secrets.items() if not references_in(text)]

    @cached_property
    def _required(self) -> frozenset[str]:
        """The secrets that have to be found in the account's value before it is shown."""
        texts = [*self._secrets.values(), *self._earlier.values()]
        return frozenset(name for text in texts for name in references_in(text))

    @cached_property
    def is_opaque(self) -> bool:
        """Whether nobody knows where in the account's value a secret stands."""
        texts = [*self._secrets.values(), *self._earlier.values()]
        if not texts or self._known is None:
            return False
        found = {name for text in _texts(self._held) for name in self._known.put_back(text)[1]}
        return not all(map(references_in, texts)) or not self._required <= found

    @cached_property
    def _written(self) -> Any:
        """The definition's canonical value with its texts as written."""
        return self._spec.shape.rendered(
            self._wanted, mapped(UNKNOWN, self._wanted, self._written_text, (self._spec.name,))
        )

    def _written_text(self, path: Path, _: Member, leaf: Any) -> Any:
        if not isinstance(leaf, str) or self._known is None:
            return leaf
        for place in self._untold:
            if any(isinstance(part, int) for part in place) or lies_in(path, place):
                return HOLDS_SECRET
        return self._secrets.get(path) or as_written(leaf)

    def _definitions(self, path: Path, value: Any) -> Any:
        """Return the definition's canonical ``value``, which stands at ``path``, as written."""
        if value is None:
            return None
        found = value_at(self._written, path[1:])
        if type(found) is not type(value):
            return value if not self._secrets else HOLDS_SECRET
        return found

    def _then(self, value: Any) -> Any:
        """Return what was defined at the commit; where a secret stood then is not known."""

        def shown(_: Path, __: Member, leaf: Any) -> Any:
            if not isinstance(leaf, str) or self._known is None:
                return leaf
            return HOLDS_SECRET if self._earlier and leaf else as_written(leaf)

        return mapped(UNKNOWN, value, shown)


def _hidden(_: Path, __: Member, leaf: Any) -> Any:
    return HOLDS_SECRET if isinstance(leaf, str) and leaf else leaf


def _texts(value: Any) -> Iterator[str]:
    return (leaf for _, _, leaf in leaves(UNKNOWN, value) if isinstance(leaf, str))


def _mentions(value: Any) -> list[str]:
    """Return the names of the secrets that a value as written refers to, as often as it does."""
    return [name for text in _texts(value) for name in mentions_in(text)]
