"""The rule on credentials that are written into a definition, and that none of them is printed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from reading import LEAST, found, problems_of, read, said, short, tool, written
from support.desk import Desk
from support.project import Project

from revox_sync.render.diagnostics import render_text

LITERAL = "pa55w0rd-of-ours"
RULE = "warning literal-secret"
#: Put together here, so that nobody who searches this repository for tokens finds one.
TOKENS = [
    "sk-" + "proj_a1B2c3D4e5F6g7H8",
    "sk_" + "live_a1B2c3D4e5F6g7H8",
    "xoxb-" + "123456789012-abcdefABCDEF",
    "ghp_" + 18 * "a1",
    "github_" + "pat_" + 15 * "a1",
    "glpat-" + 10 * "a1",
    "AKIA" + 8 * "A1",
    "AIza" + 35 * "a",
    "eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiIxMjM0In0.c2ln",
    "Bearer " + "abcdef0123456789",
    "-----BEGIN RSA " + "PRIVATE KEY-----",
    "https://hooks.slack.com/" + "services/T024/B024/x9Kq7Zr2",
    "https://ada:" + "pa55word@crm.example/rooms",
]
#: What resembles a token and is none.
WORDS = [
    "a task-based approach, risk-averse",
    "task-1-of-a-long-list-of-ours",
    "sk-one-two-three-four-five-six",
    "Bearer {{token}}",
    "the bearer of responsibilities 24 hours",
    "Bearer responsibilities",
    "xoxo, xoxoxo-xoxoxoxoxoxo",
    "AKIA",
    "ghp_short",
    "https://hooks.slack.com/services/{{path}}",
    "https://{{user}}:{{password}}@crm.example, or https://crm.example:8080/@desk",
]


def custom(**members: Any) -> dict[str, Any]:
    model = {"type": "custom", "api_url": "https://m.example", "api_key": "{{key}}"}
    return {"llm_model": model | {"model_name": "m"} | members}


def header(key: str, value: str, member: str = "headers") -> dict[str, Any]:
    return {"custom_tools": tool(**{member: [{"key": key, "value": value}]})}


@pytest.mark.parametrize(
    ("api_key", "expected"), [(LITERAL, [RULE]), ("{{key}}", []), ("", []), (" ", [])]
)
def test_the_key_of_a_model(project: Project, api_key: str, expected: list[str]) -> None:
    assert said(project, **custom(api_key=api_key)) == expected


@pytest.mark.parametrize("member", ["headers", "query_params"])
@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("Authorization", "AUTHORIZATION"), ("proxy-authorization", "AUTHORIZATION"),
        ("Cookie", "COOKIE"), ("X-API-Key", "API_KEY"), ("apikey", "APIKEY"),
        ("X-Auth-Token", "AUTH_TOKEN"), ("accessToken", "TOKEN"), ("client_secret", "SECRET"),
        ("Ocp-Apim-Subscription-Key", "KEY"), ("PASSWORD", "PASSWORD"), ("x-auth", "AUTH"),
        ("sig", "SIG"),
    ],
)  # fmt: skip
def test_headers_and_parameters_that_carry_credentials(
    project: Project, member: str, key: str, name: str
) -> None:
    text = LEAST + written(header(key, LITERAL, member))
    (problem,) = problems_of(project, text)
    assert (problem.severity, problem.rule) == tuple(RULE.split())
    assert problem.hint == f'write "${{secret.{name}}}" in its place, and set REVOX_SECRET_{name}'
    assert said(project, **header(key, "{{token}}", member)) == []


@pytest.mark.parametrize(
    "value", ["Bearer {{token}}", "Basic {{user}}:{{password}}", "session={{id}}", ""]
)
def test_a_placeholder_in_a_header_is_no_literal(project: Project, value: str) -> None:
    assert said(project, **header("Authorization", value)) == []


@pytest.mark.parametrize(
    "key", ["Content-Type", "X-Author", "max_tokens", "keyword", "design", "locale", "été"]
)
def test_other_headers_may_say_what_they_like(project: Project, key: str) -> None:
    assert said(project, **header(key, LITERAL)) == []
    assert said(project, **header(key, TOKENS[0])) == [RULE]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://me:pw@h.example/{{phone}}", [RULE]),
        ("https://me@h.example/{{phone}}", [RULE]),
        ("https://h.example/?p={{phone}}&token=abc", [RULE]),
        ("https://h.example/?p={{phone}}&api_key=abc&key=d#x", [RULE]),
        ("https://h.example/" + TOKENS[2] + "/{{phone}}", [RULE]),
        ("https://{{user}}:{{pw}}@h.example/{{phone}}", []),
        ("https://h.example/?p={{phone}}&token={{token}}", []),
        ("https://h.example/?p={{phone}}&token=", []),
        ("https://h.example/?p={{phone}}&page=2", []),
        ("https://h.example/@me?p={{phone}}#part", []),
        ("https://h.example/?p={{phone}}#token=abc", [RULE]),
    ],
)
def test_every_url(project: Project, url: str, expected: list[str]) -> None:
    assert said(project, webhook_url=url) == expected
    assert said(project, precall_lookup_url=url) == expected
    assert said(project, logo_url=url) == expected
    assert said(project, **custom(api_url=url)) == expected
    assert said(project, custom_tools=tool(url=url)) == expected


@pytest.mark.parametrize("token", TOKENS)
def test_tokens_of_well_known_forms(project: Project, token: str) -> None:
    body = f'{{"a": "x {token}"}}'
    assert said(project, custom_tools=tool(body_template=body)) == [RULE]
    assert short(problems_of(project, f"name: a\nprompt: Say {token}\n")) == ["2:9 literal-secret"]


@pytest.mark.parametrize("words", WORDS)
def test_words_that_are_no_tokens(project: Project, words: str) -> None:
    assert said(project, custom_tools=tool(body_template=f'{{"a": "{words}"}}')) == []
    assert problems_of(project, f'name: a\nprompt: "{words}"\n') == ()


def test_what_came_from_the_environment_is_not_written_out(project: Project) -> None:
    fields = {
        **custom(api_key="${secret.A}"),
        "webhook_url": "https://me:${secret.A}@h.example",
        "custom_tools": tool(
            headers=[{"key": "Authorization", "value": "Bearer ${secret.A}"}],
            body_template='{"a": "${secret.A}"}',
        ),
    }
    assert found(project, written(fields), REVOX_SECRET_A=TOKENS[0]) == []


def test_a_literal_beside_a_reference_is(project: Project) -> None:
    headers = [{"key": "X-Key", "value": "${secret.A}"}, {"key": "X-Token", "value": LITERAL}]
    fields = {"custom_tools": tool(headers=headers)}
    assert len(found(project, written(fields), REVOX_SECRET_A="a-long-one")) == 1


def test_a_default_is_reported_in_the_project_file_alone(project: Project) -> None:
    project.write("revox-sync.yaml", "defaults: {webhook_url: 'https://h.example/?key=abc'}\n")
    project.write("assistants/a.yaml", LEAST)
    project.write("assistants/b.yaml", LEAST.replace("desk", "line"))
    assert short(read(project)[2]) == ["revox-sync.yaml:1:25 literal-secret"]


def test_a_default_from_the_environment_is_not_written_out(project: Project) -> None:
    project.write("revox-sync.yaml", "defaults: {webhook_url: 'https://me:${secret.A}@h.example'}")
    project.write("assistants/a.yaml", LEAST)
    assert read(project, {"REVOX_SECRET_A": LITERAL})[2] == ()


#: Each a definition with a literal, and how its line is shown.
LINES = [
    (
        "llm_model:\n  type: custom\n  api_url: https://m.example\n  model_name: m\n"
        f"  api_key: {LITERAL}  # rotate in May\n",
        "  api_key: ***",
    ),
    (written(custom(api_key=LITERAL)), None),
    (
        "custom_tools:\n  - name: t\n    description: d\n    method: GET\n"
        "    url: https://t.example\n    query_params: []\n    body_template: null\n"
        "    input_schema: []\n    headers:\n      - key: Authorization\n"
        f'        value: "Basic {LITERAL}"\n',
        "        value: ***",
    ),
    (
        "custom_tools:\n  - {name: t, description: d, method: GET, url: 'https://t.example',\n"
        "     query_params: [], body_template: null, input_schema: [],\n"
        f"     headers: [{{key: Authorization, value: '{LITERAL}'}}]}}\n",
        "     headers: [{key: Authorization, value: ***",
    ),
    (
        "custom_tools:\n  - {name: t, description: d, method: GET, url: 'https://t.example',\n"
        "     query_params: [], body_template: null, input_schema: [], headers: [\n"
        f"     {{key: X-A, value: '{LITERAL}'}}, {{key: Cookie, value: '{LITERAL}'}}]}}\n",
        None,
    ),
    (f"webhook_url: https://h.example/?key={LITERAL}\n", "webhook_url: ***"),
]


@pytest.mark.parametrize(("text", "line"), LINES, ids=range(len(LINES)))
def test_the_line_is_shown_without_the_literal(
    project: Project, text: str, line: str | None
) -> None:
    problems = problems_of(project, LEAST + text)
    if line is not None:
        assert [problem.source_line for problem in problems] == [line]
    assert LITERAL not in render_text(problems)


@pytest.mark.parametrize("token", [token for token in TOKENS if token[0] not in "-h"])
def test_no_problem_shows_a_token_that_stands_on_its_line(project: Project, token: str) -> None:
    text = f"{LEAST}custom_tools: [{{nme: t, input_schema: [{{key: A, vlue: '{token}'}}]}}]\n"
    problems = problems_of(project, text)
    assert "unknown-key" in {problem.rule for problem in problems}
    assert token not in render_text(problems)
    assert f"vlue: '{'Bearer ' if 'Bearer' in token else ''}***'}}]}}]" in render_text(problems)


def test_a_token_in_a_url_is_masked_once(project: Project) -> None:
    text = f"wobhook_url: https://h.example/{TOKENS[2]}?a={TOKENS[0]}&b=c\n"
    (problem,) = problems_of(project, LEAST + text)
    assert problem.source_line == "wobhook_url: https://h.example/***?a=***&b=***"


def test_no_other_problem_shows_a_header_on_its_line(project: Project) -> None:
    text = written({"custom_tools": tool(name="T", headers=[{"key": "X-A", "value": LITERAL}])})
    problems = problems_of(project, LEAST + text)
    assert short(problems) == ["3:25 tool-name"]
    assert problems[0].source_line is None


@pytest.mark.parametrize(
    ("headers", "line"),
    [
        (f"{{X-A: {LITERAL}}}", "    headers: ***"),
        (f"[{{X-A: {LITERAL}}}]", "    headers: [{X-A: ***}]"),
        (f"[{{key: X-A, valeu: {LITERAL}}}]", "    headers: [{key: X-A, valeu: ***}]"),
        (f"['X-A: {LITERAL}']", "    headers: [***"),
        (f"\n      X-A: {LITERAL}", "      ***"),
        (f"\n      - X-A: {LITERAL}", "      - X-A: ***"),
        (f"[{{X-A: {LITERAL}}}, {{X-B: {LITERAL}}}]", "    headers: [{X-A: ***}, {X-B: ***}]"),
        (f"'X-A: {LITERAL}'", "    headers: ***"),
    ],
)
def test_headers_that_are_written_in_another_way_are_not_shown(
    project: Project, headers: str, line: str
) -> None:
    text = (
        "custom_tools:\n  - name: t\n    description: d\n    method: GET\n"
        "    url: https://t.example\n    query_params: []\n    body_template: null\n"
        f"    input_schema: []\n    headers: {headers}\n"
    )
    problems = problems_of(project, LEAST + text)
    assert line in {problem.source_line for problem in problems}
    said = render_text(problems) + json.dumps([problem.to_json() for problem in problems])
    assert LITERAL not in said


def test_a_number_for_a_credential_is_not_quoted(project: Project) -> None:
    texts = [
        "llm_model:\n  api_key: 55505550\n  type: custom\n  api_url: x\n  model_name: m\n",
        "custom_tools:\n  - headers:\n      - key: X-Key\n        value: 55505550\n",
        "custom_tools:\n  - query_params:\n      - key: X-Key\n        value: 55505550\n",
    ]
    for text in texts:
        problems = problems_of(project, LEAST + text)
        assert "wrong-type" in {problem.rule for problem in problems}
        assert "5550" not in f"{problems}{render_text(problems)}"


def test_an_included_text_is_reported_at_its_include(project: Project) -> None:
    project.write("assistants/_p.md", f"Say {TOKENS[0]}.")
    (problem,) = problems_of(project, "name: a\nprompt: {file: _p.md}\n")
    assert short([problem]) == ["2:9 literal-secret"]
    assert problem.source_line == "prompt: {file: _p.md}"


def test_validate_warns_and_shows_nothing(desk: Desk) -> None:
    desk.project.define(**header("Authorization", f"Bearer {LITERAL}"))
    for arguments in (["validate"], ["validate", "--format", "json"]):
        result = desk.run(*arguments)
        assert result.code == 0
        assert "literal-secret" in result.said
        assert LITERAL not in result.said
