"""A PostgreSQL of the tests' own: started in a temporary folder, reached through a socket in it, thrown away.

It is PostgreSQL's own rule that its server never runs as root; as root, it runs as the user `postgres`.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

# A crash of the machine loses nothing that anybody wants, so nothing waits for the disk.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "200",
    "synchronous_commit": "off",
}


class NoPostgreSQL(Exception):
    """PostgreSQL 15 or newer was not found: apt-get install postgresql."""

    def __str__(self) -> str:
        return str(self.__doc__)


def programs() -> Path:
    """The folder of `initdb` and `pg_ctl`, the newest version that is installed."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    if folders:
        return folders[-1]
    if found := shutil.which("pg_ctl"):
        return Path(found).parent
    raise NoPostgreSQL


@dataclass(frozen=True)
class Server:
    folder: Path

    @classmethod
    def start(cls, folder: Path, settings: Mapping[str, str] = SETTINGS) -> "Server":
        """Make and start a server in `folder`, which must not hold one."""
        server = cls(folder)
        folder.mkdir(mode=0o755)
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
        server._run("initdb", "-D", server._data, "-U", "upheld", "--auth=trust", "-E", "UTF8", "--locale=C", "-N")
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        server._run(
            "pg_ctl", "-D", server._data, "-w", "-l", str(folder / "log"), "-o", f"-k {folder} {options}", "start"
        )
        return server

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")

    def url(self, name: str) -> str:
        """Where the database `name` is, for DATABASE_URL."""
        return f"postgresql://upheld@{quote(str(self.folder), safe='')}/{name}"

    def run(self, *statements: str) -> None:
        """Run statements on the server's own database, each in its own transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def folders(self, *names: str) -> list[Path]:
        """Where the files of these databases are, up to date, and the server's log of changes."""
        data = Path(self._data)
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            found = connection.execute("SELECT oid FROM pg_database WHERE datname = ANY(%s)", [list(names)]).fetchall()
        return [data / "pg_wal", *(data / "base" / str(oid) for (oid,) in found)]

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _run(self, program: str, *arguments: str) -> None:
        as_other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_other, str(programs() / program), *arguments]
        # To a file: a server that inherited a pipe would hold it open, and we would wait for its end for ever.
        with (self.folder / "said").open("ab") as said:
            done = subprocess.run(command, cwd=self.folder, stdout=said, stderr=said, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise RuntimeError(f"{program} failed: {(self.folder / 'said').read_text()[-2000:]}")
