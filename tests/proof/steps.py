"""What may happen in a world: one function per kind of event, each with choices of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from proof import choices
from proof.choices import KEYS, MANAGED, UNMANAGED, Choose
from proof.judges import complain, each_definition_is_one_assistant, judge, judge_return
from proof.world import Run, World

Step = Callable[[World, Choose], None]


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
    """Somebody deletes an assistant."""
    identity = _somebody(world, choose)
    if identity is not None and choose((False, True)):
        world.account.delete(identity)


def apply_in_trouble(world: World, choose: Choose) -> None:
    """An apply while things go wrong and others edit; there is mostly something to write."""
    for _ in range(choose((1, 2, 0))):
        choose((edit_a_definition, define_something))(world, choose)
    count = choose((1, 2, 3))
    troubles = [choices.trouble(choose, world.next()) for _ in range(count)]
    agreed = choose(((), ("--drop-open-questions",)))
    judge(world, world.run("apply", *agreed, troubles=troubles))


def roll_back_in_trouble(world: World, choose: Choose) -> None:
    """A rollback of some earlier run, with something going wrong."""
    folders = world.folders()
    if folders:
        troubles = [choices.trouble(choose, world.next()) for _ in range(choose((0, 1)))]
        agreed = choose(((), ("--drop-open-questions",), ("--delete-created",)))
        name = choose(folders[::-1]).name
        judge(world, world.run("rollback", name, *agreed, troubles=troubles))


def apply_and_roll_back(world: World, choose: Choose) -> None:
    """An apply in peace, and back again: every replaced value is there as it was."""
    done = apply_cleanly(world)
    if done.folder is not None and choose((True, False)):
        back = world.run("rollback", done.folder.name, "--drop-open-questions")
        judge_return(world, done, back)


def apply_cleanly(world: World, _choose: Choose | None = None) -> Run:
    """An apply in peace has to succeed, and a plan after it has to be empty."""
    done = world.run("apply", "--drop-open-questions")
    judge(world, done)
    wrong = [] if done.result.code == 0 else ["the run failed, though nothing went wrong"]
    wrong += [] if world.desk.settled() else ["a plan after it is not empty"]
    complain(done, {each_definition_is_one_assistant.__name__: wrong})
    return done


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
    }
)
