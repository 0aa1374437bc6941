"""Members of staff at the terminal of whoever runs the tests."""

from tests import working
from upheld.cli.staff import login
from upheld.staff import terminals
from upheld.staff.jobs import offered
from upheld.staff.models import Member


def sit_down(*jobs: str) -> Member:
    """Someone with these jobs, or with all of them, who said on the desk that it is them."""
    someone = working.member(*(jobs or offered()))
    assert terminals.allow(terminals.ask(login()).code, by=someone)
    return someone
