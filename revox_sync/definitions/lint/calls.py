"""Rules on calls: when they are placed, whom they are handed to, what is sent after them.

And on what callers hear: name and FAQ, the first sentence, the voice, sounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from pathlib import Path as File
from typing import Any

from revox_sync.definitions.lint.rule import Findings, repeated, rule
from revox_sync.definitions.problem import did_you_mean
from revox_sync.model.path import Path
from revox_sync.model.shapes import Clock

_FIELD = "call_retry_config"
_START, _END = "calling_window_start_time", "calling_window_end_time"

#: Documented: "Format: 'HH:mm' (24-hour) or 'H:mma' (12-hour). Examples: '17:00', '6pm'."
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|(?:1[0-2]|[1-9])(?::[0-5][0-9])?[ap]m")
_FEWEST = 2


@rule("error", _FIELD)
def time_format(fields: Mapping[str, Any]) -> Findings:
    """Times of a calling window are written `18:00` or `6pm`.

    Either 24 hours with two digits each, or 12 hours with `am` or `pm` in lower case and no space:
    `9am`, `6:30pm`.
    """
    for index, window in enumerate(fields[_FIELD]["calling_windows"]):
        for member in (_START, _END):
            if not _TIME.fullmatch(window[member]):
                message = "this is not a time as the API documents it"
                yield (_FIELD, "calling_windows", index, member), message, 'write "18:00" or "6pm"'


@rule("error", _FIELD)
def window_order(fields: Mapping[str, Any]) -> Findings:
    """A calling window ends after it starts.

    A window lies within one day; a night takes two windows.
    """
    for index, window in enumerate(fields[_FIELD]["calling_windows"]):
        if not (_TIME.fullmatch(window[_START]) and _TIME.fullmatch(window[_END])):
            continue
        start, end = Clock().canonical(window[_START]), Clock().canonical(window[_END])
        if end <= start:
            message = f"this window ends {'when' if end == start else 'before'} it starts"
            hint = "a window lies within one day; split a night into two"
            yield (_FIELD, "calling_windows", index, _END), message, hint


@rule("error", _FIELD)
def unknown_timezone(fields: Mapping[str, Any]) -> Findings:
    """`timezone` is a name of the IANA time zone database, such as `Europe/Paris`."""
    zone = fields[_FIELD].get("timezone")
    if zone is None or zone in _zone_names():
        return
    hint = did_you_mean(zone, _zone_names()) or "write a name such as Europe/Paris"
    yield (_FIELD, "timezone"), "there is no IANA time zone of this name", hint


@rule("error", _FIELD)
def no_calling_day(fields: Mapping[str, Any]) -> Findings:
    """`allowed_days` names at least one day.

    On a day that it does not name, no call is placed.
    """
    if fields[_FIELD].get("allowed_days") == []:
        message = "without a day, no call would ever be placed"
        yield (_FIELD, "allowed_days"), message, "name the days, such as [monday, tuesday]"


@rule("warning", _FIELD)
def idle_second_call(fields: Mapping[str, Any]) -> Findings:
    """`call_twice_in_a_row` needs `max_retry_attempts` of at least 2.

    It lets the second attempt follow the first at once; with one attempt there is no second.
    """
    config = fields[_FIELD]
    if config.get("call_twice_in_a_row") and config["max_retry_attempts"] < _FEWEST:
        message = "this has no effect while max_retry_attempts is below 2"
        hint = "raise max_retry_attempts to 2, or remove this"
        yield (_FIELD, "call_twice_in_a_row"), message, hint


@cache
def _zone_names() -> frozenset[str]:
    """Return every zone name. Read once; ``zoneinfo`` would open each zone's file to tell."""
    import tzdata  # type: ignore[import-untyped]

    listing = File(tzdata.__file__).with_name("zones")
    return frozenset(listing.read_text(encoding="utf-8").split())


_E164 = re.compile(r"\+[1-9]\d{1,14}", re.ASCII)


@rule("error", "from_phone_number", "transfer_phone_number", "transfer_destinations", apart=True)
def phone_format(fields: Mapping[str, Any]) -> Findings:
    """Phone numbers are in E.164 format: `+` and up to 15 digits.

    No spaces, dots or leading zero: `+33123456789`. This holds for `from_phone_number`,
    `transfer_phone_number` and the numbers of `transfer_destinations`.
    """
    for path, number in _numbers(fields):
        if not _E164.fullmatch(number):
            # (0) is dialled within the country only.
            digits = re.sub(r"\(0\)|[\s().-]", "", number)
            right = f"+{digits[2:]}" if digits.startswith("00") else digits
            is_right = _E164.fullmatch(right)
            hint = f'write "{right}"' if is_right else "write +, country code and number"
            message = "this is not a phone number in E.164 format, such as +33123456789"
            yield path, message, hint


def _numbers(fields: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for name, value in fields.items():
        if isinstance(value, list):
            for index, destination in enumerate(value):
                yield (name, index, "phone_number"), destination["phone_number"]
        else:
            yield (name,), value


_MODE, _PEOPLE = "human_transfer_mode", "transfer_destinations"


@rule("error", _MODE, _PEOPLE, "transfer_phone_number")
def transfer_to_nobody(fields: Mapping[str, Any]) -> Findings:
    """`human_transfer_mode` needs somebody to transfer to.

    That is `transfer_destinations`, or `transfer_phone_number` in accounts that still have it.
    Where transfer is off, the API wants the mode left out or `null`. A definition that states
    neither leaves them to the dashboard.
    """
    stated = [name for name in (_PEOPLE, "transfer_phone_number") if name in fields]
    if fields.get(_MODE) and stated and not any(fields[name] for name in stated):
        message = "there is nobody to transfer to, and then the API wants no mode"
        hint = "add `transfer_destinations: …`, or write null for no transfer"
        yield (_MODE,), message, hint


@rule("warning", "warm_transfer_summary_instructions", _MODE)
def idle_transfer_instructions(fields: Mapping[str, Any]) -> Findings:
    """`warm_transfer_summary_instructions` are for mode `warm`.

    In any other mode the assistant hands the call over without a briefing.
    """
    name = "warm_transfer_summary_instructions"
    if fields.get(name) and fields.get(_MODE) != "warm":
        message = "only a warm transfer has a briefing to give instructions for"
        yield (name,), message, "remove them, or use `human_transfer_mode: warm`"


@rule("warning", _PEOPLE, "prompt")
def unnamed_destination(fields: Mapping[str, Any]) -> Findings:
    """The prompt names every one of several transfer destinations.

    With several, the assistant picks one by the routing rules in its prompt, which refer to the
    labels. Upper and lower case and line breaks make no difference.
    """
    destinations, prompt = fields.get(_PEOPLE) or (), fields.get("prompt")
    if len(destinations) > 1 and prompt is not None:
        named = _plain(prompt)
        for index, destination in enumerate(destinations):
            if _plain(destination["label"]) not in named:
                message = "the prompt does not name this label, so nobody is sent there"
                hint = "say in the prompt whom to transfer there, by this label"
                yield (_PEOPLE, index, "label"), message, hint


@rule("error", _PEOPLE)
def blank_label(fields: Mapping[str, Any]) -> Findings:
    """Several transfer destinations each have a label: the prompt chooses by it."""
    destinations = fields[_PEOPLE]
    for index, destination in enumerate(destinations):
        if len(destinations) > 1 and not destination["label"].strip():
            message = "with several destinations the prompt chooses by label, and there is none"
            yield (_PEOPLE, index, "label"), message, "write a name such as Sales"


@rule("error", _PEOPLE)
def duplicate_label(fields: Mapping[str, Any]) -> Findings:
    """Two transfer destinations cannot have one label: the prompt chooses by it."""
    for earlier, index in repeated(_plain(found["label"]) or None for found in fields[_PEOPLE]):
        message = f"{_PEOPLE}[{earlier}] has this label too"
        yield (_PEOPLE, index, "label"), message, "rename or remove one of them"


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


_ADDRESS, _EMAIL_OUTCOMES = "email_notification_address", "email_notification_outcomes"
#: The most entries of one text that are told one by one.
_MOST_TOLD = 20
_PLAUSIBLE = re.compile(r"[^\s@,;<>]+@[^\s@,;<>.]+(?:\.[^\s@,;<>.]+)+")
_SMS_PROMPT, _SMS_OUTCOMES = "after_call_sms_prompt", "after_call_sms_outcomes"


@rule("error", _ADDRESS)
def email_format(fields: Mapping[str, Any]) -> Findings:
    """`email_notification_address` is an address, or several separated by commas.

    Addresses alone, without names: `alice@example.com, bob@example.com`.
    """
    entries = fields[_ADDRESS].split(",")
    wrong = (
        number
        for number, entry in enumerate(entries, start=1)
        if not _PLAUSIBLE.fullmatch(entry.strip())
    )
    for number in islice(wrong, _MOST_TOLD):
        which = f"entry {number}" if len(entries) > 1 else "this"
        hint = "write alice@example.com; a comma separates several, null stands for none"
        yield (_ADDRESS,), f"{which} is not an e-mail address", hint


@rule("warning", _ADDRESS, _EMAIL_OUTCOMES)
def half_email(fields: Mapping[str, Any]) -> Findings:
    """E-mail notifications need an address and the outcomes that trigger them.

    With only one of the two, none is ever sent.
    """
    yield from _half(fields, _ADDRESS, _EMAIL_OUTCOMES, "address", "e-mail")


@rule("warning", _SMS_PROMPT, _SMS_OUTCOMES)
def half_sms(fields: Mapping[str, Any]) -> Findings:
    """The SMS after a call needs `after_call_sms_prompt` and `after_call_sms_outcomes`.

    Where one of the two is empty or `null`, the API sends none.
    """
    yield from _half(fields, _SMS_PROMPT, _SMS_OUTCOMES, "prompt", "SMS")


def _half(fields: Mapping[str, Any], name: str, outcomes: str, what: str, message: str) -> Findings:
    if fields.get(name) and not fields.get(outcomes):
        problem = f"no outcome triggers this {message}, so it is never sent"
        yield (name,), problem, f"add `{outcomes}: [interested]`, for example"
    if fields.get(outcomes) and not fields.get(name):
        problem = f"there is no {what} for this {message}, so it is never sent"
        yield (outcomes,), problem, f"add `{name}: …`"


@rule("warning", "sms_template", "sms_enabled")
def idle_sms_template(fields: Mapping[str, Any]) -> Findings:
    """`sms_template` needs `sms_enabled: true`.

    It is the text of messages during a call, which `sms_enabled` allows.
    """
    if fields.get("sms_template") and not fields.get("sms_enabled"):
        message = "the assistant only sends SMS during calls if sms_enabled is true"
        yield ("sms_template",), message, "add `sms_enabled: true`, or remove the template"


@rule("warning", "slack", "zoho", apart=True)
def no_outcome(fields: Mapping[str, Any]) -> Findings:
    """`slack` and `zoho` name at least one outcome: nothing is sent after other calls."""
    for name, config in fields.items():
        if not config["outcomes"]:
            message = "without an outcome, nothing would ever be sent"
            hint = f"name outcomes, or write `{name}: null` for none"
            yield (name, "outcomes"), message, hint


@rule("warning", "slack")
def no_channel(fields: Mapping[str, Any]) -> Findings:
    """`slack` names at least one channel to post to."""
    slack = fields["slack"]
    if slack.get("channels") == [] and not slack.get("channel_id"):
        message = "without a channel, nothing would ever be posted"
        yield ("slack", "channels"), message, "add `- id: …`, or write `slack: null`"


@rule("warning", "slack")
def two_channel_forms(fields: Mapping[str, Any]) -> Findings:
    """`slack.channel_id` and `slack.channels` are two forms of one thing.

    `channel_id` is the form of accounts before `channels` came.
    """
    slack = fields["slack"]
    if slack.get("channel_id") is not None and slack.get("channels"):
        message = "channels take the place of channel_id; no account has both"
        yield ("slack", "channel_id"), message, "keep one of them"


@rule("error", "name")
def blank_name(fields: Mapping[str, Any]) -> Findings:
    """`name` is not blank: an assistant is found by it."""
    if not fields["name"].strip():
        yield ("name",), "the name is blank", "name the assistant; it is found by its name"


@rule("warning", "faq_items")
def duplicate_question(fields: Mapping[str, Any]) -> Findings:
    """A question stands in the FAQ once.

    The API takes a question twice; which of the answers the assistant gives is open.
    """
    for earlier, index in repeated(item["question"] for item in fields["faq_items"]):
        message = f"faq_items[{earlier}] asks the same"
        yield ("faq_items", index, "question"), message, "keep one of them"


_FIRST_SENTENCE = ("first_sentence_mode", "first_sentence")


@rule("error", *_FIRST_SENTENCE)
def static_without_sentence(fields: Mapping[str, Any]) -> Findings:
    """Mode `static` needs a `first_sentence`.

    In mode `static` the assistant speaks `first_sentence` word for word. What it says when there
    is none is not documented.
    """
    if fields.get("first_sentence_mode") == "static" and not fields.get("first_sentence"):
        message = "mode static speaks the first_sentence word for word, and there is none"
        yield ("first_sentence_mode",), message, "add `first_sentence: …`"


@rule("off", *_FIRST_SENTENCE)
def first_sentence_is_static(fields: Mapping[str, Any]) -> Findings:
    """Every first sentence is said word for word: `first_sentence_mode` is `static`.

    For those who have to know what callers hear first. A definition that states neither the mode
    nor the sentence leaves them to the dashboard.
    """
    if fields.get("first_sentence_mode") != "static":
        name = "first_sentence_mode" if "first_sentence_mode" in fields else "first_sentence"
        message = "the first sentence may be another than this project wants to be sure of"
        yield (name,), message, "write `first_sentence_mode: static`"


#: As many characters take a model a noticeable part of a second to read, before each answer.
_LONG_PROMPT = 20_000


@rule("off", "prompt")
def long_prompt(fields: Mapping[str, Any]) -> Findings:
    """A prompt has at most 20,000 characters: a caller waits while the model reads it."""
    if len(fields["prompt"]) > _LONG_PROMPT:
        message = f"the prompt has {len(fields['prompt'])} characters, which slows every answer"
        yield ("prompt",), message, f"shorten it to {_LONG_PROMPT}; facts go into faq_items"


@rule("warning", *_FIRST_SENTENCE)
def idle_first_sentence(fields: Mapping[str, Any]) -> Findings:
    """A `first_sentence` is idle in mode `none`.

    In mode `none` the assistant waits for the other side to speak, so that the sentence is never
    said.
    """
    if fields.get("first_sentence_mode") == "none" and fields.get("first_sentence"):
        message = "in mode none the assistant waits, so this sentence is never said"
        yield ("first_sentence",), message, "remove it, or use mode static or generated"


#: Documented: "Range depends on provider: Cartesia 0.6-1.5, ElevenLabs 0.7-1.2, Gradium 0.6-1.5."
_SPEEDS = {"cartesia": (0.6, 1.5), "elevenlabs": (0.7, 1.2), "gradium": (0.6, 1.5)}


@rule("error", "voice")
def voice_speed(fields: Mapping[str, Any]) -> Findings:
    """`voice.speed` lies in the range of the voice's provider.

    Cartesia: 0.6 to 1.5. ElevenLabs: 0.7 to 1.2. Gradium: 0.6 to 1.5.
    """
    voice = fields["voice"]
    speed = voice.get("speed")
    slowest, fastest = _SPEEDS[voice["provider"]]
    if speed is not None and not slowest <= speed <= fastest:
        message = f"voices of this provider speak at a speed from {slowest} to {fastest}"
        yield ("voice", "speed"), message, "1.0 is the default"


@rule("warning", "voice")
def cartesia_only(fields: Mapping[str, Any]) -> Findings:
    """`voice.model` and `voice.volume` are for voices of Cartesia.

    For other providers the API documents that they are ignored.
    """
    voice = fields["voice"]
    for member in ("model", "volume"):
        if voice["provider"] != "cartesia" and voice.get(member) is not None:
            message = f"`{member}` is ignored unless the provider is cartesia"
            yield ("voice", member), message, "remove it"


_SOUNDS = {
    "background_sound": ("background_sound_volume",),
    "thinking_sound": ("thinking_sound_volume", "thinking_sound_probability"),
}


@rule("warning", *tuple(name for sound, settings in _SOUNDS.items() for name in (sound, *settings)))
def idle_sound_setting(fields: Mapping[str, Any]) -> Findings:
    """The volume and the probability of a sound are idle where the sound is `null`.

    `null` turns a sound off. A sound that is not stated may be set in the dashboard.
    """
    for sound, settings in _SOUNDS.items():
        if sound not in fields or fields[sound] is not None:
            continue
        for setting in settings:
            if fields.get(setting) is not None:
                message = f"`{sound}` is null, so this is never used"
                yield (setting,), message, f"remove it, or choose a {sound}"


_TEXTS = (
    *("prompt", "first_sentence", "end_of_call_sentence", "voicemail_message", "sms_template"),
    *("after_call_sms_prompt", "voicemail_sms_prompt", "max_duration_end_message"),
    *("structured_output_prompt", "warm_transfer_summary_instructions"),
    *("faq_items", "slack", "zoho"),
)
_EMPTY = re.compile(r"\{\{\s*\}\}")
#: Each pattern begins with the brace itself, which Python's search finds fast in a long prompt.
_SINGLE = re.compile(r"\{(?<![{$\w]\{)[^\W\d]\w*\}(?!\})")
#: JSON in a text may well end in several braces, so those alone say nothing.
_UNPAIRED = re.compile(r"\{(?:\{(?![^{}]*\}\})|(?<!\{\{)[ \w]+\}\})")
#: What one of these three finds something in; mostly none does.
_WRONG = re.compile(
    r"\{(?:\{(?:\s*\}\}|(?![^{}]*\}\}))|(?<![{$\w]\{)[^\W\d]\w*\}(?!\})|(?<!\{\{)[ \w]+\}\})"
)


@rule("warning", *_TEXTS, apart=True)
def variable_braces(fields: Mapping[str, Any]) -> Findings:
    """A variable is written `{{name}}`: two braces on either side, and a name.

    What has one brace, no name, or no end is spoken or sent as it stands.
    """
    for path, text in _spoken(fields):
        if not _WRONG.search(text):
            continue
        hint = "write {{name}}"
        if _EMPTY.search(text):
            yield path, "there is a variable without a name in this text: {{ }}", hint
        if _SINGLE.search(text):
            yield path, "there is a name in single braces in this text; calls fill in none", hint
        if _UNPAIRED.search(text):
            yield path, "the {{ and }} of this text do not pair up", "close each {{ with }}"


def _spoken(fields: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Yield the texts that hold a brace, with their places."""
    for name, value in fields.items():
        if name == "faq_items":
            for index, item in enumerate(value):
                for member in ("question", "answer"):
                    if "{" in item[member]:
                        yield (name, index, member), item[member]
        elif isinstance(value, str):
            yield (name,), value
        elif value.get("template") is not None:
            yield (name, "template"), value["template"]
