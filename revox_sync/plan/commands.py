"""Parts of the commands that messages suggest, quoted for a shell."""

from __future__ import annotations

import re
import shlex

#: The address of the sandbox in the process of a command, which no other address names.
SANDBOX_URL = "http://sandbox.localhost/api"


def argument(key: str) -> str:
    """Return a key, quoted for a shell, so that a glob matches only that key."""
    return shlex.quote(re.sub(r"([*?[])", r"[\1]", key))


def account_options(base_url: str, environment: str | None) -> str:
    """Return the options that name an account, with a space before them; empty for none."""
    sandbox = " --sandbox" if base_url == SANDBOX_URL else ""
    return sandbox if environment is None else f"{sandbox} --env {shlex.quote(environment)}"
