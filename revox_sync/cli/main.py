"""The command ``revox-sync``: finds the subcommand, turns errors into messages and exit codes.

Nothing heavy is imported here; every command imports what it needs when it runs.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from revox_sync import __version__
from revox_sync.cli.exit_codes import exit_code_of
from revox_sync.cli.options import GlobalSettings, Group, global_options
from revox_sync.cli.streams import OutputLost, Streams, write
from revox_sync.errors import RevoxSyncError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from revox_sync.definitions.problem import DefinitionError

#: Each command: the module that declares it, as ``NAME_command``, and what it does.
_COMMANDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "validate": ("validate", "Check definitions, without a key and without the network."),
        "plan": ("plan", "Show what apply would change."),
        "show": ("plan", "Show a saved plan."),
        "apply": ("apply", "Make the account match the definitions."),
        "pull": ("pull", "Write what the account has into definitions, old and new."),
        "bind": ("pull", "Write the ids of matching assistants into definitions."),
        "rollback": ("rollback", "Restore what an apply replaced."),
        "diff": ("plan", "Show what the definitions changed since a commit."),
        "drift": ("plan", "Show where the account differs from the definitions."),
        "status": ("validate", "Check the key, the account and the definitions."),
        "github": ("github", "Keep a comment or an issue on GitHub up to date."),
        "sandbox": ("sandbox", "Run and reset the embedded local API."),
    }
)


class _LazyGroup(Group):
    """Imports a command's module only when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"revox_sync.cli.{_COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in _COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], _COMMANDS, 1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(f"No such command '{args[0]}'.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, does) for name, (_, does) in _COMMANDS.items()])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="revox-sync", message="%(prog)s %(version)s")
@global_options
def root(settings: GlobalSettings) -> None:
    """Revox voice assistants as code: review, plan and apply them from git."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code; never raises."""
    try:
        code = root.main(
            args=None if arguments is None else list(arguments),
            prog_name="revox-sync",
            standalone_mode=False,
        )
        if sys.stdout is not None:  # what click printed may not be out yet
            Streams.of_process(colour=False).result("")
        return int(code or 0)
    except (Exception, KeyboardInterrupt) as error:
        _report(error)
        return exit_code_of(error)


def _report(error: BaseException) -> None:
    if isinstance(error, OutputLost) and error.quiet:
        return
    if isinstance(error, KeyboardInterrupt | click.Abort):
        _say("interrupted")
    elif isinstance(error, BrokenPipeError):
        write(sys.stdout, "")
    elif isinstance(error, click.UsageError):
        _say(_of_usage(error))
    elif isinstance(error, click.ClickException):
        _say(f"error: {error.format_message()}")
    elif isinstance(error, RevoxSyncError):
        from revox_sync.definitions.problem import DefinitionError

        if isinstance(error, DefinitionError):
            _diagnostics(error)
        else:
            _say(f"error: {error.message}", error.hint)
    else:
        import traceback

        # Neither the message nor the values: they could hold something sensitive.
        where = "".join(traceback.format_tb(error.__traceback__))
        _say(
            f"internal error ({type(error).__name__}); this is a bug in revox-sync\n{where}",
            "please report it with the lines above",
        )


def _of_usage(error: click.UsageError) -> str:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error.format_message()
    context = f"\n{error.ctx.get_usage()}" if error.ctx else ""
    return f"error: {error.format_message()}{context}"


def _diagnostics(error: DefinitionError) -> None:
    from revox_sync.render.diagnostics import render_text
    from revox_sync.render.safe import harmless
    from revox_sync.render.words import counted

    write(sys.stderr, harmless(render_text(error.diagnostics)))
    count = sum(1 for diagnostic in error.diagnostics if diagnostic.severity == "error")
    _say(f"error: {counted(count, 'problem')} in the definitions; nothing was sent")


def _say(message: str, hint: str | None = None) -> None:
    from revox_sync.render.safe import escape, harmless

    text = escape(message, newlines=True) + "\n"
    if hint:
        text += f"  help: {escape(hint)}\n"
    write(sys.stderr, harmless(text))
