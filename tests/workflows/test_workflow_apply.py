"""apply.yml: a push changes the account, and nothing that somebody edited meanwhile."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from document import block
from origin import GIT
from sandbox.running import Server
from support.desk import Desk
from support.service import KEY
from support.terminal import terminal
from team import Team, an_account

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX shell")

DEFINITION = "assistants/front-desk.yaml"


def _merged(team: Team, before: str, after: str) -> dict[str, str]:
    team.origin.change(DEFINITION, before, after)
    return team.origin.push()


def test_a_push_makes_the_account_equal_and_keeps_what_it_replaced(team: Team) -> None:
    first = team.push(_merged(team, "Be brief", "Be very brief"))
    assert not first.failed, first.said
    assert "Be very brief" in team.account.assistants()["Front desk"]["prompt"]
    kept = first.artifacts["runs"]
    (snapshot,) = [body.decode() for name, body in kept.items() if "front-desk" in name]
    assert "Be brief" in snapshot
    assert "1 done, 0 failed" in first.summary

    second = team.push(_merged(team, "say when you do", "say it if you do"))
    assert not second.failed, second.said
    assert "say it if you do" in team.account.assistants()["Front desk"]["prompt"]


def test_a_push_that_changes_nothing_keeps_nothing(team: Team) -> None:
    team.push(_merged(team, "small hotel", "hotel"))
    again = team.push(team.origin.push())
    assert not again.failed, again.said
    assert again.artifacts == {"runs": {}}


def test_an_edit_outside_git_stops_the_push_until_somebody_decides(team: Team) -> None:
    applied = team.origin.git("rev-parse", "HEAD")
    team.account.edit("Front desk", first_sentence="Hotel Lumière, good evening.")

    refused = team.push(_merged(team, "Be brief", "Be very brief"))
    assert refused.failed
    assert "edited outside git: first_sentence" in refused.said
    assert "very brief" not in team.account.assistants()["Front desk"]["prompt"]

    by_hand = team.by_hand(base=applied)
    assert by_hand.failed, "it refuses unless told otherwise"
    skipped = team.by_hand(**{"base": applied, "on-drift": "skip"})
    assert not skipped.failed, skipped.said
    found = team.account.assistants()["Front desk"]
    assert "very brief" in found["prompt"]
    assert found["first_sentence"] == "Hotel Lumière, good evening."


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


def test_a_run_is_rolled_back_from_its_artifact_in_a_fresh_clone(
    team: Team, tmp_path: Path
) -> None:
    before = team.account.assistants()["Front desk"]["prompt"]
    done = team.push(_merged(team, "Be brief", "Be very brief"))
    clone = tmp_path / "clone"
    subprocess.run([GIT, "clone", "-q", str(team.origin.folder), str(clone)], check=True)
    for name, body in done.artifacts["runs"].items():  # what `gh run download` makes of it
        target = clone / "runs" / Path(name).relative_to(".revox-sync/runs")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)

    (line,) = block("command: rollback").splitlines()
    env = {**team.secrets, "REVOX_BASE_URL": team.account.base_url}
    with terminal(*shlex.split(line)[1:], env=env, cwd=clone) as session:
        session.wait_for("Type `yes` to apply")
        session.type("yes\n")
        assert session.end() == 0, session.shown
    assert team.account.assistants()["Front desk"]["prompt"] == before
    assert "git still holds the definitions" in session.shown


def _faq(count: int) -> str:
    return "".join(f'  - {{question: "Question {n}?", answer: "Yes."}}\n' for n in range(count))


def test_a_limit_that_a_plan_tells_has_its_button(team: Team) -> None:
    body = team.origin.folder / DEFINITION
    team.origin.write(DEFINITION, f"{body.read_text(encoding='utf-8')}faq_items:\n{_faq(12)}")
    applied = team.origin.push()
    assert not team.push(applied).failed

    team.origin.change(DEFINITION, _faq(12), _faq(1))
    planned = team.pull_request(team.origin.propose())("plan")
    assert planned.failed
    (comment,) = [found["body"] for found in team.github.comments[1]]
    assert "11 of 12 FAQ items would be removed" in comment.partition("| Assistant |")[0]
    assert "--over-limit faq_items_removed" in comment

    event = team.origin.merge()
    refused = team.push(event)
    assert refused.failed
    done = team.by_hand(**{"base": event["before"], "over-limit": "create faq_items_removed"})
    assert not done.failed, done.said
    assert len(team.account.assistants()["Front desk"]["faq_items"]) == 1


def test_open_questions_that_a_plan_names_have_their_button(team: Team, desk: Desk) -> None:
    (held,) = team.account.assistants().values()
    identity = desk.service.add("Front desk", held["prompt"], first_sentence=held["first_sentence"])
    desk.service.ask(identity, "Is there a pool?")
    team.account.base_url, team.secrets = desk.service.base_url, {"REVOX_API_KEY": KEY}
    body = team.origin.folder / DEFINITION
    team.origin.write(DEFINITION, f"{body.read_text(encoding='utf-8')}faq_items:\n{_faq(1)}")
    planned = team.pull_request(team.origin.propose())("plan")
    assert not planned.failed, planned.said
    (comment,) = [found["body"] for found in team.github.comments[1]]
    assert "Is there a pool?" in comment.partition("| Assistant |")[0]

    event = team.origin.merge()
    assert team.push(event).failed
    done = team.by_hand(**{"base": event["before"], "drop-open-questions": "true"})
    assert not done.failed, done.said


@pytest.fixture
def two(team: Team, tmp_path: Path, server: Server) -> Iterator[Team]:
    """The team with a second account for staging, as docs/ci.md sets it up."""
    team.origin.write("revox-sync.yaml", block("# revox-sync.yaml"))
    command = ["/bin/sh", "-ec", block("command: environments")]
    subprocess.run(command, cwd=team.origin.folder, check=True)
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


def test_this_repository_applies_its_own_examples_to_a_sandbox(ours: Team) -> None:
    ours.origin.change("assistants/hotel/front-desk.yaml", "delay_ms: 300", "delay_ms: 400")
    done = ours.push(ours.origin.push())
    assert not done.failed, done.said
    assert "Plan: 0 to create, 1 to replace, 7 unchanged." in done.said
    assert "Apply: 1 done, 0 failed" in done.said
