"""What is a mask, a token or a credential, and what is shown of a text: exactly, case by case."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from revox_sync.model.fields import FIELDS
from revox_sync.model.path import Path
from revox_sync.model.shapes import UNKNOWN
from revox_sync.secrecy.redactor import (
    Redactor,
    cut_line,
    holds_token,
    shown_line,
    tokens_in,
    without_tokens,
)
from revox_sync.secrecy.urls import (
    MASK,
    Part,
    is_placeholder,
    mask_url,
    masked,
    parts,
    parts_in,
    url_secrets,
)
from revox_sync.secrecy.values import (
    Known,
    as_written,
    carried_masks,
    concealed,
    credential_name,
    credentials,
    is_mask,
    is_masked,
    masked_places,
    references_in,
    unmasked,
    written_masks,
)

URL, MODEL, TOOLS = FIELDS["webhook_url"], FIELDS["llm_model"], FIELDS["custom_tools"]
TOKEN = "sk-abcdefghijklmnop0123"

# Masks.

#: What a definition's credential may say to be a mask, and what it may really say.
MASKS = [
    *("***", "****", "* * *", "••••", "●●●", "sk-****1234", "pre ***", "░░░"),
    *("sk-…4f2a", "sk-...4f2a", "a…b", "a...b", "sk-…", "sk-...", "key_…", "_… and"),
    *("…4f2a", "...4f2a", "4f2a…", "4f2a...", "ghp_abc…", "…", "...", "….", " ... ", "…………"),
    *(
        "[REDACTED]",
        "[redacted: api_key]",
        "<redacted:32>",
        "<hidden>",
        "(your key)",
        "{api-key}",
        "Bearer [token]",
        " <api_key 1> ",
    ),
]
REAL = [
    *("", "abc", "a*b", "**", "*/*", "hidden", "redacted", "xxxxxxxx", "text/plain", "x-y"),
    *("Wait...", "wait… then", "word…", "…word", "..", "a..b", "[1]", "[]", "<>", "[a", "a]b"),
    *("Bearer abc", "see [docs] here", "{{token}}", "100%", "a b…", "* *", "[token] x"),
]


@pytest.mark.parametrize("text", MASKS)
def test_a_mask_that_is_written_down_is_one(text: str) -> None:
    assert is_mask(text)
    assert is_masked(text)


@pytest.mark.parametrize("text", REAL)
def test_what_a_credential_can_say_is_no_mask(text: str) -> None:
    assert not is_mask(text)


def test_of_an_account_more_is_a_mask() -> None:
    for value in ("hidden", "Masked", "REDACTED", "xxxxxxxx", "Wait...", "a…", MASK, "", None):
        assert is_masked(value), value
    told = ("Bearer abc", "{{a}}", "a*b", "text/plain", "x-y", "**", "xxxxxxx", "a..b", "•", "*")
    for value in (*told, 7, 0, False, [], {}):
        assert not is_masked(value), value


#: URLs of an account that hold a mask, and those that hold none.
MASKED_URLS = [
    *("https://e.com/***", "https://e.com/a/sk-****/b", "https://e.com/%2A%2A%2A/b"),
    *("https://e.com/[token]", "https://e.com/<token>/x", "https://e.com/%3Ctoken%3E"),
    *("https://***@e.com/", "https://ada:***@e.com/", "https://e.com/?t=***", "https://e.com/?…"),
    *("https://e.com/#t=***", "https://e.com/?t=%2A%2A%2A"),
]
#: What only an account's URL is masked by: nobody shortens an address like that.
MASKED_BY_ACCOUNTS = [
    *("https://e.com/?t=hidden", "https://e.com/...", "https://e.com/a…b", "(hidden)", "xxxxxxxx"),
]
TOLD_URLS = [
    *("https://e.com/a", "https://e.com/**", "https://e.com/{token}", "https://e.com/(token)"),
    *("https://e.com/[token", "https://e.com/a[token]", "https://hidden.e.com/", "hidden/a"),
    *("https://e.com/#***", "https://e.com/?t=abc", "https://e.com/?t=", "a=hidden", ""),
]


@pytest.mark.parametrize("url", MASKED_URLS)
def test_a_url_with_a_mask_is_masked(url: str) -> None:
    assert list(masked_places(URL, url, ("u",))) == [("u",)]
    assert list(written_masks(URL, url, ("u",))) == [("u",)]
    assert list(carried_masks(URL, url, ("u",))) == [("u",)]


@pytest.mark.parametrize("url", MASKED_BY_ACCOUNTS)
def test_of_a_url_of_an_account_more_is_a_mask(url: str) -> None:
    assert list(masked_places(URL, url, ("u",))) == [("u",)]
    assert list(written_masks(URL, url, ("u",))) == []


@pytest.mark.parametrize("url", TOLD_URLS)
def test_a_url_without_a_mask_is_told(url: str) -> None:
    assert list(masked_places(URL, url, ("u",))) == []
    assert list(written_masks(URL, url, ("u",))) == []
    assert list(carried_masks(URL, url, ("u",))) == []


def test_what_stands_in_place_of_a_url_is_one_too() -> None:
    for value in (None, 7, [], {"a": None}):
        assert list(masked_places(URL, value, ())) == []
    assert list(masked_places(URL, ["https://e.com/***"], ("u",))) == [("u", 0)]
    assert list(masked_places(TOOLS, "https://e.com/***", ("u",))) == []


#: The path of a value of which nothing is known, the value, and whether a definition or what is
#: carried along with it holds a mask there.
UNKNOWN_MASKS: list[tuple[Path, Any, bool, bool]] = [
    (("api_key",), "***", True, True),
    (("api_key",), "hidden", False, True),
    (("api_key",), "", False, False),
    (("api_key",), "abc", False, False),
    (("api_key",), None, False, False),
    (("note",), "***", False, False),
    (("note",), "see https://e.com/?t=*** there", True, True),
    (("note",), "see https://e.com/?t=%2A%2A%2A there", True, True),
    (("note",), "see https://e.com/?t=abc there", False, False),
    (("note",), "see https://e.com/*** there", False, False),
    (("headers", 0, "value"), "***", True, True),
    (("headers", 0, "key"), "***", False, False),
    (("limits", 0, "value"), "***", False, False),
    (("tool", "Query_Params", 1, "value"), "***", True, True),
    (("api", "key"), "***", False, False),
]


@pytest.mark.parametrize(("path", "value", "written", "carried"), UNKNOWN_MASKS, ids=str)
def test_where_nothing_is_known_names_tell_of_masks(
    path: Path, value: Any, written: bool, carried: bool
) -> None:
    assert list(written_masks(UNKNOWN, value, path)) == ([path] if written else [])
    assert list(carried_masks(UNKNOWN, value, path)) == ([path] if carried else [])


def test_masks_are_found_at_their_places() -> None:
    tool = {
        "name": "***",
        "url": "https://e.com/?t=***",
        "headers": [{"key": "***", "value": "***"}, {"key": "a", "value": "{{phone}}"}],
        "query_params": [{"key": "a", "value": "hidden"}, {"key": "b", "value": 7}],
        "token": "***",
        "other": {"secret": "hidden", "note": "***"},
    }
    known = [("t", 0, "url"), ("t", 0, "headers", 0, "value")]
    assert list(written_masks(TOOLS, [tool], ("t",))) == known
    assert list(carried_masks(TOOLS, [tool], ("t",))) == [
        *known,
        ("t", 0, "token"),
        ("t", 0, "other", "secret"),
    ]
    assert list(masked_places(TOOLS, [tool], ("t",))) == [
        *known,
        ("t", 0, "query_params", 0, "value"),
    ]
    assert list(written_masks(FIELDS["prompt"], "***", ("prompt",))) == []


#: A name, and what kind of credential it tells of.
NAMES = {
    "Authorization": "AUTHORIZATION",
    "authentication": "AUTHENTICATION",
    "apikey": "APIKEY",
    "apiKey": "API_KEY",
    "X-Api-Key": "API_KEY",
    "access_key": "KEY",
    "auth-token": "AUTH_TOKEN",
    "client_secret": "SECRET",
    "password": "PASSWORD",
    "passwd": "PASSWD",
    "pwd": "PWD",
    "Cookie": "COOKIE",
    "credential": "CREDENTIAL",
    "credentials": "CREDENTIALS",
    "sig": "SIG",
    "signature": "SIGNATURE",
    "X-Caller": None,
    "keyboard": None,
    "design": None,
    "author": None,
}


@pytest.mark.parametrize(("name", "kind"), NAMES.items())
def test_a_name_tells_of_a_credential(name: str, kind: str | None) -> None:
    assert credential_name(name) == kind


# Values that are shown.


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        ("", ""),
        ("{{token}}", "{{token}}"),
        ("{{a}}{{b}}", "(sensitive)"),
        ("abc", "(sensitive)"),
        (7, "(sensitive)"),
        ({"deep": ["abc", None]}, {"deep": ["(sensitive)", None]}),
    ],
)
def test_a_credential_is_shown_as_a_mask(value: Any, shown: Any) -> None:
    told = concealed(MODEL, {"type": "custom", "api_key": value, "model_name": "m"})
    assert told == {"type": "custom", "api_key": shown, "model_name": "m"}


def test_of_what_is_unknown_names_and_urls_tell_what_is_hidden() -> None:
    value = {"token": "abc", "mode": "abc", "hook": "https://e.com?t=abc"}
    hidden = "(sensitive)"
    told = {"token": hidden, "mode": "abc", "hook": f"https://e.com?t={hidden}"}
    assert concealed(UNKNOWN, value, ("new",)) == told
    assert concealed(UNKNOWN, "abc", ("new_api_key",)) == hidden
    assert concealed(FIELDS["slack"], value, ("slack",)) == told


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (None, []),
        (7, []),
        ("{{token}}", []),
        ("{{a}}{{b}}", ["{{a}}{{b}}"]),
        ({"deep": ["abc", None]}, ["abc"]),
    ],
)
def test_a_credential_is_a_text_that_is_no_placeholder(value: Any, found: list[str]) -> None:
    assert list(credentials(MODEL, {"type": "custom", "api_key": value})) == found


@pytest.mark.parametrize("value", ["{{a}}", "{{ a b }}", "{{}}"])
def test_a_placeholder_is_alone(value: str) -> None:
    assert is_placeholder(value)
    for other in (f"{value} ", f"x{value}", "{a}", "{{a}", "{{a}}{{b}}", None, 7, [value]):
        assert not is_placeholder(other)


# What the account masks, and what is wanted there.

HOOK = "https://e.com/a/{}?t={}"
#: The account's URL, what is wanted, and whether they may be the same.
URLS: list[tuple[str, str, bool]] = [
    (HOOK.format("b", "***"), HOOK.format("b", "c"), True),
    (HOOK.format("***", "c"), HOOK.format("b", "c"), True),
    (HOOK.format("***", "***"), HOOK.format("b", "c"), True),
    (HOOK.format("[token]", "d"), HOOK.format("b", "c"), True),
    (HOOK.format("b", "d"), HOOK.format("b", "c"), False),
    (HOOK.format("c", "***"), HOOK.format("b", "c"), False),
    (HOOK.format("***", "c").replace("?t", "?u"), HOOK.format("b", "c"), False),
    (HOOK.format("***", "c") + "#d", HOOK.format("b", "c"), False),
    (HOOK.format("***", "c").replace("e.com", "f.com"), HOOK.format("b", "c"), False),
    (HOOK.format("***/x", "c"), HOOK.format("b", "c"), False),
    (HOOK.format("b", "c"), HOOK.format("***", "c"), False),
    ("https://***@e.com/", "https://ada@e.com/", True),
    ("https://***@e.com/", "https://e.com/", False),
    ("https://e.com/#t=***", "https://e.com/#t=a", True),
    ("https://e.com/***", "https://e.com/b#c", True),
    ("https://e.com/***", "https://e.com", False),
    ("https://e.com/***#d", "https://e.com/b#c", False),
    ("https://e.com/***?t=d", "https://e.com/b/c", False),
    ("https://e.com/b?***", "https://e.com/b?t=c", True),
    ("https://e.com/b?***", "https://e.com/b", False),
    ("https://e.com/b?***", "https://e.com/c?t=c", False),
    ("***", "https://e.com/b?t=c", True),
    ("", "https://e.com/", False),
]


@pytest.mark.parametrize(("held", "wanted", "same"), URLS)
def test_a_masked_url_is_unknown_where_the_rest_is_the_same(
    held: str, wanted: str, same: bool
) -> None:
    expected = (wanted, [("u",)]) if same else (held, [])
    assert unmasked(URL, held, wanted, ("u",)) == expected
    assert unmasked(URL, wanted, wanted, ("u",)) == (wanted, [])
    assert unmasked(URL, held, None, ("u",)) == (held, [])


RETRY, FAQ, LANGUAGES = (FIELDS[name] for name in ("call_retry_config", "faq_items", "prompt"))
WINDOW = {"calling_window_start_time": "08:00", "calling_window_end_time": "09:00"}
ITEM = {"question": "q", "answer": "a"}

#: A field, the account's value, what is wanted, the places of unset secrets; what is known then.
UNSET: list[tuple[str, Any, Any, list[Path], Any, list[Path]]] = [
    ("prompt", "old", "new ${secret.X}", [()], "new ${secret.X}", [()]),
    ("prompt", None, "new", [()], None, []),
    ("prompt", "old", "new", [], "old", []),
    ("faq_items", [ITEM], [{"question": "q", "answer": "b"}], [(0, "answer")],
     [{"question": "q", "answer": "b"}], [(0, "answer")]),
    ("faq_items", [ITEM], [{"question": "r", "answer": "b"}], [(0, "question")],
     [{"question": "r", "answer": "b"}], [()]),
    ("faq_items", [], [{"question": "r", "answer": "b"}], [(0, "question")], [], []),
    ("llm_model", {"type": "custom", "api_url": "y"}, {"type": "custom", "api_url": "x"},
     [("api_url",)], {"type": "custom", "api_url": "x"}, [("api_url",)]),
    ("llm_model", {"type": "custom"}, {"type": "custom", "model_name": "x"},
     [("model_name",)], {"type": "custom"}, []),
    ("llm_model", "odd", {"type": "custom", "model_name": "x"},
     [("model_name",)], {"type": "custom", "model_name": "x"}, [()]),
    ("faq_items", {"odd": 1}, [ITEM], [(0, "answer")], [ITEM], [()]),
    ("stt_context", {"terms": ["a", "b"]}, {"terms": ["b", "c"]}, [("terms", 1)],
     {"terms": ["b", "c"]}, [("terms",)]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "held", "wanted", "unset", "known", "places"), UNSET, ids=str)
def test_a_text_that_cannot_be_expanded_leaves_the_rest_comparable(
    name: str, held: Any, wanted: Any, unset: list[Path], known: Any, places: list[Path]
) -> None:
    at = [(name, *place) for place in unset]
    found = unmasked(FIELDS[name], held, wanted, (name,), at)
    assert found == (known, [(name, *place) for place in places])


def test_nothing_is_told_where_an_outer_place_is_unknown() -> None:
    held = {"type": "custom", "api_key": "***", "model_name": "m"}
    wanted = {"type": "custom", "api_key": "k", "model_name": "n"}
    assert unmasked(MODEL, held, wanted, ("m",)) == ({**held, "api_key": "k"}, [("m", "api_key")])
    assert unmasked(MODEL, held, wanted, ("m",), [("m",)]) == (wanted, [("m",)])
    assert unmasked(MODEL, held, {**wanted, "api_key": 7}, ("m",)) == (held, [])
    assert held["api_key"] == "***"


# URLs.

PARTS: list[tuple[str, list[tuple[str | None, str]]]] = [
    ("", []),
    ("https://e.com", []),
    ("https://e.com/a@b", []),
    ("https://u@e.com/", [(None, "u")]),
    ("https://u:p@q@e.com/a@b?c", [(None, "u:p@q"), ("", "c")]),
    ("u:p@e.com/x", [(None, "u:p")]),
    ("//u@e.com", [(None, "u")]),
    ("https://@e.com", []),
    ("svn+ssh://u@e.com", [(None, "u")]),
    ("HTTPS://u@{{host}}?t=a", [(None, "u"), ("t", "a")]),
    ("/a/u@e.com", []),
    ("https://e.com/a;b=c;d={{e}}/f;=g;h", [("b", "c")]),
    ("https://e.com?a=b", [("a", "b")]),
    ("https://e.com?a=b&&c&d=&e=f=g", [("a", "b"), ("", "c"), ("e", "f=g")]),
    ("https://e.com?a=b?c", [("a", "b?c")]),
    ("https://e.com#a", []),
    ("https://e.com#a=b&c", [("a", "b"), ("", "c")]),
    ("https://e.com/?x=1#a=b", [("x", "1"), ("a", "b")]),
    ("https://e.com/?x#a?b", [("", "x")]),
    ("https://e.com/?a={{b}}&c=${secret.D}&e=${var.F}", []),
    ("https://e.com/?{{b}}&${secret.D}", []),
    ("https://e.com/?a={{b}}c&d=${other.E}&f=x${var.G}",
     [("a", "{{b}}c"), ("d", "${other.E}"), ("f", "x${var.G}")]),
]  # fmt: skip


@pytest.mark.parametrize(("url", "found"), PARTS)
def test_the_parts_of_a_url_stand_where_they_are_said_to(
    url: str, found: list[tuple[str | None, str]]
) -> None:
    told = list(parts(url))
    assert [(part.name, part.text) for part in told] == found
    assert [url[part.start : part.end] for part in told] == [text for _, text in found]
    inside = [part for part in parts_in(f"see {url}, or {url}") if "://" in url]
    assert [part.text.rstrip(",") for part in inside][: len(found)] == (
        [text for _, text in found] if "://" in url else []
    )
    assert mask_url(url).count("(sensitive)") == len(found)


@pytest.mark.parametrize(
    ("part", "spellings"),
    [
        (Part(0, 0, "t", "a%20b:c"), {"a%20b:c", "a b:c"}),
        (Part(0, 0, None, "a%20b:c"), {"a%20b:c", "a b:c", "a%20b", "a b", "c"}),
        (Part(0, 0, "", "a:b"), {"a:b"}),
    ],
)
def test_a_part_is_known_in_each_of_its_spellings(part: Part, spellings: set[str]) -> None:
    assert part.spellings == spellings


def test_the_secrets_of_a_url_are_its_parts() -> None:
    assert url_secrets("https://ada:@e.com/?t=b%20c&u={{d}}") == {"ada:", "ada", "b%20c", "b c"}
    for value in (None, 7, ["https://a@e.com"], "https://e.com/a"):
        assert url_secrets(value) == set()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://u:p@e.com/?a=b, c", "see https://(sensitive)@e.com/?a=(sensitive) c"),
        ('"https://e.com/?a=b"', '"https://e.com/?a=(sensitive)"'),
        ("'https://e.com/?a=b'", "'https://e.com/?a=(sensitive)'"),
        ("<https://e.com/?a=b>", "<https://e.com/?a=(sensitive)>"),
        (r'\"https:\/\/e.com?a=b\"', r'\"https:\/\/e.com?a=(sensitive)\"'),
        ("//u:p@e.com/?a=b", "//u:p@e.com/?a=b"),
        ("a://b?c d://e?f", "a://b?(sensitive) d://e?(sensitive)"),
    ],
)  # fmt: skip
def test_a_text_is_shown_without_what_is_secret_in_its_urls(text: str, shown: str) -> None:
    assert Redactor()(text) == shown


@pytest.mark.parametrize(
    ("places", "shown"),
    [
        ([], "abcdef"),
        ([(1, 2)], "a[1:2]cdef"),
        ([(4, 6), (0, 1)], "[0:1]bcd[4:6]"),
        ([(0, 3), (2, 4)], "[0:4]ef"),
        ([(0, 4), (1, 2), (3, 5)], "[0:5]f"),
        ([(0, 2), (2, 4)], "[0:2][2:4]ef"),
    ],
)
def test_masks_stand_in_their_places(places: list[tuple[int, int]], shown: str) -> None:
    assert masked("abcdef", places, lambda start, end: f"[{start}:{end}]") == shown


# Tokens.

KEY = "-----BEGIN PRIVATE KEY-----"
#: A text, and the tokens in it.
TOKENS: list[tuple[str, list[str]]] = [
    (f"a {TOKEN} b", [TOKEN]),
    (f"{TOKEN}, {TOKEN}", [TOKEN, TOKEN]),
    (f"a{TOKEN}", []),
    ("sk-" + "a" * 20, []),
    ("sk-abc0", []),
    ("Bearer abcdefghijklmnop0", ["abcdefghijklmnop0"]),
    ("bearer   abcdefghijklmnop0", ["abcdefghijklmnop0"]),
    ("Bearer abcdefghijklmnopq", []),
    (f"Bearer {TOKEN}", [TOKEN]),
    (f"{KEY}\nab\n-----END PRIVATE KEY----- x {TOKEN}",
     [f"{KEY}\nab\n-----END PRIVATE KEY-----", TOKEN]),
    (f"{KEY}\n{TOKEN}\n-----END PRIVATE KEY-----x",
     [f"{KEY}\n{TOKEN}\n-----END PRIVATE KEY-----"]),
    (f"x {KEY}\n{TOKEN}\nab", [f"{KEY}\n{TOKEN}\nab"]),
    ("https://hooks.slack.com/services/T01/B02 x", ["T01/B02"][:0]),
    ("https://hooks.slack.com/services/T0123/B02 x", ["T0123/B02"]),
    ("https://hooks.zapier.com/hooks/catch/123/abcd/", ["123/abcd/"]),
    ("https://hooks.example.com/services/T0123/B02", []),
    (f"https://hooks.example.com/{TOKEN}", [TOKEN]),
    ("the bearer of this", []),
    ("A-levels, _live_, JSON, AKIA", []),
    ("", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "found"), TOKENS)
def test_tokens_are_found_in_a_text(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in tokens_in(text)] == found
    assert holds_token(text) is bool(found)
    shown = text
    for token in found:
        shown = shown.replace(token, "(sensitive)", 1)
    assert without_tokens(text) == Redactor()(text) == Known().shown(text) == shown


# Source lines, and what others say.

LINES: list[tuple[str, int, str | None]] = [
    ("a: b", 1, "a: b"),
    (f"a: {TOKEN}", 4, "a: ***"),
    (f"a: {TOKEN}", 5, f"a: {'*' * 23}"),
    (f"a: {TOKEN} b", 99, f"a: {'*' * 23} b"),
    ("a: https://u:pw@e.com/?b=cd", 1, "a: https://***@e.com/?b=***"),
    ("a: https://u:pw@e.com/?b=cd", 16, "a: https://****@e.com/?b=***"),
    ("- {key: a, value: b}", 1, None),
    ("- {value: b, 'key': a}", 1, None),
    ("- {key: a}", 1, "- {key: a}"),
    ("- {value: b}", 1, "- {value: b}"),
    ("      value: @b", 14, None),
    ("    - 'value' : %b", 1, None),
    ("  value: ${secret.B}", 1, "  value: ${secret.B}"),
    ("- {monkey: a, value: b}", 1, "- {monkey: a, value: b}"),
    *(
        (f"- {{key: a, value: {v}}}", 1, f"- {{key: a, value: {v}}}")
        for v in ("'{{b}}'", "${var.B}")
    ),
    *((f"{name}: x", 1, None) for name in ("api key", "Api-Key", "apikey", "tokens: a, token")),
    *(
        (f"{name}: x", 1, None)
        for name in ("secret", "password", "passwd", "credentials", "credential")
    ),
    *((f"{name} : x", 1, None) for name in ("authorization", "'my token'", '"x-secret"')),
    *(
        (f"{name}: x", 1, f"{name}: x")
        for name in ("api", "key", "tokens", "secrets", "passphrase")
    ),
    *(
        (f"token: {v}", 1, f"token: {v}")
        for v in ("${secret.A}", "'{{a}}'", "***", "Bearer ${secret.A}")
    ),
    *((f"token: {v}", 1, None) for v in ("${secret.A} b", "x {{a}}", "Basic a", "****")),
    ("{token: ${secret.A}, a: 1}", 1, "{token: ${secret.A}, a: 1}"),
    ("token: ${secret.A} # a", 1, "token: ${secret.A} # a"),
]


@pytest.mark.parametrize(("line", "column", "shown"), LINES)
def test_a_source_line_is_shown_without_secrets(line: str, column: int, shown: str | None) -> None:
    assert shown_line(line, column) == shown
    assert cut_line(line, column) == line[: column - 1] + "***"


REDACTED: list[tuple[str, str, str]] = [
    ("abcd", "x abcd y abcd", "x (sensitive) y (sensitive)"),
    ("abcd", "abcd", "(sensitive)"),
    ("abc", "abc abcd", "abc abcd"),
    (" abc ", " abc ", " abc "),
    (" abcd ", "xabcdx", "x(sensitive)x"),
    ("ab cd", "x ab \n\t cd y ab+cd", "x (sensitive) y (sensitive)"),
    ("ab''cd", "x ab'cd y ab'''cd", "x (sensitive) y (sensitive)"),
    ("a\\bcd", "x abcd y a\\\\bcd", "x (sensitive) y (sensitive)"),
    ("ab%20cd", "x ab cd y", "x (sensitive) y"),
    ("ab/c?>", "x YWIvYz8+, YWIvYz8-, z", "x (sensitive), (sensitive), z"),
    ('ab"c', "x YWJcImM= y", "x (sensitive)M= y"),
    ("abcé", "x YWJjXHUwMGU5 YWJjw6k= y", "x (sensitive) (sensitive)k= y"),
    ("abcd", "x YWJjZA== eGFiY2Q= eHhhYmNk y", "x (sensitive)A== eG(sensitive)Q= eHh(sensitive) y"),
    ("abcde", "x YWJjZGU= eGFiY2Rl eHhhYmNkZQ== y",
     "x (sensitive)U= eG(sensitive) eHh(sensitive)Q== y"),
    ("abcdef", "x YWJjZGVm eGFiY2RlZg== eHhhYmNkZWY= y",
     "x (sensitive) eG(sensitive)g== eHh(sensitive)Y= y"),
    ('é"cd', "x w6lcImNk XHUwMGU5XCJjZA== y", "x (sensitive) (sensitive)A== y"),
    ("∳abc", "x &CounterClockwiseContourIntegral;abc y", "x (sensitive) y"),
    ("sabc", "x &#00000000115;abc &#x00000000073;abc y", "x (sensitive) (sensitive) y"),
    ("\xffabc", "x %ffabc y \\xffabc", "x (sensitive) y (sensitive)"),
    ("\x80abc", "x %80abc y \\x80abc", "x (sensitive) y (sensitive)"),
    ("abcd", "&#99999999;abcd", "&#99999999;(sensitive)"),
    ("abcd", "abc", "abc"),
]  # fmt: skip


@pytest.mark.parametrize(("secret", "text", "shown"), REDACTED)
def test_a_secret_is_taken_out_of_a_text(secret: str, text: str, shown: str) -> None:
    assert Redactor([secret])(text) == shown
    later = Redactor()
    assert later(text) == text
    later.learn(["other"])
    later.learn(iter([secret, ""]))
    assert later(text) == shown
    assert later(text) == shown


@pytest.mark.parametrize(("before", "shown"), [(0, 0), (1, 2), (2, 3), (3, 4)])
def test_base64_shows_no_character_that_depends_on_the_secret_alone(
    before: int, shown: int
) -> None:
    code = b64encode(b"x" * before + b"hunter2/hunter2" + b"yy").decode()
    assert Redactor(["hunter2/hunter2"])(code).index(MASK) == shown


def test_secrets_that_overlap_are_masked_as_one() -> None:
    redact = Redactor(["hunter2-abc", "abc-secret", "unter2"])
    assert redact("(hunter2-abc-secret) unter2") == f"({MASK}) {MASK}"
    assert redact("unter2 (hunter2-abc-secret)") == f"{MASK} ({MASK})"
    assert redact("hunter2-abcabc-secret") == MASK * 2


def test_the_longer_of_two_secrets_goes_first() -> None:
    assert Redactor(["secret", "secret-part"])("a secret-part b") == f"a {MASK} b"


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("${secret.A} ${secret.B_2} ${secret.A}", ("A", "B_2")),
        ("$${secret.A} ${secret.2} ${var.A} ${secret.}", ()),
        ("$${secret.A}${secret.B}", ("B",)),
        ("", ()),
    ],
)
def test_a_text_refers_to_secrets_by_their_names(written: str, names: tuple[str, ...]) -> None:
    assert references_in(written) == names
    assert references_in(as_written(written.replace("$$", "$"))) == ()


def test_only_a_secret_that_is_long_enough_is_put_back() -> None:
    known = Known({"A": "1234567", "B": "12345678"})
    assert known.put_back("1234567, 12345678") == ("1234567, ${secret.B}", {"B"})
    assert Known({"A": "1234567"}).put_back("1234567 ${secret.A}") == (
        "1234567 $${secret.A}",
        set(),
    )
