"""`pull` and values that are not the definition's own: nothing of them is ever inlined."""

from __future__ import annotations

import pytest
from pulling import FILE, HEAD, PLAIN, in_step, untouched
from support.desk import Desk


def test_a_reference_is_never_written_over(desk: Desk) -> None:
    desk.env["REVOX_SECRET_CODE"] = "4711-secret"
    desk.service.add("Desk", first_sentence="Code 0815")
    desk.project.write(FILE, HEAD + 'first_sentence: "Code ${secret.CODE}"\n')
    untouched(desk, f"{FILE}:3:17: first_sentence is not written: it comes from ${{secret.CODE}}")
    assert "4711" not in desk.run("pull").said


def test_of_a_secret_that_is_not_set_nothing_is_said(desk: Desk) -> None:
    desk.service.add("Desk", first_sentence="Code 0815")
    desk.project.write(FILE, HEAD + 'first_sentence: "Code ${secret.CODE}"\n')
    untouched(desk, "0 definitions written, 1 defined already\n", code=0)


def test_what_stands_beside_a_secret_that_is_not_set_is_written(desk: Desk) -> None:
    one = {"description": "d", "method": "GET", "url": "https://e.com", "query_params": []}
    one |= {"headers": [{"key": "k", "value": "s3cr3t"}], "body_template": None, "input_schema": []}
    tools = [{"name": "a", **one}, {"name": "b", **one}]
    desk.service.add("Desk", custom_tools=[tools[1], {**tools[0], "description": "e"}])
    path = desk.project.define(**PLAIN, key="desk", custom_tools=tools)
    text = path.read_text().replace("s3cr3t", "${secret.KEY}")
    path.write_text(text)
    assert desk.run("pull").code == 0
    assert path.read_text().count('"${secret.KEY}"') == 2
    desk.env["REVOX_SECRET_KEY"] = "s3cr3t"
    assert in_step(desk)


def test_what_it_comes_to_may_be_right_for_its_field(desk: Desk) -> None:
    desk.service.add("Desk", webhook_url="https://e.com/hook", first_sentence="Bye")
    text = HEAD + "first_sentence: %s\nwebhook_url: ${secret.HOOK}\n"
    path = desk.project.write(FILE, text % "Hello")
    assert desk.run("pull").code == 0
    assert path.read_text() == text % "Bye"


def test_an_answer_that_nobody_knows_stays(desk: Desk) -> None:
    desk.service.add("Desk", faq_items=[{"question": "Dogs?", "answer": "No"}])
    text = "faq_items:\n- {question: 'Code?', answer: '${secret.CODE}'}\n"
    text += "- {question: 'Dogs?', answer: %s}\n"
    path = desk.project.write(FILE, HEAD + text % "'Yes'")
    assert desk.run("pull").code == 0
    assert path.read_text() == HEAD + text % '"No"'


def test_what_stands_beside_a_reference_is_written(desk: Desk) -> None:
    desk.env["REVOX_SECRET_CODE"] = "4711-secret"
    items = [{"question": "Code?", "answer": "4711-secret"}, {"question": "Dogs?", "answer": "No"}]
    desk.service.add("Desk", faq_items=items)
    text = "faq_items:\n- {question: 'Code?', answer: '${secret.CODE}'}\n"
    text += "- {question: 'Dogs?', answer: %s}\n"
    path = desk.project.write(FILE, HEAD + text % "'Yes'")
    assert desk.run("pull").code == 0
    assert path.read_text() == HEAD + text % '"No"'
    assert in_step(desk)


def test_what_stands_around_a_reference_is_written(desk: Desk) -> None:
    desk.env["REVOX_SECRET_CODE"] = "4711-secret"
    desk.service.add("Desk", first_sentence="Dial 4711-secret now")
    path = desk.project.write(FILE, HEAD + "first_sentence: Code ${secret.CODE}\n")
    assert desk.run("pull").code == 0
    assert path.read_text() == HEAD + "first_sentence: Dial ${secret.CODE} now\n"
    assert in_step(desk)


def test_a_credential_is_never_written(desk: Desk) -> None:
    tool = {"name": "t", "description": "d", "method": "GET", "url": "https://e.com"}
    more = {"query_params": [], "body_template": None, "input_schema": []}
    held = {**tool, **more, "headers": [{"key": "x-key", "value": "k3y-of-the-account"}]}
    desk.env["REVOX_SECRET_KEY"] = "k3y-of-ours"
    desk.service.add("Desk", custom_tools=[{**held, "description": "e"}])
    stated = {**held, "headers": [{"key": "x-key", "value": "${secret.KEY}"}]}
    path = desk.project.define("desk", **PLAIN, custom_tools=[stated])
    result = desk.run("pull")
    assert result.code == 4
    assert "custom_tools[0].headers[0].value is not written: the account has another" in result.out
    assert '"description": e' in path.read_text()
    assert '"value": "${secret.KEY}"' in path.read_text()
    assert "k3y" not in result.said + path.read_text()


def test_a_new_credential_becomes_a_reference(desk: Desk) -> None:
    desk.service.add("Desk", webhook_url="https://e.com/?key=k3y-of-the-account")
    path = desk.project.write(FILE, HEAD + "webhook_url: https://e.com/ # theirs\n")
    result = desk.run("pull")
    assert path.read_text() == (
        HEAD + "webhook_url: https://e.com/?key=${secret.DESK_WEBHOOK_KEY} # theirs\n"
    )
    assert "REVOX_SECRET_DESK_WEBHOOK_KEY: webhook_url in assistants/desk.yaml" in result.out
    desk.env["REVOX_SECRET_DESK_WEBHOOK_KEY"] = "k3y-of-the-account"
    assert in_step(desk)


def test_the_reference_is_named_by_what_it_is_in(desk: Desk) -> None:
    tool = {"name": "look_up", "description": "d", "method": "GET", "url": "https://e.com"}
    more = {"query_params": [], "body_template": None, "input_schema": []}
    pair = {"key": "X-Key", "value": "k3y"}
    desk.service.add("Desk", custom_tools=[{**tool, **more, "headers": [pair]}])
    path = desk.project.define(**PLAIN, key="desk", custom_tools=[{**tool, **more, "headers": []}])
    assert desk.run("pull").code == 0
    assert "${secret.DESK_LOOK_UP_X_KEY}" in path.read_text()


def test_a_list_of_texts_stays_a_list(desk: Desk) -> None:
    desk.service.add("Desk", prompt="Be brief.\n\nBe kind.")
    desk.project.write(FILE, "name: Desk\nprompt:\n  - Be nice.\n  - {file: kind.md}\n")
    desk.project.write("assistants/kind.md", "Be kind.\n")
    untouched(desk, f"{FILE}:3:3: prompt is not written: it is put together from a list of texts")


def test_a_default_stays_a_default(desk: Desk) -> None:
    desk.project.write("revox-sync.yaml", "defaults: {max_call_duration_secs: 600}\n")
    desk.service.add("Desk", max_call_duration_secs=700)
    desk.project.write(FILE, HEAD)
    untouched(
        desk,
        "max_call_duration_secs is not written: it comes from `defaults:` in revox-sync.yaml; "
        "change it there for all, or write `max_call_duration_secs: 700` by hand",
    )


ELSEWHERE = {
    "an alias": (
        "first_sentence: &hello Hello\nvoicemail_message: *hello\n",
        "voicemail_message is not written: it is the alias *hello; write `voicemail_message: Bye`",
    ),
    "an anchor": (
        "voicemail_message: &hello Hello\nfirst_sentence: *hello\n",
        "voicemail_message is not written: other places refer to its anchor",
    ),
    "a merge": (
        "<<: {voicemail_message: Hello}\nfirst_sentence: Hello\n",
        "voicemail_message is not written: it comes from a mapping that is merged with <<",
    ),
}


@pytest.mark.parametrize(("form", "words"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_what_stands_in_another_place_stays(desk: Desk, form: str, words: str) -> None:
    desk.service.add("Desk", first_sentence="Hello", voicemail_message="Bye")
    desk.project.write(FILE, HEAD + form)
    untouched(desk, words)


def test_an_included_text_is_changed_in_its_own_file(desk: Desk) -> None:
    desk.service.add("Desk", prompt="Be kind.\nBe brief.\nAlways.")
    path = desk.project.write(FILE, "name: Desk\nprompt: {file: prompts/desk.md} # long\n")
    before = path.read_bytes()
    text = desk.project.write("assistants/prompts/desk.md", b"Be kind.\r\nAlways.\n")
    assert desk.run("pull").out.startswith(f"{FILE}: prompt (assistants/prompts/desk.md)\n")
    assert path.read_bytes() == before
    assert text.read_bytes() == b"Be kind.\r\nBe brief.\r\nAlways.\r\n"
    assert in_step(desk)


def test_an_included_text_that_is_cleared_is_left_to_people(desk: Desk) -> None:
    desk.service.add("Desk", voicemail_message=None)
    desk.project.write(FILE, HEAD + "voicemail_message: {file: bye.md}\n")
    desk.project.write("assistants/bye.md", "Bye.\n")
    untouched(
        desk,
        "voicemail_message is not written: it is the text of assistants/bye.md; write "
        "`voicemail_message: null` by hand",
    )


FAQ = (
    "# of the hotel\n- question: Dogs?\n  answer: 'Yes'  # small ones\n- {question: A, answer: B}\n"
)


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)], ids=["first", "last"])
def test_an_item_of_an_included_list_is_changed_there_and_a_new_one_is_ones_own(
    desk: Desk, order: slice
) -> None:
    items = [("Dogs?", "No"), ("A", "B"), ("Own?", "Yes"), ("New?", "Y")]
    desk.service.add("Desk", faq_items=[{"question": q, "answer": a} for q, a in items])
    lines = ["  - {file: _faq.yaml}\n", "  - {question: 'Own?', answer: 'Yes'}\n"]
    own = "faq_items:\n" + "".join(lines[order])
    path = desk.project.write(FILE, HEAD + own)
    faq = desk.project.write("assistants/_faq.yaml", FAQ)
    assert desk.run("pull").code == 0
    assert faq.read_text() == FAQ.replace("'Yes'", '"No"')
    assert path.read_text() == HEAD + own + '  - question: New?\n    answer: "Y"\n'
    assert in_step(desk)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('"Welcome to ${var.hotel}"', "it comes from ${var.hotel}"),
        ("{file: _text.md}", "a part of it is included"),
        ("*text", "a part of it is an alias, or has one"),
    ],
)
def test_an_item_that_moves_keeps_what_comes_from_elsewhere(
    desk: Desk, text: str, why: str
) -> None:
    desk.project.write("revox-sync.yaml", "vars: {hotel: Lumière}\n")
    desk.project.write("assistants/_text.md", "Welcome to Lumière")
    form = "  - {{name: {}, type: string, required: true, description: {}}}\n"
    items = [form.format("a", text), form.format("b", "B")]
    head = HEAD + "first_sentence: &text Welcome to Lumière\nstructured_output_config:\n"
    path = desk.project.write(FILE, head + "".join(items))
    wanted = {"a": "Welcome to Lumière", "b": "B"}
    fields = [
        {"name": name, "type": "string", "required": True, "description": wanted[name]}
        for name in wanted
    ]
    held = {"first_sentence": wanted["a"], "structured_output_config": fields[::-1]}
    identity = desk.service.add("Desk", **held)
    untouched(desk, f"structured_output_config is not written: an item has moved, and {why}; ")
    fields[1]["description"] = "Better"
    desk.service.edit(identity, structured_output_config=fields)
    assert desk.run("pull").code == 0
    assert path.read_text().endswith(items[0] + form.format("b", "Better"))
    assert in_step(desk)


def test_a_new_item_goes_into_the_file_that_is_all_of_a_list(desk: Desk) -> None:
    items = [("Dogs?", "Yes"), ("A", "B"), ("New?", "Y")]
    desk.service.add("Desk", faq_items=[{"question": q, "answer": a} for q, a in items])
    path = desk.project.write(FILE, HEAD + "faq_items: {file: _faq.yaml}\n")
    faq = desk.project.write("assistants/_faq.yaml", FAQ)
    assert desk.run("pull").code == 0
    assert path.read_text() == HEAD + "faq_items: {file: _faq.yaml}\n"
    assert faq.read_text() == FAQ + '- question: New?\n  answer: "Y"\n'
    assert in_step(desk)


@pytest.mark.parametrize(
    ("text", "then"),
    [
        (FAQ, "# of the hotel\n[]\n# small ones\n"),
        ("# ours\n[{question: A, answer: B}]  # all\n", "# ours\n[]  # all\n"),
    ],
)
def test_such_a_file_stays_when_its_list_is_emptied_and_is_filled_again(
    desk: Desk, text: str, then: str
) -> None:
    identity = desk.service.add("Desk", faq_items=[])
    desk.project.write(FILE, HEAD + "faq_items: {file: _faq.yaml}\n")
    faq = desk.project.write("assistants/_faq.yaml", text)
    assert desk.run("pull").code == 0
    assert faq.read_text() == then
    assert in_step(desk)
    desk.service.edit(identity, faq_items=[{"question": "Fish?", "answer": "No\nway"}])
    assert desk.run("pull").code == 0
    item = "- question: Fish?\n  answer: |-\n    No\n    way\n"
    assert faq.read_text().replace(item, "[]\n") == then.replace("[]  # all", "[]\n# all")
    assert in_step(desk)
