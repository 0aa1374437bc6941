"""What is shown on the made-up person: their whole life in one go, one finding for each promise about it."""

import re
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from upheld import vault
from upheld.accounts.changing import replace_password
from upheld.accounts.models import Account
from upheld.accounts.passwords import hashed
from upheld.contact import suppressing
from upheld.contact import verbs as contact
from upheld.contact.models import Address
from upheld.policy import force
from upheld.policy.checks import Finding
from upheld.rights.checks import buying
from upheld.rights.checks.rehearsal import Nobody, somebody_made_up
from upheld.rights.checks.search import Needle, files_showing, processes_showing
from upheld.rights.corrections.correcting import ADDRESS, HERE, PASSWORD, correct, how_to_correct
from upheld.rights.erasure.erasing import erase, look_again
from upheld.rights.errors import StillThere
from upheld.rights.papers import receipts
from upheld.rights.seen.exporting import document
from upheld.rights.seen.held import Held, Item
from upheld.rights.seen.seeing import enclosed, see
from upheld.rights.seen.tables import tables_showing
from upheld.vault import envelope, scrubbing
from upheld.vault.errors import KeyMissing
from upheld.vault.keys import ring
from upheld.vault.models import Disclosure, Notice
from upheld.vault.notices import CORRECTED

ARGON2ID = re.compile(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$")
PAPER = Needle((b"%PDF-",))  # ISO 32000-1, 7.5.2: an invoice or a packing slip, which is made when asked for and sent
LASTS = 30.0  # seconds in which several checks share one rehearsal
"""The promises' checks are asked one after another; each step is shown once for all of them."""
Step = Callable[[Nobody], Finding]


@dataclass(frozen=True)
class Rehearsal:
    findings: Mapping[str, Finding]
    at: float


_last: list[Rehearsal] = []
_alone = threading.Lock()  # the worker checks promises by itself and for a concern, at the same time
_more: dict[str, Step] = {}
_last_steps: dict[str, Step] = {}


def also(name: str, step: Step) -> None:
    """For a room above: show something on the same person, while everything is held about them."""
    _more[name] = step


def afterwards(name: str, step: Step) -> None:
    """For another room: show something about the same person once they are erased."""
    _last_steps[name] = step


def shown(name: str) -> Finding:
    """The finding of a step, from the rehearsal of just now or another. Raises what keeps it from being held."""
    with _alone:
        if not _last or time.monotonic() - _last[0].at > LASTS:
            with somebody_made_up() as nobody:
                findings = {name: _shown(name, step, nobody) for name, step in _steps()}
            _last[:] = [Rehearsal(findings, time.monotonic())]
        return _last[0].findings[name]


def forget() -> None:
    """Let the next check hold a rehearsal of its own."""
    _last.clear()


def _steps() -> Iterator[tuple[str, Step]]:
    yield from {"choices": _choose, "hidden": _hide, "password": _hash, "seen": _see, "bought": _buy}.items()
    yield from {"handed": _hand, "unnumbered": _number, **_more}.items()
    yield from {"corrected": _correct, "erased": _erase, "suppressed": _suppressed, **_last_steps}.items()


def _shown(name: str, step: Step, nobody: Nobody) -> Finding:
    """A step that fails has shown nothing, and must not keep the others from being shown."""
    try:
        return step(nobody)
    except Exception as error:
        return Finding(None, f"The rehearsal failed at {name}: {type(error).__name__}.")


def _choose(nobody: Nobody) -> Finding:
    topics, wrong = force.in_force().topics, []
    for topic in topics:
        for allowed in (False, True):
            contact.record_choice(nobody.subject, topic=topic, allowed=allowed, by=nobody.by, source="account")
            if contact.may_write(nobody.subject, topic) is not allowed:
                wrong.append(f"{topic}: {'allowed' if allowed else 'refused'}, and not heeded")
    contact.refuse_everything(nobody.subject, by=nobody.by, source="account")
    still = [topic for topic in topics if contact.may_write(nobody.subject, topic)]
    wrong += [f"{topic}: everything refused, and not heeded" for topic in still]
    return Finding(not wrong, f"{len(topics)} choices refused, allowed and refused again in one step", tuple(wrong))


def _hide(nobody: Nobody) -> Finding:
    """While the person is there: in clear in no file, no table and no process of ours."""
    needle = Needle.of(nobody.token)
    found = [*files_showing(needle, files()), *tables_showing(needle, nobody.subject), *processes_showing(needle)]
    papers = files_showing(PAPER, files())
    figure = f"{len(nobody.sown)} known values in clear in {len(found)} places, {len(papers)} documents left in files"
    return Finding(not found and not papers, figure, (*found, *papers))


def _hash(nobody: Nobody) -> Finding:
    """OWASP's parameters for Argon2id, or more, in what is kept of the password."""
    account = Account.objects.get(subject=nobody.subject)
    kept = vault.open(account, ["password"], by=nobody.by, purpose="sign_in")["password"] or ""
    found = ARGON2ID.search(kept)
    memory, passes, lanes = map(int, found.groups()) if found else (0, 0, 0)
    strong = memory >= 19456 and passes >= 2 and lanes >= 1 and nobody.value("password") not in kept
    return Finding(strong, f"Argon2id with {memory} KiB, {passes} passes" if found else "not Argon2id")


def _see(nobody: Nobody) -> Finding:
    held = see(nobody.subject, by=nobody.by)
    shown = _known(nobody, held)
    missing = [
        f"{place[0]}.{place[2]}" for place, value in nobody.sown.items() if not _is_shown(shown.get(place), value)
    ]
    foreign = [f"{label}.{name}" for label, row, name in shown.keys() - nobody.sown.keys()]
    exported = {(item["label"], item["row"], item["field"]) for item in document(held)["held"]}
    unexported = [
        f"{item.label}.{item.field}" for item in held.items if (item.label, str(item.row), item.field) not in exported
    ]
    details = [f"not shown: {each}" for each in missing] + [f"not planted: {each}" for each in foreign]
    details += [f"not in the copy: {each}" for each in unexported]
    recalled = len(nobody.sown) - len(missing)
    return Finding(
        not details, f"{recalled} of {len(nobody.sown)} planted values shown, {len(foreign)} others", tuple(details)
    )


def _known(nobody: Nobody, held: Held) -> Mapping[tuple[str, UUID, str], Item]:
    """What they are shown, and of files what their copy holds."""
    files = dict(enclosed(nobody.subject, by=nobody.by))
    items = [replace(item, value=files.get(item.row)) if item.is_file else item for item in held.items]
    return {(item.label, item.row, item.field): item for item in items}


def _is_shown(item: Item | None, value: str) -> bool:
    return item is not None and (item.value == value or bool(item.withheld))


def _buy(nobody: Nobody) -> Finding:
    """An order that runs into trouble. What else is seen on the way is kept for the next two."""
    _bought.clear()
    _bought.append(buying.buy(nobody))
    return _bought[0].trouble if _bought[0] else buying.NOT_HERE


def _hand(nobody: Nobody) -> Finding:
    [bought] = _bought
    return bought.handed if bought else buying.NOT_HERE


def _number(nobody: Nobody) -> Finding:
    """The number of the card that was just typed, and any other, in no file and no table."""
    [bought] = _bought
    needle = Needle.of_card(bought.number if bought else buying.card_number())
    found = [*files_showing(needle, files(letters=True)), *tables_showing(needle, nobody.subject)]
    found += processes_showing(Needle(needle.forms))
    return Finding(not found, f"numbers of cards found in {len(found)} files and tables", tuple(found))


_bought: list[buying.Bought | None] = []


def _correct(nobody: Nobody) -> Finding:
    """Each field by the way that is named for it; afterwards the new value is held and the old ciphertext is gone."""
    wrong, old = [], _ciphertexts(nobody, of={row for _, row, _ in nobody.sown})
    for n, (label, row, name) in enumerate(list(nobody.sown), 100):
        _correct_one(nobody, label, row, name, n)
    held = _known(nobody, see(nobody.subject, by=nobody.by))
    for (label, row, name), value in nobody.sown.items():
        if not _is_shown(held.get((label, row, name)), value):
            wrong.append(f"{label}.{name} does not hold the new value")
    wrong += _untold(nobody)
    left, sure = left_of(old)
    wrong += [f"the old value can still be read in {place}" for place in left]
    fields = {(label, name) for label, _, name in nobody.sown}
    figure = f"{len(fields)} kinds of field corrected, the old value found in {len(left)} places"
    return Finding(None if left and not sure else not wrong, figure, tuple(wrong))


def _untold(nobody: Nobody) -> Iterator[str]:
    """Whoever has the old value of something must be waiting to be told."""
    corrected = {f"{label}:{row}" for label, row, _ in nobody.sown}
    told = set(Notice.objects.filter(subject=nobody.subject, reason=CORRECTED).values_list("recipient", "because"))
    for handed in Disclosure.objects.for_subject(nobody.subject):
        if handed.row in corrected and (handed.recipient, handed.because) not in told:
            yield f"the {handed.recipient} has the old value and is not told"


def _correct_one(nobody: Nobody, label: str, row: UUID, name: str, n: int) -> None:
    model = vault.by_label(label)
    assert model is not None  # it was sown there
    found = model._default_manager.get(subject=nobody.subject, pk=row)
    how, value = how_to_correct(label, name), nobody.shaped(label, name, model.field(name).datum, n)
    if how == HERE:
        correct(nobody.subject, label=label, row=found.id, field=name, value=value, by=nobody.by)
    elif how == ADDRESS and isinstance(found, Address):
        contact.change_address(found, email=value, source="account", by=nobody.by)
    elif how == PASSWORD and isinstance(found, Account):
        replace_password(found, encoded=hashed(value), session=None, by=nobody.by)
        value = ""
    else:
        vault.correct(found, {name: value}, source="account", by=nobody.by)
    if how == PASSWORD:  # ends every session, as it should
        nobody.sown = {k: v for k, v in nobody.sown.items() if k[0] != "session"}
    if model._base_manager.filter(subject=nobody.subject, pk=row).exists():
        nobody.sown[label, found.id, name] = value


def _erase(nobody: Nobody) -> Finding:
    """Afterwards nothing is left in any store, and a copy of the data from before cannot be opened any more."""
    kept = vault.kept_classes()
    copy = [(row.place, sealed) for row in vault.rows_of(nobody.subject) for sealed in row.envelopes()]
    old = _ciphertexts(nobody, but=kept)
    try:
        receipt = erase(nobody.subject, by=nobody.by)
    except StillThere as problem:
        return Finding(False, "an erasure that did not come to its end", (str(problem),))
    wrong = [f"{count} {what} left" for what, count in look_again(nobody.subject) if count]
    keys = ring.of([nobody.subject])
    opened = sum(_opens(sealed, place, keys) for place, sealed in copy if sealed.retention not in kept)
    wrong += [f"{opened} envelopes of an earlier copy can still be opened"] if opened else []
    if receipts.verify(receipt.text.encode()).subject != nobody.subject:
        wrong.append("the receipt is about someone else")
    wrong += _untold(nobody)
    left, sure = left_of(old)
    found = [*files_showing(Needle.of(nobody.token), files(letters=True)), *left]
    wrong += [f"found in {place}" for place in found]
    figure = f"{len(copy)} envelopes destroyed, found again in {len(found)} places; {opened} of an earlier copy open"
    return Finding(None if left and not sure and len(wrong) == len(left) else not wrong, figure, tuple(wrong))


def _suppressed(nobody: Nobody) -> Finding:
    """What they refused in the first step is known by the address that they had in the end, and by nothing else."""
    email = next(value for (label, _, _), value in nobody.sown.items() if label == "address")
    topics = force.in_force().topics
    wrong = [f"{topic}: forgotten with the person" for topic in topics if not suppressing.is_kept(email, topic)]
    return Finding(not wrong, f"{len(topics)} refusals kept after an erasure, as digests", tuple(wrong))


def _opens(sealed: envelope.Envelope, place: envelope.Place, keys: dict[ring.Slot, AESGCM]) -> bool:
    try:
        key = ring.pick(keys, (place.subject, sealed.retention, sealed.key_version))
    except KeyMissing:
        return False
    return bool(envelope.unseal(sealed, place=place, key=key))


def _ciphertexts(nobody: Nobody, but: Collection[str] = (), of: Collection[UUID] = ()) -> list[bytes]:
    """What identifies an envelope in a file: its nonce, and the ends of what it seals, wherever a page breaks."""
    rows = [row for row in vault.rows_of(nobody.subject) if not of or row.pk in of]
    sealed = [each for row in rows for each in row.envelopes() if each.retention not in but]
    return [part for each in sealed for part in (each.nonce, each.sealed[:16], each.sealed[-16:])]


def left_of(ciphertexts: list[bytes]) -> tuple[list[str], bool]:
    """Which of our files still show old ciphertext, and whether that is for good: a reader of SQLite's log can be in
    the way of its overwriting for a moment, and then a while is waited."""
    needle = Needle(tuple(ciphertexts))
    for pause in (0.0, 0.2, 0.5, 1.0):
        time.sleep(pause)
        sure = scrubbing.scrub(["default", "keys"])
        left = list(files_showing(needle, files()))
        if not left:
            break
    return left, sure


def files(*, letters: bool = False) -> Iterator[Path]:
    """Every file of the instance. The folder of letters is the mail itself, until the person is gone."""
    home = settings.HOME
    for path in sorted(home.folder.rglob("*")):
        if path.is_file() and (letters or not path.is_relative_to(home.letters)):
            yield path
