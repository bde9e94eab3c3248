"""What people call a field, and what its absence means."""

from __future__ import annotations

from revox_sync.plan.model import Change
from revox_sync.render.sentences import consequence, title


def test_an_emptied_voicemail_hangs_up() -> None:
    gone = Change("voicemail_message", "remove", "Call back.", None)
    assert consequence(gone) == "(hangs up at once)"
    assert consequence(Change("voicemail_message", "change", "a", "b")) is None


def test_a_field_without_a_title_goes_by_its_name() -> None:
    assert title("end_of_call_sentence") == "closing sentence"
    assert title("sms_template") == "sms template"
