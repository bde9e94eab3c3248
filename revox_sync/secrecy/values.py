"""What gives a credential away: the name of what holds it, or its own shape."""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_NAME = re.compile(
    r"(?:api_?key|key|token|secret|password|passwd|cookie|auth"
    r"|(?<![a-z])(?:authorization|authentication|credentials?|pwd|sig|signature))(?![a-z])"
)

#: Tokens that show what they are: those of OpenAI, Stripe, Slack, GitHub, GitLab, AWS and Google,
#: JSON web tokens, what follows ``Bearer``, private keys. A digit tells a token from a word.
TOKEN = re.compile(
    r"(?<![A-Za-z0-9_-])(?:"
    r"sk-(?=[A-Za-z_-]{0,60}[0-9])[A-Za-z0-9_-]{16,}"
    r"|[sr]k_(?:live|test)_[A-Za-z0-9]{16,}"
    r"|xox[a-z]-(?=[A-Za-z-]{0,60}[0-9])[A-Za-z0-9-]{10,}"
    r"|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{20,}"
    r"|A(?:KIA|SIA)[A-Z0-9]{16}|AIza[A-Za-z0-9_-]{35}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"
    r"|[Bb]earer[ ]{1,4}(?=[A-Za-z._~+/-]{0,60}[0-9])[A-Za-z0-9._~+/=-]{16,}"
    r"|-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)"
)

#: One of them is in every token: looking for them first takes a third of the time.
_MARKS = (
    *("sk-", "k_live_", "k_test_", "xox", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
    *("glpat-", "AKIA", "ASIA", "AIza", "eyJ", "earer ", "-----BEGIN "),
)


#: How services print a credential instead of telling it: `****`, `sk-…4f2a`, `[REDACTED]`. Dots
#: count inside a word only, and next to what a shortened key begins or ends with: prose ends in
#: dots as well.
_MASK = re.compile(
    r"[*•●∙·]{3}"
    r"|[\w-](?:…|\.{3,})[\w-]"
    r"|[-_](?:…|\.{3,})(?!\S)"
    r"|(?<!\S)(?:…|\.{3,})(?=[A-Za-z_-]*[0-9])[\w-]+(?!\S)"
)
_BRACKETED = re.compile(
    r"(?:[A-Za-z]+[ ]+)?"  # Bearer
    r"(?:\[[A-Za-z][\w -]*\]|<[A-Za-z][\w -]*>|\([A-Za-z][\w -]*\))"
)


def is_mask(text: str) -> bool:
    """Whether a credential that somebody wrote down is a mask, as services print them.

    Plain words (``hidden``) and ``*/*`` are none: they can be what a header really says. Of what an
    account answers ``is_masked`` judges more strictly.
    """
    return _MASK.search(text) is not None or _BRACKETED.fullmatch(text.strip()) is not None


def holds_token(text: str) -> bool:
    """Whether there is a token in ``text``."""
    return any(mark in text for mark in _MARKS) and TOKEN.search(text) is not None


def credential_name(name: str) -> str | None:
    """Return what kind of credential a header or parameter of this name holds; None for none.

    The answer is made of known words only, in capitals: ``AUTH_TOKEN`` for ``X-Auth-Token``.
    """
    words = "_".join(word.lower() for word in _WORD.findall(name))
    return "_".join(_NAME.findall(words)).upper() or None
