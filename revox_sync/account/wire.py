"""How requests and answers look on the wire; how each generation of the API spells a request.

The API documents no pages. A service that has them all the same says so somewhere: in members
beside the list, in members of an object there (``meta``, ``pagination``), or in headers. A list
that is taken for whole and is not makes twins, so every common way of saying "there is more"
counts, and so does an error beside it. A total that is the count, an empty cursor, or a link to
something else says nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import field
from itertools import chain
from typing import Any, Literal

from revox_sync.errors import UnreadableAnswer
from revox_sync.model.fields import RETRY_FILL
from revox_sync.model.shapes import UNKNOWN
from revox_sync.model.walk import leaves
from revox_sync.records import dataclass

_SHOWN = 1000
_PARTIAL_CONTENT = 206
_DEEPEST = 5

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
#: Headers come in small letters, so words in them may be one: ``x-wp-totalpages``.
_PART = re.compile(
    r"has|more|next|last|total|count|number|pages?|items?|results?|token|cursor|link"
)
_PARTS = re.compile(rf"(?:{_PART.pattern}){{2,}}")
_NOTHING = frozenset({"", "0", "false", "no", "none", "null"})
_MORE = frozenset({"has", "is", "more", "available", "results", "items", "pages", "page", "load"})
_LEFT = frozenset({"truncated", "partial", "incomplete", "remaining", "omitted"})
_FAILED = frozenset({"error", "errors", "failure", "failed"})
_LAST = frozenset(
    {"is", "last", "page", "complete", "final", "done", "finished", "end", "eof", "exhausted"}
)
_CURSORS = frozenset(
    {"cursor", "continuation", "token", "page", "continue", "scroll", "marker", "pagination"}
    | {"bookmark", "resumption"}
)
#: What a cursor may be called besides.
_OF_CURSORS = frozenset({"end", "id"})
#: Of a header the name has to say more than that: ``X-Token`` is about who may ask.
_CURSOR_HEADERS = frozenset({"cursor", "continuation", "scroll", "marker"})
#: Objects in which a member called ``after`` is a cursor.
_PAGING = frozenset({"paging", "pagination", "pages", "page", "cursor", "cursors", "meta"})
#: What a header on pages is called by, and what is about the pace of requests.
_OF_PAGES = frozenset({"x", "pagination", "paging", "wp", "ms"})
_PACE = frozenset({"rate", "ratelimit", "limit", "quota", "retry"})
_COUNTED = frozenset(
    {"total", "count", "number", "num", "of", "all", "full", "size", "hits", "items", "item"}
    | {"found", "matched"}
    | {"results", "result", "records", "record", "elements", "entries", "rows", "matches", "odata"}
)
_PAGES = frozenset({"pages", "page", "total", "count", "last", "number", "num", "of", "current"})
#: What is told of one page says nothing of the others.
_OF_THIS_PAGE = frozenset({"page", "current", "number", "count", "items", "results"})
#: How many items a page holds at most; as many may not be all.
_SIZES = (["limit"], ["page", "size"], ["per", "page"], ["max", "results"])
_KEYS = (["last", "evaluated", "key"], ["exclusive", "start", "key"])
_TARGET = re.compile(r"<[^<>]*>")
_RELATION = re.compile(r"\brel\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s;,\"']+))", re.IGNORECASE)
_RANGE_TOTAL = re.compile(r"/\s*(\d+)\s*$")


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer: its JSON, and the status and the headers that it came with."""

    data: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def to_request(fields: Mapping[str, Any], profile: Literal["seed", "current"]) -> dict[str, Any]:
    """Return the request body for these fields.

    Profile ``current`` requires two members of ``call_retry_config`` that definitions of the older
    shape leave out; they are filled with their documented defaults.
    """
    body = dict(fields)
    retry = body.get("call_retry_config")
    if profile == "current" and isinstance(retry, Mapping):
        body["call_retry_config"] = {**RETRY_FILL, **retry}
    return body


def assistant_of(answer: Any) -> dict[str, Any]:
    """Return the assistant in an answer, bare or as ``{"assistant": …}``.

    Raises UnreadableAnswer when there is none with an id.
    """
    found = object_of(answer, "assistant")
    if found is None or not is_id(found.get("id")):
        raise UnreadableAnswer("the answer holds no assistant")
    return found


def tells_failure(answer: Any) -> bool:
    """Whether an answer says that the service failed, whatever its status."""
    told = answer.items() if isinstance(answer, dict) else ()
    return any(_has_failed(_words(key), value) for key, value in told)


def object_of(answer: Any, name: str) -> dict[str, Any] | None:
    """Return the object of an answer, bare or as ``{name: …}``; None where there is none."""
    found = answer.get(name, answer) if isinstance(answer, dict) else None
    return found if isinstance(found, dict) else None


def assistants_of(answer: Answer, *, trusted: bool = False) -> list[dict[str, Any]]:
    """Return the assistants of a list, each once.

    Raises UnreadableAnswer for anything else, and for a list that may not be whole unless it is
    ``trusted``: an assistant without a name says that the service does not tell all.
    """
    found = items_of(answer, "assistants", trusted=trusted)
    for item in found:
        if not is_id(item.get("id")):
            raise UnreadableAnswer("the list of assistants holds something that is no assistant")
        if not trusted and not isinstance(item.get("name"), str):
            raise partial("assistants", f"{item['id']} has no name")
    return list({str(item["id"]): item for item in found}.values())


def is_id(found: Any) -> bool:
    """Whether a value can be an id."""
    return isinstance(found, str | int) and not isinstance(found, bool) and found != ""


def items_of(answer: Answer, name: str, *, trusted: bool = False) -> list[dict[str, Any]]:
    """Return the objects of the list that an answer holds under ``name``.

    Raises UnreadableAnswer where there is no such list: an unreadable list is never an empty one.
    It is raised, too, where anything says that the list goes on, unless it is ``trusted``.
    """
    of = name.replace("_", " ")
    found = answer.data.get(name) if isinstance(answer.data, dict) else None
    if not isinstance(found, list):
        raise UnreadableAnswer(f'the list of {of} has no array "{name}"')
    if not all(isinstance(item, dict) for item in found):
        raise UnreadableAnswer(f"the list of {of} holds something that is no object")
    hint = None if trusted else more_of(answer, name)
    if hint is not None:
        raise partial(of, hint)
    return found


def partial(of: str, why: str) -> UnreadableAnswer:
    """Return the error for a list of something that may be incomplete."""
    return UnreadableAnswer(
        f"the list of {of} may not be whole: {why}",
        hint="nothing was written; if the list is whole all the same, go on with --trust-list",
    )


def more_of(answer: Answer, name: str) -> str | None:
    """Return what says that the list ``name`` of an answer goes on; None if nothing does."""
    if answer.status == _PARTIAL_CONTENT:
        return "the answer is 206 Partial Content"
    # Each id counts once.
    count = len({str(item.get("id", index)) for index, item in enumerate(answer.data[name])})
    beside = {key: value for key, value in answer.data.items() if key != name}
    hints = chain(_in_headers(answer.headers, count, name), _in_object(beside, count, name))
    return next(hints, None)


def _in_object(beside: Mapping[str, Any], count: int, name: str) -> Iterator[str]:
    is_whole, full = False, ""
    for of, members in _objects(beside):
        ended = any(
            (_is_more(_words(key)) or {"has", "next"}.issubset(_words(key)))
            and not _says_something(value)
            for key, value in members.items()
        )
        targets = (members[key] for key in members if key.lower() in ("href", "url", "uri"))
        if _names_next(members.get("rel")) and any(map(_says_something, targets)):
            yield 'a link has the relation "next"'
        for key, value in members.items():
            words = _words(key)
            if words in _SIZES and 0 < _number(value) == count:
                full = f"{key} is {_shown(value)}, and so many there are"
            if {*words, *_words(of)} & _PACE:
                continue
            rest = [word for word in words if word not in _OF_CURSORS]
            named = bool(rest) and _CURSORS.issuperset(rest)
            named |= words == ["after"] and not _PAGING.isdisjoint(_words(of))
            # A page number alone is no cursor.
            is_cursor = named and words != ["page"] and isinstance(value, str | None)
            goes_on = _goes_on(words, value, count, name)
            is_whole |= goes_on is False and not _OF_THIS_PAGE.issuperset(words)
            is_whole |= is_cursor and not value
            if (
                goes_on
                or _has_failed(words, value)
                or (not ended and is_cursor and _says_something(value))
            ):
                yield f"{key} is {_shown(value)}"
    if full and not is_whole:
        yield full


def _in_headers(headers: Mapping[str, str], count: int, name: str) -> Iterator[str]:
    for header, value in headers.items():
        words = _words(header)
        if words == ["link"]:
            relations = _RELATION.findall(_TARGET.sub("", value))
            if any(map(_names_next, chain.from_iterable(relations))):
                yield 'its Link header has rel="next"'
        elif words == ["content", "range"]:
            total = _RANGE_TOTAL.search(value)
            if total and int(total[1][:18]) > count:
                yield f"its Content-Range header is {value}"
        elif not {*words} & _PACE:
            rest = [one for one in words if one not in _OF_PAGES]
            if not _CURSOR_HEADERS.isdisjoint(rest) and _CURSORS.issuperset(rest) and value:
                yield f"its {header} header is not empty"
            with suppress(ValueError, RecursionError):
                told = json.loads(value) if not rest else None
                if isinstance(told, dict):
                    yield from _in_object(told, count, name)
            if _goes_on(rest, value, count, name):
                yield f"its {header} header is {value}"


def _goes_on(words: list[str], value: Any, count: int, name: str) -> bool | None:
    """Whether a member of this name and value says that a list of ``count`` items goes on.

    None if it says nothing of that.
    """
    said, counted = set(words), _COUNTED.union(_words(name), _words(name.rstrip("s")))
    if "next" in said or _is_more(words) or words in _KEYS:
        return _says_something(value)
    if said & _LEFT and (_LEFT | _MORE | counted).issuperset(said):
        return _says_something(value)
    if words and _LAST.issuperset(said) and isinstance(value, bool):
        return not value
    if said & {"pages", "page"} and _PAGES.issuperset(said):
        return _number(value) > 1
    counts = said & {"total", "count", "found", "matched", "num"} or {"number", "of"} <= said
    return _number(value) > count if counts and counted.issuperset(said) else None


def _has_failed(words: list[str], value: Any) -> bool:
    """Whether a member says that the service could not answer completely."""
    if words in (["success"], ["ok"]):
        return value is False
    if words == ["status"]:
        return not (_LEFT | _FAILED).isdisjoint(_words(str(value)))
    return bool(words) and _FAILED.issuperset(words) and _says_something(value)


def _is_more(words: list[str]) -> bool:
    return "more" in words and _MORE.issuperset(words)


def _objects(
    members: Mapping[str, Any], of: str = "", depth: int = 0
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield an object and those inside it, each with the name that it has there."""
    yield of, members
    if depth < _DEEPEST:
        for key, value in members.items():
            for inner in value if isinstance(value, list) else [value]:
                if isinstance(inner, dict):
                    yield from _objects(inner, key, depth + 1)


def _says_something(value: Any) -> bool:
    """Whether a value is more than "no" or nothing, whatever its type."""
    if isinstance(value, dict):
        return any(_says_something(part) for part in value.values() if part is not True)
    if isinstance(value, list):
        return any(map(_says_something, value))
    return str(value).strip().lower() not in _NOTHING


def _names_next(relation: Any) -> bool:
    return isinstance(relation, str) and "next" in relation.lower().split()


def _number(value: Any) -> float:
    """Return the number that a member tells; for an object (``{"value": 3}``), its largest."""
    if isinstance(value, bool):
        return 0
    if isinstance(value, int | float):
        return value
    if isinstance(value, str):
        text = value.strip().replace(",", "")
        return int(text[:18]) if text.isascii() and text.isdigit() else 0
    if isinstance(value, dict):
        return max(map(_number, value.values()), default=0)
    return len(value) if isinstance(value, list) else 0


def _words(key: str) -> list[str]:
    words = (word.lower() for word in _WORD.findall(key))
    return [
        part
        for word in words
        for part in (_PART.findall(word) if _PARTS.fullmatch(word) else [word])
    ]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, int | float) else "not empty"


def queued_calls_notice(answer: Any) -> str | None:
    """Return what ``unpatchedCallsNotice`` says, in words; None without one."""
    notice = answer.get("unpatchedCallsNotice") if isinstance(answer, dict) else None
    if not isinstance(notice, dict):
        return None
    variables = notice.get("variables")
    names = ", ".join(map(str, variables)) if isinstance(variables, list) else ""
    return f"{notice.get('count', 'some')} queued calls keep the earlier text" + (
        f"; they lack the variables {names}" if names else ""
    )


def error_words(content: bytes, redact: Callable[[str], str]) -> str:
    """Return an error body in the service's own words, redacted, at most 1,000 characters.

    A body that holds one text is that text, other JSON is shown as it is, and anything else as
    plain text. It is cut last: half a secret would not be recognised.
    """
    text = redact(content.decode("utf-8", "replace").strip())
    with suppress(ValueError, RecursionError):
        data = json.loads(text)
        words = [str(leaf) for _, _, leaf in leaves(UNKNOWN, data) if leaf is not None]
        text = words[0] if len(words) == 1 else json.dumps(data, ensure_ascii=False)
    text = " ".join(redact(text).split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} … ({len(text)} characters)"
