"""Files as people have them: other line ends, marks, emoji, huge prompts, nothing at all."""

from __future__ import annotations

import pytest
from support.desk import Desk

DEFINITION = "name: front-desk\nprompt: |\n  First line.\n  Second line.\n"
PROMPT = "First line.\nSecond line."


def created(desk: Desk) -> str:
    """Apply and return the prompt that was sent, in LF and without final newlines."""
    result = desk.apply()
    assert result.code == 0, result.said
    (post,) = desk.service.sent("POST")
    assert desk.settled()
    prompt: str = post.body["prompt"]
    return prompt.replace("\r\n", "\n").rstrip("\n")


def test_windows_line_ends_in_a_definition_change_nothing(desk: Desk) -> None:
    desk.project.write("assistants/a.yaml", DEFINITION.replace("\n", "\r\n"))
    assert created(desk) == PROMPT


def test_windows_line_ends_in_a_prompt_file_change_nothing(desk: Desk) -> None:
    desk.project.write("assistants/a.yaml", "name: a\nprompt: {file: _prompt.md}\n")
    desk.project.write("assistants/_prompt.md", PROMPT.replace("\n", "\r\n") + "\r\n")
    assert created(desk) == PROMPT


def test_windows_line_ends_in_the_account_are_no_drift(desk: Desk) -> None:
    desk.service.add("front-desk", prompt=PROMPT.replace("\n", "\r\n") + "\r\n\r\n")
    desk.project.write("assistants/a.yaml", DEFINITION)
    assert desk.run("drift").code == 0


@pytest.mark.parametrize("file", ["assistants/a.yaml", "revox-sync.yaml", "assistants/_p.md"])
def test_a_byte_order_mark_is_no_content(desk: Desk, file: str) -> None:
    contents = {
        "revox-sync.yaml": "absent: keep\n",
        "assistants/a.yaml": "name: a\nprompt: {file: _p.md}\n",
        "assistants/_p.md": PROMPT,
    }
    for path, content in contents.items():
        desk.project.write(path, ("\ufeff" if path == file else "") + content)
    assert created(desk) == PROMPT


def test_any_script_and_emoji_are_sent_as_they_are(desk: Desk) -> None:
    prompt = "Grüß Gott 🙂 👩‍👩‍👧 日本語 עברית e\u0301"
    desk.project.define(name="Réception 🛎️", prompt=prompt)
    assert created(desk) == prompt


def test_emoji_are_shown(desk: Desk) -> None:
    desk.project.define(name="Réception 🛎", prompt="日本語 🙂")
    out = desk.run("plan").out
    assert "Réception 🛎" in out
    assert "日本語 🙂" in out


def test_a_name_in_another_script_matches(desk: Desk) -> None:
    desk.service.add("Réception 🛎️ 日本", prompt="Be kind.")
    desk.project.define(name="Réception 🛎️ 日本", prompt="Be kind.")
    assert desk.action()["action"] == "unchanged"


def test_a_prompt_of_two_megabytes_is_planned_applied_and_settled(desk: Desk) -> None:
    prompt = "\n".join(f"{number}: a line like any other" for number in range(75_000))
    assert len(prompt) > 2_000_000
    desk.project.write("assistants/a.yaml", "name: a\nprompt: {file: _prompt.md}\n")
    desk.project.write("assistants/_prompt.md", prompt)
    assert created(desk) == prompt


def test_one_word_in_a_prompt_of_two_megabytes_is_shown_as_one_line(desk: Desk) -> None:
    lines = [f"{number}: a line like any other" for number in range(60_000)]
    desk.service.add("front-desk", prompt="\n".join(lines))
    lines[30_000] += " but one"
    desk.project.define(prompt="\n".join(lines))
    out = desk.run("plan").out
    assert "{+ but one+}" in out
    assert len(out.splitlines()) < 30


def test_a_rewritten_prompt_of_two_megabytes_is_planned(desk: Desk) -> None:
    desk.service.add("front-desk", prompt="\n".join(f"old {n}" * 4 for n in range(60_000)))
    desk.project.define(prompt="\n".join(f"new {n}" * 4 for n in range(60_000)))
    assert desk.run("plan", "--format", "json").code == 0


def test_one_endless_line_is_planned(desk: Desk) -> None:
    desk.service.add("front-desk", prompt="word " * 40_000)
    desk.project.define(prompt="other " * 40_000)
    assert desk.run("plan").code == 0


def test_an_empty_folder_is_nothing_to_do(desk: Desk) -> None:
    desk.service.add("not in git")
    result = desk.apply()
    assert result.code == 0
    assert "Plan: 0 to create, 0 to replace, 0 unchanged. Nothing to do." in result.out
    assert desk.service.writes == []


def test_a_folder_that_is_not_there_is_told(desk: Desk) -> None:
    (desk.root / "assistants").rmdir()
    result = desk.run("plan")
    assert "assistants" in result.err
    assert desk.service.writes == []


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\n\n",
        "# nothing yet\n",
        "---\n",
        "null\n",
        "[]\n",
        "just words\n",
        "name: a\nname: b\nprompt: p\n",
        "name: a\n\tprompt: p\n",
        "name: a\n",
        "name: a\nprompt: p\n---\nname: b\nprompt: p\n",
    ],
)
def test_a_file_that_is_no_definition_is_an_error_with_its_place(desk: Desk, content: str) -> None:
    desk.project.write("assistants/a.yaml", content)
    desk.project.define("b")
    result = desk.run("plan")
    assert result.code == 1
    assert "assistants/a.yaml:" in result.err
    assert result.out == ""
    assert desk.service.requests == []


def test_a_file_that_is_no_text_is_an_error_with_its_place(desk: Desk) -> None:
    desk.project.write("assistants/a.yaml", b"\xff\xfen\x00a\x00")
    result = desk.run("plan")
    assert result.code == 1
    assert "assistants/a.yaml:" in result.err


def test_off_and_no_are_texts(desk: Desk) -> None:
    desk.project.write("assistants/a.yaml", "name: no\nprompt: off\n")
    assert created(desk) == "off"


def test_shared_parts_are_no_assistants(desk: Desk) -> None:
    desk.project.write("assistants/_shared.yaml", "- {question: A, answer: a}\n")
    desk.project.write("assistants/_parts/b.yaml", "name: b\nprompt: p\n")
    desk.project.write("assistants/.hidden.yaml", "name: c\nprompt: p\n")
    desk.project.define("d")
    assert [action["key"] for action in desk.plan()["actions"]] == ["d"]


def test_variables_and_placeholders_are_told_apart(desk: Desk) -> None:
    desk.env["REVOX_SECRET_CODE"] = "4711"
    desk.project.define(prompt="Hello {{first_name}}, $${secret.CODE} is ${secret.CODE}.")
    assert created(desk) == "Hello {{first_name}}, ${secret.CODE} is 4711."


def test_a_file_outside_of_the_project_is_refused(desk: Desk) -> None:
    (desk.root.parent / "outside.md").write_text("Not yours.")
    desk.project.define(prompt={"file": "../../outside.md"})
    result = desk.run("plan")
    assert result.code == 1
    assert "Not yours." not in result.said
    assert desk.service.requests == []
