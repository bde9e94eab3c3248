"""The state machine: hypothesis looks for a sequence of steps that breaks a promise."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from proof import choices, steps
from proof.choices import Choose
from proof.world import World, world


def _choosing(data: st.DataObject) -> Choose:
    def choose(options: Any) -> Any:
        return data.draw(st.sampled_from(options))

    return choose


class ProofMachine(RuleBasedStateMachine):
    """Steps in any order; whatever happened, an apply in peace ends it."""

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        self.world: World

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """Two definitions, an assistant of somebody else."""
        choose = _choosing(data)
        self.world = self._open.enter_context(world(choices.habits(choose)))
        steps.add_in_the_dashboard(self.world, choose)
        for _ in range(2):
            steps.define_something(self.world, choose)

    def teardown(self) -> None:
        """End in peace."""
        try:
            if hasattr(self, "world"):
                steps.apply_cleanly(self.world)
        finally:
            self._open.close()


def _rule(name: str) -> Any:
    step = steps.STEPS[name][1]

    @rule(data=st.data())
    def happen(self: ProofMachine, data: st.DataObject) -> None:
        step(self.world, _choosing(data))

    happen.__name__ = name.replace(" ", "_")
    return happen


for _name in steps.STEPS:
    setattr(ProofMachine, _name.replace(" ", "_"), _rule(_name))
