"""The table of fields says what the API documents."""

from __future__ import annotations

from revox_sync.model.fields import FIELDS, Clear
from revox_sync.model.shapes import NO_DEFAULT

#: Documented: PATCH accepts null for these.
CLEARED_BY_NULL = {
    "after_call_sms_outcomes",
    "after_call_sms_prompt",
    "background_sound",
    "calendly",
    "cartesia_dictionary_pronunciation_id",
    "custom_tools",
    "email_notification_address",
    "email_notification_outcomes",
    "from_phone_number",
    "human_transfer_mode",
    "logo_url",
    "max_duration_end_message",
    "position",
    "precall_lookup_url",
    "prompt_flow",
    "slack",
    "sms_template",
    "structured_output_prompt",
    "stt_context",
    "thinking_sound",
    "transfer_destinations",
    "transfer_phone_number",
    "voicemail_message",
    "voicemail_sms_prompt",
    "warm_transfer_summary_instructions",
    "zoho",
}
#: Documented: null in answers, never in requests.
NEVER_CLEARED = {
    "webhook_url",
    "first_sentence",
    "end_of_call_sentence",
    "voice",
    "call_retry_config",
}


def test_what_can_be_cleared_and_how() -> None:
    ways = {clear: {n for n, spec in FIELDS.items() if spec.clear is clear} for clear in Clear}
    assert ways[Clear.NULL] == CLEARED_BY_NULL
    assert ways[Clear.NEVER] == NEVER_CLEARED
    assert ways[Clear.EMPTY] == {"faq_items", "structured_output_config"}


def test_a_field_that_null_clears_rests_at_null() -> None:
    assert all(FIELDS[name].resting is None for name in CLEARED_BY_NULL)


def test_the_documented_resting_values() -> None:
    assert FIELDS["first_sentence_delay_ms"].resting == 400
    assert FIELDS["call_retry_config"].resting == {
        "calling_windows": [
            {
                "calling_window_start_time": "10:00",
                "calling_window_end_time": "18:00",
                "retry_delay_seconds": 7200,
            }
        ],
        "timezone": None,
        "max_retry_attempts": 3,
    }
    assert FIELDS["prompt"].resting is NO_DEFAULT


def test_what_is_sensitive_stands_where_the_api_documents_it() -> None:
    assert {place for spec in FIELDS.values() for place in spec.sensitive} == {
        "calendly.event_type_id",
        "custom_tools[].headers[].value",
        "custom_tools[].query_params[].value",
        "custom_tools[].url",
        "llm_model.api_key",
        "llm_model.api_url",
        "logo_url",
        "precall_lookup_url",
        "webhook_url",
    }
