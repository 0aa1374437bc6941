"""Every way in which a policy file can be wrong, and the sentence that says so, with its place."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.shop import TEXT, changed, prose
from upheld.policy import PolicyError, load, loads

BYTES = TEXT.encode()
TRANSCRIPTS = {
    "nothing": (b"", "1:1: A policy begins with a line of three dashes"),
    "a byte order mark": (b"\xef\xbb\xbf" + BYTES, "1:1: The file begins with a byte order mark"),
    "Windows line ends": (BYTES.replace(b"\n", b"\r\n"), "1:4: The line ends with a carriage return"),
    "Latin 1": (BYTES.replace(b"The shop\n", b"The sh\xf6p\n"), "27:9: The file is not UTF-8 from here"),
    "never closed": (BYTES.split(b"\n---\n")[0], "25:1: The front matter is never closed"),
    "only an opening": (b"---", "1:1: The front matter is never closed"),
    "10 MB": (BYTES + b"x" * 10_000_000, "1:1: The file has more than the 1,048,576 bytes that a policy may have"),
    "a front matter too long": (
        b"---\n" + b"# x\n" * 20_000 + b"---\nHi.",
        "1:1: The front matter has more than 65,536",
    ),
    "a NUL": (BYTES.replace(b"We say", b"We\0say"), "29:64: The invisible character U+0000"),
    "text that runs backwards": (changed(("We say", "We \u202esay")).encode(), "29:65: The invisible character U+202E"),
    "the same, as an entity": (
        changed(("We say", "We &#8238;say")).encode(),
        "29:65: The invisible character U+202E is written here as an entity",
    ),
    "the same, escaped": (changed(("The shop's policy", '"A \\u202e"')).encode(), "3:8: "),
    "a list": (b"---\n- a\n---\nHi.", "2:1: The front matter is a mapping"),
    "empty": (b"---\n---\nHi.", "2:1: The front matter is a mapping"),
    "not YAML": (changed(("id: privacy", "id: [privacy")).encode(), "3:6: The front matter is not YAML: "),
    "a tab": (changed(("  email:", "\temail:")).encode(), "9:1: The front matter is not YAML: "),
    "deep": (b"---\n" + b"[" * 30_000 + b"\n---\n", "2:9: Nothing in a policy is nested more than 8 deep"),
    "a second document": (
        changed(("id: privacy", "id: a\n--- b")).encode(),
        "3:1: The front matter is one YAML document",
    ),
    "an anchor": (changed(("id: privacy", "id: &a privacy")).encode(), "2:5: Anchors and aliases"),
    "an alias": (changed(("id: privacy", "id: *a")).encode(), "2:5: Anchors and aliases"),
    "a tag": (
        changed(("id: privacy", "id: !!str privacy")).encode(),
        "2:5: The tag tag:yaml.org,2002:str is not allowed",
    ),
    "a key twice": (
        changed(("id: privacy", "id: a\nid: b")).encode(),
        '3:1: "id" stands here a second time; the first is on line 2',
    ),
    "a key twice, inside": (
        changed(("{uses: [email], ", "{uses: [email], uses: [name], ")).encode(),
        '18:25: "uses" stands',
    ),
    "a key that is no text": (
        changed(("  news:", "  no:")).encode(),
        "18:3: A key is a text, and here is true or false",
    ),
    "a merge key": (
        changed(("id: privacy", "id: a\n<<: {b: c}")).encode(),
        "3:1: A key is a text, and here is a merge key",
    ),
    "a number": (changed(("id: privacy", "id: 1.5")).encode(), '2:5: "id" is a text, and here is a number'),
    "no value": (changed(("id: privacy", "id:")).encode(), '2:4: "id" is a text, and here is nothing'),
    "an id with a space": (changed(("id: privacy", "id: a b")).encode(), '2:5: "id" is small letters'),
    "a name in capitals": (changed(("  news:", "  News:")).encode(), '18:3: The name "News" is not small letters'),
    "a long recipient": (
        changed(("  carrier: {", f"  {'a' * 41}: {{")).encode(),
        ':3: The recipient "aaaaa',
    ),
    "a misspelt key": (
        changed(("sidebar_label", "sidebar_lable")).encode(),
        'no "sidebar_lable". Did you mean "sidebar_label"?',
    ),
    "a missing key": (changed(("products: [shop]\n", "")).encode(), '2:1: A policy needs "products"'),
    "no product": (changed(("[shop]", "[]")).encode(), "7:11: A policy names at least one product"),
    "no such date": (changed(("2026-01-01", "2026-13-01")).encode(), '5:12: "effective" is a date such as'),
    "a moment": (changed(("2026-01-01", "2026-01-01T00:00:00Z")).encode(), '5:12: "effective" is a date such as'),
    "days in words": (changed(("id: privacy", "id: a\nnotice: soon")).encode(), '3:9: "notice" is a number of days'),
    "no address": (changed(("us@shop.example", "us")).encode(), '6:39: "us" is not an e-mail address'),
    "a category": (changed(("contact.email", "contact.emial")).encode(), 'Did you mean "user.contact.email"?'),
    "a source": (changed(("[order]", "[ordre]")).encode(), '11:41: "ordre" is not a source. Did you mean "order"?'),
    "a source's words": (changed(("products:", "sources: {odrer: x}\nproducts:")).encode(), '"odrer" is not a source'),
    "yes": (
        changed(("sensitive: true", "sensitive: yes")).encode(),
        '10:84: data.password.sensitive is true or false, and here is "yes"',
    ),
    "a datum": (
        changed(("uses: [email, name]", "uses: [email, nam]")).encode(),
        '"nam" is not declared in data. Did you mean "name"?',
    ),
    "a datum twice": (changed(("uses: [email, name]", "uses: [name, name]")).encode(), '"name" stands twice'),
    "a choice": (changed(("opt_out", "optout")).encode(), 'Did you mean "opt_out"?'),
    "a term": (changed(("why:", "dpv: DirectMarketting, why:")).encode(), 'Did you mean "DirectMarketing"?'),
    "a basis": (changed(("why:", "basis: concent, why:")).encode(), 'Did you mean "consent"?'),
    "a built-in purpose": (changed(("  news:", "  access:")).encode(), '18:3: The purpose "access" is a right'),
    "a purpose": (
        changed(("for: billing", "for: biling")).encode(),
        '20:36: "biling" is not declared in purposes. Did you mean "billing"?',
    ),
    "more than its purpose": (
        changed(("[name], for", "[password], for")).encode(),
        "which purposes.billing does not use",
    ),
    "a period": (changed(("7y", "7 years")).encode(), '25:17: "7 years" is not until_erased or a period'),
    "no general class": (
        changed(("  account: {keep: until_erased}\n", "")).encode(),
        "One class of retention has no fields",
    ),
    "two general classes": (
        changed(("until_erased}", "until_erased}\n  b: {keep: 1d}")).encode(),
        "here are 2: account, b",
    ),
    "a field in two": (
        changed(("tax law}", "tax law}\n  c: {keep: 1d, fields: [order.name]}")).encode(),
        '"order.name" rests in two classes: books and c',
    ),
    "a field with no model": (changed(("[order.name]", "[name]")).encode(), '"name" is not a field such as order.name'),
    "a field with no datum": (changed(("[order.name]", "[order.nam]")).encode(), '"nam" is not declared in data'),
    "a reason for everything": (
        changed(("until_erased}", "until_erased, reason: x}")).encode(),
        "name the fields that must",
    ),
    "no prose": (prose("").encode(), "27:1: A policy says something"),
    "a promise": (
        changed(("[^published]", "[^publsihed]")).encode(),
        '"publsihed" is not a promise. Did you mean "published"?',
    ),
    "a footnote undefined": (
        changed(("[^published]: Here.\n", "")).encode(),
        '29:73: The footnote "published" is used, and defined nowhere',
    ),
    "a footnote unused": (
        changed((" We say how.[^published]", "")).encode(),
        'No sentence stands on the footnote "published"',
    ),
    "a footnote defined twice": (
        changed(("[^see]: ", "[^see]: One.\n[^see]: ")).encode(),
        'The footnote "see" is defined a second time',
    ),
    "a footnote on a heading": (
        prose("# Us[^see]\n\nHi.[^see]\n\n[^see]: x").encode(),
        "27:5: A footnote stands behind a sentence",
    ),
    "HTML": (prose("Hi <b>you</b>.").encode(), "27:4: HTML is not allowed"),
    "a hidden comment": (prose("Hi.\n\n<!-- we sell it -->").encode(), "29:1: HTML is not allowed"),
    "a block of code": (prose("Hi.\n\n```\nWe sell it.\n```").encode(), "30:1: No promise can back a block of code"),
    "an indented line": (prose("Hi.\n\n    We sell it.").encode(), "29:5: Four spaces of indent make it code"),
    "a picture": (prose("Hi ![you](https://x.example/a.png).").encode(), "27:4: A picture is not allowed"),
    "a paragraph without end": (prose("[" * 20_000).encode(), "27:1: A paragraph has more than 16,384 characters"),
}


@pytest.mark.parametrize(("data", "said"), TRANSCRIPTS.values(), ids=TRANSCRIPTS)
def test_a_bad_file_is_refused_with_its_place(data, said):
    with pytest.raises(PolicyError) as raised:
        loads(data, "shop.md")
    assert said in str(raised.value)
    assert all(line.startswith("shop.md:") for line in str(raised.value).splitlines())


def test_all_problems_are_told_at_once_in_the_order_of_the_file():
    text = changed(("opt_out", "optout"), ("id: privacy", "id: 1"), ("[^published]", "[^publshed]"))
    with pytest.raises(PolicyError) as raised:
        loads(text.encode())
    assert [line.split(":")[1] for line in str(raised.value).splitlines()] == ["2", "18", "29", "35"]


def test_reading_stops_at_a_hundred_problems():
    with pytest.raises(PolicyError) as raised:
        loads(prose("\n\n".join(f"A.[^x{number}]" for number in range(5000))).encode())
    assert len(raised.value.problems) == 100


@pytest.mark.parametrize("size", [1024 * 1024 + 1, 20 * 1024 * 1024])
def test_a_file_too_big_is_refused_by_its_size(tmp_path, size):
    path = tmp_path / "big.md"
    with path.open("wb") as file:
        file.truncate(size)
    with pytest.raises(PolicyError, match=r"big\.md:1:1: The file has more than the 1,048,576 bytes"):
        load(path)


def test_a_file_that_cannot_be_opened_is_an_error_too(tmp_path):
    with pytest.raises(PolicyError, match=r"none\.md cannot be opened: No such file or directory\."):
        load(tmp_path / "none.md")
    with pytest.raises(PolicyError, match=r"cannot be opened: Is a directory\."):
        load(tmp_path)


def test_a_policy_is_what_its_file_says():
    policy = loads(BYTES, "shop.md")
    assert (policy.id, policy.title, policy.sidebar_label) == ("privacy", "The shop's policy", "Privacy")
    assert str(policy.effective) == "2026-01-01"
    assert policy.controller.contact == "us@shop.example"
    assert policy.products == ("shop",)
    assert policy.data["password"].sensitive
    assert policy.purposes["news"].choice == "opt_out"
    assert policy.recipients["carrier"].purpose == "billing"
    assert policy.jobs["billing"].during == ("refund",)
    assert policy.topics == ("news",)
    assert policy.fields_of("sign_up") == ("email", "password")
    assert policy.retention_class("order", "name") == "books"
    assert policy.retention_class("account", "name") == "account"
    assert policy.text == BYTES
    assert policy.sources["letter"] == "You gave it when you wrote to us."


def test_nothing_in_a_policy_can_be_changed():
    policy = loads(BYTES)
    with pytest.raises(TypeError):
        policy.data["phone"] = policy.data["email"]
    with pytest.raises(AttributeError):
        policy.data["email"].sensitive = True
    with pytest.raises(AttributeError):
        policy.promises = frozenset()


def test_two_policies_are_the_same_when_their_bytes_are():
    assert loads(BYTES, "a.md") == loads(BYTES, "b.md")
    assert loads(BYTES) != loads(BYTES + b"\n")
    assert len({loads(BYTES), loads(BYTES)}) == 1


@given(st.binary(max_size=200))
def test_any_bytes_are_a_policy_or_an_error(data):
    with pytest.raises(PolicyError):
        loads(data)


@given(st.integers(0, len(TEXT)), st.integers(0, 12), st.text(max_size=6))
def test_any_slip_of_the_pen_leaves_a_policy_or_an_error_with_a_place(start, length, typed):
    try:
        loads((TEXT[:start] + typed + TEXT[start + length :]).encode(errors="surrogatepass"), "shop.md")
    except PolicyError as problem:
        assert all(re.match(r"shop\.md:\d+:\d+: .", line) for line in str(problem).splitlines())  # noqa: PT017 - there may be none


@given(st.text("[]{}:,-&*!#|>'\"@`%? \n\tab1~", max_size=60))
def test_any_yaml_is_a_policy_or_an_error(front):
    with pytest.raises(PolicyError):
        loads(f"---\n{front}\n---\nHi.".encode())
