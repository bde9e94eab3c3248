"""Makes a project and the account that it is compared with, the same for the same seed.

The mix is that of real accounts: three languages, prompts of 3 to 14 KB, FAQs of 0 to 200 items of
which most are short, included prompts and FAQ lists, variables, secrets, one warning in 45 % of
the definitions, and 5 % of the assistants edited. Every list of a definition is spelled as people
spell it: blocks, quotes, anchors nowhere.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SEED = 18
WARNED = 0.45
CHANGED = 0.05

SECRETS = {"REVOX_SECRET_CRM": "crm-4f9a7b21c0d8e653", "REVOX_SECRET_DESK": "desk-81b2e4c99d07a35f"}
VARIABLES = {"company": "Seaview Hotels", "hours": "08:00", "seconds": 540, "site": "example.com"}

#: Words of English, French and German: characters of one, two and three bytes.
_WORDS = (
    "the guest asks politely whether a room with breakfast is free, and you answer briefly. never "
    "promise what the house cannot keep; offer a call back — always",
    "le client demande poliment si une chambre est libre à cette date, vous répondez brièvement. "
    "ne promettez jamais ce que l’hôtel ne peut tenir; proposez un rappel",
    "der Gast fragt höflich, ob ein Zimmer mit Frühstück frei ist, und Sie antworten kurz. "
    "versprechen Sie nie, was das Haus nicht halten kann; bieten Sie einen Rückruf für später an",
)
_GREETINGS = ("Hello, how can I help?", "Bonjour, que puis-je faire ?", "Guten Tag, wer ist dort?")


@dataclass(frozen=True)
class Made:
    """A project in ``folder``: what the account lists, and how many of its items differ."""

    folder: Path
    listed: bytes
    changed: int


def make(folder: Path, count: int, seed: int = SEED, changed: float = CHANGED) -> Made:
    """Write ``count`` definitions into ``folder``; return them with the account's list.

    Of that the share ``changed`` differs, and at least one, unless none is to.
    """
    chance = random.Random(seed)  # noqa: S311 - the same data each time
    (folder / "assistants/_shared").mkdir(parents=True)
    shared = _shared(folder, chance)
    stated = {
        "vars": VARIABLES,
        "profile": "current",
        "defaults": {"ivr_navigation_enabled": False},
    }
    (folder / "revox-sync.yaml").write_text(_block(stated), encoding="utf-8")
    listed = []
    edited = 0
    for number in range(count):
        language = number % len(_WORDS)
        definition, meant = _assistant(number, language, chance, shared)
        group = folder / "assistants" / ("en", "fr", "de")[language]
        group.mkdir(exist_ok=True)
        (group / f"a{number:05}.yaml").write_text(_block(definition), encoding="utf-8")
        held = {**meant, "ivr_navigation_enabled": False}
        if changed and (chance.random() < changed or number == 0):
            edited += 1
            _edit(held, chance)
        listed.append({**held, "id": f"{number:08x}", "created_at": "2026-01-01T00:00:00Z"})
    return Made(folder, json.dumps({"assistants": listed}).encode(), edited)


def _shared(folder: Path, chance: random.Random) -> list[dict[str, Any]]:
    """Write what definitions include, for each language; return what each stands for."""
    found = []
    for language in range(len(_WORDS)):
        rules = "\n".join(_sentence(chance, language) for _ in range(12))
        items = [_item(number, language, chance) for number in range(8)]
        place = folder / "assistants/_shared"
        (place / f"rules-{language}.md").write_text(f"{rules}\n", encoding="utf-8")
        (place / f"faq-{language}.yaml").write_text(_block(items), encoding="utf-8")
        found.append({"rules": rules, "items": items})
    return found


def _sentence(chance: random.Random, language: int) -> str:
    words = _WORDS[language].split()
    return " ".join(chance.choices(words, k=chance.randint(8, 22)))


def _item(number: int, language: int, chance: random.Random) -> dict[str, Any]:
    question = f"{_sentence(chance, language)} ({number})?"
    return {"question": question, "answer": _sentence(chance, language)}


def _assistant(
    number: int, language: int, chance: random.Random, shared: list[dict[str, Any]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a definition as it is written, and what it means."""
    lines = [
        f"- {_sentence(chance, language)} {{{{caller_name}}}}"
        for at in range(chance.randint(30, 110))
    ]
    written: dict[str, Any] = {
        "name": f"Assistant {number:05}",
        "prompt": f"# Line {number} of ${{var.company}}\n" + "\n".join(lines) + "\n",
        "first_sentence": _GREETINGS[language],
        "first_sentence_mode": "static",
        "voice": {"provider": "cartesia", "id": f"voice-{number}", "speed": 1.05},
        "max_call_duration_secs": "${var.seconds}" if number % 4 == 0 else 600,
        "webhook_url": "https://hooks.${var.site}/calls",
        "structured_output_config": [
            {"name": "email", "required": True, "type": "string", "description": "E-mail"},
            {"name": "mood", "required": False, "type": "enum", "enum_options": ["good", "bad"]},
        ],
    }
    # Most FAQs are short, a few have two hundred items, one in six has none.
    size = chance.choice((0, 5, 10, 15, 25, int(200 * chance.random() ** 3)))
    written["faq_items"] = [_item(at, language, chance) for at in range(size)]
    if number % 10 == 3:
        written["custom_tools"] = [_tool()]
    if chance.random() < WARNED:
        chance.choice(_SLIPS)(written)
    meant = json.loads(
        json.dumps(written, ensure_ascii=False)
        .replace('"${var.seconds}"', str(VARIABLES["seconds"]))
        .replace("${var.company}", str(VARIABLES["company"]))
        .replace("${var.site}", str(VARIABLES["site"]))
        .replace("${secret.CRM}", SECRETS["REVOX_SECRET_CRM"])
        .replace("${secret.DESK}", SECRETS["REVOX_SECRET_DESK"])
    )
    if number % 3 == 1:
        rules = f"../_shared/rules-{language}.md"
        written["prompt"] = [written["prompt"], {"file": rules}]
        meant["prompt"] = f"{meant['prompt']}\n{shared[language]['rules']}"
    if number % 5 == 2:
        written["faq_items"].append({"file": f"../_shared/faq-{language}.yaml"})
        meant["faq_items"] += shared[language]["items"]
    return written, meant


def _tool() -> dict[str, Any]:
    return {
        "name": "find_booking",
        "description": "Find a booking",
        "method": "GET",
        "url": "https://crm.${var.site}/bookings",
        "headers": [
            {"key": "Authorization", "value": "Bearer ${secret.CRM}"},
            {"key": "X-Desk", "value": "${secret.DESK}"},
        ],
        "query_params": [],
        "body_template": None,
        "input_schema": [],
    }


def _ask_twice(fields: dict[str, Any]) -> None:
    item = {"question": "Do you take dogs?", "answer": "Yes, small ones."}
    fields["faq_items"] = [item, *fields["faq_items"], {**item, "answer": "Yes, one."}]


def _lone_address(fields: dict[str, Any]) -> None:
    fields["email_notification_address"] = "desk@example.com"


def _idle_template(fields: dict[str, Any]) -> None:
    fields["sms_template"] = "Your booking is confirmed."


def _plain_http(fields: dict[str, Any]) -> None:
    fields["webhook_url"] = "http://hooks.${var.site}/calls"


def _idle_sentence(fields: dict[str, Any]) -> None:
    fields["first_sentence_mode"] = "none"


#: What each does to a definition earns it one warning.
_SLIPS: tuple[Callable[[dict[str, Any]], None], ...] = (
    _ask_twice,
    _lone_address,
    _idle_template,
    _plain_http,
    _idle_sentence,
)


def _edit(held: dict[str, Any], chance: random.Random) -> None:
    """Change an assistant as somebody does in the dashboard."""
    kind = chance.randrange(3)
    if kind == 0 or not held["faq_items"]:
        held["voice"] = {**held["voice"], "speed": 1.0}
    elif kind == 1:
        held["faq_items"] = held["faq_items"][1:]
    lines = held["prompt"].split("\n")
    lines[len(lines) // 2] += " Ask for the name first."
    held["prompt"] = "\n".join(lines)


def _block(value: Any, indent: int = 0) -> str:
    """Return a value as YAML the way people write it, ending in a line end."""
    pad = " " * indent
    if isinstance(value, dict):
        return "".join(f"{pad}{name}:{_after(one, indent)}" for name, one in value.items())
    lines = []
    for one in value:
        inner = _block(one, indent + 2) if isinstance(one, dict) else None
        lines.append(f"{pad}- {inner[indent + 2 :]}" if inner else f"{pad}-{_after(one, indent)}")
    return "".join(lines)


def _after(value: Any, indent: int) -> str:
    """Return what stands behind a colon or a dash."""
    if value and isinstance(value, dict | list):
        return "\n" + _block(value, indent + 2)
    if isinstance(value, str) and "\n" in value:
        ends = "|" if value.endswith("\n") else "|-"
        text = "".join(f"{' ' * (indent + 2)}{line}\n" for line in value.rstrip("\n").split("\n"))
        return f" {ends}\n{text}"
    is_plain = isinstance(value, str) and value.startswith("${") and value.endswith("}")
    return f" {value if is_plain else json.dumps(value, ensure_ascii=False)}\n"
