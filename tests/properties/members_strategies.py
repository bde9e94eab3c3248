"""Hypothesis strategies for the nested members of the fields, in every form the API takes."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st
from properties.documented import ENUMS, IDENTITY, OUTCOMES, WORKDAYS, unreadable

from revox_sync.model.assistant import MAX_INTEGER

Fields = dict[str, Any]
Strategy = st.SearchStrategy[Any]

#: Any text that UTF-8 can carry: control characters, bidi, CR, emoji, but no half surrogate.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
#: What an API accepts as a name: one line, not empty.
labels = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=20
)
prose = st.one_of(texts, st.sampled_from(["Hello", "a\nb", "a\r\nb\r\n", "fin\n\n", "  ", "", "é"]))
counts = st.one_of(st.integers(1, 9), st.integers(1, MAX_INTEGER))
numbers = st.one_of(
    st.integers(1, 7200), st.integers(1, 7200).map(float), st.floats(0.001, 1e9, width=64)
)
shares = st.one_of(st.sampled_from([0, 1, 0.25, 0.3]), st.floats(0, 1))
positions = st.fixed_dictionaries(
    dict.fromkeys("xy", st.one_of(st.integers(-999, 999), st.floats(-1e4, 1e4)))
)
#: Credentials: none that looks like a mask.
_SECRETS = st.one_of(
    st.sampled_from(["k3y-one", "k3y-two", "{{token}}", "Bearer {{token}}"]),
    labels.filter(lambda text: not unreadable(text) and "..." not in text and "x" not in text),
)


@st.composite
def _clocks(draw: st.DrawFn, hours: tuple[int, int]) -> str:
    """Draw a time between two hours, in one of the two documented formats."""
    hour, minute = draw(st.integers(*hours)), draw(st.sampled_from([0, 0, 5, 30, 59]))
    if draw(st.booleans()):
        return f"{hour:02}:{minute:02}"
    half = "am" if hour < 12 else "pm"
    return f"{hour % 12 or 12}{f':{minute:02}' if minute or draw(st.booleans()) else ''}{half}"


_WINDOWS = st.fixed_dictionaries(
    {
        "calling_window_start_time": _clocks((0, 11)),
        "calling_window_end_time": _clocks((12, 23)),
        "retry_delay_seconds": counts,
    }
)
_ZONES = st.sampled_from(["Europe/Paris", "America/New_York", "UTC"])
_SPEEDS = st.one_of(st.sampled_from([1, 1.05]), st.floats(0.6, 1.5))
_VOLUMES = st.one_of(st.sampled_from([1, 1.3]), st.floats(0.5, 2.0))
CALENDLY = st.fixed_dictionaries(
    {
        "connection_id": labels,
        "event_type_id": st.sampled_from(["https://api.calendly.com/event_types/b1", "b2"]),
    }
)
FAQ = st.fixed_dictionaries(
    {
        "question": st.one_of(st.sampled_from(["Dogs?", "Cats?"]), texts),
        "answer": st.one_of(st.sampled_from(["Yes.", "No."]), texts),
    }
)


class Members:
    """Strategies for objects and lists.

    With ``full`` nothing is left out, null or empty. With ``repeats`` items may stand twice in
    lists that know them by nothing.
    """

    def __init__(self, *, full: bool, repeats: bool = False) -> None:
        self._full = full
        self._repeats = repeats
        self._least = 1 if full else 0

    def nullable(self, strategy: Strategy) -> Strategy:
        """Return the strategy, or one that draws null too."""
        return strategy if self._full else st.none() | strategy

    def object(self, required: dict[str, Strategy], optional: dict[str, Strategy]) -> Strategy:
        """Return objects; what is optional may be left out."""
        if self._full:
            return st.fixed_dictionaries({**required, **optional})
        return st.fixed_dictionaries(required, optional=optional)

    def items(self, name: str, items: Strategy, most: int = 3) -> Strategy:
        """Return lists of items, told apart by what the field of this name knows them by."""
        known = IDENTITY.get(name)
        by = (lambda item: item[known]) if known else _sole
        if self._repeats and not known:
            return st.lists(items, min_size=self._least, max_size=6)
        return st.lists(items, min_size=self._least, max_size=most, unique_by=by)

    def sets(self, choices: Strategy) -> Strategy:
        """Return sets, which may say a thing twice."""
        return st.lists(choices, min_size=self._least, max_size=6)

    @property
    def outcomes(self) -> Strategy:
        """Outcomes of calls."""
        return self.sets(st.sampled_from(OUTCOMES))

    @property
    def retry(self) -> Strategy:
        """``call_retry_config``."""
        windows = _WINDOWS
        if self._repeats:
            windows = _WINDOWS.map(lambda window: {**window, "retry_delay_seconds": 60})
        return self.object(
            {
                "calling_windows": self.items("calling_windows", windows),
                "max_retry_attempts": counts,
            },
            {
                "timezone": self.nullable(_ZONES),
                "allowed_days": self.sets(st.sampled_from([*WORKDAYS, "sunday"])),
                "call_twice_in_a_row": st.booleans(),
            },
        )

    def values(self, name: str) -> Strategy:
        """``structured_output_config`` and ``input_schema``."""
        options = self.items("enum_options", st.sampled_from("abc") if self._repeats else labels)
        return self.items(
            name,
            self.object(
                {
                    "name": labels,
                    "required": st.booleans(),
                    "type": st.sampled_from(ENUMS["structured_output_config[].type"]),
                },
                {"description": self.nullable(prose), "enum_options": self.nullable(options)},
            ),
        )

    @property
    def models(self) -> Strategy:
        """``llm_model``, of every kind."""
        return st.one_of(
            _kind("dedicated-instance", name=st.sampled_from(ENUMS["llm_model.name"])),
            _kind("openrouter", openrouter_model_id=labels, openrouter_provider=labels),
            _kind(
                "custom",
                api_url=st.sampled_from(["https://llm.example.com/v1", "https://e.com/?tier=2"]),
                api_key=_SECRETS,
                model_name=labels,
            ),
            self.object(
                {
                    "type": st.just("realtime"),
                    "provider": st.sampled_from(ENUMS["llm_model.provider"]),
                    "realtime_model_id": labels,
                },
                {"realtime_voice_id": self.nullable(labels)},
            ),
        )

    @property
    def voices(self) -> Strategy:
        """``voice``."""
        return self.object(
            {"id": labels, "provider": st.sampled_from(ENUMS["voice.provider"])},
            {
                "speed": self.nullable(_SPEEDS),
                "model": self.nullable(st.sampled_from(ENUMS["voice.model"])),
                "volume": self.nullable(_VOLUMES),
            },
        )

    @property
    def tools(self) -> Strategy:
        """``custom_tools``."""
        pairs = st.fixed_dictionaries({"key": labels, "value": _SECRETS})
        tool = {
            "name": labels,
            "description": prose.map(lambda text: text or "Book"),
            "method": st.sampled_from(ENUMS["custom_tools[].method"]),
            "url": st.sampled_from(["https://e.com/{{id}}", "https://e.com/?t=1&who={{name}}"]),
            "headers": self.items("headers", pairs),
            "query_params": self.items("query_params", pairs, 2),
            "body_template": self.nullable(prose),
            "input_schema": self.values("input_schema"),
        }
        return self.items("custom_tools", st.fixed_dictionaries(tool), 2)

    @property
    def slack(self) -> Strategy:
        """``slack``."""
        channel = self.object({"id": labels}, {"name": self.nullable(labels)})
        return self.object(
            {
                "connection_id": labels,
                "channels": self.items("channels", channel),
                "outcomes": self.outcomes,
            },
            {"template": self.nullable(prose)},
        )

    @property
    def zoho(self) -> Strategy:
        """``zoho``."""
        mapping = st.fixed_dictionaries({"source": labels, "zoho_field": labels})
        return self.object(
            {
                "connection_id": labels,
                "module": labels,
                "field_mapping": self.items("field_mapping", mapping),
                "log_call_activity": st.booleans(),
                "outcomes": self.outcomes,
            },
            {"template": self.nullable(prose)},
        )

    @property
    def context(self) -> Strategy:
        """``stt_context``."""
        value = labels.filter(lambda text: not unreadable(text))
        hint = st.fixed_dictionaries({"key": labels, "value": value})
        return st.fixed_dictionaries(
            {"general": self.items("general", hint), "terms": self.items("terms", labels)}
        )

    @property
    def flow(self) -> Strategy:
        """``prompt_flow``."""
        node = {
            "id": labels,
            "type": st.just("promptBlock"),
            "position": positions,
            "data": st.fixed_dictionaries({"title": prose, "body": prose}),
        }
        edge = dict.fromkeys(("id", "source", "target"), labels)
        return st.fixed_dictionaries(
            {
                "nodes": self.items("nodes", st.fixed_dictionaries(node)),
                "edges": self.items("edges", st.fixed_dictionaries(edge)),
            }
        )


def _kind(kind: str, /, **members: Strategy) -> Strategy:
    return st.fixed_dictionaries({"type": st.just(kind), **members})


def _sole(item: Any) -> Any:
    """Return what tells an item apart where the documents name nothing."""
    if not isinstance(item, dict):
        return item
    return item.get("retry_delay_seconds") or json.dumps(item, sort_keys=True)
