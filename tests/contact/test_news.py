"""What makes a letter news: it can be stopped by its reader, and says how."""

import pytest
from django.conf import settings as django_settings
from django.test import TestCase

from tests.contact.test_letters import Address, Letter, address, files, parsed
from upheld.contact import stopping, verbs
from upheld.contact.errors import NotNews
from upheld.contact.letters import Farewell, News, Wording
from upheld.policy.actors import Actor

pytestmark = pytest.mark.django_db
__all__ = ["address"]


class Special(News):
    kind = "special_offer"
    purpose = "news.specials"
    subject = "Something is cheaper"

    def paragraphs(self) -> tuple[str, ...]:
        return ("It is cheaper until Friday.",)


class Disguised(Wording):
    """News that would come without a way to stop it."""

    kind = "disguised"
    purpose = "news.specials"
    subject = "Something is cheaper"

    def paragraphs(self) -> tuple[str, ...]:
        return ("It is cheaper until Friday.",)


def send(address: Address, wording: Wording) -> Letter:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return verbs.send(wording, to=address, by=Actor.system("news"))


def test_a_news_letter_can_be_stopped_by_one_click(address: Address) -> None:
    send(address, Special(address.subject))
    message = parsed(files()[0])
    link = django_settings.HOME.site + stopping.path(address.subject, "news.specials")
    assert message["List-Unsubscribe"].strip() == f"<{link}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for kind in ("plain", "html"):
        said = message.get_body((kind,)).get_content()
        assert link in said
        assert "no advertisement" not in said


def test_other_letters_have_nothing_to_stop(address: Address) -> None:
    send(address, Farewell())
    assert parsed(files()[0])["List-Unsubscribe"] is None


def test_a_topics_letters_are_news_and_no_others_are(address: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotNews, match="disguised"):
        send(address, Disguised())
    monkeypatch.setattr(Special, "purpose", "security")
    with pytest.raises(NotNews, match="special_offer"):
        send(address, Special(address.subject))
    assert not files()
