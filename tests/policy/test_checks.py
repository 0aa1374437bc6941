"""Where rooms register what shows that a promise is upheld."""

import pytest

from upheld.policy import Promise, checks
from upheld.policy.checks import Finding, check, registered


@pytest.fixture(autouse=True)
def _empty(monkeypatch):
    monkeypatch.setattr(checks, "_registry", {})


def test_a_check_is_found_by_its_promise():
    @check(Promise.SEE, how="Ask.")
    def look():
        return Finding(True, "1 of 1")

    [found] = registered()[Promise.SEE]
    assert (found.promise, found.how, found.look()) == (Promise.SEE, "Ask.", Finding(True, "1 of 1"))
    assert found.name.endswith("look")
    assert Promise.CORRECT not in registered()


def test_one_function_may_check_two_promises_and_counts_once_for_each():
    def look():
        return Finding(None, "cannot tell", ("no answer",))

    for promise in (Promise.SEE, Promise.CORRECT, Promise.SEE):
        assert check(promise, how="Ask.")(look) is look
    assert {promise: len(found) for promise, found in registered().items()} == {Promise.SEE: 1, Promise.CORRECT: 1}


def test_what_is_registered_cannot_be_changed_by_its_reader():
    with pytest.raises(TypeError):
        registered()[Promise.SEE] = ()
