"""The request fields of POST /assistants with every bound that the API documents.

Types are strict: a text is not a number, 1 is not true. The models only check: what a definition
states is read from its own data, so the defaults below mean "may be left out" and nothing more.
Fields typed ``| None`` may be stated as ``null``; ``fields.py`` says what that comes to.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

#: The largest integer the API accepts (documented maximum, 2^53 - 1).
MAX_INTEGER = 9007199254740991

#: Default of a member that may be left out but never stated as null.
NOT_STATED: Any = None

PositiveInteger = Annotated[int, Field(gt=0, le=MAX_INTEGER)]
Number = Annotated[float, Field(allow_inf_nan=False)]
NonEmpty = Annotated[str, Field(min_length=1)]


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
    retry_delay_seconds: PositiveInteger


class CallRetryConfig(Strict):
    """``call_retry_config``: when and how often an unanswered call is tried again."""

    calling_windows: list[CallingWindow]
    max_retry_attempts: PositiveInteger
    timezone: str | None = None


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


class StructuredOutput(Strict):
    """``structured_output_config[]``: one value to extract from the call."""

    name: NonEmpty
    required: bool
    type: Literal["string", "number", "boolean", "enum", "date", "datetime"]
    description: str | None = None
    enum_options: list[str] | None = None


class Voice(Strict):
    """``voice``; ``speed`` has narrower bounds for some providers, which lint knows."""

    id: NonEmpty
    provider: Literal["cartesia", "elevenlabs"]
    speed: Annotated[Number, Field(ge=0.6, le=1.5)] | None = None


class Assistant(Strict):
    """The body of POST /assistants."""

    name: str
    prompt: str
    background_sound: Literal["audio/office.ogg"] | None = None
    calendly: Calendly | None = None
    call_retry_config: CallRetryConfig | None = None
    end_of_call_sentence: str | None = None
    faq_items: list[FaqItem] = NOT_STATED
    first_sentence: str | None = None
    first_sentence_delay_ms: Annotated[int, Field(ge=0, le=MAX_INTEGER)] = NOT_STATED
    first_sentence_mode: Literal["generated", "static", "none"] = NOT_STATED
    ivr_navigation_enabled: bool = NOT_STATED
    llm_model: Annotated[DedicatedModel | OpenRouterModel, Field(discriminator="type")] = NOT_STATED
    max_call_duration_secs: Number = NOT_STATED
    structured_output_config: list[StructuredOutput] | None = None
    transfer_phone_number: str | None = None
    voice: Voice | None = None
    voicemail_message: str | None = None
    webhook_url: str | None = None
