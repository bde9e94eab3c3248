"""The one exception of this room."""


class SandboxError(Exception):
    """The sandbox cannot run: its file is unusable, or its address is. The text says what to do."""
