"""What a change shows of secrets: how a definition refers to them, and nothing of their values."""

from __future__ import annotations

import json
from typing import Any

import pytest
from planning import compared, definition, planned, remote

from revox_sync.model.fields import FIELDS
from revox_sync.model.path import Path
from revox_sync.plan.model import Rules
from revox_sync.plan.planfile import to_json
from revox_sync.secrecy.urls import MASK
from revox_sync.secrecy.values import HOLDS_SECRET

SECRET = "Kq7Zr2Wx9"
WRITTEN = "${secret.NAME}"
VOICE = {"id": SECRET, "provider": "cartesia", "speed": 1.2}

#: Fields that are sorted before they are compared, and where in each a secret stands.
UNORDERED: dict[str, tuple[Any, Path]] = {
    "transfer_destinations": (
        [
            {"label": "z", "phone_number": SECRET},
            {"label": "a", "phone_number": "+33123456789"},
            {"label": "m", "phone_number": "+33123456780"},
        ],
        (0, "phone_number"),
    ),
    "stt_context": (
        {"terms": ["zz", SECRET, "aa", "aa"], "general": [{"key": "k", "value": "v"}]},
        ("terms", 1),
    ),
    "after_call_sms_outcomes": (["zz", SECRET, "aa"], (1,)),
}

#: URLs that the lint lets through, or that an account may hold.
HIDDEN = [
    f"https://example.com/?t={SECRET}=={SECRET}",
    f"https://example.com/?t={{{{x}}}}{SECRET}",
    f"https://example.com/?a=1;t={SECRET}",
    f"https://example.com/?phone={{{{ phone }}}}&token={SECRET}",
    f"https://example.com/?t=a'{SECRET}",
    f'https://example.com/?t=a"{SECRET}',
    f"https://example.com/?t=a\\{SECRET}",
    f"https://example.com/?t=<a>{SECRET}",
    f"https://example.com/?t=a {SECRET}",
    f"https://example.com/<id>?t={SECRET}",
    f"https://example.com/{{{{ id }}}}?t={SECRET}",
    f"{{{{host}}}}/hook?token={SECRET}",
    f"example.com/hook?token={SECRET}",
    f"//user:{SECRET}@example.com/",
]


@pytest.mark.parametrize("url", HIDDEN)
def test_a_url_field_hides_every_query_value_and_user(url: str) -> None:
    for held in (None, remote()):
        found = compared(definition(webhook_url=url), held).changes
        [change] = [change for change in found if change.path == "webhook_url"]
        assert SECRET not in change.after
        assert change.sensitive


def test_what_is_no_secret_of_a_url_stays_visible() -> None:
    stated = definition(webhook_url=f"https://new.example.com/hook?id={{{{id}}}}&t={SECRET}")
    [change] = compared(stated, remote(webhook_url="https://old.example.com/hook?t=x")).changes
    assert change.before == f"https://old.example.com/hook?t={MASK}"
    assert change.after == f"https://new.example.com/hook?id={{{{id}}}}&t={MASK}"


def test_a_url_of_which_only_the_secret_changed_is_still_a_change() -> None:
    stated = definition(webhook_url=f"https://example.com/?t={SECRET}")
    [change] = compared(stated, remote(webhook_url="https://example.com/?t=old")).changes
    assert change.sensitive and change.before == change.after


@pytest.mark.parametrize(
    ("path", "stated", "held", "shown"),
    [
        (("prompt",), {"prompt": SECRET}, {"prompt": "old"}, [("prompt", HOLDS_SECRET, WRITTEN)]),
        (("prompt",), {"prompt": SECRET}, {"prompt": None}, [("prompt", None, WRITTEN)]),
        (
            ("voice", "id"),
            {"voice": VOICE},
            {"voice": {**VOICE, "id": "old", "speed": 1.0}},
            [("voice.id", HOLDS_SECRET, WRITTEN), ("voice.speed", 1, 1.2)],
        ),
        (("voice", "id"), {"voice": VOICE}, {}, [("voice", None, {**VOICE, "id": WRITTEN})]),
        (
            ("structured_output_config", 0, "description"),
            {
                "structured_output_config": [
                    {"name": "n", "required": True, "type": "string", "description": SECRET}
                ]
            },
            {"structured_output_config": [{"name": "n", "required": True, "type": "string"}]},
            [("structured_output_config[0].description", None, WRITTEN)],
        ),
    ],
)
def test_a_text_with_a_secret_is_shown_as_written_on_one_side_alone(
    path: Path, stated: dict[str, Any], held: dict[str, Any], shown: list[tuple[Any, ...]]
) -> None:
    found = compared(definition(secrets={path: WRITTEN}, **stated), remote(**held)).changes
    assert [(change.path, change.before, change.after) for change in found] == shown


@pytest.mark.parametrize("field", UNORDERED)
def test_what_is_sorted_is_shown_as_it_is_written(field: str) -> None:
    """The order goes by the values, and each text stays with its own."""
    stated, path = UNORDERED[field]
    made = definition(secrets={(field, *path): WRITTEN}, **{field: stated})
    found = compared(made, None, Rules("current")).changes
    [change] = [change for change in found if change.path == field]
    plain = FIELDS[field].shape.canonical(stated)
    assert json.loads(json.dumps(change.after).replace(WRITTEN, SECRET)) == plain
    assert json.dumps(change.after).count(WRITTEN) == 1


def test_a_secret_is_no_part_of_the_fingerprint_and_still_a_change() -> None:
    def action(secret: str, written: str) -> dict[str, Any]:
        stated = definition(prompt=secret, secrets={("prompt",): written})
        found: dict[str, Any] = to_json(planned([stated], remote()))["actions"][0]
        return found

    one = action("one", WRITTEN)
    assert one["action"] == "replace"
    assert one["fingerprint"] == action("two", WRITTEN)["fingerprint"]
    assert one["fingerprint"] != action("one", "${secret.OTHER}")["fingerprint"]
