"""Any account: pull writes files that load back equal, plan finds nothing to do, pull is done."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from support.desk import Desk
from support.examples import examples
from support.project import Project
from support.server import serving
from support.service import Habits, Service

from revox_sync.authoring import emit, secrets, state
from revox_sync.definitions.loader import load_definitions
from revox_sync.definitions.project import load_project
from revox_sync.operations import pull

Fields = dict[str, Any]

#: What the account holds wherever this strategy puts a credential.
CREDENTIAL = "s3cr3t-7f:x/y"

_FRAGMENTS = (
    *(" ", "  ", "\n", "\n\n", "\t", "\r\n", "\r", "\x85", "\u2028", "\u2029", "\xa0", "\ufeff"),
    *("\x1b", "\x7f", "\x9f", "\ufffe", "\U0001f468\u200d\U0001f469", "e\u0301", "é", "\u202e"),
    *(
        "yes",
        "off",
        "1.0",
        "12:30",
        "null",
        "~",
        "---",
        "...",
        "%YAML 1.1",
        "# no",
        " #",
        "- ",
        "? ",
    ),
    *(
        "${",
        "$${",
        "$",
        "${secret.X}",
        "${var.x}",
        "{{",
        "}}",
        "{{name}}",
        ": ",
        ":",
        "'",
        '"',
        "\\",
    ),
    *("|", ">", "&a", "*a", "!t", "@", "`", "[", "{", "<<", "word", "Two words."),
)
texts = st.lists(
    st.one_of(
        st.sampled_from(_FRAGMENTS),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    ),
    max_size=12,
).map("".join)
some_texts = texts.filter(lambda text: text != "")
assistant_names = texts.filter(lambda text: text.strip() != "")

_faqs = st.lists(st.fixed_dictionaries({"question": texts, "answer": texts}), max_size=3)
_values = st.lists(
    st.fixed_dictionaries(
        {
            "name": some_texts,
            "required": st.booleans(),
            "type": st.just("enum"),
            "enum_options": st.lists(texts, min_size=1, max_size=3),
            "description": st.none() | texts,
        }
    ),
    max_size=2,
    unique_by=lambda value: value["name"],
)
_tools = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["look_up", "no", "y"]),
        "description": some_texts,
        "method": st.just("POST"),
        "url": st.sampled_from(
            ["https://example.com/a", f"https://me:{CREDENTIAL.replace('/', '.')}@example.com"]
        ),
        "headers": st.lists(
            st.fixed_dictionaries({"key": some_texts, "value": st.just(CREDENTIAL)}), max_size=2
        ),
        "query_params": st.just([]),
        "body_template": st.none() | texts,
        "input_schema": _values,
    }
)
_prose = dict.fromkeys(
    (
        "first_sentence",
        "end_of_call_sentence",
        "max_duration_end_message",
        "voicemail_message",
        "voicemail_sms_prompt",
        "warm_transfer_summary_instructions",
        "sms_template",
        "after_call_sms_prompt",
        "structured_output_prompt",
    ),
    st.none() | texts,
)
_accounts = st.lists(
    st.fixed_dictionaries(
        {"name": assistant_names, "prompt": texts, "faq_items": _faqs},
        optional={
            **_prose,
            "cartesia_dictionary_pronunciation_id": some_texts,
            "structured_output_config": _values,
            "custom_tools": st.none() | _tools.map(lambda tool: [tool]),
            "webhook_url": st.sampled_from(
                [
                    f"https://example.com/$?a={{{{b}}}}&key={CREDENTIAL}",
                    "https://example.com/{{name}}",
                ]
            ),
            "stt_context": st.fixed_dictionaries(
                {
                    "general": st.lists(
                        st.fixed_dictionaries({"key": texts, "value": texts}), max_size=2
                    ),
                    "terms": st.lists(texts, max_size=2),
                }
            ),
            "voice": st.fixed_dictionaries(
                {
                    "id": some_texts,
                    "provider": st.just("cartesia"),
                    "speed": st.sampled_from([None, 1, 1.0, 1.05, 1.0499999523162842]),
                    "model": st.sampled_from([None, "sonic-3", "sonic-3.5"]),
                }
            ),
            "sms_enabled": st.booleans(),
            "max_call_duration_secs": st.floats(0.5, 1e9) | st.integers(1, 10**9),
            "type": st.just("standalone"),
        },
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda assistant: assistant["name"],
)


@pytest.fixture(scope="module")
def account() -> Iterator[Service]:
    with serving(Habits(list_has_faq=False)) as service:
        yield service


@settings(
    max_examples=examples(12),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(held=_accounts, apart=st.booleans())
def test_what_is_pulled_loads_back_equal_and_leaves_nothing_to_do(
    account: Service, held: list[Fields], apart: bool
) -> None:
    check_pull(account, held, apart=apart)


def check_pull(service: Service, held: list[Fields], *, apart: bool) -> None:
    """Pull an account; raise AssertionError where a promise breaks."""
    service.assistants.clear()
    identities = [str(service.create(fields)["id"]) for fields in held]
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Project(Path(folder)), service)
        pulled = desk.run("pull", *(["--prompts"] if apart else []))
        assert pulled.code == 0, pulled.said
        assert "left out:" not in pulled.out
        files = desk.project.files()
        assert len({_on_any_disk(path) for path in files}) == len(files)
        assert not any(CREDENTIAL.encode() in content for content in files.values())
        desk.env |= dict.fromkeys(re.findall(r"REVOX_SECRET_\w+", pulled.out), CREDENTIAL)
        desk.env |= {
            name: f"me:{CREDENTIAL.replace('/', '.')}"
            for name in re.findall(r"REVOX_SECRET_\w+_LOGIN(?:_\d+)?", pulled.out)
        }
        loaded = _definitions(desk)
        for identity, fields in zip(identities, held, strict=True):
            _check_equal(loaded[identity], fields)
        planned = desk.run("plan", "--detailed-exitcode")
        assert planned.code == 0, planned.said
        again = desk.run("pull", "--check")
        assert (again.code, desk.project.files()) == (0, files), again.said


def _definitions(desk: Desk) -> dict[str, Fields]:
    project, problems = load_project(desk.root, desk.env)
    loaded = load_definitions(project, desk.env)
    wrong = [found for found in loaded.diagnostics if found.severity == "error"]
    assert (problems, wrong) == ((), [])
    return {str(found.sync.id): dict(found.fields) for found in loaded.definitions}


def _check_equal(stated: Fields, held: Fields) -> None:
    """Every text is there as the account has it, but for the line ends of prose."""
    assert stated["prompt"] == _lf(held["prompt"])
    for name in ("name", "cartesia_dictionary_pronunciation_id", "webhook_url"):
        assert stated.get(name) == held.get(name), name
    for name in _prose:
        if name in stated or (held.get(name) or "").strip("\r\n"):
            assert stated[name] == _lf(held[name]), name
    assert stated.get("faq_items", []) == _lf(held["faq_items"])
    for name in ("structured_output_config", "custom_tools"):
        assert _without_nulls(stated.get(name)) == _without_nulls(_lf(held.get(name)))


def _lf(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, list):
        return [_lf(item) for item in value]
    if isinstance(value, dict):
        exact = ("name", "key", "enum_options")
        return {key: item if key in exact else _lf(item) for key, item in value.items()}
    return value


def _without_nulls(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_nulls(item) for item in value] or None
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return value


def _on_any_disk(path: str) -> str:
    return unicodedata.normalize("NFD", path).casefold()


Patch = Callable[[pytest.MonkeyPatch], None]


def _other_headers(pattern: str, instead: str) -> Patch:
    """Return what alters the headers of all blocks, and does not look whether they read back."""
    literal = emit._literal

    def altered(*given: Any) -> tuple[str, list[str]]:
        header, lines = literal(*given)
        return re.sub(pattern, instead, header), lines

    def plant(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(emit, "_literal", altered)
        patch.setattr(emit, "_reads_back", lambda *given: True)

    return plant


FAULTS: dict[str, tuple[Patch, Fields]] = {
    "a final newline for every block": (_other_headers("[-+]", ""), {"prompt": "a\nb"}),
    "no indentation indicator": (_other_headers(r"\d", ""), {"prompt": "  a\nb"}),
    "everything is plain": (
        lambda patch: patch.setattr(emit, "is_plain", lambda text: "\n" not in text),
        {"first_sentence": "yes: no"},
    ),
    "texts that look like numbers are plain": (
        lambda patch: patch.setattr(emit, "is_plain", lambda text: bool(text.strip())),
        {"first_sentence": "1.0"},
    ),
    "a reference is not escaped": (
        lambda patch: patch.setattr(secrets.Spelling, "_plain", lambda self, text: text),
        {"first_sentence": "Pay ${price}"},
    ),
    "line ends are kept": (
        lambda patch: patch.setattr(state, "Text", int),
        {"prompt": "a\r\nb"},
    ),
    "names differ by case alone": (
        lambda patch: (
            patch.setattr(pull, "slug", lambda name: name),
            patch.setattr(pull, "folded", lambda name: name),
        )[0],
        {},
    ),
    "a null is stated where the service needs none": (
        lambda patch: patch.setattr(state, "_needed", lambda member, held: "text"),
        {"faq_items": [{"question": "a", "answer": "b"}]},
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(
    account: Service, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant, fields = FAULTS[fault]
    held = [{"name": name, "prompt": "", "faq_items": [], **fields} for name in ("Desk", "DESK")]
    check_pull(account, held, apart=True)
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        check_pull(account, held, apart=True)
