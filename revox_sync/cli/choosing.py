"""The options by which ``plan`` and ``apply`` say what is to be done, beyond the definitions."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from revox_sync.cli.definitions import Sources, select
from revox_sync.cli.options import Settings
from revox_sync.errors import UsageError

if TYPE_CHECKING:
    from revox_sync.plan.model import Choices
    from revox_sync.plan.recreate import Recreating

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--allow-create", multiple=True, metavar="KEY", help="Create this one beside a look-alike."
    ),
    click.option("--push-unknown", is_flag=True, help="Write what cannot be read back, too."),
    click.option(
        "--recreate",
        multiple=True,
        metavar="KEY",
        help="Where this one differs, replace it by a new assistant.",
    ),
    click.option(
        "--rebind", is_flag=True, help="Recreate bound ones, and write the new id into the file."
    ),
    click.option(
        "--force-recreate",
        is_flag=True,
        help="Recreate what a campaign calls with, or what cannot be copied whole.",
    ),
    click.option(
        "--finish-recreate",
        multiple=True,
        metavar="OLD-ID",
        help="Finish a recreate that ended half-way: retire this old assistant.",
    ),
)
base_option = click.option(
    "--base",
    metavar="REF",
    help="Tell what the definitions changed since this commit from what was edited elsewhere.",
)
_NAMES = (
    "base",
    "allow_create",
    "push_unknown",
    "recreate",
    "rebind",
    "force_recreate",
    "finish_recreate",
)


def choosing_options(command: Command) -> Command:
    """Add the options to a command; they arrive as ``choose``, which takes the keys."""

    @wraps(command)
    def wrapped(*args: Any, **values: Any) -> Any:
        given = {name: values.pop(name) for name in _NAMES}

        def choose(keys: tuple[str, ...]) -> Choices:
            from revox_sync.plan.model import Choices

            return Choices(keys, **given)

        return command(*args, choose=choose, **values)

    decorated: Any = wrapped
    for option in reversed((base_option, *_OPTIONS)):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]


def recreating_of(
    settings: Settings, sources: Sources, choices: Choices, *, strict: bool
) -> Recreating:
    """Return what the project, the choices and the records of earlier runs say about recreating.

    Raises UsageError for ``--recreate`` in a project that does not say what becomes of the old
    assistant, and for a glob that matches nothing, if ``strict``.
    """
    from revox_sync.plan.recreate import NOTHING_RECREATED, Recreating

    keys = select(sources, choices.recreate, strict=strict) or frozenset()
    project = sources.project
    if project.retire is None and (keys or choices.finish_recreate):
        option = "--recreate" if keys else "--finish-recreate"
        raise UsageError(
            f"{option} needs to know what becomes of the old assistant",
            hint="state `retire: delete` or `retire: keep` in revox-sync.yaml",
        )
    if project.retire is None:
        return NOTHING_RECREATED
    from revox_sync.cli.account import base_url_of
    from revox_sync.history.records import own_records
    from revox_sync.history.runs import list_recreates, snapshot_of, unfinished
    from revox_sync.render.safe import escape

    records = own_records(settings.project, settings.environ)
    if records.ignored:
        streams = settings.streams()
        for ignored in records.ignored:
            streams.remark(f"{escape(ignored)}\n")
    recorded = list_recreates(records, base_url_of(settings), project.environment)
    bound = frozenset(definition.sync.id for definition in sources.definitions)
    left = unfinished(recorded.runs, bound)
    return Recreating(
        project.retire,
        keys,
        choices.rebind,
        choices.force_recreate,
        {old: found.new for old, found in left.items()} | dict.fromkeys(choices.finish_recreate),
        frozenset(choices.finish_recreate),
        {old: found for old in left if (found := snapshot_of(records, left[old])) is not None},
        frozenset(old for old, found in left.items() if found.kept),
        recorded.vain,
    )
