"""Options that several commands have. Nothing heavy is imported here."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from revox_sync.cli.streams import Streams
from revox_sync.errors import UsageError
from revox_sync.model.limits import LIMITS
from revox_sync.operations.settings import Approval, Settings, nearest_project
from revox_sync.records import dataclass

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from revox_sync.plan.model import Choices

Function = TypeVar("Function", bound=Callable[..., Any])
Decorator = Callable[[Function], Function]

_URL = re.compile(r"https?://[^\s<>\x00-\x1f\x7f]+")


def option_group(name: str, make: Callable[..., Any], *options: Decorator[Any]) -> Decorator[Any]:
    """Return a decorator that adds options to a command.

    ``make`` takes their values by name; what it returns arrives at the command as ``name``.
    """

    def decorate(command: Function) -> Function:
        names: list[str] = []

        @wraps(command)
        def wrapped(*args: Any, **values: Any) -> Any:
            made = make(**{each: values.pop(each) for each in names})
            return command(*args, **{name: made}, **values)

        decorated: Any = wrapped
        for option in reversed(options):
            decorated = option(decorated)
            names.append(decorated.__click_params__[-1].name)
        return decorated  # type: ignore[no-any-return]

    return decorate


class GlobalOption(click.Option):
    """An option of every command."""


class Seconds(click.FloatRange):
    """A time that ends: to ``nan`` no moment compares, and nothing would be waited for."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return it as a number; wrong usage for one that is none."""
        found = super().convert(value, param, ctx)
        if not math.isfinite(found):
            self.fail(f"{value} is no number of seconds.", param, ctx)
        return found


class _Words(click.types.StringParamType):
    """A text that a shell completes: one of the words that ``find`` knows, without any YAML.

    What follows a ``parting`` is offered once that is typed.
    """

    def __init__(self, find: Callable[[], Iterable[str]], *, parting: str | None = None) -> None:
        self._find = find
        self._parting = parting

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the words that begin with what was typed; none where they cannot be read."""
        from click.shell_completion import CompletionItem

        try:
            found = [word for word in self._find() if word.startswith(incomplete)]
        except (OSError, ValueError):
            return []
        if self._parting:
            found = [word for word in found if self._parting not in word[len(incomplete) :]]
        return [CompletionItem(word) for word in found]


def _keys() -> list[str]:
    file = nearest_project() / "revox-sync.yaml"
    settings = file.read_text(encoding="utf-8") if file.is_file() else ""
    stated = re.search(r"^assistants: *['\"]?([^'\"#\n]*[^'\"#\s/])", settings, re.MULTILINE)
    folder = nearest_project() / (stated[1] if stated else "assistants")
    files = (path for end in ("yaml", "yml") for path in folder.rglob(f"*.{end}"))
    found = [path.relative_to(folder) for path in files]
    return sorted(
        path.with_suffix("").as_posix()
        for path in found
        if not any(part[0] in "._" for part in path.parts)
    )


def _environments() -> Iterable[str]:
    from revox_sync.definitions.project import environment_names

    return environment_names(nearest_project())


def _runs() -> list[str]:
    folder = nearest_project() / ".revox-sync/runs"
    return sorted((path.name for path in folder.iterdir() if path.is_dir()), reverse=True)


def _names() -> list[str]:
    from revox_sync.operations.explain import names

    return names()


KEYS, RUNS, NAMES = _Words(_keys), _Words(_runs), _Words(_names, parting=".")


class Command(click.Command):
    """A command whose help tells its own options first, and then those of every command.

    ``example`` is a command line that its help ends with, ``prints`` what it prints with
    ``--format json``: the names of schemas in ``revox_sync/schemas``.
    """

    def __init__(
        self,
        *args: Any,
        example: str | None = None,
        prints: tuple[str, ...] = (),
        **settings: Any,
    ) -> None:
        super().__init__(*args, **settings)
        self.example = example
        self.prints = prints

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the example."""
        super().format_epilog(ctx, formatter)
        if self.example:
            with formatter.section("Example"):
                formatter.write_text(self.example)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options in two sections."""
        options = [one for one in self.get_params(ctx) if isinstance(one, click.Option)]
        for title, kind in (("Options", False), ("Global options", True)):
            found = [
                record
                for option in options
                if isinstance(option, GlobalOption) == kind
                and (record := option.get_help_record(ctx))
            ]
            if found:
                with formatter.section(title):
                    formatter.write_dl(found)


class CommandGroup(click.Group, Command):
    """A group of such commands."""

    command_class = Command


@dataclass(frozen=True, slots=True)
class GlobalSettings(Settings):
    """The settings of every verb, and those of the terminal."""

    log_level: str = "warning"
    no_color: bool = False

    def streams(self) -> Streams:
        """Return the process's streams, with colour unless it was declined."""
        return Streams.of_process(colour=not self.no_color, environ=self.environ)


def _settings(**values: Any) -> GlobalSettings:
    """Return the settings; what is given after the command's name wins."""
    given = {name: value for name, value in values.items() if value is not None}
    if "project" in given:
        from pathlib import Path

        given["project"] = Path(given["project"])
    context = click.get_current_context()
    before = context.obj
    base = before or GlobalSettings(environ=os.environ, project=nearest_project())
    settings = replace(base, **given)
    context.obj = settings
    if before is None or before.log_level != settings.log_level:
        _set_up_logging(settings.log_level)
    return settings


def _not_empty(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """Refuse ``--env ""``: a shell variable that is not set must not choose another environment."""
    if value == "":
        raise click.BadParameter(
            "the name is empty; leave the option out to use REVOX_SYNC_ENV, or none"
        )
    return value


_global = partial(click.option, cls=GlobalOption)

#: Accepted before and after the command's name; they arrive as ``settings``.
global_options = option_group(
    "settings",
    _settings,
    _global(
        "--project",
        type=click.Path(file_okay=False),
        metavar="DIR",
        help="The project's folder (default: the nearest one, from here upward).",
    ),
    _global(
        "--env",
        callback=_not_empty,
        type=_Words(_environments),
        metavar="NAME",
        help="The project's environment (default: REVOX_SYNC_ENV).",
    ),
    _global("--sandbox", is_flag=True, default=None, help="Use the embedded local API."),
    _global("--base-url", metavar="URL", help="Use the API at this address."),
    _global(
        "--profile",
        type=click.Choice(["auto", "seed", "current"]),
        help="The account's generation of the API (default: auto).",
    ),
    _global(
        "--parallelism",
        type=click.IntRange(1, 64),
        metavar="N",
        help="Most requests to send at the same time (default: 4).",
    ),
    _global(
        "--timeout",
        type=Seconds(0, min_open=True),
        metavar="S",
        help="Seconds that one request may take (default: 30).",
    ),
    _global(
        "--trust-list",
        is_flag=True,
        default=None,
        help="Take the account's lists as complete, even if they say that there is more.",
    ),
    _global(
        "--log-level",
        type=click.Choice(["debug", "info", "warning", "error"]),
        help="What to log about requests, on stderr (default: warning).",
    ),
    _global("--no-color", is_flag=True, default=None, help="Do not use colour."),
)


base_option = click.option(
    "--base",
    metavar="REF",
    help="Tell changes made in git since this commit from edits made elsewhere.",
)


def _choose(**given: Any) -> Callable[[tuple[str, ...]], Choices]:
    def choose(keys: tuple[str, ...]) -> Choices:
        from revox_sync.plan.model import Choices

        return Choices(keys, **given)

    return choose


#: What is to be done, beyond the definitions: they arrive as ``choose``, which takes the keys.
choosing_options = option_group(
    "choose",
    _choose,
    base_option,
    click.option(
        "--allow-create",
        multiple=True,
        type=KEYS,
        metavar="KEY",
        help="Create this one, although the account has one like it.",
    ),
    click.option("--push-unknown", is_flag=True, help="Also write what cannot be read back."),
    click.option(
        "--recreate",
        multiple=True,
        type=KEYS,
        metavar="KEY",
        help="If this one differs, replace it with a new assistant.",
    ),
    click.option(
        "--rebind",
        is_flag=True,
        help="Also recreate bound ones, and write the new id into the file.",
    ),
    click.option(
        "--force-recreate",
        is_flag=True,
        help="Recreate even if a campaign uses it, or part of it cannot be copied.",
    ),
    click.option(
        "--finish-recreate",
        multiple=True,
        metavar="OLD-ID",
        help="Finish a recreate that stopped half-way: retire this old assistant.",
    ),
    click.option(
        "--prune",
        is_flag=True,
        help="Delete what git no longer defines since --base, unless it is used or was edited.",
    ),
)


@dataclass(frozen=True, slots=True)
class View:
    """How a plan is shown.

    ``details_url`` is where a shortened comment sends its reader. ``drift`` tells it as what
    happened in the account, ``notes`` also shows assistants that have nothing but notes, and
    ``unmanaged`` lists assistants without a definition.
    """

    form: str = "terminal"
    details_url: str | None = None
    drift: bool = False
    notes: bool = False
    unmanaged: bool = True


def _view(form: str, details_url: str | None) -> View:
    if details_url is not None and form != "markdown":
        raise UsageError(
            "--details-url goes with --format markdown", hint="add one, or take the other out"
        )
    if details_url is not None and not _URL.fullmatch(details_url):
        raise UsageError(f"{details_url} is not a URL", hint="give one that begins with https://")
    return View(form, details_url)


def _format_option(told: str, *forms: str) -> Decorator[Any]:
    """Return the option that chooses an output format; it arrives as ``form``."""
    return click.option(
        "--format", "form", type=click.Choice(forms), default=forms[0], help=f"Output {told}."
    )


plan_form_option = _format_option(
    "format; markdown is for comments on pull requests", "terminal", "json", "markdown"
)
form_option = _format_option("format", "terminal", "json")
json_option = _format_option("format", "json")

#: How a plan is shown; they arrive as ``view``.
view_options = option_group(
    "view",
    _view,
    plan_form_option,
    click.option(
        "--details-url",
        metavar="URL",
        help="Where to read the whole plan; markdown links to it.",
    ),
)

#: How a writing command goes about it; they arrive as ``approval``.
writing_options = option_group(
    "approval",
    Approval,
    click.option("--auto-approve", is_flag=True, help="Do not ask. Required without a terminal."),
    click.option("--fail-fast", is_flag=True, help="Start nothing new after the first failure."),
    click.option(
        "--drop-open-questions",
        is_flag=True,
        help="Let a new FAQ drop questions that wait for a human.",
    ),
    click.option(
        "--over-limit",
        multiple=True,
        type=click.Choice(LIMITS),
        help="Let this run exceed this limit.",
    ),
    click.option(
        "--settle",
        type=Seconds(0),
        default=10.0,
        metavar="S",
        help="Seconds to look for what was written and does not show yet (default: 10).",
    ),
    click.option(
        "--lock-timeout",
        type=Seconds(0),
        default=0.0,
        metavar="S",
        help="Seconds to wait for another run in this project to end (default: 0).",
    ),
)

#: Declares a command.
command = partial(click.command, cls=Command)


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
