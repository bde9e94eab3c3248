"""No secret comes out of the command line either: whatever it prints, logs or writes to disk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from properties.canary import leaks
from support.desk import Desk

from revox_sync.plan.sides import Sides

NEW, OLD = 'n3w"Kq7é/Zr2+Wx9', 'old"Jd5ü/Tf1+Yh6'
#: For a URL, where these characters cannot stand.
PLAIN = "n3wKq7Zr2Wx9"

TOOL: dict[str, Any] = {
    "name": "book",
    "description": "Books a room.",
    "method": "POST",
    "url": "https://crm.example.com/book",
    "headers": [{"key": "Authorization", "value": "Bearer ${secret.NEW}"}],
    "query_params": [{"key": "token", "value": "${secret.NEW}"}],
    "body_template": '{"pin": "${secret.NEW}"}',
    "input_schema": [],
}
#: What definitions state, each with one secret.
STATED: dict[str, dict[str, Any]] = {
    "a model's key": {
        "llm_model": {
            "type": "custom",
            "api_url": "https://llm.example.com/v1",
            "api_key": "${secret.NEW}",
            "model_name": "m1",
        }
    },
    "a tool": {"custom_tools": [TOOL]},
    "a lookup": {"precall_lookup_url": "https://e.com/?phone={{phone}}&key=${secret.PLAIN}"},
    "a text": {"voicemail_sms_prompt": "The code is ${secret.NEW}."},
    "a connection": {
        "zoho": {
            "connection_id": "${secret.NEW}",
            "module": "Leads",
            "field_mapping": [],
            "log_call_activity": True,
            "outcomes": [],
        }
    },
    "a prompt of the editor": {
        "prompt_flow": {
            "nodes": [
                {
                    "id": "n1",
                    "type": "promptBlock",
                    "position": {"x": 0, "y": 0},
                    "data": {"title": "Code", "body": "It is ${secret.NEW}."},
                }
            ],
            "edges": [],
        }
    },
    "a field that nobody knows": {
        "sync": {"extra": {"brand_new": {"deep": [{"pin": "${secret.NEW}"}], "on": True}}}
    },
}
COMMANDS = (
    "validate",
    "validate --format json",
    "plan",
    "plan --format json --log-level debug",
    "plan --format markdown --out plan.json",
    "show plan.json",
    "show plan.json --format json",
    "drift --format markdown",
    "status --format json",
    "apply --auto-approve --settle 0 --log-level debug",
    "plan --push-unknown",
    "rollback --auto-approve --settle 0",
)


def with_secret(stated: Any, secret: str) -> Any:
    """Return what is stated with a value in place of its reference."""
    text = json.dumps(secret)[1:-1]
    raw = json.dumps(stated).replace("${secret.NEW}", text).replace("${secret.PLAIN}", text)
    return json.loads(raw)


def said(desk: Desk) -> Iterator[tuple[str, str]]:
    """Yield (where, text) of every command, and of every file that the tool wrote."""
    for command in COMMANDS:
        yield command, desk.run(*command.split()).said
    for path, content in desk.project.files().items():
        if not path.startswith("assistants/"):
            yield path, content.decode()


def told(desk: Desk, name: str, *, refused: bool) -> dict[str, list[str]]:
    """Run every command about a definition with a secret; return what gave it away, by place."""
    new, old = (NEW, OLD) if name != "a lookup" else (PLAIN, "oldJd5Tf1Yh6")
    desk.env |= {"REVOX_SECRET_NEW": NEW, "REVOX_SECRET_PLAIN": PLAIN}
    stated = STATED[name]
    desk.project.define(prompt="Be kind.", **stated)
    fields = stated.get("sync", {}).get("extra", stated)
    held, sent = with_secret(fields, old), with_secret(fields, new)
    identity = desk.service.add("front-desk", prompt="Be kind.", **held)
    if refused:
        body = {"message": "bad", "received": sent}
        desk.service.on("PATCH", status=400, body=body, times=None)
    else:
        body = {"assistant": {**desk.service.assistants[identity], **sent}}
        take = partial(desk.service.edit, identity, **sent)
        desk.service.on("PATCH", status=200, body=body, edit=take, times=None)
    pages = dict(said(desk))
    assert [request.body for request in desk.service.sent("PATCH")] == [sent]
    assert any(path.startswith(".revox-sync/runs/") for path in pages)
    found = {where: [*leaks(text, new), *leaks(text, old)] for where, text in pages.items()}
    return {where: kinds for where, kinds in found.items() if kinds}


@pytest.mark.parametrize("refused", [False, True], ids=["done", "refused"])
@pytest.mark.parametrize("name", STATED)
def test_no_command_tells_a_secret(desk: Desk, name: str, refused: bool) -> None:
    assert told(desk, name, refused=refused) == {}


def test_the_search_finds_what_a_command_tells(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sides, "is_opaque", False)
    monkeypatch.setattr(Sides, "_lacks", lambda *_: False)
    found = told(desk, "a text", refused=False)
    assert {"plan", "show plan.json", "plan.json", "drift --format markdown"} <= found.keys()
