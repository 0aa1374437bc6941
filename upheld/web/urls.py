"""Every address of the site, in the order in which a newcomer meets them."""

from django.urls import path, register_converter

from upheld.web import errors
from upheld.web.converters import Day
from upheld.web.views import home, policy

register_converter(Day, "day")

urlpatterns = [
    path("", home.home, name="home"),
    path("policy/", policy.policy, name="policy"),
    path("policy/raw", policy.raw, name="policy_raw"),
    path("policy/versions/", policy.versions, name="versions"),
    path("policy/versions/<day:effective>/", policy.version, name="version"),
    path("policy/versions/<day:effective>/raw", policy.raw, name="version_raw"),
    path("policy/evidence/", policy.evidence, name="evidence"),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
