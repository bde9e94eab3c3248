"""`pull` and files that several definitions include: changed where that is right for all of them.

Where it is not, there is a choice, and somebody has to make it.
"""

from __future__ import annotations

import pytest
from pulling import in_step, untouched
from support.desk import Desk

FAQ = "# of the hotel\n- question: Dogs?\n  answer: 'Yes'  # small ones\n"
TOKEN = "sk-proj-4f9aa81cC03e77b2"
NOW = FAQ.replace("'Yes'", '"No"')


def house(desk: Desk, **answers: str | None) -> None:
    """Let definitions of these names include one FAQ; the account answers so, or has none."""
    for key, answer in answers.items():
        if answer is not None:
            desk.service.add(key, faq_items=[{"question": "Dogs?", "answer": answer}])
        text = f"name: {key}\nprompt: Be kind.\nfaq_items: [{{file: _faq.yaml}}]\n"
        desk.project.write(f"assistants/{key}.yaml", text)
    desk.project.write("assistants/_faq.yaml", FAQ)


def shared(desk: Desk) -> str:
    """Return what the file that is shared holds."""
    return (desk.root / "assistants/_faq.yaml").read_text()


def test_what_the_account_has_so_for_all_of_them_is_changed_in_the_one_place(desk: Desk) -> None:
    house(desk, bar="No", one="No", spa="No")
    result = desk.run("pull")
    assert result.code == 0
    assert "assistants/bar.yaml: faq_items[Dogs?] (assistants/_faq.yaml)\n" in result.out
    for key in ("one", "spa"):
        assert f"assistants/{key}.yaml: faq_items[Dogs?]\n" in result.out
    assert shared(desk) == NOW
    assert in_step(desk)


def test_an_included_text_is_as_well(desk: Desk) -> None:
    for key in ("bar", "desk"):
        desk.service.add(key, prompt="Be brief.")
        desk.project.write(f"assistants/{key}.yaml", f"name: {key}\nprompt: {{file: p.md}}\n")
    desk.project.write("assistants/p.md", "Be kind.\n")
    assert desk.run("pull").code == 0
    assert (desk.root / "assistants/p.md").read_text() == "Be brief.\n"
    assert in_step(desk)


@pytest.mark.parametrize("other", ["Yes", "Small ones", None])
def test_what_is_not_right_for_another_is_left_and_the_choice_is_told(
    desk: Desk, other: str | None
) -> None:
    house(desk, one="No", spa=other)
    untouched(
        desk,
        "assistants/_faq.yaml:3:11: faq_items[0].answer is not written: it stands in "
        "assistants/_faq.yaml, which assistants/spa.yaml includes too; change it there for "
        "all of them, or state it in assistants/one.yaml instead of including it",
    )


def test_nor_is_it_changed_for_one_that_was_not_chosen(desk: Desk) -> None:
    house(desk, one="No", spa="No")
    result = desk.run("pull", "one")
    assert (result.code, shared(desk)) == (3, FAQ)


def test_an_item_of_ones_own_is_written_all_the_same(desk: Desk) -> None:
    house(desk, one="No", spa="Yes")
    path = desk.root / "assistants/one.yaml"
    own = "name: one\nprompt: Be kind.\nfaq_items:\n- {file: _faq.yaml}\n"
    own += "- {question: 'Own?', answer: %s}\n"
    path.write_text(own % "A")
    (identity, _) = desk.service.assistants
    items = [{"question": "Dogs?", "answer": "No"}, {"question": "Own?", "answer": "B"}]
    desk.service.edit(identity, faq_items=items)
    assert desk.run("pull").code == 4
    assert (path.read_text(), shared(desk)) == (own % "B", FAQ)


def test_an_item_of_ones_own_takes_the_place_of_one_that_is_gone(desk: Desk) -> None:
    house(desk, one="Yes", spa="Yes")
    own = "name: one\nprompt: Be kind.\nfaq_items:\n- {file: _faq.yaml}\n"
    path = desk.project.write("assistants/one.yaml", own + "- {question: Own?, answer: A}\n")
    (identity, _) = desk.service.assistants
    items = [{"question": "Dogs?", "answer": "Yes"}, {"question": "Cats", "answer": "B"}]
    desk.service.edit(identity, faq_items=items)
    assert desk.run("pull").code == 0
    assert (path.read_text(), shared(desk)) == (own + "- question: Cats\n  answer: B\n", FAQ)
    assert in_step(desk)


def test_the_defaults_of_the_project_count_as_well(desk: Desk) -> None:
    desk.project.write("revox-sync.yaml", "defaults:\n  faq_items: {file: assistants/_faq.yaml}\n")
    house(desk, one="No")
    untouched(desk, "which revox-sync.yaml includes too")


def test_a_credential_in_it_is_taken_out_once(desk: Desk) -> None:
    house(desk, one=TOKEN, spa=TOKEN)
    result = desk.run("pull")
    assert result.code == 0, result.said
    assert result.out.count("REVOX_SECRET_") == 1
    assert "${secret.ONE_FAQ_ITEMS_1_ANSWER_TOKEN}" in shared(desk)
