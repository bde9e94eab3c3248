"""An assistant as it was before a run wrote to it, and the definition that brings that back.

What the tool knows to be sensitive is masked by field before it is written to disk. An account may
report members that this version does not know, so what looks like a credential anywhere else is
masked, too. A snapshot becomes a definition that is bound to its assistant and states the fields
that the run wrote, as they were; planning and applying are then the same as ever.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import field, replace
from typing import Any

from revox_sync.account.remote import Remote
from revox_sync.definitions.definition import Definition, SyncOptions
from revox_sync.model.fields import FIELDS, field_of
from revox_sync.model.path import Path, lies_in, path_text, put_at
from revox_sync.model.shapes import Member, faq_item, is_open
from revox_sync.model.walk import mapped
from revox_sync.records import dataclass
from revox_sync.secrecy.redactor import SHORTEST, without_tokens
from revox_sync.secrecy.urls import MASK, is_placeholder, mask_url
from revox_sync.secrecy.values import HOLDS_SECRET, names_credential

#: Personal data that nothing is ever restored from.
_PERSONAL = frozenset({"created_by"})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An assistant before a run's first write to it.

    ``fields`` are those that the run wrote, ``sensitive`` the places whose values were not written
    down, ``secrets`` those that the definition kept secret, ``remote`` the assistant as the account
    held it. ``action`` is what the run did, ``file`` where the snapshot lies.
    """

    key: str
    name: str
    id: str
    action: str
    fields: tuple[str, ...]
    sensitive: frozenset[Path]
    remote: Mapping[str, Any] = field(repr=False)
    secrets: frozenset[Path] = frozenset()
    file: str = ""

    def shows(self, remote: Remote) -> bool:
        """Whether an assistant is as it was, as far as the snapshot tells; the prompt is needed."""
        if remote.id != self.id or not self.remote.get("prompt"):
            return False
        return self._same("prompt", remote) is True and all(
            self._same(name, remote) is not False for name in FIELDS
        )

    def precedes(self, remote: Remote) -> bool | None:
        """Whether an assistant is still as it was in all that the run wrote; None if unknown.

        If no value tells, because all are masked, the service's mark of changes does.
        """
        told = [self._same(name, remote) for name in self.fields]
        if any(same is not None for same in told):
            return False not in told
        marks = [data.get("updated_at") for data in (self.remote, remote.data)]
        return marks[0] == marks[1] if all(marks) else None

    def _same(self, name: str, remote: Remote) -> bool | None:
        """Whether a field is as it was; None if the snapshot or the account does not tell."""
        if any(place[0] == name for place in self.sensitive | self.secrets):
            return None
        spec, values = field_of(name), (self.remote.get(name), remote.data.get(name))
        return spec.same(*values) if all(map(spec.shape.is_told, values)) else None


def redacted(
    data: Mapping[str, Any], secrets: AbstractSet[Path], values: AbstractSet[str] = frozenset()
) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """Return the assistant as it may be written down, and the places that were masked.

    ``secrets`` are the places that a ``${secret.NAME}`` of the definition went into: they are
    masked whole, and one inside a list masks every text of that field, because an older list may
    hold it anywhere. ``values`` are secrets that are known now: a text that holds one is masked.
    """
    found = {value for value in values if len(value) >= SHORTEST}
    masked: list[Path] = []
    kept = {}
    for name, value in data.items():
        if name not in _PERSONAL:
            masking = _Masking(name, secrets, found, masked)
            kept[name] = mapped(field_of(name), value, masking, (name,))
    return kept, tuple(masked)


class _Masking:
    """Masks the texts of one field, and notes where."""

    def __init__(
        self, name: str, secrets: AbstractSet[Path], values: AbstractSet[str], masked: list[Path]
    ) -> None:
        self._known = name in FIELDS
        self._places = {path for path in secrets if path[0] == name}
        self._whole = any(isinstance(part, int) for path in self._places for part in path)
        self._values = values
        self._masked = masked

    def __call__(self, path: Path, member: Member, value: Any) -> Any:
        """Return a value, which stands at ``path``, without what is sensitive in it."""
        shown = self._text(value, path, member) if isinstance(value, str) and value else value
        if shown != value:
            self._masked.append(path)
        return shown

    def _text(self, text: str, path: Path, member: Member) -> str:
        if self._whole or any(lies_in(path, place) for place in self._places):
            return MASK
        if any(value in text for value in self._values):
            return MASK
        if member.secret or names_credential(path):
            return text if is_placeholder(text) else MASK
        text = without_tokens(text)
        return mask_url(text) if member.url or self._looks_like_url(text, path) else text

    def _looks_like_url(self, text: str, path: Path) -> bool:
        """Whether a text that no field of this version is known to hold is a URL."""
        if self._known and len(path) == 1:
            return False
        name = str(path[-1]).lower()
        return "url" in name or ("://" in text and not any(map(str.isspace, text)))


@dataclass(frozen=True, slots=True)
class Restoration:
    """Definitions to plan towards, and by key what the reviewer should know.

    ``deleted`` holds the ids of what the run deleted by key; it comes back as a new assistant.
    """

    definitions: tuple[Definition, ...]
    names: Mapping[str, str]
    notes: Mapping[str, tuple[str, ...]]
    used: frozenset[str] = field(default_factory=frozenset)
    deleted: Mapping[str, str] = field(default_factory=dict)


def restoration(
    snapshots: Iterable[Snapshot],
    supplied: Mapping[str, str],
    secrets: Mapping[str, frozenset[Path]],
) -> Restoration:
    """Return what a run's snapshots come to.

    ``supplied`` gives sensitive values back, by ``KEY:PATH``; a field of which one is missing is
    left alone, and a note names it. ``secrets`` are the places that today's definitions keep
    secret, by key. ``used`` holds the supplied values that were asked for.
    """
    definitions, names, notes, used = [], {}, {}, set[str]()
    deleted: dict[str, str] = {}
    for snapshot in snapshots:
        is_deleted = snapshot.action == "delete"
        if is_deleted:
            held = snapshot.remote
            set_ = tuple(name for name in FIELDS if held.get(name) not in (None, []))
            snapshot = replace(snapshot, fields=set_)  # noqa: PLW2901 - all that it had
            deleted[snapshot.key] = snapshot.id
        if not snapshot.fields:
            continue
        fields, remarks, taken = _fields(snapshot, supplied)
        used |= taken
        names[snapshot.key], notes[snapshot.key] = snapshot.name, tuple(remarks)
        definitions.append(
            Definition(
                snapshot.key,
                snapshot.file,
                fields,
                SyncOptions() if is_deleted else SyncOptions(id=snapshot.id),
                dict.fromkeys(
                    snapshot.sensitive | snapshot.secrets | secrets.get(snapshot.key, frozenset()),
                    HOLDS_SECRET,
                ),
            )
        )
    return Restoration(tuple(definitions), names, notes, frozenset(used), deleted)


def _fields(
    snapshot: Snapshot, supplied: Mapping[str, str]
) -> tuple[dict[str, Any], list[str], set[str]]:
    fields: dict[str, Any] = {}
    remarks: list[str] = []
    used: set[str] = set()
    for name in snapshot.fields:
        value = copy.deepcopy(snapshot.remote.get(name))
        if not field_of(name).shape.is_told(value):
            remarks.append(f"{name}: left alone, because the account did not tell what it was")
            continue
        asked = {
            f"{snapshot.key}:{path_text(place)}": place
            for place in sorted(snapshot.sensitive, key=str)
            if place[0] == name and _is_put_back(place, value)
        }
        missing = [label for label in asked if label not in supplied]
        if missing:
            options = " ".join(f"--supply {label}=NAME" for label in missing)
            remarks.append(f"{name}: left alone, because it holds what is sensitive; {options}")
            continue
        used.update(asked)
        holder: dict[str, Any] = {name: value}
        for label, place in asked.items():
            put_at(holder, place, supplied[label])
        if name == "faq_items":
            waiting = sorted(faq_item(item)[0] for item in holder[name] if is_open(item))
            holder[name] = FIELDS[name].shape.merge(None, holder[name])
            remarks += [
                f'faq_items: the open question "{question}" was there, and cannot be put back'
                for question in waiting
            ]
        fields[name] = holder[name]
    return fields, remarks, used


def _is_put_back(place: Path, value: Any) -> bool:
    """Whether a request states a place; in a FAQ, that are the texts of answered items."""
    if place[0] != "faq_items":
        return True
    item = value[place[1]]
    return place[-1] in ("question", "answer") and item.get("needs_human_answer") is not True
