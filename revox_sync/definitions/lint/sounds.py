"""Rules on the sounds beside the voice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from revox_sync.definitions.lint.rule import Found, Rule

_SETTINGS = {
    "background_sound": ("background_sound_volume",),
    "thinking_sound": ("thinking_sound_volume", "thinking_sound_probability"),
}


def _idle_sound_setting(fields: Mapping[str, Any]) -> Iterator[Found]:
    """The volume and the probability of a sound are idle where the sound is `null`.

    `null` turns a sound off. A sound that is not stated may be set in the dashboard.
    """
    for sound, settings in _SETTINGS.items():
        if sound not in fields or fields[sound] is not None:
            continue
        for setting in settings:
            if fields.get(setting) is not None:
                message = f"`{sound}` is null, so that this is never used"
                yield Found((setting,), message, f"remove it, or choose a {sound}")


RULES = (
    Rule(
        "idle-sound-setting",
        "warning",
        tuple(name for sound, settings in _SETTINGS.items() for name in (sound, *settings)),
        _idle_sound_setting,
    ),
)
