"""The demonstration makes people as real ones are made, once, and only where nobody else could be them."""

from tests.cli.conftest import Command

COUNT = "from upheld.accounts.models import Account; print(Account.objects.count())"


def test_it_can_be_repeated(made: Command) -> None:
    first, people = made.ok("demo"), made.within(COUNT)
    assert made.ok("demo") == first
    assert made.within(COUNT) == people == "3\n"


def test_the_receipt_is_genuine(made: Command) -> None:
    made.ok("demo")
    assert made.ok("receipt", "verify", str(made.home.folder / "demo-receipt.txt")).startswith("Genuine: ")


def test_it_refuses_where_others_could_sign_in(made: Command) -> None:
    text = made.home.toml.read_text().replace('# site = ""', 'site = "https://customers.example"')
    made.home.toml.write_text(text)
    assert "runs on localhost only, not on customers.example" in made.refused("demo")


def test_it_refuses_where_letters_go_elsewhere(made: Command) -> None:
    text = made.home.toml.read_text().replace('# url = ""', 'url = "smtp://localhost:25"')
    made.home.toml.write_text(text)
    assert "the setting mail.url sends them elsewhere" in made.refused("demo")
