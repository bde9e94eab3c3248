"""Schemathesis reads the contract document and tries the sandbox with what it makes of it.

Per operation it sends bodies and parameters at every bound that the document states, and beyond,
then some random ones, and judges status, shape, headers and authentication of the answers. It is
derandomized: every run sends the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import Phase, given, settings
from running import KEY, Server, own_process
from schemathesis import GenerationMode

from revox_sync.sandbox import app as sandbox_app
from revox_sync.sandbox.app import create_app
from revox_sync.sandbox.contract import openapi

BOUNDED = settings(
    max_examples=10,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
)

current = schemathesis.openapi.from_dict(openapi("current"))
seed = schemathesis.openapi.from_dict(openapi("seed"))


Case = schemathesis.Case[Any]


@pytest.fixture(scope="module")
def current_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with own_process(tmp_path_factory.mktemp("current") / "sandbox.db") as (_, base_url):
        yield base_url


@pytest.fixture(scope="module")
def seed_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with own_process(tmp_path_factory.mktemp("seed") / "sandbox.db", "seed") as (_, base_url):
        yield base_url


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    """One connection for all requests."""
    with requests.Session() as kept:
        kept.trust_env = False  # it reads the whole environment for each request
        kept.headers["Authorization"] = f"Bearer {KEY}"
        yield kept


@current.parametrize()
@BOUNDED
def test_profile_current(case: Case, current_url: str, session: requests.Session) -> None:
    case.call_and_validate(base_url=current_url, session=session)


@seed.parametrize()
@BOUNDED
def test_profile_seed(case: Case, seed_url: str, session: requests.Session) -> None:
    case.call_and_validate(base_url=seed_url, session=session)


def _try_creates(server: Server, app: Any, mode: GenerationMode) -> None:
    operation = current["/assistants"]["POST"]

    with server.running(app, "current") as api, requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {KEY}"

        @BOUNDED
        @given(case=operation.as_strategy(generation_mode=mode))
        def check(case: Case) -> None:
            case.call_and_validate(base_url=api.base_url, session=session)

        check()


@pytest.mark.parametrize(
    ("accepted", "mode", "complaint"),
    [
        ({"required": ["no such member"]}, GenerationMode.POSITIVE, "RejectedPositiveData"),
        ({"type": "object"}, GenerationMode.NEGATIVE, "AcceptedNegativeData"),
    ],
    ids=["too strict", "too lax"],
)
def test_a_sandbox_that_departs_from_its_document_is_noticed(
    server: Server,
    database: Path,
    monkeypatch: pytest.MonkeyPatch,
    accepted: dict[str, Any],
    mode: GenerationMode,
    complaint: str,
) -> None:
    document = openapi("current")
    document["components"]["schemas"]["AssistantCreate"] = accepted
    monkeypatch.setattr(sandbox_app, "openapi", lambda _profile: document)
    departing = create_app(database, profile="current", keys=[KEY])
    with pytest.raises(BaseExceptionGroup) as found:
        _try_creates(server, departing, mode)
    assert complaint in {type(failure).__name__ for failure in found.value.exceptions}
