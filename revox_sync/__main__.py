"""``python -m revox_sync`` and the ``revox-sync`` command."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run the command line and end the process with its exit code."""
    if sys.argv[1:] == ["--version"]:
        # Answered here, because importing the command line takes longer than everything else.
        from revox_sync import __version__

        print(f"revox-sync {__version__}")
        sys.exit(0)
    # A run is short and makes little garbage that refers to itself; looking for it costs a fifth.
    gc.disable()
    # Nobody's pydantic plugins are to see definitions, and looking for some takes time.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from revox_sync.cli.main import run

    code = run()
    # Nothing is needed any more: an interpreter that looks for garbage before it ends takes longer
    # over it than a small plan takes over its definitions.
    gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    main()
