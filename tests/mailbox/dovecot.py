"""A Dovecot of the tests' own: a real IMAP server on the loopback host, in a temporary folder, thrown away.

As root, it runs as the user `nobody`: its processes drop rights that they would need back.
"""

import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

USER, PASSWORD = "privacy@example.org", "p@ss/wörd"

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
mail_location = maildir:~/mail
first_valid_uid = 1
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
auth_mechanisms = plain login
auth_failure_delay = 0
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{folder}/site.pem
ssl_key = <{folder}/site.key
ssl_dh =
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


class NoDovecot(Exception):
    """Dovecot was not found: apt-get install dovecot-imapd."""

    def __str__(self) -> str:
        return str(self.__doc__)


def program() -> str:
    found = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise NoDovecot
    return found


@dataclass(frozen=True)
class Dovecot:
    folder: Path
    plain: int
    tls: int

    @classmethod
    def start(cls, folder: Path, certificate: Path, key: Path) -> "Dovecot":
        """Start a server in `folder`, which is made, and wait until it listens."""
        server = cls(folder, _free_port(), _free_port())
        user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        for place in (folder, folder / "run", folder / "state", folder / "home"):
            place.mkdir(mode=0o755)
            os.chown(place, user.pw_uid, user.pw_gid)
        config = CONFIG.format(
            folder=folder, plain=server.plain, tls=server.tls, user=user.pw_name, uid=user.pw_uid, gid=user.pw_gid,
            group=grp.getgrgid(user.pw_gid).gr_name,
        )  # fmt: skip
        server._write("dovecot.conf", config.encode(), user)
        server._write("users", f"{USER}:{{PLAIN}}{PASSWORD}::::::\n".encode(), user)
        server._write("site.pem", certificate.read_bytes(), user)
        server._write("site.key", key.read_bytes(), user)
        server._run(program(), "-c", str(folder / "dovecot.conf"))
        return server

    def stop(self) -> None:
        self._run(program(), "-c", str(self.folder / "dovecot.conf"), "stop")

    def url(self, scheme: str = "imap", *, password: str = PASSWORD, host: str = "127.0.0.1") -> str:
        port = self.tls if scheme == "imaps" else self.plain
        return f"{scheme}://{quote(USER, safe='')}:{quote(password, safe='')}@{host}:{port}/INBOX"

    def put(self, *letters: bytes) -> None:
        """Have these letters wait in the inbox."""
        with self._signed_in() as client:
            for letter in letters:
                client.append("INBOX", None, None, letter)  # type: ignore[arg-type]  # both may be absent

    def waiting(self) -> int:
        with self._signed_in() as client:
            return int(client.select("INBOX", readonly=True)[1][0] or 0)

    def files(self) -> list[Path]:
        """What is left of letters on the disk."""
        return [each for name in ("new", "cur") for each in (self.folder / "home" / "mail" / name).glob("*")]

    @contextmanager
    def _signed_in(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.plain) as client:
            client.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
            yield client

    def _write(self, name: str, content: bytes, user: pwd.struct_passwd) -> None:
        path = self.folder / name
        path.write_bytes(content)
        path.chmod(0o600)
        os.chown(path, user.pw_uid, user.pw_gid)

    def _run(self, *command: str) -> None:
        as_other = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
        # To a file: a server that inherited a pipe would hold it open, and we would wait for its end for ever.
        with (self.folder / "said").open("ab") as said:
            done = subprocess.run(
                [*as_other, *command], cwd=self.folder, stdout=said, stderr=said, stdin=subprocess.DEVNULL
            )
        if done.returncode:
            raise RuntimeError(f"Dovecot failed: {(self.folder / 'said').read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port
