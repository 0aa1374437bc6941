"""What counts as an e-mail address: RFC 5321 and 6531 by the `email-validator` library, without asking the network."""

import email_validator
from email_validator import EmailNotValidError, validate_email

from upheld.contact.errors import NotAnAddress

LONGEST = 254  # octets: RFC 5321 4.5.3.1.3, less the angle brackets (RFC 3696 errata 1690)


# The library's own switch, by its documentation: it refuses the domains of RFC 6761 otherwise, and `example.invalid`
# is what a test person's address is at.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


def read(value: str) -> str:
    """The address as it will be written to. Raises NotAnAddress with what is wrong with it, in words.

    Any domain will do, reserved ones (RFC 2606) too: whether it can be reached is shown by the code that is sent.
    """
    value = value.strip()
    if len(value.encode("utf-8", "surrogatepass")) > LONGEST:
        raise NotAnAddress(f"it is longer than {LONGEST} bytes.")
    try:
        found = validate_email(value, check_deliverability=False, globally_deliverable=False, strict=True)
    except (EmailNotValidError, UnicodeError) as error:
        raise NotAnAddress(_sentence(str(error))) from None
    return found.normalized


def _sentence(text: str) -> str:
    """The library's words, begun in lower case to follow ours."""
    return text[:1].lower() + text[1:] if text else "it cannot be read."
