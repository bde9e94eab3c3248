"""The conformance checks can fail: each named defect of a sandbox turns its check red."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conformance import CHECKS
from running import KEY, Server

from revox_sync.sandbox import app as sandbox_app
from revox_sync.sandbox import assistants
from revox_sync.sandbox import state as sandbox_state
from revox_sync.sandbox.app import create_app
from revox_sync.sandbox.contract import openapi

Patch = pytest.MonkeyPatch
Mutation = Callable[[Patch, Path], Any]


def _app(database: Path) -> Any:
    return create_app(database, profile="current", keys=[KEY])


# --- defects of the answers, made on their way out -------------------------------------------


class _Rewritten:
    """The application with every JSON answer changed by a function of (method, path, body)."""

    def __init__(self, app: Any, change: Callable[[str, str, Any], Any]) -> None:
        self._app = app
        self._change = change

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        start: dict[str, Any] = {}

        async def rewritten(message: Any) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body = message["body"]
            if start["status"] == 200:
                body = json.dumps(self._change(scope["method"], scope["path"], json.loads(body)))
                body = body.encode()
            kept = [h for h in start["headers"] if h[0] != b"content-length"]
            length = (b"content-length", str(len(body)).encode())
            await send({**start, "headers": [*kept, length]})
            await send({**message, "body": body})

        await self._app(scope, receive, rewritten)


def _in_each_assistant(change: Callable[[dict[str, Any]], None]) -> Callable[..., Any]:
    def visit(value: Any) -> Any:
        if isinstance(value, dict):
            if "prompt" in value:
                change(value)
            for inner in value.values():
                visit(inner)
        elif isinstance(value, list):
            for inner in value:
                visit(inner)
        return value

    return lambda _method, _path, body: visit(body)


def member_renamed(_: Patch, database: Path) -> Any:
    def rename(assistant: dict[str, Any]) -> None:
        assistant["voicemail_text"] = assistant.pop("voicemail_message")

    return _Rewritten(_app(database), _in_each_assistant(rename))


def null_dropped(_: Patch, database: Path) -> Any:
    def drop(assistant: dict[str, Any]) -> None:
        for name in [name for name, value in assistant.items() if value is None]:
            del assistant[name]

    return _Rewritten(_app(database), _in_each_assistant(drop))


def number_as_text(_: Patch, database: Path) -> Any:
    def quote(assistant: dict[str, Any]) -> None:
        assistant["first_sentence_delay_ms"] = str(assistant["first_sentence_delay_ms"])

    return _Rewritten(_app(database), _in_each_assistant(quote))


def create_without_envelope(_: Patch, database: Path) -> Any:
    return _Rewritten(
        _app(database), lambda m, _p, body: body["assistant"] if m == "POST" else body
    )


def retrieve_enveloped(_: Patch, database: Path) -> Any:
    def wrap(method: str, path: str, body: Any) -> Any:
        return {"assistant": body} if method == "GET" and "/assistants/" in path else body

    return _Rewritten(_app(database), wrap)


def list_without_faq(_: Patch, database: Path) -> Any:
    def strip(method: str, path: str, body: Any) -> Any:
        if (method, path) == ("GET", "/api/assistants"):
            for assistant in body["assistants"]:
                del assistant["faq_items"]
        return body

    return _Rewritten(_app(database), strip)


def auth_ignored(_: Patch, database: Path) -> Any:
    app = _app(database)

    async def open_to_all(scope: Any, receive: Any, send: Any) -> None:
        known = [(b"authorization", f"Bearer {KEY}".encode())]
        await app({**scope, "headers": [*scope["headers"], *known]}, receive, send)

    return open_to_all


# --- defects of what is stored ---------------------------------------------------------------


def wrong_default(patch: Patch, database: Path) -> Any:
    documented = {**assistants.DOCUMENTED, "first_sentence_delay_ms": 500}
    patch.setattr(assistants, "DOCUMENTED", documented)
    return _app(database)


def voice_without_defaults(patch: Patch, database: Path) -> Any:
    patch.setattr(assistants, "_voice", lambda voice, _profile: voice)
    return _app(database)


def times_as_sent(patch: Patch, database: Path) -> Any:
    patch.setattr(assistants, "hh_mm", lambda time: time)
    return _app(database)


def faq_appended(patch: Patch, database: Path) -> Any:
    patched = assistants.patched

    def append(document: Any, request: Any, **more: Any) -> Any:
        if "faq_items" in request:
            request = {**request, "faq_items": document["faq_items"] + request["faq_items"]}
        return patched(document, request, **more)

    patch.setattr(assistants, "patched", append)
    return _app(database)


def patch_resets_absent_fields(patch: Patch, database: Path) -> Any:
    patched = assistants.patched

    def reset(document: Any, request: Any, **more: Any) -> Any:
        return patched({**document, "webhook_url": None}, request, **more)

    patch.setattr(assistants, "patched", reset)
    return _app(database)


def nested_objects_merged(patch: Patch, database: Path) -> Any:
    patched = assistants.patched

    def merge(document: Any, request: Any, **more: Any) -> Any:
        merged = {
            name: {**document[name], **value}
            if isinstance(value, dict) and document[name] is not None
            else value
            for name, value in request.items()
        }
        return patched(document, merged, **more)

    patch.setattr(assistants, "patched", merge)
    return _app(database)


def sub_assistants_listed(patch: Patch, database: Path) -> Any:
    patch.setattr(assistants, "is_listed", lambda _document: True)
    return _app(database)


def number_keeps_a_stale_assistant(_: Patch, database: Path) -> Any:
    seen: dict[str, Any] = {}

    def stale(_method: str, path: str, body: Any) -> Any:
        if "/phone-numbers/" in path:
            number = body["phone_number"]
            number["inbound_assistant"] = seen.setdefault("first", number["inbound_assistant"])
        return body

    return _Rewritten(_app(database), stale)


def number_keeps_a_deleted_assistant(_: Patch, database: Path) -> Any:
    def keep(_method: str, path: str, body: Any) -> Any:
        if path == "/api/phone-numbers":
            for number in body["phone_numbers"][1:]:
                number["inbound_assistant"] = {"id": "deleted"}
        return body

    return _Rewritten(_app(database), keep)


def clone_without_the_faq(patch: Patch, database: Path) -> Any:
    cloned = assistants.cloned
    empty: dict[str, Any] = {"faq_items": []}
    patch.setattr(assistants, "cloned", lambda d, **more: cloned({**d, **empty}, **more))
    return _app(database)


def context_replaced(patch: Patch, database: Path) -> Any:
    derived = assistants._with_derived
    nothing: dict[str, Any] = {"general": [], "terms": []}
    patch.setattr(assistants, "_with_derived", lambda _, prompt: derived(nothing, prompt))
    return _app(database)


def context_as_sent(patch: Patch, database: Path) -> Any:
    patch.setattr(assistants, "_with_derived", lambda context, _prompt: context)
    return _app(database)


def newest_first(patch: Patch, database: Path) -> Any:
    listed = sandbox_state.Store.list_assistants
    patch.setattr(sandbox_state.Store, "list_assistants", lambda self: listed(self)[::-1])
    return _app(database)


def deleted_only_in_name(patch: Patch, database: Path) -> Any:
    patch.setattr(sandbox_state.Store, "remove_assistant", lambda self, identity: None)
    return _app(database)


# --- defects of the contract document --------------------------------------------------------


def _with_schemas(patch: Patch, database: Path, change: Callable[[dict[str, Any]], None]) -> Any:
    document = openapi("current")
    change(document["components"]["schemas"])
    patch.setattr(sandbox_app, "openapi", lambda _profile: document)
    return _app(database)


def bound_not_validated(patch: Patch, database: Path) -> Any:
    return _with_schemas(
        patch, database, lambda s: s["Voice"]["properties"]["speed"].pop("maximum")
    )


def unknown_members_taken(patch: Patch, database: Path) -> Any:
    return _with_schemas(patch, database, lambda s: s["Slack"].pop("additionalProperties"))


def null_taken(patch: Patch, database: Path) -> Any:
    def allow(schemas: dict[str, Any]) -> None:
        schemas["AssistantUpdate"]["properties"]["first_sentence"]["type"] = ["string", "null"]

    return _with_schemas(patch, database, allow)


def name_not_required(patch: Patch, database: Path) -> Any:
    def relax(schemas: dict[str, Any]) -> None:
        schemas["AssistantCreate"]["required"] = ["prompt"]

    return _with_schemas(patch, database, relax)


def without_clone(patch: Patch, database: Path) -> Any:
    document = openapi("current")
    del document["paths"]["/assistants/{id}/clone"]
    patch.setattr(sandbox_app, "openapi", lambda _profile: document)
    return _app(database)


@pytest.mark.parametrize(
    ("mutation", "check", "words"),
    [
        (member_renamed, "sdk", "voicemail_message: Field required"),
        (member_renamed, "defaults", "members: .*voicemail_text"),
        (null_dropped, "sdk", "webhook_url: Field required"),
        (null_dropped, "defaults", "members: .*webhook_url"),
        (number_as_text, "sdk", "first_sentence_delay_ms: Input should be a valid integer"),
        (create_without_envelope, "sdk", "create, full: assistant: Field required"),
        (retrieve_enveloped, "sdk", "retrieve: prompt: Field required"),
        (list_without_faq, "list_is_complete", "not in the list: .*faq_items"),
        (list_without_faq, "sdk", "list and retrieve"),
        (auth_ignored, "authentication", "GET /assistants"),
        (auth_ignored, "sdk", "an unknown key: AuthenticationError"),
        (wrong_default, "defaults", "first_sentence_delay_ms"),
        (voice_without_defaults, "nested_defaults", "voice: "),
        (times_as_sent, "times_as_hh_mm", "6pm stored as 6pm"),
        (times_as_sent, "sdk", "retrieve call_retry_config"),
        (faq_appended, "faq_replaced_whole", "kept: "),
        (patch_resets_absent_fields, "only_sent_fields_change", "moved: .*webhook_url"),
        (nested_objects_merged, "nested_objects_replaced_whole", "voice: .*volume"),
        (sub_assistants_listed, "sub_assistants_hidden", "listed"),
        (newest_first, "list_is_complete", "order"),
        (deleted_only_in_name, "delete_is_final", "GET after delete: 200"),
        (deleted_only_in_name, "sdk", "a deleted id: NotFoundError"),
        (deleted_only_in_name, "numbers_follow_their_assistant", "after delete"),
        (number_keeps_a_stale_assistant, "numbers_follow_their_assistant", "not as it is now"),
        (number_keeps_a_deleted_assistant, "numbers_follow_their_assistant", "after delete"),
        (clone_without_the_faq, "clone_is_a_full_copy", "FAQ"),
        (context_replaced, "context_keeps_every_entry", "on create"),
        (context_as_sent, "context_keeps_every_entry", "on create"),
        (without_clone, "endpoints_of_the_generation", "POST .*/clone: 404"),
        (bound_not_validated, "documented_bounds", "voice.speed: maximum was taken"),
        (
            unknown_members_taken,
            "documented_bounds",
            "slack.no_such_member: unknown member was taken",
        ),
        (null_taken, "documented_bounds", "first_sentence: null was taken"),
        (name_not_required, "required_on_create", "no name"),
    ],
    ids=lambda value: value.__name__ if callable(value) else value,
)
def test_a_defect_turns_the_check_red(
    server: Server, monkeypatch: Patch, database: Path, mutation: Mutation, check: str, words: str
) -> None:
    app = mutation(monkeypatch, database)
    red = pytest.raises(AssertionError, match=words)
    with server.running(app, "current") as defective, red:
        CHECKS[check](defective)


def test_the_rewriting_itself_is_no_defect(server: Server, database: Path) -> None:
    unchanged = _Rewritten(_app(database), lambda _method, _path, body: body)
    with server.running(unchanged, "current") as api:
        CHECKS["sdk"](api)
        CHECKS["list_is_complete"](api)
