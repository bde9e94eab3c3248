"""The terminal, as far as there is one: where output goes, how wide, in colour or not.

Either stream may be closed, full, or a pipe whose reader has left. A result that cannot be written
is an error; what is said beside it is dropped, as nobody reads it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import field
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, TextIO

from revox_sync.errors import SetupError
from revox_sync.operations.settings import Reporter
from revox_sync.records import dataclass

if TYPE_CHECKING:
    from revox_sync.definitions.problem import Problem

_ENOUGH = 80


class OutputLost(SetupError):
    """A result could not be written to stdout; ``quiet``: its reader has left, and knows it."""

    def __init__(self, reason: str, *, quiet: bool = False) -> None:
        super().__init__(f"cannot write to stdout: {reason}")
        self.quiet = quiet


def write(stream: TextIO | None, text: str) -> OSError | ValueError | None:
    """Write and flush; return what went wrong, if anything did.

    A stream that failed leads nowhere from then on: else the interpreter would complain, and end
    with a code of its own, when it flushes what is left in it.
    """
    if stream is None:
        return ValueError("it is closed")
    try:
        stream.write(text)
        stream.flush()
    except (OSError, ValueError) as error:
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return error
    return None


@dataclass(frozen=True, slots=True)
class Streams(Reporter):
    """Results go to ``out``, progress and remarks to ``err``.

    ``out_columns`` and ``err_columns`` are how many cells wide their terminals are, None for what
    is none: there, the sentences of problems and remarks are one line each, for grep and for logs.
    ``shown`` holds the step that is on the terminal, if any, ``lost`` the streams that failed.
    """

    out: TextIO | None
    err: TextIO | None
    colour: bool
    out_columns: int | None
    err_columns: int | None
    shown: list[str] = field(default_factory=list)
    lost: set[TextIO | None] = field(default_factory=lambda: {None})

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
        colour = colour and not environ.get("NO_COLOR") and not is_dumb(environ)
        return cls(
            out=sys.stdout,
            err=sys.stderr,
            colour=colour and _is_terminal(sys.stdout),
            out_columns=columns(sys.stdout),
            err_columns=columns(sys.stderr),
        )

    @property
    def width(self) -> int:
        """How many cells wide a page is, on a terminal or not."""
        return self.out_columns or _stated_columns() or _ENOUGH

    @property
    def interactive(self) -> bool:
        """Whether somebody can be asked."""
        return self.err_columns is not None and _is_terminal(sys.stdin)

    def result(self, text: str) -> None:
        """Write a result, which is ready to be shown. Raises OutputLost."""
        error = self._write(self.out, text)
        if error is not None:
            reason = getattr(error, "strerror", None) or str(error)
            raise OutputLost(reason, quiet=isinstance(error, BrokenPipeError)) from None

    def page(self, text: str, form: str) -> None:
        """Write a page as a result. Raises OutputLost.

        What is for GitHub is UTF-8, whatever other files are here.
        """
        is_for_github = form in ("markdown", "github") and self.out_columns is None
        if is_for_github and isinstance(self.out, TextIOWrapper):
            self.out.reconfigure(encoding="utf-8")
        self.result(text)

    def lines(self, *texts: str, whole: bool = False) -> None:
        """Write lines as a result; each may quote anything. Raises OutputLost.

        A terminal gets them folded, unless they are ``whole`` for whoever copies them.
        """
        from revox_sync.render.safe import escape, harmless
        from revox_sync.render.sheet import folded

        room = None if whole else self.out_columns
        self.result(harmless("".join(f"{folded(escape(text), room)}\n" for text in texts)))

    def document(self, members: Mapping[str, Any]) -> None:
        """Write a result as JSON; ASCII, so that it misleads no terminal. Raises OutputLost."""
        import json

        from revox_sync.render.safe import harmless_json

        told = {"format_version": "1.0", **members}
        self.result(harmless_json(json.dumps(told, indent=2)) + "\n")

    def record(self, text: str) -> None:
        """Tell what was written to the account, on whichever stream is left."""
        if self._tell(text) is not None:
            self._write(self.out, text)

    def remark(self, text: str) -> None:
        """Write a line about the run; it may quote anything."""
        from revox_sync.render.safe import escape
        from revox_sync.render.sheet import folded

        self._tell(f"{folded(escape(text), self.err_columns)}\n")

    def diagnostics(self, found: Sequence[Problem]) -> None:
        """Write what is wrong in definitions; warnings of one rule once, with their number."""
        from revox_sync.render.diagnostics import render_text

        self._tell(render_text(found, width=self.err_columns, gather=True))

    def ask(self, question: str) -> str:
        """Return what the user types in answer; empty where the input ends."""
        import select

        from revox_sync.operations.signals import waking

        self._tell(question)
        try:
            if sys.platform != "win32":
                with waking() as woken:
                    select.select([sys.stdin, woken], [], [])
            return input()
        except EOFError:
            return ""

    def step(self, text: str) -> None:
        """Show progress in one line that the next step overwrites, where a terminal can do that."""
        if self.err_columns is not None and (text or self.shown) and not is_dumb():
            from revox_sync.render.safe import escape
            from revox_sync.render.sheet import fitting

            self._write(self.err, f"\r\x1b[K{fitting(escape(text), self.err_columns - 1)}")
            self.shown[:] = [text] if text else []

    def _tell(self, text: str) -> OSError | ValueError | None:
        from revox_sync.render.safe import harmless

        self.step("")
        return self._write(self.err, harmless(text))

    def _write(self, stream: TextIO | None, text: str) -> OSError | ValueError | None:
        error = write(None if stream in self.lost else stream, text)
        if error is not None:
            self.lost.add(stream)
        return error


def is_dumb(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a terminal knows neither colour nor how to go back in a line."""
    return environ.get("TERM") == "dumb"


def columns(stream: TextIO | None) -> int | None:
    """Return how many cells wide the terminal of a stream is, None if it is none."""
    if stream is None or not _is_terminal(stream):
        return None
    try:
        return _stated_columns() or os.get_terminal_size(stream.fileno()).columns or _ENOUGH
    except (OSError, ValueError):
        return _ENOUGH


def _stated_columns() -> int:
    """Return what COLUMNS says, 0 if it says nothing."""
    stated = os.environ.get("COLUMNS", "")
    return int(stated) if stated.isdecimal() else 0


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # it is closed
        return False
