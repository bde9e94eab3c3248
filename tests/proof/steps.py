"""What may happen in a world: one function per kind of event, each with choices of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from proof import choices
from proof.account import Special, Trouble
from proof.choices import KEYS, MANAGED, UNMANAGED, Choose
from proof.judges import complain, each_definition_is_one_assistant, judge, judge_return
from proof.world import Retire, Run, World

Step = Callable[[World, Choose], None]


def begin(world: World, choose: Choose) -> None:
    """Two definitions, an assistant of somebody else, and how assistants are replaced."""
    how: tuple[Retire | None, ...] = (None, None, "delete", "keep")
    retire = choose(how)
    if retire is not None:
        world.recreate(retire)
    add_in_the_dashboard(world, choose)
    for _ in range(2):
        define_something(world, choose)


def define_something(world: World, choose: Choose) -> None:
    """A definition is written, or written anew."""
    key = choose(KEYS)
    world.define(key, choices.definition(choose, key, world.next()))


def edit_a_definition(world: World, choose: Choose) -> None:
    """One field of a definition is changed, added or left out."""
    key = choose(sorted(world.definitions))
    fields = dict(world.definitions[key])
    name = choose(MANAGED)
    if name != "prompt" and name in fields and choose((False, False, True)):
        del fields[name]
    else:
        fields[name] = choices.stated_value(choose, name, key, world.next())
    world.define(key, fields)


def withdraw_a_definition(world: World, choose: Choose) -> None:
    """A definition is deleted; its assistant stays, and is nobody's business any more."""
    if len(world.definitions) > 1:
        world.withdraw(choose(sorted(world.definitions)))


def edit_in_the_dashboard(world: World, choose: Choose) -> None:
    """Somebody changes a field of an assistant, stated or not."""
    identity = _somebody(world, choose)
    if identity is not None:
        name = choose((*MANAGED, *UNMANAGED))
        world.account.edit(identity, **{name: choices.edited_value(choose, name, world.next())})


def ask_a_question(world: World, choose: Choose) -> None:
    """A call leaves a question that waits for a human."""
    identity = _somebody(world, choose)
    if identity is not None:
        world.account.ask(identity, f"Open {world.next()}?")


def add_in_the_dashboard(world: World, choose: Choose) -> None:
    """Somebody makes an assistant that no definition describes, or one that has yet to be made."""
    free = [key for key in KEYS if not world.named(key)]
    number = world.next()
    name = choose((f"Somebody's {number}", *free))
    world.account.add(name, f"Made by hand, {number}.")


def delete_in_the_dashboard(world: World, choose: Choose) -> None:
    """Somebody deletes an assistant, and unbinds the definition that was bound to it."""
    identity = _somebody(world, choose)
    if identity is not None and choose((False, True)):
        world.account.delete(identity)
        for key in world.definitions:
            if world.bound(key) == identity:
                world.bind(key, None)


def bind_a_definition(world: World, choose: Choose) -> None:
    """A definition is bound to its assistant by id, or to none any more."""
    key = choose(sorted(world.definitions))
    found = world.named(key)
    if len(found) == 1 and world.bound(key) is None:
        world.bind(key, str(found[0]["id"]))
    elif world.bound(key) is not None and len(found) == 1:
        world.bind(key, None)


def fall_behind(world: World, choose: Choose) -> None:
    """From now on reads lag behind writes."""
    seconds, reads = choices.lag(choose)
    world.account.fall_behind(seconds, *reads)


def go_to_another_machine(world: World, _choose: Choose) -> None:
    """Work goes on in another clone, which has other records or none."""
    world.go_to_another_machine()


def be_killed_and_edit(world: World, choose: Choose) -> None:
    """An apply is killed at a write, and definitions are edited before the next one."""
    for _ in range(choose((1, 2))):
        choose((edit_a_definition, define_something))(world, choose)
    moment = choose(("before acting", "after acting"))
    where = choose(("create", "change", "create", "delete"))
    reaction = Special(acts=moment == "after acting")
    trouble = Trouble(where, choose((1, 2)), 1, f"killed {moment}", reaction)
    judge(world, world.kill(trouble, "--drop-open-questions", *_rebinding(world)))
    for _ in range(choose((1, 0, 2))):
        edit_a_definition(world, choose)


def apply_in_trouble(world: World, choose: Choose) -> None:
    """An apply while things go wrong and others edit; there is mostly something to write."""
    for _ in range(choose((1, 2, 0))):
        choose((edit_a_definition, define_something))(world, choose)
    count = choose((1, 2, 3))
    troubles = [choices.trouble(choose, world.next()) for _ in range(count)]
    agreed = (*choose(((), ("--drop-open-questions",))), *_rebinding(world))
    judge(world, world.run("apply", *agreed, troubles=troubles))


def roll_back_in_trouble(world: World, choose: Choose) -> None:
    """A rollback of some earlier run, with something going wrong."""
    folders = world.folders()
    if folders:
        troubles = [choices.trouble(choose, world.next()) for _ in range(choose((0, 1)))]
        agreed = choose(((), ("--drop-open-questions",), ("--delete-created",)))
        name = choose(folders[::-1]).name
        agreed = (*agreed, *_rebinding(world))
        judge(world, world.run("rollback", name, *agreed, troubles=troubles))


def apply_and_roll_back(world: World, choose: Choose) -> None:
    """An apply in peace, and back again: every replaced value is there as it was.

    Reads may lag behind the apply; a rollback that refuses for that is run again later.
    """
    world.account.catch_up()
    if choose((False, True)):
        world.account.fall_behind(2.0, *choices.lag(choose)[1])
    done = _apply_in_peace(world)
    if done.folder is not None and choose((True, False)):
        back = ("rollback", done.folder.name, "--drop-open-questions", *_rebinding(world))
        run = world.run(*back)
        if run.lag and run.result.code != 0:
            judge(world, run)
            world.account.catch_up()
            run = world.run(*back)
        judge_return(world, done, run)


def apply_cleanly(world: World, _choose: Choose | None = None) -> Run:
    """An apply in peace has to succeed, and a plan after it has to be empty."""
    world.account.catch_up()
    done = _apply_in_peace(world)
    wrong = [] if done.result.code == 0 else ["the run failed, though nothing went wrong"]
    wrong += [] if world.desk.settled() else ["a plan after it is not empty"]
    complain(done, {each_definition_is_one_assistant.__name__: wrong})
    return done


#: What a refusal may tell to do, as a person would do it who reads it.
_ADVICE = re.compile(r"--force-recreate|--(?:finish-recreate|allow-create) [\w/-]+")

_GONE = re.compile(r"it is bound to ([\w-]+) \(sync\.id\), and no such assistant exists")

_TWINS = re.compile(r"assistants of (?:the account have )?its name(?: now)?: ([\w-]+(?:, [\w-]+)+)")


def _apply_in_peace(world: World) -> Run:
    """Apply, and once more with what a refusal tells to do."""
    options = ["--drop-open-questions", *_rebinding(world)]
    done = world.run("apply", *options)
    judge(world, done)
    for _ in range(len(world.definitions)):
        said = " ".join(done.result.said.split())
        told = sorted({*_ADVICE.findall(said)} - {*options})
        twins = {one for found in _TWINS.findall(said) for one in found.split(", ")[:-1]}
        gone = {*_GONE.findall(said)}
        if done.result.code in (0, 1) or not (told or twins or gone):
            break
        for one in sorted(twins & {*world.account.assistants}):  # a list may be older
            world.account.delete(one)
        for key in world.definitions:
            if world.bound(key) in gone:
                world.bind(key, None)
        options += told
        done = world.run("apply", *[word for option in options for word in option.split()])
        judge(world, done)
    return done


def _rebinding(world: World) -> tuple[str, ...]:
    bound = any(world.bound(key) for key in world.definitions)
    return ("--rebind",) if bound and world.retire else ()


def _somebody(world: World, choose: Choose) -> str | None:
    present = list(world.account.assistants)
    return choose(present) if present else None


#: Every step by its name, and how often it comes, relative to the others.
STEPS: Mapping[str, tuple[int, Step]] = MappingProxyType(
    {
        "define something": (2, define_something),
        "edit a definition": (4, edit_a_definition),
        "withdraw a definition": (1, withdraw_a_definition),
        "edit in the dashboard": (4, edit_in_the_dashboard),
        "ask a question": (2, ask_a_question),
        "add in the dashboard": (1, add_in_the_dashboard),
        "delete in the dashboard": (1, delete_in_the_dashboard),
        "apply in trouble": (12, apply_in_trouble),
        "roll back in trouble": (2, roll_back_in_trouble),
        "apply and roll back": (2, apply_and_roll_back),
        "bind a definition": (1, bind_a_definition),
        "be killed and edit": (2, be_killed_and_edit),
        "fall behind": (3, fall_behind),
        "go to another machine": (1, go_to_another_machine),
    }
)
