"""Every address of the site, in the order in which a newcomer meets them."""

from django.urls import path, register_converter

from upheld.web import errors
from upheld.web.converters import Day
from upheld.web.views import (
    account,
    address,
    choices,
    data,
    delete,
    home,
    log,
    machines,
    passkeys,
    policy,
    reset,
    second_factor,
    security,
    sign_in,
    sign_up,
)

register_converter(Day, "day")

urlpatterns = [
    path("", home.home, name="home"),
    path("policy/", policy.policy, name="policy"),
    path("policy/raw", policy.raw, name="policy_raw"),
    path("policy/versions/", policy.versions, name="versions"),
    path("policy/versions/<day:effective>/", policy.version, name="version"),
    path("policy/versions/<day:effective>/raw", policy.raw, name="version_raw"),
    path("policy/evidence/", policy.evidence, name="evidence"),
    path("sign-up/", sign_up.sign_up, name="sign_up"),
    path("sign-up/code/", sign_up.code, name="sign_up_code"),
    path("sign-up/code/again/", sign_up.again, name="sign_up_again"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/code/", sign_in.code, name="sign_in_code"),
    path("sign-in/passkey/", sign_in.passkey, name="sign_in_passkey"),
    path("sign-in/passkey/options/", sign_in.passkey_options, name="sign_in_passkey_options"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("reset/", reset.reset, name="reset"),
    path("reset/<token>/", reset.choose, name="reset_choose"),
    path("account/", account.account, name="account"),
    path("account/confirm/", account.confirm, name="confirm"),
    path("account/confirm/passkey/options/", account.passkey_options, name="confirm_passkey_options"),
    path("account/data/", data.data, name="data"),
    path("account/data/download/", data.download, name="download"),
    path("account/data/<slug:label>/<uuid:row>/<slug:field>/", data.correct, name="correct"),
    path("account/choices/", choices.choices, name="choices"),
    path("account/choices/stop/", choices.stop, name="stop"),
    path("account/address/", address.address, name="address"),
    path("account/address/code/", address.code, name="address_code"),
    path("account/address/code/again/", address.again, name="address_again"),
    path("account/security/", security.security, name="security"),
    path("account/security/password/", security.password, name="password"),
    path("account/security/sessions/end/", security.end_sessions, name="end_sessions"),
    path("account/security/sessions/<uuid:row>/end/", security.end_session, name="end_session"),
    path("account/security/passkeys/", passkeys.add, name="add_passkey"),
    path("account/security/passkeys/options/", passkeys.options, name="passkey_options"),
    path("account/security/passkeys/<uuid:row>/remove/", passkeys.remove, name="remove_passkey"),
    path("account/security/totp/", second_factor.begin, name="totp"),
    path("account/security/totp/code/", second_factor.code, name="totp_code"),
    path("account/security/totp/remove/", second_factor.remove, name="remove_totp"),
    path("account/security/recovery/", second_factor.recovery, name="recovery"),
    path("account/delete/", delete.delete, name="delete"),
    path("account/delete/receipt/", delete.receipt, name="receipt"),
    path("checkpoint", log.checkpoint, name="checkpoint"),
    path("tile/<path:path>", log.tile, name="tile"),
    path("robots.txt", machines.robots, name="robots"),
    path(".well-known/change-password", machines.change_password, name="change_password"),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
