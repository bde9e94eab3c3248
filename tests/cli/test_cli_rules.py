"""``rules:`` in the project file: how severe what rules find is, and in which definitions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from cli.test_cli_uses import speaking
from definitions.repository import Repository
from support.desk import Desk

from revox_sync.definitions import severity
from revox_sync.definitions.problem import Problem
from revox_sync.definitions.severity import Severities


def _mild(rules: Severities, problems: list[Problem], *keys: str) -> list[Problem]:
    return [
        one if one.rule not in severity.ADJUSTABLE else replace(one, severity="warning")
        for one in problems
    ]


#: A warning and an error, each in a line of its own.
LOOSE = {"webhook_url": "http://example.com/hook", "first_sentence_mode": "static"}


def told(desk: Desk) -> list[tuple[str, str, str]]:
    """Return severity, rule and file of what ``validate`` finds."""
    found = desk.run("validate", "--format", "json").json["diagnostics"]
    return [(one["severity"], one["rule"], one["file"]) for one in found]


def stating(desk: Desk, rules: str) -> None:
    """Let the project file hold rules, as YAML."""
    desk.project.write("revox-sync.yaml", f"rules: {rules}\n")


def test_a_rule_is_as_severe_as_the_project_says_and_for_whom(desk: Desk) -> None:
    for key in ("hotel/a", "hotel/suite/b", "c"):
        desk.project.define(key, name=key, **LOOSE)
    stating(desk, "{webhook-not-https: error, static-without-sentence: warning}")
    assert [one[:2] for one in told(desk)] == 3 * [
        ("error", "webhook-not-https"),
        ("warning", "static-without-sentence"),
    ]
    stating(
        desk,
        '{webhook-not-https: off, "hotel/*": {static-without-sentence: off, '
        "webhook-not-https: warning}, hotel/a: {static-without-sentence: warning}}",
    )
    assert told(desk) == [
        ("error", "static-without-sentence", "assistants/c.yaml"),
        ("warning", "webhook-not-https", "assistants/hotel/a.yaml"),
        ("warning", "static-without-sentence", "assistants/hotel/a.yaml"),
        ("warning", "webhook-not-https", "assistants/hotel/suite/b.yaml"),
    ]
    stating(desk, "{static-without-sentence: warning, webhook-not-https: off}")
    for verb in ("plan", "drift"):
        assert desk.run(verb).code == (2 if verb == "drift" else 0)
    assert desk.apply().code == 0


def test_a_rule_that_is_off_is_for_projects_that_want_it(desk: Desk) -> None:
    desk.project.define("hotel/a", prompt="Be kind. " * 3000, first_sentence="Hello.")
    desk.project.define("b", prompt="Be kind. " * 3000, first_sentence_mode="generated")
    assert told(desk) == []
    stating(
        desk,
        '{first-sentence-is-static: error, long-prompt: warning, "hotel/*": {long-prompt: off}}',
    )
    assert told(desk) == [
        ("warning", "long-prompt", "assistants/b.yaml"),
        ("error", "first-sentence-is-static", "assistants/b.yaml"),
        ("error", "first-sentence-is-static", "assistants/hotel/a.yaml"),
    ]


def test_a_finding_of_the_defaults_and_across_definitions_is_judged_too(desk: Desk) -> None:
    desk.project.define("a", name="Ada")
    desk.project.define("b", name="ADA")
    desk.project.write("revox-sync.yaml", "defaults: {webhook_url: 'http://example.com'}\n")
    assert [one[0] for one in told(desk)] == ["warning", "warning"]
    desk.project.write(
        "revox-sync.yaml",
        "defaults: {webhook_url: 'http://example.com'}\n"
        "rules: {webhook-not-https: error, similar-name: off, a: {similar-name: error}}\n",
    )
    assert told(desk) == [
        ("error", "similar-name", "assistants/b.yaml"),
        ("error", "webhook-not-https", "revox-sync.yaml"),
    ]


@pytest.mark.parametrize(
    ("rules", "place", "words"),
    [
        ("{webhook-not-http: off}", "1:9", "did you mean webhook-not-https?"),
        ("{'a*': {webhook-not-http: off}}", "1:16", "did you mean webhook-not-https?"),
        ("{webhook-not-https: warn}", "1:28", "did you mean warning?"),
        ("{webhook-not-https: {a: off}}", "1:28", "must be error or warning or off"),
        ("{unknown-key: off}", "1:9", "the severity of `unknown-key` cannot be changed"),
        ("{duplicate-name: off}", "1:9", "which assistant a definition means"),
        ("{'hotel/*': off}", "1:9", '"hotel/*": {not-https: error}'),
        ("[not-https]", "1:8", "a mapping of rules"),
        ("{'hotel/*': {not-https: off}}", "1:9", "no definition has this key"),
    ],
)
def test_what_is_wrong_with_rules_is_told_where_it_stands(
    desk: Desk, rules: str, place: str, words: str
) -> None:
    desk.project.define("front-desk")
    stating(desk, rules)
    result = desk.run("validate")
    assert f"revox-sync.yaml:{place}: " in result.out
    assert words in result.out


@pytest.fixture
def loosened(desk: Desk) -> tuple[Desk, Repository]:
    """A commit without rules; now the definition has an error that the project switches off."""
    repository = Repository.at(desk.root)
    desk.env |= repository.env
    desk.project.define("front-desk")
    desk.project.write("revox-sync.yaml", "absent: keep\n")
    repository.commit()
    desk.project.define("front-desk", first_sentence_mode="static")
    stating(desk, "{static-without-sentence: off}")
    return desk, repository


def test_a_change_cannot_switch_off_a_rule_for_itself(loosened: tuple[Desk, Repository]) -> None:
    desk, repository = loosened
    assert desk.run("plan").code == 0
    result = desk.run("plan", "--base", "HEAD")
    assert result.code == 1
    assert "error[static-without-sentence]" in result.err
    assert "first merge a change of `rules:`" in result.err
    assert desk.apply("--base", "HEAD").code == 1
    repository.commit()
    assert desk.run("plan", "--base", "HEAD").code != 1


def test_what_the_base_makes_an_error_stays_one(loosened: tuple[Desk, Repository]) -> None:
    desk, repository = loosened
    stating(desk, "{webhook-not-https: error}")
    desk.project.define("front-desk")
    repository.commit()
    desk.project.define("front-desk", webhook_url="http://example.com/hook")
    (desk.root / "revox-sync.yaml").unlink()
    assert desk.run("plan").code == 0
    result = desk.run("plan", "--base", "HEAD")
    assert result.code == 1
    assert "error[webhook-not-https]" in result.err


def test_a_new_environment_is_held_to_the_rules_of_the_base(
    loosened: tuple[Desk, Repository],
) -> None:
    desk, repository = loosened
    rules = "rules: {webhook-not-https: error}\n"
    desk.project.write("revox-sync.yaml", f"environments: {{a: {{}}}}\n{rules}")
    desk.project.define("front-desk")
    repository.commit()
    desk.project.define("front-desk", webhook_url="http://example.com/hook")
    desk.project.write("revox-sync.yaml", "environments: {a: {}, b: {}}\n")
    assert desk.run("plan", "--env", "b").code == 0
    for name in ("a", "b"):
        assert desk.run("plan", "--env", name, "--base", "HEAD").code == 1


def test_a_new_project_says_for_itself(desk: Desk) -> None:
    repository = Repository.at(desk.root)
    desk.env |= repository.env
    desk.project.write("readme", "x\n")
    repository.commit()
    desk.project.define("front-desk", first_sentence_mode="static")
    stating(desk, "{static-without-sentence: off}")
    assert desk.run("plan", "--base", "HEAD").code == 0


@pytest.mark.parametrize(("word", "code"), [("error", 3), ("warning", 0), ("off", 0)])
def test_a_voice_is_looked_up_as_the_project_says(desk: Desk, word: str, code: int) -> None:
    desk.service.add("front-desk")
    speaking(desk, id="kati-1")
    stating(desk, f"{{front-desk: {{unknown-voice: {word}}}}}")
    result = desk.run("plan")
    assert result.code == code, result.said
    action = desk.action()
    assert (action["refused"] or "").startswith("unknown-voice: ") == (word == "error")
    found = [one for one in desk.plan()["diagnostics"] if one["rule"] == "unknown-voice"]
    assert [(one["severity"], one["line"]) for one in found] == [(word, 3)] * (word != "off")
    asked = [one.path for one in desk.service.requests if one.path == "/voices"]
    assert bool(asked) == (word != "off")
    assert desk.apply().code == code


def test_a_number_is_looked_up_as_the_project_says(desk: Desk) -> None:
    desk.service.add("front-desk")
    desk.service.phone_numbers.append(
        {"id": "out", "phone_number": "+33159169003", "inbound_assistant": None}
    )
    desk.project.define("front-desk", from_phone_number="+33159169009")
    assert desk.run("plan").code == 3
    stating(desk, "{unknown-phone-number: warning}")
    (found,) = desk.plan()["diagnostics"]
    assert (found["severity"], found["rule"]) == ("warning", "unknown-phone-number")
    stating(desk, "{unknown-phone-number: off}")
    assert desk.plan()["diagnostics"] == []


def test_a_rule_is_explained_with_what_the_project_says(desk: Desk) -> None:
    stating(desk, '{not-https: off, "hotel/*": {not-https: error}}')
    facts = desk.run("explain", "not-https", "--format", "json").json["facts"]
    assert facts["in this project"] == "off, error for hotel/*"
    assert "always error" in desk.run("explain", "duplicate-id").out


#: What is put in place of what, and the test that turns red.
FAULTS: dict[str, tuple[Any, str, Any, str]] = {
    "the base is not asked": (Severities, "of", Severities.stated, "loosened"),
    "what is off is a warning": (Severities, "judged", _mild, "severe"),
    "the first glob counts": (severity, "reversed", iter, "severe"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(
    desk: Desk, loosened: tuple[Desk, Repository], monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    place, name, broken, which = FAULTS[fault]
    monkeypatch.setattr(place, name, broken, raising=False)
    with pytest.raises(AssertionError):
        if which == "loosened":
            test_a_change_cannot_switch_off_a_rule_for_itself(loosened)
        else:
            (desk.root / "assistants/front-desk.yaml").unlink()
            test_a_rule_is_as_severe_as_the_project_says_and_for_whom(desk)
