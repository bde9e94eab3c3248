"""The request fields of POST /assistants with every bound that the API documents.

The models hold what any generation of the API takes, so that one file can serve accounts of each;
``generations.py`` says what an account does not have. Types are strict: a text is not a number,
1 is not true. The models only check: what a definition states is read from its own data, so the
defaults below mean "may be left out" and nothing more. Fields typed ``| None`` may be stated as
``null``; ``fields.py`` says what that comes to.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

#: The largest integer the API accepts (documented maximum, 2^53 - 1).
MAX_INTEGER = 9007199254740991

#: Default of a member that may be left out but never stated as null.
NOT_STATED: Any = None

PositiveInteger = Annotated[int, Field(gt=0, le=MAX_INTEGER)]
NaturalNumber = Annotated[int, Field(ge=0, le=MAX_INTEGER)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Share = Annotated[Number, Field(ge=0, le=1)]
NonEmpty = Annotated[str, Field(min_length=1)]

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
ValueType = Literal["string", "number", "boolean", "enum", "date", "datetime"]
#: How a call ended; "none" stands for a call without an outcome. The last three are gone since
#: release 0.4.0.
Outcome = Literal[
    "not_interested",
    "interested",
    "completed",
    "requested_callback_later",
    "none",
    "requested_callback_new_number",
    "do_not_contact",
    "ai_averse",
]


class Strict(BaseModel):
    """No unknown members, no conversions."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Calendly(Strict):
    """``calendly``: the booking link."""

    connection_id: str
    event_type_id: str


class CallingWindow(Strict):
    """``call_retry_config.calling_windows[]``; times as ``HH:mm`` or ``6pm``, recipient's zone."""

    calling_window_start_time: str
    calling_window_end_time: str
    retry_delay_seconds: NaturalNumber


class CallRetryConfig(Strict):
    """``call_retry_config``: when and how often an unanswered call is tried again."""

    calling_windows: list[CallingWindow]
    max_retry_attempts: PositiveInteger
    timezone: str | None = None
    allowed_days: list[Weekday] = NOT_STATED
    call_twice_in_a_row: bool = NOT_STATED


class FaqItem(Strict):
    """``faq_items[]``."""

    question: str
    answer: str


class DedicatedModel(Strict):
    """``llm_model`` on a dedicated instance."""

    type: Literal["dedicated-instance"]
    name: Literal["gpt-4.1", "ministral-3-8b-instruct"]


class OpenRouterModel(Strict):
    """``llm_model`` through OpenRouter."""

    type: Literal["openrouter"]
    openrouter_model_id: str
    openrouter_provider: str


class CustomModel(Strict):
    """``llm_model`` at an OpenAI-compatible address of one's own."""

    type: Literal["custom"]
    api_url: str
    api_key: str
    model_name: str


class RealtimeModel(Strict):
    """``llm_model`` that hears and speaks by itself."""

    type: Literal["realtime"]
    provider: Literal["openai", "google"]
    realtime_model_id: str
    realtime_voice_id: str | None = None


class StructuredOutput(Strict):
    """``structured_output_config[]`` and ``custom_tools[].input_schema[]``: one typed value."""

    name: NonEmpty
    required: bool
    type: ValueType
    description: str | None = None
    enum_options: list[str] | None = None


class Voice(Strict):
    """``voice``; ``speed`` has narrower bounds for some providers, which lint knows."""

    id: NonEmpty
    provider: Literal["cartesia", "elevenlabs", "gradium"]
    speed: Annotated[Number, Field(ge=0.6, le=1.5)] | None = None
    model: Literal["sonic-3", "sonic-3.5"] | None = None
    volume: Annotated[Number, Field(ge=0.5, le=2.0)] | None = None


class TransferDestination(Strict):
    """``transfer_destinations[]``: whom a call can be handed to; the prompt names the label."""

    label: str
    phone_number: str


class Pair(Strict):
    """``custom_tools[].headers[]`` and ``query_params[]``."""

    key: NonEmpty
    value: str


class CustomTool(Strict):
    """``custom_tools[]``: an HTTP request that the assistant may make during a call."""

    name: str
    description: NonEmpty
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    url: NonEmpty
    headers: list[Pair]
    query_params: list[Pair]
    body_template: str | None
    input_schema: list[StructuredOutput]


class Hint(Strict):
    """``stt_context.general[]``."""

    key: str
    value: str


class SttContext(Strict):
    """``stt_context``: what the transcriber should expect to hear."""

    general: list[Hint]
    terms: list[str]


class SlackChannel(Strict):
    """``slack.channels[]``."""

    id: str
    name: str | None = None


class Slack(Strict):
    """``slack``: a message after calls. Since release 0.4.0 to ``channels``, before to one."""

    connection_id: str
    outcomes: list[Outcome]
    channels: list[SlackChannel] = NOT_STATED
    channel_id: str = NOT_STATED
    channel_name: str | None = None
    template: str | None = None


class ZohoMapping(Strict):
    """``zoho.field_mapping[]``."""

    source: str
    zoho_field: str


class Zoho(Strict):
    """``zoho``: what a call leaves behind in the CRM."""

    connection_id: str
    module: str
    field_mapping: list[ZohoMapping]
    log_call_activity: bool
    outcomes: list[Outcome]
    template: str | None = None


class Position(Strict):
    """``position`` and ``prompt_flow.nodes[].position``: a place on the editor's canvas."""

    x: Number
    y: Number


class FlowBlock(Strict):
    """``prompt_flow.nodes[].data``."""

    title: str
    body: str


class FlowNode(Strict):
    """``prompt_flow.nodes[]``."""

    id: str
    type: Literal["promptBlock"]
    position: Position
    data: FlowBlock


class FlowEdge(Strict):
    """``prompt_flow.edges[]``."""

    id: str
    source: str
    target: str


class PromptFlow(Strict):
    """``prompt_flow``: the visual editor's own copy of the prompt; calls do not use it."""

    nodes: list[FlowNode]
    edges: list[FlowEdge]


class Assistant(Strict):
    """The body of POST /assistants."""

    name: str
    prompt: str
    after_call_sms_outcomes: list[Outcome] | None = None
    after_call_sms_prompt: str | None = None
    background_sound: Literal["audio/office.ogg"] | None = None
    background_sound_volume: Share = NOT_STATED
    calendly: Calendly | None = None
    call_retry_config: CallRetryConfig | None = None
    cartesia_dictionary_pronunciation_id: str | None = None
    custom_tools: list[CustomTool] | None = None
    email_notification_address: str | None = None
    email_notification_language: Literal["en", "fr"] = NOT_STATED
    email_notification_outcomes: list[Outcome] | None = None
    end_of_call_sentence: str | None = None
    faq_items: list[FaqItem] = NOT_STATED
    first_sentence: str | None = None
    first_sentence_delay_ms: NaturalNumber = NOT_STATED
    first_sentence_mode: Literal["generated", "static", "none"] = NOT_STATED
    from_phone_number: str | None = None
    human_transfer_mode: Literal["warm", "cold"] | None = None
    ivr_navigation_enabled: bool = NOT_STATED
    llm_model: Annotated[
        DedicatedModel | OpenRouterModel | CustomModel | RealtimeModel,
        Field(discriminator="type"),
    ] = NOT_STATED
    logo_url: str | None = None
    max_call_duration_secs: Number = NOT_STATED
    max_duration_end_message: str | None = None
    position: Position | None = None
    precall_lookup_url: str | None = None
    prompt_flow: PromptFlow | None = None
    slack: Slack | None = None
    sms_enabled: bool = NOT_STATED
    sms_template: str | None = None
    structured_output_config: list[StructuredOutput] | None = None
    structured_output_prompt: str | None = None
    stt_context: SttContext | None = None
    stt_model: Literal["stt-rt-v4", "stt-rt-v5"] = NOT_STATED
    thinking_sound: (
        Literal[
            "city-ambience.ogg",
            "forest-ambience.ogg",
            "office-ambience.ogg",
            "crowded-room.ogg",
            "keyboard-typing.ogg",
            "keyboard-typing2.ogg",
            "hold_music.ogg",
        ]
        | None
    ) = None
    thinking_sound_probability: Share = NOT_STATED
    thinking_sound_volume: Share = NOT_STATED
    transfer_destinations: list[TransferDestination] | None = None
    transfer_phone_number: str | None = None
    type: Literal["standalone", "multi-step", "sub-assistant"] = NOT_STATED
    voice: Voice | None = None
    voicemail_message: str | None = None
    voicemail_sms_prompt: str | None = None
    warm_transfer_summary_instructions: str | None = None
    webhook_url: str | None = None
    zoho: Zoho | None = None
