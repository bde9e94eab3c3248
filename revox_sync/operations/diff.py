"""``diff``: what the definitions changed since a commit, without an account."""

from __future__ import annotations

from dataclasses import replace

from revox_sync.operations.context import Context
from revox_sync.operations.settings import path_in_repository
from revox_sync.plan.model import Plan
from revox_sync.plan.planner import changes_since


def diff(context: Context, ref: str) -> Plan:
    """Return what the definitions changed since the commit ``ref``; the choices say which keys.

    Raises UsageError for a key that matches nothing and for a commit that is not there.
    """
    only = context.select(context.choices.keys)
    base = context.at(ref)
    rules = replace(context, tell_absent=False).rules()
    found = changes_since(context.definitions, base, rules, only, context.project.environment)
    project = path_in_repository(context.settings.project)
    return replace(found, target=replace(found.target, project=project))
