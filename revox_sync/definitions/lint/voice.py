"""Rules on the voice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from revox_sync.definitions.lint.rule import Found, Rule

#: Documented: "Range depends on provider: Cartesia 0.6-1.5, ElevenLabs 0.7-1.2, Gradium 0.6-1.5."
_SPEEDS = {"cartesia": (0.6, 1.5), "elevenlabs": (0.7, 1.2), "gradium": (0.6, 1.5)}


def _voice_speed(fields: Mapping[str, Any]) -> Iterator[Found]:
    """`voice.speed` lies in the range of the voice's provider.

    Cartesia: 0.6 to 1.5. ElevenLabs: 0.7 to 1.2. Gradium: 0.6 to 1.5.
    """
    voice = fields["voice"]
    speed = voice.get("speed")
    slowest, fastest = _SPEEDS[voice["provider"]]
    if speed is not None and not slowest <= speed <= fastest:
        message = f"voices of this provider speak at a speed from {slowest} to {fastest}"
        yield Found(("voice", "speed"), message, "1.0 is the default")


def _cartesia_only(fields: Mapping[str, Any]) -> Iterator[Found]:
    """`voice.model` and `voice.volume` are for voices of Cartesia.

    For other providers the API documents that they are ignored.
    """
    voice = fields["voice"]
    for member in ("model", "volume"):
        if voice["provider"] != "cartesia" and voice.get(member) is not None:
            message = f"`{member}` is ignored unless the provider is cartesia"
            yield Found(("voice", member), message, "remove it")


RULES = (
    Rule("voice-speed", "error", ("voice",), _voice_speed),
    Rule("cartesia-only", "warning", ("voice",), _cartesia_only),
)
