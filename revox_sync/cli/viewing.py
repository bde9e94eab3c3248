"""In which form a plan is shown, and where its reader finds the whole of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

import click

from revox_sync.errors import UsageError

Command = TypeVar("Command", bound=Callable[..., Any])

_URL = re.compile(r"https?://[^\s<>\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class View:
    """The output format; ``details_url`` is where a shortened comment sends its reader."""

    form: str = "terminal"
    details_url: str | None = None


_OPTIONS = (
    click.option(
        "--format",
        "form",
        type=click.Choice(["terminal", "json", "markdown"]),
        default="terminal",
        help="Output format; markdown is for a comment on a pull request.",
    ),
    click.option(
        "--details-url",
        metavar="URL",
        help="Where the whole of it can be read; markdown names it.",
    ),
)


def view_options(command: Command) -> Command:
    """Add the options to a command; they arrive as ``view``."""

    @wraps(command)
    def wrapped(*args: Any, form: str, details_url: str | None, **values: Any) -> Any:
        if details_url is not None and form != "markdown":
            raise UsageError("--details-url goes with --format markdown")
        if details_url is not None and not _URL.fullmatch(details_url):
            raise UsageError(
                f"{details_url} is no address", hint="give one that begins with https://"
            )
        return command(*args, view=View(form, details_url), **values)

    decorated: Any = wrapped
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]
