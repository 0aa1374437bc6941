"""Logs that keep nobody's data: what went wrong and where in the code, never with which words or for which path."""

import logging
import traceback
from types import TracebackType
from typing import TypeAlias

ExcInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)  # as logging passes it


class Discreet(logging.Formatter):
    """An error becomes its type and the lines of code that it came through.

    Its text is left out, since an exception may quote the value that it refused; so is what Django says of a
    request, whose path was typed by someone. Messages of our own are constant text and stay.
    """

    def format(self, record: logging.LogRecord) -> str:
        if record.name.startswith("django."):
            record = logging.makeLogRecord(record.__dict__ | {"msg": self._without_request(record), "args": ()})
        return super().format(record)

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - logging's own name
        kind, _, trace = ei
        lines = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
        return "\n".join([kind.__name__ if kind else "", *lines])

    @staticmethod
    def _without_request(record: logging.LogRecord) -> str:
        status = getattr(record, "status_code", None)
        return f"answered {status}" if status else "something went wrong"
