"""What was defined, is held and is defined now, case by case, and who is to be told to have moved.

Each case is an assistant. ``now`` and ``held`` are as ``base`` unless a case says otherwise; an
expected change is the origin alone, or ``both(what was defined)``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

DEFINITION, DRIFT = "definition", "drift"

#: Stands where something was defined, but nobody can say which item: that is not nothing.
UNCERTAIN = "(not certain which item)"


def both(base: Any = None) -> tuple[str, Any]:
    """Return a conflict, with what was defined."""
    return ("both", base)


@dataclass(frozen=True)
class Case:
    """One assistant; ``told`` is path -> origin of every change."""

    told: dict[str, Any]
    base: dict[str, Any] = field(default_factory=dict)
    now: dict[str, Any] | None = None
    held: dict[str, Any] | None = None


def moves(told: dict[str, Any], name: str, base: Any, *, now: Any = ..., held: Any = ...) -> Case:
    """Return a case of one field; what is not given is as it was defined."""
    return Case(
        told,
        {name: base},
        {name: base if now is ... else now},
        {name: base if held is ... else held},
    )


def _voice(**members: Any) -> dict[str, Any]:
    return {"provider": "cartesia", "id": "v1", **members}


_SAID = "voicemail_message"

TEXTS = {
    "text-defined": moves({_SAID: DEFINITION}, _SAID, "a", now="b"),
    "text-edited": moves({_SAID: DRIFT}, _SAID, "a", held="c"),
    "text-both": moves({_SAID: both("a")}, _SAID, "a", now="b", held="c"),
    "text-alike": moves({}, _SAID, "a", now="b", held="b"),
    "text-line-ends": moves({_SAID: DRIFT}, _SAID, "a\nb\n", now="a\r\nb", held="c"),
    "text-line-ends-held": moves({_SAID: DEFINITION}, _SAID, "a\nb\n", now="c", held="a\r\nb"),
    "text-cleared": moves({_SAID: DEFINITION}, _SAID, "a", now=None),
    "text-set-again": moves({_SAID: DRIFT}, _SAID, None, held="a"),
    "text-cleared-there": moves({_SAID: DRIFT}, _SAID, "a", held=None),
    "text-cleared-and-edited": moves({_SAID: both("a")}, _SAID, "a", now=None, held="c"),
    "newly-stated": Case({_SAID: DEFINITION}, {}, {_SAID: "b"}, {_SAID: "c"}),
    "no-longer-stated": Case({}, {_SAID: "a"}, {}, {_SAID: "c"}),
    "not-clearable": moves({}, "first_sentence", "Hello.", now=None),
    "was-not-clearable": moves(
        {"first_sentence": both()}, "first_sentence", None, now="a", held="b"
    ),
    "number": moves({"max_call_duration_secs": DRIFT}, "max_call_duration_secs", 600, held=601.5),
    "number-rounded": moves(
        {"background_sound_volume": DEFINITION},
        "background_sound_volume",
        0.7,
        now=0.2,
        held=0.699999988079071,
    ),
    "flag": moves({"sms_enabled": DEFINITION}, "sms_enabled", True, now=False),
    "addresses": moves(
        {"email_notification_address": DRIFT},
        "email_notification_address",
        "a@example.com, b@example.com",
        now="b@example.com,a@example.com",
        held="a@example.com",
    ),
    "ignored-then": Case(
        {_SAID: DEFINITION},
        {_SAID: "a", "sync": {"ignore": [_SAID]}},
        {_SAID: "a"},
        {_SAID: "c"},
    ),
    "passed-through": Case(
        {"dial_tone.hertz": DEFINITION, "dial_tone.steps[1]": DRIFT},
        {"sync": {"extra": {"dial_tone": {"hertz": 440, "steps": [1, 2]}}}},
        {"sync": {"extra": {"dial_tone": {"hertz": 442, "steps": [1, 2]}}}},
        {"dial_tone": {"hertz": 440, "steps": [1, 3]}},
    ),
}

OBJECTS = {
    "member-each": moves(
        {"voice.id": DRIFT, "voice.speed": DEFINITION},
        "voice",
        _voice(speed=1.1),
        now=_voice(speed=1.2),
        held=_voice(speed=1.1, id="v2"),
    ),
    "member-both": moves(
        {"voice.speed": both(1.1)},
        "voice",
        _voice(speed=1.1),
        now=_voice(speed=1.2),
        held=_voice(speed=1.3),
    ),
    "member-new": moves(
        {"voice.speed": DEFINITION},
        "voice",
        _voice(),
        now=_voice(speed=1.2),
        held=_voice(speed=1.3),
    ),
    "member-dropped": moves(
        {"voice.id": DRIFT},
        "voice",
        _voice(speed=1.1),
        now=_voice(),
        held=_voice(id="v2", speed=1.4),
    ),
    "member-default": moves(
        {"voice.speed": both(1)},
        "voice",
        _voice(speed=None),
        now=_voice(speed=1.2),
        held=_voice(speed=1.3),
    ),
    "member-default-then": moves(
        {"voice.speed": DEFINITION},
        "voice",
        _voice(speed=None),
        now=_voice(speed=1.2),
        held=_voice(),
    ),
    "object-unset-there": moves({"voice": DRIFT}, "voice", _voice(), held=None),
    "object-null-then": moves(
        {"voice.id": both()}, "voice", None, now=_voice(id="v2"), held=_voice(id="v3")
    ),
    "another-kind": moves(
        {"llm_model": DEFINITION},
        "llm_model",
        {"type": "dedicated-instance", "name": "gpt-4.1"},
        now={"type": "openrouter", "openrouter_model_id": "m", "openrouter_provider": "p"},
    ),
    "another-kind-there": moves(
        {"llm_model.openrouter_provider": both()},
        "llm_model",
        {"type": "dedicated-instance", "name": "gpt-4.1"},
        now={"type": "openrouter", "openrouter_model_id": "m", "openrouter_provider": "p"},
        held={"type": "openrouter", "openrouter_model_id": "m", "openrouter_provider": "q"},
    ),
}
