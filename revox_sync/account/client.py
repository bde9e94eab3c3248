"""The endpoints of the API: paths and envelopes. How requests are sent is ``transport.py``'s."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from revox_sync.account.remote import Remote
from revox_sync.account.transport import Transport
from revox_sync.account.uses import (
    Campaign,
    PhoneNumber,
    Uses,
    answered_by,
    assistants_waited_for,
    campaigns_of,
    numbers_of,
    search,
)
from revox_sync.account.wire import (
    Answer,
    assistant_of,
    assistants_of,
    items_of,
    object_of,
    queued_calls_notice,
    tells_failure,
)
from revox_sync.errors import ApiError, OtherAnswered, StatusError, UnreadableAnswer
from revox_sync.secrecy.values import Known

_NOT_FOUND = 404
#: No such assistant, or none any more.
_GONE = (404, 410)
#: No such path, not this method, not built: the service has no such endpoint.
_NO_ENDPOINT = (404, 405, 501)
_PAGE_SIZE = 100
_MOST_PAGES = 50


class Client(Transport):
    """Talks to one account.

    ``key_variable`` is named where the key is not accepted. ``known`` are the secrets without which
    texts of the account are shown. With ``trust_list``, a list that says that it goes on is taken
    for whole.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        key_variable: str = "REVOX_API_KEY",
        trust_list: bool = False,
        known: Known | None = None,
        **how: Any,
    ) -> None:
        super().__init__(base_url, key, **how)
        self.trust_list = trust_list
        self._known = known or Known()
        self.hints = {
            401: f"check {key_variable}: the service does not accept it",
            403: f"the key may not do this; check {key_variable} and the organization that it "
            "belongs to",
        }

    async def list_assistants(self) -> list[Remote]:
        """GET /assistants: every assistant of the account. Raises ApiError."""
        try:
            answer = await self.send("GET", "/assistants")
        except StatusError as error:
            if error.status == _NOT_FOUND:
                error.hint = "check that REVOX_BASE_URL names the API"
            raise
        with self._redacted():
            found = assistants_of(answer, trusted=self.trust_list)
        return [Remote(data, self._known) for data in found]

    async def get_assistant(self, assistant_id: str) -> Remote | None:
        """GET /assistants/{id}: one assistant, or None where the service knows none by this id.

        Raises ApiError.
        """
        try:
            answer = await self.send("GET", self._path(assistant_id))
        except StatusError as error:
            if error.status in _GONE:
                return None
            raise
        return self._remote(answer.data, assistant_id)

    async def create_assistant(self, body: dict[str, Any]) -> Remote:
        """POST /assistants, carried out once at most; returns the assistant as it was answered.

        Raises AnswerLost or UnreadableAnswer when it may exist all the same, other ApiErrors when
        it certainly does not.
        """
        return self._remote((await self.send("POST", "/assistants", body)).data)

    async def update_assistant(
        self, assistant_id: str, body: dict[str, Any], attempt: int
    ) -> tuple[Remote, str | None]:
        """PATCH /assistants/{id} with the fields to change, once.

        Returns the assistant as answered, and the service's notice about queued calls, if any.
        Raises ApiError, whose ``wait`` says when it may be sent again: not before somebody looked
        whether it would still overwrite what it was meant to. ``attempt`` counts from 1.
        """
        answer = (await self.attempt("PATCH", self._path(assistant_id), body, attempt)).data
        notice = queued_calls_notice(answer)
        return self._remote(answer, assistant_id), None if notice is None else self._redact(notice)

    async def delete_assistant(self, assistant_id: str) -> ApiError | None:
        """DELETE /assistants/{id}. Raises ApiError.

        Only a read tells whether it is gone. Returned is an answer that may mean that it is gone:
        that there is no such assistant, or nothing readable, as many services answer for what is
        gone; or that it is not, whatever the status says.
        """
        try:
            answer = await self.send("DELETE", self._path(assistant_id))
        except UnreadableAnswer as error:
            return error
        except StatusError as error:
            if error.status not in _GONE:
                raise
            return error
        if not tells_failure(answer.data):
            return None
        words = self._words(json.dumps(answer.data).encode())
        return StatusError(answer.status, f"the service did not delete it: {words}")

    async def uses(self, assistant_ids: Collection[str], *, advisory: bool = False) -> Uses:
        """Return which phone numbers, campaigns and calls use these assistants.

        GET /phone-numbers and /campaigns, POST /call/search; an account without these endpoints
        uses nothing. What cannot be read is ``unknown``. Where phone numbers cannot be read,
        ApiError is raised, since they have to be moved: unless the read is ``advisory``, so that
        nothing depends on it. Then nothing is tried for long, either.
        """
        numbers_read = asyncio.ensure_future(self.numbers(advisory=advisory))
        if not advisory:
            await numbers_read  # the others as late as may be: what comes up meanwhile is seen
        answers = await asyncio.gather(
            numbers_read,
            self._campaigns(assistant_ids, advisory=advisory),
            self._waiting_calls(assistant_ids, advisory=advisory),
            return_exceptions=True,
        )
        failed: dict[str, list[str]] = {}
        for name, found in zip(("phone numbers", "campaigns", "calls"), answers, strict=True):
            if isinstance(found, ApiError):
                failed.setdefault(found.message, []).append(name)
            elif isinstance(found, BaseException):
                raise found
        numbers, campaigns, calls = answers
        why = "; ".join(f"{', '.join(names)}: {message}" for message, names in failed.items())
        return Uses(
            () if isinstance(numbers, BaseException) else numbers,
            () if isinstance(campaigns, BaseException) else campaigns,
            {} if isinstance(calls, BaseException) else calls,
            why or None,
            frozenset(assistant_ids),
        )

    async def numbers(self, *, advisory: bool = False) -> tuple[PhoneNumber, ...]:
        """GET /phone-numbers: the account's numbers, and what answers them. Raises ApiError."""
        items = await self._items("/phone-numbers", "phone_numbers", advisory=advisory)
        return numbers_of(items, self._known)

    async def voices(self, *, advisory: bool = False) -> list[dict[str, Any]]:
        """GET /voices: the voices; none where the service has no list. Raises ApiError."""
        found = await self._items("/voices", "voices", advisory=advisory)
        return list(map(self._named, found))

    async def voice(self, voice_id: str, provider: str) -> dict[str, Any] | None:
        """GET /voices/{id}: a voice that the list need not hold; None for none. Raises ApiError."""
        path = f"/voices/{_quoted(voice_id)}?provider={quote(provider, safe='')}"
        found = object_of((await self._optional(path, None, advisory=True)).data, "voice")
        return None if found is None else self._named(found)

    def _named(self, voice: Mapping[str, Any]) -> dict[str, Any]:
        """Return a voice with its name as it may be shown."""
        name = voice.get("name")
        return {**voice, "name": self._known.shown(name) if isinstance(name, str) else name}

    async def _campaigns(
        self, assistant_ids: Collection[str], *, advisory: bool
    ) -> tuple[Campaign, ...]:
        if not assistant_ids:
            return ()
        items = await self._items("/campaigns", "campaigns", advisory=advisory)
        return campaigns_of(items, self._known)

    async def _waiting_calls(
        self, assistant_ids: Collection[str], *, advisory: bool
    ) -> Mapping[str, int]:
        """Return how many calls wait, by the id of their assistant. Raises ApiError.

        A campaign may have thousands: where one request for each assistant is less than their
        pages, only their number is read.
        """
        found: Counter[str] = Counter()
        if not assistant_ids:
            return found
        seen, total = 0, 1.0
        for page in range(_MOST_PAGES):
            calls, total = await self._calls(assistant_ids, page, _PAGE_SIZE, advisory)
            found.update(assistants_waited_for(calls))
            seen += len(calls)
            if seen >= total:
                return found
            if not calls:
                break
            if total > (len(assistant_ids) + 1) * _PAGE_SIZE:
                counts = (self._count(one, advisory) for one in assistant_ids)
                return dict(zip(assistant_ids, await asyncio.gather(*counts), strict=True))
        raise UnreadableAnswer(f"POST /call/search tells {seen} of {total:g} calls")

    async def _count(self, assistant_id: str, advisory: bool) -> int:
        """Return how many calls wait for one assistant."""
        calls, total = await self._calls([assistant_id], 0, 1, advisory)
        if {*assistants_waited_for(calls)} - {assistant_id} or bool(calls) != bool(total):
            raise UnreadableAnswer("POST /call/search tells calls of other assistants, too")
        return int(total)

    async def _calls(
        self, assistant_ids: Collection[str], page: int, size: int, advisory: bool
    ) -> tuple[list[dict[str, Any]], float]:
        """POST /call/search: one page of the calls that wait, and how many there are."""
        missing = {"calls": [], "total_count": 0}
        body = search(assistant_ids, page, size)
        answer = await self._optional("/call/search", missing, body, advisory=advisory)
        calls = items_of(answer, "calls", trusted=True)
        total = answer.data.get("total_count")
        if isinstance(total, bool) or not isinstance(total, int | float) or not total >= 0:
            raise UnreadableAnswer("the answer to POST /call/search has no total_count")
        return calls, total

    async def move_phone_number(self, number_id: str, assistant_id: str) -> bool:
        """PATCH /phone-numbers/{id}: let an assistant answer it; return whether it does now.

        Where the answer does not tell, the numbers are read. Raises ApiError.
        """
        path = f"/phone-numbers/{_quoted(number_id)}"
        try:
            answer = (await self.send("PATCH", path, {"inbound_assistant_id": assistant_id})).data
        except UnreadableAnswer:
            answer = None
        if answered_by(answer) == assistant_id:
            return True
        held = await self.numbers()
        return any(found.id == number_id and found.assistant_id == assistant_id for found in held)

    async def who_am_i(self) -> dict[str, Any] | None:
        """GET /users/me: the key's user (email, organization_id, …); None where it is not told.

        Raises ApiError.
        """
        return object_of((await self._optional("/users/me", None)).data, "user")

    async def auth_status(self) -> bool | None:
        """GET /auth-status: whether the key is accepted; None if not told. Raises ApiError."""
        answer = (await self._optional("/auth-status", None)).data
        accepted = answer.get("authenticated") if isinstance(answer, dict) else None
        return accepted if isinstance(accepted, bool) else None

    async def _optional(
        self,
        path: str,
        missing: Any,
        body: Mapping[str, Any] | None = None,
        *,
        advisory: bool = False,
    ) -> Answer:
        """Read what not every service has; ``missing`` is returned for a service without it.

        With a ``body`` it is a POST that only reads, so it may be repeated.
        """
        try:
            method = "GET" if body is None else "POST"
            return await self.send(method, path, body, reads=True, advisory=advisory)
        except StatusError as error:
            if error.status in _NO_ENDPOINT:
                return Answer(missing)
            raise

    async def _items(self, path: str, name: str, *, advisory: bool = False) -> list[dict[str, Any]]:
        answer = await self._optional(path, {name: []}, advisory=advisory)
        with self._redacted():
            return items_of(answer, name, trusted=self.trust_list)

    @contextmanager
    def _redacted(self) -> Iterator[None]:
        """Take what is sensitive out of an error that quotes an answer."""
        try:
            yield
        except UnreadableAnswer as error:
            raise UnreadableAnswer(self._redact(error.message), hint=error.hint) from None

    def _remote(self, answer: Any, asked: str | None = None) -> Remote:
        """Return the assistant of an answer, which has to be the one that was asked for.

        Raises UnreadableAnswer for another answer, in its own words where it tells of a failure.
        """
        try:
            found = Remote(assistant_of(answer), self._known)
        except UnreadableAnswer as error:
            if not tells_failure(answer):
                raise
            words = self._words(json.dumps(answer).encode())
            raise UnreadableAnswer(f"{error.message}: {words}") from None
        if asked is not None and found.id != asked:
            raise OtherAnswered(f"the service answers with {found.id}, asked for {asked}")
        return found

    @staticmethod
    def _path(assistant_id: str) -> str:
        return f"/assistants/{_quoted(assistant_id)}"


def _quoted(identity: str) -> str:
    """Return an id as one segment of a path. Raises ApiError for one that would name another."""
    if identity.strip() in ("", ".", ".."):
        raise ApiError(
            f"{identity!r} is no id: it would ask for another address",
            hint="correct sync.id, or what the service answers",
        )
    return quote(identity, safe="")
