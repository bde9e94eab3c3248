"""Cases of lists whose items have names, and of lists whose items have places."""

from __future__ import annotations

from typing import Any

from moving import DEFINITION, DRIFT, UNCERTAIN, both, moves


def _output(name: str, kind: str = "string", **members: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "required": True, **members}


def _tool(name: str, **members: Any) -> dict[str, Any]:
    return {
        "name": name,
        "description": "Is a room free?",
        "method": "GET",
        "url": f"https://hooks.example.com/{name}",
        "headers": [{"key": "Authorization", "value": "{{token}}"}],
        "query_params": [],
        "body_template": None,
        "input_schema": [],
        **members,
    }


def _window(start: str, end: str, delay: int = 600) -> dict[str, Any]:
    return {
        "calling_window_start_time": start,
        "calling_window_end_time": end,
        "retry_delay_seconds": delay,
    }


def _retry(*windows: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {
        "calling_windows": list(windows),
        "max_retry_attempts": 2,
        "allowed_days": ["monday", "friday"],
        "call_twice_in_a_row": False,
        **members,
    }


_MORNING, _LATE = _window("09:00", "12:00"), _window("09:00", "12:30")
_NOON, _EVENING = _window("12:00", "14:00"), _window("18:00", "20:00")
_RETRY, _WINDOWS = "call_retry_config", "call_retry_config.calling_windows"
_OUTPUTS = "structured_output_config"

NAMED_ITEMS = {
    "item-added": moves(
        {f"{_OUTPUTS}[0]": DEFINITION}, _OUTPUTS, [_output("a")], now=[_output("b"), _output("a")]
    ),
    "item-added-there": moves(
        {f"{_OUTPUTS}[0]": DRIFT}, _OUTPUTS, [_output("a")], held=[_output("b"), _output("a")]
    ),
    "item-removed": moves(
        {f"{_OUTPUTS}[0]": DEFINITION}, _OUTPUTS, [_output("a"), _output("b")], now=[_output("b")]
    ),
    "item-removed-there": moves(
        {f"{_OUTPUTS}[0]": DRIFT}, _OUTPUTS, [_output("a"), _output("b")], held=[_output("b")]
    ),
    "items-added-on-both-sides": moves(
        {f"{_OUTPUTS}[0]": DEFINITION, f"{_OUTPUTS}[1]": DRIFT},
        _OUTPUTS,
        [_output("a")],
        now=[_output("b"), _output("a")],
        held=[_output("a"), _output("c")],
    ),
    "item-edited-behind-a-new-one": moves(
        # The plan shows b in the place of a, and a as new: no part of that is one side's alone.
        {
            f"{_OUTPUTS}[0].name": both(UNCERTAIN),
            f"{_OUTPUTS}[0].type": both(UNCERTAIN),
            f"{_OUTPUTS}[1]": both(_output("a")),
        },
        _OUTPUTS,
        [_output("a")],
        now=[_output("b"), _output("a")],
        held=[_output("a", "number")],
    ),
    "item-edited-before-a-new-one": moves(
        {f"{_OUTPUTS}[0].type": DRIFT, f"{_OUTPUTS}[1]": DEFINITION},
        _OUTPUTS,
        [_output("a")],
        now=[_output("a"), _output("b")],
        held=[_output("a", "number")],
    ),
    "item-each-member": moves(
        {f"{_OUTPUTS}[0].type": DEFINITION, f"{_OUTPUTS}[0].required": DRIFT},
        _OUTPUTS,
        [_output("a")],
        now=[_output("a", "number")],
        held=[_output("a", required=False)],
    ),
    "item-same-member": moves(
        {f"{_OUTPUTS}[0].type": both("string")},
        _OUTPUTS,
        [_output("a")],
        now=[_output("a", "number")],
        held=[_output("a", "date")],
    ),
    "item-new-member": moves(
        {f"{_OUTPUTS}[0].description": DEFINITION},
        _OUTPUTS,
        [_output("a")],
        now=[_output("a", description="b")],
        held=[_output("a", description="c")],
    ),
    "item-removed-and-edited-there": moves(
        {f"{_OUTPUTS}[0]": both(_output("a"))},
        _OUTPUTS,
        [_output("a"), _output("b")],
        now=[_output("b")],
        held=[_output("a", "date"), _output("b")],
    ),
    "item-edited-and-removed-there": moves(
        {f"{_OUTPUTS}[0]": both(_output("a"))},
        _OUTPUTS,
        [_output("a"), _output("b")],
        now=[_output("a", "date"), _output("b")],
        held=[_output("b")],
    ),
    "items-reordered": moves(
        {_OUTPUTS: DEFINITION},
        _OUTPUTS,
        [_output("a"), _output("b")],
        now=[_output("b"), _output("a")],
    ),
    "items-reordered-there": moves(
        {_OUTPUTS: DRIFT},
        _OUTPUTS,
        [_output("a"), _output("b")],
        held=[_output("b"), _output("a")],
    ),
    "items-reordered-and-one-taken-there": moves(
        {_OUTPUTS: both([_output("a"), _output("b"), _output("c")])},
        _OUTPUTS,
        [_output("a"), _output("b"), _output("c")],
        now=[_output("b"), _output("a")],
        held=[_output("a"), _output("b")],
    ),
    "items-reordered-and-one-edited-there": moves(
        {
            f"{_OUTPUTS}[0]": both(_output("a")),
            f"{_OUTPUTS}[1].name": both(UNCERTAIN),
            f"{_OUTPUTS}[1].type": both(UNCERTAIN),
            f"{_OUTPUTS}[2]": both(_output("c")),
        },
        _OUTPUTS,
        [_output("a"), _output("b"), _output("c")],
        now=[_output("b"), _output("a"), _output("c")],
        held=[_output("a"), _output("b"), _output("c", "date")],
    ),
    "item-edited-and-another-removed-there": moves(
        {f"{_OUTPUTS}[0]": DRIFT, f"{_OUTPUTS}[2].type": DEFINITION},
        _OUTPUTS,
        [_output("a"), _output("b"), _output("c")],
        now=[_output("a"), _output("b"), _output("c", "date")],
        held=[_output("b"), _output("c")],
    ),
    "item-exchanged-and-another-edited-there": moves(
        {f"{_OUTPUTS}[0].name": DEFINITION, f"{_OUTPUTS}[1].type": DRIFT},
        _OUTPUTS,
        [_output("a"), _output("b")],
        now=[_output("c"), _output("b")],
        held=[_output("a"), _output("b", "date")],
    ),
    "options": moves(
        {
            f"{_OUTPUTS}[0].enum_options[0]": both(UNCERTAIN),
            f"{_OUTPUTS}[0].enum_options[2]": both(UNCERTAIN),
        },
        _OUTPUTS,
        [_output("a", "enum", enum_options=["x", "y"])],
        now=[_output("a", "enum", enum_options=["w", "x", "y"])],
        held=[_output("a", "enum", enum_options=["x", "y", "z"])],
    ),
    "tool-edited": moves(
        {"custom_tools[1].description": DEFINITION, "custom_tools[0].method": DRIFT},
        "custom_tools",
        [_tool("rooms"), _tool("menu")],
        now=[_tool("rooms"), _tool("menu", description="What is for dinner?")],
        held=[_tool("rooms", method="POST"), _tool("menu")],
    ),
    "tool-removed-behind-a-mask": moves(
        {"custom_tools[0]": DEFINITION},
        "custom_tools",
        [_tool("rooms", headers=[{"key": "X-Key", "value": "kept-then"}]), _tool("menu")],
        now=[_tool("menu")],
        held=[_tool("rooms", headers=[{"key": "X-Key", "value": "****"}]), _tool("menu")],
    ),
    "destinations": moves(
        {"transfer_destinations[0].phone_number": DRIFT, "transfer_destinations[1]": DEFINITION},
        "transfer_destinations",
        [{"label": "Bar", "phone_number": "+33159169001"}],
        now=[
            {"label": "Bar", "phone_number": "+33159169001"},
            {"label": "Spa", "phone_number": "+33159169002"},
        ],
        held=[{"label": "Bar", "phone_number": "+33159169003"}],
    ),
}

ITEMS_BY_PLACE = {
    "window-each-member": moves(
        {
            f"{_WINDOWS}[0].calling_window_end_time": both(UNCERTAIN),
            f"{_WINDOWS}[0].retry_delay_seconds": both(UNCERTAIN),
        },
        _RETRY,
        _retry(_MORNING),
        now=_retry(_LATE),
        held=_retry(_window("9am", "12:00", 60)),
    ),
    "window-same-member": moves(
        {f"{_WINDOWS}[0].calling_window_end_time": both(UNCERTAIN)},
        _RETRY,
        _retry(_MORNING),
        now=_retry(_LATE),
        held=_retry(_window("09:00", "11:00")),
    ),
    "window-added-before-an-edited-one": moves(
        {
            f"{_WINDOWS}[0]": both(UNCERTAIN),
            f"{_WINDOWS}[2].calling_window_end_time": both(UNCERTAIN),
        },
        _RETRY,
        _retry(_NOON, _EVENING),
        now=_retry(_MORNING, _NOON, _EVENING),
        held=_retry(_NOON, _window("18:00", "19:00")),
    ),
    "window-taken-on-each-side": moves(
        {
            f"{_WINDOWS}[1].calling_window_start_time": both(UNCERTAIN),
            f"{_WINDOWS}[1].calling_window_end_time": both(UNCERTAIN),
        },
        _RETRY,
        _retry(_MORNING, _NOON, _EVENING),
        now=_retry(_NOON, _EVENING),
        held=_retry(_MORNING, _NOON),
    ),
    "window-moved-on": moves(
        {f"{_WINDOWS}[0].calling_window_end_time": DEFINITION},
        _RETRY,
        _retry(_MORNING, _NOON, _EVENING),
        now=_retry(_NOON, _EVENING, _LATE),
    ),
    "window-edited-and-removed-there": moves(
        {f"{_WINDOWS}[0]": both(UNCERTAIN)},
        _RETRY,
        _retry(_MORNING, _NOON),
        now=_retry(_LATE, _NOON),
        held=_retry(_NOON),
    ),
    "window-exchanged-behind-a-new-one": moves(
        {
            f"{_WINDOWS}[0].calling_window_start_time": both(UNCERTAIN),
            f"{_WINDOWS}[0].calling_window_end_time": both(UNCERTAIN),
            f"{_WINDOWS}[1]": both(UNCERTAIN),
        },
        _RETRY,
        _retry(_NOON),
        now=_retry(_EVENING),
        held=_retry(_MORNING, _NOON),
    ),
    "window-twice": moves(
        {f"{_WINDOWS}[1]": DEFINITION}, _RETRY, _retry(_NOON), now=_retry(_NOON, _NOON)
    ),
    "window-twice-there": moves(
        {f"{_WINDOWS}[1]": DRIFT}, _RETRY, _retry(_NOON), held=_retry(_NOON, _NOON)
    ),
    "windows-taken-down": moves(
        {f"{_WINDOWS}": both([_MORNING])},
        _RETRY,
        _retry(_MORNING),
        now=_retry(_MORNING, _NOON),
        held=_retry(),
    ),
}
