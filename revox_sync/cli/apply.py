"""``revox-sync apply``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from revox_sync.cli.carry_out import Approval, carry_out, writing_options
from revox_sync.cli.choosing import choosing_options
from revox_sync.cli.options import Settings, global_options
from revox_sync.cli.summary import summarized
from revox_sync.errors import UsageError

if TYPE_CHECKING:
    from revox_sync.cli.planning import OnDrift
    from revox_sync.plan.model import Choices, Plan

_AGE = re.compile(r"(\d+)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _age(_context: click.Context, _option: click.Parameter, value: str | None) -> int | None:
    """Return the seconds of ``90s``, ``30m``, ``12h`` or ``2d``."""
    if value is None:
        return None
    found = _AGE.fullmatch(value)
    if found is None:
        raise click.BadParameter("write 30m, 12h or 2d, for example")
    return int(found[1]) * _SECONDS[found[2]]


@click.command("apply")
@click.argument("what", nargs=-1, metavar="[PLANFILE | KEY...]")
@click.option(
    "--max-age",
    callback=_age,
    metavar="AGE",
    help="Refuse a saved plan that is older, such as 12h.",
)
@click.option(
    "--on-drift",
    type=click.Choice(["refuse", "skip", "overwrite"]),
    help="What to do with edits made outside git since --base (default: refuse).",
)
@choosing_options
@writing_options
@global_options
@summarized
def command(
    settings: Settings,
    approval: Approval,
    what: tuple[str, ...],
    max_age: int | None,
    on_drift: OnDrift | None,
    choose: Callable[[tuple[str, ...]], Choices],
) -> int:
    """Make the account equal to the definitions: plan, show, ask, write.

    With PLANFILE only what was reviewed in it is done; KEY restricts to some definitions.
    """
    from revox_sync.cli.lock import only_run
    from revox_sync.cli.planning import make_plan

    streams = settings.streams()
    saved, keys = _saved_plan(what, max_age)
    choices = choose(keys)
    if saved is not None:
        if choices != type(choices)():
            raise UsageError("a saved plan holds its own options", hint="plan again with them")
        choices = saved.choices
    if on_drift is not None and choices.base is None:
        raise UsageError("--on-drift needs --base", hint="name the commit to compare with")
    with only_run(settings.project, "apply", approval.lock_timeout):
        planned = make_plan(settings, streams, choices, saved=saved, on_drift=on_drift or "refuse")
        if saved is not None:
            approval = replace(
                approval,
                named={action.key: frozenset(action.open_questions) for action in saved.actions},
            )
        return carry_out(
            settings,
            streams,
            planned,
            approval,
            reviewed=saved is not None,
            notes=on_drift == "skip",
        )


def _saved_plan(what: tuple[str, ...], max_age: int | None) -> tuple[Plan | None, tuple[str, ...]]:
    if len(what) == 1 and Path(what[0]).is_file():
        from revox_sync.plan.planfile import check, load

        path = Path(what[0])
        check(path, max_age)
        return load(path), ()
    missing = [name for name in what if name.endswith(".json")]
    if missing:
        raise UsageError(f"there is no plan file {missing[0]}")
    if max_age is not None:
        raise UsageError("--max-age is for a saved plan", hint="name the plan file")
    return None, what
