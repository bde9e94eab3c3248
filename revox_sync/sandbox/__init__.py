"""The embedded local Revox API: a second, independent reading of the contract.

``contract/`` holds the OpenAPI 3.1 document of both profiles; everything else serves it. Nothing is
imported from the rooms above, so an error in their reading of the API shows as a disagreement here.

- :func:`revox_sync.sandbox.app.create_app`: the ASGI application, state in one SQLite file.
- :func:`revox_sync.sandbox.server.serve`: the same over loopback HTTP.
- :func:`revox_sync.sandbox.transport.in_process`: the same inside an httpx client.
- :func:`revox_sync.sandbox.data_file.read_data`: an account to begin with, from a file.
- :func:`revox_sync.sandbox.state.status`, :func:`~revox_sync.sandbox.state.reset` and
  :func:`~revox_sync.sandbox.state.fill`: the state's file.
- :class:`revox_sync.sandbox.store.Store`: the account behind it, and what a dashboard can do to it.
"""

from revox_sync.sandbox.errors import SandboxError

__all__ = ["SandboxError"]
