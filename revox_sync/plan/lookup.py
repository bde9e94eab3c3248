"""What definitions refer to in the account, and whether it is there.

Only references that change are looked up, and a failed look-up stops nothing. The API lists voices
and phone numbers. It does not list connections to Slack, Calendly and Zoho: only the account's
other assistants tell which exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from functools import cache
from typing import Any

from revox_sync.account.uses import Uses
from revox_sync.definitions.definition import Definition
from revox_sync.definitions.problem import Problem, Severity
from revox_sync.definitions.severity import ADJUSTABLE, Severities
from revox_sync.model.path import Path, path_text, value_at
from revox_sync.plan.model import Action, Plan
from revox_sync.records import dataclass
from revox_sync.secrecy.values import HOLDS_SECRET

_VOICE, _NUMBER, _CONNECTION = "unknown-voice", "unknown-phone-number", "unknown-connection"
#: What says which voice it is.
_WHICH = ("id", "provider")
_VOICE_ID: Path = ("voice", "id")
_DIALS: Path = ("from_phone_number",)
_CONNECTIONS = tuple((name, "connection_id") for name in ("calendly", "slack", "zoho"))
_FIELDS = frozenset(path[0] for path in (_VOICE_ID, _DIALS, *_CONNECTIONS))
_NEAREST = 3


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
        if (voice := _voice(action, *_WHICH)) is not None and rules.of(_VOICE, action.key) != "off"
    }
    return list(found)


def new_voice(made: Definition, rules: Severities) -> bool:
    """Whether a definition that is new in the account names a voice that is to be looked up."""
    stated = "voice" in made.managed and not made.unset_in(("voice",))
    return stated and rules.of(_VOICE, made.key) != "off"


def dials_other(action: Action, rules: Severities) -> bool:
    """Whether the number that an action calls from is to be another, and is to be looked up."""
    return _stated(action, _DIALS) is not None and rules.of(_NUMBER, action.key) != "off"


def checked(
    plan: Plan, uses: Uses, voices: Voices, rules: Severities, *, writes: bool
) -> tuple[Plan, list[tuple[Action, list[Problem]]]]:
    """Return the plan with the names of voices, and without what refers to nothing.

    That is refused where its rule is an error. What was found is returned, too, by action. Where
    nothing ``writes``, nothing is wrong.
    """
    told: list[tuple[Action, list[Problem]]] = []

    @cache
    def connections(path: Path) -> Mapping[str, str]:
        made = ((one.id, one.definition) for one in plan.actions if one.definition is not None)
        secret = {identity for identity, one in made if path in one.secrets}
        held = ((one, one.data.get(str(path[0]))) for one in plan.remotes.values())
        found = {str(data.get(path[1])): one for one, data in held if isinstance(data, Mapping)}
        return {
            text: HOLDS_SECRET if one.id in secret else one.known.shown(text)
            for text, one in found.items()
        }

    def of(action: Action) -> Action:
        wrong = _wrong(action, uses, voices, connections) if writes else ()
        found = rules.judged(wrong, action.key)
        named = tuple(_voice_names(action, voices))
        if not found and not named:
            return action
        if found:
            told.append((action, found))
        why = "; ".join(
            f"{one.rule}: {one.message}; {one.hint}; {_allowed(one, rules, action)}"
            for one in found
            if one.severity == "error"
        )
        return replace(action, notes=(*action.notes, *named), refused=action.refused or why or None)

    return replace(plan, actions=tuple(map(of, plan.actions))), told


def _allowed(found: Problem, rules: Severities, action: Action) -> str:
    """Say what lets it pass."""
    if rules.stated(found.rule, action.key) != found.severity:
        return "it is an error by the rules at the base"
    return f"to let it pass: `rules: {{{found.rule}: warning}}`"


def _wrong(
    action: Action, uses: Uses, voices: Voices, connections: Callable[[Path], Mapping[str, str]]
) -> Iterator[Problem]:
    if _FIELDS.isdisjoint(action.fields):
        return
    yield from _wrong_voice(action, voices)
    yield from _wrong_number(action, uses)
    yield from _wrong_connections(action, connections)


def _stated(action: Action, path: Path) -> Any:
    """Return what a definition states at ``path``; None where that does not change, or is unset."""
    made = action.definition
    if made is None or action.action in ("delete", "unchanged") or made.unset_in(path):
        return None
    names = [path_text(path[: length + 1]) for length in range(len(path))]
    if not any(change.path in names for change in action.changes):
        return None
    return value_at(made.managed, path)


def _written(action: Action, path: Path) -> str:
    """Return a text of a definition as it may be shown: its references unexpanded."""
    secret = action.wanted.secrets.get(path)
    return _stated(action, path) if secret is None else secret


def _problem(rule: str, message: str, hint: str, path: Path) -> Problem:
    severity: Severity = "warning" if ADJUSTABLE[rule] == "warning" else "error"
    return Problem(rule, message, hint, severity, path=path)


def _nearest(wanted: str, known: Iterable[tuple[str, ...]]) -> list[str]:
    """Return the first of each of those that look most like what is wanted."""

    def likeness(words: tuple[str, ...]) -> float:
        ratios = (SequenceMatcher(None, wanted.casefold(), w.casefold()).ratio() for w in words)
        return -max(ratios)

    return [words[0] for words in sorted(known, key=likeness)[:_NEAREST]]


# Voices.


def _voice(action: Action, *members: str) -> Mapping[str, Any] | None:
    """Return the voice that is stated, where one of these members is to be another."""
    if action.definition is None or action.definition.unset_in(("voice",)):
        return None
    if not any(isinstance(_stated(action, ("voice", name)), str) for name in members):
        return None
    voice: Mapping[str, Any] = action.definition.managed["voice"]
    return voice


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


def _wrong_voice(action: Action, voices: Voices) -> Iterator[Problem]:
    voice = _voice(action, *_WHICH, "model")
    if voice is None or not voices.listed:
        return
    same = [one for one in voices.listed if str(one.get("id")) == voice["id"]]
    shown = _written(action, _VOICE_ID) or voice["id"]
    providers = [str(one.get("provider")) for one in same]
    models = {str(one.get("modelCompat") or "universal") for one in same}
    if not same and _voice(action, *_WHICH) is None:
        return
    if not same:
        listed = [(str(one.get("id")), str(one.get("name"))) for one in voices.listed]
        near = ", ".join(f"{one} {voices.named(one)}" for one in _nearest(voice["id"], listed))
        message, hint = f"the account has no voice {shown}", f"the nearest are {near}"
        yield _problem(_VOICE, message, hint, _VOICE_ID)
    elif voice.get("provider") not in providers:
        message = f"voice {shown} is one of {', '.join(providers)}"
        yield _problem(_VOICE, message, "correct `provider`", ("voice", "provider"))
    elif voice.get("model") and "universal" not in models and voice["model"] not in models:
        message = f"voice {shown} speaks with model {', '.join(sorted(models))} only"
        yield _problem(_VOICE, message, "correct `model`", ("voice", "model"))


# Numbers and connections.


def _wrong_number(action: Action, uses: Uses) -> Iterator[Problem]:
    wanted = _stated(action, _DIALS)
    known = {found.number: found.label for found in uses.numbers}
    if isinstance(wanted, str) and known and wanted not in known:
        near = ", ".join(
            one + (f' "{known[one]}"' if known[one] else "")
            for one in _nearest(wanted, [(number,) for number in sorted(known)])
        )
        message = f"the account has no number {_written(action, _DIALS)}"
        yield _problem(_NUMBER, message, f"the nearest are {near}", _DIALS)


def _wrong_connections(
    action: Action, connections: Callable[[Path], Mapping[str, str]]
) -> Iterator[Problem]:
    """Yield what is wrong; ``connections`` returns those of the account, and what is shown."""
    for path in _CONNECTIONS:
        wanted = _stated(action, path)
        if isinstance(wanted, str) and (known := connections(path)) and wanted not in known:
            near = _nearest(wanted, [(one,) for one in sorted(known)])
            message = f"no assistant of the account uses the connection {_written(action, path)}"
            hint = f"they use {', '.join(dict.fromkeys(known[one] for one in near))}"
            yield _problem(_CONNECTION, message, hint, path)
