"""The checks of what the site says and asks: its pages, forms and headers, as this process answers them."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from django.template.defaultfilters import pluralize
from django.urls import reverse

from upheld import ledger
from upheld.accounts import verbs as accounts
from upheld.accounts.models import Account
from upheld.accounts.sessions import SessionStore
from upheld.policy import Promise, force, words
from upheld.policy.acts import Act
from upheld.policy.checks import Finding, check
from upheld.policy.document import Policy
from upheld.rights.checks import rehearsed
from upheld.rights.checks.rehearsal import BROWSER, Nobody
from upheld.web import choosing as choosing  # registers the check of what the site lets people choose
from upheld.web import giving as giving  # registers the check of who can download a build
from upheld.web import one_click as one_click  # registers the check of the link in a letter
from upheld.web import served as served  # registers the checks of the site as it is served
from upheld.web.pages import Page, client, fetch, is_foreign, pages
from upheld.web.trying import order_pages

# What people type into a form, and which datum it is; nothing for what is no datum: a code that we sent, a new value of
# something held, which the vault checks against the policy.
ASKED = {
    "email": "email",
    "password": "password",
    "new_password": "password",
    "name": "passkey",
    "card": "card",
    "card_token": "card",
    "code": "",
    "number": "build",
    "promise": "",
    "right": "",
    "text": "message",
    "value": "",
    "variant": "",
    "quantity": "",
}
ORDERED = {
    **ASKED,
    "name": "name",
    "country": "country",
    **dict.fromkeys(("address_line1", "address_line2", "city", "region", "postal_code"), "address"),
}
"""The same on the pages under /order/."""
SOURCES = {
    "/sign-up/": "sign_up",
    "/order/": "order",
    **dict.fromkeys(("/concern/", "/rights/", "/account/conversations/", "/account/requests/"), "letter"),
}
"""By where a page's path begins; every other page is the account's."""
NUMBERS = re.compile("number|cvc|cvv|csc|security.?code|pan$", re.IGNORECASE)
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
FOREIGN_IN_STYLES = re.compile(r"(?:url\(\s*['\"]?|@import\s+['\"])(?:https?:)?//", re.IGNORECASE)
STATIC = Path(__file__).parent / "static"
MOST = 20
OK, FAILURE = 200, 500


@check(
    Promise.PUBLISHED,
    how="The policy is fetched from /policy/raw and each version from its own address, and compared byte for byte with "
    "the files in force; the ledger must have the digest of every one of them.",
)
def published() -> Finding:
    browser, policies = client(), force.published().versions()
    wrong = _other_bytes(browser.get(reverse("policy_raw"), secure=True).content, force.in_force(), "/policy/raw")
    for policy in policies:
        path = reverse("version_raw", args=[policy.effective])
        wrong += _other_bytes(browser.get(path, secure=True).content, policy, path)
    recorded = {entry.facts["digest"] for entry in ledger.Entry.objects.filter(act=Act.POLICY_PUBLISH)}
    wrong += [f"the ledger does not have the version of {p.effective}" for p in policies if p.digest not in recorded]
    figure = f"{len(policies)} version{pluralize(len(policies))} served as enforced and recorded"
    return Finding(not wrong, figure, tuple(wrong))


@check(
    Promise.INVENTORY,
    how="The page /policy/ is fetched; every datum and recipient that is declared, and every purpose that opens "
    "something, must stand on it.",
)
def declared() -> Finding:
    seen, policy = fetch(client(), reverse("policy")), force.in_force()
    titles = [words.datum(policy, name) for name in policy.data]
    titles += [words.purpose(policy, name) for name, purpose in policy.purposes.items() if purpose.uses]
    titles += [words.recipient(policy, name) for name in policy.recipients]
    missing = [title for title in titles if " ".join(title.split()) not in seen.words]
    return Finding(not missing, f"{len(titles)} declarations on the page", tuple(f"not there: {t}" for t in missing))


@check(
    Promise.CHOICES,
    how="A made-up person opens their page of choices; every topic of the policy must stand on it, with a way to "
    "refuse them all.",
)
def choices() -> Finding:
    return _everywhere(_chosen)


@check(
    Promise.SCOPE,
    how="Every field that people can type into, on every page, must be one that this file names, for a datum that the "
    "policy declares for that page's source.",
)
def scope() -> Finding:
    return _everywhere(_asked)


@check(
    Promise.SOLE_OWNER,
    how="Every page, signed out and signed in, is read: nothing in it may be loaded from or sent to another site, and "
    "its content security policy must allow no other; style sheets likewise. A browser's own record of each page is "
    "compared by the tests of each release.",
)
def sole_owner() -> Finding:
    return _both(_everywhere(_loaded), _styles())


@check(
    Promise.PRECAUTIONS,
    how="Every page, signed out and signed in, must carry the headers named in this file, and must not be kept in "
    "caches when it is someone's own.",
)
def headers() -> Finding:
    return _everywhere(_headed)


@check(
    Promise.SIGN_UP_FORM,
    how="The fields of the form at /sign-up/ are compared with the data that the policy declares for the source "
    "sign_up. A card is what the processor gave for it, and not its number.",
)
def sign_up_form() -> Finding:
    return _compared([fetch(client(), reverse("sign_up"))], "sign_up")


@check(
    Promise.ORDER_FORM,
    how="The form at /order/, for a basket with a parcel in it, as a visitor and as a made-up person see it, is "
    "compared with the data that the policy declares for the source order. No field may have the name of a card's "
    "number or security code.",
)
def order_form() -> Finding:
    return _everywhere(_ordering)


@check(
    Promise.LEAVING_NOTICE,
    how="Every link on every page, signed out and signed in, is read: none may lead to another site without notice.",
)
def leaving_notice() -> Finding:
    return _everywhere(_leading)


def _ordering(found: Iterable[Page]) -> Finding:
    """The form that a visitor gets, where the policy lets guests order, and the one for somebody signed in."""
    shown = [page for page in found if page.path == reverse("order") and page.status == OK]
    wanted = 2 if "order" in force.in_force().guests else 1
    if len(shown) != wanted:
        return Finding(None, f"{len(shown)} of {wanted} order forms could be seen")
    return _compared(shown, "order")


def _compared(forms: Iterable[Page], source: str) -> Finding:
    """Each form asks for what the policy declares for its source: nothing more, nothing less."""
    wanted, asked, wrong = set(force.in_force().fields_of(source)), set[str](), list[str]()
    for form in forms:
        given = {_datum(form, name) or name for name in form.asks}
        wrong += [f"not declared: {name}" for name in sorted(given - wanted)]
        wrong += [f"declared, and not asked for: {name}" for name in sorted(wanted - given)]
        wrong += [f"{name} would be sent to us" for name in sorted(form.names) if NUMBERS.search(name)]
        asked |= given
    return Finding(not wrong, f"asks for {', '.join(sorted(asked))}", tuple(dict.fromkeys(wrong)))


def _datum(page: Page, name: str) -> str | None:
    """What is asked for under this name; empty for no datum, None for a name that nothing knows."""
    return (ORDERED if page.path.startswith("/order/") else ASKED).get(name)


def _source(path: str) -> str:
    return next((source for start, source in SOURCES.items() if path.startswith(start)), "account")


def _other_bytes(served: bytes, policy: Policy, path: str) -> list[str]:
    return [] if served == policy.text else [f"{path} is not the version of {policy.effective}"]


def _asked(found: Iterable[Page]) -> Finding:
    policy, count, wrong = force.in_force(), 0, []
    for page in found:
        source = _source(page.path)
        for name in page.asks:
            count += 1
            datum = _datum(page, name)
            if datum is None or (datum and source not in policy.data[datum].sources):
                wrong.append(f"{page.path} asks for {name}")
    return Finding(not wrong, f"{count} fields of forms, each declared", tuple(wrong[:MOST]))


def _loaded(found: Iterable[Page]) -> Finding:
    count, wrong = 0, []
    for page in found:
        count += 1
        wrong += [f"{page.path} loads {address}" for address in page.loads if is_foreign(address)]
        loose = _loose(page.headers.get("Content-Security-Policy", ""))
        wrong += [f"{page.path} allows {each}" for each in loose]
    return Finding(not wrong, f"{count} pages load nothing from elsewhere", tuple(wrong[:MOST]))


def _loose(policy: str) -> Iterator[str]:
    """What a content security policy lets in beyond this site: every source must be a keyword that is not unsafe."""
    directives = dict(each.split(None, 1) for each in policy.split(";") if len(each.split(None, 1)) == 2)
    if directives.get("default-src", "").strip() != "'none'":
        yield "whatever is not named"
    for name, sources in directives.items():
        yield from (f"{name} {each}" for each in sources.split() if not each.startswith("'") or "unsafe" in each)


def _styles() -> Finding:
    files = list(STATIC.rglob("*.css"))
    wrong = [f"{file.name} loads from elsewhere" for file in files if FOREIGN_IN_STYLES.search(file.read_text("utf-8"))]
    return Finding(not wrong, f"{len(files)} style sheets", tuple(wrong))


def _headed(found: Iterable[Page]) -> Finding:
    count, wrong = 0, []
    for page in found:
        count += 1
        given = page.headers
        wrong += [f"{page.path} lacks {name}" for name, value in HEADERS.items() if given.get(name) != value]
        if "max-age=" not in given.get("Strict-Transport-Security", ""):
            wrong.append(f"{page.path} lacks Strict-Transport-Security")
        if page.path.startswith(("/account/", "/sign-")) and "no-store" not in given.get("Cache-Control", ""):
            wrong.append(f"{page.path} may be kept in a cache")
    return Finding(not wrong, f"{count} pages with strict headers", tuple(wrong[:MOST]))


def _leading(found: Iterable[Page]) -> Finding:
    links = [(page.path, address) for page in found for address in page.links]
    away = [f"{path} leads to {address}" for path, address in links if is_foreign(address)]
    if away:
        return Finding(False, f"{len(away)} links leave without notice", tuple(away[:MOST]))
    return Finding(None, f"{len(links)} links, none of which leaves; the notice comes with the first", enforced=False)


def _both(one: Finding, other: Finding) -> Finding:
    """Two findings of one check: broken when either is, unknown when either is."""
    upheld = False if False in (one.upheld, other.upheld) else None if None in (one.upheld, other.upheld) else True
    details = (*one.details, *other.details)[:MOST]
    return Finding(upheld, f"{one.figure}; {other.figure}", details, one.enforced and other.enforced)


def _chosen(found: Iterable[Page]) -> Finding:
    policy, path = force.in_force(), reverse("choices")
    page = [each for each in found if each.path == path][-1]  # the first is the visitor's, who is sent to sign in
    missing = [topic for topic in policy.topics if words.purpose(policy, topic) not in page.words]
    if reverse("stop") not in page.loads:
        missing.append("a way to refuse everything")
    return Finding(
        not missing, f"{len(policy.topics)} choices on the page", tuple(f"not there: {each}" for each in missing)
    )


def _everywhere(look: Callable[[Iterable[Page]], Finding]) -> Finding:
    """Look at every page of the site, as a visitor and as the made-up person see it."""
    visited = rehearsed.shown("pages")
    return look(_visited) if visited.upheld else visited


def _visit(nobody: Nobody) -> Finding:
    account, session = Account.objects.get(subject=nobody.subject), SessionStore()
    row = accounts.start_session(session, account, ways=["password"], user_agent=BROWSER)
    key = session.session_key or ""
    _visited[:] = [*pages(client()), *order_pages(), *pages(client(key)), *order_pages(key)]
    accounts.end_session(account, session=row.pk, by=nobody.by)
    failed = [f"{page.path} answered {page.status}" for page in _visited if page.status >= FAILURE]
    return Finding(None if failed else True, f"{len(_visited)} pages, {len(failed)} of which failed", tuple(failed))


_visited: list[Page] = []
rehearsed.also("pages", _visit)
