"""An assistant that is to be replaced by a new one, and what must hold meanwhile and after."""

from __future__ import annotations

import copy
import shutil
from typing import Any

from support.cli import Result
from support.contract import Document
from support.desk import Desk
from support.service import Recorded

NUMBERS = ("+33123456701", "+33123456702")

FAQ = [{"question": "Dogs?", "answer": "Up to 10 kg.\r\n"}, {"question": "Cats?", "answer": "No"}]

#: What the service gives an assistant, whatever a request says.
_OWN = ("id", "organization_id", "created_at", "updated_at", "faq_items")


class Renewal:
    """One assistant, ``front-desk``, which answers two phone numbers and has a new prompt to get.

    ``old`` is its id. It has a webhook and a FAQ that the definition does not state.
    """

    def __init__(self, desk: Desk, retire: str | None = "delete", **stated: Any) -> None:
        self.desk = desk
        self.service = desk.service
        self.old = desk.service.add(
            "front-desk",
            "Be kind.",
            first_sentence="Hello.\r\n",
            webhook_url="https://hooks.example.com/calls?token=hunter2hunter2",
            faq_items=FAQ,
        )
        for number in NUMBERS:
            desk.service.dial(number, self.old)
        self.was = self.held(self.old)
        self.stated = {"prompt": "Be brief.", **stated}
        desk.project.define(**self.stated)
        self.settings(retire)

    def settings(self, retire: str | None = "delete", *more: str) -> None:
        """Write the project file."""
        lines = ["replace: recreate", *more] + ([f"retire: {retire}"] if retire else [])
        self.desk.project.write("revox-sync.yaml", "\n".join(lines) + "\n")

    def held(self, identity: str) -> Document:
        """Return what an assistant holds, without what the service gives it."""
        document = copy.deepcopy(self.service.assistants[identity])
        items = [(item["question"], item["answer"]) for item in document["faq_items"]]
        return {n: v for n, v in document.items() if n not in _OWN} | {"faq_items": items}

    @property
    def wanted(self) -> Document:
        """What the new one is to hold."""
        return {**self.was, **self.stated}

    @property
    def new(self) -> str:
        """The id of the only assistant beside the old one."""
        (found,) = [identity for identity in self.service.assistants if identity != self.old]
        return found

    def assert_in_service(self) -> None:
        """Fail unless the old or the new one serves, at this moment."""
        service = self.service
        assert len(service.assistants) <= 2, list(service.assistants)
        sound = [key for key in service.assistants if self.held(key) in (self.was, self.wanted)]
        assert sound, service.assistants
        assert set(service.answered().values()) <= set(sound), service.answered()

    def assert_replaced(self) -> None:
        """Fail unless a new assistant alone has taken the old one's place, and all is said."""
        only = next(iter(self.service.assistants), self.old)
        assert [*self.service.assistants] == [only]
        assert only != self.old
        self._assert_current(only)

    def assert_superseded(self) -> None:
        """Fail unless a new assistant has taken the old one's place, which is kept as it was."""
        assert len(self.service.assistants) == 2, list(self.service.assistants)
        assert self.held(self.old) == self.was
        self._assert_current(self.new)
        assert f"superseded, and kept: {self.old}" in self.desk.action()["notes"]

    def _assert_current(self, identity: str) -> None:
        assert self.held(identity) == self.wanted
        assert set(self.service.answered().values()) == {identity}, self.service.answered()
        assert self.desk.settled()

    def apply_again(self) -> Result:
        """Apply when nothing goes wrong any more."""
        self.service.calm()
        return self.desk.apply()

    def forget(self) -> None:
        """Go on as on another machine, where no run is recorded."""
        shutil.rmtree(self.desk.root / ".revox-sync", ignore_errors=True)

    def writes(self) -> list[str]:
        """Return the requests that were no GET, by their method and kind."""
        return [told(request) for request in self.service.writes]


def told(request: Recorded) -> str:
    """Return the method of a request and what it is about."""
    return f"{request.method} {request.path.split('/')[1]}"
