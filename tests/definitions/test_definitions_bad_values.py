"""Values that the API does not take: what was found, what is wanted, how to write it."""

from __future__ import annotations

import pytest
from reading import LEAST, problems_of, short
from support.project import Project


@pytest.mark.parametrize(
    ("line", "expected", "message", "hint"),
    [
        ("promt: x", "3:1 unknown-key", "unknown key `promt`", "did you mean prompt?"),
        ("faq-items: []", "3:1 unknown-key", "`faq-items`", "did you mean faq_items?"),
        ("Voice: {}", "3:1 unknown-key", "`Voice`", "did you mean voice?"),
        ("xyzzy: 1", "3:1 unknown-key", "`xyzzy`", "field names are the API's own"),
        ("snyc: {}", "3:1 unknown-key", "`snyc`", "did you mean sync?"),
        (
            "voice: {id: x, provider: cartesia, sped: 1}",
            "3:36 unknown-key", "`sped` in `voice`", "did you mean speed?",
        ),
        (
            "llm_model: {type: openrouter, name: x}",
            "3:31 unknown-key", "`name` in `llm_model`", "openrouter_model_id",
        ),
        ("faq_items: [{question: q}]", "3:13 missing-key", "`faq_items[0]` lacks `answer`", "add"),
        ("voice: {id: x}", "3:8 missing-key", "`voice` lacks `provider`", "add `provider: …`"),
        ("llm_model: {name: gpt-4.1}", "3:12 missing-key", "lacks `type`", "dedicated-instance"),
        (
            "llm_model: {type: openroutr}",
            "3:19 unknown-value", "dedicated-instance, openrouter", "did you mean openrouter?",
        ),
        (
            "llm_model: {type: dedicated-instance, name: gpt-4}",
            "3:45 unknown-value", "`llm_model.name`", "did you mean gpt-4.1?",
        ),
        ("llm_model: gpt-4.1", "3:12 wrong-type", "a mapping; this is the text", "indented"),
        (
            "first_sentence_mode: Static",
            "3:22 unknown-value", "generated, static, none", "did you mean static?",
        ),
        ("first_sentence_mode: 1", "3:22 unknown-value", "the number 1", ""),
        ("background_sound: office", "3:19 unknown-value", "must be audio/office.ogg", ""),
        (
            "transfer_phone_number: +33612345678",
            "3:24 wrong-type", "a text; this is the number +33612345678", '"+33612345678"',
        ),
        ("webhook_url: true", "3:14 wrong-type", "the value true", 'in quotes: "true"'),
        ("webhook_url: [a]", "3:14 wrong-type", "a list", "only prompt may be a list"),
        ("webhook_url: {a: b}", "3:14 wrong-type", "a mapping", "needs quotes"),
        ("ivr_navigation_enabled: yes", "3:25 wrong-type", 'text "yes"', "write true"),
        ("ivr_navigation_enabled: 'off'", "3:25 wrong-type", "true or false", "write false"),
        ("ivr_navigation_enabled: 1", "3:25 wrong-type", "the number 1", ""),
        ("first_sentence_delay_ms: '400'", "3:26 wrong-type", "whole number", "quotes: 400"),
        ("first_sentence_delay_ms: 1.5", "3:26 wrong-type", "the number 1.5", "round"),
        ("first_sentence_delay_ms: true", "3:26 wrong-type", "the value true", ""),
        ("first_sentence_delay_ms: -1", "3:26 out-of-range", "at least 0", ""),
        ("first_sentence_delay_ms: 9007199254740992", "3:26 out-of-range", "at most", ""),
        ("max_call_duration_secs: soon", "3:25 wrong-type", 'a number; this is the text', ""),
        ("max_call_duration_secs: .inf", "3:25 out-of-range", "infinity", ""),
        ("max_call_duration_secs: .nan", "3:25 out-of-range", ".nan", ""),
        ("voice: {id: '', provider: cartesia}", "3:13 empty-text", "`voice.id`", ""),
        ("voice: {id: x, provider: cartesia, speed: 2}", "3:43 out-of-range", "at most 1.5", ""),
        ("faq_items: null", "3:12 null-value", "`faq_items` cannot be null", "write []"),
        ("faq_items:", "3:1 null-value", "`faq_items` cannot be null", "not managed"),
        ("first_sentence_mode: ~", "3:22 null-value", "cannot be null", "leave the field out"),
        ("voice: {id: null, provider: cartesia}", "3:13 null-value", "`voice.id`", "state a value"),
        ("faq_items: {}", "3:12 wrong-type", "a list; this is a mapping", "begin each item"),
        ("faq_items: [a]", "3:13 wrong-type", "`faq_items[0]` wants a mapping", ""),
        ("faq_items: [{question: 1}]", "3:24 wrong-type", "`faq_items[0].question`", '"1"'),
        ("file: x.yaml", "3:1 unknown-key", "`file`", "an include is {file: …} alone"),
        ("voice: {file: a.txt, id: x}", "3:9 unknown-key", "`file`", "an include is"),
        ("sync: {id: 5}", "3:12 wrong-type", "`sync.id` wants a text", "quotes"),
        ("sync: {id: ' '}", "3:12 empty-text", "`sync.id`", ""),
        ("sync: {rename_from: x}", "3:8 unknown-key", "`rename_from`", "mean renamed_from?"),
        ("sync: {replace: recreat}", "3:17 unknown-value", "must be in-place", "recreate"),
        ("sync: {replace: recreate}", "3:17 retire-unstated", "the old assistant", "retire: keep"),
        ("sync: {extra: 1}", "3:15 wrong-type", "a mapping of fields", "new_field"),
        ("sync: {extra: {voice: 1}}", "3:16 known-field", "this version knows", "top level"),
        ("sync: {extra: {created_by: 1}}", "3:16 known-field", "service's own", "remove"),
        ("sync: {ignore: voice}", "3:16 wrong-type", "a list of field names", ""),
        ("sync: {ignore: [voicee]}", "3:17 unknown-field", "no field `voicee`", "mean voice?"),
        ("sync: {ignore: [name]}", "3:17 unknown-field", "how the assistant is found", ""),
        ("sync: {ignore: [1]}", "3:17 wrong-type", "`sync.ignore[0]`", ""),
        ("sync:", "3:1 wrong-type", "`sync` wants a mapping", "renamed_from"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_where_it_stands(
    project: Project, line: str, expected: str, message: str, hint: str
) -> None:
    problems = problems_of(project, LEAST + line + "\n")
    assert expected in short(problems)
    (problem,) = [problem for problem in problems if expected in short([problem])]
    assert message in problem.message
    assert problem.hint
    assert hint in problem.hint
    assert problem.source_line == line


def test_a_name_and_a_prompt_are_needed(project: Project) -> None:
    assert short(problems_of(project, "first_sentence: x\n")) == [
        "1:1 missing-key",
        "1:1 missing-key",
    ]


def test_a_mistyped_key_is_not_also_missing(project: Project) -> None:
    assert short(problems_of(project, "nmae: A\nprompt: p\n")) == ["1:1 unknown-key"]


def test_a_value_in_a_list_is_placed_where_it_is_written(project: Project) -> None:
    text = LEAST + "faq_items:\n  - question: q\n    answer: a\n  - answer: b\n    question: 2\n"
    assert short(problems_of(project, text)) == ["7:15 wrong-type"]


def test_a_key_that_holds_a_credential_is_not_shown(project: Project) -> None:
    line = "llm_model: {type: openrouter, api_key: sk-123456}\n"
    problems = problems_of(project, LEAST + line)
    assert "unknown-key" in {problem.rule for problem in problems}
    assert {problem.source_line for problem in problems} == {None}
    assert "sk-123456" not in "".join(f"{problem.message}{problem.hint}" for problem in problems)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://me:pw@example.com/x", "https://*****@example.com/x"),
        ("https://example.com/?token=abcdef&v={{v}}", "https://example.com/?token=***&v={{v}}"),
        ("https://example.com/?abcdef#x", "https://example.com/?***#x"),
        ("https://example.com/?a=&b=${secret.B}", "https://example.com/?a=&b=${secret.B}"),
        ("https://example.com/?a=x${secret.B}", "https://example.com/?a=***"),
    ],
)
def test_credentials_in_urls_are_masked_after_the_caret(
    project: Project, url: str, shown: str
) -> None:
    (problem,) = problems_of(project, LEAST + f"wobhook_url: {url}\n", REVOX_SECRET_B="b-long-one")
    expected = shown.replace("*****@", "***@")
    assert problem.source_line == f"wobhook_url: {expected}"


def test_a_mask_before_the_caret_keeps_it_in_place(project: Project) -> None:
    line = 'calendly: {connection_id: "https://x/?t=abcdefgh", event_type_id: 1}'
    (problem,) = problems_of(project, LEAST + line + "\n")
    assert problem.source_line == line.replace("abcdefgh", "********")
    assert problem.location.column == line.index("1}") + 1


def test_a_url_is_not_quoted_in_a_message(project: Project) -> None:
    (problem,) = problems_of(project, LEAST + "faq_items: https://me:pw@example.com\n")
    assert "pw" not in problem.message
