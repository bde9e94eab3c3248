"""Try the property tests with new examples, for a fixed time.

    python scripts/try_examples.py --seconds 120
    python scripts/try_examples.py --seed 1234567

In CI hypothesis tries the same examples in every run, so that a change is judged by what it
changes. Here each round has a seed of its own, which is printed: with ``--seed`` it is run again.
The seeds come from the commit: every commit tries other examples, and whoever judges a commit again
tries the same ones. The exit code is 1 where a round fails, and 0 where the time is over.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

#: How many times as many examples as in a run of the whole suite.
_TIMES = 5

#: How many sequences of steps the proof tries in a round.
_SEQUENCES = "60"

#: How many seconds a run that is to end may take to end its processes.
_ENDING_S = 30


def passes(seed: int, seconds: float | None) -> bool:
    """Run every property test with this seed; what failed before the time ended a round counts."""
    print(f"\nseed {seed}; again: python scripts/try_examples.py --seed {seed}", flush=True)
    env = {name: value for name, value in os.environ.items() if name != "CI"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-m", "hypothesis"]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            [*command, f"--hypothesis-seed={seed}", "-o", f"cache_dir={folder}"],
            cwd=ROOT,
            env={
                **env,
                "REVOX_SYNC_EXAMPLES": str(_TIMES),
                "REVOX_SYNC_PROOF_EXAMPLES": _SEQUENCES,
            },
        ) as running,
    ):
        try:
            return running.wait(seconds) == 0
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGINT)
        try:
            running.wait(_ENDING_S)
        except subprocess.TimeoutExpired:
            running.kill()
        return not (Path(folder) / "v/cache/lastfailed").exists()


def seeds_of_commit() -> Iterator[int]:
    """Yield a seed for each round, without end."""
    command = ["git", "rev-parse", "HEAD"]
    head = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    for number in count():
        digest = hashlib.sha256(head.stdout + str(number).encode()).digest()
        yield int.from_bytes(digest[:4])


def main() -> int:
    """Run rounds until the time is over; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, help="run one round, with this seed")
    asked = parser.parse_args()
    if asked.seed is not None:
        return int(not passes(asked.seed, None))
    ends = time.monotonic() + asked.seconds
    for seed in seeds_of_commit():
        if (left := ends - time.monotonic()) <= 0:
            break
        if not passes(seed, left):
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
