"""The check of downloads sees a page that gives builds to visitors."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from upheld.builds.models import Release
from upheld.web import giving, urls

pytestmark = pytest.mark.django_db


def test_visitors_are_sent_to_sign_in() -> None:
    assert giving.visitors().upheld
    Release.objects.create(
        product="engine", version="1.2.3", platform="linux-x64", name="engine.zip", size=1, sha256="0" * 64,
        published_at=timezone.now(),
    )  # fmt: skip
    finding = giving.visitors()
    assert finding.upheld, finding


def test_a_page_that_is_open_to_visitors_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def given(request: HttpRequest, **_: object) -> HttpResponse:
        return HttpResponse("a build")

    pattern = next(each for each in urls.urlpatterns if getattr(each, "name", "") == "downloads")
    monkeypatch.setattr(pattern, "callback", given)
    assert giving.visitors().details == ("a download answers 200 to a visitor",)
