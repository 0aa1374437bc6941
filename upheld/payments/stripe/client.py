"""Stripe as a payment processor.

Of a person Stripe gets from us our reference and nothing else; what they type on its page they give it themselves.
A kept card is a payment method of a customer, written cus_…/pm_…; a charge is a payment intent.
"""

import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import stripe

from upheld.payments.errors import CardDeclined, NotFromProcessor, ProcessorRefused, TokenUnknown
from upheld.payments.processor import CardPage, Charge, Event, KeptCard
from upheld.payments.stripe import answers, reading, redacting
from upheld.payments.stripe.answers import Missing, understood
from upheld.payments.stripe.finding import under

SECONDS = 10.0
PAGE_LASTS = 3600  # seconds in which a card can be typed; less than what we wait before it is forgotten
TOLERANCE = 300  # seconds that a webhook may be old
EXPAND = ["latest_charge.balance_transaction", "latest_charge.refunds"]


class Stripe:
    """Any number of threads may use one."""

    name = "stripe"
    title = "Stripe"
    is_test_money = False
    takes_cards_here = False

    def __init__(self, key: str, *, webhook_secret: str, url: str = "", seconds: float = SECONDS) -> None:
        self._webhook_secret = webhook_secret
        self._http = stripe.RequestsClient(timeout=seconds)
        # Retried by whoever asked, with the same key, never behind their back.
        self._client = stripe.StripeClient(
            key, base_addresses={"api": url} if url else None, max_network_retries=0, http_client=self._http
        )
        self.is_test_money = "_test_" in key

    def close(self) -> None:
        self._http.close()  # type: ignore[no-untyped-call]  # in the library

    def keep_card(self, token: str, *, reference: str, key: str) -> KeptCard:
        """`token` is a payment method: one that a card page left on a customer of its own, or one without any."""
        try:
            with understood():
                method = self._client.v1.payment_methods.retrieve(token).to_dict()
                customer = method.get("customer") or ""
                meta: Any = {"metadata": {"reference": reference}}
                if customer:
                    self._client.v1.customers.update(customer, meta, _once(key))
                else:
                    customer = self._client.v1.customers.create(meta | {"payment_method": token}, _once(key)).id
        except stripe.CardError as error:
            raise CardDeclined(answers.reason(error)) from None
        except Missing:
            raise TokenUnknown from None
        card = method["card"]
        return KeptCard(f"{customer}/{method['id']}", card["brand"], card["last4"], _expiry(card))

    def card_page(self, *, back: str, reference: str, key: str) -> CardPage:
        """The customer carries the reference, so that a card which is typed there and then left can be forgotten."""
        asked: Any = {"mode": "setup", "payment_method_types": ["card"], "success_url": back, "cancel_url": back}
        asked |= {"expires_at": int(time.time()) + PAGE_LASTS}
        with understood():
            named: Any = {"metadata": {"reference": reference}}
            customer = self._client.v1.customers.create(named, _once(f"{key}:customer")).id
            page = self._client.v1.checkout.sessions.create(asked | {"customer": customer}, _once(key))
        return CardPage(page.url or "", page.id)

    def token_of(self, setup: str) -> str:
        with understood():
            page = self._client.v1.checkout.sessions.retrieve(setup, {"expand": ["setup_intent"]}).to_dict()
        intent = page.get("setup_intent") or {}
        return str(intent["payment_method"]) if intent.get("status") == "succeeded" else ""

    def authorise(
        self, token: str, *, amount: int, currency: str, reference: str, back: str, key: str, off_session: bool = False
    ) -> Charge:
        customer, _, method = token.partition("/")
        asked: Any = {
            "amount": reading.to_stripe(amount, currency),
            "currency": currency.lower(),
            "customer": customer,
            "payment_method": method,
            "payment_method_types": ["card"],
            "capture_method": "manual",
            "confirm": True,
            "metadata": {"reference": reference},
            "expand": EXPAND,
        }
        asked |= {"off_session": True} if off_session else {"return_url": back}
        try:
            return self._charged(lambda: self._client.v1.payment_intents.create(asked, _once(key)))
        except Missing:
            raise TokenUnknown from None

    def capture(self, charge: str, *, amount: int, key: str) -> Charge:
        """Once for a charge: what is not captured is released."""
        asked: Any = {"amount_to_capture": self._units(charge, amount), "expand": EXPAND}
        return self._charged(lambda: self._client.v1.payment_intents.capture(charge, asked, _once(key)))

    def cancel(self, charge: str, *, key: str) -> Charge:
        return self._charged(lambda: self._client.v1.payment_intents.cancel(charge, {"expand": EXPAND}, _once(key)))

    def refund(self, charge: str, *, amount: int, key: str) -> Charge:
        asked: Any = {"payment_intent": charge, "amount": self._units(charge, amount)}
        with understood():
            self._client.v1.refunds.create(asked, _once(key))
        return self._known(charge)

    def fetch(self, charge: str) -> Charge | None:
        try:
            with understood():
                return self._read(self._client.v1.payment_intents.retrieve(charge, {"expand": EXPAND}))
        except Missing:
            return None

    def find(self, reference: str) -> Charge | None:
        found = under(self._client.v1.payment_intents, reference)
        newest = max(found, key=lambda intent: intent.created, default=None)
        return self.fetch(newest.id) if newest else None

    def charges(self, *, since: datetime | None = None) -> Iterator[Charge]:
        """Stripe lists the newest first: all are read before the first is given."""
        asked: Any = {"limit": 100, "expand": [f"data.{each}" for each in EXPAND]}
        asked |= {"created": {"gte": int(since.timestamp())}} if since else {}
        with understood():
            found = list(self._client.v1.payment_intents.list(asked).auto_paging_iter())
        for intent in sorted(found, key=lambda intent: intent.created):
            with understood():
                read = self._read(intent)
            yield read

    def forget(self, reference: str, *, key: str) -> bool:
        return redacting.forget(self._client, reference, key=key)

    def event(self, body: bytes, headers: Mapping[str, str]) -> Event | None:
        said = next((value for name, value in headers.items() if name.lower() == "stripe-signature"), None)
        try:
            told = self._client.construct_event(body, said, self._webhook_secret, TOLERANCE).to_dict()
        except (stripe.SignatureVerificationError, ValueError):
            raise NotFromProcessor from None
        subject = told["data"]["object"]
        intent = subject["id"] if subject["object"] == "payment_intent" else subject.get("payment_intent")
        return Event(told["id"], intent, told["type"]) if intent else None

    def _charged(self, ask: Any) -> Charge:
        """The charge after a request that a bank may have declined: then it is declined, and stays on record."""
        try:
            with understood():
                return self._read(ask())
        except stripe.CardError as error:
            said = error.error
        if said and (intent := getattr(said, "payment_intent", None)):
            return self._known(intent.id)
        if said and getattr(said, "charge", None):
            with understood():
                return self._known(str(self._client.v1.charges.retrieve(str(said.charge)).payment_intent))
        raise ProcessorRefused("card_error")

    def _known(self, charge: str) -> Charge:
        found = self.fetch(charge)
        if found is None:
            raise Missing
        return found

    def _read(self, intent: Any) -> Charge:
        """With what was refunded and disputed, asked for only where there is more than the charge itself says."""
        found = intent.to_dict()
        made = found.get("latest_charge") or {}
        which: Any = {"payment_intent": found["id"], "limit": 100}
        refunds = (made.get("refunds") or {}).get("data") or []
        if (made.get("refunds") or {}).get("has_more", made.get("captured")):  # or it did not say: not even how much
            refunds = [each.to_dict() for each in self._client.v1.refunds.list(which).auto_paging_iter()]
        disputes = self._client.v1.disputes.list(which).auto_paging_iter() if made.get("disputed") else ()
        return reading.charge(found, refunds, [each.to_dict() for each in disputes])

    def _units(self, charge: str, amount: int) -> int:
        """The amount as Stripe counts it: its currency is the charge's."""
        return reading.to_stripe(amount, self._known(charge).currency)


def _once(key: str) -> Any:
    return {"idempotency_key": key}


def _expiry(card: Mapping[str, Any]) -> str:
    return f"{card['exp_year']}-{card['exp_month']:02}"
