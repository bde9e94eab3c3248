"""The command ``revox-sync``: finds the subcommand, turns errors into messages and exit codes.

Nothing heavy is imported here; every command imports what it needs when it runs.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from revox_sync import __version__
from revox_sync.cli.exit_codes import exit_code_of
from revox_sync.cli.options import CommandGroup, GlobalSettings, global_options
from revox_sync.cli.streams import OutputLost, Streams, columns, is_dumb, write
from revox_sync.errors import RevoxSyncError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from revox_sync.definitions.problem import Problem

#: Each command: the module that declares it, as ``NAME_command``, and what it does.
_COMMANDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "init": ("init", "Make a project to begin with."),
        "validate": ("validate", "Check definitions, without a key and without the network."),
        "fmt": ("pull", "Write definitions in canonical order and layout."),
        "plan": ("plan", "Show what apply would change."),
        "show": ("plan", "Show a saved plan."),
        "apply": ("apply", "Make the account match the definitions."),
        "pull": ("pull", "Write what the account has into definitions, old and new."),
        "bind": ("pull", "Write the ids of matching assistants into definitions."),
        "delete": ("apply", "Delete assistants that are named."),
        "rollback": ("apply", "Restore what an apply replaced."),
        "list": ("plan", "List the assistants of the account and of the definitions."),
        "questions": ("plan", "List what callers asked and nobody answered yet."),
        "voices": ("plan", "List the account's voices, ready to paste."),
        "diff": ("plan", "Show what the definitions changed since a commit."),
        "drift": ("plan", "Show where the account differs from the definitions."),
        "status": ("validate", "Check the key, the account and the definitions."),
        "explain": ("learn", "Explain a field, a key or a rule."),
        "completion": ("learn", "Complete commands and keys in bash, zsh and fish."),
        "schema": ("learn", "Print the JSON Schema of a definition, for editors."),
        "github": ("github", "Keep a comment or an issue on GitHub up to date."),
        "sandbox": ("sandbox", "Run and reset the embedded local API."),
    }
)

#: From which likeness on a mistyped option means another one.
_LIKE = 0.75


class _LazyGroup(CommandGroup):
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
            from revox_sync.definitions.problem import closest

            near = closest(args[0], _COMMANDS)
            hint = f" Did you mean '{near}'?" if near else ""
            raise click.UsageError(f"No such command '{args[0]}'.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, does) for name, (_, does) in _COMMANDS.items()])
        with formatter.section("More"):
            formatter.write_text(
                "`revox-sync COMMAND --help` ends with an example, and `revox-sync explain "
                "voice.speed` explains a field. The documentation is README.md and docs/ of the "
                "repository that this was installed from."
            )


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="revox-sync", message="%(prog)s %(version)s")
@global_options
def root(settings: GlobalSettings) -> None:
    """Revox voice assistants as code: review, plan and apply them from git.

    The key of your organization comes from REVOX_API_KEY; without one, `init` makes a project for
    the sandbox. In order: `init` makes a project, `pull` writes assistants into files, `plan` shows
    what your edits change, `apply` makes the account equal, and `rollback` undoes that.
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code; never raises."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        code = root.main(args=given, prog_name="revox-sync", standalone_mode=False)
        if sys.stdout is not None:  # what click printed may not be out yet
            Streams.of_process(colour=False).result("")
        return int(code or 0)
    except (Exception, KeyboardInterrupt) as caught:
        error = _lost(caught) or caught
        _report(error)
        if _wants_json(given) and not isinstance(error, OutputLost | BrokenPipeError):
            write(sys.stdout, _as_json(error))
        return exit_code_of(error)


def _lost(error: BaseException) -> OutputLost | None:
    """Return what it means that help, which click prints, could not be printed."""
    if not isinstance(error, OSError) or isinstance(error, BrokenPipeError):
        return None
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    if last is None or last.tb_frame.f_globals.get("__name__") != "click.utils":
        return None
    return OutputLost(error.strerror or str(error))


def _wants_json(arguments: Sequence[str]) -> bool:
    """Whether the result was to be JSON; also where the arguments cannot be parsed."""
    given = list(arguments)
    options = given[: given.index("--")] if "--" in given else given
    return "--format=json" in options or ("--format", "json") in pairwise(options)


def _report(error: BaseException) -> None:
    """Say on stderr why a command ended."""
    if isinstance(error, OutputLost) and error.quiet:
        return
    if isinstance(error, BrokenPipeError):
        write(sys.stdout, "")
        return
    message, hint = _words(error)
    if columns(sys.stderr) is not None and not is_dumb():
        write(sys.stderr, "\r\x1b[K")  # the step that was under way
    if found := _diagnostics(error):
        Streams.of_process(colour=False).diagnostics(found)
    if isinstance(error, click.UsageError) and error.ctx and not _is_help(error):
        message += f"\n{error.ctx.get_usage()}"
    if not isinstance(error, Exception) or isinstance(error, click.Abort) or _is_help(error):
        _say(message)  # an interruption is no error, and neither is help
    elif isinstance(error, RevoxSyncError | click.ClickException):
        _say(f"error: {message}", hint)
    else:
        import traceback

        # Neither the message nor the values: they could hold something sensitive.
        where = "".join(traceback.format_tb(error.__traceback__))
        _say(f"{message}\n{where}", hint)


def _words(error: BaseException) -> tuple[str, str | None]:
    """Return why a command ended, and what to do."""
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return "interrupted", None
    if isinstance(error, click.ClickException):
        return _words_of_click(error)
    if not isinstance(error, RevoxSyncError):
        what = f"internal error ({type(error).__name__}); this is a bug in revox-sync"
        return what, "please report it with the lines above"
    found = _diagnostics(error)
    if not found:
        return error.message, error.hint
    from revox_sync.definitions.problem import errors_in
    from revox_sync.render.sentences import counted

    return f"{counted(len(errors_in(found)), 'problem')} in the definitions; nothing was sent", None


def _words_of_click(error: click.ClickException) -> tuple[str, str | None]:
    """Return what was typed wrong, and what to type."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "revox-sync"
    hint = f"`{command} --help` lists what it takes"
    if isinstance(error, click.NoSuchOption):
        from revox_sync.definitions.problem import closest

        message = f"No such option '{error.option_name}'."
        if "dry" in error.option_name:
            return message, "`revox-sync plan` shows what apply would do"
        # A word that is hardly like it is no help: it may do something else entirely.
        near = closest(error.option_name, error.possibilities or (), _LIKE)
        return f"{message} Did you mean '{near}'?" if near else message, hint
    return error.format_message(), None if _is_help(error) else hint


def _diagnostics(error: BaseException) -> tuple[Problem, ...]:
    if not isinstance(error, RevoxSyncError):
        return ()
    from revox_sync.definitions.problem import DefinitionError

    return error.diagnostics if isinstance(error, DefinitionError) else ()


def _is_help(error: BaseException) -> bool:
    return isinstance(error, click.exceptions.NoArgsIsHelpError)


def _as_json(error: BaseException) -> str:
    """Return an error as programs read it; ``error-1.0.schema.json`` describes it."""
    import json

    from revox_sync.render.safe import harmless_json

    message, hint = _words(error)
    told = {
        "message": message,
        "hint": hint,
        "exit_code": int(exit_code_of(error)),
        "diagnostics": [one.to_json() for one in _diagnostics(error)],
    }
    return harmless_json(json.dumps({"error": told}, indent=2)) + "\n"


def _say(message: str, hint: str | None = None) -> None:
    from revox_sync.render.safe import escape, harmless
    from revox_sync.render.sheet import folded

    width = columns(sys.stderr)
    lines = [folded(line, width) for line in escape(message, newlines=True).split("\n")]
    if hint:
        lines.append(folded(f"  help: {escape(hint)}", width, hang=len("help: ")))
    text = "\n".join(lines) + "\n"
    write(sys.stderr, harmless(text))
