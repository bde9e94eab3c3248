"""The verbs as functions: what a program gets that uses the tool without its command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.desk import Desk

from revox_sync.apply.events import Outcome
from revox_sync.definitions.problem import DefinitionError
from revox_sync.errors import RefusedError, SetupError, UsageError
from revox_sync.operations.apply import apply
from revox_sync.operations.bind import bind
from revox_sync.operations.context import load
from revox_sync.operations.plan import Planned, diff, plan
from revox_sync.operations.pull import Pull, pull
from revox_sync.operations.rollback import Rollback, records, rollback, runs
from revox_sync.operations.settings import Approval, Settings
from revox_sync.operations.status import status
from revox_sync.operations.validate import validate
from revox_sync.plan.model import Choices


def settings(desk: Desk) -> Settings:
    return Settings(desk.env, desk.root)


def planned(desk: Desk, choices: Choices | None = None) -> Planned:
    return plan(load(settings(desk), choices=choices))


def applied(desk: Desk) -> tuple[Outcome, ...]:
    return apply(planned(desk), Approval(auto_approve=True, settle=0.1)).outcomes


def test_a_plan_is_data_and_writes_nothing(desk: Desk) -> None:
    desk.project.define()
    made = planned(desk)
    assert [(action.action, action.key) for action in made.plan.actions] == [
        ("create", "front-desk")
    ]
    assert desk.service.writes == []
    assert not (desk.root / ".revox-sync").exists()


def test_what_is_applied_can_be_rolled_back(desk: Desk) -> None:
    desk.project.define(prompt="One.")
    assert [outcome.status for outcome in applied(desk)] == ["done"]
    desk.project.define(prompt="Two.")
    assert [outcome.status for outcome in applied(desk)] == ["done"]
    recorded = records(settings(desk))
    assert [run.name for run in runs(settings(desk), recorded)] == [r.name for r in desk.records]
    back = rollback(settings(desk), recorded, Rollback())
    [change] = back.plan.actions[0].changes
    assert (change.before, change.after) == ("Two.", "One.")
    apply(back, Approval(settle=0.1))
    assert [held["prompt"] for held in desk.service.assistants.values()] == ["One."]


def test_two_verbs_see_the_same(desk: Desk) -> None:
    desk.project.define()
    applied(desk)
    desk.service.add("night")
    assert len(planned(desk).plan.unmanaged) == 1
    found = status(settings(desk)).matching
    assert found is not None
    assert (found["matched"], found["unmanaged"]) == (1, 1)
    identity = planned(desk).plan.actions[0].id
    assert bind(settings(desk)).bound == {"assistants/front-desk.yaml": identity}
    pulled = pull(settings(desk), Pull())
    assert [written.key for written in pulled.written] == ["night"]
    assert planned(desk).plan.unmanaged == ()


def test_a_limit_is_a_refusal_before_anything_is_written(desk: Desk) -> None:
    desk.project.write("revox-sync.yaml", "limits: {create: 0}\n")
    desk.project.define()
    made = planned(desk)
    assert [violation.limit for violation in made.violations()] == ["create"]
    with pytest.raises(RefusedError, match="the limit is 0"):
        apply(made, Approval())
    assert desk.service.writes == []
    assert apply(made, Approval(over_limit=("create",), settle=0.1)).outcomes[0].status == "done"


def test_errors_are_exceptions(desk: Desk) -> None:
    desk.project.define(prompt=None)
    assert validate(settings(desk)).errors == 1
    with pytest.raises(DefinitionError):
        load(settings(desk))
    desk.project.define()
    with pytest.raises(UsageError, match="no definition"):
        planned(desk, Choices(("nobody",)))
    assert desk.service.requests == []


def test_progress_and_remarks_go_to_a_reporter(desk: Desk) -> None:
    class Notes:
        def __init__(self) -> None:
            self.steps: list[str] = []
            self.remarks: list[str] = []
            self.found: list[object] = []

        def step(self, text: str) -> None:
            self.steps.append(text)

        def remark(self, text: str) -> None:
            self.remarks.append(text)

        def diagnostics(self, found: object) -> None:
            self.found.append(found)

    desk.project.define(faq_items=[{"question": "A", "answer": "a"}] * 2)
    notes = Notes()
    apply(plan(load(settings(desk), notes)), Approval(settle=0.1))
    assert notes.steps[0] == "reading the account"
    assert "applying, 1 of 1 done" in notes.steps
    assert len(notes.found) == 1
    assert notes.remarks == []


def test_no_verb_writes_to_a_stream_or_knows_a_command_line(
    desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    desk.project.define(faq_items=[{"question": "A", "answer": "a"}] * 2)
    applied(desk)
    pull(settings(desk), Pull())
    with pytest.raises(SetupError, match="not a git repository"):
        diff(load(settings(desk)), "no-such-commit")
    assert capfd.readouterr() == ("", "")
    rooms = Path(sys.modules["revox_sync.operations.plan"].__file__ or "").parent
    for module in rooms.glob("*.py"):
        text = module.read_text("utf-8")
        assert "import click" not in text
        assert "sys.std" not in text


def test_the_example_of_the_documentation_runs(desk: Desk) -> None:
    import revox_sync.operations

    desk.project.define()
    text = revox_sync.operations.__doc__ or ""
    example = "\n".join(line[4:] for line in text.partition("::\n")[2].splitlines())
    program = "import os\nfrom pathlib import Path\n" + example.replace('"hotel"', '"."')
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**desk.env, "PYTHONPATH": str(Path(revox_sync.operations.__file__).parents[2])},
        cwd=desk.root,
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    assert done.stderr == ""
    assert "'create': 1" in done.stdout
