"""The demonstration makes people as real ones are made, once, and only where nobody else could be them."""

import http.client
import json
import re
from contextlib import closing

from tests.cli.conftest import Command
from tests.cli.test_serve import trusting
from upheld.cli.demo_staff import DOMAIN

COUNT = "from upheld.accounts.models import Account; print(Account.objects.count())"
LINK = re.compile(r"^  (\w+) +https://[^/]+(/desk/join/\S+/)$", re.MULTILINE)
JOBS = ["billing", "shipping", "support", "privacy", "news", "shop", "products", "administration"]
WAITING = """
import json
from upheld.cases import kinds
print(json.dumps({kind: len(list(kinds.matters(kind))) for kind in kinds.KINDS}))
"""


def test_it_can_be_repeated(made: Command) -> None:
    first, people, waiting = made.ok("demo", "--builds", "9"), made.within(COUNT), made.within(WAITING)
    second = made.ok("demo", "--builds", "9")
    assert LINK.sub("", second) == LINK.sub("", first)
    assert not set(LINK.findall(second)) & set(LINK.findall(first))  # a link of before serves nobody
    assert made.within(COUNT) == people == "3\n"
    assert made.within(WAITING) == waiting
    wanted = {"conversation", "payment_trouble", "refund", "shipment", "rights_request", "concern"}
    assert {kind: count for kind, count in json.loads(waiting).items() if count} == dict.fromkeys(wanted, 1)


def test_each_job_has_a_link_that_lets_somebody_in(made: Command) -> None:
    links = dict(LINK.findall(made.ok("demo", "--builds", "9")))
    assert list(links) == JOBS
    with made.serving():
        served = [_get(made, path) for path in (*links.values(), "/desk/join/forged/")]
        status, letters = _get(made, "/demo/letters/")
    assert [code for code, _ in served[:-1]] == [200] * len(links)
    assert served[-1][0] != 200
    assert status == 200
    assert DOMAIN not in letters
    assert "invited to the desk" not in letters


def _get(made: Command, path: str) -> tuple[int, str]:
    port, context = made.home.number("port"), trusting(made.home)
    with closing(http.client.HTTPSConnection("localhost", port, context=context, timeout=120)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_the_receipt_is_genuine(made: Command) -> None:
    made.ok("demo", "--builds", "9")
    assert made.ok("receipt", "verify", str(made.home.folder / "demo-receipt.txt")).startswith("Genuine: ")


def test_it_refuses_where_others_could_sign_in(made: Command) -> None:
    text = made.home.toml.read_text().replace('# site = ""', 'site = "https://customers.example"')
    made.home.toml.write_text(text)
    assert "runs on localhost only, not on customers.example" in made.refused("demo")


def test_nobody_is_charged_in_earnest(made: Command) -> None:
    text = made.home.toml.read_text().replace('# processor = "sandbox"', 'processor = "stripe"')
    made.home.toml.write_text(text.replace('# stripe_key = ""', 'stripe_key = "sk_test_1"'))
    assert "Nobody has ordered, since cards are charged in earnest." in made.ok("demo", "--builds", "9")
    assert made.ok("orders", "list", "--json") == '{"orders": []}\n'


def test_it_refuses_where_letters_go_elsewhere(made: Command) -> None:
    text = made.home.toml.read_text().replace('# url = ""', 'url = "smtp://localhost:25"')
    made.home.toml.write_text(text)
    assert "the setting mail.url sends them elsewhere" in made.refused("demo")
