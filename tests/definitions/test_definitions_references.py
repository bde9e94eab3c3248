"""``${…}``: secrets from the environment, variables, and what stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import LEAST, definition, fields_of, problems_of, read, short
from support.project import Project

from revox_sync.definitions.problem import errors_in
from revox_sync.secrecy.values import is_mask

HEAD = "name: Front desk\n"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("${secret.A}", "alpha-alpha"),
        ("<${secret.A}${secret._b1}>", "<alpha-alphabeta-beta>"),
        ("$${secret.A}", "${secret.A}"),
        ("$$${secret.A}", "$${secret.A}"),
        ("$ [x] $x {{name}} ${secret.A}", "$ [x] $x {{name}} alpha-alpha"),
        ("$$", "$$"),
    ],
)
def test_references_are_replaced_and_all_else_stays(
    project: Project, written: str, read: str
) -> None:
    text = HEAD + f"prompt: |-\n  {written}\n"
    secrets = {"REVOX_SECRET_A": "alpha-alpha", "REVOX_SECRET__b1": "beta-beta"}
    assert fields_of(project, text, **secrets)["prompt"] == read


#: Values of secrets; what is blank or a mask is refused, and other tests hold that.
_SECRETS = (
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=8)
    .map(lambda text: text.rstrip("\r\n").rjust(8, "x"))
    .filter(lambda text: text.strip() and not is_mask(text))
)


@given(value=_SECRETS)
def test_the_value_of_a_secret_cannot_change_the_structure(project: Project, value: str) -> None:
    text = HEAD + "prompt: ${secret.X}\nwebhook_url: https://example.com\n"
    project.write("assistants/a.yaml", text)
    _, loaded, problems = read(project, {"REVOX_SECRET_X": value})
    assert errors_in(problems) == []  # a warning may tell of what is spoken
    assert [one.fields["prompt"] for one in loaded.definitions] == [value]


def test_the_value_of_a_secret_is_not_expanded_again(project: Project) -> None:
    secrets = {"REVOX_SECRET_A": "${secret.B} $${x}", "REVOX_SECRET_B": "b"}
    fields = fields_of(project, HEAD + "prompt: ${secret.A}\n", **secrets)
    assert fields["prompt"] == "${secret.B} $${x}"


def test_a_reference_alone_gives_a_text(project: Project) -> None:
    problems = problems_of(
        project, LEAST + "max_call_duration_secs: ${secret.N}\n", REVOX_SECRET_N="00000600"
    )
    assert short(problems) == ["3:25 wrong-type"]


def test_the_places_of_secrets_are_known(project: Project) -> None:
    project.write(
        "assistants/a.yaml",
        HEAD + "prompt: [a, 'b ${secret.X}']\nwebhook_url: https://e.com/${secret.X}\n"
        "faq_items: [{question: q, answer: a}, {question: r, answer: '${secret.X}'}]\n",
    )
    found = definition(project, {"REVOX_SECRET_X": "x-long-one"})
    assert found.secrets == {
        ("prompt",): "a\n\nb ${secret.X}",
        ("webhook_url",): "https://e.com/${secret.X}",
        ("faq_items", 1, "answer"): "${secret.X}",
    }
    assert found.fields["prompt"] == "a\n\nb x-long-one"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("prompt: Hi ${var.NAME}\n", "2:12 undeclared-variable"),
        ("prompt: ${env.HOME}\n", "2:9 bad-reference"),
        ("prompt: ${HOME}\n", "2:9 bad-reference"),
        ("prompt: ${secret.1A}\n", "2:9 bad-reference"),
        ("prompt: ${secret.A B}\n", "2:9 bad-reference"),
        ("prompt: ${ secret.SET }\n", "2:9 bad-reference"),
        ("prompt: ${secret.é}\n", "2:9 bad-reference"),
        ("prompt: ${}\n", "2:9 bad-reference"),
        ("prompt: 'open ${secret.SET'\n", "2:15 bad-reference"),
        ("prompt: ${secret.${secret.SET}}\n", "2:9 bad-reference"),
        ("prompt: p\nsync: {id: '${secret.SET}'}\n", "3:13 secret-place"),
    ],
)
def test_a_reference_that_means_nothing_is_an_error_at_its_place(
    project: Project, text: str, expected: str
) -> None:
    secrets = {"REVOX_SECRET_SET": "x"}
    assert short(problems_of(project, HEAD + text, **secrets))[0] == expected


def test_a_secret_that_is_not_set_is_named(project: Project) -> None:
    text = "prompt: |\n  one\n  ${secret.NONE} ${secret.EMPTY} ${secret.SET}\n"
    project.write("assistants/a.yaml", HEAD + text)
    found = definition(project, {"REVOX_SECRET_SET": "x-long-one", "REVOX_SECRET_EMPTY": ""})
    assert found.unset == {"NONE", "EMPTY"}
    assert found.fields["prompt"] == "one\n${secret.NONE} ${secret.EMPTY} x-long-one\n"
    assert found.unset_in(("prompt",)) == ("EMPTY", "NONE")


def test_a_text_as_written_tells_references_from_what_looks_like_one(project: Project) -> None:
    project.write("revox-sync.yaml", "vars: {CITY: Paris}\n")
    text = "prompt: '${secret.X} $${secret.X} $${x} ${var.CITY}'\n"
    project.write("assistants/a.yaml", HEAD + text)
    found = definition(project, {"REVOX_SECRET_X": "x-long-one"})
    assert found.fields["prompt"] == "x-long-one ${secret.X} ${x} Paris"
    assert found.secrets["prompt",] == "${secret.X} $${secret.X} ${x} Paris"


def test_a_name_can_hold_no_secret(project: Project) -> None:
    problems = problems_of(project, "name: ${secret.N}\nprompt: p\n", REVOX_SECRET_N="x")
    assert short(problems) == ["1:7 secret-place"]


def test_keys_hold_no_references(project: Project) -> None:
    problems = problems_of(project, LEAST + '"${secret.K}": x\n', REVOX_SECRET_K="webhook_url")
    assert short(problems) == ["3:1 unknown-key"]


def test_only_variables_with_the_prefix_are_read(project: Project) -> None:
    project.write("assistants/a.yaml", HEAD + "prompt: ${secret.HOME}\n")
    found = definition(project, {"HOME": "/root"})
    assert (found.unset, found.fields["prompt"]) == ({"HOME"}, "${secret.HOME}")


def test_no_message_shows_the_value_of_a_secret(project: Project) -> None:
    text = LEAST + (
        "transfer_phone_number: ${secret.S}\nwebhook_url: ${secret.S}\n"
        "first_sentence_mode: ${secret.S}\nvoice: ${secret.S}\n"
        "ivr_navigation_enabled: ${secret.S}\nmax_call_duration_secs: ${secret.S}\n"
        "call_retry_config:\n  max_retry_attempts: 1\n  timezone: ${secret.S}\n"
        "  calling_windows:\n    - calling_window_start_time: ${secret.S}\n"
        "      calling_window_end_time: ${secret.S}\n      retry_delay_seconds: 1\n"
    )
    for secret in ("hunter2", "9:30", "00441234567", "europe/paris", "yes", "12"):
        problems = problems_of(project, text, REVOX_SECRET_S=secret)
        assert len(problems) >= 8
        for problem in problems:
            shown = f"{problem.message}\n{problem.hint}\n{problem.source_line}"
            assert secret not in shown.replace("E.164 format, such as +33123456789", "")
    hints = "".join(
        str(problem.hint) for problem in problems_of(project, text, REVOX_SECRET_S="9:30")
    )
    assert "09:30" not in hints
    hints = "".join(str(p.hint) for p in problems_of(project, text, REVOX_SECRET_S="europe/pariss"))
    assert "Europe/Paris" not in hints


def test_a_mistyped_key_over_a_secret_says_which_was_meant(project: Project) -> None:
    (problem,) = problems_of(
        project, f"{LEAST}wobhook_url: '${{secret.S}}'\n", REVOX_SECRET_S="x-long-one"
    )
    assert problem.hint == "did you mean webhook_url?"
