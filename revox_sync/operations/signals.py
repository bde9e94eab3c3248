"""Waits that a signal ends at once.

Python runs the handler of a signal between two instructions. Where a signal comes after the last
of them and before a wait begins, the handler runs only when the wait is over: with the next key,
or with an answer that may never come. So a signal writes a byte to a socket, too, and every long
wait is also a wait for that socket.
"""

from __future__ import annotations

import signal
import socket
import sys
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

_Result = TypeVar("_Result")


@contextmanager
def waking() -> Iterator[socket.socket]:
    """Yield a socket that can be read as soon as a signal came.

    Only the main thread is told of signals. On Windows, the event loop wakes by itself, and what
    reads a terminal does, too.
    """
    woken, waker = socket.socketpair()
    with woken, waker:
        if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
            yield woken
            return
        woken.setblocking(False)
        waker.setblocking(False)
        earlier = signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        try:
            yield woken
        finally:
            signal.set_wakeup_fd(earlier)


def run(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Run ``work`` in an event loop, and return what it returns.

    Raises what it raises; after Ctrl-C KeyboardInterrupt, whatever ``work`` made of that.
    """
    import asyncio  # only a run that asks a service needs it

    # The task does not hold what ``work`` returns. When asyncio puts the handler of Ctrl-C back,
    # the standard library writes down the repr of its task twice, and with it of a whole account:
    # 50 ms for a thousand assistants.
    results: list[_Result] = []

    async def woken_by_signals() -> None:
        task = asyncio.current_task()
        with waking() as woken:
            loop = asyncio.get_running_loop()
            if sys.platform != "win32":
                loop.add_reader(woken, woken.recv, 4096)
            try:
                results.append(await work)
            finally:
                if sys.platform != "win32":
                    loop.remove_reader(woken)
                if task is not None and task.cancelling():
                    raise asyncio.CancelledError

    asyncio.run(woken_by_signals())
    return results[0]


def begin(work: Coroutine[Any, Any, _Result]) -> Future[_Result]:
    """Begin to run ``work`` in a thread of its own, and return what it will return or raise.

    It goes on while this thread computes, and ends with the process: nothing that writes may run
    there.
    """
    import asyncio
    from concurrent.futures import Future

    coming: Future[_Result] = Future()

    def go() -> None:
        try:
            coming.set_result(asyncio.run(work))
        except BaseException as error:  # whoever waits for it is told
            coming.set_exception(error)

    threading.Thread(target=go, daemon=True).start()
    return coming
