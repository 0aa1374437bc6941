"""One call to EasyPost, with what may become of it in this room's own words.

EasyPost's messages can quote what they were sent, so they are dropped here, never chained: only codes and sentences
known to be free of it go on.
"""

from collections.abc import Callable
from typing import Any

from easypost.easypost_object import EasyPostObject
from easypost.errors.api.api_error import ApiError
from easypost.errors.api.http_error import HttpError
from easypost.errors.api.json_error import JsonError
from easypost.errors.api.timeout_error import TimeoutError as TimedOut

from upheld.orders.carriers.errors import CarrierError, CarrierRefused, CarrierUnreachable, KeyRefused, Undeliverable

TITLE = "EasyPost"
UNCLEAR = {"SHIPMENT.POSTAGE.NO_RESPONSE", "SHIPMENT.POSTAGE.TIMED_OUT", "SHIPMENT.PURCHASE.IN_PROGRESS"}
UNCLEAR_STATUS = {408, 429}
BOUGHT_ALREADY = "SHIPMENT.POSTAGE.EXISTS"


class NotThere(CarrierRefused):
    """{0} knows no shipment of that name."""


class Bought(CarrierRefused):
    """{0} sold this postage before."""


def ask(call: Callable[..., Any], *args: Any, **params: Any) -> dict[str, Any]:
    """What the call answers, as plain values. Raises what `carrier` promises, and NotThere or Bought."""
    try:
        answer = call(*args, **params)
    except ApiError as error:
        problem = _understood(error)
    else:
        if isinstance(answer, EasyPostObject) and answer.get("id"):
            return dict(answer.to_dict())
        problem = CarrierUnreachable(TITLE)
    raise problem  # out here, where no context holds what EasyPost said


def _understood(error: ApiError) -> CarrierError:
    status, code = error.http_status or 0, error.code or ""
    if isinstance(error, HttpError | JsonError | TimedOut) or status >= 500 or status in UNCLEAR_STATUS:
        return CarrierUnreachable(TITLE)
    if code in UNCLEAR:
        return CarrierUnreachable(TITLE)
    if status in {401, 403}:
        return KeyRefused(TITLE)
    if status == 404:
        return NotThere(TITLE)
    if code == BOUGHT_ALREADY:
        return Bought(TITLE)
    if code.startswith("ADDRESS."):
        return Undeliverable(TITLE, reasons(error.errors))
    return CarrierRefused(TITLE, f"it answers {code or status}.")


def reasons(errors: Any) -> list[str]:
    """The words of EasyPost's list of field errors, which may hold sentences or objects."""
    listed = errors if isinstance(errors, list) else []
    return [str(each.get("message", "")) if isinstance(each, dict) else str(each) for each in listed]
