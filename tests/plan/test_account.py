"""What is read of an account: the list, and by id only what the list does not tell."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from planning import definition, faq, remote

from revox_sync.account.reader import Account, read_assistants, reread
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


def test_a_list_that_tells_everything_is_all_that_is_read() -> None:
    shelf = Shelf([remote("1", "a", faq_items=[]), remote("2", "b")])
    assert len(read(shelf, definition("a", faq_items=[]), definition("b")).remotes) == 2
    assert shelf.asked == []


def test_a_faq_that_the_list_leaves_out_is_read_by_id_where_it_is_managed() -> None:
    shelf = Shelf(
        [remote("1", "a"), remote("2", "b")], [remote("1", "a", faq_items=faq(("q", "a")))]
    )
    found = read(shelf, definition("a", faq_items=[]), definition("b"))
    assert shelf.asked == ["1"]
    assert [r.faq.items if r.faq else None for r in found.remotes] == [(("q", "a"),), None]


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


def test_a_faq_that_only_the_list_tells_is_taken_from_a_new_list() -> None:
    listed = remote("1", "a", faq_items=faq(("q", "a")))
    shelf = Shelf([listed], [remote("1", "a", first_sentence="Now")])
    fresh = asyncio.run(reread(shelf, "1", faq=True))
    assert fresh is not None and fresh.faq is not None
    assert fresh.faq.items == (("q", "a"),)
    assert fresh.data["first_sentence"] == "Now"


def test_an_assistant_that_is_gone_is_none() -> None:
    assert asyncio.run(reread(Shelf([remote("1")]), "1", faq=True)) is None


def test_a_faq_of_null_in_the_list_is_asked_for_by_id_and_empty_there() -> None:
    shelf = Shelf([remote("1", "a", faq_items=None)], [remote("1", "a", faq_items=None)])
    stated = definition("a", faq_items=[{"question": "q", "answer": "a"}])
    account = asyncio.run(_read(shelf, [stated]))
    [found] = account.remotes
    assert found.faq == HeldFaq((), ())
    assert shelf.asked == ["1"]
