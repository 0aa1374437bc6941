"""The policy as JSON-LD in the terms of the Data Privacy Vocabulary 2 (W3C community group, https://w3id.org/dpv)."""

import json
from collections.abc import Iterable

from upheld.policy import words
from upheld.policy.document import Policy
from upheld.policy.promises import Promise
from upheld.policy.vocabulary import BASES

CONTEXT = {
    "dct": "http://purl.org/dc/terms/",
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "fides": "https://ethyca.github.io/fideslang/taxonomy/data_categories#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

RIGHTS = {
    Promise.SEE: ("eu-gdpr:A15", "eu-gdpr:A20"),  # access, data portability
    Promise.CORRECT: ("eu-gdpr:A16",),  # rectification
    Promise.DELETE: ("eu-gdpr:A17",),  # erasure
    Promise.OPT_OUT_ANY_TIME: ("eu-gdpr:A21",),  # objection
}
"""The rights of the General Data Protection Regulation that a promise grants, by article.

Article 77, a complaint to an authority, is not the company's to grant.
"""

Node = dict[str, object]


def json_ld(policy: Policy) -> str:
    """One `dpv:PrivacyNotice` that holds a `dpv:Process` for each purpose, as text."""
    notice: Node = {
        "@context": CONTEXT,
        "@id": f"#{policy.id}",
        "@type": "dpv:PrivacyNotice",
        "dct:title": policy.title,
        "dct:issued": {"@type": "xsd:date", "@value": policy.effective.isoformat()},
        "dct:identifier": f"sha256:{policy.digest}",
        "dpv:hasDataController": {
            "@id": "#controller",
            "@type": "dpv:DataController",
            "dpv:hasName": policy.controller.name,
            "dpv:hasContact": f"mailto:{policy.controller.contact}",
        },
        "dpv:hasPersonalData": [_datum(policy, name) for name in policy.data],
        "dpv:hasRecipient": [_recipient(policy, name) for name in policy.recipients],
        "dpv:hasProcess": [_process(policy, name) for name in policy.purposes],
        "dpv:hasRight": [{"@id": right} for right in _rights(policy)],
    }
    return json.dumps(notice, indent=2, ensure_ascii=False) + "\n"


def _rights(policy: Policy) -> list[str]:
    return [right for promise, rights in RIGHTS.items() if promise in policy.promises for right in rights]


def _datum(policy: Policy, name: str) -> Node:
    datum = policy.data[name]
    return {
        "@id": f"#data.{name}",
        "@type": ["dpv:SensitivePersonalData" if datum.sensitive else "dpv:PersonalData", f"fides:{datum.category}"],
        "dct:title": words.datum(policy, name),
        "dpv:hasDataSource": [policy.sources[source] for source in datum.sources],
        "dpv:hasStorageCondition": [
            {"@type": "dpv:StorageDuration", "dct:title": each, "dpv:hasDuration": words.period(kept.keep)}
            for each, kept in policy.retention.items()
            if not kept.fields or name in {field.split(".", 1)[1] for field in kept.fields}
        ],
    }


def _recipient(policy: Policy, name: str) -> Node:
    recipient = policy.recipients[name]
    return {
        "@id": f"#recipients.{name}",
        "@type": "dpv:Recipient",
        "dct:title": words.recipient(policy, name),
        "dpv:hasPersonalData": _references("data", recipient.receives),
    }


def _process(policy: Policy, name: str) -> Node:
    purpose = policy.purposes[name]
    receivers = [each for each, recipient in policy.recipients.items() if recipient.purpose == name]
    return {
        "@id": f"#purposes.{name}",
        "@type": "dpv:Process",
        "dct:title": words.purpose(policy, name),
        "dct:description": purpose.why,
        "dpv:hasPurpose": {"@id": f"dpv:{purpose.term}"},
        "dpv:hasLegalBasis": {"@id": f"dpv:{BASES[purpose.legal_basis]}"},
        "dpv:hasPersonalData": _references("data", purpose.uses),
        "dpv:hasRecipient": _references("recipients", receivers),
    }


def _references(section: str, names: Iterable[str]) -> list[Node]:
    return [{"@id": f"#{section}.{name}"} for name in names]
