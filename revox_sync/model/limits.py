"""How much one run may change: a count or a percentage."""

from __future__ import annotations

import re
from typing import Any

from revox_sync.records import dataclass

#: What can be limited; the project file and ``--over-limit`` name them.
LIMITS = ("create", "replace", "delete", "faq_items_removed")

_PERCENT = re.compile(r"(\d{1,3}) ?%")
_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Limit:
    """At most this many, or at most this percentage."""

    amount: int
    percent: bool = False

    def allows(self, count: int, of: int) -> bool:
        """Whether ``count`` of ``of`` stays within the limit."""
        return count * _WHOLE <= self.amount * of if self.percent else count <= self.amount

    def __str__(self) -> str:
        return f"{self.amount} %" if self.percent else str(self.amount)


def limit_of(value: Any) -> Limit:
    """Return the limit that ``20`` or ``50%`` stands for; raises ValueError for anything else."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return Limit(value)
    found = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    if found is None or int(found[1]) > _WHOLE:
        raise ValueError(value)
    return Limit(int(found[1]), percent=True)
