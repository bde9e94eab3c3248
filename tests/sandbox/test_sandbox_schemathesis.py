"""Schemathesis reads the contract document and tries the sandbox with what it makes of it.

It sends each operation some random bodies and parameters, right and wrong ones, and judges status,
shape, headers and authentication of the answers. It is derandomized: every run sends the same.
``scripts/try_sandbox.py`` also tries every bound that the document states, which takes longer.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import Phase, given, settings
from running import KEY, Api, Server
from schemathesis import GenerationMode
from support.examples import examples

from revox_sync.sandbox import app as sandbox_app
from revox_sync.sandbox.app import create_app
from revox_sync.sandbox.contract import Profile, openapi

BOUNDED = settings(
    max_examples=examples(10),
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
)

SCHEMAS = {
    profile: schemathesis.openapi.from_dict(openapi(profile)) for profile in ("current", "seed")
}

Case = schemathesis.Case[Any]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("profile", ["current", "seed"])
def test_every_operation_answers_as_its_document_says(
    server: Server, database: Path, profile: Profile, mode: GenerationMode
) -> None:
    app = create_app(database, profile=profile, keys=[KEY])
    with server.running(app, profile) as api:
        for operation in SCHEMAS[profile].get_all_operations():
            _try(operation.ok(), api, mode)


def _try(operation: Any, api: Api, mode: GenerationMode) -> None:
    """Send the operation what it is to take, or what it is to refuse, and judge the answers."""
    with requests.Session() as session:
        session.trust_env = False  # it reads the whole environment for each request
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
    with server.running(departing, "current") as api, pytest.raises(BaseExceptionGroup) as found:
        _try(SCHEMAS["current"]["/assistants"]["POST"], api, mode)
    assert complaint in {type(failure).__name__ for failure in found.value.exceptions}
