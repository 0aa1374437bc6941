"""Gives every test process an instance of its own, before Django reads its settings from it.

A pytest plugin rather than a conftest, because pytest-django reads the settings before any conftest is loaded.
`pytest --database postgresql` starts a PostgreSQL for the run; otherwise the databases are SQLite files in the
instance's folder, as in a real one. `--database both` runs every test on each, at once: half of what a test takes is
waiting, so each has more processes than its share of the processor.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterable
from pathlib import Path

import pytest

from tests.postgresql import Server
from upheld.home import Home

PROJECT = Path(__file__).parents[1]
POLICY = PROJECT / "policies" / "exokit.md"
ORIGIN = "localhost/tests"
# The controller tells its workers through the environment: they read no command line and no ini file.
CHOICE = "UPHELD_TEST_DATABASE"
RUN = "UPHELD_TEST_RUN"
DATABASES = ("sqlite", "postgresql")
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ

_servers: list[Server] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=(*DATABASES, "both"),
        default=os.environ.get(CHOICE, "sqlite"),
        help="Which database the tests run on.",
    )


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    if not IS_WORKER:
        begin(early_config.known_args_namespace.database)
    use(os.environ.get("PYTEST_XDIST_WORKER", "main"))
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    return on_each(config.invocation_params.args) if config.option.database == "both" else None


def on_each(arguments: Iterable[str | os.PathLike[str]]) -> int:
    """The same run on each of the databases; what the second one says is shown when the first one has ended."""
    many = ["-n", str(max(2, (os.cpu_count() or 2) // 2)), "--dist", "loadfile"]
    command = [sys.executable, "-m", "pytest", *arguments, *many]
    environment = {name: value for name, value in os.environ.items() if name not in (RUN, CHOICE, "PYTEST_PLUGINS")}
    with tempfile.TemporaryFile() as said:
        first = subprocess.Popen([*command, "--database", DATABASES[0]], env=environment)
        second = subprocess.Popen([*command, "--database", DATABASES[1]], env=environment, stdout=said)
        codes = [first.wait(), second.wait()]
        said.seek(0)
        shutil.copyfileobj(said, sys.stdout.buffer)
    return max(codes)


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.option.database}"


def pytest_unconfigure() -> None:
    if IS_WORKER:
        return
    while _servers:
        _servers.pop().stop()
    shutil.rmtree(os.environ[RUN], ignore_errors=True)


def begin(choice: str) -> None:
    """Make the run's folder, start its server if it has one, and let workers find both."""
    run = Path(tempfile.mkdtemp(prefix="upheld-"))
    run.chmod(0o711)  # the server's user passes through to its own folder
    os.environ |= {RUN: str(run), CHOICE: choice, "PYTEST_PLUGINS": "tests.instance"}
    if choice == "both":
        os.environ[CHOICE] = DATABASES[0]  # for this process, which runs no test
    if choice == "postgresql":
        _servers.append(Server.start(run / "postgresql"))


def server() -> Server:
    """The run's PostgreSQL."""
    return Server(Path(os.environ[RUN]) / "postgresql")


def use(name: str) -> None:
    """Make an instance for this process, and have Django's settings read it."""
    home = Home(Path(os.environ[RUN]) / name)
    make(home)
    os.environ |= {"UPHELD_HOME": str(home.folder)} | databases(name)


def databases(name: str) -> dict[str, str]:
    """The two variables that place an instance's databases; empty ones leave them in its folder."""
    if os.environ[CHOICE] == "sqlite":
        return {"DATABASE_URL": "", "KEYS_URL": ""}
    return {"DATABASE_URL": server().url(f"{name}_data"), "KEYS_URL": server().url(f"{name}_keys")}


def make(home: Home) -> None:
    """What `upheld init` makes, except databases and certificate: tests make the one, and need no other."""
    from upheld.ledger.keys import create_key
    from upheld.policy import load
    from upheld.policy.force import Published
    from upheld.vault.keys import root

    home.make_folders()
    home.toml.write_text(f'origin = "{ORIGIN}"\n', "utf-8")
    root.create(home.root_key)
    create_key(home.ledger_key)
    Published(home.policy).add(load(POLICY))
