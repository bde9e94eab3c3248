"""Tells what git no longer defines, and deletes it unless there is a reason against that.

A wrong DELETE cannot be taken back. So the definition at the base has to say for certain which
assistant it was, nobody may use it or have edited it, and if the tool is not sure, it refuses.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from revox_sync.account.reader import Account
from revox_sync.account.remote import Remote
from revox_sync.account.uses import Uses
from revox_sync.definitions.definition import Definition
from revox_sync.model.fields import field_of
from revox_sync.model.likeness import same_name
from revox_sync.model.path import field_in, path_text
from revox_sync.model.walk import absent_members
from revox_sync.plan.commands import account_options, argument
from revox_sync.plan.compare import compare
from revox_sync.plan.match import LookAlikes, Match, Matching, described, left_behind, match
from revox_sync.plan.model import Action, Comparison, Delete, Gone, Plan, Rules, signed
from revox_sync.plan.origin import Then, Unread
from revox_sync.records import dataclass

if TYPE_CHECKING:
    from revox_sync.definitions.base import Base


def undefined(base: Base, then: Then) -> tuple[Definition, ...]:
    """Return the definitions of the base that no definition of now continues."""
    kept = {was.key for was in then.values() if isinstance(was, Definition)}
    return tuple(was for key, was in base.definitions.items() if key not in kept)


def with_removed(
    plan: Plan,
    base: Base,
    then: Then,
    matching: Matching,
    uses: Uses,
    elsewhere: Mapping[str, Sequence[str]],
) -> Plan:
    """Return the plan with the places and definitions that are gone since the base.

    ``elsewhere`` names the environments of definitions that are not in this one, by key.
    """

    def gone(was: Definition) -> Gone:  # its assistant stays, and may be used
        left = left_behind(was, matching)
        reached = dict.fromkeys(words for remote in left for words in uses.words(remote.id))
        environments = tuple(elsewhere.get(was.key, ()))
        heirs = {
            key: remote.id
            for key, found in matching.matches.items()
            for remote in found.remotes
            if described(was, remote)
        }
        ids = (*(remote.id for remote in left), *dict.fromkeys(heirs.values()))
        return Gone(was.key, was.name, was.file, ids, tuple(reached), environments, tuple(heirs))

    return replace(
        plan,
        actions=tuple(_with_dropped(action, then.get(action.key)) for action in plan.actions),
        gone=tuple(map(gone, undefined(base, then))),
    )


def _with_dropped(action: Action, was: Definition | Unread | None) -> Action:
    """Return an action with the places that its definition stated at the base and no longer does.

    Only places where the account has something are told.
    """
    if not isinstance(was, Definition) or action.definition is None:
        return action
    told = (*(found.path for found in action.reported), *action.kept, *action.unjudged)
    left = {*map(field_in, told)} - {*action.definition.sync.ignore}
    stated = action.definition.fields
    dropped = [name for name in was.fields if name not in stated and name in left]
    for name in was.fields.keys() & stated.keys():
        if was.fields[name] != stated[name]:
            places = absent_members(field_of(name), was.fields[name], stated[name], (name,))
            dropped += [path_text(path) for path, _, _ in places if path_text(path) in told]
    return replace(action, dropped=tuple(dropped))


def pruned(
    plan: Plan,
    gone: Sequence[Definition],
    base: Base,
    account: Account,
    matching: Matching,
    definitions: Sequence[Definition],
    elsewhere: Mapping[str, str],
    allow_create: frozenset[str],
) -> Plan:
    """Return the plan with what deletes the assistants of definitions ``gone`` since ``base``.

    A definition that is new since then may be one of those under another name, so neither is done
    in the same run.

    ``matching`` and ``definitions`` are those of now. ``elsewhere`` says by key why a definition
    may only have left this environment, ``allow_create`` the keys of new ones that are known not to
    be renamed. One whose key stands for another assistant now, or whose assistant is not there, has
    no action.
    """
    rules = replace(plan.rules, absent=base.absent, push_unknown=False)
    pruning = _Pruning(base, account, rules, matching, definitions, elsewhere, allow_create)
    keys = {made.key for made in definitions}
    found = [pruning.action(was) for was in gone if was.key not in keys]
    deletes = [action for action in found if action is not None]
    if not deletes:
        return plan
    ids = {action.id for action in deletes}
    told = ", ".join(action.key for action in deletes)
    apart = f"no longer defined since the base: {told}; this may be that under another name"
    actions = [
        replace(action, refused=action.refused or apart) if action.key in pruning.new else action
        for action in plan.actions
    ]
    return replace(
        plan,
        actions=tuple(sorted((*actions, *deletes), key=lambda action: action.key)),
        unmanaged=tuple(one for one in plan.unmanaged if one.id not in ids),
    )


@dataclass(frozen=True)
class _Pruning:
    base: Base
    account: Account
    rules: Rules
    matching: Matching
    definitions: Sequence[Definition]
    elsewhere: Mapping[str, str]
    allow_create: frozenset[str]

    @cached_property
    def _then(self) -> Mapping[str, Match]:
        """By key the assistant that each definition of the base describes."""
        was = tuple(self.base.definitions.values())
        return match(was, self.account.remotes, environment=self.account.environment).matches

    @cached_property
    def new(self) -> frozenset[str]:
        """The keys of definitions that are new since the base and have no assistant."""
        names = {same_name(was.name) for was in self.base.definitions.values()}
        return frozenset(
            made.key
            for made in self.definitions
            if self._is_new(made)
            and made.key not in self.base.definitions
            and same_name(made.name) not in names
        )

    def action(self, was: Definition) -> Delete | None:
        """Return what is to be done about an assistant whose definition is gone."""
        found = self._then[was.key]
        held = found.remote
        if held is None:
            return self._unclear(was, found)
        comparison = compare(was, held, self.rules)
        questions = () if held.faq is None else held.faq.open_questions
        left = ", ".join(one.path for one in comparison.reported)
        notes = [f"{was.file} no longer defines it"]
        notes += [f"set in the account, and never defined: {left}"] if left else []
        masked = ", ".join(comparison.unknown)
        notes += [f"not compared, because the account does not tell it: {masked}"] if masked else []
        return signed(
            Delete(
                key=was.key,
                name=held.shown_name,
                id=held.id,
                file=was.file,
                notes=tuple(notes),
                refused=next(self._refusals(was, held, comparison), None),
                open_questions=questions,
                unknown=comparison.unknown,
                uncompared=comparison.uncompared,
                unset=_blind(comparison),
                definition=was,
                rules=self.rules,
            )
        )

    def _unclear(self, was: Definition, found: Match) -> Delete | None:
        """Refuse where the definition does not say which assistant it was."""
        if found.twins:
            ids = [one.id for one in found.twins]
            why = f"{len(ids)} assistants have the name of its definition: {', '.join(ids)}"
        elif found.id in {remote.id for remote in self.account.remotes}:
            ids, why = [str(found.id)], str(found.refused)
        else:
            return None
        return signed(
            Delete(
                key=was.key,
                name=was.name,
                id=None,
                file=was.file,
                refused=f"{why}; {self._way_on('ID' if len(ids) > 1 else ids[0])}",
                definition=was,
            )
        )

    def _refusals(self, was: Definition, held: Remote, comparison: Comparison) -> Iterator[str]:
        """Yield the reasons against deleting an assistant, the strongest first."""
        on = self._way_on(held.id)
        if self.base.unread:
            why = "; ".join(self.base.unread)
            yield f"nobody can tell whether git removed its definition: {why}; {on}"
        if was.key in self.elsewhere:
            yield f"{self.elsewhere[was.key]}; {on}"
        other = self._claimed(held)
        if other is not None:
            yield f"{other}; {on}"
        if held.data.get("type") == "sub-assistant":
            yield f"it is a sub-assistant, and which flows lead to it cannot be told; {on}"
        if comparison.fields:
            keep = f"to keep it, bring {was.file} back"
            yield f"edited outside git: {', '.join(comparison.fields)}; {keep}; {on}"
        if "faq_items" in comparison.unknown:
            yield f"the account does not tell its FAQ, which may have been edited; {on}"
        uses = self.account.uses.refusal(held.id)
        if uses is not None:
            yield uses

    def _claimed(self, held: Remote) -> str | None:
        """Say which current definition describes an assistant, or may; None if none does."""
        for key, found in self.matching.matches.items():
            if held.id == found.id or held.id in {one.id for one in found.remotes}:
                return f"another definition, {key}, describes it now"
        alike = LookAlikes((held,), self.account.environment, {})
        for made in self.definitions:
            earlier = made.sync.renamed_from
            if earlier is not None and held.is_called(earlier):
                return f"another definition, {made.key}, had this name (sync.renamed_from)"
            if made.key in self.new or (self._is_new(made) and alike.of(made)[0] is not None):
                return (
                    f"{made.key} is new, so it may be this one renamed: then write "
                    f"`sync: {{renamed_from: …}}` into {made.file}; if not, allow the new one with "
                    f"--allow-create {argument(made.key)}, or add it in a change of its own"
                )
        claims = [was.key for was in self.base.definitions.values() if described(was, held)]
        if len(claims) > 1:
            return f"several definitions of the base describe it: {', '.join(claims)}"
        if not claims or held.id not in {one.id for one in self.matching.unmanaged}:
            return "it is not certain that this is the assistant that was defined"
        return None

    def _is_new(self, made: Definition) -> bool:
        """Whether a definition would be created without an explicit permit."""
        return not self.matching.matches[made.key].exists and made.key not in self.allow_create

    def _way_on(self, identity: str) -> str:
        options = account_options(self.account.base_url, self.account.environment)
        return f"`revox-sync delete{options} {argument(identity)}` deletes it all the same"


def _blind(comparison: Comparison) -> tuple[str, ...]:
    """Return the secrets that are needed to tell whether somebody edited it."""
    names = (name for place in comparison.uncompared for name in place.secrets)
    return tuple(dict.fromkeys(names))


def keys_elsewhere(
    gone: Sequence[Definition],
    keys: Mapping[str, Sequence[str]],
    others: Mapping[str, Collection[Definition] | None],
) -> dict[str, str]:
    """Say by key which definitions that are ``gone`` may only have left this environment.

    ``keys`` names the environments of definitions that are not in this one, ``others`` holds the
    definitions of each other environment; None where they cannot be read.
    """
    found: dict[str, str] = {}
    for was in gone:
        named = list(keys.get(was.key, ()))
        for environment, definitions in others.items():
            if definitions is None:
                found[was.key] = f"the definitions of environment {environment} cannot be read"
            elif any(
                made.key == was.key or same_name(made.name) == same_name(was.name)
                for made in definitions
            ):
                named.append(environment)
        if named:
            where = ", ".join(dict.fromkeys(named))
            found[was.key] = f"it is still defined in another environment: {where}"
    return found
