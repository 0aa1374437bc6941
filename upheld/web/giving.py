"""The check of who can download a build: somebody who has not signed in is sent to do that."""

from django.urls import reverse
from uuid_utils.compat import uuid7

from upheld.builds.models import Issued, Release
from upheld.policy import Promise
from upheld.policy.checks import Finding, check
from upheld.web.pages import client

FOUND = 302


@check(
    Promise.SIGN_UP_FIRST,
    how="The pages of downloads are asked for, and the newest release is sent for, by a browser that is not signed in. "
    "It must be sent to sign in, and no build be given out.",
)
def visitors() -> Finding:
    newest = Release.objects.filter(withdrawn_at=None).order_by("-published_at").values_list("pk", flat=True).first()
    paths, before = [reverse("downloads"), reverse("release", args=[newest or uuid7()])], Issued.objects.count()
    answers = [client().get(path, secure=True) for path in paths] + [client().post(paths[-1], secure=True)]
    wrong = [
        f"a download answers {answer.status_code} to a visitor"
        for answer in answers
        if answer.status_code != FOUND or not answer.headers["Location"].startswith(reverse("sign_in"))
    ]
    if Issued.objects.count() > before:
        wrong.append("a visitor was given a build")
    return Finding(not wrong, f"{len(paths)} pages of downloads, each of which sends visitors to sign in", tuple(wrong))
