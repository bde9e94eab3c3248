"""Words that several views share: counts, what people call a field, what its absence means."""

from __future__ import annotations

from revox_sync.plan.model import Change

_EMPTIED = {
    "voicemail_message": "(hangs up at once)",
    "max_duration_end_message": "(the call ends silently)",
}

#: What people call a field whose name does not say it.
_TITLES = {
    "end_of_call_sentence": "closing sentence",
    "max_duration_end_message": "message at the time limit",
    "voicemail_message": "voicemail",
    "voicemail_sms_prompt": "text message after voicemail",
    "transfer_destinations": "transfer",
    "transfer_phone_number": "transfer",
    "human_transfer_mode": "transfer",
    "warm_transfer_summary_instructions": "transfer",
    "call_retry_config": "calling times",
    "first_sentence_mode": "first sentence",
    "first_sentence_delay_ms": "first sentence",
    "max_call_duration_secs": "longest call",
    "ivr_navigation_enabled": "IVR navigation",
    "webhook_url": "webhook",
    "llm_model": "model",
    "structured_output_config": "structured output",
    "structured_output_prompt": "structured output",
    "stt_model": "transcription",
    "stt_context": "transcription",
}


def counted(number: int, noun: str) -> str:
    """Return a number of things in words, such as ``1 file`` or ``2 files``."""
    return f"{number} {noun}{'s' * (number != 1)}"


def title(field: str) -> str:
    """Return what people call a field."""
    return _TITLES.get(field, field.replace("_", " "))


def consequence(change: Change) -> str | None:
    """Return what the API documents about a field that is emptied, where callers notice it."""
    return _EMPTIED.get(change.path) if change.op == "remove" and change.after is None else None
