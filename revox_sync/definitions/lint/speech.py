"""Rules on what callers hear: the first sentence, the voice, sounds; and on name and FAQ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from revox_sync.definitions.lint.rule import Findings, repeated, rule


@rule("error", "name")
def blank_name(fields: Mapping[str, Any]) -> Findings:
    """`name` is not blank: an assistant is found by it."""
    if not fields["name"].strip():
        yield ("name",), "the name is blank", "name the assistant; it is found by its name"


@rule("warning", "faq_items")
def duplicate_question(fields: Mapping[str, Any]) -> Findings:
    """A question stands in the FAQ once.

    The API takes a question twice; which of the answers the assistant gives is open.
    """
    for earlier, index in repeated(item["question"] for item in fields["faq_items"]):
        message = f"faq_items[{earlier}] asks the same"
        yield ("faq_items", index, "question"), message, "keep one of them"


_READS = ("first_sentence_mode", "first_sentence")


@rule("error", *_READS)
def static_without_sentence(fields: Mapping[str, Any]) -> Findings:
    """Mode `static` needs a `first_sentence`.

    In mode `static` the assistant speaks `first_sentence` word for word. What it says when there
    is none is not documented.
    """
    if fields.get("first_sentence_mode") == "static" and not fields.get("first_sentence"):
        message = "mode static speaks the first_sentence word for word, and there is none"
        yield ("first_sentence_mode",), message, "add `first_sentence: …`"


@rule("warning", *_READS)
def idle_first_sentence(fields: Mapping[str, Any]) -> Findings:
    """A `first_sentence` is idle in mode `none`.

    In mode `none` the assistant waits for the other side to speak, so that the sentence is never
    said.
    """
    if fields.get("first_sentence_mode") == "none" and fields.get("first_sentence"):
        message = "in mode none the assistant waits, so this sentence is never said"
        yield ("first_sentence",), message, "remove it, or use mode static or generated"


#: Documented: "Range depends on provider: Cartesia 0.6-1.5, ElevenLabs 0.7-1.2, Gradium 0.6-1.5."
_SPEEDS = {"cartesia": (0.6, 1.5), "elevenlabs": (0.7, 1.2), "gradium": (0.6, 1.5)}


@rule("error", "voice")
def voice_speed(fields: Mapping[str, Any]) -> Findings:
    """`voice.speed` lies in the range of the voice's provider.

    Cartesia: 0.6 to 1.5. ElevenLabs: 0.7 to 1.2. Gradium: 0.6 to 1.5.
    """
    voice = fields["voice"]
    speed = voice.get("speed")
    slowest, fastest = _SPEEDS[voice["provider"]]
    if speed is not None and not slowest <= speed <= fastest:
        message = f"voices of this provider speak at a speed from {slowest} to {fastest}"
        yield ("voice", "speed"), message, "1.0 is the default"


@rule("warning", "voice")
def cartesia_only(fields: Mapping[str, Any]) -> Findings:
    """`voice.model` and `voice.volume` are for voices of Cartesia.

    For other providers the API documents that they are ignored.
    """
    voice = fields["voice"]
    for member in ("model", "volume"):
        if voice["provider"] != "cartesia" and voice.get(member) is not None:
            message = f"`{member}` is ignored unless the provider is cartesia"
            yield ("voice", member), message, "remove it"


_SETTINGS = {
    "background_sound": ("background_sound_volume",),
    "thinking_sound": ("thinking_sound_volume", "thinking_sound_probability"),
}


@rule(
    "warning", *tuple(name for sound, settings in _SETTINGS.items() for name in (sound, *settings))
)
def idle_sound_setting(fields: Mapping[str, Any]) -> Findings:
    """The volume and the probability of a sound are idle where the sound is `null`.

    `null` turns a sound off. A sound that is not stated may be set in the dashboard.
    """
    for sound, settings in _SETTINGS.items():
        if sound not in fields or fields[sound] is not None:
            continue
        for setting in settings:
            if fields.get(setting) is not None:
                message = f"`{sound}` is null, so this is never used"
                yield (setting,), message, f"remove it, or choose a {sound}"
