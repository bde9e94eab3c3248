"""Plans and outcomes with something of everything, for views to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from revox_sync.account.reader import Account
from revox_sync.account.remote import Remote
from revox_sync.apply.events import Outcome
from revox_sync.definitions.definition import Definition, SyncOptions
from revox_sync.model.path import Path
from revox_sync.plan.match import match
from revox_sync.plan.model import Plan, Rules
from revox_sync.plan.planner import plan as plan_matched

BASE_URL = "https://www.getrevox.com/api"
Fields = dict[str, Any]

_OLD_PROMPT = """You are the front desk of Hotel Lumière.
Always greet the caller by name.

# Bookings
Ask for the dates, the number of guests and the room type.
Repeat what you understood and wait for a yes.
Never promise a price that you have not looked up.

# Complaints
Apologise once, then offer a call back within the hour.

# Closing
Thank the caller and say goodbye.
"""
_NEW_PROMPT = (
    _OLD_PROMPT.replace("within the hour", "within two hours")
    .replace("Always greet the caller by name.\n", "")
    .replace("# Closing\n", "# Closing\nOffer to send a confirmation by text message.\n")
)
_LONG = "We are closed for the winter from 5 November to 20 March, and answer letters once a week"
_WINDOW = {
    "calling_window_start_time": "9am",
    "calling_window_end_time": "6pm",
    "retry_delay_seconds": 600,
}
_LATER = {**_WINDOW, "calling_window_end_time": "20:00"}
_VOICE = {"id": "lumiere-fr", "provider": "cartesia", "speed": 1.05}


def _faq(*items: tuple[str, str]) -> list[Fields]:
    return [{"question": question, "answer": answer} for question, answer in items]


def _definition(
    key: str,
    fields: Fields,
    sync: SyncOptions | None = None,
    secrets: Mapping[Path, str] | None = None,
) -> Definition:
    return Definition(key, f"assistants/{key}.yaml", fields, sync or SyncOptions(), secrets or {})


def _remote(identity: str, fields: Fields) -> Remote:
    return Remote({"id": identity, "organization_id": "org_lumiere", **fields})


def _front_desk() -> tuple[Definition, Remote]:
    """Return one of nearly every kind of change."""
    stated = {
        "name": "Front desk",
        "prompt": _NEW_PROMPT,
        "first_sentence": "Hello, Hotel Lumière, how can I help?",
        "voicemail_message": f"{_LONG}. Call again in spring.",
        "background_sound": None,
        "voice": _VOICE,
        "call_retry_config": {"calling_windows": [_WINDOW, _LATER], "max_retry_attempts": 3},
        "llm_model": {
            "type": "openrouter",
            "openrouter_model_id": "openai/gpt-4.1",
            "openrouter_provider": "azure",
        },
        "webhook_url": "https://hooks.example.com/revox?desk=1&token=new",
        "end_of_call_sentence": None,
        "faq_items": _faq(
            ("Do you take dogs?", "Yes, up to 10 kg."),
            ("Is there parking?", "Yes, behind the house.\nIt costs 12 euros a night."),
            ("When is breakfast?", "From 7 to 10."),
        ),
    }
    held = {
        **stated,
        "prompt": _OLD_PROMPT,
        "first_sentence": "Hello, how can I help?",
        "voicemail_message": f"{_LONG}.",
        "background_sound": "audio/office.ogg",
        "voice": {**_VOICE, "speed": 1.0},
        "call_retry_config": {"calling_windows": [_WINDOW], "max_retry_attempts": 2},
        "llm_model": {"type": "dedicated-instance", "name": "gpt-4.1"},
        "webhook_url": "https://hooks.example.com/revox?desk=1&token=old",
        "end_of_call_sentence": "Goodbye",
        "transfer_phone_number": "+33123456789",
        "faq_items": [
            *_faq(
                ("Do you take dogs?", "No."),
                ("When is breakfast?", "From 7 to 10."),
                ("Is there a pool?", "No."),
            ),
            {"question": "Can I bring my own wine?", "answer": "", "needs_human_answer": True},
        ],
    }
    return _definition("hotel/front-desk", stated), _remote("a1", held)


def plan(
    definitions: Sequence[Definition],
    account: Account,
    rules: Rules,
    allow_create: frozenset[str] = frozenset(),
) -> Plan:
    """Match and plan."""
    matching = match(definitions, account.remotes, allow_create=allow_create)
    return plan_matched(definitions, account, rules, matching, allow_create=allow_create)


def everything() -> Plan:
    """Return a plan with every kind of action and nearly every kind of change."""
    front_desk, held = _front_desk()
    outputs = [
        {"name": "satisfied", "required": True, "type": "boolean"},
        {"name": "score", "required": False, "type": "enum", "enum_options": ["low", "high"]},
    ]
    survey = {
        "name": "Survey",
        "prompt": "Ask how the stay was.\nBe brief.",
        "structured_output_config": outputs,
        "voice": _VOICE,
        "first_sentence_delay_ms": 0,
        "faq_items": _faq(("Who are you?", "A machine.")),
    }
    night = {"name": "Night", "prompt": "Whisper.", "voice": None}
    secret = {"name": "Vault", "prompt": "The code is 1234.", "calendly": None}
    return plan(
        [
            front_desk,
            _definition("hotel/survey", survey),
            _definition("hotel/night", night),
            _definition("hotel/twin", {"name": "Twin", "prompt": "One of two."}),
            _definition(
                "hotel/vault", secret, secrets={("prompt",): "The code is ${secret.CODE}."}
            ),
            _definition("spa", {"name": "Spa", "prompt": "Relax."}, SyncOptions(id="gone")),
            _definition("same", {"name": "Same", "prompt": "Nothing changes."}),
        ],
        Account(
            BASE_URL,
            (
                held,
                _remote("a2", {"name": "Night", "prompt": "Whisper.", "voice": _VOICE}),
                _remote("a3", {"name": "Twin", "prompt": "One of two."}),
                _remote("a4", {"name": "Twin", "prompt": "The other."}),
                _remote("a5", {"name": "Vault", "prompt": "The code is 0000."}),
                _remote("a6", {"name": "Same", "prompt": "Nothing changes."}),
                _remote("a7", {"name": "A demo that somebody made", "prompt": "Sell."}),
            ),
            "seed",
        ),
        Rules("seed"),
    )


def reset() -> Plan:
    """Return a plan in which absent fields go back to their resting values."""
    return plan(
        [_definition("desk", {"name": "Desk", "prompt": "Be kind."})],
        Account(
            BASE_URL,
            (
                _remote(
                    "a1",
                    {
                        "name": "Desk",
                        "prompt": "Be kind.",
                        "voicemail_message": "Call back.",
                        "first_sentence_delay_ms": 900,
                    },
                ),
            ),
            "seed",
        ),
        Rules("seed", absent="reset"),
    )


def nothing() -> Plan:
    """Return a plan for an account that is as defined."""
    fields = {"name": "Desk", "prompt": "Be kind."}
    account = Account(BASE_URL, (_remote("a1", fields),), "seed")
    return plan([_definition("desk", fields)], account, Rules("seed"))


#: What has done harm elsewhere: markup, control characters, direction marks, CI commands, texts
#: without an end, and characters that take two cells or none.
HOSTILE = (
    "[/b][red]markup[/red]",
    "\x1b[2J\x1b[31mred\x07\x08",
    "\x9b31m and \x00",
    "user\u202egpj.exe\u2066\u200b\ufeff",
    "::set-output name=x::y",
    "  ::error::indented",
    "##[group]folded",
    "##vso[task.setvariable]x",
    "a\n::warning::second line\n##[error]third",
    "a\r::notice::after a return\u2028::debug::after a separator",
    "x" * 2_000,
    "word " * 70,
    "日本語のとても長い文章です。" * 20,
    "👩\u200d👩\u200d👧 family 🏳️\u200d🌈 " * 10,
    "مرحبا بالعالم שלום עולם " * 10,
    "tab\tand\vfeed\f",
    "e\u0301" * 100,
    "\ud800 half",
    "",
    " ",
    "\n\n",
)


def hostile(texts: Sequence[str] = HOSTILE) -> Plan:
    """Return a plan that shows each text in every place that shows a text."""
    definitions, remotes = [], []
    for number, text in enumerate(texts):
        fields = {
            "name": f"{number} {text}",
            "prompt": f"before\n{text}\nafter {text}",
            "first_sentence": text,
            "call_retry_config": {"timezone": text, "calling_windows": [_WINDOW]},
            "webhook_url": text,
            "structured_output_config": [
                {"name": text or "n", "required": True, "type": "string", "description": text}
            ],
            "faq_items": _faq((text, text), (f"{text}?", "changed")),
        }
        held = {
            **fields,
            "prompt": f"before\n{text[::-1]}\nafter",
            "first_sentence": text[::-1],
            "call_retry_config": {"timezone": text[::-1], "calling_windows": [_WINDOW]},
            "webhook_url": "https://example.com",
            "structured_output_config": [],
            "faq_items": [
                *_faq((f"{text}?", text), (f"{text}!", text)),
                {"question": f"Why {text}", "answer": "", "needs_human_answer": True},
            ],
        }
        definitions.append(_definition(f"{number}/{text}", fields))
        remotes.append(_remote(f"{number}-{text}", held))
        definitions.append(_definition(f"new {number}/{text}", {**fields, "name": f"new {text}"}))
        remotes.append(_remote(f"stray {number}-{text}", {"name": f"stray {text}"}))
    account = Account("https://www.getrevox.com/api", tuple(remotes), "seed")
    allowed = frozenset(definition.key for definition in definitions)
    return plan(definitions, account, Rules("seed"), allow_create=allowed)


def outcomes() -> tuple[Outcome, ...]:
    """Return one outcome of each status."""
    actions = {action.key: action for action in everything().actions}
    front_desk, survey = actions["hotel/front-desk"], actions["hotel/survey"]
    return (
        Outcome(front_desk, "done", "a1", warnings=("2 queued calls keep the earlier text",)),
        Outcome(
            survey,
            "failed",
            None,
            "422 Unprocessable Entity: voice.id is unknown",
            hint="correct the definition",
        ),
        Outcome(actions["hotel/twin"], "refused", None, actions["hotel/twin"].refused),
        Outcome(actions["hotel/vault"], "unknown", "a5", "no answer within 60 s", "plan again"),
        Outcome(actions["spa"], "skipped", "gone", "the run ended before its turn"),
    )
