"""What others get to read: each rendering says the same policy, and none lets the file's text out as code."""

import json
import re

import pytest
import yaml
from fideslang.models import Taxonomy
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.shop import EXOKIT, prose, shop
from upheld.policy import PolicyError, Promise, load, loads, render, show
from upheld.policy.vocabulary import categories, purposes

SHOP = shop()


def test_each_footnote_becomes_a_link_to_its_evidence():
    page = render.html(SHOP)
    assert '<a class="promise" href="/policy/evidence/#see" data-promise="see">see</a>' in page
    assert page.count("data-promise=") == 6
    assert '<dt id="promise-see">see</dt>\n<dd><p>All of it.</p></dd>' in page
    assert page.count("All of it.") == 1


def test_a_page_may_mark_promises_in_its_own_way():
    page = render.html(SHOP, lambda promise: f"<b>{promise.upper()}</b>")
    assert '<sup class="backed"><b>SEE</b></sup>' in page


def test_a_page_may_send_links_by_way_of_a_notice():
    policy = loads(prose("See [this](https://example.org/?a=1&b=2).").encode())
    page = render.html(policy, link=lambda address: "/leaving/?to=" + address)
    assert 'href="/leaving/?to=https://example.org/?a=1&amp;b=2"' in page


def test_headings_have_addresses_each_its_own():
    page = render.html(loads(prose("# Our shop\n\nHi.\n\n# Our shop\n\nHi.").encode()))
    assert re.findall(r'<h1 id="([^"]*)"', page) == ["our-shop", "our-shop-again"]


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](data:text/html,hi)",
        "[x](vbscript:y)",
        'a [x](https://e.example "t\\" onclick=x")',
        "a & b < c &lt;script&gt; `<script>`",
    ],
)
def test_no_text_of_the_file_becomes_code(text):
    page = render.html(loads(prose(text).encode()))
    assert "<script" not in page
    assert not re.search(r'href="(?!https:|/policy/evidence/|#)', page)
    assert not re.search(r"<[^>]*\sonclick=x[^>]*>", re.sub(r'title="[^"]*"', "", page))


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60))
def test_only_our_own_tags_come_out(text):
    try:
        policy = loads(prose("Hi. " + text).encode())
    except PolicyError:
        return
    ours = r"</?(p|h[1-6]|a|em|strong|code|ul|ol|li|blockquote|hr|br|table|thead|tbody|tr|th|td|sup|section|dl|dt|dd)\b"
    assert not re.sub(ours, "", render.html(policy)).count("<")


def test_the_inventory_is_what_is_declared():
    rows = {row.name: row for row in render.inventory(SHOP)}
    assert list(rows) == list(SHOP.data)
    name = rows["name"]
    assert name.sources == ("You gave it with an order.",)
    assert [(use.title, use.why, use.choice) for use in name.purposes] == [
        ("Billing", "To charge you.", "not a matter of choice")
    ]
    assert [(each.title, each.purpose) for each in name.recipients] == [("Carrier", "Billing")]
    assert name.jobs == ("Billing",)
    assert [(each.field, each.period, each.reason) for each in name.retention] == [
        ("", "until you delete it", ""),
        ("order.name", "7 years", "tax law"),
    ]
    assert rows["password"].sensitive
    assert rows["email"].purposes[-1].choice == "unless you refuse it"


def test_the_markdown_holds_the_prose_and_the_inventory():
    text = render.markdown(SHOP)
    assert text.startswith(SHOP.prose.strip())
    assert "| Name | You gave it with an order. | Billing | Carrier | Billing |" in text
    assert SHOP.digest in text


MDX = {
    "Write to <us@shop.example>.": "Write to [us@shop.example](mailto:us@shop.example).",
    "See <https://shop.example/a_(b)>.": "See [https://shop.example/a_(b)](https://shop.example/a_%28b%29).",
    "It is {this} and 1 < 2.": r"It is \{this\} and 1 \< 2.",
    "Not `{this}` nor ``<a ` b>``.": "Not `{this}` nor ``<a ` b>``.",
    r"Not \{this\} again.": r"Not \{this\} again.",
    "[x](<https://shop.example/a b>)": "[x](<https://shop.example/a b>)",
    "import it.": "&#105;mport it.",
    "export it.": "&#101;xport it.",
}


@pytest.mark.parametrize(("text", "expected"), MDX.items())
def test_docusaurus_gets_text_that_mdx_takes_for_text(text, expected):
    policy = loads(prose(text).encode())
    rendered = render.docusaurus(policy)
    assert rendered.endswith(expected)
    assert [each.text for each in loads(rendered.encode()).sentences] == [each.text for each in policy.sentences]


@pytest.mark.parametrize("policy", [SHOP, load(EXOKIT)], ids=["shop", "exokit"])
def test_docusaurus_gets_the_same_policy(policy):
    rendered = loads(render.docusaurus(policy).encode())
    assert rendered.sentences == policy.sentences
    assert rendered.data == policy.data
    assert render.docusaurus(policy).startswith("---\n")


@pytest.mark.parametrize("policy", [SHOP, load(EXOKIT)], ids=["shop", "exokit"])
def test_fideslang_accepts_the_manifest(policy):
    manifest = yaml.safe_load(render.fideslang(policy))
    taxonomy = Taxonomy.model_validate(manifest)
    [organisation], [system] = taxonomy.organization, taxonomy.system
    assert system.organization_fides_key == organisation.fides_key
    assert organisation.controller.email == policy.controller.contact
    declared = {each.name: each for each in system.privacy_declarations}
    assert set(declared) == {name for name, purpose in policy.purposes.items() if purpose.uses}
    assert declared["billing"].data_shared_with_third_parties
    assert {category for each in declared.values() for category in each.data_categories} <= set(categories())


@pytest.mark.parametrize("policy", [SHOP, load(EXOKIT)], ids=["shop", "exokit"])
def test_json_ld_says_it_in_dpv_terms(policy):
    notice = json.loads(render.json_ld(policy))
    assert notice["@type"] == "dpv:PrivacyNotice"
    assert notice["@context"]["dpv"] == "https://w3id.org/dpv#"
    processes = {each["@id"]: each for each in notice["dpv:hasProcess"]}
    assert list(processes) == [f"#purposes.{name}" for name in policy.purposes]
    assert processes["#purposes.billing"]["dpv:hasLegalBasis"] == {"@id": "dpv:Contract"}
    for each in processes.values():
        assert each["dpv:hasPurpose"]["@id"].removeprefix("dpv:") in purposes()
    held = {each["@id"] for each in notice["dpv:hasPersonalData"]}
    assert {each["@id"] for process in processes.values() for each in process["dpv:hasPersonalData"]} <= held
    assert {"@id": "eu-gdpr:A17"} in notice["dpv:hasRight"]
    without = json.loads(render.json_ld(shop(("[^delete]", "[^note]"))))
    assert {"@id": "eu-gdpr:A17"} not in without["dpv:hasRight"]


def test_the_tables_show_every_declaration():
    tables = {table.title: table for table in show(SHOP)}
    assert list(tables) == ["The shop's policy", "Data", "Purposes", "Recipients", "Jobs", "Retention"]
    assert all(len(row) == len(table.columns) for table in tables.values() for row in table.rows)
    assert ("books", "7 years", "order.name", "tax law") in tables["Retention"].rows
    assert ("news", "email", "unless you refuse it", "") in tables["Purposes"].rows


def test_a_mark_is_made_for_every_promise():
    for promise in Promise:
        assert f'href="/policy/evidence/#{promise}"' in render.mark(promise)
