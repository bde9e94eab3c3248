"""A file of faults is understood whole or refused, with the rule that is wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from revox_sync.sandbox import SandboxError
from revox_sync.sandbox.faults import Answer, Edit
from revox_sync.sandbox.faults_file import read_faults


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "faults.yaml"


def _refused(file: Path, words: str) -> None:
    with pytest.raises(SandboxError, match=re.escape(words)) as found:
        read_faults(file)
    assert str(found.value).startswith(str(file))
    assert "\n" not in str(found.value)


def test_yaml_and_json_say_the_same(file: Path) -> None:
    file.write_text("- {on: GET /x, nth: 2, fault: status, status: 503}\n", "utf-8")
    twin = file.with_suffix(".json")
    rule = {"on": "GET /x", "nth": 2, "fault": "status", "status": 503}
    twin.write_text("\t" + json.dumps([rule], indent="\t"), "utf-8")
    (first,), (second,) = read_faults(file).rules, read_faults(twin).rules
    assert (first.method, first.path, first.nth, first.times) == ("GET", "/x", 2, 1)
    assert first.fault == second.fault


def test_words_of_older_yaml_are_texts(file: Path) -> None:
    file.write_text("- {on: GET /x, fault: edit, edit: {assistant: yes, ask: off}}\n", "utf-8")
    assert read_faults(file).rules[0].fault == Edit("yes", {}, "off")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "must be a list of at least one rule"),
        (b"[]", "must be a list of at least one rule"),
        (b"on: GET /x", "must be a list of at least one rule"),
        (b"- [", "cannot be read (line "),
        (b"- {on: GET /x, on: GET /y}", 'cannot be read (line 1: found duplicate key "on"'),
        (b"- {on: * /x}", "cannot be read (line 1: "),
        (b"- !!python/name:os.system", "cannot be read (line 1: "),
        (b"- 2026-99-99", "cannot be read ("),
        (b"- \x07", "cannot be read ("),
        (b"- \xff", "is not UTF-8"),
        (b"[" * 1000, "nested too deeply"),
    ],
)
def test_what_is_no_list_in_yaml_is_refused(file: Path, content: bytes, words: str) -> None:
    file.write_bytes(content)
    _refused(file, words)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[{", "cannot be read ("),
        ('[{"on": "GET /x", "on": "GET /y"}]', '"on" stands twice in one object'),
    ],
)
def test_what_is_no_list_in_json_is_refused(file: Path, content: str, words: str) -> None:
    file = file.with_suffix(".json")
    file.write_text(content, "utf-8")
    _refused(file, words)


def test_a_file_that_is_not_there_is_told(file: Path) -> None:
    _refused(file, "cannot be read (No such file or directory)")


STATUS = {"on": "GET /x", "fault": "status", "status": 500}
EDIT = {"on": "GET /x", "fault": "edit"}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (7, "must be a mapping with on: and fault:"),
        ({"on": "GET /x"}, "fault is missing"),
        ({"on": "GET /x", "fault": "explode"}, "fault must be one of status, delay, drop-before"),
        ({"on": "GET /x", "fault": ["status"]}, "fault must be one of status"),
        ({"fault": "truncate"}, "on is missing"),
        ({**STATUS, "on": 7}, "on must be a text"),
        ({**STATUS, "on": "/x"}, "on must begin with a method, one of GET, HEAD, POST"),
        ({**STATUS, "on": "get /x"}, "on must begin with a method"),
        ({**STATUS, "on": "GET"}, "on must be a method and a path, such as POST /assistants"),
        ({**STATUS, "on": "GET x"}, "on must be a method and a path"),
        ({**STATUS, "on": "GET /x y"}, "on must be a method and a path"),
        ({**STATUS, "on": "GET /api/x"}, "on takes the path below /api"),
        ({**STATUS, "nth": 0}, "nth must be a whole number of at least 1"),
        ({**STATUS, "nth": True}, "nth must be a whole number"),
        ({**STATUS, "times": -1}, "times must be a whole number of at least 0"),
        ({**STATUS, "times": 1.5}, "times must be a whole number"),
        (
            {**STATUS, "seconds": 1},
            "'seconds' is not known; known are on, nth, times, fault, status, headers",
        ),
        ({"on": "GET /x", "fault": "status"}, "status is missing"),
        ({**STATUS, "status": 101}, "status must be a whole number from 200 to 599"),
        ({**STATUS, "status": "503"}, "status must be a whole number"),
        ({**STATUS, "acting": "yes"}, "acting must be true or false"),
        ({**STATUS, "status": 204, "body": ""}, "an answer of status 204 has no body"),
        ({**STATUS, "headers": ["a"]}, "headers must be a mapping"),
        ({**STATUS, "headers": {"a b": "c"}}, "'a b' is not a header"),
        ({**STATUS, "headers": {"a": "b\r\nc: d"}}, "'a' is not a header"),
        ({**STATUS, "headers": {"Content-Length": 3}}, "Content-Length cannot be set"),
        ({"on": "GET /x", "fault": "body"}, "body is missing"),
        ({"on": "GET /x", "fault": "delay"}, "seconds is missing"),
        ({"on": "GET /x", "fault": "delay", "seconds": 0}, "seconds must be a number up to 3600"),
        ({"on": "GET /x", "fault": "delay", "seconds": 3601}, "seconds must be a number"),
        ({"on": "GET /x", "fault": "delay", "seconds": True}, "seconds must be a number"),
        ({"on": "GET /x", "fault": "drop-after", "acting": True}, "'acting' is not known"),
        ({"on": "GET /x", "fault": "ignore"}, "fields is missing"),
        ({"on": "GET /x", "fault": "ignore", "fields": []}, "fields must be a list"),
        ({"on": "GET /x", "fault": "without", "fields": "voice"}, "fields must be a list"),
        ({"on": "GET /x", "fault": "without", "fields": [1]}, "fields must be a list"),
        ({"on": "GET /x", "fault": "mask", "as": 7}, "as must be a text, or null"),
        ({"on": "GET /x", "fault": "as-of-0.3.0", "fields": ["voice"]}, "'fields' is not known"),
        (EDIT, "edit is missing"),
        ({**EDIT, "edit": "x"}, "edit must be a mapping with assistant: and set: or ask:"),
        ({**EDIT, "edit": {"ask": "q"}}, "edit: assistant is missing"),
        ({**EDIT, "edit": {"assistant": "a"}}, "edit: needs set or ask"),
        ({**EDIT, "edit": {"assistant": "a", "set": {}}}, "edit: set must be a mapping"),
        ({**EDIT, "edit": {"assistant": "a", "ask": " "}}, "edit: ask must be a text"),
        ({**EDIT, "edit": {"assistant": "a", "delete": True}}, "edit: 'delete' is not known"),
    ],
)
def test_a_rule_that_is_not_understood_is_named(file: Path, rule: Any, words: str) -> None:
    good = {"on": "* *", "fault": "truncate"}
    file.write_text(json.dumps([good, rule]), "utf-8")
    _refused(file, ": rule 2")
    _refused(file, words)


@pytest.mark.parametrize("value", ["2026-01-31", ".nan", "!!set {a}", '"\\ud800"', "{[a]: b}"])
def test_a_body_that_is_not_json_is_refused(file: Path, value: str) -> None:
    file.write_text(f"- {{on: GET /x, fault: body, body: [{value}]}}\n", "utf-8")
    _refused(file, "rule 1: body holds something that is not JSON")


@pytest.mark.parametrize(
    ("body", "content", "media_type"),
    [("~", b"null", "application/json"), ("busy", b"busy", "text/plain")],
)
def test_a_text_is_sent_as_it_is_and_anything_else_as_json(
    file: Path, body: str, content: bytes, media_type: str
) -> None:
    file.write_text(f"- {{on: GET /x, fault: body, body: {body}}}\n", "utf-8")
    expected = Answer(200, {}, content, media_type, acting=True)
    assert read_faults(file).rules[0].fault == expected
