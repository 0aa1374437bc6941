"""Asking DNS about a domain that a letter says it is from."""

from collections.abc import Sequence

from dns.exception import DNSException, Timeout
from dns.resolver import NXDOMAIN, NoAnswer, NoNameservers, NoResolverConfiguration, Resolver

SECONDS = 5


def ask(name: str, kind: str, *, by: Resolver | None = None) -> Sequence[str]:
    """The records of a name, as text; the strings of a TXT record are joined, as RFC 7208 and RFC 6376 have it.

    Raises OSError when DNS does not answer, so that silence is never taken for "there is none".
    """
    try:
        found = (by or Resolver()).resolve(name, kind, lifetime=SECONDS, search=False)
    except (NXDOMAIN, NoAnswer):
        return []
    except (Timeout, NoNameservers, NoResolverConfiguration) as error:
        raise OSError("DNS does not answer.") from error
    except (DNSException, UnicodeError):
        return []  # it is no name at all
    if kind == "TXT":
        return [b"".join(each.strings).decode("utf-8", "replace") for each in found]
    return [each.to_text() for each in found]
