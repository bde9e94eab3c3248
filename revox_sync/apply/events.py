"""What happens during an apply, as data; views and summaries are made from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from revox_sync.plan.model import Action

Status = Literal["done", "failed", "refused", "skipped", "unknown"]


@dataclass(frozen=True, slots=True)
class Started:
    """Work on an action has begun."""

    action: Action


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an action ended.

    ``done``     written, and the service's answer equals what was sent
    ``failed``   the service refused it, or did not take every value
    ``refused``  the tool declined; nothing was sent for it
    ``skipped``  not begun, because the run ended before its turn
    ``unknown``  sent, and no answer tells whether it was carried out

    ``id`` is the assistant's id where it is known, ``message`` the reason in the service's own
    words where it gave any, ``wrote`` whether the account may have changed. ``old_id`` is the
    assistant in whose place a recreate put the one of ``id``.
    """

    action: Action
    status: Status
    id: str | None = None
    message: str | None = None
    hint: str | None = None
    warnings: tuple[str, ...] = ()
    wrote: bool = False
    old_id: str | None = None


Event = Started | Outcome
