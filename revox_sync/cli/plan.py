"""The commands that show a plan (``plan``, ``show``, ``drift``, ``diff``) or what is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from revox_sync.cli.exit_codes import ExitCode
from revox_sync.cli.options import (
    KEYS,
    GlobalSettings,
    View,
    base_option,
    choosing_options,
    command,
    form_option,
    global_options,
    plan_form_option,
    view_options,
)
from revox_sync.cli.view import summarized

if TYPE_CHECKING:
    from revox_sync.plan.model import Choices


@command("plan", example="revox-sync plan --base main", prints=("plan",))
@click.argument("keys", nargs=-1, type=KEYS, metavar="[KEY]...")
@click.option("--out", type=click.Path(path_type=Path), help="Also save the plan to this file.")
@view_options
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 if there is something to apply.")
@choosing_options
@global_options
@summarized
def plan_command(
    settings: GlobalSettings,
    keys: tuple[str, ...],
    out: Path | None,
    detailed_exitcode: bool,
    view: View,
    choose: Callable[[tuple[str, ...]], Choices],
) -> int:
    """Show what apply would change.

    KEY is a definition's path, without its suffix or with it, or its assistant's name, or a glob.
    Default: all definitions.
    """
    import shlex

    from revox_sync.cli.view import show_plan
    from revox_sync.operations.context import load
    from revox_sync.operations.plan import plan
    from revox_sync.plan.planfile import save

    streams = settings.streams()
    planned = plan(load(settings, streams, choose(keys)))
    found = planned.plan
    if out is not None:
        save(found, out, settings.project)
    show_plan(settings, streams, found, view)
    named = planned.found_by_name
    if named and not settings.sandbox:  # whose ids mean nothing to any other account
        bind = settings.again("bind", found.target.environment)
        bind = " ".join([bind, *map(shlex.quote, found.choices.keys)])
        streams.remark(
            f"1 definition is found only by its name; `{bind}` writes its id into it"
            if named == 1
            else f"{named} definitions are found only by their names; `{bind}` writes their ids "
            "into them"
        )
    if found.blocked:
        return ExitCode.REFUSED
    return ExitCode.CHANGES if detailed_exitcode and found.has_changes else ExitCode.DONE


@command("show", example="revox-sync show plan.json", prints=("plan",))
@click.argument("planfile", type=click.Path(path_type=Path))
@view_options
@global_options
def show_command(settings: GlobalSettings, planfile: Path, view: View) -> None:
    """Show a saved plan, also one that is out of date."""
    from revox_sync.cli.view import render
    from revox_sync.plan.planfile import load

    streams = settings.streams()
    streams.page(render(load(planfile, settings.project), view, streams), view.form)


@command("drift", example="revox-sync drift --format json", prints=("plan",))
@click.argument("keys", nargs=-1, type=KEYS, metavar="[KEY]...")
@view_options
@click.option("--unmanaged", is_flag=True, help="List assistants that no definition describes.")
@base_option
@global_options
@summarized
def drift_command(
    settings: GlobalSettings, keys: tuple[str, ...], view: View, unmanaged: bool, base: str | None
) -> int:
    """Show where the account differs from the definitions; exit 2 if it does.

    A definition whose assistant is missing is drift, too.
    """
    from revox_sync.cli.view import show_plan
    from revox_sync.operations.context import load
    from revox_sync.operations.plan import plan
    from revox_sync.plan.model import Choices

    streams = settings.streams()
    context = load(settings, streams, Choices(keys, base=base), thorough=True)
    found = plan(context, prune=False).plan
    show_plan(settings, streams, found, replace(view, drift=True, unmanaged=unmanaged))
    if found.has_refusals:
        return ExitCode.REFUSED
    return ExitCode.CHANGES if found.has_drift else ExitCode.DONE


@command("diff", example="revox-sync diff main", prints=("plan",))
@click.argument("ref")
@click.argument("keys", nargs=-1, type=KEYS, metavar="[KEY]...")
@plan_form_option
@global_options
@summarized
def diff_command(settings: GlobalSettings, ref: str, keys: tuple[str, ...], form: str) -> int:
    """Show what the definitions changed since the commit REF. Needs no key and no network."""
    from revox_sync.cli.view import show_plan
    from revox_sync.operations.context import load
    from revox_sync.operations.plan import diff
    from revox_sync.plan.model import Choices

    streams = settings.streams()
    found = diff(load(settings, streams, Choices(keys)), ref)
    show_plan(settings, streams, found, View(form))
    return ExitCode.DONE


@command("list", example="revox-sync list", prints=("list",))
@form_option
@global_options
def list_command(settings: GlobalSettings, form: str) -> int:
    """List assistants: key, name, id, whether a definition manages them, phone numbers."""
    from dataclasses import asdict

    from revox_sync.operations.list import list_assistants

    streams = settings.streams()
    found = list_assistants(settings, streams)
    if form == "json":
        streams.document({"assistants": [{**asdict(one), "managed": one.managed} for one in found]})
        return ExitCode.DONE
    streams.lines(
        *(
            f'{one.key or "-"}  "{one.name}"  {one.id or "-"}  '
            f"{'managed' if one.managed else 'not managed'}"
            + "".join(f"  {number}" for number in one.numbers or ())
            for one in found
        )
    )
    return ExitCode.DONE


@command("voices", example="revox-sync voices french", prints=("voices",))
@click.argument("filter", default="", metavar="[FILTER]")
@form_option
@global_options
def voices_command(settings: GlobalSettings, filter: str, form: str) -> int:  # noqa: A002 - its name
    """List the account's voices, each as a definition states it.

    FILTER is a text in the name, language, provider, description or id.
    """
    from dataclasses import asdict

    from revox_sync.operations.voices import list_voices
    from revox_sync.render.sheet import cells

    streams = settings.streams()
    found = list_voices(settings, streams, filter)
    if form == "json":
        streams.document({"voices": [asdict(one) for one in found]})
        return ExitCode.DONE
    width = max((cells(one.name) for one in found), default=0)
    for one in found:
        name = one.name + " " * (width - cells(one.name))
        streams.lines(f"{name}  {one.language or '-':<5}  {one.paste}", whole=True)
    if not found:
        streams.remark("no voice" + (f" has {filter!r} in it" if filter else " is told"))
    return ExitCode.DONE


@command("questions", example="revox-sync questions --format markdown", prints=("questions",))
@plan_form_option
@global_options
def questions_command(settings: GlobalSettings, form: str) -> int:
    """List what callers asked and nobody answered yet, by assistant.

    With how often, and when it was asked last where the service tells. `pull --questions` notes
    them in the definitions.
    """
    from dataclasses import asdict

    from revox_sync.operations.questions import open_questions
    from revox_sync.render.safe import code, harmless, prose

    streams = settings.streams()
    found = open_questions(settings, streams)
    if form == "json":
        streams.document({"questions": [asdict(one) for one in found]})
    elif form == "markdown":
        rows = (
            f"- {code(one.key or one.name)}: {prose(one.question)}"
            + (f" ({one.count} times)" if one.count > 1 else "")
            + (f", last {prose(one.last)}" if one.last else "")
            for one in found
        )
        told = "\n".join(rows) or "No open questions found."
        streams.page(harmless(f"### Open questions\n\n{told}\n"), form)
    else:
        streams.lines(
            *(
                f'{one.key or "-"}  "{one.name}"  {one.count}x  {one.question}'
                + (f"  (last {one.last})" if one.last else "")
                for one in found
            )
        )
        if not found:
            streams.remark("no open questions found")
    return ExitCode.DONE
