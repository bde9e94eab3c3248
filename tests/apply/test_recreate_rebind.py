"""A bound definition is recreated with --rebind, which writes the new id into its file."""

from __future__ import annotations

import pytest
from support.desk import Desk
from support.renewal import Renewal

FILE = "assistants/front-desk.yaml"
TEXT = """\
# The desk that everybody calls.
name: front-desk
prompt:   'Be brief.'    # said aloud
sync:
  id: {id}   # since 2024
  ignore: [slack]   # theirs
"""


class Bound(Renewal):
    """The same, bound to the old id in a file with remarks."""

    def __init__(self, desk: Desk, retire: str = "delete", text: str = TEXT) -> None:
        super().__init__(desk, retire)
        self.text = text.replace("\n", "\r\n")
        self.write(self.text.format(id=self.old))

    @property
    def path_text(self) -> str:
        return (self.desk.root / FILE).read_bytes().decode()

    def write(self, text: str) -> None:
        self.desk.project.write(FILE, text)

    def assert_rebound(self) -> None:
        self.assert_replaced()
        (new,) = self.service.assistants
        assert self.path_text == self.text.format(id=new)


@pytest.fixture
def bound(desk: Desk) -> Bound:
    return Bound(desk)


def test_the_new_id_is_written_and_nothing_else(bound: Bound) -> None:
    assert bound.desk.apply("--rebind").code == 0
    bound.assert_rebound()


def test_a_plan_writes_nothing(bound: Bound) -> None:
    before = bound.desk.project.files()
    assert bound.desk.action("--rebind")["refused"] is None
    assert bound.desk.project.files() == before


def test_a_saved_plan_holds_the_choice(bound: Bound) -> None:
    assert bound.desk.run("plan", "--rebind", "--out", "plan.json").code == 0
    assert bound.desk.apply("plan.json").code == 0
    bound.assert_rebound()


def test_the_file_is_written_when_the_numbers_have_moved_and_before_the_old_one_goes(
    bound: Bound,
) -> None:
    seen: list[tuple[str, set[str | None]]] = []

    def look() -> None:
        seen.append((bound.path_text, set(bound.service.answered().values())))

    bound.service.on("PATCH", nth=2, edit=look)
    bound.service.on("DELETE", edit=look)
    assert bound.desk.apply("--rebind").code == 0
    (new,) = bound.service.assistants
    assert seen == [
        (bound.text.format(id=bound.old), {bound.old, new}),
        (bound.text.format(id=new), {new}),
    ]


def test_nothing_is_written_where_the_new_one_does_not_take_over(bound: Bound) -> None:
    bound.service.on("PATCH", status=405)
    assert bound.desk.apply("--rebind").code == 4
    assert bound.path_text == bound.text.format(id=bound.old)
    assert bound.apply_again().code == 3  # without --rebind
    assert bound.desk.apply("--rebind").code == 0
    bound.assert_rebound()


ALIAS = TEXT.replace("name: front-desk\n", "name: front-desk\nsms_template: &it {id}\n").replace(
    "{id}   #", "*it   #"
)


def test_an_id_that_cannot_be_replaced_keeps_both_and_says_what_to_write(desk: Desk) -> None:
    bound = Bound(desk, text=ALIAS)
    result = desk.apply("--rebind")
    assert result.code == 4
    assert f"{FILE}:" in result.out
    assert f"write `id: {bound.new}` under `sync:` in {FILE}, and run it again" in result.out
    assert f"{bound.new} serves, and {bound.old} was kept" in result.out
    assert bound.path_text == bound.text.format(id=bound.old)
    assert set(bound.service.answered().values()) == {bound.new}
    new = bound.new
    bound.write(TEXT.format(id=new))
    assert desk.apply().code == 0
    assert {*bound.service.assistants} == {new}


def test_an_id_that_was_edited_meanwhile_keeps_both(bound: Bound) -> None:
    bound.service.on("POST", edit=lambda: bound.write(bound.text.format(id="another")))
    result = bound.desk.apply("--rebind")
    assert result.code == 4
    assert "the new id could not be written" in result.out
    assert bound.path_text == bound.text.format(id="another")
    bound.assert_in_service()
    bound.write(bound.text.format(id=bound.old))
    assert bound.desk.apply("--rebind").code == 0
    bound.assert_rebound()


@pytest.mark.parametrize(
    ("content", "why"),
    [("name: [", "this [ is not closed"), ("", "is empty"), ("- no\n- mapping\n", "the top level")],
)
def test_a_file_that_was_broken_meanwhile_keeps_both(bound: Bound, content: str, why: str) -> None:
    bound.service.on("POST", edit=lambda: bound.write(content))
    result = bound.desk.apply("--rebind")
    assert result.code == 4
    assert why in result.out
    assert bound.path_text == content
    assert len(bound.service.assistants) == 2
    bound.assert_in_service()


def test_a_file_that_is_gone_keeps_both(bound: Bound) -> None:
    bound.service.on("POST", edit=lambda: bound.desk.project.remove("front-desk"))
    result = bound.desk.apply("--rebind")
    assert result.code == 4
    assert f"{FILE} does not exist" in result.out
    bound.assert_in_service()


def test_without_its_record_both_are_named_and_a_command_ends_it(bound: Bound) -> None:
    bound.service.on("PATCH", nth=2, status=405)
    assert bound.desk.apply("--rebind").code == 4
    bound.forget()
    result = bound.desk.apply("--rebind")
    assert result.code == 3
    assert bound.old in result.out
    assert bound.new in result.out
    finish = ("front-desk", "--finish-recreate", bound.old, "--rebind")
    assert f"revox-sync apply front-desk --finish-recreate {bound.old}`" in result.out
    assert bound.desk.apply(*finish).code == 0
    bound.assert_rebound()


def test_an_old_one_that_could_not_be_deleted_is_tried_again(bound: Bound) -> None:
    bound.service.on("DELETE", status=403)
    result = bound.desk.apply("--rebind")
    assert result.code == 4
    assert f"the old one, {bound.old}, could not be deleted" in result.out
    assert "bind the definition" not in result.out
    assert bound.path_text == bound.text.format(id=bound.new)
    assert bound.desk.action()["recreate"]["old_id"] == bound.old
    assert bound.desk.apply().code == 0
    bound.assert_rebound()


def test_kept_old_ones_are_superseded_edit_after_edit(desk: Desk) -> None:
    bound = Bound(desk, "keep")
    text = bound.text.format(id=bound.old)
    for n in range(3):
        bound.write(bound.path_text.replace(f"Be {'brief.' if not n else n - 1}", f"Be {n}"))
        result = desk.apply("--rebind")
        assert result.code == 0, result.out
        assert desk.settled()
        assert desk.plan()["unmanaged"] == []
    assert len(desk.service.assistants) == 4
    newest = list(desk.service.assistants)[-1]
    assert bound.path_text == text.replace(bound.old, newest).replace("Be brief.", "Be 2")
    assert set(desk.service.answered().values()) == {newest}


def test_another_name_comes_with_the_new_one(bound: Bound) -> None:
    bound.write(bound.path_text.replace("name: front-desk", "name: Reception"))
    assert bound.desk.apply("--rebind").code == 0
    (new,) = bound.service.assistants
    assert bound.service.assistants[new]["name"] == "Reception"
    assert bound.desk.settled()


@pytest.mark.parametrize("acts", ["before", "after"])
def test_another_name_and_a_lost_answer_end_in_one_assistant(bound: Bound, acts: str) -> None:
    bound.write(bound.path_text.replace("name: front-desk", "name: Reception"))
    bound.service.on("POST", drop=acts)
    bound.service.on("GET", nth=8, times=9, status=500, headers={"retry-after": "0"})
    assert bound.desk.apply("--rebind").code == 4
    bound.service.calm()
    assert bound.desk.apply("--rebind").code == 0
    (new,) = bound.service.assistants
    assert bound.service.assistants[new]["name"] == "Reception"
    assert set(bound.service.answered().values()) == {new}
    assert bound.desk.settled()
