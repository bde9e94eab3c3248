"""A seeded walk: the steps of the state machine by a generator that is the same everywhere.

Hypothesis finds and shrinks; what it tries changes with its version. The walk does not, so its
numbers can stand in a document.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from proof import choices, steps
from proof.choices import Seeded
from proof.evidence import told
from proof.judges import Violation
from proof.world import World, world


@dataclass
class Tally:
    """What a walk did: steps, runs by exit code, requests by method, troubles met, changes made.

    ``settings`` counts the programs by how assistants are replaced, and the runs in other
    circumstances. ``outcomes`` counts what the runs reported of their actions, ``broken`` the
    programs that broke a promise, by promise; ``complaints`` says how.
    """

    steps: Counter[str] = field(default_factory=Counter)
    settings: Counter[str] = field(default_factory=Counter)
    codes: Counter[int] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)


def walk(seed: int, programs: int, length: int) -> Tally:
    """Run ``programs`` programs of ``length`` steps, each from its own seed; return the counts.

    A program ends where it breaks a promise; the others go on.
    """
    tally = Tally()
    for number in range(programs):
        choose = Seeded(f"{seed}/{number}")
        with world(choices.habits(choose)) as made:
            try:
                _program(made, choose, length, tally)
            except Violation as broken:
                tally.broken.update(broken.promises)
                tally.complaints.append(f"program {number} of seed {seed}: {broken}")
            _count(made, tally)
    return tally


def _program(made: World, choose: Seeded, length: int, tally: Tally) -> None:
    weighted = [name for name, (weight, _) in steps.STEPS.items() for _ in range(weight)]
    steps.begin(made, choose)
    for _ in range(length):
        name = choose(weighted)
        tally.steps[name] += 1
        steps.STEPS[name][1](made, choose)
    steps.apply_cleanly(made)


_REPLACED = {
    None: "in place",
    "delete": "by new ones, old ones deleted",
    "keep": "by new ones, old ones kept",
}


def _count(made: World, tally: Tally) -> None:
    tally.settings[f"programs that replace {_REPLACED[made.retire]}"] += 1
    tally.settings["runs while reads lag"] += sum(run.lag > 0 for run in made.runs)
    tally.settings["runs killed"] += sum(run.result.code < 0 for run in made.runs)
    tally.settings["runs on the other machine"] += sum(not run.here for run in made.runs)
    tally.settings["runs with --rebind"] += sum("--rebind" in run.arguments for run in made.runs)
    tally.troubles.update(made.account.met)
    tally.requests.update(request.method for request in made.account.requests)
    tally.changes.update(change.by for change in made.account.changes)
    for run in made.runs:
        tally.codes[int(run.result.code)] += 1
        tally.outcomes.update(status for status, _ in told(run))
