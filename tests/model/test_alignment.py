"""What became of one sequence in another: every part of both, in order, also where it is hard."""

from __future__ import annotations

import random

import pytest

from revox_sync.model.alignment import alignment


@pytest.mark.parametrize("size", [0, 1, 3, 20, 3000])
@pytest.mark.parametrize("seed", range(6))
def test_the_runs_make_up_both_sides(size: int, seed: int) -> None:
    """In 3,000 parts that differ throughout, a shortest edit is not looked for to the end."""
    chance = random.Random(f"{size} {seed}")  # noqa: S311
    old = [chance.choice("abcdef") for _ in range(size)]
    kept = [f"kept {at}" for at in range(size // 10)]
    new = [chance.choice("abcdef") for _ in range(size)]
    for at, part in enumerate(kept):
        old.insert(at * 7, part)
        new.insert(at * 5, part)
    pairs = [(old, new), ([*old, "x", "y"], [*new, "x", "y", "z"]), (["x", *old], new), (old, [])]
    for one, other in pairs:
        i = j = 0
        for is_equal, i1, i2, j1, j2 in alignment(one, other):
            assert (i1, j1) == (i, j)
            assert (one[i1:i2] == other[j1:j2]) is is_equal
            i, j = i2, j2
        assert (i, j) == (len(one), len(other))


def test_a_run_may_reach_the_end_of_one_side_alone() -> None:
    ends = [f"end {at}" for at in range(3)]
    others = [[f"{side} {at}" for at in range(2000)] for side in ("old", "new")]
    shorter, longer = [*others[0], *ends], [*others[1], *ends, "more"]
    found = [(False, 0, 2000, 0, 2000), (True, 2000, 2003, 2000, 2003)]
    assert [*alignment(shorter, longer)] == [*found, (False, 2003, 2003, 2003, 2004)]
    assert [*alignment(longer, shorter)] == [*found, (False, 2003, 2004, 2003, 2003)]
