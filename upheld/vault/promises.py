"""The checks of what the vault holds and lets go. They read the whole record, in constant memory."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from upheld import ledger
from upheld.policy import Policy, Promise, force, may
from upheld.policy.actors import Actor, Case
from upheld.policy.acts import Act
from upheld.policy.checks import Finding, check
from upheld.policy.standing import CORRECTIONS
from upheld.vault import envelope
from upheld.vault.disclosing import REFERENCE
from upheld.vault.errors import Damaged
from upheld.vault.inventory import by_label, registry
from upheld.vault.models import Disclosure

CHUNK = 2000
SHOWING = (Act.FIELD_OPEN, Act.FIELD_MASK, Act.FIELD_COPY, Act.FIELD_PRINT)
MOST = 20  # details: enough to find the cause
SOMEONE, OTHER = UUID(int=1), UUID(int=2)  # subjects who are nobody: `may` is only asked


@check(
    Promise.VOLUNTARY,
    how="The header of every envelope in every table is read: each value's source must be one that a published "
    "version of the policy names for it, or a correction by the person.",
)
def voluntary() -> Finding:
    allowed, values = _sources(), 0
    wrong: list[str] = []
    for label, row, datum, source in _origins():
        values += 1
        if source not in allowed.get(datum, frozenset(CORRECTIONS)) and len(wrong) < MOST:
            wrong.append(f"{label}:{row} holds {datum} from {source}")
    return Finding(not wrong, f"{values} values, each from a declared source", tuple(wrong))


@check(
    Promise.PRECAUTIONS,
    how="Every row that holds personal data is read: its column must be envelopes of version 1 and nothing else.",
)
def sealed() -> Finding:
    rows, wrong = 0, []
    for model in registry():
        query = model._base_manager.values_list("id", "subject", "sealed")
        for id, subject, column in query.iterator(chunk_size=model.at_once):
            rows += 1
            try:
                envelope.unpack(bytes(column), place=envelope.Place(model.label(), id, subject))
            except Damaged:
                wrong.append(f"{model.label()}:{id} is not sealed")
    return Finding(not wrong, f"{rows} rows sealed with AES-256-GCM", tuple(wrong[:MOST]))


@check(
    Promise.NO_SALE,
    how="Every row of the record of disclosures is compared with the ledger: the entry that it names must say the "
    "same, and no entry of a disclosure may be without its row, unless the person was erased since.",
)
def no_sale() -> Finding:
    rows = {row.entry: row for row in Disclosure.objects.all().iterator(chunk_size=CHUNK)}
    wrong, seen = [], set()
    for entry in _entries(Act.FIELD_DISCLOSE):
        seen.add(entry.id)
        row = rows.get(entry.id)
        if row is None and not _has_row(entry) and not _was_erased(entry.subject):
            wrong.append(f"entry {entry.id} has no row in the record of disclosures")
        elif row is not None and not _agrees(row, entry):
            wrong.append(f"{row.reference} says something else than its entry")
    wrong += [f"{row.reference} has no entry in the ledger" for id, row in rows.items() if id not in seen]
    return Finding(
        not wrong, f"{len(rows)} disclosures, each with its entry and the request it served", tuple(wrong[:MOST])
    )


@check(
    Promise.DISCLOSURE_ON_REQUEST,
    how="Every disclosure on record must name a recipient that the policy declares, only data declared for it, its "
    "purpose, and the order or request it served; and the policy is asked to refuse every other datum and recipient.",
)
def on_request() -> Finding:
    wrong, policies = _refusals_of_disclosure(), force.published().versions()
    count = 0
    for row in Disclosure.objects.all().iterator(chunk_size=CHUNK):
        count += 1
        if not any(_declares(policy, row) for policy in policies):
            wrong.append(f"{row.reference} is not declared")
        if not REFERENCE.fullmatch(row.because):
            wrong.append(f"{row.reference} names no request")
    return Finding(not wrong, f"{count} disclosures, each as declared, once, for a request", tuple(wrong[:MOST]))


@check(
    Promise.JOB_BOUND,
    how="Every entry in the ledger that someone on the staff opened something, saw it masked, copied or printed it "
    "must name a job and an open case of a kind that the job works on; and the policy is asked to refuse each job "
    "without a case, with a closed or foreign one, of a kind not "
    "its own, and each datum that it does not open.",
)
def job_bound() -> Finding:
    wrong, count = _refusals_of_jobs(), 0
    jobs = {
        (name, kind)
        for policy in force.published().versions()
        for name, job in policy.jobs.items()
        for kind in job.during
    }
    for entry in _entries(*SHOWING):
        if b'"kind":"staff"' not in bytes(entry.body) or entry.by["kind"] != "staff":
            continue
        count += entry.act == Act.FIELD_OPEN
        if (entry.by.get("job"), str(entry.by.get("case", "")).partition(":")[0]) not in jobs:
            wrong.append(
                f"entry {entry.id} was by {entry.by.get('job', 'no job')} on {entry.by.get('case', 'no case')}"
            )
    asked = len(force.in_force().jobs)
    return Finding(
        not wrong,
        f"{count} openings by staff, each in a job on a case; {asked} jobs refused outside",
        tuple(wrong[:MOST]),
    )


def _sources() -> dict[str, frozenset[str]]:
    """By datum: every source that a version of the policy ever named, since what was collected under one stays."""
    found: dict[str, frozenset[str]] = {}
    for policy in force.published().versions():
        for name, datum in policy.data.items():
            found[name] = found.get(name, frozenset(CORRECTIONS)) | set(datum.sources)
    return found


def _origins() -> Iterator[tuple[str, UUID, str, str]]:
    for model in registry():
        label, data = model.label(), {name: field.datum for name, field in model.sealed_fields().items()}
        query = model._base_manager.values_list("id", "subject", "sealed")
        for id, subject, column in query.iterator(chunk_size=model.at_once):
            for each in envelope.unpack(bytes(column), place=envelope.Place(label, id, subject)):
                for name, origin in each.fields.items():
                    yield label, id, data.get(name, name), origin.source


def _entries(*acts: Act) -> Iterator["ledger.Entry"]:
    return ledger.Entry.objects.filter(act__in=acts).order_by("id").iterator(chunk_size=CHUNK)


def _has_row(entry: "ledger.Entry") -> bool:
    """Asked again for one made since the rows were read; before asking for an erasure, which takes the row with it."""
    return Disclosure.objects.filter(entry=entry.id).exists()


def _was_erased(subject: UUID | None) -> bool:
    return subject is None or ledger.Entry.objects.filter(subject=subject, act=Act.SUBJECT_SHRED).exists()


def _agrees(row: Disclosure, entry: "ledger.Entry") -> bool:
    facts = entry.facts
    model = by_label(str(facts["row"]).partition(":")[0])
    data = model.data_of(facts["fields"]) if model else ()
    said = (facts["recipient"], facts["because"], facts["purpose"], sorted(data), entry.subject)
    return said == (row.recipient, row.because, row.purpose, sorted(row.fields), row.subject)


def _declares(policy: Policy, row: Disclosure) -> bool:
    recipient = policy.recipients.get(row.recipient)
    return recipient is not None and set(row.fields) <= set(recipient.receives) and row.purpose == recipient.purpose


def _refusals_of_disclosure() -> list[str]:
    """What the policy in force would let out and must not."""
    policy, by = force.in_force(), Actor.system("check")
    wrong = []
    for name in policy.data:
        for recipient in [*policy.recipients, "anyone_else"]:
            declared = policy.recipients.get(recipient)
            asked: dict[str, Any] = {"by": by, "subject": SOMEONE, "data": [name], "recipient": recipient}
            permitted = bool(may(Act.FIELD_DISCLOSE, policy=policy, **asked))
            if permitted and (declared is None or name not in declared.receives):
                wrong.append(f"{name} may be handed to {recipient}")
    return wrong


def _refusals_of_jobs() -> list[str]:
    policy = force.in_force()
    kinds = {kind for job in policy.jobs.values() for kind in job.during}
    wrong = []
    for name, job in policy.jobs.items():
        if not job.during or not job.opens:
            continue  # opens nothing, ever
        good = Case(job.during[0], OTHER, SOMEONE)
        others = [*sorted(kinds - set(job.during)), "no_such_kind"]
        bad = {
            "without a case": None,
            "with a closed case": Case(good.kind, OTHER, SOMEONE, open=False),
            "with a case about someone else": Case(good.kind, OTHER, OTHER),
            **{f"with a case of the kind {kind}": Case(kind, OTHER, SOMEONE) for kind in others},
        }
        wrong += [
            f"{name} may open {job.opens[0]} {how}"
            for how, case in bad.items()
            if _opens(policy, name, case, job.opens[0])
        ]
        closed = [datum for datum in policy.data if datum not in job.opens]
        wrong += [f"{name} may open {datum}" for datum in closed if _opens(policy, name, good, datum)]
    return wrong


def _opens(policy: Policy, job: str, case: Case | None, datum: str) -> bool:
    """Whether someone in this job may open it, for any purpose that there is."""
    by = Actor.staff(OTHER, job=job, case=case)
    return any(
        may(act, policy=policy, by=by, subject=SOMEONE, purpose=purpose, data=[datum])
        for purpose in policy.purposes
        for act in SHOWING
    )
