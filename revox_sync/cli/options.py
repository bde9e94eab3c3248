"""The global options, accepted before and after the command's name."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from revox_sync.cli.streams import Streams
from revox_sync.errors import UsageError

if TYPE_CHECKING:
    from revox_sync.sandbox.faults import Faults

Command = TypeVar("Command", bound=Callable[..., Any])

DEFAULT_BASE_URL = "https://www.getrevox.com/api"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the global options and the environment say.

    ``faults`` is what ``faults_file`` holds; it counts requests, so one run has one.
    """

    environ: Mapping[str, str]
    project: Path = Path()
    env: str | None = None
    sandbox: bool = False
    faults_file: Path | None = None
    faults: Faults | None = None
    base_url: str | None = None
    profile: Literal["auto", "seed", "current"] | None = None
    parallelism: int = 4
    timeout: float = 30.0
    trust_list: bool = False
    log_level: str = "warning"
    no_color: bool = False

    @property
    def environment(self) -> str | None:
        """The environment that ``--env`` names, or REVOX_SYNC_ENV."""
        return self.env or self.environ.get("REVOX_SYNC_ENV") or None

    def again(self, command: str, environment: str | None) -> str:
        """Return what runs another command in the same project and account, as one types it."""
        options = [] if self.project == Path() else ["--project", str(self.project)]
        options += ["--sandbox"] if self.sandbox else []
        options += [] if self.base_url is None else ["--base-url", self.base_url]
        options += [] if environment is None else ["--env", environment]
        return shlex.join(["revox-sync", command, *options])

    def streams(self) -> Streams:
        """Return the process's streams, with colour unless it was declined."""
        return Streams.of_process(colour=not self.no_color, environ=self.environ)


def _not_empty(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """Refuse ``--env ""``: a shell variable that is not set must not choose another environment."""
    if value == "":
        raise click.BadParameter("it is empty; leave it out for REVOX_SYNC_ENV, or for none")
    return value


_OPTIONS = (
    click.option(
        "--project",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder of the project (default: the current one).",
    ),
    click.option(
        "--env",
        callback=_not_empty,
        metavar="NAME",
        help="Environment of the project (default: REVOX_SYNC_ENV).",
    ),
    click.option("--sandbox", is_flag=True, default=None, help="Use the embedded local API."),
    click.option(
        "--faults",
        "faults_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="What goes wrong in the sandbox, to rehearse it (docs/faults.md).",
    ),
    click.option("--base-url", metavar="URL", help="The API to talk to, instead of Revox's own."),
    click.option(
        "--profile",
        type=click.Choice(["auto", "seed", "current"]),
        help="Which generation of the API the account speaks (default: recognised).",
    ),
    click.option(
        "--parallelism",
        type=click.IntRange(1, 64),
        metavar="N",
        help="How many requests may be under way at once (default: 4).",
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(0, min_open=True),
        metavar="S",
        help="Seconds that one request may take (default: 30).",
    ),
    click.option(
        "--trust-list",
        is_flag=True,
        default=None,
        help="Take the account's lists for whole, even where they say that they go on.",
    ),
    click.option(
        "--log-level",
        type=click.Choice(["debug", "info", "warning", "error"]),
        help="How much to tell about requests, on stderr (default: warning).",
    ),
    click.option("--no-color", is_flag=True, default=None, help="No colour."),
)


without_secrets = click.option(
    "--without-secrets",
    is_flag=True,
    help="Read no REVOX_SECRET_*: every ${secret.NAME} stands for itself.",
)


def global_options(command: Command) -> Command:
    """Add the global options to a command or group; they fill in its ``Settings``.

    The decorated function gets ``settings`` in place of the options' values.
    """

    @wraps(command)
    def wrapped(*args: Any, **values: Any) -> Any:
        context = click.get_current_context()
        given = {name: values.pop(name) for name in _NAMES}
        base = context.obj or Settings(environ=os.environ)
        settings = replace(
            base, **{name: value for name, value in given.items() if value is not None}
        )
        if not isinstance(context.command, click.Group):
            settings = _with_faults(settings, context.command)
        context.obj = settings
        _set_up_logging(settings.log_level)
        return command(*args, settings=settings, **values)

    decorated: Any = wrapped
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]


_NAMES = (
    "project",
    "env",
    "sandbox",
    "faults_file",
    "base_url",
    "profile",
    "parallelism",
    "timeout",
    "trust_list",
    "log_level",
    "no_color",
)


def _with_faults(settings: Settings, command: click.Command) -> Settings:
    """Read the faults, if any; the sandbox alone knows how to do them."""
    if settings.faults_file is None:
        return settings
    if not settings.sandbox and command.name != "serve":
        raise UsageError(
            "--faults needs the sandbox", hint="add --sandbox, or give it to sandbox serve"
        )
    from revox_sync.cli.account import sandbox_errors

    with sandbox_errors():
        from revox_sync.sandbox.faults_file import read_faults

        return replace(settings, faults=read_faults(settings.faults_file))


def _set_up_logging(level: str) -> None:
    """Send this tool's own log to stderr; libraries' logs, which know headers, stay silent."""
    import logging

    from revox_sync.render.safe import escape, harmless

    class _Harmless(logging.Formatter):
        """Messages quote what the service says."""

        def format(self, record: logging.LogRecord) -> str:
            return harmless(escape(super().format(record), newlines=True))

    handler = logging.StreamHandler()
    handler.setFormatter(_Harmless("%(levelname)s: %(message)s"))
    logger = logging.getLogger("revox_sync")
    logger.handlers[:] = [handler]
    logger.propagate = False
    logger.setLevel(level.upper())
