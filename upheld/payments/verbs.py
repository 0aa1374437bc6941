"""What people do here. The verbs stand in modules named for what they are about; this is the list of them."""

from upheld.payments.answers import Authorised, Challenged, Declined, Done, Refused, Unanswered
from upheld.payments.card_numbers import looks_like_card_number, without_card_numbers
from upheld.payments.cards import Shown, add_card, cards_of, choose_card, describe, remove_card
from upheld.payments.expiring import tell_expiring
from upheld.payments.forgetting import tell_processor
from upheld.payments.keeping import card_page
from upheld.payments.moving import capture, give_back, release
from upheld.payments.paying import look_again, pay
from upheld.payments.reconciling import Difference, Reconciled, last, reconcile
from upheld.payments.recording import News, take_event
from upheld.payments.recovering import recover
from upheld.payments.totals import Totals, totals

__all__ = [
    "Authorised",
    "Challenged",
    "Declined",
    "Difference",
    "Done",
    "News",
    "Reconciled",
    "Refused",
    "Shown",
    "Totals",
    "Unanswered",
    "add_card",
    "capture",
    "card_page",
    "cards_of",
    "choose_card",
    "describe",
    "give_back",
    "last",
    "look_again",
    "looks_like_card_number",
    "pay",
    "reconcile",
    "recover",
    "release",
    "remove_card",
    "take_event",
    "tell_expiring",
    "tell_processor",
    "totals",
    "without_card_numbers",
]
