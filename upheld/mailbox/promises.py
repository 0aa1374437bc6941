"""The check of rights by writing in: a made-up person writes, and somebody else writes in their name."""

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid

from django.utils import timezone

from upheld.contact.models import Address, Letter
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation
from upheld.mailbox.answering import REQUESTED, Outcome
from upheld.mailbox.receiving import receive
from upheld.mailbox.wants import Kind
from upheld.policy import Promise, force
from upheld.policy.checks import Finding, check
from upheld.rights import letters
from upheld.rights import verbs as rights
from upheld.rights.checks import rehearsed
from upheld.rights.checks.rehearsal import PLACE, Nobody, forget
from upheld.rights.models import MadeUp, Request, State
from upheld.rights.requests import tokens

WAY = "check"
WISHES: dict[Kind, tuple[str, ...]] = {
    Kind.ACCESS: (
        "Please send me a copy of the data that you hold about me.",
        "Bitte schicken Sie mir eine Kopie meiner Daten.",
        "Veuillez m'envoyer une copie de mes données personnelles.",
    ),
    Kind.RECTIFICATION: (
        "Please correct my name in your records.",
        "Bitte berichtigen Sie meinen Namen.",
        "Veuillez corriger mon nom dans vos fichiers.",
    ),
    Kind.ERASURE: (
        "Please delete all my data.",
        "Bitte löschen Sie alle meine Daten.",
        "Veuillez supprimer toutes mes données.",
    ),
    Kind.OPT_OUT: (
        "Please send me no more news.",
        "Bitte keine Werbung mehr.",
        "Je ne veux plus recevoir de publicité de votre part.",
    ),
}


@check(
    Promise.BY_EMAIL,
    how="A made-up person writes to the policy's address in English, German and French, and wants to see, to correct, "
    "to delete, and no more news. Each letter must open that request and no other, and ask back at the address on "
    "file. A reply from there must confirm; the same reply from elsewhere, by a program, or once more must not.",
)
def by_email() -> Finding:
    return rehearsed.shown("by_email")


@dataclass(frozen=True, slots=True)
class _Writer:
    nobody: Nobody
    address: Address

    @property
    def email(self) -> str:
        return self.nobody.sown[self.address.label(), self.address.id, "email"]

    @property
    def elsewhere(self) -> str:
        """Somebody else's address, another one each time: of one that is known, only so many tries are heard."""
        return f"else.{self.nobody.token}@{PLACE}.invalid"

    def writes(self, text: str, *, subject: str = "", sender: str = "", **headers: str) -> Outcome:
        letter = EmailMessage()
        letter["From"], letter["To"] = sender or self.email, force.in_force().controller.contact
        letter["Subject"], letter["Message-ID"] = subject, make_msgid(domain="rehearsal.invalid")
        for name, value in headers.items():
            letter[name.replace("_", "-")] = value
        letter.set_content(text)
        return receive(letter.as_bytes(), way=WAY)

    def open(self) -> list[Request]:
        return list(Request.objects.standing().filter(subject=self.nobody.subject))

    def asked_back(self) -> int:
        """How often the address on file was asked whether a request is theirs."""
        kind = letters.ConfirmRequests.kind
        found = Letter.objects.filter(subject=self.nobody.subject, kind=kind, goes_to=self.address.reference)
        return int(found.count())

    def takes_back(self) -> None:
        """So that nothing is carried out, and the next letter finds none open."""
        for request in self.open():
            rights.withdraw(request, by=self.nobody.by)
        for conversation in Conversation.objects.filter(subject=self.nobody.subject):
            conversations.remove(conversation, by=self.nobody.by)

    def forgets_elsewhere(self) -> None:
        """What was written from there is kept, as whatever a stranger writes is: of somebody made up too."""
        for subject in rights.writers(self.elsewhere):
            MadeUp.objects.get_or_create(id=subject, defaults={"made_at": timezone.now()})
            forget(subject)


def _write_in(nobody: Nobody) -> Finding:
    writer = _Writer(nobody, Address.objects.get(subject=nobody.subject))
    try:
        writer.takes_back()  # what an earlier step of the rehearsal asked for came by no letter
        wrong = [*_wishes(writer), *_replies(writer)]
    finally:
        writer.takes_back()
        writer.forgets_elsewhere()
    written = sum(map(len, WISHES.values()))
    return Finding(not wrong, f"{written} letters in 3 languages, a reply, and 4 by somebody else", tuple(wrong))


def _wishes(writer: _Writer) -> Iterator[str]:
    for kind, texts in WISHES.items():
        for text in texts:
            before = writer.asked_back()
            outcome = writer.writes(text, Reply_To=writer.elsewhere, Cc=writer.elsewhere)
            opened = [each.right for each in writer.open()]
            if (outcome.outcome, outcome.kinds) != (REQUESTED, (kind.value,)):
                yield f"a letter for {kind} in {outcome.language} became {outcome.outcome} {'+'.join(outcome.kinds)}"
            elif kind is not Kind.OPT_OUT and opened != [kind.value]:
                yield f"a letter for {kind} in {outcome.language} opened {'+'.join(opened) or 'no request'}"
            elif kind is not Kind.OPT_OUT and writer.asked_back() != before + 1:
                yield f"a letter for {kind} in {outcome.language} was not asked back at the address on file"
            writer.takes_back()


def _replies(writer: _Writer) -> Iterator[str]:
    """About a correction, which only people carry out."""
    writer.writes(WISHES[Kind.RECTIFICATION][0])
    # Nobody reads the mailbox that our letter went to, so another code is issued here.
    subject = f"Re: [{tokens.issue(tokens.CONFIRM, writer.open()).code}]"
    forged = {
        "from another address": writer.writes("yes", subject=subject, sender=writer.elsewhere),
        "with the address as a name": writer.writes(
            "yes", subject=subject, sender=f'"{writer.email}" <{writer.elsewhere}>'
        ),
        "by a program": writer.writes("yes", subject=subject, Auto_Submitted="auto-replied"),
    }
    yield from (f"a reply {who} was {outcome.outcome}" for who, outcome in forged.items() if _was_heard(outcome))
    if any(each.state != State.NEED_VERIFICATION for each in writer.open()):
        yield "a reply that was not theirs changed the request"
    writer.writes("yes", subject=subject)
    if [each.state for each in writer.open()] != [State.IN_PROGRESS]:
        yield "their own reply did not confirm the request"
    if _was_heard(writer.writes("yes", subject=subject)):
        yield "the same reply was heard twice"


def _was_heard(outcome: Outcome) -> bool:
    """One from elsewhere is kept for a person to read, and confirms nothing."""
    return outcome.outcome == REQUESTED


rehearsed.also("by_email", _write_in)
