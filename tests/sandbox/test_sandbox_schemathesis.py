"""Schemathesis reads the contract document and tries the sandbox with what it makes of it.

It sends each operation some random bodies and parameters, right and wrong ones, and judges status,
shape, headers and authentication of the answers. It is derandomized: every run sends the same.
``scripts/try_sandbox.py`` also tries every bound that the document states, which takes longer.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from running import KEY, Server

from revox_sync.sandbox import app as sandbox_app
from revox_sync.sandbox.app import create_app
from revox_sync.sandbox.contract import Profile, openapi

if TYPE_CHECKING:
    from stranger import Mode


@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize("profile", ["current", "seed"])
def test_every_operation_answers_as_its_document_says(
    server: Server, database: Path, profile: Profile, mode: Mode
) -> None:
    import stranger  # it takes 0.5 s, and every worker imports every test

    app = create_app(database, profile=profile, keys=[KEY])
    with server.running(app, profile) as api:
        for operation in stranger.operations(profile):
            stranger.attempt(operation, api, mode)


@pytest.mark.parametrize(
    ("accepted", "mode", "complaint"),
    [
        ({"required": ["no such member"]}, "positive", "RejectedPositiveData"),
        ({"type": "object"}, "negative", "AcceptedNegativeData"),
    ],
    ids=["too strict", "too lax"],
)
def test_a_sandbox_that_departs_from_its_document_is_noticed(
    server: Server,
    database: Path,
    monkeypatch: pytest.MonkeyPatch,
    accepted: dict[str, Any],
    mode: Mode,
    complaint: str,
) -> None:
    import stranger

    create = stranger.schema("current")["/assistants"]["POST"]
    document = openapi("current")
    document["components"]["schemas"]["AssistantCreate"] = accepted
    monkeypatch.setattr(sandbox_app, "openapi", lambda _profile: document)
    departing = create_app(database, profile="current", keys=[KEY])
    with server.running(departing, "current") as api, pytest.raises(BaseExceptionGroup) as found:
        stranger.attempt(create, api, mode)
    assert complaint in {type(failure).__name__ for failure in found.value.exceptions}
