"""A small policy for the tests, and the means to change a line of it."""

from pathlib import Path

from upheld.policy import Policy, loads

EXOKIT = Path(__file__).parents[2] / "policies" / "exokit.md"

TEXT = """\
---
id: privacy
title: The shop's policy
sidebar_label: Privacy
effective: 2026-01-01
controller: {name: The shop, contact: us@shop.example}
products: [shop]
data:
  email: {category: user.contact.email, sources: [sign_up, account, letter], title: E-mail address}
  password: {category: user.authorization.password, sources: [sign_up], sensitive: true}
  name: {category: user.name, sources: [order]}
  passkey: {category: user.authorization.credentials, sources: [account]}
  totp: {category: user.authorization.credentials, sources: [account]}
purposes:
  sign_up: {uses: [email, password]}
  sign_in: {uses: [email, password]}
  billing: {uses: [email, name], why: To charge you.}
  news: {uses: [email], choice: opt_out}
recipients:
  carrier: {receives: [name], for: billing}
jobs:
  billing: {opens: [email, name], while: [refund]}
retention:
  account: {keep: until_erased}
  books: {keep: 7y, fields: [order.name], reason: tax law}
---
# The shop

You can see, correct and delete it.[^see][^correct][^delete] We say how.[^published]
Refuse our letters at any time.[^opt-out-any-time] Keys change.[^precautions]

[^see]: All of it.
[^correct]: Any of it.
[^delete]: At once.
[^published]: Here.
[^opt-out-any-time]: In one step.
[^precautions]: Now and then.
"""


def shop(*changes: tuple[str, str]) -> Policy:
    """The shop's policy with each first text replaced by the second, which must be there to be replaced."""
    return loads(changed(*changes).encode(), "shop.md")


def changed(*changes: tuple[str, str]) -> str:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def prose(text: str) -> str:
    """The shop's front matter with other prose under it."""
    return TEXT[: TEXT.index("# The shop")] + text
