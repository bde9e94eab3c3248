"""What the tool does when GitHub declines, breaks or misleads, and when it is called wrongly."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from publishing import EARLIER, PLAN, Step, publishing
from support import cli
from support.doorway import doorway
from support.github import EVE, FORK, WORKFLOW, serving_github

from revox_sync.account import transport
from revox_sync.github import messages

pytestmark = pytest.mark.usefixtures("hurried")


@pytest.fixture
def step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Step]:
    monkeypatch.setattr(messages, "_LOOKS_S", (0.001, 0.002))
    with publishing(tmp_path) as step:
        yield step


TWICE = pytest.mark.parametrize("kind", ["comment", "issue"])


@TWICE
@pytest.mark.parametrize("lost", [{"drop": "after"}, {"status": 502, "acts": True, "body": b""}])
def test_a_post_whose_answer_is_lost_is_not_sent_twice(
    step: Step, kind: str, lost: dict[str, Any]
) -> None:
    step.github.on("POST", **lost)
    result = getattr(step, kind)()
    assert (result.code, result.err) == (0, f"{kind}: created\n")
    assert [one.method for one in step.github.writes] == ["POST"]
    assert len(step.bodies) + len(step.github.issues) == 1


@TWICE
def test_a_post_that_left_nothing_behind_is_sent_once_more(step: Step, kind: str) -> None:
    step.github.on("POST", drop="before")
    result = getattr(step, kind)()
    assert result.code == 0
    assert [one.method for one in step.github.writes] == ["POST", "POST"]
    assert len(step.bodies) + len(step.github.issues) == 1


def test_a_post_that_certainly_never_left_is_sent_again(
    step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind: Any = step.github  # whatever has a base_url
    with doorway(behind, shut_after=2) as door:
        monkeypatch.setattr(transport, "pause", door.before(transport.pause))
        step.env["GITHUB_API_URL"] = door.url
        result = step.comment()
    assert (result.code, result.err) == (0, "comment: created\n")
    assert [one.method for one in step.github.received] == ["GET", "GET", "POST"]


def test_a_post_that_is_lost_again_is_an_error(step: Step) -> None:
    step.github.on("POST", times=None, drop="before")
    result = step.comment()
    assert result.code == 1
    assert "GitHub: the connection broke" in result.err
    assert len(step.github.writes) == 2


@pytest.mark.parametrize("status", [403, 429])
@TWICE
def test_over_a_rate_limit_everything_waits_as_told(step: Step, kind: str, status: int) -> None:
    words = {"message": "You have exceeded a secondary rate limit."}
    for method in ("GET", "POST"):
        step.github.on(method, status=status, body=words, headers={"Retry-After": "0"})
    result = getattr(step, kind)()
    assert (result.code, result.err) == (0, f"{kind}: created\n")


@pytest.mark.parametrize("headers", [{"Retry-After": "3600"}, {"X-RateLimit-Reset": ""}])
def test_a_limit_that_lasts_is_told_at_once(step: Step, headers: dict[str, str]) -> None:
    if "X-RateLimit-Reset" in headers:
        headers = {"X-RateLimit-Reset": f"{time.time() + 1800:.0f}", "X-RateLimit-Remaining": "0"}
    words = {"message": "API rate limit exceeded for installation."}
    step.github.on("GET", "/issues/*", times=None, status=403, body=words, headers=headers)
    result = step.comment()
    assert result.code == 1
    assert "API rate limit exceeded for installation." in result.err
    assert "run it again later" in result.err


def test_the_users_limit_is_no_answer_to_whose_the_token_is(step: Step) -> None:
    step.github.on("GET", "/user", status=403, headers={"Retry-After": "3600"})
    assert step.comment().code == 1
    assert step.github.writes == []


@pytest.mark.parametrize("fault", [{"status": 502}, {"drop": "before"}])
def test_reads_and_updates_are_repeated(step: Step, fault: dict[str, Any]) -> None:
    step.github.comment(EARLIER)
    headers = {"Retry-After": "0"}
    for method in ("GET", "PATCH"):
        step.github.on(method, headers=headers, **fault)
    assert step.comment().code == 0
    assert step.bodies == [PLAN]


def test_a_service_that_stays_broken_is_asked_four_times(step: Step) -> None:
    step.github.on("GET", times=None, status=503, headers={"Retry-After": "0"})
    result = step.comment()
    assert result.code == 1
    assert "GitHub: 503" in result.err
    assert len(step.github.received) == 4


def test_a_read_only_token_is_explained(step: Step) -> None:
    step.env = step.github.env(FORK)
    result = step.comment()
    assert result.code == 1
    assert "403 Forbidden: Resource not accessible by integration" in result.err
    assert "pull-requests: write" in result.err
    assert len(step.github.writes) == 1


def test_what_github_finds_wrong_is_told_in_its_words(step: Step) -> None:
    error = {"resource": "Issue", "code": "invalid", "field": "labels"}
    body = {"message": "Validation Failed", "errors": [error]}
    step.github.on("POST", status=422, body=body)
    words = f"422 {HTTPStatus(422).phrase}: Validation Failed; labels: invalid"  # Python's phrase
    assert words in step.issue().err


def test_a_number_that_is_not_there_is_explained(step: Step) -> None:
    result = step.comment("--pr", "99")
    assert result.code == 1
    assert "404 Not Found: Not Found" in result.err
    assert "check GITHUB_REPOSITORY and the number" in result.err


def test_issues_that_are_turned_off_are_explained(step: Step) -> None:
    step.github.has_issues = False
    result = step.issue()
    assert result.code == 1
    assert "410 Gone: Issues are disabled for this repo" in result.err
    assert "turned off" in result.err


def test_a_redirect_is_not_followed(step: Step) -> None:
    elsewhere = {"Location": f"{step.github.base_url}/elsewhere"}
    step.github.on("GET", "/issues/*", status=301, headers=elsewhere)
    result = step.comment()
    assert result.code == 1
    assert "redirects are never followed" in result.err
    assert not any("elsewhere" in one.path for one in step.github.received)


def test_a_next_page_on_another_host_is_not_asked_for(step: Step) -> None:
    for number in range(101):
        step.github.comment(f"Comment {number}", user=EVE)
    with serving_github() as stranger:
        step.github.next_page_at = stranger.base_url
        result = step.comment()
        assert stranger.received == []
    assert result.code == 1
    assert "on another host; not followed" in result.err
    assert step.github.writes == []


@pytest.mark.parametrize("answer", [b"<html>", {"message": "hello"}, ["hello"]])
def test_an_answer_that_is_none_of_githubs_is_an_error(step: Step, answer: Any) -> None:
    step.github.on("GET", "/issues/*", status=200, body=answer)
    assert step.comment().code == 1
    assert step.github.writes == []


def test_a_token_that_is_not_accepted_is_explained_without_it(step: Step) -> None:
    step.env["GITHUB_TOKEN"] = "ghp_wrong_and_secret"
    body = {"message": "Bad credentials: ghp_wrong_and_secret"}
    step.github.on("GET", status=401, body=body)
    result = step.comment("--log-level", "debug")
    assert result.code == 1
    assert "401 Unauthorized: Bad credentials: (sensitive)" in result.err
    assert "check GITHUB_TOKEN" in result.err
    assert "ghp_wrong_and_secret" not in result.said


def test_the_token_is_sent_and_never_told(step: Step) -> None:
    step.github.on("GET", status=502, headers={"Retry-After": "0"}, body={"message": WORKFLOW})
    result = step.comment("--log-level", "debug")
    assert result.code == 0
    assert "DEBUG: POST /repos/lumiere/voices/issues/1/comments -> 201" in result.err
    assert WORKFLOW not in result.said


def test_harm_in_githubs_words_is_shown_escaped(step: Step) -> None:
    step.github.on("GET", status=422, body={"message": "\x1b[2J\n::error::x \u202e"})
    result = step.comment()
    assert "\\x1b[2J" in result.err
    assert "\x1b" not in result.err
    assert not any(line.startswith("::") for line in result.err.splitlines())


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("GITHUB_TOKEN", "", 1),
        ("GITHUB_TOKEN", "two words", 1),
        ("GITHUB_REPOSITORY", "", 1),
        ("GITHUB_REPOSITORY", "voices", 1),
        ("GITHUB_REPOSITORY", "lumiere/..", 1),
        ("GITHUB_REPOSITORY", "lumiere/voices/../../user", 1),
        ("GITHUB_API_URL", "http://github.example.com/api/v3", 64),
        ("GITHUB_API_URL", "https://ada@github.example.com", 64),
        ("GITHUB_API_URL", "api.github.com", 64),
    ],
)
def test_what_the_environment_cannot_mean_is_refused(
    step: Step, name: str, value: str, code: int
) -> None:
    step.env[name] = value
    result = step.comment()
    assert (result.code, result.out) == (code, "")
    assert name in result.err
    assert step.github.received == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["comment"],
        ["comment", "--body", "missing.md", "--pr", "1"],
        ["comment", "--body", "plan.md", "--pr", "0"],
        ["comment", "--body", "plan.md", "--delete"],
        ["issue", "--body", "plan.md", "--title", "Drift"],
        ["issue", "--body", "plan.md", "--state", "open"],
        ["issue", "--body", "plan.md", "--state", "gone", "--title", "Drift"],
        ["issue", "--body", "plan.md", "--state", "open", "--title", " "],
        ["issue", "--body", "plan.md", "--state", "open", "--title", "Drift", "--label", "a,b"],
        ["close"],
    ],
    ids=" ".join,
)
def test_64_wrong_usage_sends_nothing(step: Step, arguments: list[str]) -> None:
    result = cli.invoke("github", *arguments, env=step.env, cwd=step.folder)
    assert (result.code, result.out) == (64, "")
    assert step.github.received == []


def test_a_github_that_cannot_be_reached_is_told(step: Step) -> None:
    step.env["GITHUB_API_URL"] = "http://127.0.0.1:9"
    result = step.comment()
    assert result.code == 1
    assert "GitHub: cannot reach http://127.0.0.1:9" in result.err
