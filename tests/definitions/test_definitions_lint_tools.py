"""Rules on custom tools and on URLs."""

from __future__ import annotations

from typing import Any

import pytest
from reading import LEAST, problems_of, said, tool, written
from support.project import Project

TEXT = {"name": "item", "type": "string", "required": True}
ENUM = {"name": "size", "type": "enum", "required": True}
MODEL = {"type": "custom", "api_key": "{{key}}", "model_name": "m"}


def test_a_tool_that_breaks_no_rule(project: Project) -> None:
    assert said(project, custom_tools=tool()) == []
    assert said(project, custom_tools=[]) == []
    assert said(project, custom_tools=None) == []


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("CheckStock", "check_stock"), ("check-stock", "check_stock"),
        ("check stock 2", "check_stock_2"), ("getHTTPState", "get_http_state"),
        ("2nd", "check_inventory, say"), ("", "check_inventory, say"),
        ("été", "check_inventory, say"),
    ],
)  # fmt: skip
def test_tools_are_named_in_lower_snake_case(project: Project, name: str, right: str) -> None:
    text = LEAST + written({"custom_tools": tool(name=name)})
    (problem,) = problems_of(project, text)
    assert (problem.severity, problem.rule) == ("error", "tool-name")
    assert problem.hint == f"write {right}"
    assert said(project, custom_tools=tool(name="check_stock_2")) == []


def test_two_tools_cannot_have_one_name(project: Project) -> None:
    assert said(project, custom_tools=tool() + tool()) == ["error duplicate-tool"]
    assert said(project, custom_tools=tool() + tool(name="other")) == []


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_body_goes_with_other_methods(project: Project, method: str) -> None:
    assert said(project, custom_tools=tool(method=method)) == ["warning idle-body"]
    assert said(project, custom_tools=tool(method=method, body_template=None)) == []
    assert said(project, custom_tools=tool(method="PATCH")) == []


@pytest.mark.parametrize(
    "body",
    [
        '{"a": "{{a}}", "b": "x {{b}} y", "c": [1, true]}', '"{{a}}"', "[]", "", " ", None,
        '{"{{a}}": 1}',
    ],
)  # fmt: skip
def test_bodies_that_are_json(project: Project, body: str | None) -> None:
    assert said(project, custom_tools=tool(body_template=body)) == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"a": {{a}}}', "outside quotes"), ("{{a}}", "outside quotes"),
        ("{'a': 1}", "not JSON"), ('{"a": 1,}', "not JSON"), ("a={{a}}", "not JSON"),
        ("[" * 100_000, "not JSON"), ('{"a": "{{a}}}', "not JSON"),
    ],
)  # fmt: skip
def test_bodies_that_are_not(project: Project, body: str, message: str) -> None:
    text = LEAST + written({"custom_tools": tool(body_template=body)})
    (problem,) = problems_of(project, text)
    assert (problem.severity, problem.rule) == ("warning", "body-not-json")
    assert message in problem.message


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ([TEXT, ENUM | {"enum_options": ["s"]}], []),
        ([TEXT, TEXT], ["error duplicate-value"]),
        ([ENUM], ["error enum-without-options"]),
        ([ENUM | {"enum_options": []}], ["error enum-without-options"]),
        ([ENUM | {"enum_options": None}], ["error enum-without-options"]),
        ([TEXT | {"enum_options": ["s"]}], ["warning options-without-enum"]),
        ([TEXT | {"enum_options": None}], []),
    ],
)
def test_inputs_are_held_to_the_rules_of_outputs(
    project: Project, schema: list[dict[str, Any]], expected: list[str]
) -> None:
    assert said(project, custom_tools=tool(input_schema=schema)) == expected
    assert said(project, structured_output_config=schema) == expected


def test_an_input_may_be_called_like_an_output_or_one_of_another_tool(project: Project) -> None:
    tools = tool(input_schema=[TEXT]) + tool(name="other", input_schema=[TEXT])
    assert said(project, custom_tools=tools, structured_output_config=[TEXT]) == []


@pytest.mark.parametrize(
    ("url", "of_tool", "of_model", "of_logo"),
    [
        ("https://example.com/a", [], [], []),
        ("https://{{host}}/a?b={{c}}", [], [], []),
        ("{{base}}/a", [], ["error url-format"], ["error url-format"]),
        ("example.com", *3 * [["error url-format"]]),
        ("ftp://example.com", *3 * [["error url-format"]]),
        (" https://example.com", *3 * [["error url-format"]]),
        ("http://example.com", ["warning not-https"], ["warning not-https"], []),
        ("HTTP://{{host}}", ["warning not-https"], ["warning not-https"], []),
    ],
)
def test_urls(
    project: Project, url: str, of_tool: list[str], of_model: list[str], of_logo: list[str]
) -> None:
    assert said(project, custom_tools=tool(url=url)) == of_tool
    assert said(project, llm_model=MODEL | {"api_url": url}) == of_model
    assert said(project, logo_url=url) == of_logo


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://crm.example/who?phone={{phone}}", []),
        ("https://crm.example/{{phone}}/x", []),
        ("http://crm.example/{{phone}}", ["warning not-https"]),
        ("https://crm.example/who", ["error precall-lookup-url"]),
        ("https://crm.example/{{ phone }}", ["error precall-lookup-url"]),
        ("https://crm.example/{{Phone}}", ["error precall-lookup-url"]),
        ("{{base}}/{{phone}}", ["error precall-lookup-url"]),
        ("ftp://crm.example/{{phone}}", ["error precall-lookup-url"]),
        ("", 2 * ["error precall-lookup-url"]),
        (None, []),
    ],
)
def test_a_lookup_names_the_caller(project: Project, url: str | None, expected: list[str]) -> None:
    assert said(project, precall_lookup_url=url) == expected
