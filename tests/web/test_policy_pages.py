"""The policy as people read it: every sentence with its mark, every version kept, the file byte for byte."""

import re
from hashlib import sha256

import pytest

from tests.web.conftest import Visitor
from upheld.evidence.verdicts import Mark, Verdict
from upheld.policy import Promise, force
from upheld.policy.render import counted
from upheld.web import marks, verdicts
from upheld.web.marks import WORDS, Marker


def test_every_footnote_shows_its_verdict_and_leads_to_the_evidence(visitor: Visitor) -> None:
    page, evidence = visitor.text("/policy/"), visitor.text("/policy/evidence/")
    now = verdicts.now()
    marked = re.findall(r'class="mark (\w+)"[^>]*href="/policy/evidence/#([\w-]+)".*?class="word">([^<]+)<', page)
    labels = [label for sentence in force.in_force().sentences for label in sentence.labels if label != "note"]
    assert [label for _, label, _ in marked] == labels
    for verdict, label, word in marked:
        assert verdict == now.of(Promise(label))
        assert word == WORDS[verdict]
        assert f'id="{label}"' in evidence


def test_no_two_verdicts_look_the_same() -> None:
    assert set(WORDS) == {mark.value for mark in Mark}
    assert len({str(marks.glyph(name)) for name in WORDS}) == len(WORDS)


def test_the_first_mark_of_a_promise_can_be_led_to() -> None:
    marker = Marker({})
    assert 'id="says-see"' in marker.behind(Promise.SEE)
    assert "id=" not in marker.behind(Promise.SEE)


def test_the_page_tells_what_the_evidence_tells(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    now = verdicts.now()
    broken = Verdict(Promise.SEE, Mark.BROKEN, "3 of 7 values came back <b>", now.found[Promise.SEE].checked_at, 0.1)
    monkeypatch.setattr(verdicts.verbs, "verdicts", lambda: {**now.found, Promise.SEE: broken})
    assert 'class="mark broken"' in visitor.text("/policy/")
    assert "3 of 7 values came back &lt;b&gt;" in visitor.text("/policy/evidence/")
    assert "Broken" in visitor.text("/")


def test_the_file_is_served_byte_for_byte(visitor: Visitor) -> None:
    answer = visitor.get("/policy/raw")
    assert answer.content == force.in_force().text
    assert answer["Content-Type"].startswith("text/markdown")
    assert sha256(answer.content).hexdigest() in visitor.text("/policy/")
    again = visitor.get("/policy/raw", HTTP_IF_NONE_MATCH=answer["ETag"])
    assert again.status_code == 304


def test_every_version_is_there(visitor: Visitor) -> None:
    listed = visitor.text("/policy/versions/")
    for version in force.published().versions():
        path = f"/policy/versions/{version.effective}/"
        assert path in listed
        assert version.digest in visitor.text(path)
        assert visitor.get(f"{path}raw").content == version.text
    assert visitor.get("/policy/versions/1999-01-01/").status_code == 404
    assert visitor.get("/policy/versions/2026-99-99/").status_code == 404


def test_everything_declared_is_in_the_inventory(visitor: Visitor) -> None:
    page = visitor.text("/policy/")
    policy = force.in_force()
    for datum in policy.data.values():
        assert datum.title in page
    for recipient in policy.recipients.values():
        assert recipient.title in page
    for name in {source for datum in policy.data.values() for source in datum.sources}:
        assert policy.sources[name] in page


def test_the_evidence_tells_of_every_promise(visitor: Visitor) -> None:
    page = visitor.text("/policy/evidence/")
    for promise in Promise:
        assert f'id="{promise}"' in page


def test_everything_that_a_build_counts_is_on_the_page(visitor: Visitor) -> None:
    page = visitor.text("/policy/")
    found = counted(force.in_force())
    assert found
    for event in found.events:
        assert f"<h3>{event.title}</h3>" in page
        assert all(value in page for value in event.values)
    assert all(sentence in page for sentence in found.sentences)
