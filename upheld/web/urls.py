"""Every address of the site, in the order in which a newcomer meets them."""

from django.urls import path, register_converter

from upheld.web import errors
from upheld.web.converters import Day
from upheld.web.views import choices, data, home, log, machines, policy, sign_up

register_converter(Day, "day")

urlpatterns = [
    path("", home.home, name="home"),
    path("policy/", policy.policy, name="policy"),
    path("policy/raw", policy.raw, name="policy_raw"),
    path("policy/versions/", policy.versions, name="versions"),
    path("policy/versions/<day:effective>/", policy.version, name="version"),
    path("policy/versions/<day:effective>/raw", policy.raw, name="version_raw"),
    path("policy/evidence/", policy.evidence, name="evidence"),
    path("checkpoint", log.checkpoint, name="checkpoint"),
    path("tile/<path:path>", log.tile, name="tile"),
    path("sign-up/", sign_up.sign_up, name="sign_up"),
    path("sign-up/code/", sign_up.code, name="sign_up_code"),
    path("sign-up/code/again/", sign_up.again, name="sign_up_again"),
    path("account/data/", data.data, name="data"),
    path("account/data/download/", data.download, name="download"),
    path("account/data/<slug:label>/<uuid:row>/<slug:field>/", data.correct, name="correct"),
    path("account/choices/", choices.choices, name="choices"),
    path("account/choices/stop/", choices.stop, name="stop"),
    path("robots.txt", machines.robots, name="robots"),
    path(".well-known/change-password", machines.change_password, name="change_password"),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
