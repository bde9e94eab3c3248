"""Hypothesis strategies for what a definition may state: all 18 fields, every form the API takes.

``assistants()`` leaves fields and optional members out as a definition may; ``full_assistants()``
states every field and every member, so that each one can be edited.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from revox_sync.model.assistant import MAX_INTEGER

Fields = dict[str, Any]

#: Any text that UTF-8 can carry: control characters, bidi, CR, emoji, but no half surrogate.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
#: What an API accepts as a name: one line, not empty.
labels = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=20
)
_PROSE = st.one_of(
    texts, st.sampled_from(["Hello", "a\nb", "a\r\nb\r\n", "fin\n\n", "  ", "", "é"])
)
_COUNTS = st.one_of(st.integers(1, 9), st.integers(1, MAX_INTEGER))


@st.composite
def clocks(draw: st.DrawFn, hours: tuple[int, int]) -> str:
    """Draw a time between two hours, in one of the two documented formats."""
    hour, minute = draw(st.integers(*hours)), draw(st.sampled_from([0, 0, 5, 30, 59]))
    if draw(st.booleans()):
        return f"{hour:02}:{minute:02}"
    half = "am" if hour < 12 else "pm"
    return f"{hour % 12 or 12}{f':{minute:02}' if minute or draw(st.booleans()) else ''}{half}"


_WINDOWS = st.fixed_dictionaries(
    {
        "calling_window_start_time": clocks((0, 11)),
        "calling_window_end_time": clocks((12, 23)),
        "retry_delay_seconds": _COUNTS,
    }
)
_ZONES = st.sampled_from(["Europe/Paris", "America/New_York", "UTC"])
_SPEEDS = st.one_of(st.just(1), st.floats(0.6, 1.5))
_NUMBERS = st.one_of(
    st.integers(1, 7200), st.integers(1, 7200).map(float), st.floats(0.001, 1e9, width=64)
)
_MODELS = st.one_of(
    st.fixed_dictionaries(
        {
            "type": st.just("dedicated-instance"),
            "name": st.sampled_from(["gpt-4.1", "ministral-3-8b-instruct"]),
        }
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("openrouter"),
            "openrouter_model_id": labels,
            "openrouter_provider": labels,
        }
    ),
)
_CALENDLY = st.fixed_dictionaries(
    {
        "connection_id": labels,
        "event_type_id": st.sampled_from(["https://api.calendly.com/event_types/b1", "b2"]),
    }
)
_WEBHOOKS = st.sampled_from(["https://example.com/hook", "https://example.com/hook?source=revox"])
_KINDS = ("string", "number", "boolean", "enum", "date", "datetime")
_FAQ = st.fixed_dictionaries(
    {
        "question": st.one_of(st.sampled_from(["Dogs?", "Cats?"]), texts),
        "answer": st.one_of(st.sampled_from(["Yes.", "No."]), texts),
    }
)


def _identity(item: Any) -> Any:
    return item["retry_delay_seconds"] if isinstance(item, dict) else item


def _lists(items: st.SearchStrategy[Any], *, least: int, repeats: bool) -> st.SearchStrategy[Any]:
    """Lists in which order counts; an item stands twice in them only with ``repeats``."""
    if repeats:
        return st.lists(items, min_size=least, max_size=6)
    return st.lists(items, min_size=least, max_size=3, unique_by=_identity)


def _retry(*, full: bool, repeats: bool) -> st.SearchStrategy[Fields]:
    windows = _WINDOWS
    if repeats:
        windows = _WINDOWS.map(lambda window: {**window, "retry_delay_seconds": 60}).filter(bool)
    required: dict[str, Any] = {
        "calling_windows": _lists(windows, least=1 if full else 0, repeats=repeats),
        "max_retry_attempts": _COUNTS,
    }
    zone = {"timezone": _ZONES if full else st.none() | _ZONES}
    return _object(required, zone, full=full)


def _outputs(*, full: bool, repeats: bool) -> st.SearchStrategy[list[Fields]]:
    options = _lists(st.sampled_from("abc") if repeats else labels, least=1, repeats=repeats)
    required: dict[str, Any] = {
        "name": labels,
        "required": st.booleans(),
        "type": st.sampled_from(_KINDS),
    }
    optional: dict[str, Any] = {
        "description": _PROSE if full else st.none() | _PROSE,
        "enum_options": options if full else st.none() | st.just([]) | options,
    }
    items = _object(required, optional, full=full)
    return st.lists(
        items, min_size=1 if full else 0, max_size=3, unique_by=lambda item: item["name"]
    )


def _voices(*, full: bool) -> st.SearchStrategy[Fields]:
    required: dict[str, Any] = {
        "id": labels,
        "provider": st.sampled_from(["cartesia", "elevenlabs"]),
    }
    return _object(required, {"speed": _SPEEDS if full else st.none() | _SPEEDS}, full=full)


def _object(
    required: dict[str, Any], optional: dict[str, Any], *, full: bool
) -> st.SearchStrategy[Fields]:
    if full:
        return st.fixed_dictionaries({**required, **optional})
    return st.fixed_dictionaries(required, optional=optional)


def _strategies(*, full: bool, repeats: bool) -> dict[str, st.SearchStrategy[Any]]:
    """Return a strategy for each field; with ``full`` none that draws null or nothing."""

    def nullable(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return strategy if full else st.none() | strategy

    return {
        "name": labels,
        "prompt": _PROSE,
        "background_sound": nullable(st.just("audio/office.ogg")),
        "calendly": nullable(_CALENDLY),
        "call_retry_config": nullable(_retry(full=full, repeats=repeats)),
        "end_of_call_sentence": nullable(_PROSE),
        "faq_items": st.lists(_FAQ, min_size=1 if full else 0, max_size=5),
        "first_sentence": nullable(_PROSE),
        "first_sentence_delay_ms": st.integers(0, MAX_INTEGER),
        "first_sentence_mode": st.sampled_from(["generated", "static", "none"]),
        "ivr_navigation_enabled": st.booleans(),
        "llm_model": _MODELS,
        "max_call_duration_secs": _NUMBERS,
        "structured_output_config": nullable(_outputs(full=full, repeats=repeats)),
        "transfer_phone_number": nullable(st.sampled_from(["+33123456789", "+14155550100"])),
        "voice": nullable(_voices(full=full)),
        "voicemail_message": nullable(_PROSE),
        "webhook_url": nullable(_WEBHOOKS),
    }


def assistants() -> st.SearchStrategy[Fields]:
    """Return what a definition may state: name and prompt, and any of the rest."""
    every = _strategies(full=False, repeats=False)
    required = {name: every.pop(name) for name in ("name", "prompt")}
    return st.fixed_dictionaries(required, optional=every)


def full_assistants(*, repeats: bool = False) -> st.SearchStrategy[Fields]:
    """Return all 18 fields with all their members, nothing null, no list empty."""
    return st.fixed_dictionaries(_strategies(full=True, repeats=repeats))
