"""Rules on the voice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from revox_sync.definitions.lint.rule import Found, Rule

#: Documented: "Range depends on provider: Cartesia 0.6-1.5, ElevenLabs 0.7-1.2."
_SPEEDS = {"cartesia": (0.6, 1.5), "elevenlabs": (0.7, 1.2)}


def _voice_speed(fields: Mapping[str, Any]) -> Iterator[Found]:
    """`voice.speed` lies in the range of the voice's provider.

    Cartesia: 0.6 to 1.5. ElevenLabs: 0.7 to 1.2.
    """
    voice = fields["voice"]
    speed = voice.get("speed")
    slowest, fastest = _SPEEDS[voice["provider"]]
    if speed is not None and not slowest <= speed <= fastest:
        message = f"voices of this provider speak at a speed from {slowest} to {fastest}"
        yield Found(("voice", "speed"), message, "1.0 is the default")


RULES = (Rule("voice-speed", "error", ("voice",), _voice_speed),)
