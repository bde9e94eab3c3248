"""Rules on what is passed to Slack and Zoho after a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from revox_sync.definitions.lint.rule import Found, Rule


def _no_outcome(fields: Mapping[str, Any]) -> Iterator[Found]:
    """`slack` and `zoho` name at least one outcome: nothing is sent after other calls."""
    for name, config in fields.items():
        if not config["outcomes"]:
            message = "without an outcome, nothing would ever be sent"
            hint = f"name outcomes, or write `{name}: null` for none"
            yield Found((name, "outcomes"), message, hint)


def _no_channel(fields: Mapping[str, Any]) -> Iterator[Found]:
    """`slack` names at least one channel to post to."""
    slack = fields["slack"]
    if slack.get("channels") == [] and not slack.get("channel_id"):
        message = "without a channel, nothing would ever be posted"
        yield Found(("slack", "channels"), message, "add `- id: …`, or write `slack: null`")


def _two_channel_forms(fields: Mapping[str, Any]) -> Iterator[Found]:
    """`slack.channel_id` and `slack.channels` are two forms of one thing.

    `channel_id` is the form of accounts before `channels` came.
    """
    slack = fields["slack"]
    if slack.get("channel_id") is not None and slack.get("channels"):
        message = "channels take the place of channel_id; no account has both"
        yield Found(("slack", "channel_id"), message, "keep one of them")


RULES = (
    Rule("no-outcome", "warning", ("slack", "zoho"), _no_outcome, apart=True),
    Rule("no-channel", "warning", ("slack",), _no_channel),
    Rule("two-channel-forms", "warning", ("slack",), _two_channel_forms),
)
