"""The names of the IANA time zones, as the ``tzdata`` package lists them on every machine alike."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def zone_names() -> frozenset[str]:
    """Return every zone name. Read once; ``zoneinfo`` would open each zone's file to tell."""
    import tzdata  # type: ignore[import-untyped]

    listing = Path(tzdata.__file__).with_name("zones")
    return frozenset(listing.read_text(encoding="utf-8").split())
