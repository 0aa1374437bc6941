"""How people read the kinds of rows about them, each by its label."""

TITLES = {
    "account": "Your account",
    "address": "Your e-mail address",
    "address_change": "A change of your address, not finished yet",
    "as_issued": "What an invoice said when it was issued",
    "attachment": "Something that you enclosed",
    "card": "A card",
    "case": "A case about you that our staff worked on",
    "choice": "A choice",
    "conversation": "A matter that you wrote about",
    "disclosure": "Something that was handed over",
    "document": "An invoice, a credit note or a correction",
    "draft": "An answer that our staff have not sent yet",
    "erasure_request": "That everything is to be deleted",
    "glass": "An emergency, in which staff open what no job of theirs covers",
    "hold": "That a law has us keep what is held",
    "instruction": "Something that the payment processor was asked for",
    "interest": "An interest of yours",
    "issued": "A build that you were given",
    "letter": "A letter to you",
    "line": "Something that you ordered",
    "lookup": "How your row is found by a value",
    "message": "What was said about a matter",
    "movement": "Money that moved",
    "note": "A note of our staff about a case",
    "order": "An order",
    "payment": "A charge to a card",
    "proposal": "A correction that waits for your yes or no",
    "request": "Something that you asked of us",
    "request_step": "What became of it",
    "reset": "A link for a new password",
    "restriction": "A use of your data that you stopped",
    "session": "A browser that is signed in",
    "shipment": "A parcel",
    "sign_up": "A sign-up, not finished yet",
    "step": "Something that happened to an order",
    "token": "A link or a code that was written to you",
    "totp": "A second sign-in factor",
    "trouble": "Trouble with an order",
    "turn": "When a case was whose",
}


def title(label: str) -> str:
    return TITLES.get(label, label.replace("_", " ").capitalize())


def plural(label: str) -> str:
    """Several rows of a kind, where they stay in the books."""
    return _PLURALS.get(label, f"Rows of {label.replace('_', ' ')}")


_PLURALS = {
    "as_issued": "What invoices said when they were issued",
    "document": "Invoices, credit notes and corrections",
    "instruction": "What the payment processor was asked for",
    "line": "Things ordered, with their prices",
    "movement": "Amounts paid and given back",
    "payment": "Charges",
}
