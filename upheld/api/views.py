"""The same endpoint where Django serves it, and the schema of what it takes."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from upheld.api.answers import ANYBODY, answer
from upheld.builds.schema import schema as schema_of
from upheld.policy import force


@csrf_exempt
def report(request: HttpRequest) -> HttpResponse:
    """Nobody is signed in here and no cookie is looked at, so that there is nothing for another site to forge."""
    answered = answer(request.META)
    return HttpResponse(answered.body, status=answered.status, headers=answered.headers)


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of a report, made from the policy in force."""
    headers = ANYBODY | {"Cache-Control": "public, max-age=3600"}
    return JsonResponse(schema_of(force.in_force()), content_type="application/schema+json", headers=headers)
