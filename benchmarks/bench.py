"""Measures what the tool costs, as ratios within one run, and writes benchmarks/RESULTS.md.

    python benchmarks/bench.py [--sizes 1,100,1000,5000] [--rounds 5]

Every round runs each command once, one after the other, so that a slow moment of the machine hits
all of them; a ratio is the median over the rounds of the ratio within a round, with the least and
the greatest beside it. "pass" is ``python -c pass``, "floor" is benchmarks/floor.py, "load" its
first half; data.py makes what they read. octoDNS joins in on as many records where it is installed
(``pip install octodns``): addresses of 75 bytes, and texts as large as the assistants.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import data
from plot import plot
from server import Server

ROOT = Path(__file__).parent.parent
HERE = Path(__file__).parent
TOOL = [sys.executable, "-m", "revox_sync"]
BUDGETS = {
    "--version / pass": 1.6,
    "--help / pass": 5.0,
    "completion / pass": 5.0,
    "plan / floor, N=1": 3.5,
    "plan / floor, N=100": 2.6,
    "plan / floor, N=1000": 1.5,
    "plan / floor, N=5000": 1.4,
    "memory, plan / floor, N=1000": 1.5,
    "memory, plan / floor, N=5000": 1.0,
    "validate / load, N=1000": 1.2,
    "plan --base / plan, N=1000": 1.6,
    "pull of an unchanged account / plan, N=1000": 1.5,
    "apply, 4 at once / bound": 1.3,
    "apply, 16 at once / bound": 1.3,
}
#: More rounds where one takes little: 5000 definitions take as long as all the rest.
ROUNDS = {1: 3, 100: 2, 1000: 1, 5000: 0.6}
CREATES, LATENCY = 100, 0.1
_TWO = 2
#: octoDNS takes half a minute for a thousand texts.
_MOST_TEXTS = 1000


@dataclass(frozen=True)
class Run:
    """What one run of a command took: seconds, seconds of CPU, peak memory in KiB."""

    seconds: float
    cpu: float
    memory: int


@dataclass
class Findings:
    """Ratios by what they are of, each with those of its rounds; and what is shown besides."""

    ratios: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=dict)
    seconds: dict[str, dict[int, float]] = field(default_factory=dict)
    spent: dict[str, dict[int, float]] = field(default_factory=dict)
    memory: dict[str, dict[int, float]] = field(default_factory=dict)
    requests: dict[str, str] = field(default_factory=dict)

    def compare(self, name: str, one: list[Run], other: list[Run]) -> None:
        """Keep how much longer than ``other`` each round of ``one`` took."""
        pairs = list(zip(one, other, strict=True))
        self.ratios[name] = [a.seconds / b.seconds for a, b in pairs]
        self.cpu[name] = [a.cpu / b.cpu for a, b in pairs]


def environment() -> dict[str, str]:
    env = {**os.environ, **data.SECRETS, "PYTHONPATH": str(ROOT), "REVOX_API_KEY": "benchmark"}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is compiled once
    return env


def run(command: list[str], cwd: Path) -> Run:
    """Run a command, which must end well; ``NAME=value`` before it is set for it, as in a shell."""
    assigned = list(itertools.takewhile(lambda part: "=" in part, command))
    env = environment() | dict(part.split("=", 1) for part in assigned)
    start = time.perf_counter()
    quiet = subprocess.DEVNULL
    command = command[len(assigned) :]
    process = subprocess.Popen(command, env=env, cwd=cwd, stdout=quiet, stderr=quiet)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)


def interleaved(commands: dict[str, list[str]], cwd: Path, rounds: int) -> dict[str, list[Run]]:
    for command in commands.values():
        run(command, cwd)  # the first one compiles and warms the disk cache
    found: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            found[name].append(run(command, cwd))
    return found


def measure_start(found: Findings, rounds: int) -> None:
    asked = ["_REVOX_SYNC_COMPLETE=bash_complete", "COMP_WORDS=revox-sync pl", "COMP_CWORD=1"]
    commands = {
        "pass": [sys.executable, "-c", "pass"],
        "--version": [*TOOL, "--version"],
        "--help": [*TOOL, "--help"],
        "completion": [*asked, *TOOL],
    }
    runs = interleaved(commands, ROOT, rounds)
    for name in ("--version", "--help", "completion"):
        found.compare(f"{name} / pass", runs[name], runs["pass"])


def measure_plan(found: Findings, size: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder, "project")
        made = data.make(project, size)
        server = Server(made.listed)
        floor = [sys.executable, str(HERE / "floor.py"), str(project)]
        plan = [*TOOL, "plan", "--base-url", server.url]
        commands = {"load": floor, "floor": [*floor, server.url], "plan": plan}
        commands["validate"] = [*TOOL, "validate"]
        if importlib.util.find_spec("octodns") is not None:
            commands["octoDNS"] = octodns(Path(folder, "addresses"), size)
            length = len(made.listed) // size
            if size <= _MOST_TEXTS:
                commands["octoDNS, as large"] = octodns(Path(folder, "texts"), size, length)
        runs = interleaved(commands, project, rounds)
        server.counts.clear()
        run(plan, project)
        found.requests[f"plan, N={size}"] = server.told()
        server.close()
    found.compare(f"plan / floor, N={size}", runs["plan"], runs["floor"])
    found.compare(f"validate / load, N={size}", runs["validate"], runs["load"])
    for name in runs:
        if name.startswith("octoDNS"):
            found.compare(f"plan / {name}, N={size}", runs["plan"], runs[name])
    both = zip(runs["plan"], runs["floor"], strict=True)
    found.ratios[f"memory, plan / floor, N={size}"] = [a.memory / b.memory for a, b in both]
    for name in runs.keys() - {"load", "validate"}:
        times = found.seconds.setdefault(name, {})
        times[size] = statistics.median(one.seconds for one in runs[name])
        spent = found.spent.setdefault(name, {})
        spent[size] = statistics.median(one.cpu for one in runs[name])
        peaks = found.memory.setdefault(name, {})
        peaks[size] = statistics.median(one.memory for one in runs[name])


def measure_others(found: Findings, size: int, rounds: int) -> None:
    """Measure what else reads an account, beside a plan of the same unchanged one."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        server = Server(data.make(project, size, changed=0).listed)
        git = ["git", "-c", "user.name=b", "-c", "user.email=b@example.com"]
        for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"]):
            subprocess.run([*git, *arguments], cwd=project, check=True)
        url = ["--base-url", server.url]
        commands = {
            "plan": [*TOOL, "plan", *url],
            "plan --base": [*TOOL, "plan", "--base", "HEAD", *url],
            "pull": [*TOOL, "pull", *url],
        }
        runs = interleaved(commands, project, rounds)
        server.close()
    found.compare(f"plan --base / plan, N={size}", runs["plan --base"], runs["plan"])
    name = f"pull of an unchanged account / plan, N={size}"
    found.compare(name, runs["pull"], runs["plan"])


def measure_apply(found: Findings, parallelism: int, rounds: int) -> None:
    """Compare an apply with what the latencies of its creates, two lists and a start come to.

    What is read again just before the first create, the list and the voices, is told apart.
    """
    ratios, without = [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            project = Path(folder)
            data.make(project, CREATES)
            server = Server(b'{"assistants": []}', LATENCY)
            command = [*TOOL, "apply", "--auto-approve", "--over-limit", "create"]
            command += ["--parallelism", str(parallelism), "--base-url", server.url]
            start = run([*TOOL, "--help"], project).seconds
            took = run(command, project).seconds
            told = server.told()
            server.close()
        bound = math.ceil(CREATES / parallelism) * LATENCY + 2 * LATENCY + start
        ratios.append(took / bound)
        without.append(took / (bound + 2 * LATENCY))
    found.ratios[f"apply, {parallelism} at once / bound"] = ratios
    found.ratios[f"apply, {parallelism} at once / bound and two reads before a write"] = without
    found.requests[f"apply of {CREATES} creates, {parallelism} at once"] = told


def octodns(folder: Path, size: int, length: int = 0) -> list[str]:
    """Write a zone of ``size`` records and an older one; return the command that compares them.

    A record is an address, or with ``length`` a text of so many bytes.
    """
    kind, ends = ("TXT", ("new", "old")) if length else ("A", ("10.0.0.2", "10.0.0.1"))
    text = "and so on " * (length // 10)
    for name, end in zip(("source", "target"), ends, strict=True):
        (folder / name).mkdir(parents=True)
        lines = [
            f"r{number:05}:\n  type: {kind}\n"
            f"  value: {text}{end if number % 20 == 0 else ends[1]}\n"
            for number in range(size)
        ]
        (folder / name / "example.com.yaml").write_text("".join(lines), encoding="utf-8")
    provider = "octodns.provider.yaml.YamlProvider"
    providers = "".join(
        f"  {name}:\n    class: {provider}\n    directory: {folder / name}\n"
        for name in ("source", "target")
    )
    zones = "zones:\n  example.com.:\n    sources: [source]\n    targets: [target]\n"
    config = folder / "config.yaml"
    config.write_text(f"providers:\n{providers}{zones}", encoding="utf-8")
    program = "import sys; from octodns.cmds.sync import main; sys.exit(main())"
    return [sys.executable, "-c", program, f"--config-file={config}", "--force"]


def growth(found: Findings) -> list[str]:
    """Return rows: what one more assistant costs, between two sizes beside each other."""
    rows = []
    for name in ("floor", "plan"):
        times, peaks = found.spent.get(name, {}), found.memory.get(name, {})
        sizes = sorted(times)
        for less, more in itertools.pairwise(sizes):
            apart = more - less
            each = (times[more] - times[less]) / apart * 1000
            memory = (peaks[more] - peaks[less]) / apart
            rows.append(f"| {name} | {less} to {more} | {each:.2f} | {memory:.0f} |")
        if len(sizes) > _TWO:
            powers = (_power(sizes, times), _power(sizes, peaks))
            cells = (f"N^{power:.2f}" for power in powers)
            rows.append(f"| {name} | fitted, beyond N={sizes[0]} | {' | '.join(cells)} |")
    return rows


def _power(sizes: Sequence[int], costs: Mapping[int, float]) -> float:
    """Return the power of N by which what is beyond the first size grows: 1 is linear."""
    least = sizes[0]
    more = [(math.log(size - least), math.log(costs[size] - costs[least])) for size in sizes[1:]]
    return statistics.linear_regression(*zip(*more, strict=True)).slope


def report(found: Findings) -> str:
    rows = []
    for name, ratios in found.ratios.items():
        middle = statistics.median(ratios)
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
        cpu = f"{statistics.median(found.cpu[name]):.2f}" if name in found.cpu else ""
        cells = (name, f"{middle:.2f}", spread, cpu, BUDGETS.get(name, ""), len(ratios))
        rows.append(f"| {' | '.join(map(str, cells))} |")
    from importlib.metadata import version

    packages = ["ruamel.yaml", "ruamel.yaml.clib", "pydantic", "httpx", "click"]
    packages += ["octodns"] if importlib.util.find_spec("octodns") is not None else []
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return "\n".join(
        [
            "# What the tool costs",
            "",
            "Written by `python benchmarks/bench.py`, which says what is measured. Each figure is",
            "a ratio of commands that ran side by side; `CPU` is that of their processor time.",
            "",
            f"{platform.python_implementation()} {platform.python_version()}, "
            f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {versions}.",
            f"Data: seed {data.SEED}, {data.WARNED:.0%} of the definitions with a warning, "
            f"{data.CHANGED:.0%} of the assistants edited.",
            "",
            "| | median | least to greatest | CPU | budget | rounds |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
            "![seconds by number of definitions](plan.svg)",
            "",
            "What one more assistant costs:",
            "",
            "| | from N to N | ms of CPU | KiB |",
            "|---|---|---|---|",
            *growth(found),
            "",
            "Requests:",
            "",
            *(f"- {name}: {told}" for name, told in found.requests.items()),
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="1,100,1000,5000")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    found = Findings()
    measure_start(found, options.rounds * 3)
    for size in sizes:
        rounds = max(1, round(options.rounds * ROUNDS.get(size, 1)))
        measure_plan(found, size, rounds)
    if 1000 in sizes:
        measure_others(found, 1000, max(1, options.rounds // 2))
    for parallelism in (4, 16):
        measure_apply(found, parallelism, max(1, options.rounds // 2))
    text = report(found)
    (HERE / "RESULTS.md").write_text(text, encoding="utf-8")
    (HERE / "plan.svg").write_text(plot(found.seconds), encoding="utf-8")
    print(text)
    over = [
        name
        for name, ratios in found.ratios.items()
        if statistics.median(ratios) > BUDGETS.get(name, math.inf)
    ]
    if over:
        raise SystemExit(f"over budget: {', '.join(over)}")


if __name__ == "__main__":
    main()
