"""The pages that people see: where a card is typed without scripts, and where 3-D Secure asks whether it is them."""

from upheld.payments.sandbox import cards, charges, html
from upheld.payments.sandbox.currencies import written
from upheld.payments.sandbox.errors import Problem, wrong
from upheld.payments.sandbox.http import Answer, Request
from upheld.payments.sandbox.routing import Program, route
from upheld.payments.sandbox.storage import Database


@route("GET", "/style.css", secret=False)
def style(program: Program, db: Database, request: Request, _: str) -> Answer:
    return Answer(200, html.STYLE, "text/css; charset=utf-8")


@route("GET", "/card/<id>/", secret=False)
def card(program: Program, db: Database, request: Request, setup: str) -> Answer:
    cards.page(db, setup)
    return html.card()


@route("POST", "/card/<id>/", secret=False)
def take_card(program: Program, db: Database, request: Request, setup: str) -> Answer:
    given = request.form()
    month, _, year = given.get("expiry", "").partition("/")
    typed = {
        "number": given.get("number"), "exp_month": month.strip(), "exp_year": year.strip(), "cvc": given.get("code")
    }  # fmt: skip
    cards.page(db, setup)
    try:
        return Answer.to(cards.finish_page(db, setup, typed))
    except Problem as problem:
        return html.card(problem)


@route("GET", "/challenge/<id>/", secret=False)
def challenge(program: Program, db: Database, request: Request, challenge: str) -> Answer:
    """Nothing to confirm any more: on to where it led."""
    found = charges.challenged(db, challenge)
    if found["state"] != "challenged":
        return Answer.to(found["back"])
    return html.challenge(amount=written(found["amount"], found["currency"]))


@route("POST", "/challenge/<id>/", secret=False)
def answer_challenge(program: Program, db: Database, request: Request, challenge: str) -> Answer:
    said = request.form().get("answer")
    if said not in ("confirm", "refuse"):
        raise wrong("answer", "Choose Confirm or Refuse.")
    return Answer.to(charges.answer_challenge(db, challenge, passed=said == "confirm"))
