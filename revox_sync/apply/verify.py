"""After a write: did the service take every value that was sent?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from revox_sync.account.remote import Remote
from revox_sync.model.fields import field_of
from revox_sync.secrecy.values import unmasked


def not_taken(sent: Mapping[str, Any], answer: Remote) -> tuple[str, ...]:
    """Return the fields whose value in the answer is not, by meaning, what was sent.

    A field that the answer lacks counts as null; ask ``untold`` first. What the account masks
    cannot be told and counts as taken.
    """
    return tuple(name for name, value in sent.items() if not _taken(name, value, answer))


def untold(sent: Mapping[str, Any], answer: Remote) -> tuple[str, ...]:
    """Return the fields of which the answer says nothing."""
    return tuple(name for name, value in sent.items() if _untold(name, value, answer))


def _untold(name: str, value: Any, answer: Remote) -> bool:
    if name == "faq_items":
        return answer.faq is None
    return name not in answer.data and value not in (None, [])


def _taken(name: str, value: Any, answer: Remote) -> bool:
    spec = field_of(name)
    held, _ = unmasked(spec.member, answer.data.get(name), value, (name,))
    return not spec.differs(held, value)
