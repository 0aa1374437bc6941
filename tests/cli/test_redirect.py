"""Plain http: a redirect to the site, within limits of time and size, and nothing else."""

import asyncio
from pathlib import Path

import pytest

from upheld.cli import redirect
from upheld.home import Home

SITE = "https://customers.example"


async def ask(sent: bytes, *, connections: int = 1) -> bytes:
    """What a listener answers to these bytes, sent on one connection while others are idle."""
    server = await redirect.listen("127.0.0.1", 0, SITE)
    async with server:
        port = server.sockets[0].getsockname()[1]
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(connections - 1)]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        try:
            return await reader.read()
        except ConnectionError:
            return b""
        finally:
            for _, each in [*idle, (reader, writer)]:
                each.close()


@pytest.mark.parametrize(
    ("target", "to"),
    [
        (b"/", b"/"),
        (b"/policy/?a=b&c=%20", b"/policy/?a=b&c=%20"),
        (b"//evil.example/", b"//evil.example/"),
        (b"http://evil.example/", b"/"),
        (b"@evil.example", b"/"),
        (b"/a\\b", b"/"),
        (b"/\xc3\xbc", b"/"),
        (b"/a\nSet-Cookie:x", b"/"),
    ],
)
def test_the_target_is_always_the_site(target: bytes, to: bytes) -> None:
    answer = redirect.response(SITE, b"GET " + target + b" HTTP/1.1\r\nHost: evil.example\r\n\r\n")
    lines = answer.split(b"\r\n")
    assert lines[0] == b"HTTP/1.1 308 Permanent Redirect"
    assert [line for line in lines if line.startswith(b"Location")] == [b"Location: https://customers.example" + to]


def test_a_body_is_never_read() -> None:
    said = asyncio.run(ask(b"POST /sign-in/ HTTP/1.1\r\nContent-Length: 1000000\r\n\r\npassword=x"))
    assert said.startswith(b"HTTP/1.1 308 ")


def test_a_head_without_end_gets_no_answer() -> None:
    assert asyncio.run(ask(b"GET / HTTP/1.1\r\nX: " + b"x" * 100_000)) == b""


def test_a_slow_client_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redirect, "SECONDS", 0.1)
    assert asyncio.run(ask(b"GET / HT")) == b""


def test_too_many_at_once_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redirect, "AT_ONCE", 3)
    whole = b"GET / HTTP/1.1\r\n\r\n"
    assert asyncio.run(ask(whole, connections=3)).startswith(b"HTTP/1.1 308 ")
    assert asyncio.run(ask(whole, connections=4)) == b""


@pytest.mark.parametrize(
    ("site", "to"),
    [
        ("", "https://localhost:8443"),
        ("https://customers.example/", "https://customers.example"),
        ("https://customers.example:443", "https://customers.example"),
        ("https://bücher.example:8443", "https://xn--bcher-kva.example:8443"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_the_site_is_written_as_a_header_has_it(tmp_path: Path, site: str, to: str) -> None:
    home = Home(tmp_path)
    home.toml.write_text(f'site = "{site}"\n')
    assert redirect.target_site(home) == to
