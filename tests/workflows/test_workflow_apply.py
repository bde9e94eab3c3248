"""apply.yml: a push changes the account, and nothing that somebody edited meanwhile."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from document import with_environments
from sandbox.running import Server
from support.desk import Desk
from support.service import KEY
from team import Team, an_account

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX shell")

DEFINITION = "assistants/front-desk.yaml"


def _merged(team: Team, before: str, after: str) -> dict[str, str]:
    team.origin.change(DEFINITION, before, after)
    return team.origin.push()


def test_a_push_after_one_that_was_not_applied_waits_for_somebody(team: Team) -> None:
    lost = _merged(team, "small hotel", "hotel")
    refused = team.push(_merged(team, "Be brief", "Be very brief"))
    assert refused.failed
    assert "small hotel" in team.account.assistants()["Front desk"]["prompt"]

    by_hand = team.by_hand(base=lost["before"])
    assert not by_hand.failed, by_hand.said
    prompt = team.account.assistants()["Front desk"]["prompt"]
    assert "small hotel" not in prompt and "very brief" in prompt


def test_a_job_that_is_run_again_does_not_undo_a_revert(team: Team) -> None:
    bad = _merged(team, "Be brief", "Be rude")
    team.push(bad)
    team.push(_merged(team, "Be rude", "Be brief"))
    again = team.push(bad, attempt=2)
    assert again.failed
    assert f"start the workflow by hand, with base {bad['before']}" in again.said
    assert "Be brief" in team.account.assistants()["Front desk"]["prompt"]


def _faq(count: int) -> str:
    return "".join(f'  - {{question: "Question {n}?", answer: "Yes."}}\n' for n in range(count))


def test_what_a_plan_refuses_and_asks_has_its_button(team: Team, desk: Desk) -> None:
    (held,) = team.account.assistants().values()
    identity = desk.service.add("Front desk", held["prompt"], first_sentence=held["first_sentence"])
    desk.service.ask(identity, "Is there a pool?")
    desk.service.add("BAR")
    team.account.base_url, team.secrets = desk.service.base_url, {"REVOX_API_KEY": KEY}
    body = team.origin.folder / DEFINITION
    team.origin.write(DEFINITION, f"{body.read_text(encoding='utf-8')}faq_items:\n{_faq(1)}")
    team.origin.write("assistants/bar.yaml", "name: Bar\nprompt: You mix drinks.\n")
    assert team.pull_request(team.origin.propose())("plan").failed
    (comment,) = [found["body"] for found in team.github.comments[1]]
    first = comment.partition("| Assistant |")[0]
    assert "Is there a pool?" in first and "`--allow-create` bar" in first

    event = team.origin.merge()
    assert team.push(event).failed
    agreed = {"drop-open-questions": "true", "allow-create": "bar"}
    done = team.by_hand(base=event["before"], **agreed)
    assert not done.failed, done.said


@pytest.fixture
def two(team: Team, tmp_path: Path, server: Server) -> Iterator[Team]:
    """The team with a second account for staging, as docs/ci.md sets it up."""
    with_environments(team.origin)
    team.origin.commit()
    with an_account(tmp_path / "staging", server) as staging:
        for assistant in team.account.assistants().values():
            staging.add(**{name: assistant[name] for name in ("name", "prompt", "first_sentence")})
        team.accounts |= {"staging": staging, "production": team.account}
        team.reviewed.add("revox-apply-production")
        yield team


def _prompts(team: Team) -> list[bool]:
    """Return whether staging and production have the new prompt."""
    both = [team.accounts[name].assistants()["Front desk"] for name in ("staging", "production")]
    return ["very brief" in found["prompt"] for found in both]


def test_one_commit_goes_to_staging_on_merge_and_to_production_after_approval(two: Team) -> None:
    jobs = two.environments(_merged(two, "Be brief", "Be very brief"))
    assert not jobs("apply (staging)").failed, jobs("apply (staging)").said
    assert jobs["apply (production)"] is None
    assert _prompts(two) == [True, False]
    done = two.approve("revox-apply-production")
    assert not done.failed, done.said
    assert _prompts(two) == [True, True]
    assert list(done.artifacts) == ["runs-production"]


def test_what_staging_refuses_does_not_reach_production(two: Team) -> None:
    applied = two.origin.git("rev-parse", "HEAD")
    two.reviewed.clear()
    two.accounts["staging"].edit("Front desk", prompt="Edited.")
    event = _merged(two, "Be brief", "Be very brief")
    jobs = two.environments(event)
    assert jobs("apply (staging)").failed and jobs["apply (production)"] is None
    assert _prompts(two) == [False, False]
    jobs = two.environments(event, base=applied, environments='["production"]')
    assert list(jobs) == ["apply (production)"]
    assert _prompts(two) == [False, True]


def test_each_environment_has_a_comment_and_an_issue_of_its_own(two: Team) -> None:
    two.origin.change(DEFINITION, "Be brief", "Be very brief")
    jobs = two.pull_request(two.origin.propose())
    assert [name for name, done in jobs.items() if done] == [
        "check",
        "diff (staging)",
        "diff (production)",
        "plan (staging)",
        "plan (production)",
    ]
    assert [found["body"].partition("\n")[0] for found in two.github.comments[1]] == [
        "<!-- revox-sync: plan staging -->",
        "<!-- revox-sync: plan production -->",
    ]
    two.accounts["staging"].edit("Front desk", first_sentence="Good evening.")
    jobs = two.nights()
    assert not any(done.failed for done in jobs.values() if done), jobs("drift (staging)").said
    (issue,) = two.github.open_issues
    assert issue["body"].startswith("<!-- revox-sync: drift staging -->")


def test_an_environment_that_cannot_be_compared_hides_no_other(two: Team) -> None:
    two.accounts["staging"].base_url += "/nowhere"
    two.accounts["production"].edit("Front desk", first_sentence="Good evening.")
    jobs = two.nights()
    assert jobs("drift (staging)").failed
    assert not jobs("drift (production)").failed
    (issue,) = two.github.open_issues
    assert issue["body"].startswith("<!-- revox-sync: drift production -->")


def test_this_repository_applies_its_own_examples_to_a_sandbox(ours: Team) -> None:
    ours.origin.change("assistants/hotel/front-desk.yaml", "delay_ms: 300", "delay_ms: 400")
    done = ours.push(ours.origin.push())
    assert not done.failed, done.said
    assert "Plan: 0 to create, 1 to replace, 7 unchanged." in done.said
    assert "Apply: 1 done, 0 failed" in done.said
