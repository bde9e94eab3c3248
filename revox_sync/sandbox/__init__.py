"""The embedded local Revox API: a second, independent reading of the contract.

``contract/`` holds the OpenAPI 3.1 document of both profiles; everything else serves it. Nothing is
imported from the rooms above, so an error in their reading of the API shows as a disagreement here.

- :func:`revox_sync.sandbox.app.create_app`: the ASGI application, state in one SQLite file.
- :func:`revox_sync.sandbox.server.serve`: the same over loopback HTTP.
- :func:`revox_sync.sandbox.data_file.read_data`: an account to begin with, from a file.
- :mod:`revox_sync.sandbox.state`: the account behind it, and its file.
"""


class SandboxError(Exception):
    """The sandbox cannot run: its file is unusable, or its address is. The text says what to do."""
