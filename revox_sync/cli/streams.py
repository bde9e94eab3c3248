"""The terminal, as far as there is one: where output goes, how wide, in colour or not."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TextIO

_ENOUGH = 80


@dataclass(frozen=True, slots=True)
class Streams:
    """Results go to ``out``, progress and remarks to ``err``; widths in cells.

    ``shown`` holds the step that is on the terminal, if any.
    """

    out: TextIO
    err: TextIO
    width: int
    colour_out: bool
    colour_err: bool
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
            colour_out=colour and sys.stdout.isatty(),
            colour_err=colour and sys.stderr.isatty(),
            interactive=sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty(),
            progress=sys.stderr.isatty(),
        )

    def result(self, text: str) -> None:
        """Write a result."""
        self.out.write(text)
        self.out.flush()

    def remark(self, text: str) -> None:
        """Write a remark, a warning or an error."""
        from revox_sync.render.safe import harmless

        self.step("")
        self.err.write(harmless(text))
        self.err.flush()

    def step(self, text: str) -> None:
        """Show progress in one line that the next step overwrites; nothing when piped."""
        if self.progress and (text or self.shown):
            self.err.write(f"\r\x1b[K{text[: self.width - 1]}")
            self.err.flush()
            self.shown[:] = [text] if text else []
