"""A base that cannot be read is no permission: what may be an edit is refused as drift is."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from definitions.repository import Repository
from support.desk import Desk

from revox_sync.definitions import base
from revox_sync.plan import planner, review

REFUSE = ("--base", "HEAD~1", "--on-drift", "refuse")
DESK = "assistants/front-desk.yaml"
NAMED = "name: front-desk\nprompt: Be brief.\n"


@pytest.fixture
def repository(desk: Desk) -> Repository:
    """A repository whose top is the project of the desk; nothing is committed yet."""
    made = Repository.at(desk.root)
    desk.env |= made.env
    return made


def _write(*files: tuple[str, str]) -> Callable[[Desk, Path], None]:
    def write(desk: Desk, _: Path) -> None:
        for path, text in files:
            desk.project.write(path, text)

    return write


def _linked(desk: Desk, _: Path) -> None:
    desk.project.write("texts/front-desk.yaml", NAMED)
    (desk.root / DESK).symlink_to("../texts/front-desk.yaml")


def _submodule(desk: Desk, beside: Path) -> None:
    inner = Repository.at(beside / "inner")
    (inner.root / "front-desk.yaml").write_text(NAMED)
    inner.commit()
    (desk.root / "assistants").rmdir()
    outer = Repository(desk.root, beside / "home")
    outer.git(
        "-c", "protocol.file.allow=always", "submodule", "-q", "add", str(inner.root), "assistants"
    )


#: What was committed before, in which the definition of now cannot be found.
THEN: dict[str, Callable[[Desk, Path], None]] = {
    "an invalid definition": _write((DESK, NAMED + "foo: 1\n")),
    "an invalid one in another file": _write(("assistants/desk.yaml", NAMED + "foo: 1\n")),
    "one that is no YAML": _write((DESK, "name: [\n")),
    "a missing include": _write((DESK, "name: front-desk\nprompt: {file: gone.md}\n")),
    "a variable that is not declared": _write((DESK, "name: front-desk\nprompt: ${var.gone}\n")),
    "two of one name": _write((DESK, NAMED), ("assistants/second.yaml", NAMED)),
    "a definition behind a link": _linked,
    "a broken project file": _write(("revox-sync.yaml", "absnt: reset\n"), (DESK, NAMED)),
    "environments": _write(("revox-sync.yaml", "environments: {staging: }\n"), (DESK, NAMED)),
    "a project in another folder": _write((f"voice/{DESK}", NAMED)),
    "a project file in another folder": _write(
        ("voice/revox-sync.yaml", "assistants: bots\n"), ("voice/bots/front-desk.yaml", NAMED)
    ),
    "a submodule": _submodule,
}


@pytest.fixture(params=THEN.values(), ids=THEN)
def edited(
    desk: Desk, repository: Repository, request: pytest.FixtureRequest, tmp_path: Path
) -> Desk:
    """A base that cannot be read, a sound definition since, and an edit in the dashboard."""
    request.param(desk, tmp_path)
    repository.commit()
    repository.git("rm", "-rfq", ".")
    for path in desk.root.iterdir():
        if path.name != ".git":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    desk.project.define(prompt="Be brief.")
    repository.commit("Sound")
    desk.service.add("front-desk", "Typed in.")
    return desk


def test_an_edit_stays_where_the_base_cannot_be_read(edited: Desk) -> None:
    result = edited.apply(*REFUSE)
    assert (result.code, edited.service.writes) == (3, [])
    assert "the definition at the base cannot be read" in result.out
    action = edited.action("--base", "HEAD~1")
    assert [change["origin"] for change in action["changes"]] == ["unknown"]


@pytest.mark.parametrize("form", ["terminal", "markdown"])
def test_every_view_says_that_nobody_knows(desk: Desk, repository: Repository, form: str) -> None:
    desk.project.write(DESK, NAMED + "foo: 1\n")
    commit = repository.commit()
    desk.project.define(prompt="Be brief.")
    desk.service.add("front-desk", "Typed in.")
    result = desk.run("plan", "--base", "HEAD", "--format", form)
    assert "rigin unknown, because the definition at the base cannot be" in result.out
    assert "The base cannot be read for 1 assistant; applying may overwrite" in result.out
    assert "rigin unknown: at " in result.out
    assert f"at {commit[:12]} {DESK} has errors; what was defined in it" in result.err


@pytest.fixture
def broken(desk: Desk, repository: Repository) -> Desk:
    """One definition that could not be read at the base, one that could, and one that is new."""
    desk.project.write(DESK, NAMED + "foo: 1\n")
    desk.project.define("spa", prompt="Be kind.")
    repository.commit()
    desk.project.define(prompt="Be brief.")
    desk.project.define("spa", prompt="Be calm.")
    desk.service.add("front-desk", "Typed in.")
    desk.service.add("spa", "Be kind.")
    return desk


def test_what_can_be_read_is_told_as_ever(broken: Desk) -> None:
    result = broken.apply("--base", "HEAD")
    assert result.code == 4
    assert [sent.body for sent in broken.service.sent("PATCH")] == [{"prompt": "Be calm."}]


def test_an_assistant_that_may_have_been_deleted_is_not_made_again(broken: Desk) -> None:
    broken.project.define("night")
    result = broken.apply("--base", "HEAD", "night")
    assert (result.code, broken.service.writes) == (3, [])
    assert "it may have been deleted in the account" in result.out


def test_one_that_may_have_had_another_name_is_not_made_again(broken: Desk) -> None:
    """Whoever overwrites edits has not said that it is new."""
    broken.service.add("Evening", "One two.")
    broken.project.define("night", name="Night", prompt="One three.")
    command = ("--base", "HEAD", "--on-drift", "overwrite", "night")
    result = broken.apply(*command)
    assert (result.code, broken.service.writes) == (3, [])
    assert "an unmanaged one under another name" in result.out
    assert broken.apply(*command, "--allow-create", "night").code == 0


def test_planted_what_was_called_otherwise_is_made_again(
    broken: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planner._Planner, "_perhaps_renamed", lambda *_: None)
    with pytest.raises(AssertionError):
        test_one_that_may_have_had_another_name_is_not_made_again(broken)


def test_skip_leaves_it_all(broken: Desk) -> None:
    result = broken.apply("--base", "HEAD", "--on-drift", "skip", "front-desk")
    assert (result.code, broken.service.writes) == (0, [])
    assert "perhaps edited outside git, and left so (--on-drift skip): prompt" in result.out


def test_overwrite_is_the_way_to_go_on(broken: Desk) -> None:
    assert broken.apply("--base", "HEAD", "--on-drift", "overwrite").code == 0
    assert broken.settled()


def test_a_saved_plan_keeps_what_is_unknown(broken: Desk) -> None:
    assert broken.run("plan", "--base", "HEAD", "--out", "plan.json").code == 3
    assert "origin unknown" in broken.run("show", "plan.json").out
    assert broken.apply("plan.json").code == 4
    assert [sent.body for sent in broken.service.sent("PATCH")] == [{"prompt": "Be calm."}]


def test_objects_that_are_not_in_this_clone_are_said(broken: Desk, repository: Repository) -> None:
    lost = repository.git("rev-parse", "HEAD:assistants/spa.yaml")
    (broken.root / ".git/objects" / lost[:2] / lost[2:]).unlink()
    assert broken.apply("--base", "HEAD", "spa").code == 3
    lost = repository.git("rev-parse", "HEAD:assistants")
    (broken.root / ".git/objects" / lost[:2] / lost[2:]).unlink()
    assert broken.apply("--base", "HEAD").code in (1, 3)
    assert broken.service.writes == []


def test_a_recreate_is_refused_too(broken: Desk) -> None:
    broken.project.write("revox-sync.yaml", "replace: recreate\nretire: delete\n")
    assert broken.apply("--base", "HEAD", "front-desk").code == 3
    assert broken.service.writes == []


def test_diff_says_that_a_definition_may_not_be_new(broken: Desk) -> None:
    action = next(
        action
        for action in broken.run("diff", "HEAD", "--format", "json").json["actions"]
        if action["key"] == "front-desk"
    )
    assert {change["origin"] for change in action["changes"]} == {"unknown"}
    assert action["notes"][-1].startswith("this may not be new: at ")


def test_a_project_beside_another_one_is_new(desk: Desk, repository: Repository) -> None:
    """Another project that is there to this day was not this one."""
    desk.project.write("hotel/assistants/lobby.yaml", "name: Lobby\nprompt: p\n")
    repository.commit()
    desk.project.define()
    assert desk.apply("--base", "HEAD").code == 0
    assert len(desk.service.sent("POST")) == 1


# The guard, with faults planted in it.


def _forgets(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(base._Reading, "cannot_read", base._Reading._remark)


def _lets_pass(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(review, "_OUTSIDE", ("drift", "both"))


def _stays_put(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(base._Reading, "_gone", lambda _: [])


@pytest.mark.parametrize(
    ("plant", "then"),
    [
        (_forgets, {DESK: NAMED + "foo: 1\n"}),
        (_lets_pass, {DESK: NAMED + "foo: 1\n"}),
        (_stays_put, {f"voice/{DESK}": NAMED}),
    ],
)
def test_each_fault_loses_the_edit(
    desk: Desk,
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    plant: Callable[[pytest.MonkeyPatch], None],
    then: dict[str, str],
) -> None:
    for path, text in then.items():
        desk.project.write(path, text)
    repository.commit()
    repository.git("rm", "-rfq", ".")
    desk.project.define(prompt="Be brief.")
    repository.commit("Sound")
    desk.service.add("front-desk", "Typed in.")
    assert desk.apply(*REFUSE).code == 3
    plant(monkeypatch)
    assert desk.apply(*REFUSE).code == 0
    assert [sent.body for sent in desk.service.sent("PATCH")] == [{"prompt": "Be brief."}]
