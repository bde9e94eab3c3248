"""Reads a page as GitHub would, with a parser of its own, and says what has come alive in it.

GitHub's extras (mentions, references, commit ids, emoji, math, footnotes, links) act on text that
is in no code; the page may hold none of them, and no HTML but what the tool makes itself.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])

_OURS = {
    *("paragraph", "heading", "bullet_list", "list_item", "table", "thead", "tbody", "tr"),
    *("th", "td", "strong"),
}
_MARKER = re.compile(r"<!-- revox-sync: (?:plan|drift|diff) [A-Za-z0-9._-]+ -->\n")
_SUMMARY = re.compile(
    r"<details><summary>(?:<code>(?P<key>[^<>]*)</code> [a-z ]+"
    r"|(?:Not managed, left alone|No longer defined): [^<>]*)</summary>\n"
)

ALIVE = {
    "mention": r"@",
    "reference": r"#\w|\bGH-\d",
    "ticket": r"\b[A-Za-z]+-\d",
    "commit": r"(?<![^\W_])[0-9a-f]{7,40}(?![^\W_])",
    "emoji": r":[\w+-]+:",
    "math": r"\$",
    "footnote": r"\[\^",
    "task": r"\[[ xX]\]",
    "address": r"://|www\.|mailto:|xmpp:",
    "comment": r"<!--|-->",
    "tag": r"</?[A-Za-z!?]",
    "entity": r"&#?\w+;",
    "invisible": r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b-\x1f\x7f-\x9f]",
}


def faults(page: str, *, link: str | None = None) -> list[str]:
    """Return what is wrong with a page; ``link`` is the only one that it may have."""
    return list(_faults(page, link))


@lru_cache(maxsize=1)
def _parsed(page: str) -> list[Token]:
    """Return the tokens of a page, which is asked for its faults and its codes."""
    return _PARSER.parse(page)


def _faults(page: str, link: str | None) -> Iterator[str]:
    tokens = _parsed(page)
    if not _MARKER.match(page):
        yield "no marker on the first line"
    if len(re.findall(r"<!--\s*revox-sync", page, re.IGNORECASE)) != 1:
        yield "more than one marker"
    lines = page.split("\n")
    for line in lines:
        if line.lstrip().startswith("::") or "##[" in line or "##vso[" in line:
            yield f"a CI command: {line!r}"
    opened = 0
    for token in tokens:
        if token.type == "html_block":
            opened += token.content.startswith("<details>") - (token.content == "</details>\n")
            yield from _html(token)
        elif token.type == "fence":
            yield from _fence(token, lines)
        elif token.type == "inline":
            yield from _inline(token, link)
        elif token.type.removesuffix("_open").removesuffix("_close") not in _OURS:
            yield f"a {token.type} that nobody made: {token.content!r}"
    if opened:
        yield "a collapsed part that does not end"


def _html(token: Token) -> Iterator[str]:
    content = token.content
    known = _SUMMARY.fullmatch(content) or _MARKER.fullmatch(content)
    if not known and content != "</details>\n":
        yield f"HTML: {content!r}"


def _fence(token: Token, page: Sequence[str]) -> Iterator[str]:
    assert token.map is not None
    lines = page[token.map[0] : token.map[1]]
    if token.info != "diff" or lines[-1] != token.markup or len(lines) < 3:
        yield f"a block that does not end: {lines[:2]!r}"
    for line in lines[1:-1]:
        if line[:1] not in ("+", "-", " ", "@", "…", "i"):
            yield f"a line of a block that nobody marked: {line!r}"


def _inline(token: Token, link: str | None) -> Iterator[str]:
    text = ""
    for child in token.children or []:
        if child.type == "text":
            text += child.content
        elif child.type == "code_inline":
            text += "\ufffc"
        elif child.type == "html_inline":
            text += "\n"
            if child.content != "<br>":
                yield f"HTML: {child.content!r}"
        elif child.type == "link_open" and link is not None and child.attrs["href"] == link:
            text += "\n"
        elif child.type not in ("strong_open", "strong_close", "link_close"):
            yield f"a {child.type} in {token.content!r}"
    for name, pattern in ALIVE.items():
        if (found := re.search(pattern, text.replace(link or "\n", ""))) is not None:
            yield f"a live {name}: {found[0]!r} in {text!r}"


def codes(page: str) -> set[str]:
    """Return every text that the page shows as inline code, or names in a summary."""
    found = set()
    for token in _parsed(page):
        if token.type == "html_block" and (summary := _SUMMARY.fullmatch(token.content)):
            found.add(html.unescape(summary["key"] or ""))
        for child in token.children or []:
            if child.type == "code_inline":
                found.add(child.content)
    return found
