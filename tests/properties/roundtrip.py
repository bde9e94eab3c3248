"""Property A, as a check that raises: apply, and the account holds what was stated; plan again,
and there is nothing to do. Through the real client, planner and applier.
"""

from __future__ import annotations

import asyncio
import copy
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from properties.documented import CONTEXT, HINTS, IDENTITY, NOT_CLEARABLE
from properties.meaning import disagreements
from properties.quirky_service import QuirkyService

from revox_sync.account.client import Client
from revox_sync.account.reader import Account, read_assistants
from revox_sync.apply.applier import apply
from revox_sync.apply.events import Control, Options
from revox_sync.definitions.definition import Definition, SyncOptions
from revox_sync.history.journal import Journal, own_records
from revox_sync.model.generations import Profile
from revox_sync.plan.account import read_account
from revox_sync.plan.match import match
from revox_sync.plan.model import Plan, Rules
from revox_sync.plan.planner import plan
from revox_sync.plan.recreate import NOTHING_RECREATED
from revox_sync.sandbox.app import create_app
from revox_sync.secrecy.redactor import Redactor

Fields = dict[str, Any]
Service = Callable[[Profile], AbstractAsyncContextManager[httpx.AsyncBaseTransport]]

_KEY = "a-key"


@asynccontextmanager
async def sandbox(profile: Profile) -> AsyncIterator[httpx.AsyncBaseTransport]:
    """Yield a connection to an empty sandbox of a profile."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Path(folder) / "state.sqlite3", profile=profile, keys=[_KEY])
        yield httpx.ASGITransport(app=app)


@asynccontextmanager
async def quirky(profile: Profile) -> AsyncIterator[httpx.AsyncBaseTransport]:
    """Yield a connection to an empty service with habits of its own."""
    yield QuirkyService(profile).transport()


def check_converges(service: Service, profile: Profile, first: Fields, second: Fields) -> None:
    """Create ``first``, replace it by ``second``; raise AssertionError where a promise breaks."""
    asyncio.run(_converges(service, profile, first, second))


async def _converges(service: Service, profile: Profile, first: Fields, second: Fields) -> None:
    async with (
        service(profile) as transport,
        Client(
            "http://localhost/api",
            _KEY,
            parallelism=2,
            timeout=10,
            redactor=Redactor(),
            transport=transport,
        ) as client,
    ):
        account = _Account(client, profile)
        first, second = _of_one_type(first, second)
        made = await account.create(first)
        await account.replace(made, second)
        await account.replace(made, first)


def _of_one_type(first: Fields, second: Fields) -> tuple[Fields, Fields]:
    """Return both as one assistant can be: its type stays, and lists show no sub-assistants."""
    kept = {name: value for name, value in second.items() if name != "type"}
    if "type" not in first:
        return first, kept
    shown = "multi-step" if first["type"] == "sub-assistant" else first["type"]
    return {**first, "type": shown}, {**kept, "type": shown}


async def _read_account(client: Client, definition: Definition, profile: Profile) -> Account:
    account = await read_account(
        client,
        await read_assistants(client),
        [definition],
        NOTHING_RECREATED,
        lambda found: match([definition], found),
    )
    return replace(account, profile=profile)


class _Account:
    def __init__(self, client: Client, profile: Profile) -> None:
        self._client = client
        self._profile = profile
        self._rules = Rules(profile)

    async def create(self, fields: Fields) -> str:
        """Create an assistant; return its id."""
        definition = _definition(fields)
        assert [action.action for action in (await self._plan(definition)).actions] == ["create"]
        await self._settles(definition)
        [made] = await self._client.list_assistants()
        return made.id

    async def replace(self, identity: str, fields: Fields) -> None:
        """Make the assistant what ``fields`` state, and leave everything else as it was."""
        definition = _definition(fields, identity)
        before = await self._read(identity)
        wanted = disagreements(fields, before)
        found = await self._plan(definition)
        [action] = found.actions
        assert action.refused is None
        assert {change.field for change in action.changes} == wanted
        assert set(action.not_clearable) == {
            name
            for name in NOT_CLEARABLE & fields.keys()
            if fields[name] is None and before.get(name) is not None
        }
        await self._settles(definition)
        kept, after = _unstated(before, fields), _unstated(await self._read(identity), fields)
        assert {path: after.get(path) for path in kept} == kept

    async def _settles(self, definition: Definition) -> None:
        """Apply; the account must hold what is stated, and a second plan must be empty."""
        account = await _read_account(self._client, definition, self._profile)
        planned = plan([definition], account, self._rules, match([definition], account.remotes))
        with tempfile.TemporaryDirectory() as folder:
            journal = Journal(own_records(Path(folder), {}), planned.target)
            outcomes = await apply(
                planned,
                self._client,
                Options(2, 0.0, journal),
                notify=lambda event: None,
                control=Control(),
            )
        told = [(outcome.status, outcome.message) for outcome in outcomes]
        assert told in ([], [("done", None)]), told
        if outcomes:
            [outcome] = outcomes
            held = await self._read(str(outcome.id))
            assert not disagreements(dict(definition.fields), held)
        again = await self._plan(definition)
        assert not again.has_changes and not again.has_refusals, again.actions

    async def _plan(self, definition: Definition) -> Plan:
        account = await _read_account(self._client, definition, self._profile)
        return plan([definition], account, self._rules, match([definition], account.remotes))

    async def _read(self, identity: str) -> Fields:
        held = await self._client.get_assistant(identity)
        assert held is not None
        return dict(held.data)


def _definition(fields: Fields, identity: str | None = None) -> Definition:
    return Definition("desk", "assistants/desk.yaml", fields, SyncOptions(id=identity))


def _unstated(held: Fields, fields: Fields) -> Fields:
    """Return what is held and not stated, by path: members of nested objects, hints, and all."""
    rest: Fields = {}
    for name, value in held.items():
        if name in ("updated_at", "pending_faq_count"):
            continue
        if name == CONTEXT:
            rest |= _hints(value or {}, fields.get(CONTEXT, {}))
        elif name in fields:
            _more(name, name, value, fields[name], rest)
        else:
            rest[name] = value
    return copy.deepcopy({path: value for path, value in rest.items() if value is not None})


def _more(path: str, name: str, held: Any, stated: Any, rest: Fields) -> None:
    """Add to ``rest`` what ``held`` has and ``stated`` leaves out."""
    if isinstance(held, dict) and isinstance(stated, dict):
        if held.get("type") != stated.get("type", held.get("type")):
            return  # another kind of a union takes nothing along
        for member, value in held.items():
            if member in stated:
                _more(f"{path}.{member}", member, value, stated[member], rest)
            else:
                rest[f"{path}.{member}"] = value
    elif isinstance(held, list) and isinstance(stated, list) and name in IDENTITY:
        known = IDENTITY[name]
        mine = {item[known]: item for item in stated}
        for item in held:
            where = f"{path}[{item[known]}]"
            _more(where, where, item, mine.get(item[known], item), rest)


def _hints(held: Fields, stated: Fields | None) -> Fields:
    """Return every hint of the account, unless null is stated; those stated are their own proof."""
    if stated is None:
        return {}
    return {
        f"{CONTEXT}.{name}[{_known(item)}]": item
        for name in HINTS
        for item in held.get(name) or ()
        if _known(item) not in map(_known, stated.get(name, ()))
    }


def _known(hint: Any) -> Any:
    return hint["key"] if isinstance(hint, dict) else hint
