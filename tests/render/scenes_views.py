"""Plans in which many assistants change alike, or git and the account both moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from revox_sync.account.remote import Target
from revox_sync.plan.model import (
    Action,
    Change,
    Create,
    Plan,
    Recreate,
    Recreation,
    Replace,
    Unchanged,
    Unmanaged,
)

Fields = dict[str, Any]
URL = "https://www.getrevox.com/api"

_LEGAL = """# Legal
Say that the call is recorded.
Never ask for a card number.
{offer}
Say where the privacy policy is."""
_OLD_OFFER = "Offer to delete the recording on request."
_NEW_OFFER = "Offer to delete the recording on request, and say how long it is kept."


def replaced(key: str, *changes: Change, **fields: Any) -> Action:
    """Return a replace in place with these changes."""
    kind = Recreate if "how" in fields else Replace
    given: Fields = {"id": f"id-{key}", **fields}
    return kind(
        key=key,
        name=key.rpartition("/")[2].title(),
        file=f"assistants/{key}.yaml",
        changes=changes,
        **given,
    )


def plan_of(*actions: Action, unmanaged: Sequence[Unmanaged] = ()) -> Plan:
    """Return a plan of these actions."""
    return Plan(Target(URL, "org_lumiere", "current"), actions, tuple(unmanaged))


def in_environment(plan: Plan, name: str) -> Plan:
    """Return the plan as one for an environment of its project."""
    return replace(plan, target=replace(plan.target, environment=name))


def _prompts(before: str, after: str) -> Change:
    return Change("prompt", "change", before, after)


def _with_legal(own: str, new_own: str | None = None) -> Change:
    before = f"{own}\n\n{_LEGAL.format(offer=_OLD_OFFER)}"
    after = f"{new_own or own}\n\n{_LEGAL.format(offer=_NEW_OFFER)}"
    return _prompts(before, after)


def _item(question: str, before: str | None, after: str | None, **more: Any) -> Change:
    def item(answer: str | None) -> Fields | None:
        return None if answer is None else {"question": question, "answer": answer}

    op = "add" if before is None else "remove" if after is None else "change"
    if "base" in more:
        more["base"] = item(more["base"])
    return Change(f"faq_items[{question}]", op, item(before), item(after), **more)  # type: ignore[arg-type]


def alike() -> Plan:
    """Return a plan in which a shared prompt part and a shared FAQ item changed."""
    dogs = _item("Do you take dogs?", "No.", "Yes, up to 10 kg.")
    voicemail = Change("voicemail_message", "remove", "Please call again.", None)
    return plan_of(
        replaced("hotel/bar", _with_legal("You pour."), dogs),
        replaced("hotel/desk", _with_legal("You greet.", "You greet by name."), dogs),
        replaced("hotel/pool", _with_legal("You guard."), dogs, voicemail),
        replaced("spa", _with_legal("You relax the caller."), notes=("mind the towels",)),
    )


_TIMES = "call_retry_config"
_WINDOW = {
    "calling_window_start_time": "09:00",
    "calling_window_end_time": "12:00",
    "retry_delay_seconds": 5400,
}


def heard() -> Plan:
    """Return a plan that changes whom callers reach, when, and what they hear."""
    return plan_of(
        replaced(
            "desk",
            Change("first_sentence_mode", "change", "static", "none"),
            Change("voicemail_message", "remove", "Please call again.", None),
            Change("transfer_destinations[0].phone_number", "change", "+331", "+332"),
            Change(
                "transfer_destinations[1]",
                "add",
                None,
                {"label": "Sales", "phone_number": "+33123456789"},
            ),
            Change("human_transfer_mode", "add", None, "cold"),
            Change(
                f"{_TIMES}.calling_windows[0].calling_window_end_time", "change", "18:00", "19:00"
            ),
            Change(f"{_TIMES}.calling_windows[0].retry_delay_seconds", "change", 7200, 1800),
            Change(f"{_TIMES}.calling_windows[1]", "add", None, _WINDOW),
            Change(f"{_TIMES}.timezone", "add", None, "Europe/Paris"),
            Change(f"{_TIMES}.allowed_days[2]", "remove", "saturday", None),
            Change("max_call_duration_secs", "change", 600, 900),
        ),
        Create(
            key="night",
            name="Night",
            file="assistants/night.yaml",
            changes=(
                Change("name", "add", None, "Night"),
                Change(
                    _TIMES,
                    "add",
                    None,
                    {
                        "calling_windows": [_WINDOW],
                        "timezone": None,
                        "max_retry_attempts": 3,
                        "allowed_days": ["friday", "monday", "thursday", "tuesday", "wednesday"],
                        "call_twice_in_a_row": True,
                    },
                ),
                Change("prompt", "add", None, "Whisper."),
            ),
        ),
    )


def conflicts() -> Plan:
    """Return a plan compared with a commit: of the pull request, of the account, and of both."""
    prompt = "You greet.\nBe kind.\nSay goodbye."
    both: Fields = {"origin": "both"}
    return plan_of(
        replaced(
            "desk",
            Change("first_sentence", "change", "Hi", "Hello", origin="definition"),
            Change("voicemail_message", "change", "Call us.", "Call back.", origin="drift"),
            Change(f"{_TIMES}.max_retry_attempts", "change", 4, 5, base=3, **both),
            Change(
                "prompt",
                "change",
                prompt.replace("kind", "brief"),
                prompt.replace("kind", "warm"),
                base=prompt,
                **both,
            ),
            _item("Do you take dogs?", "Never.", "Yes.", base="No.", **both),
            _item("Is there a pool?", None, "Yes.", origin="definition"),
            Change("voice.speed", "change", 1.2, 1.1, base=1, **both),
            Change("background_sound", "remove", "audio/office.ogg", None, origin="drift"),
        ),
        replaced("spa", Change("voice.speed", "change", 1, 1.2, origin="definition")),
        unmanaged=[Unmanaged("a7", "A demo that somebody made")],
    )


def since() -> Plan:
    """Return what definitions changed since a commit."""
    found = plan_of(
        replaced("desk", Change("first_sentence", "change", "Hi", "Hello"), id=None),
        unmanaged=[Unmanaged("night", "Night")],
    )
    return replace(found, target=Target("git:1f3a5c7", None, "current"))


def renewed() -> Plan:
    """Return a plan that replaces by a new assistant, and has what the account does not tell."""
    why = "--recreate"
    return plan_of(
        replaced(
            "desk",
            Change("end_of_call_sentence", "remove", "Goodbye", None),
            how=Recreation(why, "id-desk", None, "delete", ("+33123456789",)),
            open_questions=("Can I bring my own wine?",),
            notes=('faq_items: recreating drops the open question "Can I bring my own wine?"',),
        ),
        Unchanged(
            key="spa",
            name="Spa",
            id="id-spa",
            file="assistants/spa.yaml",
            notes=("llm_model.api_key: the account masks it",),
            unknown=("llm_model.api_key",),
        ),
    )
