"""Property A, as a check that raises: apply, and the account holds what was stated; plan again,
and there is nothing to do. Through the real client, planner and applier.
"""

from __future__ import annotations

import asyncio
import copy
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from meaning import NOT_CLEARABLE, disagreements
from quirky_service import QuirkyService

from revox_sync.api.client import Client
from revox_sync.apply.applier import apply
from revox_sync.apply.control import Control, Options
from revox_sync.definitions.definition import Definition, SyncOptions
from revox_sync.model.sensitive import Redactor
from revox_sync.plan.account import read_account
from revox_sync.plan.compare import Rules
from revox_sync.plan.model import Plan
from revox_sync.plan.planner import plan
from revox_sync.sandbox.app import create_app

Fields = dict[str, Any]
Service = Callable[[], AbstractAsyncContextManager[httpx.AsyncBaseTransport]]

_KEY = "a-key"
_RULES = Rules("seed")


@asynccontextmanager
async def sandbox() -> AsyncIterator[httpx.AsyncBaseTransport]:
    """Yield a connection to an empty sandbox of profile seed."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Path(folder) / "state.sqlite3", profile="seed", keys=[_KEY])
        yield httpx.ASGITransport(app=app)


@asynccontextmanager
async def quirky() -> AsyncIterator[httpx.AsyncBaseTransport]:
    """Yield a connection to an empty service with habits of its own."""
    yield QuirkyService().transport()


def check_converges(service: Service, first: Fields, second: Fields) -> None:
    """Create ``first``, replace it by ``second``; raise AssertionError where a promise breaks."""
    asyncio.run(_converges(service, first, second))


async def _converges(service: Service, first: Fields, second: Fields) -> None:
    async with (
        service() as transport,
        Client(
            "http://localhost/api",
            _KEY,
            parallelism=2,
            timeout=10,
            redactor=Redactor(),
            transport=transport,
        ) as client,
    ):
        account = _Account(client)
        made = await account.create(first)
        await account.replace(made, second)
        await account.replace(made, first)


class _Account:
    def __init__(self, client: Client) -> None:
        self._client = client

    async def create(self, fields: Fields) -> str:
        """Create an assistant; return its id."""
        definition = _definition(fields)
        assert [action.action for action in (await self._plan(definition)).actions] == ["create"]
        await self._settles(definition)
        [made] = await self._client.list_assistants()
        return str(made["id"])

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
        account = await read_account(self._client, [definition], "seed")
        planned = plan([definition], account, _RULES)
        outcomes = await apply(
            planned,
            {definition.key: definition},
            {remote.id: remote for remote in account.remotes},
            _RULES,
            self._client,
            Options(parallelism=2),
            notify=lambda event: None,
            control=Control(),
        )
        assert [(outcome.status, outcome.message) for outcome in outcomes] in (
            [],
            [("done", None)],
        )
        if outcomes:
            [outcome] = outcomes
            held = await self._read(str(outcome.id))
            assert not disagreements(dict(definition.fields), held)
        again = await self._plan(definition)
        assert not again.has_changes and not again.has_refusals, again.actions

    async def _plan(self, definition: Definition) -> Plan:
        account = await read_account(self._client, [definition], "seed")
        return plan([definition], account, _RULES)

    async def _read(self, identity: str) -> Fields:
        held = await self._client.get_assistant(identity)
        assert held is not None
        return held


def _definition(fields: Fields, identity: str | None = None) -> Definition:
    return Definition("desk", "assistants/desk.yaml", fields, SyncOptions(id=identity))


def _unstated(held: Fields, fields: Fields) -> Fields:
    """Return what is held and not stated, by path, members of nested objects included."""
    rest: Fields = {}
    for name, value in held.items():
        if name in ("updated_at", "pending_faq_count"):
            continue
        if name not in fields:
            rest[name] = value
        elif isinstance(value, dict) and isinstance(fields[name], dict) and name != "llm_model":
            rest |= _members(name, value, fields[name])
        elif name == "structured_output_config":
            stated = {item["name"]: item for item in fields[name] or []}
            for item in value or []:
                rest |= _members(item["name"], item, stated.get(item["name"], item))
    return copy.deepcopy({path: value for path, value in rest.items() if value is not None})


def _members(path: str, held: Fields, stated: Fields) -> Fields:
    return {f"{path}.{member}": held[member] for member in held.keys() - stated.keys()}
