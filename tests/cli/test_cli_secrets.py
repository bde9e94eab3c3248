"""Keys and secrets appear in no output, no file and no message, whatever happens."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

import pytest
from support.desk import Desk
from support.service import KEY

SECRET = "s3cr3t/with+signs=and spaces"
FORMS = (
    SECRET,
    quote(SECRET, safe=""),
    base64.b64encode(SECRET.encode()).decode(),
)
AT_ONCE = {"retry-after": "0"}


@pytest.fixture
def secretive(desk: Desk) -> Desk:
    """A definition with a secret in its prompt, beside an assistant with an older value."""
    desk.env["REVOX_SECRET_TOKEN"] = SECRET
    desk.project.define(prompt="The password is ${secret.TOKEN}.")
    return desk


@pytest.fixture
def quoted(desk: Desk) -> Desk:
    """A definition whose prompt is a secret and nothing else."""
    desk.env["REVOX_SECRET_TOKEN"] = SECRET
    desk.project.define(prompt="${secret.TOKEN}")
    return desk


def told_nothing(text: str, *secrets: str) -> None:
    assert text
    for secret in secrets:
        assert secret not in text, text


@pytest.mark.parametrize(
    "arguments",
    [
        "plan",
        "plan --format json",
        "plan --log-level debug",
        "drift",
        "drift --format json",
        "validate",
        "validate --format json",
        "apply",
        "apply --auto-approve --log-level debug",
    ],
)
def test_neither_key_nor_secret_is_ever_told(secretive: Desk, arguments: str) -> None:
    secretive.service.add("front-desk", prompt="The password is 0ld-secret.")
    result = secretive.run(*arguments.split())
    told_nothing(result.said, KEY, SECRET, "0ld-secret")


def test_a_secret_is_sent_and_compared_all_the_same(secretive: Desk) -> None:
    assert secretive.apply().code == 0
    (post,) = secretive.service.sent("POST")
    assert post.body["prompt"] == f"The password is {SECRET}."
    assert secretive.settled()
    secretive.env["REVOX_SECRET_TOKEN"] = "another secret"
    assert secretive.run("plan", "--detailed-exitcode").code == 2


def test_a_changed_secret_is_shown_as_that(secretive: Desk) -> None:
    secretive.service.add("front-desk", prompt="The password is 0ld-secret.")
    before, after = secretive.changes()["prompt"]
    assert (before, after) == ("(holds a secret)", "The password is ${secret.TOKEN}.")


def test_a_saved_plan_holds_no_secret_and_applies(secretive: Desk) -> None:
    secretive.service.add("front-desk", prompt="The password is 0ld-secret.")
    secretive.run("plan", "--out", "plan.json")
    told_nothing((secretive.root / "plan.json").read_text(), KEY, SECRET, "0ld-secret")
    told_nothing(secretive.run("show", "plan.json").out, KEY, SECRET, "0ld-secret")
    assert secretive.apply("plan.json").code == 0


def test_nothing_secret_is_written_to_disk(secretive: Desk) -> None:
    before = secretive.project.files()
    secretive.apply()
    secretive.run("plan", "--out", "plan.json")
    for path, content in secretive.project.files().items():
        if path not in before:
            assert SECRET.encode() not in content, path
            assert KEY.encode() not in content, path


def test_a_secret_in_a_name_is_refused_because_names_are_shown(desk: Desk) -> None:
    desk.env["REVOX_SECRET_TOKEN"] = SECRET
    desk.project.define(name="Desk ${secret.TOKEN}")
    result = desk.apply()
    assert result.code == 1
    assert "assistants/front-desk.yaml:1:13" in result.err
    told_nothing(result.said, SECRET)


def test_a_secret_in_a_faq_is_told_nowhere(desk: Desk) -> None:
    desk.env["REVOX_SECRET_TOKEN"] = SECRET
    desk.service.add("front-desk", faq_items=[{"question": "Code?", "answer": "0ld-secret"}])
    desk.project.define(
        prompt="Be kind.", faq_items=[{"question": "Code?", "answer": "${secret.TOKEN}"}]
    )
    for arguments in (["plan"], ["plan", "--format", "json"], ["apply", "--auto-approve"]):
        told_nothing(desk.run(*arguments).said, SECRET, "0ld-secret")


@pytest.mark.parametrize("form", FORMS, ids=["plain", "quoted", "base64"])
@pytest.mark.parametrize(
    "shape",
    [
        lambda text: {"error": text},
        lambda text: {"message": ["first", text]},
        lambda text: {"issues": [{"path": ["prompt"], "message": f"Invalid: {text}"}]},
        lambda text: f"<h1>{text}</h1>".encode(),
        lambda text: {"received": {text: [text]}},
    ],
    ids=["text", "list", "issues", "HTML", "nested"],
)
def test_an_error_that_quotes_a_secret_is_told_without_it(
    quoted: Desk, form: str, shape: Any
) -> None:
    quoted.service.on("POST", status=400, body=shape(f"bad value {form} in body"))
    result = quoted.apply("--log-level", "debug")
    assert "400 Bad Request" in result.out
    told_nothing(result.said, form)


def test_an_error_that_quotes_a_secret_out_of_a_longer_text_is_told_without_it(
    secretive: Desk,
) -> None:
    secretive.service.on("POST", status=400, body={"error": f"no such password: {SECRET}"})
    result = secretive.apply()
    assert "400 Bad Request: no such password: (sensitive)" in result.out
    told_nothing(result.said, SECRET)


@pytest.mark.parametrize("secret", ["two  spaces and more", "first line\nsecond line\n"])
def test_an_error_that_quotes_a_secret_with_odd_space_is_told_without_it(
    desk: Desk, secret: str
) -> None:
    desk.env["REVOX_SECRET_TOKEN"] = secret
    desk.project.define(prompt="${secret.TOKEN}")
    desk.service.on("POST", status=400, body={"error": f"bad value {secret} in body"})
    result = desk.apply()
    assert "400 Bad Request" in result.out
    told_nothing(result.said, secret.strip(), " ".join(secret.split()))


def test_an_error_that_is_cut_within_a_secret_is_told_without_its_beginning(
    quoted: Desk,
) -> None:
    words = "x" * 985 + f" {SECRET}"
    quoted.service.on("POST", status=400, body={"error": words})
    told_nothing(quoted.apply().said, SECRET[:12])


def test_a_page_that_is_cut_within_a_secret_is_told_without_its_beginning(
    quoted: Desk,
) -> None:
    page = f"<p>{'x ' * 400}{' ' * 3180}{SECRET}</p>".encode()
    quoted.service.on("POST", status=200, body=page, acts=True)
    result = quoted.apply()
    assert "not JSON" in result.out
    told_nothing(result.said, SECRET[:12])


def test_an_error_that_quotes_the_key_is_told_without_it(desk: Desk) -> None:
    desk.project.define()
    desk.service.on("GET", status=401, body={"error": f"unknown key {KEY}"})
    result = desk.run("plan", "--log-level", "debug")
    assert "unknown key (sensitive)" in result.err
    told_nothing(result.said, KEY)


def test_a_retried_error_is_logged_without_the_key(desk: Desk) -> None:
    desk.project.define()
    desk.service.on("GET", status=503, headers=AT_ONCE, body={"error": f"no backend for {KEY}"})
    result = desk.run("plan", "--log-level", "debug")
    assert "no backend for (sensitive)" in result.err
    told_nothing(result.said, KEY)


def test_a_redirect_is_told_without_what_its_query_holds(desk: Desk) -> None:
    desk.project.define()
    location = f"https://u:passw0rd@a.example/login?token=abcdef&key={KEY}"
    desk.service.on("GET", status=302, headers={"location": location})
    result = desk.run("plan")
    assert "https://(sensitive)@a.example/login?token=(sensitive)" in result.err
    told_nothing(result.said, KEY, "abcdef", "passw0rd")


def test_queries_of_a_webhook_are_told_by_their_names_alone(desk: Desk) -> None:
    old, new = "https://hooks.example/a?token=0ld-token", "https://hooks.example/a?token=n3w-token"
    desk.service.add("front-desk", webhook_url=old)
    desk.project.define(prompt="Be kind.", webhook_url=new)
    for arguments in ("plan", "plan --format json", "drift", "apply --auto-approve"):
        told_nothing(desk.run(*arguments.split()).said, "0ld-token", "n3w-token")
        desk.service.edit(next(iter(desk.service.assistants)), webhook_url=old)
    assert desk.service.writes[0].body == {"webhook_url": new}


def test_only_variables_of_the_right_name_are_secrets(desk: Desk) -> None:
    desk.env["TOKEN"] = desk.env["REVOX_TOKEN"] = SECRET
    desk.project.define(prompt="${secret.TOKEN}")
    result = desk.apply()
    assert result.code == 3
    assert "REVOX_SECRET_TOKEN is not set" in result.out
    assert desk.service.writes == []


def test_the_key_is_no_secret_that_a_definition_can_name(desk: Desk) -> None:
    desk.project.define(prompt="${secret.REVOX_API_KEY}")
    assert desk.apply().code == 3
    assert desk.service.writes == []


@pytest.mark.parametrize("around", [("", "\n"), ("", "\r\n"), ("", "\n\n"), ("\ufeff", "")])
def test_what_a_file_has_around_a_secret_is_no_part_of_it(
    desk: Desk, around: tuple[str, str]
) -> None:
    desk.env["REVOX_SECRET_TOKEN"] = SECRET.join(around)
    desk.project.define(prompt="The password is ${secret.TOKEN}.")
    assert desk.apply().code == 0
    (made,) = desk.service.assistants.values()
    assert made["prompt"] == f"The password is {SECRET}."
    assert "Nothing to do" in desk.run("plan").out


def test_a_secret_of_spaces_is_an_error(desk: Desk) -> None:
    desk.env["REVOX_SECRET_TOKEN"] = "   "
    desk.project.define(prompt="The password is ${secret.TOKEN}.")
    result = desk.apply()
    assert (result.code, desk.service.requests) == (1, [])
    assert "REVOX_SECRET_TOKEN holds nothing but spaces" in result.err


def test_a_secret_of_line_ends_alone_is_not_set(desk: Desk) -> None:
    desk.env["REVOX_SECRET_TOKEN"] = "\n"
    desk.project.define(prompt="${secret.TOKEN}")
    result = desk.run("validate")
    assert result.code == 0
    assert "not set: REVOX_SECRET_TOKEN" in result.err


@pytest.mark.parametrize(("value", "warnings"), [("1234567", 1), ("1234567\n", 1), ("12345678", 0)])
def test_a_short_secret_is_a_warning(desk: Desk, value: str, warnings: int) -> None:
    desk.env["REVOX_SECRET_TOKEN"] = value
    desk.project.define(prompt="The code is ${secret.TOKEN}.")
    result = desk.run("validate")
    assert result.code == 0
    assert result.out.count("short-secret") == warnings
    assert value.strip() not in result.out
