"""What must hold of origins for any three values, as checks that raise; and an account of facts
that judges, without the planner, whether somebody's edit gets lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from planning import BASE_URL
from properties.documented import IDENTITY

from revox_sync.account.reader import Account
from revox_sync.account.remote import Remote
from revox_sync.definitions.base import Base
from revox_sync.definitions.definition import Definition, SyncOptions
from revox_sync.plan.match import match
from revox_sync.plan.model import Change, Rules
from revox_sync.plan.planner import plan

Fields = dict[str, Any]

#: The account keeps what it has beyond these, so that nothing of it gets lost.
_SUPERSETS = ("stt_context",)


def told(base: Fields, now: Fields, held: Fields) -> tuple[Change, ...]:
    """Return the changes of one assistant, which is known by its id whatever its name."""
    remote = Remote({"id": "1", **held})
    then = Base("c0ffee", {"desk": _definition(base)})
    account = Account(BASE_URL, (remote,), "current")
    definition = _definition(now)
    found = match([definition], account.remotes)
    (action,) = plan([definition], account, Rules("current"), found, base=then).actions
    return action.changes


def _definition(fields: Fields) -> Definition:
    return Definition("desk", "assistants/desk.yaml", fields, SyncOptions(id="1"))


def check_held_as_defined(base: Fields, now: Fields, held: Fields) -> None:
    """The account holds what was defined: whatever a plan changes is the definition's."""
    _check_only("definition", base, now, held)


def check_defined_as_before(base: Fields, now: Fields, held: Fields) -> None:
    """The definition says what it said: whatever a plan changes is drift."""
    _check_only("drift", base, now, held)


def _check_only(origin: str, base: Fields, now: Fields, held: Fields) -> None:
    for change in told(base, now, held):
        assert (change.origin, change.base) == (origin, None), (change, base, now, held)


def check_nothing_gets_lost(base: Fields, now: Fields, held: Fields) -> None:
    """Where a plan undoes an edit of the account, or brings one of the definition, it says so."""
    changes = told(base, now, held)
    for name in {change.field for change in changes} - {*_SUPERSETS}:
        origins = {change.origin for change in changes if change.field == name}
        then, wanted, there = (_facts(name, fields.get(name)) for fields in (base, now, held))
        if _carried(then, there, away_from=wanted):
            assert origins & {"drift", "both"}, (name, base, now, held)
        if _carried(then, wanted, away_from=there):
            assert origins & {"definition", "both"}, (name, base, now, held)


def _carried(then: Counter[Any], one: Counter[Any], *, away_from: Counter[Any]) -> bool:
    """Whether what ``one`` side did since is not so on the other."""
    return any(
        one[fact] > max(then[fact], away_from[fact]) or one[fact] < min(then[fact], away_from[fact])
        for fact in {*one, *then}
    )


def _facts(name: str, value: Any) -> Counter[Any]:
    return Counter(_facts_at(value, (name,)))


def _facts_at(value: Any, place: tuple[str, ...]) -> Iterator[Any]:
    """Yield what a value says: of which item, where items have names, else of any."""
    if isinstance(value, dict) and {"question", "answer"} <= value.keys():
        yield place, value["question"], value["answer"]
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _facts_at(inner, (*place, name))
    elif isinstance(value, list):
        for item in value:
            named = IDENTITY.get(place[-1]) if place else None
            yield from _facts_at(item, (*place, item[named]) if named else place)
    elif value is not None:
        yield place, value
