"""What the service makes of a request: defaults, generated members, stored forms. Pure functions.

Documented and applied: ``first_sentence_delay_ms`` 400, ``type`` standalone, ``stt_model`` the
newest, the model gpt-4.1, a voice's ``speed`` 1.0 and, for Cartesia, ``volume`` 1.0 and ``model``
sonic-3, a FAQ that is replaced whole. What the documents leave open stands in ``ASSUMED`` or is
marked "assumed" below; ``docs/sandbox.md`` tells users.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from revox_sync.sandbox.catalogue import Document
from revox_sync.sandbox.contract import Profile

_LONGEST_TOPIC: Final = 80

#: What a new assistant has where the documents name a default.
DOCUMENTED: Mapping[str, Any] = MappingProxyType(
    {
        "first_sentence_delay_ms": 400,
        "llm_model": {"type": "dedicated-instance", "name": "gpt-4.1"},
        "stt_model": "stt-rt-v5",
        "type": "standalone",
    }
)

#: What a new assistant has where the documents say only that it is never null. All assumptions.
ASSUMED: Mapping[str, Any] = MappingProxyType(
    {
        "background_sound_volume": 0.5,
        "first_sentence_mode": "generated",
        "is_inbound_receptionist": False,
        "is_realestate_assistant": False,
        "ivr_navigation_enabled": False,
        "max_call_duration_secs": 600,
        "sms_enabled": False,
        "thinking_sound_probability": 0.5,
        "thinking_sound_volume": 0.5,
    }
)


def created(
    request: Document, *, members: Iterable[str], profile: Profile, owner: Mapping[str, Any]
) -> Document:
    """Return the assistant that a POST makes: every response member, null where nothing is set.

    ``members`` are the response's members in the profile; ``owner`` gives the generated ones that
    belong to the account (``organization_id``, ``created_by``).
    """
    return patched(_new(members, owner), request, profile=profile)


def stated(document: Document, *, members: Iterable[str], owner: Mapping[str, Any]) -> Document:
    """Return the assistant of a file of account data: what it states, as it stands there.

    The rest is that of a new assistant; ``members`` and ``owner`` are as in :func:`created`.
    """
    new = {**_new(members, owner), **document}
    new["faq_items"] = [faq_item(item) for item in new["faq_items"]]
    computed = {"updated_at": new["created_at"], "pending_faq_count": pending(new["faq_items"])}
    return {**new, **computed, **document, "faq_items": new["faq_items"]}


def patched(document: Document, request: Document, *, profile: Profile) -> Document:
    """Return the assistant after a PATCH: members sent are replaced whole, all others stay."""
    changed = {**document, **_stored(request, profile)}
    if changed.get("stt_context") and request.keys() & {"prompt", "stt_context"}:
        changed["stt_context"] = _with_derived(changed["stt_context"], changed["prompt"])
    changed["pending_faq_count"] = pending(changed["faq_items"])
    changed["updated_at"] = now()
    return changed


def cloned(document: Document, *, owner: Mapping[str, Any]) -> Document:
    """Return the copy that POST /assistants/{id}/clone makes: every field and the whole FAQ.

    Documented: "(Copy)" after the name. Assumed: a space before it, new ids for the FAQ items, and
    that open questions come along. ``owner`` is as in :func:`created`.
    """
    copied = {name: value for name, value in owner.items() if name in document}
    copied |= {"id": str(uuid.uuid4()), "name": f"{document['name']} (Copy)"}
    copied["faq_items"] = [{**item, "id": str(uuid.uuid4())} for item in document["faq_items"]]
    copied["created_at"] = copied["updated_at"] = now()
    return {**document, **copied}


def is_listed(document: Document) -> bool:
    """Sub-assistants are documented as hidden from the list."""
    return document.get("type") != "sub-assistant"


def faq_item(item: Document) -> Document:
    """Return a FAQ item with every member: those stated, and for the rest those of a new one."""
    return {"id": str(uuid.uuid4()), "needs_human_answer": False, "source": "human", **item}


def pending(items: Iterable[Document]) -> int:
    """Return how many FAQ items wait for a human answer."""
    return sum(item["needs_human_answer"] for item in items)


def now() -> str:
    """Return this moment as the API's timestamps are written here."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _new(members: Iterable[str], owner: Mapping[str, Any]) -> Document:
    given: Document = {**DOCUMENTED, **ASSUMED, "faq_items": [], **owner}
    document: Document = {member: given.get(member) for member in members}
    return {**document, "id": str(uuid.uuid4()), "created_at": now()}


def _stored(request: Document, profile: Profile) -> Document:
    stored = dict(request)
    if "faq_items" in stored:
        stored["faq_items"] = [faq_item(item) for item in stored["faq_items"]]
    if "call_retry_config" in stored:
        stored["call_retry_config"] = _retry_config(stored["call_retry_config"])
    if "voice" in stored:
        stored["voice"] = _voice(stored["voice"], profile)
    return stored


def _with_derived(context: Document, prompt: str) -> Document:
    """Return the context with what the prompt adds; no entry is replaced, moved or lost.

    That something is added is documented, its form is not. Assumed: the prompt's first line as the
    pair ``topic``, and as terms the words that have a capital letter inside a sentence.
    """
    pairs, terms = context["general"], context["terms"]
    derived = [{"key": "topic", "value": prompt.partition("\n")[0][:_LONGEST_TOPIC]}]
    named = re.findall(r"(?<=\w )\w+", prompt)
    return {
        **context,
        "general": pairs + [d for d in derived if d["key"] not in {pair["key"] for pair in pairs}],
        "terms": terms + [w for w in dict.fromkeys(named) if w.istitle() and w not in terms],
    }


def _retry_config(config: Document) -> Document:
    windows = [
        {key: hh_mm(value) if key.endswith("_time") else value for key, value in window.items()}
        for window in config["calling_windows"]
    ]
    return {**config, "calling_windows": windows, "timezone": config.get("timezone")}


def _voice(voice: Document, profile: Profile) -> Document:
    defaults: Document = {"speed": 1.0}
    if profile == "current" and voice["provider"] == "cartesia":
        defaults |= {"model": "sonic-3", "volume": 1.0}
    return {**defaults, **voice}


def hh_mm(time: str) -> str:
    """Return a documented time of day (``6pm``, ``6:30PM``, ``9:00``) as ``HH:mm``.

    That the service stores it so is assumed: it documents two input forms and nothing on storage.
    """
    match = re.fullmatch(r"(\d+)(?::(\d\d))?([ap]m)?", time.lower())
    if match is None:
        raise ValueError(time)
    hour, minute, half = int(match[1]), match[2] or "00", match[3]
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return f"{hour:02}:{minute}"
