"""Whether the server answers: a real handshake and a real request, as a browser would make them."""

import socket
import ssl

SECONDS = 10.0
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what to ask of a server that listens on these


def status(address: str, port: int, host: str, certificate: bytes) -> int:
    """The HTTP status of the front page, over TLS 1.3, from a server that shows this certificate (DER).

    Raises OSError while nothing answers, or when another certificate is shown.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    # Compared byte for byte below, which is more than a chain would prove.
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection((ANYWHERE.get(address, address), port), timeout=SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        if secure.getpeercert(binary_form=True) != certificate:
            raise ConnectionError("another certificate is shown")
        secure.sendall(b"GET / HTTP/1.1\r\nHost: " + host.encode() + b"\r\nConnection: close\r\n\r\n")
        head = secure.recv(64).split(b" ")
    if len(head) < 2 or not head[1].isdigit():
        raise ConnectionError("no answer in HTTP")
    return int(head[1])
