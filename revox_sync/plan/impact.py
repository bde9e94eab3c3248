"""What a change does to calls: who uses the assistant, what calls must pass, what cannot work.

The service puts ``{{name}}`` into an assistant's texts from what each call brings along. A name
that is new in the texts is missing in every call that does not know of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any

from revox_sync.account.remote import Remote
from revox_sync.account.uses import Uses
from revox_sync.definitions.severity import Severities
from revox_sync.plan.model import Action, Plan, UsedBy, Variables
from revox_sync.records import dataclass

_NAME = re.compile(r"\{\{\s*([^\W\d][\w.-]*)\s*\}\}")

#: The rules of what the account may not have.
_VOICE, _NUMBER = "unknown-voice", "unknown-phone-number"

#: Variables that the service fills in by itself, as its documentation of templates names them.
OWN = frozenset(
    (
        *("summary", "outcome", "phone", "call_url", "assistant_name", "campaign_name"),
        *("first_name", "last_name", "email", "company", "job_title", "contact_name"),
        *("contact_line", "transcript"),
    )
)

#: Fields whose texts no call brings anything into.
_APART = frozenset(("precall_lookup_url", "prompt_flow", "name", "logo_url", "id"))


def variables_in(fields: Mapping[str, Any]) -> frozenset[str]:
    """Return the variables that calls have to pass for the texts of an assistant.

    The service's own are not among them, nor in a tool what the model fills in.
    """
    found: set[str] = set()
    for name, value in fields.items():
        if name == "custom_tools" and isinstance(value, list):
            for tool in value:
                inputs = tool.get("input_schema") or () if isinstance(tool, dict) else ()
                own = {one.get("name") for one in inputs if isinstance(one, dict)}
                found.update(_names(tool) - own)
        elif name not in _APART:
            found.update(_names(value))
    return frozenset(found - OWN)


def _names(value: Any) -> set[str]:
    if isinstance(value, str):
        return set(_NAME.findall(value)) if "{{" in value else set()
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set().union(*map(_names, parts))


def with_impact(plan: Plan, uses: Uses, remarks: Sequence[str] = ()) -> Plan:
    """Return the plan with what its changes do to calls.

    Of an assistant that was not asked for nothing is told. ``remarks`` are added to the plan's.
    """
    actions = tuple(
        action
        if action.action == "unchanged" and action.id not in uses.asked
        else _told(action, plan.remotes.get(action.id or ""), uses)
        for action in plan.actions
    )
    return replace(plan, actions=actions, remarks=(*plan.remarks, *remarks))


def _told(action: Action, remote: Remote | None, uses: Uses) -> Action:
    used = None
    if action.id is not None and action.id in uses.asked:
        used = UsedBy(
            tuple(found.number for found in uses.numbers_of(action.id)),
            tuple(uses.campaigns_of(action.id)),
            uses.calls.get(action.id, 0),
            uses.unknown is not None,
        )
    if action.definition is None or action.action == "delete":
        return replace(action, used_by=used)
    before = {} if remote is None else dict(remote.data)
    if remote is not None and not remote.tells("faq_items"):
        before.pop("faq_items", None)
    after = {**before, **action.definition.managed}
    if remote is not None and "faq_items" not in before:
        after.pop("faq_items", None)  # what was there before nobody knows
    was, now = variables_in(before), variables_in(after)
    variables = Variables(tuple(sorted(now - was)), tuple(sorted(was - now)))
    lookup = after.get("precall_lookup_url")
    warnings = () if used is None else tuple(_lacking(variables, used, bool(lookup)))
    return replace(action, used_by=used, variables=variables, warnings=warnings)


def _lacking(variables: Variables, used: UsedBy, has_lookup: bool) -> Iterator[str]:
    """Yield which calls would lack a variable that is new."""
    if not variables.added:
        return
    names = ", ".join(f"{{{{{name}}}}}" for name in variables.added)
    if used.numbers and not has_lookup:
        yield (
            f"inbound calls to {', '.join(used.numbers)} cannot pass {names}: "
            "there is no precall_lookup_url"
        )
    elif used.numbers:
        yield f"inbound calls fail unless what precall_lookup_url answers holds {names}"
    if used.campaigns:
        listed = ", ".join(used.campaigns)
        yield f"contacts of campaign {listed} may lack {names}, which is new"
    if used.calls:
        waiting = "1 call that waits" if used.calls == 1 else f"{used.calls} calls that wait"
        yield f"{waiting} may lack {names}, which is new"


@dataclass(frozen=True, slots=True)
class Voices:
    """The voices of an account; none where it does not tell them, as ``remarks`` may say."""

    listed: tuple[Mapping[str, Any], ...] = ()
    remarks: tuple[str, ...] = ()

    def named(self, voice_id: Any) -> str | None:
        """Return what a voice is called, with its provider and language; None if not listed."""
        for one in self.listed:
            if str(one.get("id")) == str(voice_id):
                facts = [str(one[name]) for name in ("provider", "language") if one.get(name)]
                return f'"{one.get("name")}" ({", ".join(facts)})'
        return None


def voices_named(actions: Sequence[Action], rules: Severities) -> list[tuple[str, str]]:
    """Return provider and id of each voice that is to be another, and is to be looked up."""
    found = {
        (str(voice.get("provider")), str(voice["id"])): None
        for action in actions
        if rules.of(_VOICE, action.key) != "off"
        and isinstance(voice := _stated(action, "voice"), Mapping)
        and voice.get("id")
    }
    return list(found)


def dials_other(action: Action, rules: Severities) -> bool:
    """Whether the number that an action calls from is to be another, and is to be looked up."""
    changes = any(change.path == "from_phone_number" for change in action.changes)
    return changes and rules.of(_NUMBER, action.key) != "off"


def _stated(action: Action, name: str) -> Any:
    """Return what a definition states in a field that changes; None where it does not change."""
    if action.definition is None or action.action in ("delete", "unchanged"):
        return None
    if not any(change.field == name for change in action.changes):
        return None
    return action.definition.managed.get(name)


def checked(plan: Plan, uses: Uses, voices: Voices, rules: Severities) -> Plan:
    """Return the plan with the names of voices; what refers to nothing is refused, or warned of."""

    def of(action: Action) -> Action:
        wrong = [*_wrong_voice(action, voices), *_wrong_number(action, uses)]
        named = tuple(_voice_names(action, voices))
        if not wrong and not named:
            return action
        found: dict[str, list[str]] = {"error": [], "warning": [], "off": []}
        for rule, what in wrong:
            word = rules.of(rule, action.key)
            raised = " (by the rules at the base)" if word != rules.stated(rule, action.key) else ""
            found[word].append(f"{rule}: {what}{raised}")
        return replace(
            action,
            notes=(*action.notes, *named),
            warnings=(*action.warnings, *found["warning"]),
            refused=action.refused or "; ".join(found["error"]) or None,
        )

    if not voices.listed and not uses.numbers:
        return plan
    return replace(plan, actions=tuple(map(of, plan.actions)))


def _voice_names(action: Action, voices: Voices) -> Iterator[str]:
    for change in action.changes:
        values: tuple[Any, ...] = (change.before, change.after)
        if change.path == "voice":
            values = tuple(one.get("id") if isinstance(one, Mapping) else None for one in values)
        elif change.path != "voice.id":
            continue
        for value in dict.fromkeys(values):
            name = voices.named(value) if value is not None else None
            if name is not None:
                yield f"voice {value} is {name}"


def _wrong_voice(action: Action, voices: Voices) -> Iterator[tuple[str, str]]:
    voice = _stated(action, "voice")
    if not voices.listed or not isinstance(voice, Mapping) or not voice.get("id"):
        return
    same = [one for one in voices.listed if str(one.get("id")) == voice["id"]]
    if not same:
        near = sorted(voices.listed, key=lambda one: -_likeness(voice, one))[:3]
        names = ", ".join(f"{one.get('id')} {voices.named(one.get('id'))}" for one in near)
        yield _VOICE, f"the account has no voice {voice['id']}; the nearest are {names}"
        return
    providers = [str(one.get("provider")) for one in same]
    if voice.get("provider") not in providers:
        yield _VOICE, f"voice {voice['id']} is one of {', '.join(providers)}"
        return
    models = {one.get("modelCompat") or "universal" for one in same}
    if voice.get("model") and "universal" not in models and voice["model"] not in models:
        names = ", ".join(sorted(map(str, models)))
        yield _VOICE, f"voice {voice['id']} speaks with model {names} only"


def _likeness(voice: Mapping[str, Any], one: Mapping[str, Any]) -> float:
    """Return how near a listed voice is to one that is not there."""
    words = (str(one.get("id")), str(one.get("name")))
    return max(SequenceMatcher(None, voice["id"].casefold(), w.casefold()).ratio() for w in words)


def _wrong_number(action: Action, uses: Uses) -> Iterator[tuple[str, str]]:
    wanted = _stated(action, "from_phone_number")
    known = sorted({found.number for found in uses.numbers})
    if not isinstance(wanted, str) or not known or wanted in known:
        return
    near = sorted(known, key=lambda one: -SequenceMatcher(None, wanted, one).ratio())[:3]
    yield _NUMBER, f"the account has no number {wanted}; the nearest are {', '.join(near)}"
