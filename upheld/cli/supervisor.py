"""Holds together the processes of one server: the web processes, the worker, the sandbox while payments are test
money, and the redirect from plain http.

The supervisor alone gets the terminal's signals. When it stops, they all stop; when it is killed, they notice
(`lifeline`). A worker or a sandbox that fails is started again; web processes that fail end the server, so that
whoever watches over it (systemd, a container) knows.
"""

import asyncio
import os
import signal
from asyncio.subprocess import Process
from collections.abc import Coroutine
from contextlib import suppress

import click
from cryptography.hazmat.primitives.serialization import Encoding

from upheld.cli import children, demo_usage, probe, redirect
from upheld.home import Home
from upheld.web import tls

ANSWER_SECONDS = 60.0  # for the site to load and answer for the first time
LOOK_SECONDS = 10.0  # between looks at the certificate
AGAIN_SECONDS = (1.0, 60.0)  # before a failed process is started again: doubled each time, up to the second


class Supervisor:
    def __init__(self, home: Home, address: str) -> None:
        self.home = home
        self.address = address
        self.port = home.number("port")
        self._stopping = asyncio.Event()
        self._answering = asyncio.Event()
        self._code = 0

    async def run(self) -> int:
        """Serve until told to stop. The exit code: 0 when stopped by a signal, 1 when something failed."""
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(each, self._stopping.set)
        plain = await self._redirect()
        web = await children.start("upheld.cli.web", self.address)
        work = [self._web(web), self._worker(), self._certificate(web), *self._sandbox(), *self._demonstration()]
        tasks = [asyncio.create_task(each) for each in work]
        try:
            await self._stopping.wait()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(children.stop(web), *tasks, return_exceptions=True)
            if plain:
                plain.close()
        return self._code

    async def _redirect(self) -> asyncio.Server | None:
        port = self.home.redirect_port
        try:
            return await redirect.listen(self.address, port, redirect.target_site(self.home))
        except OSError as error:
            reason = error.strerror or str(error)
            _warn(f"Plain http is not answered, since port {port} is not to be had ({reason}): set http_port.")
            return None

    async def _web(self, web: Process) -> None:
        """Say when it answers, then watch over it."""
        ended = asyncio.create_task(web.wait())
        answered = asyncio.create_task(self._first_answer())
        await asyncio.wait({ended, answered}, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done() and (problem := answered.result()):
            return self._fail(problem)
        if not ended.done():
            host = self.home.text("host")
            self._answering.set()
            click.echo(f"serving https://{f'[{host}]' if ':' in host else host}:{self.port}")
        await ended
        answered.cancel()
        return self._fail("The web processes ended by themselves; what stands above says why.")

    async def _first_answer(self) -> str:
        """Empty once the site has answered, else what was wrong."""
        certificate = tls.ensure(self.home).leaf().public_bytes(Encoding.DER)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                while True:
                    with suppress(OSError):
                        status = await asyncio.to_thread(
                            probe.status, self.address, self.port, self.home.host, certificate
                        )
                        return "" if status < 500 else f"The site answers with an error, {status}; see above."
                    await asyncio.sleep(0.1)
        except TimeoutError:
            return f"The site did not answer within {ANSWER_SECONDS:.0f} seconds."

    def _worker(self) -> Coroutine[None, None, None]:
        return self._again("worker", "upheld.cli", "worker", "--with-parent")

    def _sandbox(self) -> list[Coroutine[None, None, None]]:
        """The simulated processor, a program of its own, when the settings name it."""
        wanted = self.home.text("payments.processor") == "sandbox"
        return [self._again("sandbox", "upheld.payments.sandbox", f"--parent={os.getpid()}")] if wanted else []

    def _demonstration(self) -> list[Coroutine[None, None, None]]:
        """The builds of a demonstration, until they have reported for a year."""
        wanted = self.home.demonstration.exists() and demo_usage.is_under_way(self.home)
        return [self._once("builds of the demonstration", "upheld.cli.demo_year")] if wanted else []

    async def _once(self, name: str, module: str) -> None:
        """Run a process to its end once the site answers. What it did not do, the next server does."""
        await self._answering.wait()
        process = await children.start(module)
        try:
            code = await process.wait()
        finally:
            await children.stop(process)
        if code:
            _warn(f"The {name} ended with code {code}; the next upheld serve carries on.")

    async def _again(self, name: str, module: str, *arguments: str) -> None:
        """Run a process, and again whenever it ended."""
        pause = AGAIN_SECONDS[0]
        while True:
            process = await children.start(module, *arguments)
            try:
                code = await process.wait()
            finally:
                await children.stop(process)
            _warn(f"The {name} ended with code {code}; it is started again in {pause:.0f} seconds.")
            await asyncio.sleep(pause)
            pause = min(2 * pause, AGAIN_SECONDS[1])

    async def _certificate(self, web: Process) -> None:
        """Renew the local certificate when due, and have any new one shown, the owner's own too."""
        shown, told = tls.ensure(self.home).state(), ""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                found = (await asyncio.to_thread(tls.ensure, self.home)).state()
            except (tls.TlsError, OSError) as error:
                if told != str(error):  # once, not every ten seconds
                    told = str(error)
                    _warn(told)
                continue
            if found != shown and web.returncode is None:
                web.send_signal(signal.SIGHUP)
                shown = found

    def _fail(self, sentence: str) -> None:
        if not self._stopping.is_set():
            _warn(sentence)
            self._code = 1
            self._stopping.set()


def _warn(sentence: str) -> None:
    click.echo(f"upheld: {sentence}", err=True)
