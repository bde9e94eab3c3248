"""The exceptions that the tool raises on purpose.

* RevoxSyncError
  + UsageError            the command was called wrongly
  + SetupError            something is missing on this machine (a key, a package, a file)
  + DefinitionError       a definition or the project file is wrong (definitions/problem.py)
  + ApiError              a request failed
    - ConnectionFailed    no answer, and the request certainly never left
    - AnswerLost          the request may have been carried out; its answer never came
    - StatusError         the service answered with an error status
      . Limited           it asks to slow down, and has done nothing
    - UnreadableAnswer    the service answered, but not with what the contract says
      . OtherAnswered     it answered with another assistant than the one that was asked for
  + RefusedError          the tool itself declines: nothing was written

Only the command line turns a class into an exit code. No message holds an API key or a sensitive
value: whoever raises, redacts first.
"""

from __future__ import annotations


class RevoxSyncError(Exception):
    """Something went wrong that the reader can act on. ``hint`` says how to mend it."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(RevoxSyncError):
    """The command was called wrongly."""


class SetupError(RevoxSyncError):
    """Something is missing or wrong on this machine: a key, a package, a folder."""


class ApiError(RevoxSyncError):
    """A request to the service failed.

    ``wait`` is how many seconds later the same request may be sent again; None: it may not.
    """

    wait: float | None = None


class ConnectionFailed(ApiError):
    """The request certainly never reached the service."""


class AnswerLost(ApiError):
    """The request may have been carried out, but its answer never came."""


class StatusError(ApiError):
    """The service answered with an error status; ``status`` is the HTTP status code."""

    def __init__(self, status: int, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class Limited(StatusError):
    """The service declined because of too many requests, and did nothing."""


class UnreadableAnswer(ApiError):
    """The service answered with something that the contract does not know."""


class OtherAnswered(UnreadableAnswer):
    """The service answered with another assistant than the one that was asked for."""


class RefusedError(RevoxSyncError):
    """The tool declines, and nothing was written."""
