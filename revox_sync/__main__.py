"""``python -m revox_sync`` and the ``revox-sync`` command."""

from __future__ import annotations

import gc
import os
import sys

_INTERRUPTED = 130


def main() -> None:
    """Run the command line and end the process with its exit code."""
    try:
        _open_the_standard_files()
        sys.unraisablehook = _unraisable
        code = _run()
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt:  # the modules were not loaded yet
        _interrupted()
    except OSError:  # of `--version` alone: everything else has told its errors
        os._exit(1)
    sys.exit(code)


def _run() -> int:
    if sys.argv[1:] == ["--version"]:
        # Answered here, because importing the command line takes longer than everything else.
        from revox_sync import __version__

        print(f"revox-sync {__version__}")
        return 0
    # A run is short and makes little garbage that refers to itself; looking for it costs a fifth.
    gc.disable()
    # Nobody's pydantic plugins are to see definitions, and looking for some takes time.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from revox_sync.cli.main import run

    try:
        code = run()
    finally:
        # Nothing is needed any more: an interpreter that looks for garbage before it ends takes
        # longer over it than a small plan takes over its definitions.
        gc.freeze()
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the exit code is known
    return code


def _open_the_standard_files() -> None:
    """Open what the caller closed, so that no other file takes its number and its output."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _unraisable(found: sys.UnraisableHookArgs) -> None:
    """End where Ctrl-C comes while Python calls back from somewhere that cannot raise it."""
    if isinstance(found.exc_value, KeyboardInterrupt):
        _interrupted()
    sys.__unraisablehook__(found)


def _interrupted() -> None:
    os.write(2, b"interrupted\n")
    os._exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
