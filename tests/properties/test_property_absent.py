"""Every place that a definition can leave out: an edit there is drift, or nothing, or a change."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from properties.documented import NOT_CLEARABLE, OPTIONAL, REMOVED
from properties.places import Fields, Path, place_of, put, spell, without
from properties.samples import everything, with_model

from revox_sync.account.remote import Remote
from revox_sync.definitions.definition import Definition, SyncOptions
from revox_sync.model.shapes import Member
from revox_sync.plan import compare as comparing
from revox_sync.plan.compare import compare
from revox_sync.plan.model import Comparison, Rules

#: Nobody of the team writes these, or nobody can tell whether somebody did.
QUIET = frozenset({"stt_context", "position", "prompt_flow", "type"})
NO_REST = frozenset(
    {
        "first_sentence_mode",
        "voice",
        "background_sound_volume",
        "thinking_sound_probability",
        "thinking_sound_volume",
        "ivr_navigation_enabled",
        "max_call_duration_secs",
        "llm_model",
        "stt_model",
        "sms_enabled",
    }
)
#: The service fills in what a channel is called.
FILLED_IN = ("slack.channels[].name", "slack.channel_name")
#: One of two generations, which no definition states beside the other.
EITHER = ("slack.channels", "slack.channel_id")

#: Ways to spell what nobody set, by place.
AT_REST: dict[str, tuple[Any, ...]] = {
    "first_sentence_delay_ms": (400, 400.0, None),
    "email_notification_language": ("en", None),
    "email_notification_address": ("", None),
    "warm_transfer_summary_instructions": ("", None),
    "voice.speed": (1, 1.0, None),
    "voice.volume": (1, 1.0, None),
    "voice.model": ("sonic-3", None),
    "call_retry_config.timezone": (None,),
    "call_retry_config.call_twice_in_a_row": (False, None),
    "call_retry_config.allowed_days": (
        ["friday", "monday", "tuesday", "wednesday", "thursday", "friday"],
        None,
    ),
    "slack.template": ("", None),
    "zoho.template": ("", None),
}
#: Other values that somebody may set, besides the one of the sample.
SET: dict[str, tuple[Any, ...]] = {
    "first_sentence_delay_ms": (0, 250),
    "voice.speed": (0.7, 1.5),
    "voice.volume": (0.5, 2),
    "voice.model": ("sonic-3.5",),
    "call_retry_config.allowed_days": (["saturday"], ["monday"]),
    "call_retry_config.call_twice_in_a_row": (True,),
}


def full() -> Fields:
    """Return an assistant that states every field, with a model that has a member to leave out."""
    fields = {**everything(), "email_notification_language": "fr", "first_sentence_delay_ms": 250}
    fields["llm_model"] = {**with_model("realtime")["llm_model"], "realtime_voice_id": "marin"}
    fields["voice"] = {**fields["voice"], "speed": 1.2, "model": "sonic-3.5", "volume": 0.8}
    return fields


def leavable() -> Iterator[Path]:
    """Yield every field, and every member, that a definition may leave out."""
    fields = full()
    for name in fields:
        if name not in ("name", "prompt"):
            yield (name,)
        yield from _members(fields[name], (name,))


def _members(value: Any, path: Path) -> Iterator[Path]:
    optional = {**OPTIONAL, "llm_model": ("realtime_voice_id",)}.get(place_of(path), ())
    for part, item in (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    ):
        if part in optional and place_of((*path, part)) not in EITHER:
            yield (*path, part)
        yield from _members(item, (*path, part))


PATHS = [path for path in leavable() if path[0] not in {*QUIET, *REMOVED}]


def held_at(path: Path) -> Any:
    """Return what the sample holds at a path."""
    value: Any = full()
    for part in path:
        value = value[part]
    return value


def told(path: Path, value: Any, absent: Literal["report", "keep", "reset"]) -> Comparison:
    """Compare a definition that leaves a path out with an account that holds a value there."""
    stated, held = without(full(), path), put(full(), path, copy.deepcopy(value))
    definition = Definition("desk", "desk.yaml", stated, SyncOptions())
    return compare(definition, Remote({**held, "id": "1"}), Rules(absent=absent))


def is_judged(path: Path) -> bool:
    place = place_of(path)
    return place not in NO_REST and place not in FILLED_IN


def check(path: Path) -> None:
    """Hold an edit at a path to what it is under each rule."""
    for value in (held_at(path), *SET.get(place_of(path), ())):
        report, keep, reset = (told(path, value, rule) for rule in ("report", "keep", "reset"))  # type: ignore[arg-type]
        assert not (report.changes or keep.changes or keep.reported), path
        found = [one.path for one in report.reported]
        if not is_judged(path):
            assert found == [], path
            assert not (reset.changes or reset.reported), path
            continue
        assert found == [spell(path)], path
        assert list(keep.kept) == [spell(path)], path
        if path[0] in NOT_CLEARABLE - {"voice", "call_retry_config"}:
            assert [one.path for one in reset.reported] == [spell(path)], path
            assert not reset.changes, path
        else:
            assert reset.changes, path
            assert all(change.absent for change in reset.changes), path
            assert set(reset.body) == {path[0]}, path
            assert not reset.reported, path
    for value in AT_REST.get(place_of(path), (None,)):
        for rule in ("report", "keep", "reset"):
            found_nothing = told(path, value, rule)  # type: ignore[arg-type]
            assert not found_nothing.changes, (path, value, rule)
            assert not found_nothing.reported, (path, value, rule)
            assert not found_nothing.kept, (path, value, rule)


@pytest.mark.parametrize("path", PATHS, ids=spell)
def test_an_edit_of_what_is_left_out_is_drift_or_nothing_or_a_change(path: Path) -> None:
    check(path)


@pytest.mark.parametrize("name", sorted(QUIET))
def test_what_others_write_is_never_told(name: str) -> None:
    for rule in ("report", "keep", "reset"):
        found = told((name,), full()[name], rule)  # type: ignore[arg-type]
        assert not (found.changes or found.reported or found.kept or found.unjudged)


@pytest.mark.parametrize("name", sorted(NO_REST))
def test_what_has_no_documented_rest_is_named(name: str) -> None:
    assert told((name,), full()[name], "report").unjudged == (name,)


def test_members_that_are_not_told_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: members that a definition leaves out are not looked at."""
    monkeypatch.setattr(comparing, "absent_members", lambda *_: iter(()))
    with pytest.raises(AssertionError):
        check(("voice", "speed"))


def test_defaults_that_count_as_set_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: a documented default is no rest."""
    monkeypatch.setattr(Member, "is_unset", lambda _self, held: held is None)
    with pytest.raises(AssertionError):
        check(("call_retry_config", "allowed_days"))
