"""What a new sandbox account holds besides assistants: voices, phone numbers, one user.

The values stand in ``catalogue.json`` and are made up; their members are the contract's.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from revox_sync.sandbox.contract import Profile

#: The one organization of every sandbox, so that a project file can name it.
ORGANIZATION_ID: Final = "org_sandbox"

#: Members and providers that came after profile seed.
_LATER_VOICE_MEMBERS: Final = frozenset({"accent", "gender", "isCloned", "modelCompat"})
_LATER_PROVIDERS: Final = frozenset({"gradium"})


def person() -> dict[str, Any]:
    """Return the user as assistants and phone numbers name their creator."""
    who: dict[str, Any] = _read()["user"]
    return who


def user(profile: Profile, created_at: str) -> dict[str, Any]:
    """Return the answer to "who am I"."""
    account = {
        **person(),
        "organization_id": ORGANIZATION_ID,
        "has_completed_onboarding": True,
        "created_at": created_at,
        "updated_at": created_at,
    }
    return account if profile == "seed" else {**account, "organization_country": "FR"}


def voices(profile: Profile) -> list[dict[str, Any]]:
    """Return the voices with the members, and of the providers, that the profile has."""
    listed: list[dict[str, Any]] = _read()["voices"]
    if profile == "current":
        return listed
    return [
        {name: value for name, value in voice.items() if name not in _LATER_VOICE_MEMBERS}
        for voice in listed
        if voice["provider"] not in _LATER_PROVIDERS
    ]


def phone_numbers(created_at: str) -> list[dict[str, Any]]:
    """Return the numbers of a new account; the inbound link is kept beside them, not in them."""
    rest = {"created_by": person(), "inbound_sip_uri": None, "livekit_outbound_trunk_id": None}
    return [{**number, **rest, "created_at": created_at} for number in _read()["phone_numbers"]]


def _read() -> dict[str, Any]:
    path = Path(__file__).with_name("catalogue.json")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
