"""The judges: what has to hold after every run, each told by name.

They look at the definitions, at what really happened in the account, and at what the run said and
left on the disk; nothing here comes from ``revox_sync``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from proof.account import Change
from proof.choices import DASHBOARD_SECRET, Fields
from proof.evidence import (
    SERVICE_OWN,
    account_before,
    counted,
    created,
    current,
    differing,
    edited,
    is_sensitive,
    last_writer,
    open_questions,
    overlooked,
    replaced,
    shown,
    snapshot,
    told,
    traces,
    tried,
    written,
)
from proof.world import SECRET, Run, World
from properties.documented import NOT_CLEARABLE
from properties.meaning import agree, disagreements
from support.service import KEY, SEARCH


class Violation(AssertionError):
    """Promises were broken: by the name of the judge, what it has to say."""

    def __init__(self, broken: Mapping[str, Sequence[str]], context: str = "") -> None:
        lines = [f"{promise}: {words}" for promise, found in broken.items() for words in found]
        super().__init__("\n".join([*lines, context]))
        self.promises = tuple(broken)


Judge = Callable[[World, Run], Iterator[str]]


def each_definition_is_one_assistant(world: World, run: Run) -> Iterator[str]:
    """After a run that ended with exit code 0: each exists once and equals its definition.

    What somebody edited while the run was under way is no fault of the run.
    """
    if run.command != "apply" or run.result.code != 0:
        return
    late = [c.before for c in overlooked(world, run) if c.after is None and c.before]
    gone = {str(before["name"]) for before in late}
    for key, wanted in run.stated.items():
        found = current(world, run, key)
        if len(found) > 1:
            yield f"{len(found)} assistants are named {key}"
        elif not found and key not in gone:
            yield f"no assistant is named {key}"
        for assistant in found[:1] if key not in gone else ():
            wrong = disagreements(wanted, assistant) - edited(world, run, str(assistant["id"]))
            if wrong:
                yield f"{key} differs from its definition in {', '.join(sorted(wrong))}"


def nothing_is_doubled(world: World, run: Run) -> Iterator[str]:
    """No run makes an assistant whose name is taken, or a new one in vain.

    Taken is what a list has shown, or what this machine's records tell of. A run is blind that
    looks for a shorter time than reads lag.
    """
    present = account_before(world, run)
    born = {c.id: c.at for c in world.account.changes if c.before is None}
    own = {one for earlier in world.runs if earlier.here == run.here for one in created(earlier)}
    blind, short = 0 < run.lag >= run.settle, run.short >= _SHORT
    made: set[str] = set()

    def could_show(identity: str) -> bool:
        """Whether a run saw an assistant in a list, or had to wait until it does."""
        if run.lag == 0 or identity in run.known or (identity in own and not blind):
            return True
        return born[identity] <= change.listed - run.lag

    for change in run.changes:
        if change.before is None and change.after is not None and change.by == "tool":
            name = str(change.after["name"])
            others = [
                one
                for one in present.values()
                if one["name"] == name
                and one["id"] not in made
                and (one["id"] in run.known and not blind if short else could_show(one["id"]))
            ]
            if (name in made and not blind) or (others and (run.retire is None or run.restored)):
                yield f"a second assistant named {name} was made"
            elif others and name in run.stated:
                newest = max(others, key=lambda one: str(one["created_at"]))
                edits = [c for c in overlooked(world, run) if c.before and c.id == newest["id"]]
                looks = run.settle > 0 or run.lag == 0
                if looks and not edits and not disagreements(run.stated[name], newest):
                    yield f"a new assistant was made for {name}, which was as it is to be"
            made |= {name, change.id}
        if change.after is None:
            present.pop(change.id, None)
        elif change.before is not None or change.by == "tool":
            present[change.id] = change.after


#: So many lists that lack something show a run nothing of an assistant that it has no record of.
_SHORT = 2


def nothing_unmanaged_changes(world: World, run: Run) -> Iterator[str]:
    """A run writes what a definition states, or a rollback what its run sent; nothing else."""
    had = {} if run.retire is None else account_before(world, run)
    had = {**had, **({} if run.restored is None else replaced(run.restored))}
    late = [c.before for c in overlooked(world, run) if c.before and run.retire is not None]
    names = {str(one["name"]) for one in (*had.values(), *late)}
    for change in run.writes:
        if change.before is None:
            continue
        if change.after is None:
            name = str(change.before["name"])
            own = created(run if run.restored is None else run.restored)
            retired = run.retire == "delete" and name in run.stated and _is_left(world, run, name)
            if not retired and change.id not in own:
                yield f"{name} was deleted, which its run did not make"
        elif run.restored is not None:
            more = differing(change) - tried(run.restored, change.id)
            if run.retire is not None:  # it may go back to before the run that began a recreate
                begun = [one for one in world.runs if one.earlier <= run.restored.earlier]
                name = str(change.before["name"])
                more -= {field for one in begun for field in one.stated.get(name, {})}
            if more:
                yield f"rollback changed {', '.join(sorted(more))}, which its run did not send"
        else:
            late = edited(world, run, change.id)
            yield from _beyond(change, change.before, change.after, run.stated, late)
    for request in run.requests:
        if request.method == "POST" and request.path != SEARCH:
            name = request.body["name"]
            more = request.body.keys() - run.stated.get(name, {}).keys()
            # A new one is given what the one has in whose place it comes.
            if more and name not in names:
                yield f"a create sent {', '.join(sorted(more))}, which nothing states"


def _is_left(world: World, run: Run, name: str) -> bool:
    """Whether one of a name is left, as far as a run could see."""
    gone = (c.before for c in overlooked(world, run) if c.after is None and c.before is not None)
    return bool(world.named(name)) or any(one["name"] == name for one in gone)


def _beyond(
    change: Change, before: Fields, after: Fields, stated: Mapping[str, Fields], late: set[str]
) -> Iterator[str]:
    fields = stated.get(str(before["name"]))
    if fields is None:
        yield f"{after['name']} has no definition and was written"
        return
    more = differing(change) - fields.keys()
    if more:
        yield f"{after['name']} was changed in {', '.join(sorted(more))}, which nothing states"
    for name, value in fields.items():
        if isinstance(value, dict) and isinstance(before.get(name), dict) and name not in late:
            kept = before[name].keys() - value.keys()
            lost = [m for m in kept if before[name][m] != (after.get(name) or {}).get(m)]
            if lost:
                yield f"{after['name']} lost {name}.{lost[0]}, which nothing states"


def no_edit_vanishes_unseen(world: World, run: Run) -> Iterator[str]:
    """What somebody typed in the dashboard is overwritten only where a plan or a snapshot has it.

    A question that waits for a human goes only where the run was told that it may.
    """
    for index, change in enumerate(run.changes):
        if change.by != "tool" or change.before is None or change.after is None:
            continue
        past = [*world.account.changes[: run.earlier], *run.changes[:index]]
        late = [one for one in past if run.lag and one.at > change.looked - run.lag]
        kept = snapshot(run, change.id)
        for name in differing(change):
            if last_writer(past, change.id, name) != "dashboard":
                continue
            if last_writer(late, change.id, name) is not None:
                continue  # no read has shown it yet
            value = change.before[name]
            if agree(name, value, change.after[name]):
                continue
            held = kept is not None and name in kept and agree(name, value, kept[name])
            if not held and not shown(run, change, name):
                yield f"{name} of {change.before['name']} was overwritten unseen: {value!r}"
        lost = open_questions(change.before) - open_questions(change.after)
        lost -= {
            q for c in overlooked(world, run) if run.lag for q in open_questions(c.after or {})
        }
        if lost and not run.agreed:
            yield f"open questions were dropped without consent: {sorted(lost)}"
        unseen = {question for question in lost if question not in run.result.out}
        if unseen and (kept is None or not unseen <= open_questions(kept)):
            yield f"open questions were dropped unseen: {sorted(unseen)}"


def what_was_replaced_is_kept(world: World, run: Run) -> Iterator[str]:
    """Before the first write to an assistant its whole form is on the disk, without secrets."""
    present = account_before(world, run)
    for identity, before in replaced(run).items():
        if identity in created(run):  # it was not as it was sent, and has never served
            continue
        kept = snapshot(run, identity)
        if kept is None:
            yield f"no snapshot of {before['name']}"
            continue
        for name in before.keys() - SERVICE_OWN:
            if is_sensitive(run, before, name):
                continue
            # What others edit meanwhile and the run does not write may be kept as it was earlier.
            if run.lag and name in edited(world, run, identity):
                continue
            held = [before, *([present[identity]] if name not in written(run, identity) else [])]
            if not any(agree(name, state[name], kept.get(name)) for state in held):
                yield f"the snapshot of {before['name']} has another {name}"
        asked = open_questions(before) != open_questions(kept)
        if asked and not (run.lag and "faq_items" in edited(world, run, identity)):
            yield f"the snapshot of {before['name']} lacks open questions"


def no_secret_is_told(world: World, run: Run) -> Iterator[str]:
    """Neither the key nor a secret is printed, or lies anywhere below the project."""
    places = [("stdout", run.result.out), ("stderr", run.result.err)]
    for path, content in world.desk.project.files().items():
        places.append((path, content.decode("utf-8", "replace")))
    for place, text in places:
        for what, secret in _SECRETS.items():
            if any(trace in text for trace in traces(secret)):
                yield f"{what} is in {place}"


_SECRETS = {
    "the API key": KEY,
    "a secret": SECRET,
    "a webhook's token of the account": DASHBOARD_SECRET,
}


#: Exit codes of runs that wrote nothing: an error, a refusal, wrong usage.
_NOTHING_WRITTEN = (1, 3, 64)


def what_is_told_is_true(world: World, run: Run) -> Iterator[str]:
    """What is reported done is done, what is reported not begun was not, and counts add up."""
    if "internal error" in run.result.err:
        yield "an internal error"
    said, counts = told(run), counted(run)
    if said and counts is not None:
        listed = [sum(status == s for status, _ in said) for s in _STATUSES]
        if listed != counts:
            yield f"the summary counts {counts}, the list {listed}"
    if run.result.code == 0 and any(status != "done" for status, _ in said):
        yield "exit code 0, though not everything was done"
    if run.result.code in _NOTHING_WRITTEN and run.writes:
        yield f"exit code {run.result.code}, though something was written"
    sent = [one for one in run.requests if one.method != "GET" and one.path != SEARCH]
    slowed = {id(one) for one in run.slowed}
    if sent and all(id(one) in slowed for one in sent):
        yield from (f"{k} is unknown, and was never sent" for s, k in said if s == "unknown")
    for status, key in said:
        touched = [c for c in run.writes if (c.before or c.after or {})["name"] == key]
        if status == "done" and run.command == "apply":
            yield from _done(world, run, key)
        elif status in ("refused", "skipped") and touched:
            yield f"{key} is reported {status}, though it was written"


_STATUSES = ("done", "failed", "refused", "skipped", "unknown")


def _done(world: World, run: Run, key: str) -> Iterator[str]:
    """Whether the last write that the run made to an assistant left it as the definition wants."""
    writes = [c for c in run.writes if c.after is not None and c.after["name"] == key]
    states = [c.after for c in writes if c.after is not None]
    # An action whose write turned out to be needless left it as it found it.
    states = states or current(world, run, key)
    if not states and _is_left(world, run, key):
        return  # somebody has deleted it since
    wanted = run.stated[key]
    if not states or disagreements(wanted, states[-1]) - edited(world, run, str(states[-1]["id"])):
        yield f"{key} is reported done, and it is not as its definition wants it"


def everything_replaced_can_be_brought_back(world: World, done: Run, back: Run) -> Iterator[str]:
    """After an apply and its rollback every value that the apply replaced is as it was.

    Left out, as documented: sensitive values, which no file holds, fields that the service cannot
    empty again, and questions that waited for a human.
    """
    for identity, before in replaced(done).items():
        now = world.account.assistants.get(identity)
        if now is None:  # a new one took its place, in this run or before it
            if any(_is_newer(one, before) for one in account_before(world, done).values()):
                continue
            (now,) = current(world, back, str(before["name"]))
        for name in written(done, identity):
            if before[name] is None and name in NOT_CLEARABLE:
                continue
            if is_sensitive(done, before, name):
                continue
            if not agree(name, before[name], now[name]):
                yield f"{name} of {before['name']} was not brought back\n{back.result.said}"


def _is_newer(one: Fields, other: Fields) -> bool:
    same = one["name"] == other["name"]
    return same and str(one["created_at"]) > str(other["created_at"])


JUDGES: tuple[Judge, ...] = (
    each_definition_is_one_assistant,
    nothing_is_doubled,
    nothing_unmanaged_changes,
    no_edit_vanishes_unseen,
    what_was_replaced_is_kept,
    no_secret_is_told,
    what_is_told_is_true,
)

#: Every judge, for reports.
PROMISES: tuple[Callable[..., Iterator[str]], ...] = (
    *JUDGES,
    everything_replaced_can_be_brought_back,
)


def judge(world: World, run: Run) -> None:
    """Let every judge look at a run; raises Violation where promises were broken."""
    complain(run, {look.__name__: list(look(world, run)) for look in JUDGES})


def judge_return(world: World, done: Run, back: Run) -> None:
    """Let the judges look at the rollback of an apply."""
    judge(world, back)
    look = everything_replaced_can_be_brought_back
    complain(back, {look.__name__: list(look(world, done, back))})


def complain(run: Run, found: Mapping[str, Sequence[str]]) -> None:
    """Raise Violation if any judge has found something."""
    broken = {promise: words for promise, words in found.items() if words}
    if broken:
        said = f"{' '.join(run.arguments)} -> {run.result.code}"
        raise Violation(broken, f"{said}\n{run.result.said}")
