"""A restore is over when it is proven that nobody came back and nothing that was refused is allowed."""

from pathlib import Path

import pytest

from tests.backups import restored, setting_back
from tests.backups.restored import copy_data, copy_keys, log_in, restore
from tests.rights.conftest import Planted, ann, bob
from upheld import vault
from upheld.backups import proving
from upheld.backups.errors import NotProven
from upheld.contact import verbs as contact
from upheld.contact.models import Address, Choice, Suppression
from upheld.policy.actors import Actor
from upheld.vault.keys.models import DataKey

__all__ = ["ann", "bob"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True)
TOPIC = "news.specials"


def test_what_is_not_as_it_must_be_is_not_proven(ann: Planted, bob: Planted, tmp_path: Path) -> None:
    """Each promise of a restore, broken on purpose after the replay."""
    data, keys = copy_data(), copy_keys()
    contact.record_choice(bob.subject, topic=TOPIC, allowed=False, by=bob.by, source="account")
    key = DataKey.objects.filter(subject=ann.subject).first()
    address = Address.objects.get(subject=ann.subject)
    contact.suppress(ann.subject)
    vault.shred(ann.subject, by=Actor.system("erasure"))
    restore(tmp_path, data=data, keys=keys)
    log = log_in(tmp_path)

    def refused(sentence: str) -> None:
        with pytest.raises(NotProven, match=sentence):
            proving.prove(log, data=data.size, keys=keys.size, facts={}, by=restored.BY)

    assert key is not None
    key.save(force_insert=True)
    refused("something is still here of person")
    key.delete()
    address.save(force_insert=True)
    refused("something is still here of person")
    address.delete()
    kept = Suppression.objects.first()
    assert kept is not None
    kept.delete()
    refused("refusals of erased people")
    kept.save(force_insert=True)
    Choice.objects.filter(subject=bob.subject).order_by("at").last().delete()
    refused("choices and interests")
    setting_back.log_back(log.size - 1)
    refused(f"the log has {log.size - 1} entries, and {log.size} are known")
