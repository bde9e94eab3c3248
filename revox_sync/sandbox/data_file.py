"""Reads a file of account data: what a sandbox is to hold, stated as the API answers it.

Every mistake is found before anything is written, and is told with its place as a JSON pointer.
Values are kept as they are written. Members that the contract does not know are kept too, because a
copy of an account may come from a later API; they are named, since they may be misspelt.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from revox_sync.sandbox import SandboxError, assistants
from revox_sync.sandbox.catalogue import (
    FOUNDED,
    KINDS,
    Contents,
    Document,
    creator,
    new_account,
    phone_number,
)
from revox_sync.sandbox.contract import Profile, account_data, assistant_members
from revox_sync.sandbox.validation import NOT_A_MEMBER, Contract, Mistake, Steps


class Data(NamedTuple):
    """An account to be put into a state; ``unknown`` has the pointers of members kept unread."""

    profile: Profile
    account: Contents
    unknown: list[str]


def read_data(path: Path, profile: Profile | None) -> Data:
    """Return what a file holds, YAML or, where its name ends in ``.json``, JSON.

    Without a profile it is recognised: ``seed`` where the assistants have members that only that
    one has, else ``current``. What the file leaves out is as in a new sandbox. Raises SandboxError
    with the mistakes and their places.
    """
    content = _read_file(path)
    mistakes = list(_not_json(content, ()))
    if not mistakes:
        profile = profile or _recognised(content)
        unknown, mistakes = _judged(content, profile)
        if not mistakes:
            return Data(profile, _account(content, profile), unknown)
    lines = [f"  {mistake.pointer or 'the file'}: {mistake.message}" for mistake in mistakes]
    number = "1 mistake" if len(lines) == 1 else f"{len(lines)} mistakes"
    raise SandboxError("\n".join([f"{path}: {number}, so nothing was changed", *lines]))


def _read_file(path: Path) -> Any:
    """Return what the file holds; raises SandboxError, with the file, when it cannot be read."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise SandboxError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise SandboxError(f"{path}: is not UTF-8") from error
    try:
        if path.suffix.lower() == ".json":
            return json.loads(text, object_pairs_hook=_without_twins)
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
        said = ", ".join(part for part in (error.context, error.problem) if part)
        raise ValueError(f"{where}{said}") from error
    except YAMLError as error:
        raise ValueError(str(error).partition("\n")[0]) from error


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        twice = next(
            name for name, count in Counter(name for name, _ in pairs).items() if count > 1
        )
        raise ValueError(f"{json.dumps(twice)} stands twice in one object")
    return members


def _recognised(content: Any) -> Profile:
    listed = content.get("assistants") if isinstance(content, dict) else None
    stated = {
        name
        for assistant in (listed if isinstance(listed, list) else [])
        if isinstance(assistant, dict)
        for name in assistant
    }
    seed, current = set(assistant_members("seed")), set(assistant_members("current"))
    return "seed" if stated & (seed - current) and not stated & (current - seed) else "current"


def _judged(content: Any, profile: Profile) -> tuple[list[str], list[Mistake]]:
    """Return the pointers of members that the contract does not know, and the mistakes."""
    unknown, mistakes = [], []
    schema = account_data(profile)
    known = ", ".join(schema["components"]["schemas"]["Data"]["properties"])
    for mistake in Contract(schema).mistakes("Data", content):
        if mistake.message != NOT_A_MEMBER:
            mistakes.append(mistake)
        elif len(mistake.steps) == 1:
            message = f"is nothing that profile {profile} has; known are {known}"
            mistakes.append(Mistake(mistake.steps, message))
        else:
            unknown.append(mistake.pointer)
    if not mistakes:
        mistakes = [*_ids(content), *_links(content)]
    return unknown, mistakes


def _not_json(value: Any, steps: Steps) -> Iterator[Mistake]:
    """Yield what YAML can say and JSON cannot: dates, NaN, keys that are no texts."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(name, str):
                yield from _not_json(inner, (*steps, name))
            else:
                yield Mistake((*steps, str(name)), "must have a text as its key: put it in quotes")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _not_json(inner, (*steps, index))
    else:
        try:
            json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
        except (TypeError, ValueError):
            yield Mistake(steps, "is not JSON: put a date in quotes, and write no .nan or .inf")


def _ids(content: Document) -> Iterator[Mistake]:
    for kind in KINDS:
        first: dict[str, int] = {}
        for index, item in enumerate(content.get(kind, [])):
            where = (kind, index, "id")
            identity = item.get("id")
            if identity is None:
                continue
            if kind == "assistants" and (not identity or "/" in identity):
                yield Mistake(where, "must be a text without /, or be left out: it is put in paths")
            elif identity in first:
                other = Mistake((kind, first[identity], "id"), "").pointer
                yield Mistake(where, f"is the same as {other}: change one of them, or leave it out")
            else:
                first[identity] = index


def _links(content: Document) -> Iterator[Mistake]:
    there = {assistant.get("id") for assistant in content.get("assistants", [])}
    unknown = "names no assistant of this file: state its id there, or "
    for index, number in enumerate(content.get("phone_numbers", [])):
        link = _link(number)
        stated = "inbound_assistant_id" if "inbound_assistant_id" in number else "inbound_assistant"
        if link is not None and link not in there:
            yield Mistake(("phone_numbers", index, stated), unknown + "null here")
        embedded = number.get("inbound_assistant")
        if stated == "inbound_assistant_id" and embedded and embedded["id"] != link:
            message = "is another assistant than inbound_assistant: leave one of the two out"
            yield Mistake(("phone_numbers", index, stated), message)
    for index, campaign in enumerate(content.get("campaigns", [])):
        if campaign["status"] != "completed" and campaign["assistant_id"] not in there:
            message = unknown + "status completed for a campaign that outlived it"
            yield Mistake(("campaigns", index, "assistant_id"), message)
    for index, call in enumerate(content.get("calls", [])):
        if call["assistant"] is not None and call["assistant"]["id"] not in there:
            yield Mistake(("calls", index, "assistant", "id"), unknown + "null for the assistant")


def _link(number: Document) -> str | None:
    if "inbound_assistant_id" in number:
        link: str | None = number["inbound_assistant_id"]
        return link
    return (number.get("inbound_assistant") or {}).get("id")


def _account(content: Document, profile: Profile) -> Contents:
    new = new_account(profile)
    user = {**new.user, **content.get("user", {})}
    numbers = new.phone_numbers
    if "phone_numbers" in content:
        numbers = [(_number(n, creator(user)), _link(n)) for n in content["phone_numbers"]]
    members = assistant_members(profile)
    owner = {"organization_id": user["organization_id"], "created_by": creator(user)}
    return Contents(
        user,
        numbers,
        [
            assistants.stated(assistant, members=members, owner=owner)
            for assistant in content.get("assistants", [])
        ],
        [_campaign(campaign, user) for campaign in content.get("campaigns", [])],
        [{"id": str(uuid.uuid4()), **call} for call in content.get("calls", [])],
        [{"description": "", "language": "en", **voice} for voice in content["voices"]]
        if "voices" in content
        else new.voices,
    )


def _number(stated: Document, created_by: Document) -> Document:
    kept = {n: value for n, value in stated.items() if not n.startswith("inbound_assistant")}
    return phone_number({"id": str(uuid.uuid4()), **kept}, created_by)


def _campaign(stated: Document, user: Document) -> Document:
    return {
        "id": str(uuid.uuid4()),
        "is_cancelled": False,
        "organization_id": user["organization_id"],
        "created_at": FOUNDED,
        "updated_at": stated.get("created_at", FOUNDED),
        **stated,
    }
