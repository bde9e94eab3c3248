"""Runs the proof and writes what came of it to docs/proof.md.

python scripts/write_proof.py            the budget that the document is held to
python scripts/write_proof.py --check    the same, compared with the document; 1 if they disagree
python scripts/write_proof.py --seed 7 --programs 500    any other walk, told on stdout

The document names the commit that it was made on. A check compares everything else, and that the
commit is one of this history.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs/proof.md"

if TYPE_CHECKING:
    from proof.kills import Kills
    from proof.walk import Tally

#: What the document is held to.
SEED, PROGRAMS, STEPS = 20, 24, 8

_COMMIT = re.compile(r"^Made on commit `([0-9a-f]{40})`\.$", re.MULTILINE)

_HEAD = """# What is proven about apply

*`python scripts/write_proof.py` writes this page; the tests hold it to what the script measures.*

**Whatever fails, each definition ends as exactly one assistant, no edit made by someone else is
overwritten unseen, and everything replaced can be brought back.**

## How it is tested

The tests run the command line against a Revox API of their own ([tests/support](../tests/support)),
over HTTP on this machine. A program is a random sequence of steps. Its project changes assistants
in place, or replaces them by new ones and deletes or keeps the old ones (`retire`). On its way:

- Requests fail before or after the service acts. Answers are lost, broken, or not what was asked.
- Reads lag behind writes: the list, the read by id, or both; for 2, 5 or 30 seconds. A run looks
  for 10 seconds (`--settle`), so it sees through the first two.
- Lists lack one assistant, or are empty, for a moment.
- A rate limit meets every request, for a moment or for longer than a run bears.
- Processes are killed at a write, before or after the service acts. Definitions change before the
  next apply.
- Runs are rolled back at any moment, the latest or an earlier one.
- People edit, add and delete assistants in the dashboard. Definitions are edited, withdrawn, bound
  to an assistant by id, and unbound.
- Two machines take turns. They share the definitions and nothing else.

Time passes only where the tool waits, so ten seconds cost none. After every run judges compare what
the definitions state, what happened in the account, and what the tool said and wrote down
([tests/proof/judges.py](../tests/proof/judges.py)); they use none of the tool's code. Each program
ends with an apply in peace, which has to succeed, and a plan after it, which has to be empty. Where
that apply is refused, the program does what the refusal says.

The test suite lets hypothesis look for other sequences of the same steps, a few each time. The long
walk is a command: `REVOX_SYNC_PROOF_EXAMPLES=500 pytest tests/proof/test_proof_machine.py`. `python
scripts/write_proof.py --seed 7 --programs 500` takes another walk.
"""

_LIMITS = """## What is not proven

- Nobody can close the moment between the read before a write and the write itself: the API cannot
  make a write depend on a version. No edit falls into it here.
- Nobody can see what a read does not show yet. An edit that is younger than the lag may be
  overwritten, and what somebody has just deleted may be taken for there. A run waits for what its
  own machine wrote, and for nobody else.
- A run that looks for a shorter time than reads lag may make an assistant twice, if no record of
  its machine has the id. So may one that gets nothing but short lists. It says so and ends with
  exit code 4.
- Runs on two machines at the same time are told of each other, not prevented
  ([tests/apply/test_apply_lag.py](../tests/apply/test_apply_lag.py)); the lock is of one machine.
- Phone numbers and campaigns are not part of the walk; the tests of recreating have them
  ([tests/apply](../tests/apply)).
- The service of the tests follows the documents. What the real one does differently is not proven.
"""


def main() -> int:
    """Run as the command line asks; return the exit code."""
    options = _options()
    if (options.seed, options.programs, options.steps) != (SEED, PROGRAMS, STEPS):
        from proof.walk import walk

        tally = walk(options.seed, options.programs, options.steps)
        sys.stdout.write(walked(tally, options.seed, options.programs, options.steps))
        return _told(tally.complaints)
    found, complaints = measured()
    if options.check:
        complaints += disagreements(DOCUMENT.read_text(encoding="utf-8"), found)
    else:
        text = found.replace("COMMIT", _git("rev-parse", "HEAD"))
        DOCUMENT.write_text(text, encoding="utf-8", newline="\n")
    return _told(complaints)


def _told(complaints: list[str]) -> int:
    sys.stderr.write("".join(f"{words}\n" for words in complaints))
    return 1 if complaints else 0


def measured() -> tuple[str, list[str]]:
    """Run everything; return the document, with COMMIT in place of the commit, and complaints.

    There is a complaint for each promise that broke, and each planted fault that broke none.
    """
    from proof.kills import kill_everywhere
    from proof.walk import walk

    tally, kills = walk(SEED, PROGRAMS, STEPS), kill_everywhere()
    planted, unnoticed = _planted()
    parts = [_HEAD, "Made on commit `COMMIT`.\n", _promises(tally.broken + kills.broken)]
    parts += [walked(tally, SEED, PROGRAMS, STEPS), _killed(kills), planted, _LIMITS]
    return "\n".join(parts), [*tally.complaints, *kills.complaints, *unnoticed]


def disagreements(
    written: str, found: str, is_ours: Callable[[str], bool] | None = None
) -> list[str]:
    """Return what a document and what was measured disagree in, the commit but for its being ours.

    ``is_ours`` tells whether a commit is in this history.
    """
    named = _COMMIT.search(written)
    if named is None:
        return ["docs/proof.md: it names no commit"]
    wrong = (
        [] if (is_ours or _is_ancestor)(named[1]) else [f"commit {named[1]} is not in this history"]
    )
    before, after = written.replace(named[1], "COMMIT").splitlines(), found.splitlines()
    if before != after:
        lost, new = [line for line in before if line not in after], set(after) - set(before)
        wrong += [f"it says {line!r}, which is no longer so" for line in lost]
        wrong += [f"it does not say {line!r}" for line in after if line in new]
        wrong += ["run python scripts/write_proof.py"]
    return [f"docs/proof.md: {words}" for words in wrong]


def _promises(broken: Counter[str]) -> str:
    from proof.judges import PROMISES

    rows = [
        f"| {_words(look.__name__)} | {_first_line(look)} "
        f"| {f'**broken, {times}**' if (times := broken[look.__name__]) else 'held'} |"
        for look in PROMISES
    ]
    return _table("## The promises", ("promise", "what the judge looks for", "outcome"), rows)


def walked(tally: Tally, seed: int, programs: int, steps: int) -> str:
    """Return what a walk did, as a section."""
    head = (
        f"## The walk\n\nSeed {seed}: {programs} programs of {steps} random steps "
        f"({sum(tally.codes.values())} runs, {sum(tally.requests.values())} requests, "
        f"{sum(tally.troubles.values())} troubles), one action at a time.\n"
    )
    changes = {f"changes by the {who}": count for who, count in tally.changes.items()}
    codes = {f"exit code {code}": n for code, n in tally.codes.items() if code >= 0}
    outcomes = {f"actions {status}": count for status, count in tally.outcomes.items()}
    requests = {f"{method} requests": count for method, count in tally.requests.items()}
    return "\n".join(
        [
            head,
            _counts("circumstances", tally.settings),
            _counts("steps", tally.steps),
            _counts("troubles met", tally.troubles),
            _counts("what came of it", {**requests, **changes, **outcomes, **codes}),
        ]
    )


def _killed(kills: Kills) -> str:
    head = (
        f"## The kills\n\nA run that makes two assistants and replaces two, killed "
        f"{sum(kills.moments.values())} times: at each of its\nrequests, and for writes once more "
        f"after the service acted. {kills.recorded} of the killed runs had begun to\nrecord; "
        f"{kills.rolled_back} of these were rolled back first. The next apply completed the work "
        f"each time.\n"
    )
    return f"{head}\n{_counts('killed at', kills.moments)}"


def _planted() -> tuple[str, list[str]]:
    from proof.planted import FAULTS, broken_by

    rows, unnoticed = [], []
    for name, fault in FAULTS.items():
        broken = broken_by(fault.story, fault.plant)
        if fault.promise not in broken:
            unnoticed.append(f"planted, and not noticed as {fault.promise}: {name}")
        rows.append(f"| {name} | {', '.join(_words(promise) for promise in sorted(broken))} |")
    head = "## The planted faults\n\nEach is planted in the tool's own code and breaks a promise."
    return _table(head, ("fault", "promises that break"), rows), unnoticed


def _counts(title: str, counts: Mapping[str, int] | Counter[str]) -> str:
    rows = [f"| {name} | {count} |" for name, count in sorted(counts.items())]
    return "\n".join([f"| {title} | |", "|---|---|", *rows, ""])


def _table(title: str, heads: tuple[str, ...], rows: list[str]) -> str:
    line = "|---" * len(heads) + "|"
    return "\n".join([title, "", f"| {' | '.join(heads)} |", line, *rows, ""])


def _words(name: str) -> str:
    return name.replace("_", " ")


def _first_line(look: Any) -> str:
    return str(look.__doc__).partition("\n")[0]


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _is_ancestor(commit: str) -> bool:
    """Whether the commit is in this history; yes where there is no whole history to look at."""
    try:
        if _git("rev-parse", "--is-shallow-repository") == "true":
            return True
    except (OSError, subprocess.CalledProcessError):
        return True
    try:
        _git("merge-base", "--is-ancestor", commit, "HEAD")
    except subprocess.CalledProcessError:
        return False
    return True


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Prove what is promised about apply.")
    parser.add_argument("--check", action="store_true", help="compare with docs/proof.md")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--programs", type=int, default=PROGRAMS)
    parser.add_argument("--steps", type=int, default=STEPS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))
    os.environ["TESTS_OVER_SOCKETS"] = "1"  # every request of the walk is a real one
    sys.exit(main())
