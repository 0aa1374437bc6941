"""What may be done on a case of each kind: the part of its page under "What may be done now".

A module of views registers the part for the kinds that it serves:

    register("refund", "desk/orders/refund.html", context)

`context(request, case, member)` gives what the template needs, and opens nothing. When what was typed is wrong, the
view answers with `case_page.shown(request, case, status=422, form=form)`: `form` is then that one, and not the
context's own. After what was done: `cases_at.onward(request, case, "It is sent.")`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from upheld.cases.models import Case
from upheld.staff.models import Member

Context = Callable[[HttpRequest, Case, Member], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Action:
    template: str
    context: Context


ACTIONS: dict[str, Action] = {}
"""By kind of case."""


def register(kind: str, template: str, context: Context) -> None:
    ACTIONS[kind] = Action(template, context)


def shown(request: HttpRequest, case: Case, member: Member, given: Mapping[str, Any]) -> SafeString | str:
    """The part for this case, with `given` in place of what its context says; empty where nothing is registered."""
    action = ACTIONS.get(case.kind)
    if action is None:
        return ""
    context = {"case": case, "member": member, **action.context(request, case, member), **given}
    return render_to_string(action.template, context, request)
