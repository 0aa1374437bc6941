"""Which parts of the program may open a connection, and to whom. Any other file that could is reported."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path

NETWORK = (
    "aiohttp",
    "aiosmtpd",
    "asyncio",
    "django.core.mail",
    "dns",
    "easypost",
    "ftplib",
    "granian",
    "http.client",
    "http.server",
    "httpcore",
    "httpx",
    "imap_tools",
    "imaplib",
    "requests",
    "smtplib",
    "socket",
    "socketserver",
    "ssl",
    "stripe",
    "subprocess",
    "urllib.request",
    "urllib3",
)
"""What opens connections, or starts another program that could."""

INSIDE: Mapping[str, str] = {
    "backups/programs.py": "has PostgreSQL's own programs copy this instance's data",
    "cli/children.py": "starts and stops this instance's processes",
    "cli/probe.py": "asks this instance whether it answers",
    "cli/redirect.py": "answers plain http with a redirect",
    "cli/serve.py": "starts and stops this instance's processes",
    "cli/start.py": "tries whether its port is free",
    "cli/supervisor.py": "starts and stops this instance's processes",
    "cli/web.py": "answers requests",
    "contact/composing.py": "makes a message for contact/outbox.py to hand over",
    "contact/signing.py": "signs a message for contact/outbox.py to hand over",
    "mailbox/intake/listening.py": "answers those who hand letters over",
    "mailbox/intake/sessions.py": "answers those who hand letters over",
    "payments/sandbox/__main__.py": "answers requests, on a socket in the instance's folder",
    "payments/sandbox/client.py": "asks the simulated processor, on that socket",
    "payments/sandbox/delivering.py": "tells this instance what became of a charge of test money",
    "payments/sandbox/running.py": "starts the simulated processor",
    "rights/checks/search.py": "searches this instance's files in a process of its own",
    "web/relay.py": "hands what is for the simulated processor to its socket",
    "web/tls.py": "says how a connection to this instance is made safe",
    "web/served.py": "asks this instance what it answers",
}
"""These speak to this instance alone."""

OUTSIDE: Mapping[str, tuple[str, str]] = {
    "contact/outbox.py": ("hands letters to the mail server of the setting mail.url", ""),
    "contact/delivering.py": ("has a letter to its own person leave by the outbox", ""),
    "mailbox/asking.py": ("asks DNS for the records of a domain that a letter says it is from", ""),
    "mailbox/intake/doors.py": ("asks the mail server of the setting mail.imap whether it answers", ""),
    "mailbox/intake/imap.py": ("empties the mailbox of the setting mail.imap", ""),
    "orders/carriers/asking": ("asks the carrier's interface, and again when it does not answer", "carrier"),
    "orders/carriers/easypost": ("hands a parcel's name and address to the carrier", "carrier"),
    "orders/carriers/labels": ("fetches the label that the carrier has made", "carrier"),
    "payments/stripe": ("has the processor charge a card", "processor"),
}
"""These speak to others: who that is, and which recipient of the policy they are; a letter goes to its own person. A
name without an ending is a module, or a package and all that is in it."""


def ways_out(trees: Iterable[tuple[str, ast.Module]]) -> Iterator[tuple[str, list[str]]]:
    """Each file that could open a connection, and the modules by which."""
    for name, tree in trees:
        used = sorted({module for module in NETWORK for used in _imports(tree) if _is_in(used, module)})
        if used:
            yield name, used


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Every file of the program, by its path below `upheld/`."""
    folder = Path(str(files("upheld")))
    for path in sorted(folder.rglob("*.py")):
        yield path.relative_to(folder).as_posix(), ast.parse(path.read_bytes())


def recipient_of(name: str) -> str | None:
    """The recipient that this file speaks to, empty for one who needs no declaration; None for a file not named."""
    if name in INSIDE:
        return ""
    return next((recipient for place, (_, recipient) in OUTSIDE.items() if _is_at(name, place)), None)


def _is_at(name: str, place: str) -> bool:
    return name == place or name == f"{place}.py" or name.startswith(f"{place}/")


def _is_in(used: str, module: str) -> bool:
    return used == module or used.startswith(f"{module}.")


def _imports(tree: ast.Module) -> frozenset[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Call) and _calls_import(node):
            names |= {
                each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)
            }
    return frozenset(names)


def _calls_import(node: ast.Call) -> bool:
    """`import_module("…")` and `__import__("…")`."""
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return called in ("import_module", "__import__")
