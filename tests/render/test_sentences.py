"""What the API does where a field is emptied."""

from __future__ import annotations

from revox_sync.plan.model import Change
from revox_sync.render.sentences import consequence


def test_an_emptied_voicemail_hangs_up() -> None:
    gone = Change("voicemail_message", "remove", "Call back.", None)
    assert consequence(gone) == "(hangs up at once)"
    assert consequence(Change("voicemail_message", "change", "a", "b")) is None
