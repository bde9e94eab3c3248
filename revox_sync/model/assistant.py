"""The one description of an assistant: the request fields of POST /assistants, and their members.

Type and bounds of each are the API's. What else is known of it stands beside its type: ``Facts``,
such as the release that brought it, and ``Compared``, where its type does not say how two values of
it are compared. ``scripts/write_model.py`` writes both down as data for the start of the program:
types and bounds as ``assistant.json`` (``sound.py``), facts and shapes as ``fields.json``
(``fields.py``). Fields and members stand in the order in which views show them: what callers hear
first, then what the assistant is told, then the rest.

The models hold what any generation of the API takes, so that one file can serve accounts of each;
``generations.py`` says what an account does not have. Types are strict: a text is not a number,
1 is not true. The models only check: what a definition states is read from its own data, so the
defaults below mean "may be left out" and nothing more. Fields typed ``| None`` may be stated as
``null``, whether or not a request may hold it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from revox_sync.model import shapes
from revox_sync.model.likeness import Name
from revox_sync.model.shapes import (
    NO_DEFAULT,
    Addresses,
    Clock,
    Exact,
    Faq,
    Hints,
    ListOf,
    Object,
    SetOf,
    Shape,
    Text,
)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of a field or member beyond its type. Several of them add up.

    ``default`` is the documented value of what nobody set. ``since`` and ``until`` name the API
    releases that bound its life (``seed``: from the beginning; None: to this day); on the ``type``
    of a union's kind they bound that of the kind. ``successor`` took its place. ``clear`` says how
    PATCH empties a field that may be stated as null, if not by null. ``nullable``: a request may
    hold null for this member, which otherwise only means that it is left out. ``whose`` says who
    writes it besides the team. ``secret`` marks a credential, ``url`` a URL, which may hold one,
    ``heard`` what callers hear, or whom they reach and when, ``identity`` the member by which an
    item of a list is known, ``one_of`` members of which a request needs the one that the account's
    generation has.
    """

    default: Any = NO_DEFAULT
    since: str = "seed"
    until: str | None = None
    successor: str | None = None
    clear: Literal["NEVER", "EMPTY"] | None = None
    nullable: bool = False
    whose: Literal["team", "editor", "service"] = "team"
    secret: bool = False
    url: bool = False
    heard: bool = False
    identity: bool = False
    one_of: bool = False


class Compared:
    """How two values are compared, where the type alone does not say it: a shape's settings."""

    def __init__(self, shape: type[Shape], **settings: Any) -> None:
        self.shape = shape
        self.settings = settings


#: The largest integer the API accepts (documented maximum, 2^53 - 1).
MAX_INTEGER = 9007199254740991

#: Default of a member that may be left out but never stated as null.
NOT_STATED: Any = None

V0_2 = Facts(since="0.2.0")
V0_4 = Facts(since="0.4.0")
UP_TO_0_3 = Facts(until="0.3.0")
HEARD = Facts(heard=True)
NULLABLE = Facts(nullable=True)
NOT_CLEARED = Facts(clear="NEVER")
FILLED_IN = Facts(whose="service")

PositiveInteger = Annotated[int, Field(gt=0, le=MAX_INTEGER)]
NaturalNumber = Annotated[int, Field(ge=0, le=MAX_INTEGER)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Share = Annotated[Number, Field(ge=0, le=1)]
NonEmpty = Annotated[str, Field(min_length=1)]
#: What people say and write; ids, names of enums and numbers to dial are plain ``str``.
Prose = Annotated[str, Compared(Text)]
Url = Annotated[str, Facts(url=True)]
#: Without it, the empty text means the same as null.
ProseOrNone = Annotated[str, Compared(Text, empty_is_null=True)]
Identity = Annotated[str, Facts(identity=True)]
TimeOfDay = Annotated[str, Compared(Clock)]

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
ValueType = Literal["string", "number", "boolean", "enum", "date", "datetime"]
#: How a call ended; "none" stands for a call without an outcome. The last three are gone since
#: release 0.4.0.
Outcome = Annotated[
    Literal[
        "not_interested",
        "interested",
        "completed",
        "requested_callback_later",
        "none",
        "requested_callback_new_number",
        "do_not_contact",
        "ai_averse",
    ],
    Compared(
        Exact,
        until={
            "requested_callback_new_number": "0.3.0",
            "do_not_contact": "0.3.0",
            "ai_averse": "0.3.0",
        },
    ),
]
Outcomes = Annotated[list[Outcome], Compared(SetOf)]
OutcomesOrNone = Annotated[list[Outcome], Compared(SetOf, null_is_empty=True)]


class Strict(BaseModel):
    """No unknown members, no conversions."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Calendly(Strict):
    """``calendly``: the booking link."""

    connection_id: str
    event_type_id: Url


class CallingWindow(Strict):
    """``call_retry_config.calling_windows[]``; times as ``HH:mm`` or ``6pm``, recipient's zone."""

    calling_window_start_time: Annotated[TimeOfDay, Facts(default="10:00")]
    calling_window_end_time: Annotated[TimeOfDay, Facts(default="18:00")]
    # 0, "as soon as the window allows", came with release 0.4.0.
    retry_delay_seconds: Annotated[
        NaturalNumber, Compared(shapes.Number, since={0: "0.4.0"}), Facts(default=7200)
    ]


class CallRetryConfig(Strict):
    """``call_retry_config``: when and how often an unanswered call is tried again."""

    calling_windows: list[CallingWindow]
    timezone: Annotated[str | None, NULLABLE] = None
    max_retry_attempts: Annotated[PositiveInteger, Facts(default=3)]
    allowed_days: Annotated[
        list[Weekday],
        Compared(SetOf),
        V0_2,
        Facts(default=["monday", "tuesday", "wednesday", "thursday", "friday"]),
    ] = NOT_STATED
    call_twice_in_a_row: Annotated[bool, V0_2, Facts(default=False)] = NOT_STATED


class FaqItem(Strict):
    """``faq_items[]``."""

    question: Prose
    answer: Prose


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

    type: Annotated[Literal["custom"], V0_2]
    model_name: str
    api_url: Url
    api_key: Annotated[str, Facts(secret=True)]


class RealtimeModel(Strict):
    """``llm_model`` that hears and speaks by itself."""

    type: Annotated[Literal["realtime"], V0_2]
    provider: Literal["openai", "google"]
    realtime_model_id: str
    realtime_voice_id: str | None = None


class StructuredOutput(Strict):
    """``structured_output_config[]`` and ``custom_tools[].input_schema[]``: one typed value."""

    name: Annotated[NonEmpty, Facts(identity=True)]
    type: ValueType
    enum_options: list[str] | None = None
    required: bool
    description: Prose | None = None


class Voice(Strict):
    """``voice``; ``speed`` has narrower bounds for some providers, which lint knows."""

    provider: Annotated[
        Literal["cartesia", "elevenlabs", "gradium"], Compared(Exact, since={"gradium": "0.4.0"})
    ]
    id: NonEmpty
    speed: Annotated[Annotated[Number, Field(ge=0.6, le=1.5)] | None, Facts(default=1.0)] = None
    model: Annotated[Literal["sonic-3", "sonic-3.5"] | None, V0_2, Facts(default="sonic-3")] = None
    volume: Annotated[Annotated[Number, Field(ge=0.5, le=2.0)] | None, V0_2, Facts(default=1.0)] = (
        None
    )


class TransferDestination(Strict):
    """``transfer_destinations[]``: whom a call can be handed to; the prompt names the label."""

    label: Identity
    phone_number: str


class Pair(Strict):
    """``custom_tools[].headers[]`` and ``query_params[]``."""

    key: Annotated[NonEmpty, Facts(identity=True)]
    value: Annotated[str, Facts(secret=True)]


class CustomTool(Strict):
    """``custom_tools[]``: an HTTP request that the assistant may make during a call."""

    name: Identity
    description: Annotated[NonEmpty, Compared(Text)]
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    url: Annotated[NonEmpty, Facts(url=True)]
    headers: list[Pair]
    query_params: list[Pair]
    body_template: Annotated[Prose | None, NULLABLE]
    input_schema: list[StructuredOutput]


class Hint(Strict):
    """``stt_context.general[]``."""

    key: Identity
    value: str


class SttContext(Strict):
    """``stt_context``: what the transcriber should expect to hear."""

    general: Annotated[list[Hint], Compared(Hints)]
    terms: Annotated[list[str], Compared(Hints)]


class SlackChannel(Strict):
    """``slack.channels[]``."""

    id: Identity
    name: Annotated[str | None, NULLABLE, FILLED_IN] = None


class Slack(Strict):
    """``slack``: a message after calls. Since release 0.4.0 to ``channels``, before to one."""

    connection_id: str
    channels: Annotated[
        list[SlackChannel], Compared(ListOf, ordered=False), V0_4, Facts(one_of=True)
    ] = NOT_STATED
    channel_id: Annotated[str, UP_TO_0_3, Facts(one_of=True)] = NOT_STATED
    channel_name: Annotated[str | None, NULLABLE, UP_TO_0_3, FILLED_IN] = None
    outcomes: Outcomes
    template: Annotated[ProseOrNone | None, NULLABLE] = None


class ZohoMapping(Strict):
    """``zoho.field_mapping[]``."""

    source: str
    zoho_field: str


class Zoho(Strict):
    """``zoho``: what a call leaves behind in the CRM."""

    connection_id: str
    module: str
    field_mapping: Annotated[list[ZohoMapping], Compared(ListOf, ordered=False)]
    log_call_activity: bool
    outcomes: Outcomes
    template: Annotated[ProseOrNone | None, NULLABLE] = None


class Position(Strict):
    """``position`` and ``prompt_flow.nodes[].position``: a place on the editor's canvas."""

    x: Number
    y: Number


class FlowBlock(Strict):
    """``prompt_flow.nodes[].data``."""

    title: Prose
    body: Prose


class FlowNode(Strict):
    """``prompt_flow.nodes[]``."""

    id: Identity
    type: Literal["promptBlock"]
    data: FlowBlock
    position: Position


class FlowEdge(Strict):
    """``prompt_flow.edges[]``."""

    id: Identity
    source: str
    target: str


class PromptFlow(Strict):
    """``prompt_flow``: the visual editor's own copy of the prompt; calls do not use it."""

    nodes: Annotated[list[FlowNode], Compared(ListOf, ordered=False)]
    edges: Annotated[list[FlowEdge], Compared(ListOf, ordered=False)]


class Assistant(Strict):
    """The body of POST /assistants."""

    name: Annotated[str, Compared(Name)]
    first_sentence: Annotated[Prose | None, NOT_CLEARED, HEARD] = None
    first_sentence_mode: Annotated[Literal["generated", "static", "none"], HEARD] = NOT_STATED
    first_sentence_delay_ms: Annotated[NaturalNumber, HEARD, Facts(default=400)] = NOT_STATED
    end_of_call_sentence: Annotated[Prose | None, NOT_CLEARED, HEARD] = None
    max_duration_end_message: Annotated[Prose | None, V0_2, HEARD] = None
    voicemail_message: Annotated[Prose | None, HEARD] = None
    voicemail_sms_prompt: Annotated[Prose | None, V0_2, HEARD] = None
    transfer_destinations: Annotated[list[TransferDestination] | None, V0_4, HEARD] = None
    transfer_phone_number: Annotated[
        str | None, UP_TO_0_3, Facts(successor="transfer_destinations"), HEARD
    ] = None
    human_transfer_mode: Annotated[Literal["warm", "cold"] | None, V0_2, HEARD] = None
    warm_transfer_summary_instructions: Annotated[ProseOrNone | None, V0_2, HEARD] = None
    call_retry_config: Annotated[
        CallRetryConfig | None,
        NOT_CLEARED,
        HEARD,
        Facts(
            default={
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
        ),
    ] = None
    prompt: Prose
    faq_items: Annotated[list[FaqItem], Compared(Faq), Facts(clear="EMPTY")] = NOT_STATED
    voice: Annotated[Voice | None, NOT_CLEARED] = None
    cartesia_dictionary_pronunciation_id: Annotated[str | None, V0_2] = None
    background_sound: Literal["audio/office.ogg"] | None = None
    background_sound_volume: Annotated[Share, V0_2] = NOT_STATED
    thinking_sound: Annotated[
        Literal[
            "city-ambience.ogg",
            "forest-ambience.ogg",
            "office-ambience.ogg",
            "crowded-room.ogg",
            "keyboard-typing.ogg",
            "keyboard-typing2.ogg",
            "hold_music.ogg",
        ]
        | None,
        V0_2,
    ] = None
    thinking_sound_probability: Annotated[Share, V0_2] = NOT_STATED
    thinking_sound_volume: Annotated[Share, V0_2] = NOT_STATED
    ivr_navigation_enabled: bool = NOT_STATED
    max_call_duration_secs: Number = NOT_STATED
    llm_model: Annotated[
        DedicatedModel | OpenRouterModel | CustomModel | RealtimeModel,
        Field(discriminator="type"),
    ] = NOT_STATED
    stt_model: Annotated[Literal["stt-rt-v4", "stt-rt-v5"], V0_2] = NOT_STATED
    stt_context: Annotated[
        SttContext | None, Compared(Object, empty_is_null=True), V0_2, Facts(whose="service")
    ] = None
    from_phone_number: Annotated[str | None, V0_2] = None
    precall_lookup_url: Annotated[Url | None, V0_4] = None
    custom_tools: Annotated[list[CustomTool] | None, V0_2] = None
    calendly: Calendly | None = None
    sms_enabled: Annotated[bool, V0_2] = NOT_STATED
    sms_template: Annotated[Prose | None, V0_2] = None
    after_call_sms_prompt: Annotated[Prose | None, V0_2] = None
    after_call_sms_outcomes: Annotated[OutcomesOrNone | None, V0_2] = None
    email_notification_address: Annotated[str | None, Compared(Addresses), V0_2] = None
    email_notification_outcomes: Annotated[OutcomesOrNone | None, V0_2] = None
    email_notification_language: Annotated[
        Literal["en", "fr"], V0_2, UP_TO_0_3, Facts(default="en")
    ] = NOT_STATED
    slack: Annotated[Slack | None, V0_2] = None
    zoho: Annotated[Zoho | None, V0_2] = None
    structured_output_config: Annotated[list[StructuredOutput] | None, Facts(clear="EMPTY")] = None
    structured_output_prompt: Annotated[Prose | None, V0_2] = None
    webhook_url: Annotated[Url | None, NOT_CLEARED] = None
    logo_url: Annotated[Url | None, V0_2] = None
    type: Annotated[
        Literal["standalone", "multi-step", "sub-assistant"], V0_2, Facts(default="standalone")
    ] = NOT_STATED
    prompt_flow: Annotated[PromptFlow | None, V0_2, Facts(whose="editor")] = None
    position: Annotated[Position | None, V0_2, Facts(whose="editor")] = None
