"""How many examples a property test tries."""

from __future__ import annotations

import os


def examples(count: int) -> int:
    """Return so many, or ``REVOX_SYNC_EXAMPLES`` times as many where somebody looks for longer."""
    return count * int(os.environ.get("REVOX_SYNC_EXAMPLES", "1"))
