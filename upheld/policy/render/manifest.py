"""The policy as a manifest for fideslang (https://github.com/ethyca/fideslang): an organisation and a system."""

import re

import yaml

from upheld.policy import words
from upheld.policy.document import Policy
from upheld.policy.vocabulary import purposes

_BASES = {
    "consent": "Consent",
    "contract": "Contract",
    "legal_obligation": "Legal obligations",
    "legitimate_interest": "Legitimate interests",
}
"""What fideslang calls each legal basis (its LegalBasisForProcessingEnum)."""


def fideslang(policy: Policy) -> str:
    """A manifest in YAML. A purpose that uses no data is not in it: fideslang declares the use of data only."""
    organisation = re.sub(r"[^a-z0-9]+", "_", policy.controller.name.lower()).strip("_") or "controller"
    manifest = {
        "organization": [
            {
                "fides_key": organisation,
                "name": policy.controller.name,
                "controller": {"name": policy.controller.name, "email": policy.controller.contact},
            }
        ],
        "system": [
            {
                "fides_key": policy.id,
                "organization_fides_key": organisation,
                "name": policy.title,
                "description": f"Products: {', '.join(policy.products)}. Policy of {policy.effective}.",
                "system_type": "Service",
                "processes_personal_data": bool(policy.data),
                "privacy_declarations": [
                    _declaration(policy, name) for name, purpose in policy.purposes.items() if purpose.uses
                ],
            }
        ],
    }
    return yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True, width=120)


def _declaration(policy: Policy, name: str) -> dict[str, object]:
    purpose = policy.purposes[name]
    receivers = [each for each, recipient in policy.recipients.items() if recipient.purpose == name]
    shared = [datum for each in receivers for datum in policy.recipients[each].receives]
    general = next((words.period(kept.keep) for kept in policy.retention.values() if not kept.fields), "")
    return {
        "name": name,
        "data_categories": _categories(policy, purpose.uses),
        "data_use": purposes()[purpose.term].fides,
        "data_subjects": ["customer"],
        "legal_basis_for_processing": _BASES[purpose.legal_basis],
        "retention_period": general or None,
        "data_shared_with_third_parties": bool(receivers),
        "third_parties": ", ".join(words.recipient(policy, each) for each in receivers) or None,
        "shared_categories": _categories(policy, shared),
    }


def _categories(policy: Policy, names: list[str] | tuple[str, ...]) -> list[str]:
    return sorted({policy.data[name].category for name in names})
