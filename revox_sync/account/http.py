"""httpx, without its command line.

``import httpx`` imports its optional ``httpx`` command too, and with it rich's consoles and every
lexer of pygments: most of what the import costs. httpx itself copes with that part missing.
"""

from __future__ import annotations

import sys

_COMMAND = "httpx._main"

_blocked = _COMMAND not in sys.modules
if _blocked:
    sys.modules[_COMMAND] = None  # type: ignore[assignment]
try:
    import httpx
finally:
    if _blocked:
        del sys.modules[_COMMAND]

__all__ = ["httpx"]
