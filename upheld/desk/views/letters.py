"""`/desk/letters/`: what every kind of letter says, with made-up values."""

from collections.abc import Mapping

from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.module_loading import autodiscover_modules
from django.views.decorators.clickjacking import xframe_options_sameorigin

from upheld.contact.languages import ENGLISH, in_words_of, nearest
from upheld.contact.letters import News, Reply, Wording, kinds
from upheld.desk import pages
from upheld.desk.doors import desk
from upheld.policy import force, words
from upheld.web.alone import ALONE


@desk("GET")
def letters(request: HttpRequest) -> HttpResponse:
    policy = force.in_force()
    rows = [(kind, made, words.purpose(policy, made.purpose)) for kind, made in sorted(_samples().items())]
    return pages.page(request, "desk/letters/letters.html", {"rows": rows})


@csp_update({"frame-src": ["'self'"]})
@desk("GET")
def letter(request: HttpRequest, kind: str) -> HttpResponse:
    made, language = _sample(kind), _language(request)
    with in_words_of(language):
        said = {"subject": str(made.subject), "text": made.text()}
    context = {
        "kind": kind,
        "purpose": words.purpose(force.in_force(), made.purpose),
        "is_news": isinstance(made, News),
        "is_reply": isinstance(made, Reply),  # in the language of what it replies to
        "language": language,
        "languages": settings.LANGUAGES,
        **said,
    }
    return pages.page(request, "desk/letters/letter.html", context)


@csp_replace(ALONE)
@xframe_options_sameorigin
@desk("GET")
def page(request: HttpRequest, kind: str) -> HttpResponse:
    """The HTML part, by itself, for the frame that shows it."""
    with in_words_of(_language(request)):
        return HttpResponse(_sample(kind).html())


def _language(request: HttpRequest) -> str:
    return nearest(request.GET.get("language", ENGLISH))


def _sample(kind: str) -> Wording:
    found = _samples().get(kind)
    if found is None:
        raise Http404
    return found


def _samples() -> Mapping[str, Wording]:
    autodiscover_modules("letters")
    return {each.kind: each.sample() for each in kinds()}


urlpatterns = [
    path("letters/", letters, name="letters"),
    path("letters/<slug:kind>/", letter, name="letter"),
    path("letters/<slug:kind>/page/", page, name="letter_page"),
]
