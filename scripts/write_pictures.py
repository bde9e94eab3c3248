"""Writes docs/pictures: what real commands print on a terminal, run against the sandbox.

python scripts/write_pictures.py            writes them
python scripts/write_pictures.py --check    compares them; 1 if one is not what would be written

Needs a system with pseudo-terminals, so not Windows.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from rich.console import Console
from rich.text import Text
from ruamel.yaml import YAML

from revox_sync.sandbox.state import Store

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs/pictures"

_GIT = shutil.which("git") or "git"
_WIDTH = 92
#: Every picture as an SVG without a typeface from elsewhere: opening it asks nobody anything.
_FORMAT = """<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width;
}}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""

_FRONT_DESK = """name: Front desk
first_sentence: Hello, Hotel Lumière, how can I help?
voice: {provider: cartesia, id: 5c1f8a20, speed: 1.0}
prompt: |
  You answer the telephone of Hotel Lumière.
  Be brief, and say when you do not know something.
  Breakfast is served from seven to ten.
faq_items:
  - question: Do you take dogs?
    answer: Yes, up to 10 kg.
"""
_NIGHT_DESK = """name: Night desk
first_sentence: Hotel Lumière, good night.
prompt: |
  You answer the telephone of Hotel Lumière at night.
  Whatever can wait until seven, you take down.
"""
_CHANGED = (
    _FRONT_DESK.replace("1.0}", "1.05}")
    .replace("seven to ten", "half past six to ten")
    .replace("10 kg.", "10 kg, for 15 euros a night.")
)
_WRONG = _FRONT_DESK.replace("first_sentence", "first_sentense").replace("1.0}", "fast}")


@dataclass(frozen=True)
class Picture:
    """A command, and what it meets: the files of a commit, an account, and the files of today.

    The account holds what the commit says, except for what was ``edited`` there, by key.
    """

    name: str
    command: str
    today: Mapping[str, str] = field(default_factory=dict)
    edited: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    commit: Mapping[str, str] = field(default_factory=lambda: {"front-desk": _FRONT_DESK})


_EVENING = {"night-desk": {"first_sentence": "Hotel Lumière, good evening."}}
_BOTH = {"front-desk": _FRONT_DESK, "night-desk": _NIGHT_DESK}

PICTURES = (
    Picture("plan", "plan --base HEAD^", {"front-desk": _CHANGED, "night-desk": _NIGHT_DESK}),
    Picture("validate", "validate", {"front-desk": _WRONG}),
    Picture("drift", "drift", edited=_EVENING, commit=_BOTH),
    Picture(
        "apply",
        "apply --auto-approve --base HEAD^ --on-drift refuse",
        {"front-desk": _FRONT_DESK.replace("1.0}", "1.05}")},
        _EVENING,
        _BOTH,
    ),
)


def draw() -> Iterator[tuple[str, str]]:
    """Yield each picture's file name and the SVG."""
    for picture in PICTURES:
        with tempfile.TemporaryDirectory() as folder:
            _prepare(picture, Path(folder))
            shown = _on_a_terminal(picture.command.split(), Path(folder))
        yield f"{picture.name}.svg", _svg(picture, shown)


def _prepare(picture: Picture, folder: Path) -> None:
    """Make the project, its history, and the account."""
    _git(folder, "init", "-q")
    (folder / ".gitignore").write_text(".revox-sync/\n", encoding="utf-8")
    for files in (picture.commit, picture.today):
        for key, text in files.items():
            file = folder / f"assistants/{key}.yaml"
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        _git(folder, "add", "--all")
        _git(folder, "commit", "-q", "--allow-empty", "-m", "Change")
    account = Store(folder / ".revox-sync/sandbox.sqlite3", "current")
    for key, text in picture.commit.items():
        stated = {**YAML(typ="safe").load(text), **picture.edited.get(key, {})}
        with patch("uuid.uuid4", return_value=f"{key}-2026"):
            account.add_assistant(stated)


def _git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    subprocess.run([_GIT, *identity, *arguments], cwd=folder, check=True)


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "revox_sync", *arguments]


def _environment() -> dict[str, str]:
    kept = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return {**kept, "TERM": "xterm", "COLUMNS": str(_WIDTH)}


def _on_a_terminal(arguments: list[str], folder: Path) -> str:
    """Run the command line at a pseudo-terminal; return its result, without remarks."""
    import pty

    main, end = pty.openpty()
    process = subprocess.Popen(
        _command("--sandbox", *arguments),
        cwd=folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=end,
        stderr=subprocess.DEVNULL,
    )
    os.close(end)
    said = b"".join(_chunks(main))
    process.wait()
    return said.decode().replace("\r\n", "\n")


def _chunks(main: int) -> Iterator[bytes]:
    """Yield what arrives at a terminal until nobody writes any more."""
    with os.fdopen(main, "rb", buffering=0) as stream:
        while True:
            try:
                chunk = stream.read(65536)
            except OSError:  # Linux says so when the other end is closed
                return
            if not chunk:
                return
            yield chunk


def _svg(picture: Picture, shown: str) -> str:
    console = Console(
        record=True, width=_WIDTH, file=StringIO(), force_terminal=True, color_system="standard"
    )
    console.print(Text.from_ansi(shown.rstrip("\n")), soft_wrap=True)
    svg = console.export_svg(
        title=f"revox-sync {picture.command}", code_format=_FORMAT, unique_id=picture.name
    )
    return re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE).rstrip("\n") + "\n"


def differing(drawn: Mapping[str, str], folder: Path) -> list[str]:
    """Return the names of pictures that are not there, are others, or are there and not drawn."""
    there = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}
    return sorted(name for name in drawn | there if drawn.get(name) != there.get(name))


def main(arguments: list[str]) -> int:
    """Write the pictures, or compare them; return the exit code."""
    drawn = dict(draw())
    if arguments == ["--check"]:
        wrong = differing(drawn, FOLDER)
        for name in wrong:
            print(f"{name} is not what the command shows; run python scripts/write_pictures.py")
        return 1 if wrong else 0
    FOLDER.mkdir(exist_ok=True)
    for name, svg in drawn.items():
        (FOLDER / name).write_text(svg, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
