"""What the quirky service takes, by hand from the documents: an unknown member, a missing one, or a
null where none is accepted is wrong, and so is what only a mask looks like.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from properties.documented import CLEARABLE, EVERY_FIELD, OUTCOMES, REMOVED, SEED, unreadable

Fields = dict[str, Any]


class _Members(NamedTuple):
    needed: str
    optional: str = ""
    nullable: str = ""


_VALUE = _Members("name required type", "description enum_options")
_PAIR = _Members("key value")
#: The members of objects, by the field or member that holds them or a list of them.
_CURRENT: Mapping[str, _Members] = {
    "calendly": _Members("connection_id event_type_id"),
    "call_retry_config": _Members(
        "calling_windows max_retry_attempts allowed_days call_twice_in_a_row",
        "timezone",
        "timezone",
    ),
    "calling_windows": _Members(
        "calling_window_start_time calling_window_end_time retry_delay_seconds"
    ),
    "channels": _Members("id", "name", "name"),
    "custom_tools": _Members(
        "name description method url headers query_params body_template input_schema",
        "",
        "body_template",
    ),
    "data": _Members("title body"),
    "edges": _Members("id source target"),
    "faq_items": _Members("question answer"),
    "field_mapping": _Members("source zoho_field"),
    "general": _PAIR,
    "headers": _PAIR,
    "input_schema": _VALUE,
    "nodes": _Members("id type position data"),
    "position": _Members("x y"),
    "prompt_flow": _Members("nodes edges"),
    "query_params": _PAIR,
    "slack": _Members("connection_id channels outcomes", "template", "template"),
    "structured_output_config": _VALUE,
    "stt_context": _Members("general terms"),
    "transfer_destinations": _Members("label phone_number"),
    "voice": _Members("id provider", "speed model volume"),
    "zoho": _Members(
        "connection_id module field_mapping log_call_activity outcomes", "template", "template"
    ),
}
_SEED: Mapping[str, _Members] = {
    **_CURRENT,
    "call_retry_config": _Members("calling_windows max_retry_attempts", "timezone", "timezone"),
    "voice": _Members("id provider", "speed"),
}
_MODELS: Mapping[str, _Members] = {
    "dedicated-instance": _Members("type name"),
    "openrouter": _Members("type openrouter_model_id openrouter_provider"),
    "custom": _Members("type api_url api_key model_name"),
    "realtime": _Members("type provider realtime_model_id", "realtime_voice_id"),
}
#: The kinds of models that profile seed has.
_SEED_MODELS = ("dedicated-instance", "openrouter")


def fields_of(profile: str) -> frozenset[str]:
    """Return the fields that an account of a profile has."""
    return frozenset(SEED) if profile == "seed" else EVERY_FIELD - {*REMOVED}


def faults(profile: str, body: Fields, *, creating: bool) -> list[str]:
    """Return what is wrong with a request body."""
    found = [f"{name} is unknown" for name in body.keys() - fields_of(profile)]
    if creating:
        found += [f"{name} is required" for name in {"name", "prompt"} - body.keys()]
    for name, value in body.items():
        if value is None:
            found += [] if name in CLEARABLE else [f"{name} may not be null"]
        else:
            found += _inside(profile, name, value, name)
    return found


def _inside(profile: str, name: str, value: Any, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _inside(profile, name, item, f"{path}[]")
    elif isinstance(value, dict):
        yield from _exactly(value, _members(profile, name, value), path)
        for member, item in value.items():
            yield from _inside(profile, member, item, f"{path}.{member}")
    elif name.endswith("outcomes") and value not in OUTCOMES:
        yield f"{path} is no outcome"
    elif name in ("api_key", "value") and value != "" and unreadable(value):
        yield f"{path} is a mask"


def _members(profile: str, name: str, value: Fields) -> _Members:
    if name != "llm_model":
        return (_SEED if profile == "seed" else _CURRENT)[name]
    known = _SEED_MODELS if profile == "seed" else tuple(_MODELS)
    return _MODELS[value["type"]] if value["type"] in known else _Members("type")


def _exactly(value: Fields, members: _Members, path: str) -> Iterator[str]:
    needed, optional = set(members.needed.split()), set(members.optional.split())
    for member in needed - value.keys():
        yield f"{path}.{member} is required"
    for member in value.keys() - needed - optional:
        yield f"{path}.{member} is unknown"
    for member, item in value.items():
        if item is None and member not in members.nullable.split():
            yield f"{path}.{member} may not be null"
