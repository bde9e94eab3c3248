"""Nothing sensitive reaches the disk: every file of a project is searched after every run."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.desk import Desk
from support.service import KEY

#: Each stands in one place alone; none of them may be found in any file.
CANARY = "c4n4ry"

#: What stands in its place.
MASK = "(sensitive)"


def seen_on_disk(desk: Desk, text: str = CANARY) -> list[str]:
    """Return the files that the tool wrote and that hold ``text``."""
    return [
        path
        for path, content in desk.project.files().items()
        if not path.startswith("assistants/") and text.encode() in content
    ]


def kept(desk: Desk) -> dict[str, Any]:
    """Return the snapshot of the latest run; there must be one, or nothing was proved."""
    remote: dict[str, Any] = desk.records[-1].snapshots["front-desk"]["remote"]
    return remote


#: Members of an account, and what may be kept of them.
HELD: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a URL's query": (
        {"webhook_url": f"https://hooks.example/a?token={CANARY}"},
        {"webhook_url": "https://hooks.example/a?token=(sensitive)"},
    ),
    "a URL's user": (
        {"webhook_url": f"https://ada:{CANARY}@hooks.example/a"},
        {"webhook_url": "https://(sensitive)@hooks.example/a"},
    ),
    "a URL's fragment": (
        {"webhook_url": f"https://hooks.example/a#token={CANARY}"},
        {"webhook_url": "https://hooks.example/a#token=(sensitive)"},
    ),
    "another field's URL": (
        {"precall_lookup_url": f"https://crm.example/who?key={CANARY}"},
        {"precall_lookup_url": "https://crm.example/who?key=(sensitive)"},
    ),
    "a model's key": (
        {"llm_model": {"type": "custom", "api_url": "https://llm.example", "api_key": CANARY}},
        {"llm_model": {"type": "custom", "api_url": "https://llm.example", "api_key": MASK}},
    ),
    "a model's URL": (
        {"llm_model": {"type": "custom", "api_url": f"https://llm.example/v1?key={CANARY}"}},
        {"llm_model": {"type": "custom", "api_url": f"https://llm.example/v1?key={MASK}"}},
    ),
    "a tool's header": (
        {"custom_tools": [{"name": "book", "headers": [{"key": "X-Auth", "value": CANARY}]}]},
        {"custom_tools": [{"name": "book", "headers": [{"key": "X-Auth", "value": MASK}]}]},
    ),
    "a tool's parameter": (
        {"custom_tools": [{"name": "book", "query_params": [{"key": "k", "value": CANARY}]}]},
        {"custom_tools": [{"name": "book", "query_params": [{"key": "k", "value": MASK}]}]},
    ),
    "a tool's URL": (
        {"custom_tools": [{"name": "book", "url": f"https://crm.example/b?k={CANARY}"}]},
        {"custom_tools": [{"name": "book", "url": "https://crm.example/b?k=(sensitive)"}]},
    ),
    "a tool's URL with a spaced placeholder": (
        {"custom_tools": [{"url": f"https://crm.example/b?who={{{{ first name }}}}&k={CANARY}"}]},
        {},
    ),
    "a member of no document": (
        {"integration": {"deep": [{"api_key": CANARY}, {"token": CANARY}, {"password": CANARY}]}},
        {},
    ),
    "an author": ({"created_by": {"id": "u1", "email": f"{CANARY}@lumiere.example"}}, {}),
}


@pytest.mark.parametrize(("held", "left"), HELD.values(), ids=HELD)
def test_what_the_account_holds_is_kept_without_what_is_sensitive(
    desk: Desk, held: dict[str, Any], left: dict[str, Any]
) -> None:
    identity = desk.service.add("front-desk", prompt="As it was.")
    desk.service.edit(identity, **held)
    desk.project.define(prompt="As it shall be.")
    assert desk.apply().code == 0
    assert kept(desk).items() >= left.items()
    assert seen_on_disk(desk) == []


#: Definitions with a secret, and what the account held before.
STATED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a prompt": (
        {"prompt": "The code is ${secret.CODE}."},
        {"prompt": f"The code is 0ld-{CANARY}."},
    ),
    "a FAQ's answer": (
        {"prompt": "Be kind.", "faq_items": [{"question": "Code?", "answer": "${secret.CODE}"}]},
        {"faq_items": [{"question": f"Code {CANARY}?", "answer": f"0ld-{CANARY}"}]},
    ),
    "a webhook's query": (
        {"prompt": "Be kind.", "webhook_url": "https://hooks.example/?t=${secret.CODE}"},
        {"webhook_url": f"https://hooks.example/?t=0ld-{CANARY}"},
    ),
    "a webhook's path": (
        {"prompt": "Be kind.", "webhook_url": "https://hooks.example/${secret.CODE}"},
        {"webhook_url": f"https://hooks.example/0ld-{CANARY}"},
    ),
    "a member of a list": (
        {
            "prompt": "Be kind.",
            "structured_output_config": [
                {
                    "name": "code",
                    "type": "string",
                    "required": True,
                    "description": "Is it ${secret.CODE}?",
                }
            ],
        },
        {
            "structured_output_config": [
                {"name": "x", "type": "string", "required": True, "description": "Be kind."},
                {
                    "name": "code",
                    "type": "string",
                    "required": True,
                    "description": f"Is it 0ld-{CANARY}?",
                },
            ]
        },
    ),
    "a member of an object": (
        {"prompt": "Be kind.", "voice": {"provider": "cartesia", "id": "${secret.CODE}"}},
        {"voice": {"provider": "cartesia", "id": f"0ld-{CANARY}"}},
    ),
}


@pytest.fixture(params=list(STATED.values()), ids=list(STATED))
def secretive(request: pytest.FixtureRequest, desk: Desk) -> Desk:
    """A definition with a secret in some place, and an assistant with an older one there."""
    stated, held = request.param
    desk.env["REVOX_SECRET_CODE"] = f"n3w-{CANARY}"
    desk.service.add("front-desk", **held)
    desk.project.define(**stated)
    return desk


def test_neither_the_old_nor_the_new_secret_of_a_definition_is_kept(secretive: Desk) -> None:
    assert secretive.apply("--log-level", "debug").code == 0
    assert kept(secretive)
    assert seen_on_disk(secretive) == []


def test_a_rollback_keeps_and_shows_no_secret_either(secretive: Desk) -> None:
    (identity,) = secretive.service.assistants
    secretive.project.define(
        voicemail_message="New.", **{"prompt": "Be kind.", **stated_in(secretive)}
    )
    assert secretive.apply().code == 0
    result = secretive.rollback("--log-level", "debug")
    assert result.code == 0, result.said
    assert secretive.service.assistants[identity]["voicemail_message"] is None
    assert len(secretive.records) == 2
    assert CANARY not in result.said
    assert seen_on_disk(secretive) == []


def stated_in(desk: Desk) -> dict[str, Any]:
    """Return the fields of the definition, as they were written."""
    lines = (desk.root / "assistants/front-desk.yaml").read_text().splitlines()
    pairs = (line.partition(": ") for line in lines)
    return {name: json.loads(value) for name, _, value in pairs}


def test_a_secret_stays_off_the_disk_when_what_a_run_created_is_deleted(desk: Desk) -> None:
    desk.env["REVOX_SECRET_CODE"] = CANARY
    desk.project.define(prompt="The code is ${secret.CODE}.")
    assert desk.apply().code == 0
    assert desk.rollback("--delete-created").code == 0
    assert kept(desk)["name"] == "front-desk"
    assert seen_on_disk(desk) == []


def test_a_secret_is_neither_kept_nor_shown_by_a_rollback_whose_definition_is_gone(
    desk: Desk,
) -> None:
    desk.env["REVOX_SECRET_CODE"] = CANARY
    desk.service.add("front-desk", voicemail_message=None)
    desk.project.define(prompt="Be kind.", voicemail_message="The code is ${secret.CODE}.")
    assert desk.apply().code == 0
    desk.project.remove("front-desk")
    result = desk.rollback()
    assert result.code == 0, result.said
    assert CANARY not in result.said
    assert seen_on_disk(desk) == []


def test_the_key_is_never_kept(desk: Desk) -> None:
    desk.service.add("front-desk", prompt="As it was.")
    desk.project.define(prompt="As it shall be.")
    desk.service.on("POST", status=401, body={"error": f"unknown key {KEY}"})
    desk.project.define("newcomer")
    assert desk.apply("--log-level", "debug").code == 4
    desk.rollback()
    desk.run("plan", "--out", "plan.json")
    assert seen_on_disk(desk, KEY) == []


def test_a_request_that_failed_leaves_no_secret_either(desk: Desk) -> None:
    desk.env["REVOX_SECRET_CODE"] = CANARY
    desk.project.define(prompt="The code is ${secret.CODE}.")
    desk.service.on("POST", status=400, body={"error": f"bad: The code is {CANARY}."})
    assert desk.apply().code == 4
    assert desk.records[-1].journal
    assert seen_on_disk(desk) == []
