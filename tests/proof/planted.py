"""Faults planted in the tool, each with a small story in which a judge has to notice it.

Without a fault every story ends well; with it the promise breaks that it is listed under.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pytest
from proof.account import Special, Trouble
from proof.choices import DASHBOARD_SECRET
from proof.judges import Violation, complain, judge, judge_return
from proof.steps import apply_cleanly
from proof.world import World, world
from support.service import KEEP, Reaction

from revox_sync.account import client, retry
from revox_sync.account.client import Client
from revox_sync.account.remote import Remote
from revox_sync.account.wire import assistants_of, to_request
from revox_sync.apply import applier, create, events, recreate, replace, write
from revox_sync.cli import approval
from revox_sync.cli.exit_codes import ExitCode
from revox_sync.errors import UnreadableAnswer
from revox_sync.history import journal, runs, snapshot
from revox_sync.history.runs import Recent
from revox_sync.history.snapshot import redacted
from revox_sync.operations import apply as operation
from revox_sync.operations import context
from revox_sync.operations.context import Context
from revox_sync.plan import account, diff
from revox_sync.plan.sides import Sides
from revox_sync.secrecy.redactor import Redactor

Story = Callable[[World], None]

_FAQ = [{"question": "Dogs?", "answer": "Yes."}, {"question": "Cats?", "answer": "No."}]


@dataclass(frozen=True)
class Fault:
    """Something broken in the tool: how to plant it, what happens then, whose promise it breaks."""

    plant: Callable[[pytest.MonkeyPatch], None]
    story: Story
    promise: str


def broken_by(
    story: Story, plant: Callable[[pytest.MonkeyPatch], None] | None = None
) -> tuple[str, ...]:
    """Tell a story in a new world; return the names of the promises that broke."""
    with pytest.MonkeyPatch.context() as patch, world() as made:
        if plant is not None:
            plant(patch)
        try:
            story(made)
        except Violation as broken:
            return broken.promises
    return ()


# Stories.


def a_create_loses_its_answer(made: World) -> None:
    """The service makes an assistant and the connection breaks before it says so."""
    made.define("desk", {"prompt": "Be kind."})
    lost = Trouble("create", 1, 1, "dropped after acting", Reaction(drop="after"))
    judge(made, made.run("apply", troubles=[lost]))


def the_list_is_none(made: World) -> None:
    """The service answers every request for the list with JSON that is no list."""
    made.account.add("desk")  # by hand, so that no record of this machine tells of it
    made.define("desk", {"prompt": "Be kind."})
    broken = Reaction(status=200, body=b'{"assistants": null}')
    judge(made, made.run("apply", troubles=[Trouble("list", 1, 9, "no list", broken)]))


def somebody_edits_during_the_run(made: World) -> None:
    """Between the tool's list and its write somebody edits what it is about to write."""
    identity = made.account.add("desk", first_sentence="Before.")
    made.define("anna", {"prompt": "You are Anna."})
    made.define("desk", {"prompt": "Be kind.", "first_sentence": "After."})

    def edit() -> None:
        made.account.edit(identity, first_sentence="Typed by somebody.")

    meanwhile = Trouble("create", 1, 1, "edited", Reaction(edit=edit))
    judge(made, made.run("apply", troubles=[meanwhile]))


def a_question_waits(made: World) -> None:
    """A FAQ differs from its definition, and holds a question that waits for a human."""
    identity = made.account.add("desk", faq_items=_FAQ[:1])
    made.account.ask(identity, "Parrots?")
    made.define("desk", {"prompt": "Be kind.", "faq_items": _FAQ})
    judge(made, made.run("apply"))


def somebody_made_another_meanwhile(made: World) -> None:
    """A create is lost while somebody makes another of its name; then the run is undone."""
    made.define("desk", {"prompt": "Be kind."})

    def add() -> None:
        made.account.add("desk", "Made by hand.")

    meanwhile = Trouble("create", 1, 1, "lost", Reaction(edit=add, drop="before"))
    done = made.run("apply", troubles=[meanwhile])
    judge(made, done)
    if done.folder is not None:
        judge(made, made.run("rollback", done.folder.name, "--delete-created"))


def a_replace(made: World) -> None:
    """One assistant differs from its definition in a text, its webhook and its FAQ."""
    webhook = f"https://elsewhere.example.com/?token={DASHBOARD_SECRET}"
    made.account.add("desk", "Old.", webhook_url=webhook, faq_items=_FAQ[:1])
    hook = "https://hooks.example.com/?token=${secret.HOOK}"
    made.define("desk", {"prompt": "New.", "webhook_url": hook, "faq_items": _FAQ})
    apply_cleanly(made)


def a_replace_and_back(made: World) -> None:
    """One assistant is replaced, and the run is undone."""
    made.account.add("desk", "Old.", faq_items=_FAQ[:1])
    made.define("desk", {"prompt": "New.", "faq_items": _FAQ})
    done = apply_cleanly(made)
    assert done.folder is not None
    back = made.run("rollback", done.folder.name)
    judge_return(made, done, back)


def a_refusal_quotes_the_request(made: World) -> None:
    """The service refuses a body and quotes it, secret included."""
    made.define("desk", {"prompt": "Be kind.", "first_sentence": "Code ${secret.HOOK}"})
    refusal = Reaction(status=400, body={"error": "no"})
    judge(made, made.run("apply", troubles=[Trouble("create", 1, 1, "status 400", refusal)]))


def the_service_keeps_a_field(made: World) -> None:
    """The service answers a write with success and leaves one field as it was."""
    made.account.alterations["first_sentence"] = lambda _: KEEP
    made.define("desk", {"prompt": "Be kind.", "first_sentence": "Hello."})
    judge(made, made.run("apply"))


def somebody_edits_while_a_write_waits(made: World) -> None:
    identity = made.account.add("desk", "Old.", first_sentence="Old.")
    made.define("desk", {"prompt": "New.", "first_sentence": "New."})

    def edit() -> None:
        made.account.edit(identity, first_sentence="Typed by somebody.")

    busy = Reaction(status=503, headers={"retry-after": "0"})
    troubles = [
        Trouble("change", 1, 1, "busy", busy),
        Trouble("read", 2, 1, "edited", Reaction(edit=edit)),
        Trouble("change", 2, 1, "edited", Reaction(edit=edit)),
    ]
    judge(made, made.run("apply", troubles=troubles))


def two_applies_while_reads_lag(made: World) -> None:
    """Reads lag two seconds behind writes, and an apply follows another at once."""
    made.account.fall_behind(2.0)
    made.define("desk", {"prompt": "Be kind."})
    for _ in range(2):
        done = made.run("apply")
        judge(made, done)
        failed = ["a run failed that had only to wait"] if done.result.code else []
        complain(done, {"each_definition_is_one_assistant": failed})


def lists_are_empty_for_a_moment(made: World) -> None:
    """Every list of a run is empty, after this machine has made and changed assistants."""
    made.account.add("anna", "Old.")
    for key in ("anna", "desk"):
        made.define(key, {"prompt": "Be kind."})
    apply_cleanly(made)
    empty = Trouble("list", 1, 9, "an empty list", Special(acts=True, lacking="all"))
    judge(made, made.run("apply", troubles=[empty]))


def a_create_is_answered_503_and_shows_late(made: World) -> None:
    """The service makes an assistant, answers 503, and shows it two seconds later."""
    made.account.fall_behind(2.0)
    made.define("desk", {"prompt": "Be kind."})
    lost = Reaction(status=503, headers={"retry-after": "0"}, acts=True)
    judge(made, made.run("apply", troubles=[Trouble("create", 1, 1, "status 503", lost)]))


def a_run_is_killed_and_its_create_shows_late(made: World) -> None:
    """A run is killed before the answer to its create, and the next one follows at once."""
    made.account.fall_behind(2.0)
    made.define("desk", {"prompt": "Be kind."})
    made.kill(Trouble("create", 1, 1, "killed", Special(acts=True)))
    judge(made, made.run("apply"))


def a_change_is_answered_by_a_web_page(made: World) -> None:
    """The service changes an assistant, answers with a web page, and shows it later."""
    made.account.add("desk", "Old.")
    made.account.fall_behind(2.0)
    made.define("desk", {"prompt": "New."})
    page = Reaction(status=200, body=b"<h1>ok</h1>", content_type="text/html", acts=True)
    done = made.run("apply", troubles=[Trouble("change", 1, 1, "a web page", page)])
    judge(made, done)
    failed = ["it says not taken of what was taken"] if done.result.code else []
    complain(done, {"what_is_told_is_true": failed})


def a_replace_and_back_while_reads_lag(made: World) -> None:
    """One assistant is replaced, and the run is undone before reads show it."""
    made.account.add("desk", "Old.")
    made.account.fall_behind(2.0)
    made.define("desk", {"prompt": "New."})
    done = made.run("apply")
    assert done.folder is not None
    judge_return(made, done, made.run("rollback", done.folder.name))


def a_change_and_its_revert_while_reads_lag(made: World) -> None:
    """A bad edit is applied, taken back in git, and applied again before reads show it."""
    for text in ("Good.", "Bad.", "Good."):
        made.define("desk", {"prompt": text})
        judge(made, made.run("apply"))
        if text == "Good.":
            made.account.fall_behind(2.0)


def a_rollback_deletes_and_an_apply_follows(made: World) -> None:
    """A rollback deletes what a run made, and an apply follows before lists show that."""
    made.define("desk", {"prompt": "Be kind."})
    done = apply_cleanly(made)
    assert done.folder is not None
    made.account.fall_behind(2.0, "list")
    judge(made, made.run("rollback", done.folder.name, "--delete-created"))
    judge(made, made.run("apply"))


def a_rate_limit_outlasts_the_run(made: World) -> None:
    """Every request that makes something meets a rate limit."""
    made.define("desk", {"prompt": "Be kind."})
    slow = Reaction(status=429, headers={"retry-after": "7"})
    judge(made, made.run("apply", troubles=[Trouble("create", 1, 99, "a rate limit", slow)]))


def a_recreate_is_killed_and_its_definition_edited(made: World) -> None:
    """A run is killed between the POST and the DELETE; then the definition changes."""
    made.recreate("delete")
    made.account.add("desk", "Old.")
    made.define("desk", {"prompt": "New."})
    made.kill(Trouble("delete", 1, 1, "killed", Special()))
    made.define("desk", {"prompt": "Newer."})
    done = made.run("apply")
    judge(made, done)
    failed = ["a run failed that had only to finish another"] if done.result.code else []
    complain(done, {"each_definition_is_one_assistant": failed})


def a_recreate_while_lists_lag(made: World) -> None:
    """A new assistant takes the old one's place, and no list shows it yet."""
    made.recreate("keep")
    made.account.add("desk", "Old.")
    made.account.fall_behind(30.0, "list")
    made.define("desk", {"prompt": "New."})
    for _ in range(2):
        judge(made, made.run("apply"))


def a_recreate_whose_new_one_no_read_shows(made: World) -> None:
    """A new assistant is made, and neither a list nor a read by id shows it in the next run."""
    made.recreate("delete")
    made.account.add("desk", "Old.")
    made.account.fall_behind(60.0)
    made.define("desk", {"prompt": "New."})
    for _ in range(2):
        judge(made, made.run("apply"))


# Faults.


async def _at_once(look: Any, _enough: Any, _seconds: float) -> Any:
    return await look()


async def _made_nothing(*_: Any) -> None:
    return None


def _no_record_is_asked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Context, "sent", lambda _: {})
    patch.setattr(context, "list_recent", lambda *_: Recent())
    patch.setattr(operation, "list_sent", lambda *_: {})


def _only_what_runs_made_is_asked_for(patch: pytest.MonkeyPatch) -> None:
    sent = runs._sent

    def less(lines: Any, gone: Any) -> Any:
        return sent([line for line in lines if line.get("method") != "PATCH"], gone)

    patch.setattr(runs, "_sent", less)
    patch.setattr(context, "list_recent", lambda *_: Recent())


def _killed_runs_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    sent = runs._sent
    patch.setattr(runs, "_sent", lambda *lines: (one for one in sent(*lines) if one[1].id))


def _post_is_repeated(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(retry, "_REPEATABLE", retry._REPEATABLE | {"POST"})


def _no_list_is_an_empty_list(patch: pytest.MonkeyPatch) -> None:
    def lax(answer: Any, *, trusted: bool) -> list[dict[str, Any]]:
        try:
            return assistants_of(answer, trusted=trusted)
        except UnreadableAnswer:
            return []

    patch.setattr(client, "assistants_of", lax)


def _not_read_again(patch: pytest.MonkeyPatch) -> None:
    """What the list said is taken for what is there when it is written."""
    listing = Client.list_assistants
    listed: dict[str, Remote] = {}

    async def listing_once(self: Client) -> list[Remote]:
        found = await listing(self)
        for item in found:
            listed.setdefault(item.id, item)
        return found

    async def remembered(_writing: Any, identity: str, *, faq: bool) -> Remote:
        return listed[identity]

    patch.setattr(Client, "list_assistants", listing_once)
    patch.setattr(write.Writing, "read", remembered)


def _repeated_without_another_look(patch: pytest.MonkeyPatch) -> None:
    look = replace.look_again
    first: list[Any] = []

    async def once(*arguments: Any) -> Any:
        if not first:
            first.append(await look(*arguments))
        return first[0]

    patch.setattr(replace, "look_again", once)


def _sends_more(patch: pytest.MonkeyPatch) -> None:
    def more(fields: Mapping[str, Any], profile: Any) -> dict[str, Any]:
        return {**to_request(fields, profile), "voicemail_message": "Call back."}

    patch.setattr(replace, "to_request", more)


def _no_snapshot(patch: pytest.MonkeyPatch) -> None:
    async def none(*_: Any) -> None:
        pass

    patch.setattr(journal.Journal, "snapshot", none)


def _snapshot_lacks_the_faq(patch: pytest.MonkeyPatch) -> None:
    def less(data: Mapping[str, Any], *secrets: Any) -> Any:
        return redacted({n: v for n, v in data.items() if n != "faq_items"}, *secrets)

    patch.setattr(journal, "redacted", less)


def _rollback_forgets_texts(patch: pytest.MonkeyPatch) -> None:
    whole = snapshot._fields

    def less(*arguments: Any) -> Any:
        fields, remarks, used = whole(*arguments)
        return {n: v for n, v in fields.items() if n != "prompt"}, remarks, used

    patch.setattr(snapshot, "_fields", less)


def _nothing_is_masked_in_plans(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Sides, "is_opaque", False)
    patch.setattr(Sides, "_lacks", lambda *_: False)
    patch.setattr(Sides, "_concealed", lambda _, change, *__: change)


def _setting(room: Any, name: str, value: Any) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(room, name, value)


FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        "the FAQ is never compared": Fault(
            _setting(diff, "item_changes", lambda *_: []),
            a_replace,
            "each_definition_is_one_assistant",
        ),
        "a POST is repeated like any request": Fault(
            _post_is_repeated, a_create_loses_its_answer, "nothing_is_doubled"
        ),
        "an answer that is no list counts as an empty one": Fault(
            _no_list_is_an_empty_list, the_list_is_none, "nothing_is_doubled"
        ),
        "more is sent than differs": Fault(_sends_more, a_replace, "nothing_unmanaged_changes"),
        "an assistant of the same name is adopted unlike as it is": Fault(
            _setting(create, "missing", lambda *_: []),
            somebody_made_another_meanwhile,
            "nothing_unmanaged_changes",
        ),
        "the assistant is not read again before a write": Fault(
            _not_read_again, somebody_edits_during_the_run, "no_edit_vanishes_unseen"
        ),
        "a PATCH is repeated without another look": Fault(
            _repeated_without_another_look,
            somebody_edits_while_a_write_waits,
            "no_edit_vanishes_unseen",
        ),
        "open questions are dropped without asking": Fault(
            _setting(events.Consent, "covers", lambda *_: True),
            a_question_waits,
            "no_edit_vanishes_unseen",
        ),
        "no snapshot is written": Fault(
            _no_snapshot,
            a_replace,
            "what_was_replaced_is_kept",
        ),
        "the snapshot lacks the FAQ": Fault(
            _snapshot_lacks_the_faq, a_replace, "what_was_replaced_is_kept"
        ),
        "a rollback leaves a field out": Fault(
            _rollback_forgets_texts,
            a_replace_and_back,
            "everything_replaced_can_be_brought_back",
        ),
        "snapshots are not redacted": Fault(
            _setting(journal, "redacted", lambda data, *_: (dict(data), ())),
            a_replace,
            "no_secret_is_told",
        ),
        "errors of the service are not redacted": Fault(
            _setting(Redactor, "__call__", lambda _, text: text),
            a_refusal_quotes_the_request,
            "no_secret_is_told",
        ),
        "plans are not masked": Fault(_nothing_is_masked_in_plans, a_replace, "no_secret_is_told"),
        "what the service did not take goes unnoticed": Fault(
            _setting(write, "missing", lambda *_: []),
            the_service_keeps_a_field,
            "what_is_told_is_true",
        ),
        "the end of a run does not wait for what it made": Fault(
            _setting(applier, "awaited", _at_once),
            two_applies_while_reads_lag,
            "each_definition_is_one_assistant",
        ),
        "what earlier runs made is not asked for": Fault(
            _no_record_is_asked, lists_are_empty_for_a_moment, "nothing_is_doubled"
        ),
        "what earlier runs changed is not asked for": Fault(
            _only_what_runs_made_is_asked_for, lists_are_empty_for_a_moment, "nothing_is_doubled"
        ),
        "one look decides about a 503": Fault(
            _setting(create, "awaited", _at_once),
            a_create_is_answered_503_and_shows_late,
            "nothing_is_doubled",
        ),
        "a create without an answer is forgotten": Fault(
            _killed_runs_are_forgotten,
            a_run_is_killed_and_its_create_shows_late,
            "nothing_is_doubled",
        ),
        "one read decides about a change": Fault(
            _setting(write, "awaited", _at_once),
            a_change_is_answered_by_a_web_page,
            "what_is_told_is_true",
        ),
        "a rollback takes the first read for what is there": Fault(
            _setting(account, "awaited", _at_once),
            a_replace_and_back_while_reads_lag,
            "everything_replaced_can_be_brought_back",
        ),
        "an apply takes the first read for what is there": Fault(
            _setting(account, "awaited", _at_once),
            a_change_and_its_revert_while_reads_lag,
            "each_definition_is_one_assistant",
        ),
        "what earlier runs deleted is taken for there": Fault(
            _setting(runs, "_deleted_in", lambda _: {}),
            a_rollback_deletes_and_an_apply_follows,
            "each_definition_is_one_assistant",
        ),
        "a rate limit counts as a lost answer": Fault(
            _setting(create, "perhaps_done", lambda _: True),
            a_rate_limit_outlasts_the_run,
            "what_is_told_is_true",
        ),
        "what a killed recreate left is forgotten": Fault(
            _setting(context, "unfinished", lambda *_: {}),
            a_recreate_is_killed_and_its_definition_edited,
            "each_definition_is_one_assistant",
        ),
        "what a recreate made is looked for in lists alone": Fault(
            _no_record_is_asked, a_recreate_while_lists_lag, "nothing_is_doubled"
        ),
        "what a recreate made and no read shows is taken for gone": Fault(
            _setting(recreate, "made_before", _made_nothing),
            a_recreate_whose_new_one_no_read_shows,
            "nothing_is_doubled",
        ),
        "the exit code is always 0": Fault(
            _setting(approval, "exit_code", lambda _: ExitCode.DONE),
            the_service_keeps_a_field,
            "what_is_told_is_true",
        ),
    }
)
