"""What the program answers when it will not do as asked."""


class Problem(Exception):
    """A refusal with an HTTP status; `code` is for programs, the message for people, `param` names what was wrong."""

    def __init__(self, status: int, code: str, message: str, param: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.param = status, code, message, param

    @property
    def body(self) -> dict[str, object]:
        return {"error": {"code": self.code, "param": self.param, "message": self.message}}


def wrong(param: str, message: str) -> Problem:
    """A request that cannot be read, or asks for what cannot be."""
    return Problem(400, f"{param}_invalid", message, param)


def unknown(param: str) -> Problem:
    return Problem(404, f"{param}_unknown", f"There is no such {param}, or it can no longer be used.", param)


def not_now(code: str, message: str) -> Problem:
    """What the state of the charge does not allow."""
    return Problem(409, code, message)
