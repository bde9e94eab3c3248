"""Hypothesis looks for a sequence of steps that breaks a promise.

``REVOX_SYNC_PROOF_EXAMPLES`` sets how many sequences it tries, other ones each time, and a broken
promise is shrunk to a short sequence, which takes minutes. Without it a few are tried, the same
each time.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from proof.machine import ProofMachine

_ASKED = os.environ.get("REVOX_SYNC_PROOF_EXAMPLES")


@pytest.mark.hypothesis
# anyio leaves an attempt to connect unawaited that a busy machine's time limit ends at once.
@pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <coroutine object connect_tcp"
    ":pytest.PytestUnraisableExceptionWarning"
)
def test_no_sequence_of_steps_breaks_a_promise() -> None:
    run_state_machine_as_test(
        ProofMachine,
        settings=settings(
            max_examples=int(_ASKED) if _ASKED else 20,
            stateful_step_count=20 if _ASKED else 8,
            derandomize=_ASKED is None,
            phases=[Phase.generate, Phase.shrink] if _ASKED else [Phase.generate],
            report_multiple_bugs=False,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
