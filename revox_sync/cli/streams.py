"""The terminal, as far as there is one: where output goes, how wide, in colour or not."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from revox_sync.definitions.problem import Problem

_ENOUGH = 80


@dataclass(frozen=True, slots=True)
class Streams:
    """Results go to ``out``, progress and remarks to ``err``; ``width`` is in cells.

    It is the Reporter of every operation. ``shown`` holds the step that is on the terminal, if any.
    """

    out: TextIO
    err: TextIO
    width: int
    colour: bool
    interactive: bool
    progress: bool
    shown: list[str] = field(default_factory=list)

    @classmethod
    def of_process(cls, *, colour: bool, environ: Mapping[str, str] = os.environ) -> Streams:
        """Return the streams of this process.

        Colour needs a terminal, and neither ``--no-color``, NO_COLOR nor TERM=dumb. What a stream
        cannot encode is written as an escape: output never fails over a character.
        """
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(errors="backslashreplace")
        colour = colour and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
        return cls(
            out=sys.stdout,
            err=sys.stderr,
            width=shutil.get_terminal_size((_ENOUGH, 24)).columns,
            colour=colour and sys.stdout.isatty(),
            interactive=sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty(),
            progress=sys.stderr.isatty(),
        )

    def result(self, text: str) -> None:
        """Write a result, which is ready to be shown."""
        self.out.write(text)
        self.out.flush()

    def remark(self, text: str) -> None:
        """Write a line about the run; it may quote anything."""
        from revox_sync.render.safe import escape

        self._tell(f"{escape(text)}\n")

    def diagnostics(self, found: Sequence[Problem]) -> None:
        """Write what is wrong in definitions."""
        from revox_sync.render.diagnostics import render_text

        self._tell(render_text(found))

    def ask(self, question: str) -> str:
        """Return what the user types in answer; empty where the input ends."""
        self._tell(question)
        try:
            return input()
        except EOFError:
            return ""

    def step(self, text: str) -> None:
        """Show progress in one line that the next step overwrites; nothing when piped."""
        if self.progress and (text or self.shown):
            self.err.write(f"\r\x1b[K{text[: self.width - 1]}")
            self.err.flush()
            self.shown[:] = [text] if text else []

    def _tell(self, text: str) -> None:
        from revox_sync.render.safe import harmless

        self.step("")
        self.err.write(harmless(text))
        self.err.flush()
