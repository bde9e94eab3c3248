"""Asks the service what ``status`` tells: is the key accepted, whose is it, what is there."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from revox_sync.cli.account import organization_of, pin_refusal, redactor
from revox_sync.cli.options import Settings
from revox_sync.cli.streams import Streams
from revox_sync.errors import (
    AnswerLost,
    ApiError,
    ConnectionFailed,
    RefusedError,
    StatusError,
)

if TYPE_CHECKING:
    from revox_sync.account.client import Client
    from revox_sync.definitions.project import Project

KEY, USER, LIST = "/auth-status", "/users/me", "/assistants"
_NOT_ACCEPTED = (401, 403)


@dataclass(frozen=True, slots=True)
class Answer:
    """How one request ended, after ``ms`` milliseconds; no ``value``: the service does not tell."""

    path: str
    ms: float
    value: Any = None
    error: ApiError | None = None

    @property
    def denies(self) -> bool:
        """Whether the service says that it does not accept the key."""
        if isinstance(self.error, StatusError):
            return self.error.status in _NOT_ACCEPTED
        return self.path == KEY and self.value is False

    @property
    def never_came(self) -> bool:
        """Whether the service was not reached."""
        return isinstance(self.error, ConnectionFailed | AnswerLost)


@dataclass(frozen=True, slots=True)
class Answers:
    """What was asked, in this order; ``refused`` is why the pin allowed no more."""

    all: tuple[Answer, ...] = ()
    refused: RefusedError | None = None

    def __getitem__(self, path: str) -> Answer | None:
        return next((answer for answer in self.all if answer.path == path), None)

    def value(self, path: str) -> Any:
        """Return what the service told; None for nothing."""
        answer = self[path]
        return answer.value if answer else None

    @property
    def reachable(self) -> bool | None:
        """Whether the service answers; None if it was not asked."""
        return not any(answer.never_came for answer in self.all) if self.all else None

    @property
    def accepted(self) -> bool | None:
        """Whether the service accepts the key; None if nothing says so.

        Who can list the account has a good key, even where it may not ask whose it is.
        """
        listed = self.value(LIST) is not None
        decisive = [answer for answer in self.all if not (listed and answer.path == USER)]
        if any(answer.denies for answer in decisive):
            return False
        return True if any(answer.value is not None for answer in decisive) else None


async def ask(
    client: Client, settings: Settings, streams: Streams, project: Project, *, pin_known: bool
) -> Answers:
    """Ask one question at a time: no more than the pin allows, and nobody who does not answer.

    Without ``pin_known``, the project file may hold a pin that cannot be read: the account is not
    read either.
    """
    pinned = project.organization_id is not None and not settings.sandbox
    answers: list[Answer] = []
    for path, send in (
        (KEY, client.auth_status),
        (USER, client.who_am_i),
        (LIST, client.list_assistants),
    ):
        streams.step(f"asking GET {path}")
        answer = await _timed(path, send)
        streams.step("")
        answers.append(answer)
        if answer.never_came or (path == USER and not pin_known):
            break
        if path == USER and pinned:
            if answer.error is not None:
                break
            refused = pin_refusal(project, organization_of(answer.value), redactor(settings))
            if refused is not None:
                return Answers(tuple(answers), refused)
    return Answers(tuple(answers))


async def _timed(path: str, send: Callable[[], Awaitable[Any]]) -> Answer:
    begun = time.perf_counter()
    value, failed = None, None
    try:
        value = await send()
    except ApiError as error:
        failed = error
    return Answer(path, round((time.perf_counter() - begun) * 1000, 1), value, failed)
