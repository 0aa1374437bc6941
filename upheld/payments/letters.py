"""The letters of this room. None names a card: a letter that goes astray tells as little as it can."""

from collections.abc import Sequence

from upheld.contact.letters import Wording, on_site

CARDS = "/account/cards/"


class CardExpiring(Wording):
    kind = "card_expiring"
    purpose = "billing"
    subject = "Your card expires soon"

    def paragraphs(self) -> Sequence[str]:
        return (
            "A card that you gave us expires within a month. Add the new one, so that your orders can be charged:",
            on_site(CARDS),
            "If you want no card on file, remove it on the same page. We write about this once.",
        )


class CardDeclinedOnFile(Wording):
    kind = "card_declined_on_file"
    purpose = "billing"
    subject = "Your card was declined"

    def paragraphs(self) -> Sequence[str]:
        return (
            "Your bank declined a card that you gave us. Add another one, or ask your bank what is wrong with it:",
            on_site(CARDS),
            "We write about this once.",
        )
