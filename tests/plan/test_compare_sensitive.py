"""What a change shows of a secret: that there is a change, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from planning import compared, definition, faq, planned, remote

from revox_sync.model.path import Path
from revox_sync.plan.planfile import to_json
from revox_sync.secrecy.urls import MASK

SECRET = "Kq7Zr2Wx9"
VOICE = {"id": SECRET, "provider": "cartesia", "speed": 1.2}

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
        (("prompt",), {"prompt": SECRET}, {"prompt": "old"}, [("prompt", MASK, MASK)]),
        (("prompt",), {"prompt": SECRET}, {"prompt": None}, [("prompt", None, MASK)]),
        (
            ("voice", "id"),
            {"voice": VOICE},
            {"voice": {**VOICE, "id": "old", "speed": 1.0}},
            [("voice.id", MASK, MASK), ("voice.speed", 1, 1.2)],
        ),
        (("voice", "id"), {"voice": VOICE}, {}, [("voice", None, MASK)]),
        (
            ("structured_output_config", 0, "description"),
            {
                "structured_output_config": [
                    {"name": "n", "required": True, "type": "string", "description": SECRET}
                ]
            },
            {"structured_output_config": [{"name": "n", "required": True, "type": "string"}]},
            [("structured_output_config[0].description", None, MASK)],
        ),
    ],
)
def test_a_value_that_a_secret_went_into_is_masked_whole_on_both_sides(
    path: Path, stated: dict[str, Any], held: dict[str, Any], shown: list[tuple[Any, ...]]
) -> None:
    found = compared(definition(secrets=[path], **stated), remote(**held)).changes
    assert [(change.path, change.before, change.after) for change in found] == shown


def test_a_faq_with_a_secret_shows_only_what_is_stated_openly() -> None:
    items = [{"question": "Open?", "answer": "Yes."}, {"question": "Code?", "answer": SECRET}]
    stated = definition(faq_items=items, secrets=[("faq_items", 1, "answer")])
    found = compared(stated, remote(faq_items=faq(("Code?", "old code")))).changes
    assert [(change.path, change.sensitive) for change in found] == [
        ("faq_items[Open?]", False),
        (f"faq_items[{MASK}]", True),
    ]
    assert "old code" not in repr(found)


def test_a_secret_is_no_part_of_the_fingerprint_and_still_a_change() -> None:
    def action(secret: str) -> dict[str, Any]:
        stated = definition(prompt=secret, secrets=[("prompt",)])
        found: dict[str, Any] = to_json(planned([stated], remote()))["actions"][0]
        return found

    assert action("one")["fingerprint"] == action("two")["fingerprint"]
    assert action("one")["action"] == "replace"
