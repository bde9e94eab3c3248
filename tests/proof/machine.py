"""The state machine: hypothesis looks for a sequence of steps that breaks a promise."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from proof import choices, steps
from proof.choices import Choose
from proof.steps import Step
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
        self._broken = False
        self.world: World

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """Make a world; ``steps.begin`` says with what."""
        choose = _choosing(data)
        self.world = self._open.enter_context(world(choices.habits(choose)))
        steps.begin(self.world, choose)

    def take(self, step: Step, data: st.DataObject) -> None:
        """Take a step; after a broken promise nothing more is looked at."""
        try:
            step(self.world, _choosing(data))
        except BaseException:
            self._broken = True
            raise

    def teardown(self) -> None:
        """End in peace."""
        try:
            if hasattr(self, "world") and not self._broken:
                steps.apply_cleanly(self.world)
        finally:
            self._open.close()


def _rule(name: str, step: Step) -> Any:
    def happen(self: ProofMachine, data: st.DataObject) -> None:
        self.take(step, data)

    happen.__name__ = name.replace(" ", "_")
    return rule(data=st.data())(happen)


for _name, (_, _step) in steps.STEPS.items():
    setattr(ProofMachine, _name.replace(" ", "_"), _rule(_name, _step))
