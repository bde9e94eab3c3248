"""Parts of the commands that messages suggest, quoted for a shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable

#: The address of the sandbox in the process of a command, which no other address names.
SANDBOX_URL = "http://sandbox.localhost/api"


def argument(key: str) -> str:
    """Return a key, quoted for a shell, so that a glob matches only that key."""
    return shlex.quote(re.sub(r"([*?[])", r"[\1]", key))


def account_options(base_url: str, environment: str | None) -> str:
    """Return the options that name an account, with a space before them; empty for none."""
    sandbox = " --sandbox" if base_url == SANDBOX_URL else ""
    return sandbox if environment is None else f"{sandbox} --env {shlex.quote(environment)}"


def ignoring(fields: Iterable[str]) -> str:
    """Return how fields are left to the dashboard; empty where that is the name alone.

    An assistant is found by its name, so that cannot be ignored.
    """
    left = ", ".join(name for name in fields if name != "name")
    return f"leave it to the dashboard with `sync: {{ignore: [{left}]}}`" if left else ""
