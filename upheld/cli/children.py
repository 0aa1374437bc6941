"""Starting and stopping a process of the server, with everything that it started itself."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from contextlib import suppress

STOP_SECONDS = 8.0


async def start(module: str, *arguments: str) -> Process:
    """Run a module of ours in a session of its own, so that a terminal's Ctrl-C reaches the supervisor alone."""
    # Its standard output is our standard error: ours says `serving` and nothing else.
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, stdin=DEVNULL, stdout=sys.stderr.fileno(), start_new_session=True
    )


async def stop(process: Process) -> None:
    """Ask it to stop, and see that it did. Safe to repeat, and for a process that ended by itself."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.terminate()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
    # Whatever is left of its session; it is ours, as start_new_session made the group.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
