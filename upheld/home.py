"""An instance's folder: where its data, keys, certificates, policy and settings rest.

Pure Python: `upheld policy check` and the tests read it without Django. The folder is `UPHELD_HOME`,
by default `./var`, and holds

    upheld.toml       the settings, see `SETTINGS`
    data.sqlite3      the data, sealed (or DATABASE_URL)
    keys.sqlite3      the key store (or KEYS_URL); never in a backup of the data
    root.key          the root key that wraps the key store's keys, mode 0600
    ledger.key        the key that signs checkpoints and receipts, mode 0600
    web.key           the key that signs sessions and forms, mode 0600
    ledger/           the last checkpoint that this instance has seen
    letters/          letters that went out, while mail is set to a folder
    policy/           every version of the policy that was published
    tls/              the local certificate authority and the server's certificate
"""

import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit


class HomeError(Exception):
    """Something about the instance's folder that its owner can mend; the text says how."""


@dataclass(frozen=True, slots=True)
class Setting:
    name: str
    default: str | int
    meaning: str
    environment: str = ""


SETTINGS = (
    Setting("host", "127.0.0.1", "Address that the server listens on.", "UPHELD_HOST"),
    Setting("port", 8443, "Port for https.", "UPHELD_PORT"),
    Setting("http_port", 0, "Port where plain http is redirected; 0 is 80 beside 443, 8080 beside 8443, else one up."),
    Setting("site", "", "Public address, such as https://customers.example; empty is https://localhost and the port."),
    Setting("workers", 2, "Web processes."),
    Setting("database_url", "", "Where the data rest; empty is data.sqlite3 in the folder.", "DATABASE_URL"),
    Setting("keys_url", "", "Where the keys rest, apart; empty is keys.sqlite3 in the folder.", "KEYS_URL"),
    Setting("origin", "", "The ledger's name in its checkpoints; `upheld init` chooses it, and it never changes."),
    Setting(
        "mail.url", "", "Where letters go: empty is the folder letters/; else smtp://user:password@host:port or smtps."
    ),
    Setting("mail.sender", "", "From address of letters; empty is the policy's contact address."),
)


def _given(setting: Setting, text: str | None) -> str | int | None:
    """A value from the environment, where everything is text, as the setting's kind."""
    return int(text) if text and text.isdecimal() and isinstance(setting.default, int) else text


def secret_file(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read; never overwrite one, since a key lost is data lost."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@dataclass(frozen=True)
class Home:
    folder: Path

    @classmethod
    def here(cls, environment: Mapping[str, str] = os.environ) -> "Home":
        return cls(Path(environment.get("UPHELD_HOME", "var")).absolute())

    @property
    def toml(self) -> Path:
        return self.folder / "upheld.toml"

    @property
    def data_file(self) -> Path:
        return self.folder / "data.sqlite3"

    @property
    def keys_file(self) -> Path:
        return self.folder / "keys.sqlite3"

    @property
    def root_key(self) -> Path:
        return self.folder / "root.key"

    @property
    def ledger_key(self) -> Path:
        return self.folder / "ledger.key"

    @property
    def web_key(self) -> Path:
        return self.folder / "web.key"

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger"

    @property
    def letters(self) -> Path:
        return self.folder / "letters"

    @property
    def policy(self) -> Path:
        return self.folder / "policy"

    @property
    def tls(self) -> Path:
        return self.folder / "tls"

    @property
    def exists(self) -> bool:
        return self.toml.is_file()

    def make_folders(self) -> None:
        """Make what is missing of the folder's skeleton; safe to repeat."""
        for folder in (self.folder, self.ledger, self.letters, self.policy, self.tls):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.web_key.exists():
            secret_file(self.web_key, secrets.token_urlsafe(48).encode())

    @cached_property
    def settings(self) -> Mapping[str, str | int]:
        """Every setting of `SETTINGS` by name: the file's value, the environment's over it, else the default.

        Raises HomeError for a file that is not TOML, an unknown name or a value of the wrong kind.
        """
        given = self._read()
        values: dict[str, str | int] = {}
        for setting in SETTINGS:
            value = given.pop(setting.name, setting.default)
            if setting.environment:
                value = _given(setting, os.environ.get(setting.environment)) or value
            if type(value) is not type(setting.default):
                kind = "a number" if isinstance(setting.default, int) else "text in quotes"
                raise HomeError(f"{self.toml}: {setting.name} must be {kind}, not {value!r}.")
            values[setting.name] = value
        if given:
            raise HomeError(
                f"{self.toml}: unknown setting {min(given)!r}; the settings are {', '.join(s.name for s in SETTINGS)}."
            )
        return values

    def text(self, name: str) -> str:
        return str(self.settings[name])

    def number(self, name: str) -> int:
        return int(self.settings[name])

    @property
    def site(self) -> str:
        port = self.number("port")
        return self.text("site") or ("https://localhost" if port == 443 else f"https://localhost:{port}")

    @property
    def host(self) -> str:
        """The host of the public address, as DNS and certificates write it."""
        return (urlsplit(self.site).hostname or "localhost").encode("idna").decode()

    @property
    def redirect_port(self) -> int:
        """Where plain http is answered, with a redirect to the site and nothing else."""
        port = self.number("port")
        return self.number("http_port") or {443: 80, 8443: 8080}.get(port, port + 1)

    def _read(self) -> dict[str, object]:
        try:
            tables = tomllib.loads(self.toml.read_text("utf-8")) if self.exists else {}
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise HomeError(f"{self.toml} cannot be read: {error}.") from error
        flat: dict[str, object] = {}
        for name, value in tables.items():
            flat |= {f"{name}.{inner}": v for inner, v in value.items()} if isinstance(value, dict) else {name: value}
        return flat
