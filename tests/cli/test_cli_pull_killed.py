"""What is left when a `pull` is killed half-way: whole files, and nothing that stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from definitions.repository import Repository
from pulling import in_step
from support.cli import LIMIT
from support.desk import Desk

LONG = "Be kind.\n" * 20
FILES = [
    *(f"assistants/{key}.yaml" for key in ("new", "one")),
    *(f"assistants/prompts/{key}.md" for key in ("new", "young")),
    *(f"assistants/{key}.yaml" for key in ("two", "young")),
]
#: Lets a pull wait to be killed before the nth file is put in place.
STOP = """
import pathlib, time
put, left = pathlib.Path.{how}, {nth}
def stop(*given):
    global left
    if left == 0:
        print("stopped", flush=True)
        time.sleep(60)
    left -= 1
    return put(*given)
pathlib.Path.{how} = stop
"""


@pytest.fixture
def halfway(desk: Desk) -> Desk:
    """Two definitions to change, two assistants without one."""
    for key in ("one", "two"):
        desk.service.add(key, prompt="Be brief.")
        desk.project.define(key, prompt="Be nice.")
    for key in ("new", "young"):
        desk.service.add(key, prompt=LONG + key)
    return desk


@contextmanager
def stopped(desk: Desk, how: str, nth: int) -> Iterator[None]:
    """Have a pull wait at its nth file until the block ends, then kill it."""
    process = desk.start("pull", "--prompts", first=STOP.format(how=how, nth=nth))
    assert process.stdout is not None
    assert process.stdout.readline() == "stopped\n"
    yield
    process.kill()
    process.wait(LIMIT)


def hidden(desk: Desk) -> list[str]:
    """Return what lies in hidden folders of the project."""
    return [path for path in desk.project.files() if "/." in path]


@pytest.mark.parametrize(
    ("how", "nth"), [("replace", 0), ("replace", 1), ("rename", 0), ("rename", 2)]
)
def test_every_file_is_whole_and_the_next_pull_settles_it(
    halfway: Desk, how: str, nth: int
) -> None:
    repository = Repository.at(halfway.root)
    halfway.env |= repository.env
    repository.commit()
    with stopped(halfway, how, nth):
        pass
    assert hidden(halfway)
    assert ".writing" not in repository.git("status", "--porcelain", "--untracked-files=all")
    assert halfway.run("validate").code == 0
    assert halfway.run("pull", "--prompts").code == 0
    assert hidden(halfway) == []
    assert [path for path in halfway.project.files() if path.startswith("assistants/")] == FILES
    assert in_step(halfway)


def test_what_another_pull_has_under_way_is_left_alone(halfway: Desk) -> None:
    with stopped(halfway, "rename", 0):
        before = hidden(halfway)
        halfway.service.add("last")
        assert halfway.run("pull").code == 0
        assert hidden(halfway) == before
