"""Shows plans, in the form that was asked for."""

from __future__ import annotations

from revox_sync.cli.options import View
from revox_sync.cli.streams import Streams
from revox_sync.plan.model import Plan
from revox_sync.plan.planfile import dumps


def render(
    plan: Plan,
    view: View,
    streams: Streams,
    *,
    drift: bool = False,
    notes: bool = False,
    unmanaged: bool = True,
) -> str:
    """Return a plan in one of the output formats; the modules of each say what the options do."""
    if view.form == "json":
        return dumps(plan)
    if view.form == "markdown":
        from revox_sync.render.markdown import render_markdown

        return render_markdown(plan, drift=drift, unmanaged=unmanaged, details_url=view.details_url)
    from revox_sync.render.terminal import render_plan

    return render_plan(
        plan,
        width=streams.width,
        colour=streams.colour,
        drift=drift,
        notes=notes,
        unmanaged=unmanaged,
    )
