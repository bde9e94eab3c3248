"""The sandbox over HTTP: an ASGI application that runs under a server or inside a client.

Every answer is written while the request is handled: SQLite on a local file takes milliseconds, and
a thread per request would cost more than it frees.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from revox_sync.sandbox import SandboxError
from revox_sync.sandbox.contract import Profile, openapi
from revox_sync.sandbox.state import Store, UnknownIdError, dump
from revox_sync.sandbox.validation import Contract, Mistake, parse

Handler = Callable[[Request], Awaitable[Response]]


def create_app(database: Path, *, profile: Profile, keys: Collection[str]) -> ASGIApp:
    """Return the API below ``/api``, its state in ``database``, open to the given API keys.

    The file is created, with its folders, by the first request that writes. Raises SandboxError
    when a file is there and cannot be used.
    """
    store = Store(database, profile)
    store.check()
    document = openapi(profile)
    contract = Contract(document)
    api = _Api(store, contract)
    app = Starlette(
        routes=[
            _route(path, handlers)
            for path, handlers in _handlers(api).items()
            if path in document["paths"]
        ],
        middleware=[Middleware(_BearerAuth, keys=frozenset(keys))],
        exception_handlers=dict.fromkeys(
            (HTTPException, UnknownIdError, _InvalidRequestError, SandboxError), _refused
        ),
    )
    app.router.redirect_slashes = False
    return app


class _Api:
    """The endpoints, one method each."""

    def __init__(self, store: Store, contract: Contract) -> None:
        self._store = store
        self._contract = contract

    async def list_assistants(self, _: Request) -> Response:
        return _listed("assistants", self._store.list_assistants())

    async def create_assistant(self, request: Request) -> Response:
        body = await self._body(request, "AssistantCreate")
        return _enveloped(self._store.add_assistant(body))

    async def clone_assistant(self, request: Request) -> Response:
        return _enveloped(self._store.clone_assistant(request.path_params["id"]))

    async def retrieve_assistant(self, request: Request) -> Response:
        return _json(self._store.assistant(request.path_params["id"]))

    async def update_assistant(self, request: Request) -> Response:
        body = await self._body(request, "AssistantUpdate")
        return _enveloped(self._store.change_assistant(request.path_params["id"], body))

    async def delete_assistant(self, request: Request) -> Response:
        self._store.remove_assistant(request.path_params["id"])
        return _json(b'{"success":true}')

    async def list_voices(self, _: Request) -> Response:
        return _listed("voices", self._store.documents("voices"))

    async def retrieve_voice(self, request: Request) -> Response:
        provider = request.query_params.get("provider")
        if provider is None:
            raise _InvalidRequestError([Mistake(("provider",), "is required")])
        mistakes = self._contract.mistakes("VoiceProvider", provider)
        if mistakes:
            raise _InvalidRequestError([Mistake(("provider",), mistakes[0].message)])
        for voice in map(json.loads, self._store.documents("voices")):
            if (voice["id"], voice["provider"]) == (request.path_params["id"], provider):
                found = {name: voice[name] for name in ("id", "name", "description")}
                return _json(dump({"voice": found}))
        raise UnknownIdError("voice")

    async def list_phone_numbers(self, _: Request) -> Response:
        return _json(dump({"phone_numbers": self._store.phone_numbers()}))

    async def update_phone_number(self, request: Request) -> Response:
        body = await self._body(request, "PhoneNumberUpdate")
        number = self._store.change_phone_number(request.path_params["id"], body)
        return _json(dump({"phone_number": number}))

    async def list_campaigns(self, _: Request) -> Response:
        return _listed("campaigns", self._store.documents("campaigns"))

    async def search_calls(self, request: Request) -> Response:
        body = await self._body(request, "CallSearch")
        found = [
            call
            for call in map(json.loads, self._store.documents("calls"))
            if call["status"] in (body["statuses"] or [call["status"]])
            and (not body["assistant_ids"] or _assistant_of(call) in body["assistant_ids"])
        ]
        size = int(body["page_size"])  # JSON knows 10.0 as an integer, too
        begin = int(body["page"]) * size
        shown = found[begin : begin + size]
        return _json(dump({"calls": shown, "total_count": len(found)}))

    async def me(self, _: Request) -> Response:
        return _json(dump({"user": self._store.user()}))

    async def auth_status(self, _: Request) -> Response:
        return _json(b'{"authenticated":true}')

    async def _body(self, request: Request, schema: str) -> dict[str, Any]:
        try:
            body = parse(await request.body())
        except ValueError as error:
            raise _InvalidRequestError([Mistake((), f"is not JSON ({error})")]) from error
        mistakes = self._contract.mistakes(schema, body)
        if mistakes:
            raise _InvalidRequestError(mistakes)
        parsed: dict[str, Any] = body
        return parsed


def _handlers(api: _Api) -> dict[str, dict[str, Handler]]:
    """Return every path that some generation of the API has, with its methods."""
    return {
        "/assistants": {"GET": api.list_assistants, "POST": api.create_assistant},
        "/assistants/{id}": {
            "GET": api.retrieve_assistant,
            "PATCH": api.update_assistant,
            "DELETE": api.delete_assistant,
        },
        "/assistants/{id}/clone": {"POST": api.clone_assistant},
        "/voices": {"GET": api.list_voices},
        "/voices/{id}": {"GET": api.retrieve_voice},
        "/phone-numbers": {"GET": api.list_phone_numbers},
        "/phone-numbers/{id}": {"PATCH": api.update_phone_number},
        "/campaigns": {"GET": api.list_campaigns},
        "/call/search": {"POST": api.search_calls},
        "/users/me": {"GET": api.me},
        "/auth-status": {"GET": api.auth_status},
    }


class _InvalidRequestError(Exception):
    """The request breaks the contract."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = mistakes


class _BearerAuth:
    """Lets nobody past without one of the keys, whatever the path."""

    def __init__(self, app: ASGIApp, keys: frozenset[str]) -> None:
        self._app = app
        self._accepted = frozenset(f"bearer {key}".encode() for key in keys)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._knows(scope):
            answer = _error(HTTPStatus.UNAUTHORIZED, "a known API key is required")
            answer.headers["WWW-Authenticate"] = "Bearer"
            await answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _knows(self, scope: Scope) -> bool:
        sent: bytes = dict(scope["headers"]).get(b"authorization", b"")
        scheme, _, key = sent.partition(b" ")
        return scheme.lower() + b" " + key.strip() in self._accepted


def _route(path: str, handlers: Mapping[str, Handler]) -> Route:
    async def endpoint(request: Request) -> Response:
        return await handlers["GET" if request.method == "HEAD" else request.method](request)

    return Route("/api" + path, endpoint, methods=list(handlers))


def _assistant_of(call: Mapping[str, Any]) -> Any:
    return (call["assistant"] or {}).get("id")


def _listed(name: str, documents: Iterable[bytes]) -> Response:
    return _json(f'{{"{name}":['.encode() + b",".join(documents) + b"]}")


def _enveloped(assistant: bytes) -> Response:
    return _json(b'{"assistant":' + assistant + b"}")


def _json(content: bytes, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(content, status_code=status, media_type="application/json")


def _error(status: HTTPStatus, message: str, issues: Collection[Mistake] = ()) -> Response:
    body: dict[str, Any] = {"error": status.phrase, "message": message}
    if issues:
        body["issues"] = [{"path": i.path, "message": i.message} for i in issues]
    return _json(dump(body), status)


async def _refused(_: Request, error: Exception) -> Response:
    """Answer a request that ends in one of the exceptions that the application expects."""
    match error:
        case _InvalidRequestError():
            words = [
                f"{mistake.path or 'the body'} {mistake.message}" for mistake in error.mistakes
            ]
            return _error(HTTPStatus.BAD_REQUEST, "; ".join(words), error.mistakes)
        case UnknownIdError():
            return _error(HTTPStatus.NOT_FOUND, str(error))
        case HTTPException():  # the router's: no such path, or not with this method
            answer = _error(HTTPStatus(error.status_code), error.detail)
            answer.headers.update(error.headers or {})
            return answer
    return _error(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))
