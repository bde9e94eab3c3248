"""What is read of an account: the list, and by id only what the list does not tell."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from planning import definition, faq, remote
from support.desk import MakeDesk

from revox_sync.account.reader import Account, read_assistants
from revox_sync.account.remote import HeldFaq, Remote
from revox_sync.definitions.definition import Definition, SyncOptions
from revox_sync.plan.account import read_account
from revox_sync.plan.match import match
from revox_sync.plan.recreate import NOTHING_RECREATED


async def _read(shelf: Any, definitions: Sequence[Definition]) -> Account:
    bound = [made.sync.id for made in definitions if made.sync.id is not None]
    return await read_account(
        shelf,
        await read_assistants(shelf, bound),
        definitions,
        NOTHING_RECREATED,
        lambda found: match(definitions, found),
    )


class Shelf:
    """An account in memory: what the list tells, and what a read by id tells."""

    base_url = "https://www.getrevox.com/api"

    def __init__(self, listed: Sequence[Remote], by_id: Sequence[Remote] = ()) -> None:
        self.listed = list(listed)
        self.by_id = {found.id: found for found in by_id}
        self.asked: list[str] = []

    async def list_assistants(self) -> list[Remote]:
        return self.listed

    async def get_assistant(self, assistant_id: str) -> Remote | None:
        self.asked.append(assistant_id)
        return self.by_id.get(assistant_id)


def read(shelf: Shelf, *definitions: Definition) -> Account:
    return asyncio.run(_read(shelf, definitions))


def test_a_bound_assistant_that_the_list_hides_is_read_by_id() -> None:
    shelf = Shelf([], [remote("7", "hidden")])
    found = read(shelf, definition("a", sync=SyncOptions(id="7")))
    assert [r.id for r in found.remotes] == ["7"]


def test_a_bound_assistant_that_is_nowhere_is_asked_for_once() -> None:
    shelf = Shelf([])
    found = read(shelf, definition("a", faq_items=[], sync=SyncOptions(id="7")))
    assert (found.remotes, shelf.asked) == ((), ["7"])


def test_what_earlier_runs_sent_is_looked_up_once_for_all_that_is_new() -> None:
    shelf, lookups = Shelf([], [remote("7", "a")]), 0

    def sent() -> dict[str, list[str]]:
        nonlocal lookups
        lookups += 1
        return {"a": ["7"], "b": ["8"]}

    new = [definition("a"), definition("b"), definition("c")]
    found = asyncio.run(
        read_account(shelf, [], new, NOTHING_RECREATED, lambda them: match(new, them), sent)
    )
    assert [one.id for one in found.remotes] == ["7"]
    assert (sorted(shelf.asked), lookups) == (["7", "8"], 1)


def test_a_faq_of_null_in_the_list_is_asked_for_by_id_and_empty_there() -> None:
    shelf = Shelf([remote("1", "a", faq_items=None)], [remote("1", "a", faq_items=None)])
    stated = definition("a", faq_items=[{"question": "q", "answer": "a"}])
    account = asyncio.run(_read(shelf, [stated]))
    [found] = account.remotes
    assert found.faq == HeldFaq((), ())
    assert shelf.asked == ["1"]


@pytest.mark.usefixtures("hurried", "waits_take_no_time")
def test_a_faq_that_only_the_list_tells_is_known_while_the_list_lags(desk_with: MakeDesk) -> None:
    desk = desk_with(retrieve_has_faq=False)
    identity = desk.service.add("front-desk", "Old.", faq_items=faq(("Dogs?", "Yes.")))
    desk.service.lag(0.5, "list")
    desk.project.define(prompt="New.")
    assert desk.apply().code == 0
    desk.project.define(prompt="New.", faq_items=[{"question": "Cats?", "answer": "No."}])
    assert desk.apply("--settle", "3").code == 0
    held = desk.service.assistants[identity]["faq_items"]
    assert [item["question"] for item in held] == ["Cats?"]
