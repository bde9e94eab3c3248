"""Definitions and assistants in a few words, and the comparison of the two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from revox_sync.account.reader import Account
from revox_sync.account.remote import Remote
from revox_sync.definitions.definition import Definition, SyncOptions
from revox_sync.definitions.problem import Location, Problem
from revox_sync.model.path import Path
from revox_sync.plan.compare import compare
from revox_sync.plan.match import match
from revox_sync.plan.model import Comparison, Plan, Rules
from revox_sync.plan.planner import plan
from revox_sync.plan.recreate import NOTHING_RECREATED

SEED = Rules("seed")
BASE_URL = "https://www.getrevox.com/api"


def definition(
    key: str = "desk",
    *,
    sync: SyncOptions | None = None,
    secrets: Mapping[Path, str] | None = None,
    **fields: Any,
) -> Definition:
    """Return a definition; the name is the key, the prompt the same everywhere, unless given."""
    stated = {"name": key, "prompt": f"You are {key}.", **fields}
    return Definition(key, f"assistants/{key}.yaml", stated, sync or SyncOptions(), secrets or {})


def remote(identity: str = "1", key: str = "desk", **fields: Any) -> Remote:
    """Return an assistant of the account that a ``definition(key)`` describes."""
    data = {"id": identity, "name": key, "prompt": f"You are {key}.", **fields}
    return Remote(data)


def compared(stated: Definition, held: Remote | None, rules: Rules = SEED) -> Comparison:
    """Compare, by the rules of profile seed unless told otherwise."""
    return compare(stated, held, rules)


def changed(stated: Definition, held: Remote | None, rules: Rules = SEED) -> list[tuple[str, ...]]:
    """Return path and op of every change."""
    return [(change.path, change.op) for change in compare(stated, held, rules).changes]


def account(*remotes: Remote) -> Account:
    """Return an account of profile seed with these assistants."""
    return Account(BASE_URL, remotes, "seed")


def planned(
    definitions: Sequence[Definition], *remotes: Remote, rules: Rules = SEED, **options: Any
) -> Plan:
    """Plan for an account with these assistants."""
    allowed = options.get("allow_create", frozenset())
    recreating = options.get("recreating", NOTHING_RECREATED)
    found = match(
        definitions,
        remotes,
        allow_create=allowed,
        keep_superseded=recreating.retire == "keep",
        unfinished={old: left.new for old, left in recreating.unfinished.items()},
    )
    diagnostics = options.pop("diagnostics", ())
    made = plan(definitions, account(*remotes), rules, found, **options)
    return replace(made, diagnostics=tuple(diagnostics))


def faq(*items: tuple[str, str], waiting: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Return FAQ items as the service tells them."""
    answered = [
        {"id": str(number), "question": q, "answer": a, "source": "human"}
        for number, (q, a) in enumerate(items)
    ]
    return answered + [
        {"question": question, "answer": "", "needs_human_answer": True} for question in waiting
    ]


def some_plan() -> Plan:
    """Return a plan with every kind of entry."""
    where = Location("assistants/a.yaml", 3, 7)
    return planned(
        [
            definition("a", first_sentence="New", voice=None, faq_items=[]),
            definition("b", webhook_url="https://u:p@e.com/?t=secret"),
            definition("c", sync=SyncOptions(id="9")),
            definition("d"),
        ],
        remote("1", "a", first_sentence="Old", voice={"id": "v"}, faq_items=faq(waiting=["?"])),
        remote("2", "stray\x1b[31m"),
        remote("4", "d", organization_id="org"),
        diagnostics=[Problem("some-rule", "message", None, "warning", location=where)],
    )
