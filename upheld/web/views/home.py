"""The first page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from upheld.policy import Promise, force
from upheld.web import verdicts
from upheld.web.doors import door

# The sentences that the first page quotes from the policy, by the promise behind them, if the policy makes it.
QUOTED = (Promise.NO_SALE, Promise.SOLE_OWNER, Promise.JOB_BOUND, Promise.VOLUNTARY)


@door("GET")
def home(request: HttpRequest) -> HttpResponse:
    policy = force.in_force()
    now = verdicts.now()
    quotes = [
        {"promise": promise, "verdict": now.of(promise), "text": sentence.text}
        for promise in QUOTED
        for sentence in [next((s for s in policy.sentences if promise in s.labels), None)]
        if sentence
    ]
    return render(request, "web/home.html", {"now": now, "quotes": quotes})
