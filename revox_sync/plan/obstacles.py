"""Why an assistant is not recreated: one reason after the other, each with the way on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from revox_sync.api.uses import Uses
from revox_sync.definitions.definition import Definition
from revox_sync.plan.compare import Comparison
from revox_sync.plan.match import Match
from revox_sync.plan.recreate import Recreating, difference
from revox_sync.plan.remote import Remote


class Obstacles:
    """Looks for what stands against a recreate."""

    def __init__(self, uses: Uses, recreating: Recreating, unmanaged: Sequence[Remote]) -> None:
        self._uses = uses
        self._recreating = recreating
        self._unmanaged = unmanaged

    def of(
        self, definition: Definition, found: Match, comparison: Comparison, lost: Sequence[str]
    ) -> str | None:
        """Return why a definition's assistant cannot be recreated; None where it can."""
        remote = found.remote
        assert remote is not None  # noqa: S101 - what is not there is created
        reasons = self._reasons(definition, found, remote, comparison, lost)
        return next(reasons, None)

    def _reasons(
        self,
        definition: Definition,
        found: Match,
        remote: Remote,
        comparison: Comparison,
        lost: Sequence[str],
    ) -> Iterator[str]:
        if self._recreating.retire is None:
            yield (
                "it is not said what becomes of the old assistant; state `retire: delete` or "
                "`retire: keep` in revox-sync.yaml"
            )
        if definition.sync.id is not None and not self._recreating.rebind:
            yield needs_rebind(definition, remote.id)
        kind = remote.data.get("type")
        if kind not in (None, "standalone"):
            yield (
                f"it is of type {kind}, and the transitions of its flow cannot be copied; change "
                "it in the dashboard, or in place"
            )
        if lost:
            yield (
                f"a new assistant cannot be given what the old one has: {', '.join(lost)}; state "
                "it in the definition, or let it go with --force-recreate"
            )
        yield from self._in_use(remote)
        yield from self._begun(definition, remote)
        yield from self._in_vain(definition, found, remote, comparison)

    def _in_use(self, remote: Remote) -> Iterator[str]:
        names = [campaign.name for campaign in self._uses.campaigns_of(remote.id)]
        if names and not self._recreating.force:
            yield (
                f"a campaign calls with it, and cannot be given another assistant: "
                f"{', '.join(names)}; wait until it is completed, or go on with --force-recreate"
            )

    def _begun(self, definition: Definition, remote: Remote) -> Iterator[str]:
        """A twin that nobody manages is what an unfinished recreate leaves behind."""
        for twin in self._unmanaged:
            if twin.name == definition.name:
                yield f"{twin.id} has its name, too{finish_hint(definition)}"

    def _in_vain(
        self, definition: Definition, found: Match, remote: Remote, comparison: Comparison
    ) -> Iterator[str]:
        vain = difference(definition.key, comparison.changes) in self._recreating.vain
        if not vain and found.superseded:
            # A recreate that changed nothing of what is managed would change nothing again.
            managed = [name for name in definition.fields if name != "faq_items"]
            before = found.superseded[0]
            vain = all(before.data.get(name) == remote.data.get(name) for name in managed)
            vain = vain and before.faq == remote.faq
        if vain and not self._recreating.force:
            paths = ", ".join(dict.fromkeys(change.field for change in comparison.changes))
            yield (
                f"it was recreated for this very difference, and the service did not take it: "
                f"{paths}; correct the definition, leave it to the dashboard with "
                f"`sync: {{ignore: [{paths}]}}`, or try once more with --force-recreate"
            )


def needs_rebind(definition: Definition, old_id: str) -> str:
    """Say why a bound definition is not recreated without being asked."""
    return (
        f"it is bound to {old_id} (sync.id), and a new assistant has another id; allow that with "
        f"--rebind, which writes the new id into {definition.file}"
    )


def finish_hint(definition: Definition) -> str:
    """Say how a recreate is finished that ended half-way on another machine."""
    return (
        "; or, if a recreate ended half-way, finish it with "
        f"`revox-sync apply {definition.key} --finish-recreate OLD`, where OLD is the one to retire"
    )
