"""What a change means for calls: who uses the assistant, and what calls must pass.

The service fills ``{{name}}`` in an assistant's texts with what each call passes. A name that is
new in the texts is missing in every call that does not pass it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from revox_sync.account.remote import Remote
from revox_sync.account.uses import Uses
from revox_sync.model.fields import field_of
from revox_sync.model.shapes import UNKNOWN
from revox_sync.model.walk import leaves
from revox_sync.plan.model import Action, CallVariables, Plan, UsedBy
from revox_sync.plan.sides import Sides
from revox_sync.secrecy.values import Known

_NAME = re.compile(r"\{\{\s*([^\W\d][\w.-]*)\s*\}\}")

#: Variables that the service fills in by itself, as its documentation of templates names them.
OWN = frozenset(
    (
        *("summary", "outcome", "phone", "call_url", "assistant_name", "campaign_name"),
        *("first_name", "last_name", "email", "company", "job_title", "contact_name"),
        *("contact_line", "transcript"),
    )
)

#: What the service puts into the prompt of the extraction besides.
_EXTRACTION = "structured_output_prompt"
_OF_A_CALL = frozenset(("call_direction", "user_phone_number", "agent_phone_number"))

#: Fields whose texts no call brings anything into.
_APART = frozenset(("precall_lookup_url", "prompt_flow", "name", "logo_url", "id"))


def variables_in(fields: Mapping[str, Any], known: Known) -> frozenset[str]:
    """Return the variables that calls have to pass for the texts of an assistant.

    Those of the service are left out, in a tool those that the model fills in, and what stands in
    the value of a secret.
    """

    def names(value: Any) -> set[str]:
        texts = (leaf for _, _, leaf in leaves(UNKNOWN, value) if isinstance(leaf, str))
        shown = (known.put_back(text)[0] for text in texts if "{{" in text)
        return {name for text in shown for name in _NAME.findall(text)}

    found: set[str] = set()
    for name, value in fields.items():
        if name == "custom_tools" and isinstance(value, list):
            for tool in value:
                texts = leaves(UNKNOWN, tool)
                own = [text for path, _, text in texts if path[::2] == ("input_schema", "name")]
                found.update(name for name in names(tool) if name not in own)
        elif name == _EXTRACTION:
            found.update(names(value) - _OF_A_CALL)
        elif name not in _APART:
            found.update(names(value))
    return frozenset(found - OWN)


def with_impact(plan: Plan, uses: Uses) -> Plan:
    """Return the plan with what its changes mean for calls, and a remark if some is unknown.

    Nothing is said of assistants that were not looked up.
    """
    why = uses.unknown
    remarks = () if why is None else (f"Who uses the assistants could not all be read: {why}",)
    actions = tuple(
        action
        if action.action == "unchanged" and action.id not in uses.asked
        else _told(action, plan.remotes.get(action.id or ""), uses)
        for action in plan.actions
    )
    return replace(plan, actions=actions, remarks=(*plan.remarks, *remarks))


def _told(action: Action, remote: Remote | None, uses: Uses) -> Action:
    used = None
    if action.id is not None and action.id in uses.asked:
        used = UsedBy(
            tuple(found.number for found in uses.numbers_of(action.id)),
            tuple(uses.campaigns_of(action.id)),
            uses.calls.get(action.id, 0),
            uses.unknown is not None,
        )
    if action.definition is None or action.action == "delete":
        return replace(action, used_by=used)
    before = {} if remote is None else dict(remote.data)
    made = action.definition
    after = {**before, **(made.as_written if made.secrets else made).managed}
    if remote is not None and not remote.tells("faq_items"):
        for side in (before, after):
            side.pop("faq_items", None)  # what was there before nobody knows
    known = Known() if remote is None else remote.known
    was, now = variables_in(before, known), variables_in(after, known)
    fields = {str(path[0]) for path in (*made.secrets, *made.earlier)} & before.keys()
    for name in fields:
        if Sides(made, known, field_of(name), None, before[name]).is_opaque:
            del before[name]  # a name in it may stand in the value of a secret
    gone = variables_in(before, known) - now if fields else was - now
    variables = CallVariables(tuple(sorted(now - was)), tuple(sorted(gone)))
    lookup = after.get("precall_lookup_url")
    warnings = () if used is None else tuple(_lacking(variables, used, bool(lookup)))
    return replace(action, used_by=used, variables=variables, warnings=warnings)


def _lacking(variables: CallVariables, used: UsedBy, has_lookup: bool) -> Iterator[str]:
    """Yield which calls would lack a new variable."""
    if not variables.added:
        return
    names = ", ".join(f"{{{{{name}}}}}" for name in variables.added)
    are_new = "which is new" if len(variables.added) == 1 else "which are new"
    if used.numbers and not has_lookup:
        yield (
            f"inbound calls to {', '.join(used.numbers)} cannot pass {names}: "
            "there is no precall_lookup_url"
        )
    elif used.numbers:
        yield f"inbound calls fail unless what precall_lookup_url answers holds {names}"
    if used.campaigns:
        what = "campaign" if len(used.campaigns) == 1 else "campaigns"
        yield f"contacts of {what} {', '.join(used.campaigns)} may lack {names}, {are_new}"
    if used.calls:
        waiting = "1 call that waits" if used.calls == 1 else f"{used.calls} calls that wait"
        yield f"{waiting} may lack {names}, {are_new}"
