"""An instance's folder: where its data, keys, certificates, policy and settings rest.

Pure Python: `upheld policy check` and the tests read it without Django. The folder is `UPHELD_HOME`,
by default `./var`, and holds

    upheld.toml       the settings, see `SETTINGS`
    data.sqlite3      the data, sealed (or DATABASE_URL)
    keys.sqlite3      the key store (or KEYS_URL); never in a backup of the data
    root.key          the root key that wraps the key store's keys, mode 0600
    ledger.key        the key that signs checkpoints and receipts, mode 0600
    backup.key        the age identity that opens backups, mode 0600; keep a copy of it off this machine
    restoring         there while a restore is not finished: nothing is served then
    dkim.key          the key that signs letters, mode 0600, once `upheld letters key` has made it
    web.key           the key that signs sessions and forms, mode 0600
    ledger/           the last checkpoint that this instance has seen
    letters/          letters that went out, while mail is set to a folder
    artefacts/        the files of releases, by their digest, and what is being uploaded
    sandbox/          the simulated payment processor's own storage, while payments are test money
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
    Setting("mail.rate", 0, "Letters a minute at most that the worker hands over; 0 is no limit."),
    Setting("mail.domain_rate", 0, "Of those, letters a minute at most to one domain; 0 is no limit."),
    Setting(
        "mail.dkim_selector", "", "The DKIM selector that letters are signed with, such as 2026; empty is unsigned."
    ),
    Setting("mail.dkim_key", "", "The file with the key that signs letters; empty is dkim.key in the folder."),
    Setting("mail.imap", "", "A mailbox that is emptied: imaps://user:password@host/INBOX, or imap:// with STARTTLS."),
    Setting("mail.listen", "", "Where letters are taken in: lmtp://127.0.0.1:2424 from your mail server, or smtp://."),
    Setting("mail.maildir", "", "A Maildir that is emptied: the folder with new/ and cur/ in it."),
    Setting("mail.authserv", "", "What your mail server calls itself in Authentication-Results, with spaces between."),
    Setting("mail.dns", 0, "1 asks DNS whether a letter's domain stands behind it (DKIM, SPF, DMARC)."),
    Setting("backup.folder", "", "Where the worker makes a backup each day, best on another machine; empty: nowhere."),
    Setting("backup.recipient", "", "The age recipient, age1…, that backups are sealed to; empty is backup.key's own."),
    Setting("backup.keep_data", 365, "Days for which a backup of the data is kept."),
    Setting("backup.keep_keys", 14, "Days for which a backup of the key store is kept: the fewer, the better."),
    Setting("privacy.officer", "", "Where the privacy officer is reached; empty is the policy's contact address."),
    Setting("privacy.law", "gdpr", "Whose time limits hold for requests: gdpr, ccpa, lgpd or appi."),
    Setting("payments.processor", "sandbox", "Who charges cards: sandbox (test money) or stripe."),
    Setting("payments.stripe_key", "", "Stripe's secret key, sk_…", "STRIPE_KEY"),
    Setting("payments.stripe_webhook", "", "The secret with which Stripe signs webhooks, whsec_…", "STRIPE_WEBHOOK"),
    Setting("payments.stripe_url", "", "Where Stripe's interface is; empty is Stripe's own."),
    Setting("shipping.carrier", "manual", "Who brings parcels: manual (staff enter the number) or easypost."),
    Setting("shipping.easypost_key", "", "EasyPost's key; a test key (EZTK…) buys no postage.", "EASYPOST_KEY"),
    Setting("shipping.easypost_url", "", "Where EasyPost's interface is; empty is EasyPost's own."),
    Setting("staff.totp", 0, "1 lets staff sign in with a password and a code from an app in place of a passkey."),
    Setting("company.address", "", "The company's postal address on documents, with | between its lines."),
    Setting("company.country", "US", "Where the company is (ISO 3166), from where parcels leave."),
    Setting("company.tax_number", "", "The company's VAT or GST number on documents."),
    Setting("company.paper", "A4", "Paper of documents: A4 or Letter."),
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


def to_disk(folder: Path) -> None:
    """The names in a folder, so that a power cut does not bring older ones back."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


NEAR = {"localhost", "127.0.0.1", "::1"}


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
    def backup_key(self) -> Path:
        return self.folder / "backup.key"

    @property
    def restoring(self) -> Path:
        """There from a restore's first change until it is proven: nothing is served meanwhile."""
        return self.folder / "restoring"

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
    def demonstration(self) -> Path:
        """There once `upheld demo` put invented people into the instance."""
        return self.folder / "demonstration"

    @property
    def policy(self) -> Path:
        return self.folder / "policy"

    @property
    def artefacts(self) -> Path:
        return self.folder / "artefacts"

    @property
    def sandbox(self) -> Path:
        return self.folder / "sandbox"

    @property
    def tls(self) -> Path:
        return self.folder / "tls"

    @property
    def exists(self) -> bool:
        return self.toml.is_file()

    def make_folders(self) -> None:
        """Make what is missing of the folder's skeleton; safe to repeat."""
        for folder in (self.folder, self.ledger, self.letters, self.artefacts, self.policy, self.sandbox, self.tls):
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
    def is_near(self) -> bool:
        """Whether it is this machine's own: at its public address, and where it listens."""
        return {self.host, self.text("host")} <= NEAR

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
