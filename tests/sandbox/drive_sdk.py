"""Drive a sandbox with the official SDK that this interpreter has installed, and judge its answers.

    python drive_sdk.py BASE_URL API_KEY PROFILE

Prints one line per departure and exits 1 when there are any. It needs the SDK and nothing else, so
each release can run it from its own environment.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import revox
from strict_types import complaints

BODIES = json.loads((Path(__file__).parent / "data" / "bodies.json").read_text("utf-8"))


def drive(base_url: str, key: str, profile: str) -> list[str]:
    """Use every call that a sync tool needs; return what departs from the SDK's types and words."""
    drive = _Drive()

    def client_of(key: str) -> revox.Revox:
        # There is no TLS here, and loading certificates takes 50 ms.
        plain = httpx.Client(verify=False)  # noqa: S501
        return revox.Revox(api_key=key, base_url=base_url, max_retries=0, http_client=plain)

    with client_of(key) as client:
        _assistants(drive, client, BODIES[profile])
        _account(drive, client)
        _errors(drive, client)
    with client_of("unknown") as stranger:
        drive.refused("an unknown key", revox.AuthenticationError, stranger.assistants.list)
    return drive.found


class _Drive:
    """Collects what departs."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def call(self, what: str, send: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Send the request; check the raw answer against the type that the SDK gives it."""
        raw = send(*args, **kwargs)
        answer = raw.http_response.json()
        self.found += [f"{what}: {line}" for line in complaints(type(raw.parse()), answer)]
        return answer

    def same(self, name: str, expected: object, actual: object) -> None:
        if expected != actual:
            self.found.append(f"{name}: expected {expected!r}, got {actual!r}")

    def refused(self, name: str, error: type[Exception], send: Callable[..., Any]) -> None:
        try:
            send()
        except error:
            return
        except Exception as other:
            self.found.append(f"{name}: {error.__name__} expected, got {other!r}")
        else:
            self.found.append(f"{name}: {error.__name__} expected, got an answer")


def _assistants(drive: _Drive, client: revox.Revox, body: dict[str, Any]) -> None:
    raw = client.assistants.with_raw_response
    smallest = drive.call("create, smallest", raw.create, name="Small", prompt="p")
    full = drive.call("create, full", raw.create, **body)
    identity = full.get("assistant", full)["id"]

    listed = drive.call("list", raw.list)
    retrieved = drive.call("retrieve", raw.retrieve, identity)
    drive.same(
        "list and retrieve", [retrieved], [a for a in listed["assistants"] if a["id"] == identity]
    )
    for field, value in body.items():
        drive.same(
            f"create, then retrieve {field}", _as_stored(field, value), _asked(retrieved, field)
        )

    updated = drive.call("update", raw.update, identity, name="Renamed")
    drive.same("update", "Renamed", _asked(updated.get("assistant", {}), "name"))
    unwanted = [identity, smallest.get("assistant", smallest)["id"]]
    if hasattr(raw, "clone"):
        copied = drive.call("clone", raw.clone, identity)
        unwanted.append(copied.get("assistant", copied)["id"])
    for unwanted_id in unwanted:
        deleted = drive.call("delete", raw.delete, unwanted_id)
        drive.same("delete", {"success": True}, deleted)
    drive.refused("a deleted id", revox.NotFoundError, lambda: client.assistants.retrieve(identity))


def _account(drive: _Drive, client: revox.Revox) -> None:
    voices = drive.call("voices", client.voices.with_raw_response.list)["voices"]
    voice = {"id": voices[0]["id"], "provider": voices[0]["provider"]}
    drive.call("voice", client.voices.with_raw_response.retrieve, **voice)
    drive.call("campaigns", client.campaigns.with_raw_response.list)
    users: Any = client.users  # retrieve() of users.me up to 0.1.1, of users later
    drive.call("user", getattr(users, "me", users).with_raw_response.retrieve)
    if hasattr(client, "phone_numbers"):
        numbers = drive.call("numbers", client.phone_numbers.with_raw_response.list)
        number = numbers["phone_numbers"][0]["id"]
        update = client.phone_numbers.with_raw_response.update
        drive.call("number", update, number, label="Front desk")
    if hasattr(client, "auth_status"):
        drive.call("auth status", client.auth_status.with_raw_response.retrieve)


def _errors(drive: _Drive, client: revox.Revox) -> None:
    create = client.assistants.create
    nothing: dict[str, Any] = {"extra_body": {"no_such_member": 1}}
    drive.refused(
        "an unknown member",
        revox.BadRequestError,
        lambda: create(name="n", prompt="p", **nothing),
    )
    drive.refused(
        "a bound",
        revox.BadRequestError,
        lambda: create(name="n", prompt="p", voice={"id": "v", "provider": "cartesia", "speed": 9}),
    )
    for call in (client.assistants.retrieve, client.assistants.delete, client.assistants.update):
        drive.refused("an unknown id", revox.NotFoundError, lambda call=call: call("unknown"))


def _as_stored(field: str, value: Any) -> Any:
    """Return how a value that was sent is expected back."""
    if field == "call_retry_config":
        spelt = {"6pm": "18:00", "6:05pm": "18:05"}
        windows = [
            {name: spelt.get(member, member) for name, member in window.items()}
            for window in value["calling_windows"]
        ]
        return {**value, "calling_windows": windows}
    return value


def _asked(assistant: dict[str, Any], field: str) -> Any:
    value = assistant.get(field)
    if field == "faq_items" and value:
        return [{name: item.get(name) for name in ("question", "answer")} for item in value]
    if field == "stt_context" and value:  # the service adds to it
        return {"general": value["general"][:1], "terms": value["terms"][:1]}
    return value


def main() -> int:
    """Run from the command line."""
    found = drive(*sys.argv[1:])
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
