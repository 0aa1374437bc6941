"""The lower floors work in somebody else's Django project: their settings, their model, no room of ours above."""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2]

SCRIPT = """
import sys
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from upheld import ledger, vault
from upheld.policy import force, load
from upheld.policy.actors import Actor
from upheld.vault.keys import root

root.create(settings.UPHELD_ROOT_KEY)
ledger.create_key(settings.UPHELD_LEDGER_KEY)
force.published().add(load("tests/embedding/policy.md"))
call_command("migrate", verbosity=0)
call_command("migrate", database="keys", verbosity=0)

from tests.embedding.shop.models import Customer
subject = vault.new_subject()
me = Actor.person(subject)
ada = vault.collect(Customer(subject=subject), {"email": "ada@example.org"}, source="sign_up", by=me)
print(ada.email, vault.open(ada, ["email"], by=Actor.system("greeter"), purpose="greeting"))
ledger.sequence()
entry = ledger.Entry.objects.of(subject).last()
proof = ledger.check_proof(ledger.prove(entry), ledger.verifier_key())
print(proof.entry["facts"]["purpose"], ledger.verify().ok)
vault.shred(subject, by=me)
print(Customer.objects.count())
above = [name for name in sys.modules if name.startswith("upheld.")
         and name.split(".")[1] not in ("home", "ledger", "policy", "vault")]
print(above)
"""


def test_policy_ledger_and_vault_stand_alone(tmp_path: Path) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("UPHELD", "DATABASE", "KEYS"))},
        "SHOP_FOLDER": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "tests.embedding.settings",
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT],
        cwd=PROJECT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["••• {'email': 'ada@example.org'}", "greeting True", "0", "[]"]
