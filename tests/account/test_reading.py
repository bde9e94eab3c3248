"""What is read of an account, and what is known of it then: without a request."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import pytest
from support.clock import Clock

from revox_sync.account import reader
from revox_sync.account.address import check_base_url, check_key, is_loopback
from revox_sync.account.reader import (
    Account,
    awaited,
    called,
    complete_faqs,
    find_assistant,
    read_assistant,
    read_assistants,
    recognise_profile,
    reread,
)
from revox_sync.account.remote import HeldFaq, Remote, Target
from revox_sync.account.uses import Uses
from revox_sync.errors import (
    AnswerLost,
    ApiError,
    SetupError,
    StatusError,
    UnreadableAnswer,
    UsageError,
)
from revox_sync.secrecy.values import Known

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ITEMS = [{"question": "q", "answer": "a"}]


def remote(identity: str, **held: Any) -> Remote:
    return Remote({"id": identity, "name": f"Bot {identity}", **held})


class Shelf:
    """An account as ``reader`` sees it: a list, and what is told by id; ``asked`` is what for."""

    base_url = "https://e.com/api"

    def __init__(self, *listed: Remote, **by_id: Remote | ApiError) -> None:
        self._listed = list(listed)
        self._by_id = by_id
        self.asked: list[str] = []

    async def list_assistants(self) -> list[Remote]:
        self.asked.append("list")
        return self._listed

    async def get_assistant(self, assistant_id: str) -> Remote | None:
        self.asked.append(assistant_id)
        found = self._by_id.get(assistant_id)
        if isinstance(found, ApiError):
            raise found
        return found

    async def uses(self, assistant_ids: Collection[str]) -> Uses:
        raise AssertionError("nothing here needs what uses them")


def test_what_the_list_hides_is_read_by_id() -> None:
    shelf = Shelf(remote("a"), remote("b"), c=remote("c"))
    assert asyncio.run(read_assistants(shelf)) == [remote("a"), remote("b")]
    shelf.asked.clear()
    found = asyncio.run(read_assistants(shelf, ["d", "b", "c", "c"]))
    assert [one.id for one in found] == ["a", "b", "c"]
    assert shelf.asked == ["list", "c", "d"]


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ({"faq_items": None}, {"faq_items": []}),
        ({"faq_items": ITEMS}, {"faq_items": ITEMS}),
        ({}, {}),
    ],
)
def test_a_faq_of_null_is_empty_where_one_is_read(held: Any, told: Any) -> None:
    shelf = Shelf(a=remote("a", **held))
    assert asyncio.run(read_assistant(shelf, "a")) == remote("a", **told)
    assert asyncio.run(read_assistant(shelf, "b")) is None


@pytest.mark.parametrize("faq", [False, True])
def test_a_faq_that_only_the_list_carries_is_taken_from_it(faq: bool) -> None:
    for by_id, listed, found, asked in [
        ({}, {"faq_items": ITEMS}, {"faq_items": ITEMS}, ["a", "list"]),
        ({}, {}, {}, ["a", "list"]),
        ({}, None, {}, ["a", "list"]),
        ({"faq_items": []}, {"faq_items": ITEMS}, {"faq_items": []}, ["a"]),
    ]:
        list_ = [] if listed is None else [remote("b", faq_items=[]), remote("a", x=1, **listed)]
        shelf = Shelf(*list_, a=remote("a", **by_id))
        told = asyncio.run(reread(shelf, "a", faq=faq))
        assert told == remote("a", **(found if faq else by_id))
        assert shelf.asked == (asked if faq else ["a"])
    assert asyncio.run(reread(Shelf(remote("a")), "a", faq=faq)) is None


def test_faqs_that_the_list_leaves_out_are_read_once() -> None:
    listed = (remote("a"), remote("b", faq_items=[]), remote("c"), remote("d"), remote("e"))
    shelf = Shelf(a=remote("a", x=1, faq_items=ITEMS), c=remote("c", faq_items=None), d=remote("d"))
    told: list[str] = []
    wanted = [listed[0], listed[1], listed[0], *listed[2:]]
    found = asyncio.run(complete_faqs(shelf, listed, wanted, told.append))
    assert found == (
        remote("a", faq_items=ITEMS),
        remote("b", faq_items=[]),
        remote("c", faq_items=[]),
        remote("d"),
        remote("e"),
    )
    assert shelf.asked == ["a", "c", "d", "e"]
    assert told == [f"reading {number} of 4" for number in (1, 2, 3, 4)]
    assert asyncio.run(complete_faqs(shelf, listed, [])) == listed


@pytest.mark.parametrize(
    ("named", "found"),
    [("a", ["a"]), ("Bot a", ["a"]), ("bot A", []), ("c", []), ("", []), (" ", []), ("x", ["x"])],
)
def test_an_id_comes_before_a_name(named: str, found: list[str]) -> None:
    remotes = [remote("a"), Remote({"id": "b", "name": "x"}), remote("x")]
    assert [one.id for one in called(remotes, named)] == found
    twins = [Remote({"id": one, "name": "e\u0301"}) for one in ("a", "b")]
    assert called(twins, "\xe9") == twins


@pytest.mark.parametrize("status", [400, 404, 422, 401, 403, 500])
def test_what_is_no_id_finds_no_assistant(status: int) -> None:
    shelf = Shelf(bad=StatusError(status, "no"), odd=UnreadableAnswer("no"), a=remote("a"))
    assert asyncio.run(find_assistant(shelf, "a")) == remote("a")
    for blank in ("", " ", ".", " .. "):
        assert asyncio.run(find_assistant(shelf, blank)) is None
    assert shelf.asked == ["a"]
    if status in (400, 404, 422):
        assert asyncio.run(find_assistant(shelf, "bad")) is None
    else:
        with pytest.raises(StatusError):
            asyncio.run(find_assistant(shelf, "bad"))


# Looking until it is there.

DOWN, LOST, REFUSED = StatusError(500, "down"), AnswerLost("lost"), StatusError(499, "no")
#: What is seen, look by look; for how many seconds is looked; what comes of it, and the seconds.
LOOKS: list[tuple[list[Any], float, Any, float]] = [
    (["new"], 9, "new", 0),
    (["old", "new"], 9, "new", 0.25),
    (["old", "old", "old", "old", "old", "new"], 99, "new", 0.25 + 0.5 + 1 + 2 + 2),
    (["old"] * 9, 0, "old", 0),
    (["old"] * 9, 0.25, "old", 0.25),
    (["old"] * 9, 1, "old", 1),
    ([DOWN, "new"], 9, "new", 0.25),
    ([LOST, DOWN, "new"], 9, "new", 0.75),
    ([REFUSED, "new"], 9, REFUSED, 0),
    (["old", REFUSED, "new"], 9, REFUSED, 0.25),
    ([DOWN] * 9, 0.5, DOWN, 0.5),
    (["old", DOWN], 0.25, DOWN, 0.25),
    ([DOWN], 0, DOWN, 0),
]


@pytest.mark.parametrize(("looks", "seconds", "end", "waited"), LOOKS, ids=str)
def test_it_is_looked_for_until_it_is_there(
    monkeypatch: pytest.MonkeyPatch, looks: list[Any], seconds: float, end: Any, waited: float
) -> None:
    clock, left = Clock(), list(looks)
    monkeypatch.setattr(reader, "asyncio", clock)
    clock.wait(50)

    async def look() -> Any:
        seen = left.pop(0)
        if isinstance(seen, ApiError):
            raise seen
        return seen

    async def ran() -> Any:
        try:
            return await awaited(look, lambda seen: seen == "new", seconds)
        except ApiError as error:
            return error

    assert asyncio.run(ran()) == end
    assert clock.time() - 50 == waited


# What is known of an account.


def test_an_account_is_what_its_assistants_tell() -> None:
    first, second = remote("a", x=1), remote("b", organization_id=7, y=2)
    found = Account("https://e.com", (first, second), "seed", environment="prod")
    assert found.organization_id == "7"
    assert found.members == {"id", "name", "organization_id", "x", "y"}
    assert found.target == Target("https://e.com", "7", "seed", "prod")
    assert Account("https://e.com", (first,)).organization_id is None
    assert Account("https://e.com", ()).members == frozenset()
    assert recognise_profile([]) == "current"
    assert recognise_profile([first]) == "seed"
    assert recognise_profile([first, remote("b", sms_enabled=True, stt_model="x")]) == "current"


def test_an_assistant_is_known_by_what_it_tells() -> None:
    one = Remote({"id": 1, "name": None, "organization_id": None})
    assert (one.id, one.name, one.organization_id) == ("1", "", None)
    assert repr(one) == "Remote(id='1', name='')"
    assert one == Remote(one.data, Known({"A": "12345678"}))
    assert Remote({"id": 1}).faq is None
    assert not Remote({"id": 1}).tells("faq_items")
    assert not Remote({"id": 1, "faq_items": None}).tells("faq_items")
    assert Remote({"id": 1, "faq_items": []}).tells("faq_items")
    assert Remote({"id": 1}).tells("voice")
    assert remote("a", first_sentence="x").unlike(remote("b", first_sentence="y")) == [
        "name",
        "first_sentence",
    ]


def test_questions_wait_until_they_are_answered() -> None:
    waits = {"answer": "", "needs_human_answer": True}
    items = [{"question": "z", **waits}, *ITEMS, {"question": "B ?", **waits}]
    held = Remote({"id": 1, "faq_items": items}).faq
    assert held is not None
    assert (held.items, held.asked, held.open_questions) == (
        (("q", "a"),),
        ("B ?", "z"),
        ("B ?", "z"),
    )
    assert held.unanswered([]) == ("B ?", "z")
    assert held.unanswered([{"question": "b?", "answer": "yes"}]) == ("z",)
    assert held.unanswered([{"question": "b?", "answer": " "}]) == ("B ?", "z")
    told = Remote({"id": 1, "faq_items": ITEMS}, Known({"A": "12345678"})).faq
    assert told == HeldFaq((("q", "a"),), ())
    assert repr(told) == "HeldFaq(items=(('q', 'a'),), asked=())"
    assert told.unanswered([]) == ()


# Where the key goes.

BASES: list[tuple[str, str]] = [
    ("https://[::1", "the base URL cannot be read"),
    ("https://e.com:port", "the base URL cannot be read"),
    ("https://xn--a.invalid", "the base URL https://xn--a.invalid is not a URL"),
    ("ftp://e.com", "the base URL ftp://e.com is not an https URL"),
    ("e.com/api", "the base URL e.com/api is not an https URL"),
    ("https:///api", "the base URL https:///api is not an https URL"),
    ("https://u:p@e.com", "the base URL https://(sensitive)@e.com has more than a host and a path"),
    ("https://@e.com", "the base URL https://@e.com has more than a host and a path"),
    (
        "https://e.com?a=b",
        "the base URL https://e.com?a=(sensitive) has more than a host and a path",
    ),
    ("https://e.com#a", "the base URL https://e.com#a has more than a host and a path"),
    ("http://e.com", "the base URL http://e.com is not https, so the key would be readable"),
]


@pytest.mark.parametrize(("url", "why"), BASES)
def test_a_base_url_that_is_none_is_told(url: str, why: str) -> None:
    with pytest.raises(UsageError) as told:
        check_base_url(url)
    hint = "it looks like https://www.getrevox.com/api; http is for loopback only"
    assert (told.value.message, told.value.hint) == (why, hint)
    with pytest.raises(UsageError) as told:
        check_base_url(url, "the proxy", "look again")
    assert told.value.message == why.replace("the base URL", "the proxy")
    assert told.value.hint == "look again"


def test_loopback_is_this_machine_alone() -> None:
    for host in ("localhost", "127.0.0.1", "127.9.9.9", "::1"):
        assert is_loopback(host)
    for host in ("", "localhost.", "e.com", "128.0.0.1", "::2", "0.0.0.0"):  # noqa: S104
        assert not is_loopback(host)
    assert check_base_url("http://[::1]:80/api//") == "http://[::1]:80/api"


@pytest.mark.parametrize("key", ["a b", "clé", "a\x01", "a\nb", "a\tb"])
def test_a_key_is_one_word(key: str) -> None:
    assert check_key(f" {'k' * 3}\n") == "kkk"
    with pytest.raises(SetupError) as told:
        check_key(key, "STAGING_KEY")
    assert told.value.message == "STAGING_KEY holds a space or a character that no key has"
    with pytest.raises(SetupError) as told:
        check_key(" \n", "STAGING_KEY")
    assert told.value.message == "no API key: STAGING_KEY is not set"
    assert told.value.hint == "set STAGING_KEY, or try the embedded sandbox with --sandbox"
