"""One definition against one assistant of the account.

Convert first, then compare: the definition's fields and the same fields of the account are brought
to canonical form (``model/canonical.py``), and equal forms are the end of it. What differs becomes
changes for the reviewer and a request body for the service, the smallest one that makes the account
equal: changed top-level fields only, nested objects whole, the FAQ whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from revox_sync.definitions.definition import Definition
from revox_sync.model.canonical import NO_DEFAULT
from revox_sync.model.fields import FIELDS, REQUIRED, RETRY_FILL, Clear, Field
from revox_sync.model.sensitive import MASK, SHORTEST, mask_urls
from revox_sync.plan import diff
from revox_sync.plan.model import Change
from revox_sync.plan.remote import Faq, Item, Remote, faq_item


@dataclass(frozen=True, slots=True)
class Rules:
    """What the project and the command line decide about every comparison.

    ``absent`` says whether fields that a definition leaves out are left alone or go back to their
    resting value; ``push_unknown`` whether what cannot be read back is written again;
    ``note_unmanaged`` whether fields that the account has set and the definition leaves out are
    noted. ``secrets`` are values that are never shown, wherever the account holds them.
    """

    profile: Literal["seed", "current"] = "current"
    absent: Literal["keep", "reset"] = "keep"
    push_unknown: bool = False
    note_unmanaged: bool = True
    secrets: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome. ``body`` holds the fields to send, ``basis`` the account's managed values."""

    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    open_questions: tuple[str, ...] = ()
    not_clearable: tuple[str, ...] = ()
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)
    basis: Any = field(default=None, repr=False)


def compare(definition: Definition, remote: Remote | None, rules: Rules) -> Comparison:
    """Compare a definition with its assistant; None stands for one that is yet to be created."""
    return _Comparing(definition, remote, rules).run()


def wanted_fields(
    definition: Definition, rules: Rules, *, create: bool
) -> Iterator[tuple[Field, Any, bool]]:
    """Yield (field, value, absent) for every field that is to have a value, in order of display.

    A new assistant begins with what the API requires, ignored or not.
    """
    for name, spec in FIELDS.items():
        if name in definition.sync.ignore and not (create and name in REQUIRED):
            continue
        if name in definition.fields:
            yield spec, definition.fields[name], False
        elif rules.absent == "reset" and spec.resting is not NO_DEFAULT:
            if spec.successor is not None and rules.profile == "current":
                continue
            resting = spec.resting
            if name == "call_retry_config" and rules.profile == "current":
                resting = {**resting, **RETRY_FILL}
            yield spec, resting, True


class _Comparing:
    def __init__(self, definition: Definition, remote: Remote | None, rules: Rules) -> None:
        self.definition = definition
        self.remote = remote
        self.rules = rules
        self.changes: list[Change] = []
        self.notes: list[str] = []
        self.open_questions: tuple[str, ...] = ()
        self.not_clearable: list[str] = []
        self.body: dict[str, Any] = {}
        self.basis: dict[str, Any] = {}

    def run(self) -> Comparison:
        for spec, value, absent in wanted_fields(
            self.definition, self.rules, create=self.remote is None
        ):
            if self.remote is None and absent:
                continue
            if spec.name == "faq_items":
                self._faq(spec, value)
            else:
                self._field(spec, value, absent)
        self._note_ignored()
        if self.remote is not None and self.rules.note_unmanaged:
            self._note_unmanaged(self.remote)
        return Comparison(
            tuple(self.changes),
            tuple(self.notes),
            self.open_questions,
            tuple(self.not_clearable),
            self.body,
            self.basis,
        )

    def _field(self, spec: Field, wanted: Any, absent: bool) -> None:
        held = None if self.remote is None else self.remote.data.get(spec.name)
        if wanted is None and spec.clear is Clear.NEVER:
            if held is not None:
                self.not_clearable.append(spec.name)
                self.notes.append(
                    f"{spec.name}: cannot be cleared in place; it stays as the account has it"
                )
            self.basis[spec.name] = held
            return
        if absent and held is None:
            self.basis[spec.name] = None
            return
        after = spec.shape.canonical(wanted)
        before = None
        if self.remote is not None:
            before = spec.shape.canonical(spec.shape.project(held, wanted))
            self.basis[spec.name] = before
        if self.remote is None and after in (None, []):
            if spec.clear is Clear.NULL or after == []:
                self.body[spec.name] = after
            return
        found = diff.changes(before, after, (spec.name,)) if self.remote else [_new(spec, after)]
        if not found:
            return
        self.changes += [replace(self._shown(spec, change), absent=absent) for change in found]
        self.body[spec.name] = spec.shape.merge(held, wanted)

    def _faq(self, spec: Field, wanted: list[Any]) -> None:
        after = [faq_item(item) for item in wanted]
        held = Faq((), ()) if self.remote is None else self.remote.faq
        if held is None:
            self.notes.append(
                "faq_items: the account does not tell its FAQ, so it is unknown whether it differs"
                + ("" if self.rules.push_unknown else "; --push-unknown writes it")
            )
            if self.rules.push_unknown:
                self.changes += [
                    self._shown_item(change) for change in diff.faq_changes([], after)
                ] or [Change(spec.name, "change", None, [])]
                self.body[spec.name] = wanted
            return
        self.basis[spec.name] = sorted(held.items)
        found = diff.faq_changes(held.items, after)
        if self.remote is None:
            self.body[spec.name] = wanted
        if not found:
            return
        self.changes += [self._shown_item(change) for change in found]
        self.body[spec.name] = wanted
        self.open_questions = held.open_questions
        self.notes += [
            f'faq_items: replacing the FAQ drops the open question "{question}"'
            for question in held.open_questions
        ]

    def _shown(self, spec: Field, change: Change) -> Change:
        """Mask what must not be shown of a change."""
        if self._is_secret(change.path, spec.name) or self._holds_secret(change):
            return _masked(change)
        if not spec.url:
            return change
        before, after = mask_urls(change.before), mask_urls(change.after)
        if before == change.before and after == change.after:
            return change
        return replace(change, before=before, after=after, sensitive=True)

    def _shown_item(self, change: Change) -> Change:
        """Mask a FAQ change of a definition with a secret in its FAQ, its question included.

        What such a change takes away may be an older value of the secret; only items that the
        definition states openly are shown.
        """
        secrets = {path[1] for path in self.definition.secrets if path[0] == "faq_items"}
        if not secrets:
            if self._holds_secret(change):
                return replace(_masked(change), path=f"faq_items[{MASK}]")
            return change
        items = self.definition.fields["faq_items"]
        stated = [faq_item(item) for index, item in enumerate(items) if index not in secrets]
        if change.op == "add" and _pair(change.after) in stated:
            return change
        return replace(_masked(change), path=f"faq_items[{MASK}]")

    def _holds_secret(self, change: Change) -> bool:
        """Whether a value holds a secret that is known, though no definition names it there."""
        values = [value for value in self.rules.secrets if len(value) >= SHORTEST]
        return bool(values) and any(
            value in text for text in _texts([change.before, change.after]) for value in values
        )

    def _is_secret(self, path: str, name: str) -> bool:
        for secret in self.definition.secrets:
            if secret[0] != name:
                continue
            rendered = diff.render_path(secret)
            if any(isinstance(part, int) for part in secret) or _overlap(rendered, path):
                return True
        return False

    def _note_ignored(self) -> None:
        ignored = [name for name in self.definition.fields if name in self.definition.sync.ignore]
        if ignored:
            self.notes.append(f"ignored, though the definition states it: {', '.join(ignored)}")

    def _note_unmanaged(self, remote: Remote) -> None:
        resting: dict[str, tuple[Any, ...]] = {
            name: (None, [], spec.resting) for name, spec in FIELDS.items()
        }
        names = [
            name
            for name in FIELDS
            if name not in self.basis
            and name not in self.definition.fields
            and name not in self.definition.sync.ignore
            and remote.data.get(name) not in resting[name]
        ]
        if names:
            self.notes.append(
                f"set in the account, not in the definition, left alone: {', '.join(names)}"
            )


def _new(spec: Field, value: Any) -> Change:
    return Change(spec.name, "add", None, value)


def _masked(change: Change) -> Change:
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
