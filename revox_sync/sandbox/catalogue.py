"""What a new sandbox account holds besides assistants: voices, phone numbers, one user.

The values stand in ``catalogue.json`` and are made up; their members are the contract's. The voices
of the examples are among them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from revox_sync.sandbox.contract import Profile

Document = dict[str, Any]

#: The one organization of every new sandbox, so that a project file can name it.
ORGANIZATION_ID: Final = "org_sandbox"

#: When the account, its user and its numbers came to be: the same for every new state.
FOUNDED: Final = "2026-01-01T09:00:00.000000Z"

#: What a file of account data may state a list of, and a state holds a table of.
KINDS: Final = ("assistants", "phone_numbers", "campaigns", "calls", "voices")

#: Members and providers that came after profile seed.
_LATER_VOICE_MEMBERS: Final = frozenset({"accent", "gender", "isCloned", "modelCompat"})
_LATER_PROVIDERS: Final = frozenset({"gradium"})


class Contents(NamedTuple):
    """What a state begins with: documents as the API answers them.

    A phone number comes with the id of the assistant that answers it, and without the assistant.
    """

    user: Document
    phone_numbers: Sequence[tuple[Document, str | None]] = ()
    assistants: Sequence[Document] = ()
    campaigns: Sequence[Document] = ()
    calls: Sequence[Document] = ()
    voices: Sequence[Document] = ()


def new_account(profile: Profile) -> Contents:
    """Return the account of a sandbox that nobody has written to yet."""
    who = user(profile)
    speaking = voices(profile)
    if profile == "seed":
        return Contents(who, voices=speaking)
    numbers = [phone_number(number, creator(who)) for number in _read()["phone_numbers"]]
    return Contents(who, [(number, None) for number in numbers], voices=speaking)


def user(profile: Profile) -> Document:
    """Return the answer to "who am I"."""
    account: Document = {
        **_read()["user"],
        "organization_id": ORGANIZATION_ID,
        "has_completed_onboarding": True,
        "created_at": FOUNDED,
        "updated_at": FOUNDED,
    }
    return account if profile == "seed" else {**account, "organization_country": "FR"}


def creator(who: Document) -> Document:
    """Return the user as assistants and phone numbers name their creator."""
    return {name: who[name] for name in ("id", "email", "first_name", "last_name")}


def phone_number(stated: Document, created_by: Document) -> Document:
    """Return a number with every member: those stated, and usual ones for the rest."""
    usual: Document = {
        "label": None,
        "provider": "twilio",
        "source": "revox_purchased",
        "type": "owned_number",
        "inbound_sip_uri": None,
        "livekit_outbound_trunk_id": None,
        "created_at": FOUNDED,
        "created_by": created_by,
    }
    return {**usual, **stated}


def voices(profile: Profile) -> list[Document]:
    """Return the voices with the members, and of the providers, that the profile has."""
    listed: list[Document] = _read()["voices"]
    if profile == "current":
        return listed
    return [
        {name: value for name, value in voice.items() if name not in _LATER_VOICE_MEMBERS}
        for voice in listed
        if voice["provider"] not in _LATER_PROVIDERS
    ]


def _read() -> Document:
    path = Path(__file__).with_name("catalogue.json")
    content: Document = json.loads(path.read_text(encoding="utf-8"))
    return content
