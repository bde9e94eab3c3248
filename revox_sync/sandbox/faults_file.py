"""Reads a file of faults, strictly: what is not understood must not pass for a rehearsal."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Collection, Mapping
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from revox_sync.sandbox.documents import dump
from revox_sync.sandbox.errors import SandboxError
from revox_sync.sandbox.faults import (
    Answer,
    Delay,
    Drop,
    Edit,
    Fault,
    Faults,
    Ignore,
    Mask,
    Older,
    Rule,
    Truncate,
    Without,
)
from revox_sync.sandbox.files import read_file

_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "*")
_BODILESS: Final = (204, 304)
_LONGEST_DELAY_S: Final = 3600
#: These two say how long an answer is, which is the server's to know.
_RESERVED: Final = ("content-length", "transfer-encoding")

Members = dict[str, Any]


def read_faults(path: Path) -> Faults:
    """Return the rules of a file, YAML or, where its name ends in ``.json``, JSON.

    Raises SandboxError with the file and the rule when it cannot be read or says something that is
    not known.
    """
    rules = read_file(path)
    if not isinstance(rules, list) or not rules:
        raise SandboxError(f"{path}: must be a list of at least one rule")
    return Faults([_rule(f"{path}: rule {n}", rule) for n, rule in enumerate(rules, 1)])


def _rule(place: str, value: object) -> Rule:
    if not isinstance(value, dict):
        raise SandboxError(f"{place}: must be a mapping with on: and fault:")
    name = _required(place, value, "fault")
    if not isinstance(name, str) or name not in _FAULTS:
        raise SandboxError(f"{place}: fault must be one of {', '.join(_FAULTS)}")
    keys, build = _FAULTS[name]
    _known(f"{place} (fault {name})", value, ("on", "nth", "times", "fault", *keys))
    method, path = _requests(place, _text(place, value, "on"))
    nth, times = _count(place, value, "nth", least=1), _count(place, value, "times", least=0)
    return Rule(place, name, method, path, nth, times, build(place, value))


def _requests(place: str, on: str) -> tuple[str, str]:
    method, _, path = on.partition(" ")
    path = path.strip()
    if method not in _METHODS:
        raise SandboxError(f"{place}: on must begin with a method, one of {', '.join(_METHODS)}")
    if not re.fullmatch(r"[/*]\S*", path):
        raise SandboxError(f"{place}: on must be a method and a path, such as POST /assistants")
    if re.match(r"/api(/|$)", path):
        raise SandboxError(f"{place}: on takes the path below /api, such as POST /assistants")
    return method, path


def _status(place: str, rule: Members) -> Answer:
    status = _required(place, rule, "status")
    if not _is_whole(status) or not 200 <= status <= 599:  # noqa: PLR2004 - HTTP's final statuses
        raise SandboxError(f"{place}: status must be a whole number from 200 to 599")
    acting = rule.get("acting", False)
    if not isinstance(acting, bool):
        raise SandboxError(f"{place}: acting must be true or false")
    if "body" in rule:
        content, media_type = _content(place, rule["body"])
        if status in _BODILESS:
            raise SandboxError(f"{place}: an answer of status {status} has no body")
    else:
        content, media_type = _usual(status), "application/json"
    return Answer(status, _headers(place, rule.get("headers", {})), content, media_type, acting)


def _usual(status: int) -> bytes:
    if status in _BODILESS:
        return b""
    known = [known.phrase for known in HTTPStatus if known == status]
    return dump({"error": known[0] if known else str(status), "message": "a fault, as rehearsed"})


def _headers(place: str, value: object) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise SandboxError(f"{place}: headers must be a mapping of names to values")
    for name, content in value.items():
        if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", str(name)) or not re.fullmatch(
            r"[ -~]*", str(content)
        ):
            raise SandboxError(f"{place}: headers: {name!r} is not a header of one line of ASCII")
        if str(name).lower() in _RESERVED:
            raise SandboxError(f"{place}: headers: {name} cannot be set; see fault truncate")
    return {str(name): str(content) for name, content in value.items()}


def _body(place: str, rule: Members) -> Answer:
    content, media_type = _content(place, _required(place, rule, "body"))
    return Answer(HTTPStatus.OK, {}, content, media_type, acting=True)


def _content(place: str, value: object) -> tuple[bytes, str]:
    """Return a body and its type: a text as it is, anything else as JSON."""
    encoded = _json(place, "body", value)
    return (
        (value.encode(), "text/plain") if isinstance(value, str) else (encoded, "application/json")
    )


def _delay(place: str, rule: Members) -> Delay:
    seconds = _required(place, rule, "seconds")
    number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if not number or not math.isfinite(seconds) or not 0 < seconds <= _LONGEST_DELAY_S:
        raise SandboxError(f"{place}: seconds must be a number up to {_LONGEST_DELAY_S}, not 0")
    return Delay(seconds)


def _edit(place: str, rule: Members) -> Edit:
    value = _required(place, rule, "edit")
    place = f"{place}: edit"
    if not isinstance(value, dict):
        raise SandboxError(f"{place} must be a mapping with assistant: and set: or ask:")
    _known(place, value, ("assistant", "set", "ask"))
    assistant = _text(place, value, "assistant")
    if not value.keys() & {"set", "ask"}:
        raise SandboxError(f"{place}: needs set or ask, or nothing is edited")
    fields = value.get("set", {})
    if not isinstance(fields, dict) or ("set" in value and not fields):
        raise SandboxError(f"{place}: set must be a mapping of fields to values")
    _json(place, "set", fields)
    return Edit(assistant, fields, _text(place, value, "ask") if "ask" in value else None)


def _fields(place: str, rule: Members) -> tuple[str, ...]:
    fields = _required(place, rule, "fields")
    if not isinstance(fields, list) or not fields or not all(isinstance(f, str) for f in fields):
        raise SandboxError(f"{place}: fields must be a list of an assistant's fields")
    return tuple(fields)


def _mask(place: str, rule: Members) -> Mask:
    text = rule.get("as", "****")
    if text is not None and not isinstance(text, str):
        raise SandboxError(f"{place}: as must be a text, or null to leave the secrets out")
    _json(place, "as", text)
    return Mask(text)


def _json(place: str, name: str, value: object) -> bytes:
    try:
        json.dumps(value, allow_nan=False)
        return dump(value)
    except (TypeError, ValueError, RecursionError):
        raise SandboxError(
            f"{place}: {name} holds something that is not JSON; a date needs quotes"
        ) from None


def _known(place: str, members: Members, known: Collection[str]) -> None:
    for name in members:
        if name not in known:
            raise SandboxError(f"{place}: {name!r} is not known; known are {', '.join(known)}")


def _required(place: str, members: Members, name: str) -> Any:
    if name not in members:
        raise SandboxError(f"{place}: {name} is missing")
    return members[name]


def _text(place: str, members: Members, name: str) -> str:
    value = _required(place, members, name)
    if not isinstance(value, str) or not value.strip():
        raise SandboxError(f"{place}: {name} must be a text that is not empty")
    _json(place, name, value)
    return value


def _count(place: str, members: Members, name: str, *, least: int) -> int:
    value = members.get(name, 1)
    if not _is_whole(value) or value < least:
        raise SandboxError(f"{place}: {name} must be a whole number of at least {least}")
    count: int = value
    return count


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_FAULTS: Mapping[str, tuple[tuple[str, ...], Callable[[str, Members], Fault]]] = MappingProxyType(
    {
        "status": (("status", "headers", "body", "acting"), _status),
        "delay": (("seconds",), _delay),
        "drop-before": ((), lambda *_: Drop(acting=False)),
        "drop-after": ((), lambda *_: Drop(acting=True)),
        "truncate": ((), lambda *_: Truncate()),
        "body": (("body",), _body),
        "edit": (("edit",), _edit),
        "ignore": (("fields",), lambda *rule: Ignore(_fields(*rule))),
        "without": (("fields",), lambda *rule: Without(_fields(*rule))),
        "mask": (("as",), _mask),
        "as-of-0.3.0": ((), lambda *_: Older()),
    }
)
