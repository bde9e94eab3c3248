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
from revox_sync.records import dataclass


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
    """The connection between a Calendly account and Revox; it belongs to one account."""
    event_type_id: Url
    """The URL of the Calendly event type, as https://api.calendly.com/event_types/…."""


class CallingWindow(Strict):
    """``call_retry_config.calling_windows[]``; times as ``HH:mm`` or ``6pm``, recipient's zone."""

    calling_window_start_time: Annotated[TimeOfDay, Facts(default="10:00")]
    """When calls may begin, in the recipient's time zone: `09:00`, `10am`."""
    calling_window_end_time: Annotated[TimeOfDay, Facts(default="18:00")]
    """When calls must have begun, in the recipient's time zone: `18:00`, `6pm`."""
    # 0, "as soon as the window allows", came with release 0.4.0.
    retry_delay_seconds: Annotated[
        NaturalNumber, Compared(shapes.Number, since={0: "0.4.0"}), Facts(default=7200)
    ]
    """Seconds between two attempts; 0 is "as soon as the window allows"."""


class CallRetryConfig(Strict):
    """``call_retry_config``: when and how often an unanswered call is tried again."""

    calling_windows: Annotated[list[CallingWindow], Compared(ListOf, ordered=False)]
    """The times of day at which calls may be placed."""
    timezone: Annotated[str | None, NULLABLE] = None
    """An IANA time zone such as `Europe/Paris`; null takes that of the recipient's number."""
    max_retry_attempts: Annotated[PositiveInteger, Facts(default=3)]
    """The most attempts after the first call."""
    allowed_days: Annotated[
        list[Weekday],
        Compared(SetOf),
        V0_2,
        Facts(default=["monday", "tuesday", "wednesday", "thursday", "friday"]),
    ] = NOT_STATED
    """The days on which calls may be placed, in the recipient's time zone."""
    call_twice_in_a_row: Annotated[bool, V0_2, Facts(default=False)] = NOT_STATED
    """Call a second time at once if the first call reached nobody."""


class FaqItem(Strict):
    """``faq_items[]``."""

    question: Prose
    """What a caller may ask."""
    answer: Prose
    """What the assistant answers."""


class DedicatedModel(Strict):
    """``llm_model`` on a dedicated instance."""

    type: Literal["dedicated-instance"]
    """A model on a dedicated instance."""
    name: Literal["gpt-4.1", "ministral-3-8b-instruct"]
    """Which model."""


class OpenRouterModel(Strict):
    """``llm_model`` through OpenRouter."""

    type: Literal["openrouter"]
    """A model through OpenRouter."""
    openrouter_model_id: str
    """The id of the model at OpenRouter, such as `openai/gpt-4.1`."""
    openrouter_provider: str
    """Who runs the model, such as `nebius`, `openai` or `azure`."""


class CustomModel(Strict):
    """``llm_model`` at an OpenAI-compatible address of one's own."""

    type: Annotated[Literal["custom"], V0_2]
    """A model at an OpenAI-compatible address of your own."""
    model_name: str
    """The name of the model there."""
    api_url: Url
    """The base URL of the API."""
    api_key: Annotated[str, Facts(secret=True)]
    """The key of that API; write `${secret.NAME}`."""


class RealtimeModel(Strict):
    """``llm_model`` that hears and speaks by itself."""

    type: Annotated[Literal["realtime"], V0_2]
    """A model that hears and speaks by itself."""
    provider: Literal["openai", "google"]
    """Whose model it is."""
    realtime_model_id: str
    """The id of the model."""
    realtime_voice_id: str | None = None
    """The voice that the model speaks with, such as `marin` or `Puck`."""


class StructuredOutput(Strict):
    """``structured_output_config[]`` and ``custom_tools[].input_schema[]``: one typed value."""

    name: Annotated[NonEmpty, Facts(identity=True)]
    """The name of the value."""
    type: ValueType
    """The type of the value."""
    enum_options: list[str] | None = None
    """The allowed values, for type `enum`."""
    required: bool
    """Whether the value must be there."""
    description: Prose | None = None
    """What the model should look for."""


class Voice(Strict):
    """``voice``; ``speed`` has narrower bounds for some providers, which lint knows."""

    provider: Annotated[
        Literal["cartesia", "elevenlabs", "gradium"], Compared(Exact, since={"gradium": "0.4.0"})
    ]
    """Who makes the voice."""
    id: NonEmpty
    """The id of the voice; `GET /voices` lists them."""
    speed: Annotated[Annotated[Number, Field(ge=0.6, le=1.5)] | None, Facts(default=1.0)] = None
    """How fast it speaks: 0.6 to 1.5, for ElevenLabs 0.7 to 1.2."""
    model: Annotated[Literal["sonic-3", "sonic-3.5"] | None, V0_2, Facts(default="sonic-3")] = None
    """The Cartesia model; other providers ignore it."""
    volume: Annotated[Annotated[Number, Field(ge=0.5, le=2.0)] | None, V0_2, Facts(default=1.0)] = (
        None
    )
    """How loud it speaks, 0.5 to 2.0, for Cartesia only."""


class TransferDestination(Strict):
    """``transfer_destinations[]``: whom a call can be handed to; the prompt names the label."""

    label: Identity
    """The name that the prompt uses for it."""
    phone_number: str
    """The number to call, in E.164 form: `+33123456789`."""


class KeyValue(Strict):
    """``custom_tools[].headers[]`` and ``query_params[]``."""

    key: Annotated[NonEmpty, Facts(identity=True)]
    """The name."""
    value: Annotated[str, Facts(secret=True)]
    """The value; write `${secret.NAME}` for a credential."""


class CustomTool(Strict):
    """``custom_tools[]``: an HTTP request that the assistant may make during a call."""

    name: Identity
    """The tool's name, in lower_snake_case."""
    description: Annotated[NonEmpty, Compared(Text)]
    """Tells the model when to use the tool."""
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    """The HTTP method."""
    url: Annotated[NonEmpty, Facts(url=True)]
    """The whole URL; `{{variable}}` is filled in per call."""
    headers: list[KeyValue]
    """Headers of the request."""
    query_params: list[KeyValue]
    """Query parameters of the request."""
    body_template: Annotated[Prose | None, NULLABLE]
    """The JSON body, with `{{variable}}`; null for none."""
    input_schema: list[StructuredOutput]
    """The values that the model passes to the tool."""


class Hint(Strict):
    """``stt_context.general[]``."""

    key: Identity
    """What the hint is about, such as `domain`."""
    value: str
    """The hint."""


class SttContext(Strict):
    """``stt_context``: what the transcriber should expect to hear."""

    general: Annotated[list[Hint], Compared(Hints)]
    """General hints as keys and values."""
    terms: Annotated[list[str], Compared(Hints)]
    """Words that callers may say."""


class SlackChannel(Strict):
    """``slack.channels[]``."""

    id: Identity
    """The id of the channel."""
    name: Annotated[str | None, NULLABLE, FILLED_IN] = None
    """The name of the channel; the service fills it in."""


class Slack(Strict):
    """``slack``: a message after calls. Since release 0.4.0 to ``channels``, before to one."""

    connection_id: str
    """The connection to Slack; it belongs to one account."""
    channels: Annotated[
        list[SlackChannel], Compared(ListOf, ordered=False), V0_4, Facts(one_of=True)
    ] = NOT_STATED
    """The channels that get the message."""
    channel_id: Annotated[str, UP_TO_0_3, Facts(one_of=True)] = NOT_STATED
    """The channel that gets the message."""
    channel_name: Annotated[str | None, NULLABLE, UP_TO_0_3, FILLED_IN] = None
    """The name of the channel; the service fills it in."""
    outcomes: Outcomes
    """The outcomes of calls that send a message."""
    template: Annotated[ProseOrNone | None, NULLABLE] = None
    """The text of the message; null for the service's own."""


class ZohoMapping(Strict):
    """``zoho.field_mapping[]``."""

    source: str
    """The value of the call."""
    zoho_field: str
    """The field in Zoho that it goes to."""


class Zoho(Strict):
    """``zoho``: what a call leaves behind in the CRM."""

    connection_id: str
    """The connection to Zoho; it belongs to one account."""
    module: str
    """The Zoho module that is written to."""
    field_mapping: Annotated[list[ZohoMapping], Compared(ListOf, ordered=False)]
    """Which value of a call goes to which field."""
    log_call_activity: bool
    """Whether the call is logged as an activity."""
    outcomes: Outcomes
    """The outcomes of calls that are written."""
    template: Annotated[ProseOrNone | None, NULLABLE] = None
    """The text of the note; null for the service's own."""


class Position(Strict):
    """``position`` and ``prompt_flow.nodes[].position``: a place on the editor's canvas."""

    x: Number
    """From the left."""
    y: Number
    """From the top."""


class FlowBlock(Strict):
    """``prompt_flow.nodes[].data``."""

    title: Prose
    """The heading of the block."""
    body: Prose
    """The text of the block."""


class FlowNode(Strict):
    """``prompt_flow.nodes[]``."""

    id: Identity
    """The id of the block."""
    type: Literal["promptBlock"]
    """The kind of block."""
    data: FlowBlock
    """What the block says."""
    position: Position
    """Where the block stands on the canvas."""


class FlowEdge(Strict):
    """``prompt_flow.edges[]``."""

    id: Identity
    """The id of the arrow."""
    source: str
    """The block that it leaves."""
    target: str
    """The block that it leads to."""


class PromptFlow(Strict):
    """``prompt_flow``: the visual editor's own copy of the prompt; calls do not use it."""

    nodes: Annotated[list[FlowNode], Compared(ListOf, ordered=False)]
    """The blocks."""
    edges: Annotated[list[FlowEdge], Compared(ListOf, ordered=False)]
    """The arrows between them."""


class Assistant(Strict):
    """The body of POST /assistants."""

    name: Annotated[str, Compared(Name)]
    """The name in the dashboard, by which the assistant is found unless it is bound to an id."""
    first_sentence: Annotated[Prose | None, NOT_CLEARED, HEARD] = None
    """The opening line, or with `first_sentence_mode: generated` the instruction for it."""
    first_sentence_mode: Annotated[Literal["generated", "static", "none"], HEARD] = NOT_STATED
    """`static` speaks the first sentence as it is, `generated` takes it as an instruction, `none`
    waits for the caller."""
    first_sentence_delay_ms: Annotated[NaturalNumber, HEARD, Facts(default=400)] = NOT_STATED
    """Milliseconds before the opening line."""
    end_of_call_sentence: Annotated[Prose | None, NOT_CLEARED, HEARD] = None
    """What the assistant says when it ends the call."""
    max_duration_end_message: Annotated[Prose | None, V0_2, HEARD] = None
    """What is said when the longest duration is reached; null ends the call in silence."""
    voicemail_message: Annotated[Prose | None, HEARD] = None
    """What is spoken on voicemail before hanging up; null hangs up at once."""
    voicemail_sms_prompt: Annotated[Prose | None, V0_2, HEARD] = None
    """Instructions for an SMS after voicemail; null sends none."""
    transfer_destinations: Annotated[
        list[TransferDestination] | None, Compared(ListOf, ordered=False), V0_4, HEARD
    ] = None
    """Whom a call can be handed to; with several, the prompt says when by label."""
    transfer_phone_number: Annotated[
        str | None, UP_TO_0_3, Facts(successor="transfer_destinations"), HEARD
    ] = None
    """The number that calls are handed to, in E.164 form: `+33123456789`."""
    human_transfer_mode: Annotated[Literal["warm", "cold"] | None, V0_2, HEARD] = None
    """`warm` introduces the caller first, `cold` hands the call over; null is no transfer."""
    warm_transfer_summary_instructions: Annotated[ProseOrNone | None, V0_2, HEARD] = None
    """What the assistant tells the person who takes a warm transfer."""
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
    """When calls may be placed, and how often an unanswered one is tried again."""
    prompt: Prose
    """What the assistant is told: its role, rules and knowledge; `{{variable}}` is filled in per
    call."""
    faq_items: Annotated[list[FaqItem], Compared(Faq), Facts(clear="EMPTY")] = NOT_STATED
    """Questions and answers. A change replaces the whole list."""
    voice: Annotated[Voice | None, NOT_CLEARED] = None
    """The voice that callers hear."""
    cartesia_dictionary_pronunciation_id: Annotated[str | None, V0_2] = None
    """The Cartesia dictionary that says how words are pronounced."""
    background_sound: Literal["audio/office.ogg"] | None = None
    """Sound behind the whole call; null is none."""
    background_sound_volume: Annotated[Share, V0_2] = NOT_STATED
    """How loud the background sound is, from 0 to 1."""
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
    """Sound while the assistant thinks; null is none."""
    thinking_sound_probability: Annotated[Share, V0_2] = NOT_STATED
    """How often it is played, from 0 (never) to 1 (every turn)."""
    thinking_sound_volume: Annotated[Share, V0_2] = NOT_STATED
    """How loud the thinking sound is, from 0 to 1."""
    ivr_navigation_enabled: bool = NOT_STATED
    """Whether the assistant may press keys and wait in telephone menus."""
    max_call_duration_secs: Number = NOT_STATED
    """The longest that a call may take, in seconds."""
    llm_model: Annotated[
        DedicatedModel | OpenRouterModel | CustomModel | RealtimeModel,
        Field(discriminator="type"),
    ] = NOT_STATED
    """The language model; `type` says what else it takes."""
    stt_model: Annotated[Literal["stt-rt-v4", "stt-rt-v5"], V0_2] = NOT_STATED
    """The model that transcribes the caller."""
    stt_context: Annotated[
        SttContext | None, Compared(Object, empty_is_null=True), V0_2, Facts(whose="service")
    ] = None
    """What the transcriber should expect to hear."""
    from_phone_number: Annotated[str | None, V0_2] = None
    """The number that calls come from; null takes the organization's."""
    precall_lookup_url: Annotated[Url | None, V0_4] = None
    """A URL with `{{phone}}` that is fetched before an incoming call is answered; it returns the
    prompt's variables."""
    custom_tools: Annotated[list[CustomTool] | None, V0_2] = None
    """HTTP requests that the assistant may make during a call."""
    calendly: Calendly | None = None
    """The booking link that the assistant may use."""
    sms_enabled: Annotated[bool, V0_2] = NOT_STATED
    """Whether the assistant may send an SMS during a call."""
    sms_template: Annotated[Prose | None, V0_2] = None
    """The text of that SMS; null lets the assistant write it."""
    after_call_sms_prompt: Annotated[Prose | None, V0_2] = None
    """Instructions for an SMS after the call; null sends none."""
    after_call_sms_outcomes: Annotated[OutcomesOrNone | None, V0_2] = None
    """The outcomes of calls after which that SMS is sent."""
    email_notification_address: Annotated[str | None, Compared(Addresses), V0_2] = None
    """Who gets an e-mail after calls: one address, or several separated by commas."""
    email_notification_outcomes: Annotated[OutcomesOrNone | None, V0_2] = None
    """The outcomes of calls after which that e-mail is sent."""
    email_notification_language: Annotated[
        Literal["en", "fr"], V0_2, UP_TO_0_3, Facts(default="en")
    ] = NOT_STATED
    """The language of that e-mail."""
    slack: Annotated[Slack | None, V0_2] = None
    """A Slack message after calls."""
    zoho: Annotated[Zoho | None, V0_2] = None
    """What a call leaves behind in Zoho CRM."""
    structured_output_config: Annotated[list[StructuredOutput] | None, Facts(clear="EMPTY")] = None
    """The values that are extracted from each call."""
    structured_output_prompt: Annotated[Prose | None, V0_2] = None
    """Instructions for extracting them; null takes the built-in ones."""
    webhook_url: Annotated[Url | None, NOT_CLEARED] = None
    """The URL that is called when a call has ended."""
    logo_url: Annotated[Url | None, V0_2] = None
    """The logo on the demo page."""
    type: Annotated[
        Literal["standalone", "multi-step", "sub-assistant"], V0_2, Facts(default="standalone")
    ] = NOT_STATED
    """`standalone`, `multi-step` (leads to others) or `sub-assistant` (hidden from the list)."""
    prompt_flow: Annotated[PromptFlow | None, V0_2, Facts(whose="editor")] = None
    """The visual editor's own copy of the prompt; calls do not use it."""
    position: Annotated[Position | None, V0_2, Facts(whose="editor")] = None
    """Where the assistant stands on the editor's canvas."""
