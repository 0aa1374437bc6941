"""Counts how often things happen in a product, by day and build number, and reports that at most once a day.

    beacon = Beacon(number=…, product="engine", version="1.2.3", platform="linux-x64", site="https://exokit.example",
                    events={"start": [], "display": ["screen", "webvr"]})
    beacon.count("start")
    beacon.count("display", "webvr")

No address, host, user, path, text or clock finer than a day is read, kept or sent.
"""

from .beacon import Beacon
from .sending import Answer
from .side import Stamp, beside

__all__ = ["Answer", "Beacon", "Stamp", "beside"]
