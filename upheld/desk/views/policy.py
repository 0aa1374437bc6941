"""The policy at work: its versions, how much of it is backed, the jobs, and what staff may do and why not."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path

from upheld.cases.kinds import KINDS
from upheld.desk import asking, pages
from upheld.desk.doors import desk, member
from upheld.policy import Policy, coverage, force, words
from upheld.policy.acts import Act
from upheld.policy.differences import diff
from upheld.web.forms import Form

LISTED = {"invalid_choice": "Choose one of those listed.", "required": "Choose one of those listed."}


def _kinds() -> list[tuple[str, str]]:
    return [(each, kind_title(each)) for each in asking.kinds(force.in_force())]


def _acts() -> list[tuple[str, list[tuple[str, str]]]]:
    of_staff, others = asking.acts()
    return [("What staff may do", _titled(of_staff)), ("What is never for staff", _titled(others))]


def _data() -> list[tuple[str, str]]:
    policy = force.in_force()
    return [("", "Nothing of theirs"), *((each, words.datum(policy, each)) for each in policy.data)]


class MayForm(Form):
    kind = forms.ChoiceField(label="On a case of this kind", choices=_kinds, error_messages=LISTED)
    act = forms.ChoiceField(label="May I", choices=_acts, error_messages=LISTED)
    datum = forms.ChoiceField(label="With", choices=_data, required=False, error_messages=LISTED)


@desk("GET")
def policy(request: HttpRequest) -> HttpResponse:
    """The question stands in the address: it names no person."""
    held, form = force.in_force(), MayForm(request.GET or None)
    later = [each for each in force.published().versions() if each.effective > held.effective]
    context: dict[str, Any] = {
        "held": held,
        "earlier": [each for each in reversed(force.published().versions()) if each.effective < held.effective],
        "later": [(each, diff(held, each)) for each in later],
        "covered": coverage(held),
        "rows": list(_jobs(held)),
        "form": form,
    }
    if form.is_valid():
        asked = form.cleaned_data
        context["answer"] = asking.answer(member(request), asked["kind"], Act(asked["act"]), asked["datum"])
    return pages.page(request, "desk/policy/policy.html", context, status=422 if form.errors else 200)


def _jobs(policy: Policy) -> Iterator[tuple[str, list[str], list[str]]]:
    for name, job in policy.jobs.items():
        opens = [words.datum(policy, each) for each in job.opens]
        yield words.job(policy, name), opens, [kind_title(each) for each in job.during]


def kind_title(kind: str) -> str:
    return KINDS[kind].title if kind in KINDS else f"{kind.replace('_', ' ').capitalize()}, about nobody"


def _titled(acts: list[Act]) -> list[tuple[str, str]]:
    return [(each.value, asking.title(each)) for each in acts]


urlpatterns = [path("policy/", policy, name="desk_policy")]
