"""A list is whole only if nothing says otherwise; one that goes on is an error."""

from __future__ import annotations

from typing import Any

import pytest
from support.desk import Desk
from support.renewal import Renewal

from revox_sync.account import wire

GOES_ON: dict[str, dict[str, Any]] = {
    "has_more": {"has_more": True},
    "hasMore": {"hasMore": True},
    "has_more as text": {"has_more": "true"},
    "has_next_page, inside": {"page_info": {"has_next_page": True, "end_cursor": "x"}},
    "next_cursor": {"next_cursor": "abc"},
    "nextPageToken": {"nextPageToken": "abc"},
    "next": {"next": "https://api.example.com/assistants?page=2"},
    "next, inside": {"links": {"next": {"href": "/assistants?page=2"}}},
    "next in a list of links": {"links": [{"rel": "next", "href": "/assistants?page=2"}]},
    "odata": {"@odata.nextLink": "/assistants?$skip=2"},
    "next_page": {"meta": {"pagination": {"next_page": 2}}},
    "cursor": {"cursor": "abc"},
    "after, inside": {"paging": {"cursors": {"before": "a", "after": "b"}}},
    "truncated": {"is_truncated": True},
    "is_last_page": {"is_last_page": False},
    "total": {"total": 3},
    "totalCount": {"totalCount": 3},
    "total, inside": {"pagination": {"page": 1, "per_page": 2, "total": 3}},
    "total as text": {"total": "3"},
    "count": {"count": 3},
    "total_pages": {"total_pages": 2},
    "pages": {"page": 1, "pages": 2},
    "page_count": {"page_count": 2},
    "numPages": {"numPages": 2},
    "number_of_pages": {"number_of_pages": 2},
    "a list of pages": {"pages": [1, 2]},
    "a later page": {"current_page": 2},
    "last_page": {"meta": {"current_page": 1, "last_page": 2}},
    "remaining": {"remaining": 1},
    "remaining items": {"remaining_items": 1},
    "done": {"done": False},
    "number of": {"number_of_assistants": 3},
    "odata count": {"@odata.count": 3},
    "the last key": {"LastEvaluatedKey": {"id": "b"}},
    "a token of pages": {"paginationToken": "abc"},
    "error": {"error": "the shard with the others is down"},
    "errors, inside": {"meta": {"errors": [{"shard": 2}]}},
    "a failure": {"failure": "the shard with the others is down"},
    "failed ones": {"failed": ["shard 2"]},
    "no success": {"success": False},
}

IS_WHOLE: dict[str, dict[str, Any]] = {
    "a total that is the count": {"total": 2},
    "a total below the count": {"total_count": 1},
    "has_more false": {"has_more": False, "hasNextPage": False},
    "a null total": {"total": None, "pages": None},
    "a member without a word": {"1": False},
    "an empty cursor": {"next_cursor": "", "nextPageToken": ""},
    "a null cursor": {"next_cursor": None, "next": None},
    "a link to nowhere": {"links": {"next": {"href": None, "templated": True}, "self": "/a"}},
    "a cursor where nothing is left": {"cursor": "abc", "has_more": False},
    "the end of the only page": {"page_info": {"hasNextPage": False, "endCursor": "abc"}},
    "one page": {"page": 1, "per_page": 100, "total_pages": 1, "last_page": 1},
    "no place to go on from": {"paging": {"cursors": {"after": None}}, "after": "2024-01-01"},
    "the pace of requests": {"rate_limit": {"remaining": 29, "count": 30, "next": 60}},
    "no page": {"page": 0, "total_pages": 0},
    "the last page": {"is_last_page": True},
    "what counts something else": {"total_calls": 900, "limit": 50, "pending_count": 7},
    "no error": {"success": True, "error": None, "errors": [], "error_count": 0},
    "what remains of something else": {"remaining_credits": 100, "remaining_minutes": 5},
    "all done": {"done": True, "LastEvaluatedKey": None},
    "a prior page": {"previous": "/assistants?page=0", "prev_cursor": "abc"},
}

HEADERS_THAT_GO_ON = [
    {"Link": '</assistants?page=2>; rel="next"'},
    {"Link": "</assistants?page=1>; rel=first, </assistants?page=2>; rel=next"},
    {"Link": '</a?b=;>; title="x"; REL="last Next"'},
    {"Link": "</assistants?page=2>; rel='next'"},
    {"X-Total-Count": "3"},
    {"Total-Count": "3"},
    {"X-WP-Total": "3"},
    {"Next-Cursor": "abc"},
    {"X-Continuation-Token": "abc"},
    {"X-Next-Page": "2"},
    {"X-Has-More": "true"},
    {"X-Pagination": '{"TotalCount": 3, "PageSize": 2}'},
    {"X-Pagination": '{"HasNext": true}'},
    {"X-Pagination-Total-Count": "3"},
    {"Pagination-Count": "3"},
    {"Content-Range": "items 0-1/3"},
]

HEADERS_OF_A_WHOLE_LIST = [
    {"Link": "</style.css>; rel=preload"},
    {"Link": "</assistants?rel=next>; rel=self, </first>; rel=first"},
    {"X-Total-Count": "2", "X-Next-Page": ""},
    {"X-Pagination": '{"TotalCount": 2, "HasNext": false}', "X-Pagination-Total-Pages": "1"},
    {"X-Pagination": "{[", "Pagination-Page": "1"},
    {"X-RateLimit-Remaining": "29", "X-Rate-Limit-Total": "30", "X-Ratelimit-Next": "60"},
    {"Content-Range": "items 0-1/2"},
    {"Content-Range": "items 0-1/*"},
    {"X-Token": "abc", "X-Request-Count": "3", "X-Cursor-Style": "opaque"},
]


def two(desk: Desk, headers: dict[str, str] | None = None, **more: Any) -> None:
    """Let the account tell two assistants, and hide a third which the definition names."""
    listed = [{"id": f"a{n}", "name": f"Bot {n}", "prompt": f"You are {n}."} for n in (1, 2)]
    body = {"assistants": listed, **more}
    desk.service.on("GET", "/assistants", times=None, status=200, body=body, headers=headers or {})
    desk.project.define("c", name="Bot C", prompt="p")


@pytest.mark.parametrize("more", GOES_ON.values(), ids=GOES_ON)
def test_a_list_that_says_it_goes_on_is_an_error(desk: Desk, more: dict[str, Any]) -> None:
    two(desk, **more)
    result = desk.apply()
    assert result.code == 1
    assert "error: the list of assistants may not be whole: " in result.err
    assert "--trust-list" in result.err
    assert desk.service.writes == []


@pytest.mark.parametrize("more", IS_WHOLE.values(), ids=IS_WHOLE)
def test_a_list_with_nothing_after_it_is_whole(desk: Desk, more: dict[str, Any]) -> None:
    two(desk, **more)
    assert desk.run("plan").code == 0


@pytest.mark.parametrize("headers", HEADERS_THAT_GO_ON, ids=str)
def test_a_header_that_says_it_goes_on_is_an_error(desk: Desk, headers: dict[str, str]) -> None:
    two(desk, headers)
    result = desk.apply()
    assert result.code == 1
    assert "may not be whole" in result.err
    assert desk.service.writes == []


@pytest.mark.parametrize("headers", HEADERS_OF_A_WHOLE_LIST, ids=str)
def test_a_header_about_something_else_is_no_hint(desk: Desk, headers: dict[str, str]) -> None:
    two(desk, headers)
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


def test_a_planted_fault_in_what_a_list_says_of_itself_is_noticed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "more_of", lambda *_: None)
    with pytest.raises(AssertionError):
        test_a_list_that_says_it_goes_on_is_an_error(desk, {"has_more": True})
