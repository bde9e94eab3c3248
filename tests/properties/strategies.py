"""Hypothesis strategies for what a definition may state: every field, every form the API takes.

``assistants()`` leaves fields and optional members out as a definition may; ``some_fields()``
states some fields with every member, so that each one can be edited.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from properties.documented import ENUMS, EVERY_FIELD, REMOVED, SEED
from properties.members_strategies import (
    CALENDLY,
    FAQ,
    Members,
    Strategy,
    labels,
    numbers,
    positions,
    prose,
    shares,
)
from properties.samples import of_profile

from revox_sync.model.assistant import MAX_INTEGER

Fields = dict[str, Any]

_URLS = st.sampled_from(["https://example.com/hook", "https://example.com/hook?source=revox"])
_LOOKUPS = st.sampled_from(["https://e.com/?phone={{phone}}", "http://e.com/{{phone}}?key=k1"])
_NUMBERS_TO_DIAL = st.sampled_from(["+33123456789", "+14155550100"])
_ADDRESSES = st.lists(
    st.sampled_from(["ada@example.com", "ben@example.com", "Ada@example.com"]),
    min_size=1,
    max_size=4,
).map(", ".join)


def strategies(*, full: bool, repeats: bool = False) -> dict[str, Strategy]:
    """Return a strategy for each field; with ``full`` none that draws null or nothing."""
    members = Members(full=full, repeats=repeats)
    cleared: dict[str, Strategy] = {
        "after_call_sms_outcomes": members.outcomes,
        "calendly": CALENDLY,
        "custom_tools": members.tools,
        "email_notification_address": _ADDRESSES,
        "email_notification_outcomes": members.outcomes,
        "from_phone_number": _NUMBERS_TO_DIAL,
        "logo_url": _URLS,
        "position": positions,
        "precall_lookup_url": _LOOKUPS,
        "prompt_flow": members.flow,
        "slack": members.slack,
        "stt_context": members.context,
        "transfer_destinations": members.items(
            "transfer_destinations",
            st.fixed_dictionaries({"label": labels, "phone_number": _NUMBERS_TO_DIAL}),
        ),
        "transfer_phone_number": _NUMBERS_TO_DIAL,
        "zoho": members.zoho,
        "cartesia_dictionary_pronunciation_id": labels,
        "structured_output_config": members.values("structured_output_config"),
        # These PATCH does not clear: null leaves them as they are.
        "call_retry_config": members.retry,
        "voice": members.voices,
        "webhook_url": _URLS,
        **dict.fromkeys(_TEXTS, prose),
        **{
            name: st.sampled_from(ENUMS[name])
            for name in ("background_sound", "human_transfer_mode", "thinking_sound")
        },
    }
    found = {name: members.nullable(strategy) for name, strategy in cleared.items()} | {
        "name": labels,
        "prompt": prose,
        "faq_items": st.lists(FAQ, min_size=1 if full else 0, max_size=5),
        "first_sentence_delay_ms": st.integers(0, MAX_INTEGER),
        "llm_model": members.models,
        "max_call_duration_secs": numbers,
        **dict.fromkeys(("ivr_navigation_enabled", "sms_enabled"), st.booleans()),
        **dict.fromkeys(_SHARES, shares),
        **{
            name: st.sampled_from(ENUMS[name])
            for name in ("email_notification_language", "first_sentence_mode", "stt_model", "type")
        },
    }
    assert found.keys() == EVERY_FIELD
    return found


_TEXTS = (
    "after_call_sms_prompt",
    "end_of_call_sentence",
    "first_sentence",
    "max_duration_end_message",
    "sms_template",
    "structured_output_prompt",
    "voicemail_message",
    "voicemail_sms_prompt",
    "warm_transfer_summary_instructions",
)
_SHARES = ("background_sound_volume", "thinking_sound_probability", "thinking_sound_volume")


def assistants(profile: str) -> Strategy:
    """Return what a definition may state for an account of a profile: some of its fields."""
    known = frozenset(SEED) if profile == "seed" else EVERY_FIELD - {*REMOVED}
    drawn = _some_of(strategies(full=False), known, most=16)
    return drawn.map(lambda fields: of_profile(profile, fields))


def some_fields(*, full: bool, repeats: bool = False) -> Strategy:
    """Return name, prompt and some other fields; with ``full`` all their members, nothing empty."""
    known = frozenset(
        ["call_retry_config", "custom_tools", "faq_items", "structured_output_config"]
        if repeats
        else EVERY_FIELD
    )
    return _some_of(strategies(full=full, repeats=repeats), known, least=2, most=6)


def _some_of(
    every: dict[str, Strategy], names: frozenset[str], *, most: int, least: int = 0
) -> Strategy:
    optional = sorted(names - {"name", "prompt"})
    chosen = st.lists(st.sampled_from(optional), min_size=least, max_size=most, unique=True)
    return chosen.flatmap(
        lambda some: st.fixed_dictionaries(
            {name: every[name] for name in ("name", "prompt", *some)}
        )
    )
