"""Plain http: every request, whatever it is, is sent on to the site's own https address. Nothing else is read."""

import asyncio
import re
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from urllib.parse import urlsplit

from upheld.home import Home

SECONDS = 5.0  # for the whole of a request's head
BYTES = 8192  # of it
AT_ONCE = 128  # connections; one more is closed unanswered

# A path and query as RFC 3986 writes them: what is not one goes to the front page.
TARGET = re.compile(rb"/[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*")


def target_site(home: Home) -> str:
    """The site's scheme, host and port as they go into a header: ASCII, without a path."""
    host, port = home.host, urlsplit(home.site).port
    return f"https://{f'[{host}]' if ':' in host else host}{f':{port}' if port and port != 443 else ''}"


async def listen(host: str, port: int, site: str) -> asyncio.Server:
    """Answer on `host` and `port`, always with a redirect to `site`. Raises OSError when the port is not to be had."""
    return await asyncio.start_server(answer_for(site), host, port, limit=BYTES)


def answer_for(site: str) -> Callable[[StreamReader, StreamWriter], Awaitable[None]]:
    open_now = 0

    async def answer(reader: StreamReader, writer: StreamWriter) -> None:
        nonlocal open_now
        open_now += 1
        try:
            if open_now <= AT_ONCE:
                async with asyncio.timeout(SECONDS):
                    writer.write(response(site, await reader.readuntil(b"\r\n\r\n")))
                    await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # too slow, too long or gone: such a client gets no answer
        finally:
            open_now -= 1
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    return answer


def response(site: str, head: bytes) -> bytes:
    """The answer to a request's head. The host is the site's, never one that the request names."""
    words = head.split(b"\r\n", 1)[0].split(b" ")
    target = words[1] if len(words) == 3 and TARGET.fullmatch(words[1]) else b"/"
    return b"".join(
        (
            b"HTTP/1.1 308 Permanent Redirect\r\n",
            b"Location: " + site.encode("ascii") + target + b"\r\n",
            b"Content-Length: 0\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n",
        )
    )
