"""A list is whole only if nothing says otherwise; one that goes on is an error."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.desk import Desk
from support.renewal import Renewal
from support.service import SEARCH

from revox_sync.account import wire
from revox_sync.account.wire import (
    Answer,
    assistant_of,
    assistants_of,
    items_of,
    more_of,
    object_of,
)
from revox_sync.errors import UnreadableAnswer

TWO = [{"id": f"a{n}", "name": f"Bot {n}", "prompt": f"You are {n}."} for n in (1, 2)]


def hint(beside: dict[str, Any], headers: dict[str, str] | None = None) -> str | None:
    """Return what a list of two says of itself with these members beside it."""
    return more_of(Answer({"assistants": TWO, **beside}, 200, headers or {}), "assistants")


#: Members that say that a list of two goes on, by their value.
GOES_ON: list[tuple[Any, str, str]] = [
    (
        True,
        "true",
        "has_more hasMore HAS_MORE is_more more more_available moreResults more_items more_pages "
        "more_page load_more next has_next hasNextPage truncated is_truncated partial incomplete "
        "remaining omitted error errors failure failed",
    ),
    (
        False,
        "false",
        "is_last last last_page is_last_page complete is_complete final done finished end is_end "
        "eof exhausted "
        "success ok",
    ),
    (
        3,
        "3",
        "total count total_count totalCount number_of numberOf total_number total_num all_count "
        "full_count total_size total_hits total_items item_count result_count total_results "
        "total_records record_count total_elements total_entries total_rows total_matches "
        "@odata.count total_assistants assistant_count number_of_assistants count_of_all "
        "found numFound num_results matched totalcount itemcount",
    ),
    (3.5, "3.5", "total"),
    (
        2,
        "2",
        "pages page total_pages page_count numPages num_pages number_of_pages current_page "
        "last_page page_number number_page totalpages pagecount",
    ),
    (1, "1", "remaining remaining_items items_remaining omitted_assistants remaining_assistant"),
    (
        "abc",
        "not empty",
        "cursor continuation token page_token continue scroll scroll_cursor marker pagination "
        "paginationToken next_cursor nextPageToken next @odata.nextLink LastEvaluatedKey "
        "ExclusiveStartKey error failed truncated endCursor scroll_id bookmark resumptionToken "
        "nextpagetoken",
    ),
    ("partial", "not empty", "status"),
    ("error", "not empty", "status"),
    ("1,024", "not empty", "total"),
    ("3", "not empty", "total total_pages pages page remaining"),
    (" 3 ", "not empty", "total"),
    ("9" * 30, "not empty", "total"),
    ([1, 2, 3], "not empty", "pages count failed"),
    ({"value": 3, "relation": "eq"}, "not empty", "total"),
    ({"low": 1, "high": 3}, "not empty", "total"),
    ({"href": "/a?page=2", "templated": True}, "not empty", "next"),
    ([None, {"shard": 2}], "not empty", "errors"),
]

#: Values with which the same members say nothing.
IS_WHOLE: list[tuple[Any, str]] = [
    (False, "has_more next truncated error total pages remaining cursor partial failed"),
    (True, "is_last done success ok total pages page complete count"),
    (0, "has_more next remaining total pages page truncated errors done success"),
    (1, "total pages page total_pages last_page done ok"),
    (2, "total count number_of total_assistants"),
    (3, "number of size limit per_page total_calls pending_count numbers cursor token"),
    ("", "next_cursor nextPageToken cursor next error LastEvaluatedKey"),
    (" No ", "has_more next cursor error"),
    ("none", "next cursor error"),
    ("null", "next cursor error"),
    ("false", "has_more next error"),
    ("0", "next total pages remaining"),
    ("abc", "end id status page total previous prev_cursor cursor_style after id order success"),
    ("²", "total pages"),
    ("٣", "total pages"),
    ("3x", "total pages"),
    ("-3", "total pages"),
    (None, "next total pages cursor error has_more remaining done success LastEvaluatedKey"),
    ([None, "", {}], "next errors failed has_more"),
    ([1], "pages"),
    ({"href": None, "templated": True}, "next"),
    ({"a": {"b": [None]}}, "next errors"),
    ({}, "total pages next"),
    (7, "remaining_credits remaining_minutes 1"),
]


@pytest.mark.parametrize(("value", "shown", "names"), GOES_ON, ids=str)
def test_a_member_that_says_a_list_goes_on_is_named(value: Any, shown: str, names: str) -> None:
    expected = {name: f"{name} is {shown}" for name in names.split()}
    assert {name: hint({name: value}) for name in expected} == expected
    assert {name: hint({"meta": {name: value}}) for name in expected} == expected


@pytest.mark.parametrize(("value", "names"), IS_WHOLE, ids=str)
def test_a_member_that_says_no_more_than_that_is_no_hint(value: Any, names: str) -> None:
    whole = dict.fromkeys(names.split())
    assert {name: hint({name: value}) for name in whole} == whole
    assert {name: hint({"meta": {name: value}}) for name in whole if name != "after"} == {
        name: None for name in whole if name != "after"
    }


#: What is said by members together, or by the objects in which they are.
TOGETHER: list[tuple[dict[str, Any], str | None]] = [
    ({"cursor": "abc", "has_more": False}, None),
    ({"cursor": "abc", "has_more": True}, "cursor is not empty"),
    ({"page_info": {"hasNextPage": False, "endCursor": "abc"}}, None),
    ({"has_more": False, "total": 3}, "total is 3"),
    ({"has_more": False, "next": "/a"}, "next is not empty"),
    ({"meta": {"has_more": False}, "cursor": "abc"}, "cursor is not empty"),
    ({"total": 2, "error": "a shard is down"}, "error is not empty"),
    *(
        ({size: 2, **beside}, f"{size} is 2, and so many there are")
        for size in ("limit", "page_size", "perPage", "maxResults")
        for beside in ({}, {"page": 1}, {"offset": 0, "count": 2})
    ),
    *(({"limit": 2, **beside}, None) for beside in ({"total": 2}, {"next": None}, {"cursor": ""})),
    *(({"limit": 2, **beside}, None) for beside in ({"has_more": False}, {"pages": 1})),
    *(({"limit": size}, None) for size in (1, 3, None, "many")),
    *(({of: {"after": "b"}}, "after is not empty") for of in ("paging", "pagination", "pages")),
    *(({of: {"after": "b"}}, "after is not empty") for of in ("page", "cursor", "cursors", "meta")),
    ({"paging": {"cursors": {"before": "a", "after": "b"}}}, "after is not empty"),
    ({"paging": {"cursors": {"after": None}}}, None),
    ({"filter": {"after": "2024-01-01"}}, None),
    *(({of: {"total": 9, "next": 60}}, None) for of in ("rate_limit", "quota", "ratelimit")),
    *(({of: {"total": 9, "next": 60}}, None) for of in ("rate", "limit", "retry")),
    *(({f"{of}_next": 9}, None) for of in ("rate", "ratelimit", "limit", "quota", "retry")),
    ({"rate": {"inside": {"total": 9}}}, "total is 9"),
    ({"links": [{"rel": "self", "href": "/a"}]}, None),
    ({"links": [{"rel": "Last NEXT", "href": "/a"}]}, 'a link has the relation "next"'),
    ({"links": [{"rel": "next", "URL": "/a"}]}, 'a link has the relation "next"'),
    ({"links": [{"rel": "next", "uri": "/a", "href": ""}]}, 'a link has the relation "next"'),
    ({"links": [{"rel": "next", "href": None}]}, None),
    ({"links": [{"rel": "next", "name": "/a"}]}, None),
    ({"links": [{"rel": "nextish", "href": "/a"}, {"rel": ["next"], "href": "/a"}]}, None),
    ({"links": {"next": {"href": "/assistants?page=2"}}}, "next is not empty"),
    ({"a": {"b": {"c": {"d": {"e": {"total": 3}}}}}}, "total is 3"),
    ({"a": {"b": {"c": {"d": {"e": {"f": {"total": 3}}}}}}}, None),
    ({"a": [7, {"b": [{"total": 3}]}]}, "total is 3"),
]


@pytest.mark.parametrize(("beside", "why"), TOGETHER, ids=str)
def test_members_are_read_together(beside: dict[str, Any], why: str | None) -> None:
    assert hint(beside) == why


LINK = 'its Link header has rel="next"'
HEADERS: list[tuple[str, str, str | None]] = [
    ("Link", '</assistants?page=2>; rel="next"', LINK),
    ("link", "</assistants?page=1>; rel=first, </assistants?page=2>; rel=next", LINK),
    ("Link", '</a?b=;>; title="x"; REL="last Next"', LINK),
    ("Link", "</assistants?page=2>; rel = 'next'", LINK),
    ("Link", "</style.css>; rel=preload", None),
    ("Link", "</assistants?rel=next>; rel=self, </first>; rel=first", None),
    ("Content-Range", "items 0-1/3", "its Content-Range header is items 0-1/3"),
    ("Content-Range", "items 0-1/2", None),
    ("Content-Range", "items 0-1/*", None),
    ("X-Total-Count", "3", "its X-Total-Count header is 3"),
    ("X-Total-Count", "2", None),
    ("x-wp-totalpages", "2", "its x-wp-totalpages header is 2"),
    ("x-totalcount", "3", "its x-totalcount header is 3"),
    ("x-hasmore", "true", "its x-hasmore header is true"),
    ("Total-Count", "3", "its Total-Count header is 3"),
    ("X-WP-Total", "3", "its X-WP-Total header is 3"),
    ("X-MS-Total", "3", "its X-MS-Total header is 3"),
    ("Paging-Total", "3", "its Paging-Total header is 3"),
    ("X-Pagination-Total-Count", "3", "its X-Pagination-Total-Count header is 3"),
    ("X-Pagination-Total-Pages", "1", None),
    ("X-Next-Page", "2", "its X-Next-Page header is 2"),
    ("X-Next-Page", "", None),
    ("X-Has-More", "true", "its X-Has-More header is true"),
    ("X-Has-More", "false", None),
    ("Next-Cursor", "abc", "its Next-Cursor header is abc"),
    *((f"X-{word}", "abc", f"its X-{word} header is not empty") for word in ("Cursor", "Scroll")),
    *((f"X-{word}", "abc", f"its X-{word} header is not empty") for word in ("Marker",)),
    ("X-Continuation-Token", "abc", "its X-Continuation-Token header is not empty"),
    ("X-Cursor", "", None),
    ("X-Token", "abc", None),
    ("X-Cursor-Style", "opaque", None),
    ("X-Request-Count", "3", None),
    ("X-Pagination", '{"TotalCount": 3, "PageSize": 2}', "TotalCount is 3"),
    ("X-Pagination", '{"TotalCount": 2, "HasNext": false}', None),
    ("X-Pagination", "{[", None),
    ("X-Pagination", "[" * 100_000, None),
    ("X-Pagination", "3", None),
    ("Paging", '{"HasNext": true}', "HasNext is true"),
    ("X-Experiment", '{"HasNext": true}', None),
    *((f"X-{of}-Next", "30", None) for of in ("RateLimit", "Rate-Limit", "Quota", "Retry")),
]


@pytest.mark.parametrize(("header", "value", "why"), HEADERS)
def test_a_header_can_say_that_a_list_goes_on(header: str, value: str, why: str | None) -> None:
    assert hint({}, {header: value}) == why
    assert hint({"total": 3}, {header: value}) == (why or "total is 3")


def test_partial_content_is_a_hint_and_each_id_counts_once() -> None:
    assert more_of(Answer({"assistants": TWO}, 206), "assistants") == (
        "the answer is 206 Partial Content"
    )
    for items, total, why in [
        ([{"id": 1}, {"id": "1"}], 2, "total is 2"),
        ([{"id": 1}, {"id": 2}], 2, None),
        ([{}, {}], 2, None),
        ([], 1, "total is 1"),
    ]:
        assert more_of(Answer({"numbers": items, "total": total}), "numbers") == why


NO_LIST: list[tuple[Any, str]] = [
    (None, 'no array "phone_numbers"'),
    ([], 'no array "phone_numbers"'),
    ({"assistants": []}, 'no array "phone_numbers"'),
    ({"phone_numbers": {}}, 'no array "phone_numbers"'),
    ({"phone_numbers": [{}, None]}, "something that is no object"),
    ({"phone_numbers": ["a"]}, "something that is no object"),
]


@pytest.mark.parametrize("trusted", [False, True])
@pytest.mark.parametrize(("data", "why"), NO_LIST, ids=str)
def test_what_is_no_list_is_never_an_empty_one(data: Any, why: str, trusted: bool) -> None:
    with pytest.raises(UnreadableAnswer) as told:
        items_of(Answer(data), "phone_numbers", trusted=trusted)
    assert re.fullmatch(f"the list of phone numbers (has|holds) {why}", told.value.message)
    assert told.value.hint is None


@pytest.mark.parametrize("count", ["total_phone_numbers", "phone_number_count", "total"])
def test_a_list_of_two_words_is_counted_by_them(count: str) -> None:
    answer = Answer({"phone_numbers": [{"id": 1}], count: 2})
    with pytest.raises(UnreadableAnswer) as told:
        items_of(answer, "phone_numbers")
    assert told.value.message == f"the list of phone numbers may not be whole: {count} is 2"
    assert told.value.hint == (
        "nothing was written; if the list is whole all the same, go on with --trust-list"
    )
    assert items_of(answer, "phone_numbers", trusted=True) == [{"id": 1}]


@pytest.mark.parametrize("identity", [None, "", True, False, 1.5, [], {}])
def test_an_assistant_without_an_id_is_none(identity: Any) -> None:
    item = {"id": identity, "name": "a"}
    for trusted in (False, True):
        with pytest.raises(UnreadableAnswer, match="holds something that is no assistant"):
            assistants_of(Answer({"assistants": [*TWO, item]}), trusted=trusted)
    for answer in (item, {"assistant": item}):
        with pytest.raises(UnreadableAnswer, match="the answer holds no assistant"):
            assistant_of(answer)


@pytest.mark.parametrize("identity", [0, 7, "0", "a b"])
def test_an_assistant_is_read_with_any_id_and_once(identity: Any) -> None:
    first, last = {"id": identity, "name": "a"}, {"id": str(identity), "name": "b"}
    assert assistant_of(first) == assistant_of({"assistant": first}) == first
    assert assistants_of(Answer({"assistants": [first, *TWO, last]})) == [last, *TWO]
    assert assistants_of(Answer({"assistants": [{"id": identity}]}), trusted=True) == [
        {"id": identity}
    ]


@pytest.mark.parametrize("answer", [None, [], "a", {"assistant": None}, {"assistant": [{"id": 1}]}])
def test_what_holds_no_object_holds_no_assistant(answer: Any) -> None:
    assert object_of(answer, "assistant") is None
    with pytest.raises(UnreadableAnswer, match="the answer holds no assistant"):
        assistant_of(answer)


def two(desk: Desk, headers: dict[str, str] | None = None, **more: Any) -> None:
    """Let the account tell two assistants, and hide a third which the definition names."""
    body = {"assistants": TWO, **more}
    desk.service.on("GET", "/assistants", times=None, status=200, body=body, headers=headers or {})
    desk.project.define("c", name="Bot C", prompt="p")


@pytest.mark.parametrize(
    ("headers", "more", "why"),
    [
        ({}, {"page_info": {"has_next_page": True}}, "has_next_page is true"),
        ({"X-Total-Count": "3"}, {}, "its x-total-count header is 3"),
        ({"Link": "<x>; rel=next"}, {}, 'its Link header has rel="next"'),
    ],
    ids=str,
)
def test_a_list_that_says_it_goes_on_is_an_error(
    desk: Desk, headers: dict[str, str], more: dict[str, Any], why: str
) -> None:
    two(desk, headers, **more)
    result = desk.apply()
    assert result.code == 1
    assert f"error: the list of assistants may not be whole: {why}\n" in result.err
    assert "--trust-list" in result.err
    assert desk.service.writes == []


def test_a_list_with_nothing_after_it_is_whole(desk: Desk) -> None:
    two(desk, {"X-Total-Count": "2"}, total=2, has_more=False, page=1)
    assert desk.run("plan").code == 0


@pytest.mark.parametrize("command", ["plan", "drift", "pull", "bind", "status"])
def test_no_command_takes_a_list_that_goes_on_for_whole(desk: Desk, command: str) -> None:
    two(desk, has_more=True)
    before = desk.project.files()
    result = desk.run(command)
    assert result.code == 1
    assert "may not be whole: has_more is true" in result.said
    assert desk.project.files() == before


def test_one_that_is_listed_twice_counts_once(desk: Desk) -> None:
    identity = desk.service.add("other")
    held = desk.service.assistants[identity]
    body = {"assistants": [held, held], "total": 2}
    desk.service.on("GET", "/assistants", status=200, body=body, times=None)
    desk.project.define()
    assert desk.apply().code == 1
    assert not desk.service.writes


def test_partial_content_is_not_whole(desk: Desk) -> None:
    desk.service.on("GET", "/assistants", times=None, status=206, body={"assistants": []})
    desk.project.define()
    assert desk.apply().code == 1
    assert desk.service.writes == []


@pytest.mark.parametrize("name", [{}, {"name": None}, {"name": 7}], ids=str)
def test_an_item_without_a_name_is_an_error(desk: Desk, name: dict[str, Any]) -> None:
    body = {"assistants": [{"id": "a1", **name}]}
    desk.service.on("GET", "/assistants", times=None, status=200, body=body)
    desk.project.define()
    result = desk.apply()
    assert result.code == 1
    assert "a1 has no name" in result.err
    assert desk.service.writes == []


def test_a_list_is_trusted_on_request(desk: Desk) -> None:
    desk.service.on(
        "GET",
        "/assistants",
        times=None,
        status=200,
        headers={"Link": "<x>; rel=next"},
        body={"assistants": [{"id": "a1"}], "has_more": True, "total": 9},
    )
    desk.project.define()
    assert desk.run("plan", "--trust-list").code == 0
    assert desk.apply("--trust-list").code == 0
    assert [request.method for request in desk.service.writes] == ["POST"]


@pytest.mark.parametrize("path", ["/phone-numbers", "/campaigns"])
@pytest.mark.parametrize("more", [{"has_more": True}, {"total": 9}], ids=str)
def test_uses_that_may_not_be_all_are_unknown(desk: Desk, path: str, more: dict[str, Any]) -> None:
    renewal = Renewal(desk)
    name = path.strip("/").replace("-", "_")
    desk.service.on("GET", path, times=None, status=200, body={name: [], **more})
    result = desk.apply()
    assert result.code == (1 if path == "/phone-numbers" else 3)
    assert f"the list of {name.replace('_', ' ')} may not be whole" in result.said
    assert renewal.writes() == []
    renewal.assert_in_service()


@pytest.mark.parametrize(
    ("path", "item"),
    [
        ("/phone-numbers", {"phone_number": "+33123456789", "inbound_assistant": None}),
        ("/phone-numbers", {"id": "pn1", "inbound_assistant": None}),
        ("/campaigns", {"id": "c1", "name": "Spring", "status": "running"}),
        *(
            ("/phone-numbers", {"id": "pn1", "phone_number": "+33123456789", **linked})
            for linked in (
                {"inbound_assistant": {"name": "front-desk"}},
                {"inbound_assistant": {"assistant": {"id": "a1"}}},
                {"inbound_assistant": [{"id": "a1"}]},
                {"inbound_assistant": None, "inbound_assistant_id": ["a1"]},
                {"inboundAssistant": {"id": "a1"}},
                {"assistant_id": "a1"},
            )
        ),
        ("/campaigns", {"status": "running", "assistant": {"name": "x"}, "assistant_id": None}),
        ("/campaigns", {"status": "running", "assistant_id": None, "assistant_ids": ["a1"]}),
    ],
    ids=str,
)
def test_a_use_that_is_not_told_whole_is_unknown(
    desk: Desk, path: str, item: dict[str, Any]
) -> None:
    renewal = Renewal(desk)
    name = path.strip("/").replace("-", "_")
    desk.service.on("GET", path, times=None, status=200, body={name: [item]})
    assert desk.apply().code == (1 if path == "/phone-numbers" else 3)
    assert renewal.writes() == []


@pytest.mark.parametrize("link", ["inbound_assistant", "inbound_assistant_id"])
def test_a_number_that_names_its_assistant_by_the_id_alone_is_a_use(desk: Desk, link: str) -> None:
    renewal = Renewal(desk)
    number = {"id": "pn1", "phone_number": "+33123456789", link: renewal.old}
    desk.service.on(
        "GET", "/phone-numbers", times=None, status=200, body={"phone_numbers": [number]}
    )
    result = desk.run("delete", "--auto-approve", renewal.old)
    assert result.code == 3
    assert "phone number +33123456789" in result.out
    assert renewal.writes() == []


@pytest.mark.parametrize("status", ["SCHEDULED", "ringing"])
def test_a_call_that_is_not_over_waits_whatever_its_status_is_called(
    desk: Desk, status: str
) -> None:
    renewal = Renewal(desk)
    call = {"status": status, "assistant": {"id": renewal.old}}
    desk.service.on(
        "POST", SEARCH, times=None, status=200, body={"calls": [call], "total_count": 1}
    )
    result = desk.apply()
    assert result.code == 3
    assert "1 call waits for it" in result.out
    assert renewal.writes() == []


def test_a_planted_fault_in_what_a_list_says_of_itself_is_noticed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "more_of", lambda *_: None)
    with pytest.raises(AssertionError):
        test_no_command_takes_a_list_that_goes_on_for_whole(desk, "plan")
