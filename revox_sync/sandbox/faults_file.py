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
from revox_sync.sandbox.faults import Answer, Delay, Drop, Edit, Fault, Faults, Rule, Truncate

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
    rules = _parse(path)
    if not isinstance(rules, list) or not rules:
        raise SandboxError(f"{path}: must be a list of at least one rule")
    return Faults([_rule(f"{path}: rule {n}", rule) for n, rule in enumerate(rules, 1)])


def _parse(path: Path) -> Any:
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise SandboxError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise SandboxError(f"{path}: is not UTF-8") from error
    try:
        if path.suffix.lower() == ".json":
            return json.loads(text, object_pairs_hook=_once)
        return _yaml(text)
    except ValueError as error:
        raise SandboxError(f"{path}: cannot be read ({error})") from error
    except RecursionError:
        raise SandboxError(f"{path}: is nested too deeply") from None


def _yaml(text: str) -> Any:
    # Here, because no other part of the sandbox reads YAML.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return YAML(typ="safe", pure=True).load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}: " if mark else ""
        raise ValueError(f"{where}{error.problem or error.context}") from error
    except YAMLError as error:
        raise ValueError(str(error).partition("\n")[0]) from error


def _once(pairs: list[tuple[str, Any]]) -> Members:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{json.dumps(twice)} stands twice in one object")
    return members


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
    }
)
