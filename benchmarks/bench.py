"""Measures what the tool costs, as ratios within one run, and writes benchmarks/RESULTS.md.

    python benchmarks/bench.py [--sizes 1,100,1000] [--rounds 9]

Every round runs each command once, one after the other, so that a slow moment of the machine hits
all of them; a ratio is the median over the rounds of the ratio within a round. "pass" is
``python -c pass``, "floor" is benchmarks/floor.py. A plan of N definitions of about 11 KB each
reads one list of N assistants over loopback, of which one in fifty differs.
"""

from __future__ import annotations

import argparse
import http.server
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent
TOOL = [sys.executable, "-m", "revox_sync"]
BUDGETS = {
    "--version / pass": 1.7,
    "--help / pass": 5.5,
    "plan / floor, N=1": 4.0,
    "plan / floor, N=100": 3.2,
    "plan / floor, N=1000": 1.7,
    "plan / floor, N=5000": 1.5,
    "peak memory, plan / floor, N=1000": 1.5,
    "peak memory, plan / floor, N=5000": 1.0,
    "apply of 100 creates, 4 at once, 250 ms each / 25 x 250 ms": 1.3,
}
SENTENCE = (
    "You answer for the hotel, calmly and briefly, and you never promise what you cannot keep. "
)


def assistant(number: int) -> dict[str, object]:
    lines = [f"{line}. {SENTENCE}" for line in range(80)]
    return {
        "name": f"Assistant {number:05}",
        "prompt": f"Line {number}\n" + "\n".join(lines),
        "first_sentence": "Hello, how can I help?",
        "first_sentence_mode": "static",
        "voice": {"provider": "cartesia", "id": f"voice-{number}", "speed": 1.05},
        "max_call_duration_secs": 600,
        "webhook_url": "https://hooks.example.com/calls",
        "structured_output_config": [
            {"name": "email", "required": True, "type": "string", "description": "E-mail"},
            {"name": "mood", "required": False, "type": "enum", "enum_options": ["good", "bad"]},
        ],
        "faq_items": [
            {"question": f"Question {item}?", "answer": f"Answer {item}. {SENTENCE}"}
            for item in range(25)
        ],
    }


def write_project(folder: Path, count: int) -> bytes:
    """Write the definitions; return the account's list, in which one in fifty differs."""
    yaml = YAML()
    held = []
    (folder / "assistants").mkdir()
    for number in range(count):
        data = assistant(number)
        with (folder / f"assistants/a{number:05}.yaml").open("w", encoding="utf-8") as stream:
            yaml.dump(data, stream)
        remote = {**data, "id": f"id-{number}", "organization_id": "org", "created_at": "2026"}
        if number % 50 == 0:
            remote["voice"] = {**data["voice"], "speed": 1.0}
            remote["prompt"] = data["prompt"].replace("calmly", "slowly", 1)
        held.append(remote)
    return json.dumps({"assistants": held}).encode()


class Server:
    """Lists ``held`` and what every POST made, each answer after ``latency`` seconds."""

    def __init__(self, held: bytes, latency: float = 0.0) -> None:
        made: list[dict[str, object]] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                self.answer(json.dumps({"assistants": made}).encode() if made else held)

            def do_POST(self) -> None:
                sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
                made.append({**sent, "id": sent["name"]})
                self.answer(json.dumps({"assistant": made[-1]}).encode())

            def answer(self, content: bytes) -> None:
                time.sleep(latency)
                self.send_response(200)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/api"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def run(command: list[str], env: dict[str, str], cwd: Path) -> tuple[float, int]:
    """Return seconds and peak memory in KiB of a command."""
    start = time.perf_counter()
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, env=env, cwd=cwd, stdout=quiet, stderr=quiet)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return time.perf_counter() - start, usage.ru_maxrss


def compare(
    commands: dict[str, list[str]], env: dict[str, str], cwd: Path, rounds: int
) -> dict[str, list[tuple[float, int]]]:
    for command in commands.values():
        run(command, env, cwd)  # the first one compiles and warms the disk cache
    return {
        name: list(results)
        for name, results in zip(
            commands,
            zip(
                *([run(command, env, cwd) for command in commands.values()] for _ in range(rounds)),
                strict=True,
            ),
            strict=True,
        )
    }


def ratio(results: dict[str, list[tuple[float, int]]], one: str, other: str, which: int) -> float:
    pairs = zip(results[one], results[other], strict=True)
    return statistics.median(a[which] / b[which] for a, b in pairs)


def measure(sizes: list[int], rounds: int) -> dict[str, float]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "REVOX_API_KEY": "benchmark"}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is compiled once
    found: dict[str, float] = {}
    commands = {
        "pass": [sys.executable, "-c", "pass"],
        "--version": [*TOOL, "--version"],
        "--help": [*TOOL, "--help"],
    }
    results = compare(commands, env, ROOT, max(rounds, 15))
    for name in ("--version", "--help"):
        found[f"{name} / pass"] = ratio(results, name, "pass", 0)
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            project = Path(folder)
            server = Server(write_project(project, size))
            commands = {
                "floor": [
                    sys.executable,
                    str(ROOT / "benchmarks/floor.py"),
                    str(project / "assistants"),
                    server.url,
                ],
                "plan": [*TOOL, "plan", "--base-url", server.url],
            }
            results = compare(commands, env, project, rounds)
            server.close()
        found[f"plan / floor, N={size}"] = ratio(results, "plan", "floor", 0)
        found[f"peak memory, plan / floor, N={size}"] = ratio(results, "plan", "floor", 1)
    return found


def measure_apply(creates: int = 100, parallelism: int = 4, latency: float = 0.25) -> float:
    """Return the time of an apply over what the latencies of its creates alone come to."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "REVOX_API_KEY": "benchmark"}
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        write_project(project, creates)
        server = Server(b'{"assistants": []}', latency)
        command = [*TOOL, "apply", "--auto-approve", "--over-limit", "create"]
        command += ["--parallelism", str(parallelism), "--base-url", server.url]
        seconds, _ = run(command, env, project)
        server.close()
    return seconds / (math.ceil(creates / parallelism) * latency)


def report(found: dict[str, float], rounds: int) -> str:
    rows = [f"| {name} | {value:.2f} | {BUDGETS.get(name, '')} |" for name, value in found.items()]
    return "\n".join(
        [
            "# What the tool costs",
            "",
            "Written by `python benchmarks/bench.py`; each figure is a ratio measured side by side",
            f"in one run ({rounds} rounds, {platform.python_implementation()} "
            f"{platform.python_version()}, {os.cpu_count()} cores).",
            "",
            "| | measured | budget |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="1,100,1000")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    found = measure([int(size) for size in options.sizes.split(",")], options.rounds)
    name = "apply of 100 creates, 4 at once, 250 ms each / 25 x 250 ms"
    found[name] = statistics.median(measure_apply() for _ in range(3))
    text = report(found, options.rounds)
    (ROOT / "benchmarks/RESULTS.md").write_text(text, encoding="utf-8")
    print(text)
    over = [name for name, value in found.items() if value > BUDGETS.get(name, value)]
    if over:
        raise SystemExit(f"over budget: {', '.join(over)}")


if __name__ == "__main__":
    main()
