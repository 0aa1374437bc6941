"""News: written, looked at as its readers will, counted, sent. Counts only: no address is opened for any of it."""

from uuid import UUID

from csp.decorators import csp_replace, csp_update
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.clickjacking import xframe_options_sameorigin

from upheld.contact import bulletins, reach
from upheld.contact.errors import ContactError
from upheld.contact.models import Bulletin
from upheld.desk import pages
from upheld.desk.doors import desk, member, session
from upheld.policy import force, words
from upheld.policy.standing import NEWS
from upheld.staff import acting, sessions
from upheld.web.alone import ALONE
from upheld.web.forms import Form

NOBODY = UUID(int=0)
LATEST = 50
HOW = "A heading such as # A new browser, which becomes the subject line. Then Markdown, with links to this site alone."


LISTED = {"invalid_choice": "Choose one of those listed.", "required": "Choose one of those listed."}


def _topics() -> list[tuple[str, str]]:
    policy = force.in_force()
    return [(each, words.purpose(policy, each)) for each in policy.topics]


def _products() -> list[tuple[str, str]]:
    return [("", "Everyone who did not refuse it"), *((each, each) for each in force.in_force().products)]


class NewsForm(Form):
    topic = forms.ChoiceField(label="What it is about", choices=_topics, error_messages=LISTED)
    product = forms.ChoiceField(
        label="Only to those whom this interests", choices=_products, required=False, error_messages=LISTED
    )
    text = forms.CharField(
        label="The letter", help_text=HOW, max_length=50_000, widget=forms.Textarea(attrs={"rows": 16}),
        error_messages={"required": "Write the letter."},
    )  # fmt: skip


@desk("GET", kind=NEWS)
def news(request: HttpRequest) -> HttpResponse:
    rows = [(each, _state(each)) for each in Bulletin.objects.order_by("-id")[:LATEST]]
    return pages.page(request, "desk/news/news.html", {"rows": rows})


@desk("GET", "POST", kind=NEWS)
def write(request: HttpRequest) -> HttpResponse:
    """It is kept, and goes to nobody: so that nothing typed is lost, they need not show again that it is them."""
    form = NewsForm(request.POST) if request.method == "POST" else NewsForm(initial=_before(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = bulletins.compose(by=acting.as_staff(member(request), NEWS), **form.cleaned_data)
        except ContactError as error:
            form.refuse(str(error), "text")
        else:
            sessions.say(session(request), "It is kept. Nobody has it yet.")
            return redirect("desk_bulletin", made.pk)
    return pages.page(request, "desk/news/write.html", {"form": form}, status=422 if form.errors else 200)


@csp_update({"frame-src": ["'self'"]})
@desk("GET", kind=NEWS)
def bulletin(request: HttpRequest, id: UUID) -> HttpResponse:
    found = _given(id)
    text = bulletins.said(found, reader=NOBODY)["text"]
    return pages.page(request, "desk/news/bulletin.html", {**_progress(found), "text": text})


@csp_replace(ALONE)
@xframe_options_sameorigin
@desk("GET", kind=NEWS)
def as_html(request: HttpRequest, id: UUID) -> HttpResponse:
    """The letter by itself, for the frame that shows it. The link in it is nobody's."""
    return HttpResponse(bulletins.said(_given(id), reader=NOBODY)["html"])


@desk("GET", kind=NEWS)
def progress(request: HttpRequest, id: UUID) -> HttpResponse:
    return pages.part(request, "desk/news/progress.html", _progress(_given(id)))


@desk("GET", "POST", kind=NEWS, proven=True)
def send(request: HttpRequest, id: UUID) -> HttpResponse:
    """Asks first, with how many it would go to; the worker queues it, however many they are."""
    found = _given(id)
    if found.started_at:
        return redirect("desk_bulletin", found.pk)
    if request.method == "POST":
        bulletins.begin(found, by=acting.as_staff(member(request), NEWS))
        sessions.say(session(request), "It is on its way: the letters are queued within a minute.")
        return redirect("desk_bulletin", found.pk)
    topic = words.purpose(force.in_force(), found.topic)
    context = {"bulletin": found, "topic": topic, "count": reach.how_many(found.topic, found.product)}
    return pages.page(request, "desk/news/send.html", context)


def _before(request: HttpRequest) -> dict[str, str]:
    """One that is written anew from an earlier one, which stays as it was."""
    named = request.GET.get("from", "")
    if not named:
        return {}
    try:
        found = _given(UUID(named))
    except ValueError:
        raise Http404 from None
    return {"topic": found.topic, "product": found.product, "text": f"# {found.title}\n\n{found.text}"}


def _given(id: UUID) -> Bulletin:
    found = Bulletin.objects.filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def _state(bulletin: Bulletin) -> str:
    if bulletin.started_at is None:
        return "not sent"
    return "queued" if bulletin.finished_at else "being queued"


def _progress(bulletin: Bulletin) -> dict[str, object]:
    """Counts, and whether they still move."""
    counts = reach.endings(bulletin)
    is_moving = bulletin.started_at is not None and (bulletin.finished_at is None or counts["waiting"] > 0)
    topic = words.purpose(force.in_force(), bulletin.topic)
    state = _state(bulletin)
    return {"bulletin": bulletin, "topic": topic, "state": state, "counts": counts, "is_moving": is_moving}


urlpatterns = [
    path("news/", news, name="desk_news"),
    path("news/write/", write, name="desk_news_write"),
    path("news/<uuid:id>/", bulletin, name="desk_bulletin"),
    path("news/<uuid:id>/page/", as_html, name="desk_bulletin_page"),
    path("news/<uuid:id>/progress/", progress, name="desk_bulletin_progress"),
    path("news/<uuid:id>/send/", send, name="desk_bulletin_send"),
]
