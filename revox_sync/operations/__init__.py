"""What the tool does, a module for each verb: the Python API.

Every verb takes :class:`~revox_sync.operations.settings.Settings` and reports its progress to a
:class:`~revox_sync.operations.settings.Reporter`. It returns plain data and raises
:class:`~revox_sync.errors.RevoxSyncError`. Nothing here knows a command line or a terminal::

    from revox_sync.operations.context import load
    from revox_sync.operations.plan import plan
    from revox_sync.operations.settings import Settings

    planned = plan(load(Settings(os.environ, Path("hotel"))))
    print(planned.plan.summary)
"""
