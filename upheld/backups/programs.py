"""PostgreSQL's own programs, which copy a database and put it back. The password goes in their environment, never in
the table of processes."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.db import connections
from psycopg import pq
from psycopg.conninfo import make_conninfo

from upheld.backups.errors import NoProgram, ProgramFailed

BLOCK = 1 << 20
# Everything that is ours goes, whatever version of Upheld made it; the schema itself may belong to somebody else.
EMPTY = """DO $$ DECLARE one record; BEGIN
FOR one IN SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'public' LOOP
EXECUTE 'DROP TABLE IF EXISTS ' || one.name || ' CASCADE'; END LOOP; END $$"""


def dumped(alias: str) -> Iterator[bytes]:
    """The database as pg_dump's archive, as it was when this began. Raises NoProgram, ProgramFailed."""
    command = [_program("pg_dump", alias), "--format=custom", "--no-owner", "--no-privileges"]
    command += [f"--dbname={_where(alias)}"]
    with _running(command, alias, stdout=subprocess.PIPE) as process:
        assert process.stdout
        while part := process.stdout.read(BLOCK):
            yield part


def load(alias: str, parts: Iterator[bytes]) -> None:
    """Replace what is in the database by an archive, in one transaction: all of it or nothing. What rests on the way is
    in pipes alone. Raises NoProgram, ProgramFailed."""
    read = [_program("pg_restore", alias), "--no-owner", "--no-privileges", "--file=-"]
    write = [_program("psql", alias), "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    write += [f"--dbname={_where(alias)}", f"--command={EMPTY}", "--file=-", "--output=/dev/null"]
    out, into = os.pipe()
    with _running(write, alias, stdin=out):
        os.close(out)
        try:
            with _running(read, alias, stdin=subprocess.PIPE, stdout=into) as reader:
                os.close(into)
                into = -1
                assert reader.stdin
                with reader.stdin:
                    for part in parts:
                        reader.stdin.write(part)
        finally:
            if into != -1:
                os.close(into)


def others(alias: str) -> int:
    """How many clients besides this one the database has."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])


@contextmanager
def _running(
    command: list[str], alias: str, *, stdin: int | None = None, stdout: int | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """Ended when left; raises ProgramFailed with what it said when it ended badly."""
    with tempfile.TemporaryFile() as said:
        environment = _environment(alias)
        process = subprocess.Popen(command, env=environment, stdin=stdin, stdout=stdout, stderr=said)  # noqa: S603 - found below
        try:
            yield process
        except BrokenPipeError:
            pass  # it ended: what it said tells why
        except BaseException:
            process.kill()
            raise
        finally:
            if process.stdout:
                process.stdout.close()
            code = process.wait()
        if code:
            raise ProgramFailed(Path(command[0]).name, _said(said))


def _said(file: IO[bytes]) -> str:
    """Its first line. PostgreSQL may quote a row in later ones (CONTEXT, DETAIL): rows are sealed, and stay so."""
    file.seek(0)
    lines = file.read(4000).decode("utf-8", "replace").strip().splitlines() or ["it said nothing"]
    return lines[0]


def _program(name: str, alias: str) -> str:
    """The one of the server's own version if it is installed, else a newer one, else the one on the path."""
    wanted = _version(alias)
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name))
    fitting = [each / name for each in folders if int(each.parent.name) >= wanted and (each / name).exists()]
    found = str(fitting[0]) if fitting else shutil.which(name)
    if found is None or _version_of(found) < wanted:
        raise NoProgram(name, wanted)
    return found


def _version_of(program: str) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True).stdout  # noqa: S603 - found above
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else 0


def _version(alias: str) -> int:
    connection = connections[alias]
    connection.ensure_connection()
    return int(connection.connection.info.server_version) // 10000


def _where(alias: str) -> str:
    """Where the database is, as libpq reads it, without passwords."""
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()} - {"password", "sslpassword"}
    given = connections[alias].get_connection_params()
    return make_conninfo(**{name: value for name, value in given.items() if name in known})


def _environment(alias: str) -> dict[str, str]:
    password = str(connections[alias].settings_dict.get("PASSWORD") or "")
    return {**os.environ, **({"PGPASSWORD": password} if password else {})}
