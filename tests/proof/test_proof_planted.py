"""Every judge notices the faults that break its promise."""

from __future__ import annotations

import pytest
from proof.judges import PROMISES
from proof.planted import FAULTS, Story, broken_by


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_breaks_the_promise_it_is_listed_under(name: str) -> None:
    fault = FAULTS[name]
    assert fault.promise in broken_by(fault.story, fault.plant)


@pytest.mark.parametrize("story", dict.fromkeys(fault.story for fault in FAULTS.values()))
def test_without_a_fault_its_story_ends_well(story: Story) -> None:
    assert broken_by(story) == ()


def test_every_judge_has_a_fault_that_it_notices() -> None:
    noticed = {fault.promise for fault in FAULTS.values()}
    assert noticed == {judge.__name__ for judge in PROMISES}
