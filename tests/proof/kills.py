"""The command line killed at every one of its requests, in a process of its own.

The run has two assistants to make and two to replace. It is killed when its n-th request arrives,
and for a write also when the service has acted upon it and not answered.
"""

from __future__ import annotations

import signal
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from proof.account import Special, Trouble
from proof.judges import Violation, judge
from proof.steps import apply_cleanly
from proof.world import World, world

Moment = Literal["before acting", "after acting"]

_FAQ = [{"question": "Dogs?", "answer": "Yes."}]
#: What the requests of the run are, in order.
REQUESTS = (
    "list",
    "numbers",
    "campaigns",
    "calls",
    "list",
    "create",
    "create",
    "read",
    "change",
    "read",
    "change",
    "list",
)
_WRITES = ("create", "change")
_KILLED = 1 if sys.platform == "win32" else -signal.SIGKILL


@dataclass
class Kills:
    """What came of the kills: when they came, and how many runs had begun to record by then.

    ``broken`` and ``complaints`` tell of promises that broke.
    """

    moments: Counter[str] = field(default_factory=Counter)
    recorded: int = 0
    rolled_back: int = 0
    broken: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)


def moments() -> list[tuple[int, Moment]]:
    """Return every moment at which the run is killed: a request's number, and which side of it."""
    before: list[tuple[int, Moment]] = [(nth, "before acting") for nth in _numbers(*REQUESTS)]
    return before + [(nth, "after acting") for nth in _numbers(*_WRITES)]


def _numbers(*sorts: str) -> list[int]:
    return [nth for nth, request in enumerate(REQUESTS, 1) if request in sorts]


def kill_everywhere() -> Kills:
    """Kill a run at every moment; return what came of it."""
    tally = Kills()
    for nth, moment in moments():
        try:
            kill_at(nth, moment, tally)
        except Violation as broken:
            tally.broken.update(broken.promises)
            tally.complaints.append(f"killed at request {nth}, {moment}: {broken}")
    return tally


def kill_at(nth: int, moment: Moment, tally: Kills) -> None:
    """Kill a run, judge what it left, take it back where it can be, and apply in peace."""
    with world() as made:
        _prepare(made)
        _killed(made, nth, moment)
        tally.moments[f"{REQUESTS[nth - 1]}, {moment}"] += 1
        run = made.runs[-1]
        judge(made, run)
        if run.folder is not None:
            tally.recorded += 1
        if run.folder is not None and nth % 2:
            back = made.run("rollback", run.folder.name, "--drop-open-questions")
            judge(made, back)
            assert back.result.code == 0, back.result.said
            tally.rolled_back += 1
        apply_cleanly(made)


def undisturbed() -> list[str]:
    """Return the sorts of requests of the run when nobody kills it."""
    with world() as made:
        _prepare(made)
        return [request.method for request in apply_cleanly(made).requests]


def _prepare(made: World) -> None:
    for key in ("clara", "desk"):
        identity = made.account.add(key, "Old.", faq_items=_FAQ)
        made.account.ask(identity, "Cats?")
    for key in ("anna", "bruno/day", "clara", "desk"):
        made.define(key, {"prompt": f"You are {key}.", "webhook_url": _HOOK, "faq_items": []})


_HOOK = "https://hooks.example.com/?token=${secret.HOOK}"


def _killed(made: World, nth: int, moment: Moment) -> None:
    trouble = Trouble("any", nth, 1, f"killed {moment}", Special(acts=moment == "after acting"))
    killed = made.kill(trouble, "--drop-open-questions")
    assert killed.result.code == _KILLED, killed.result.err
    assert made.account.met == [trouble.kind], made.account.met
