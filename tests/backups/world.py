"""Instances that are backed up and restored for real: made with `upheld init`, worked on by processes of their own."""

import json
import os
import secrets
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from tests import instance
from upheld.home import Home


class World:
    """One instance, and a folder `backups` beside it. Its databases are of the kind that the run was started for."""

    def __init__(self) -> None:
        self.name = f"world{secrets.token_hex(4)}"
        self.home = Home(Path(os.environ[instance.RUN]) / self.name)
        self.backups = self.home.folder.with_suffix(".backups")
        self.told = self.home.folder.with_suffix(".told")
        self.environment = os.environ | instance.databases(self.name)
        self.environment |= {"UPHELD_HOME": str(self.home.folder), "UPHELD_TOLD": str(self.told)}
        if self.on_server:
            self._databases("CREATE DATABASE {0}")

    @classmethod
    def made(cls) -> "World":
        """A copy of one that `upheld init` made."""
        first, world = _first(), cls()
        shutil.copytree(first.home.folder, world.home.folder)
        if world.on_server:
            instance.server().run(
                *(f"DROP DATABASE {world.name}_{part}" for part in ("data", "keys")),
                *(f"CREATE DATABASE {world.name}_{part} TEMPLATE {first.name}_{part}" for part in ("data", "keys")),
            )
        return world

    @classmethod
    def empty(cls, like: "World") -> "World":
        """Nothing yet, but empty databases, on which the people of another are asked for."""
        world = cls()
        shutil.copy(like.told, world.told)
        return world

    @property
    def on_server(self) -> bool:
        return os.environ[instance.CHOICE] == "postgresql"

    def act(self, *steps: list[str]) -> Any:
        """Have a process of its own take these steps (`tests.backups.acting`); what each found, or the only one."""
        command = [sys.executable, "-m", "tests.backups.acting", json.dumps(steps)]
        done = subprocess.run(command, cwd=instance.PROJECT, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        return found[0] if len(steps) == 1 else found

    def files(self) -> list[Path]:
        """Everything that it left, in its folder and beside it."""
        return [path for place in (self.home.folder, self.backups) for path in place.rglob("*") if path.is_file()]

    def remove(self) -> None:
        if self.on_server:
            self._databases("DROP DATABASE IF EXISTS {0} WITH (FORCE)")
        for place in (self.home.folder, self.backups):
            shutil.rmtree(place, ignore_errors=True)

    def _databases(self, statement: str) -> None:
        instance.server().run(*(statement.format(f"{self.name}_{part}") for part in ("data", "keys")))


@cache
def _first() -> World:
    world = World()
    code, said = world.act(["upheld", "init"])
    assert code == 0, said
    return world
