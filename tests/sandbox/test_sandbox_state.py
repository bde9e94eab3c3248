"""The file behind the sandbox: kept between runs, shared between processes, or clearly unusable."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from running import KEY, Server

from revox_sync.sandbox import SandboxError, state
from revox_sync.sandbox.app import create_app
from revox_sync.sandbox.catalogue import Contents
from revox_sync.sandbox.state import Store, fill, reset, status

ADD_TWENTY = """
import sys
from pathlib import Path
from revox_sync.sandbox.state import Store
store = Store(Path(sys.argv[1]), "current")
for number in range(20):
    store.add_assistant({"name": str(number), "prompt": "p"})
"""


def _add(store: Store, name: str = "n") -> None:
    store.add_assistant({"name": name, "prompt": "p"})


def _add_to(database: Path) -> None:
    _add(Store(database, "current"))


def test_an_assistant_is_there_in_the_next_run(server: Server, database: Path) -> None:
    with server.running(create_app(database, profile="current", keys=[KEY]), "current") as first:
        made = first.create(name="Front desk")
    with server.running(create_app(database, profile="current", keys=[KEY]), "current") as second:
        assert second.listed() == [made]


def test_processes_that_write_at_once_lose_nothing(database: Path) -> None:
    command = [sys.executable, "-c", ADD_TWENTY, str(database)]

    def run(_: int) -> int:
        return subprocess.run(command, timeout=60, check=False).returncode

    with ThreadPoolExecutor() as pool:
        assert list(pool.map(run, range(3))) == [0, 0, 0]
    assert status(database).assistants == 60


@pytest.mark.parametrize("look", [status, _add_to])
def test_a_state_that_another_process_begins_just_now_is_taken_for_one(
    database: Path, monkeypatch: pytest.MonkeyPatch, look: Callable[[Path], object]
) -> None:
    begun: list[str] = []

    class Beside(sqlite3.Connection):
        """Lets another process begin the state between two reads, if it can."""

        def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
            if sql == "PRAGMA user_version" and not begun:
                begun.append(sql)
                other = sqlite3.connect(database, timeout=0, isolation_level=None)
                with closing(other), suppress(sqlite3.OperationalError):  # it would wait
                    state._create(database, other, "current")
            return super().execute(sql, *given)

    def connect(path: Path | str) -> sqlite3.Connection:
        return sqlite3.connect(path, isolation_level=None, factory=Beside)

    database.parent.mkdir(parents=True, exist_ok=True)
    database.touch()
    monkeypatch.setattr(state, "_connect", connect)
    look(database)
    assert begun


def test_reset_starts_over(database: Path) -> None:
    store = Store(database, "current")
    _add(store)
    database.with_name(f"{database.name}-wal").touch()
    reset(database)
    assert list(database.parent.iterdir()) == []
    reset(database)
    assert store.list_assistants() == []


def test_an_account_that_cannot_be_stored_whole_leaves_what_was_there(database: Path) -> None:
    store = Store(database, "current")
    _add(store)
    before = store.list_assistants()
    number = {"id": "n", "phone_number": "+1"}
    broken = Contents({"id": "u"}, [(number, "an assistant that is not there")])
    with pytest.raises(SandboxError):
        fill(database, "current", broken)
    assert store.list_assistants() == before


@pytest.mark.parametrize(
    "statement",
    ["PRAGMA user_version = 99", "PRAGMA application_id = 7"],
    ids=["another version", "another application"],
)
def test_a_state_of_another_version_is_refused(database: Path, statement: str) -> None:
    store = Store(database, "current")
    _add(store)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(statement)
    with pytest.raises(SandboxError, match=r"sandbox\.db: .*`revox-sync sandbox reset`"):
        store.list_assistants()


def test_another_programs_database_is_left_alone(database: Path) -> None:
    database.parent.mkdir()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE accounts (id)")
    before = database.read_bytes()
    with pytest.raises(SandboxError, match="not a state"):
        Store(database, "current").list_assistants()
    assert database.read_bytes() == before


def test_a_state_that_breaks_under_a_running_server_is_told_as_a_500(
    server: Server, database: Path
) -> None:
    with server.running(create_app(database, profile="current", keys=[KEY]), "current") as api:
        api.create()
        database.write_bytes(b"no database " * 100)
        answer = api.client.get("/assistants")
        assert answer.status_code == 500
        assert "`revox-sync sandbox reset`" in answer.json()["message"]
        reset(database)
        assert api.listed() == []


def test_a_place_that_cannot_hold_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SandboxError, match="cannot be used"):
        Store(tmp_path / "file" / "sandbox.db", "current").add_assistant(
            {"name": "Reception", "prompt": "Be brief."}
        )
