"""One side of the comparison: an instance of its own, and a process that does what it is told and says how long."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.postgresql import Server

UPHELD = Path(sys.executable).with_name("upheld")


def machine() -> str:
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


class Side:
    """`name` is that of the module in this package that holds what this side can do."""

    def __init__(self, name: str, folder: Path, server: Server | None) -> None:
        self.name = name
        self.environment = os.environ | {"UPHELD_HOME": str(folder / name), "DATABASE_URL": "", "KEYS_URL": ""}
        if server is not None:
            for variable, database in (("DATABASE_URL", f"{name}_data"), ("KEYS_URL", f"{name}_keys")):
                server.run(f"CREATE DATABASE {database}")
                self.environment[variable] = server.url(database)

    def __enter__(self) -> Self:
        subprocess.run([UPHELD, "init"], env=self.environment, check=True, stdout=subprocess.DEVNULL)
        self.process = self.another()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.end(self.process)

    def another(self) -> "subprocess.Popen[str]":
        """One more process on this side's instance."""
        command = [sys.executable, "-m", "benchmarks.worker", self.name]
        return subprocess.Popen(command, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def call(self, what: str, count: int) -> list[float]:
        """Do it `count` times; the seconds that each took."""
        self.tell(self.process, what, count)
        return self.hear(self.process)

    @staticmethod
    def tell(process: "subprocess.Popen[str]", what: str, count: int) -> None:
        assert process.stdin is not None
        process.stdin.write(json.dumps([what, count]) + "\n")
        process.stdin.flush()

    @staticmethod
    def hear(process: "subprocess.Popen[str]") -> list[float]:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError("A process of the benchmark ended; what it said is above.")
        times: list[float] = json.loads(line)
        return times

    @staticmethod
    def end(process: "subprocess.Popen[str]") -> None:
        process.communicate(timeout=30)
