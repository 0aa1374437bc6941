"""Asking again who someone is: by password, by a code of their second factor, or by a passkey."""

from django.http import HttpRequest

from upheld.accounts import presence, verbs
from upheld.accounts.answers import Refusal, TooMany
from upheld.accounts.models import Account, Passkey
from upheld.accounts.presence import Proof
from upheld.web.forms import Form, PresenceForm
from upheld.web.people import account_of, actor, session


def ways(account: Account) -> dict[str, bool]:
    """What else than the password a page can offer."""
    return {
        "passkeys": Passkey.objects.for_subject(account.subject).exists(),
        "codes": verbs.has_second_factor(account),
    }


def prove(request: HttpRequest) -> tuple[Form, Proof | TooMany | None]:
    """The form to show, and the proof, when what was sent is one."""
    form = PresenceForm.of(request)
    if request.method != "POST":
        return form, None
    answer = _answer(request, form)
    if isinstance(answer, Proof):
        presence.mark_proven(session(request), answer)
    if isinstance(answer, Proof | TooMany):
        return form, answer
    if answer is not None:
        form.refuse(answer.sentence, "password")
    return form, None


def _answer(request: HttpRequest, form: Form) -> Proof | Refusal | None:
    account, by = account_of(request), actor(request)
    if credential := request.POST.get("credential"):
        form.fields["password"].required = False
        challenge = presence.close_ceremony(session(request))
        return verbs.prove_by_passkey(account, credential=credential, challenge=challenge, by=by)
    if code := request.POST.get("code"):
        form.fields["password"].required = False
        return verbs.prove_by_code(account, code=code, by=by)
    if not form.is_valid():
        return None
    return verbs.prove_by_password(account, password=form.cleaned_data["password"], by=by)
