"""The views that are compared: the same forms and templates, over the twin's tables."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from benchmarks.twin.models import Account, Address, Choice, Device, forget
from upheld.accounts.devices import device
from upheld.policy import force
from upheld.rights.seen.held import Held, Item, Row, Use
from upheld.web.forms import PresenceForm, SignInForm
from upheld.web.views.data import Kind


def sign_in(request: HttpRequest) -> HttpResponse:
    form = SignInForm.of(request)
    if form.is_valid():
        address = Address.objects.filter(email=form.cleaned_data["email"].lower()).first()
        account = Account.objects.filter(pk=address.subject).first() if address else None
        if account is not None and account.check_password(form.cleaned_data["password"]):
            with transaction.atomic():
                login(request, account)
                Device.objects.create(subject=account.id, name=device(request.headers.get("User-Agent", "")))
            return redirect("account")
        form.refuse("The address and the password do not belong together.")
    return render(request, "web/sign_in.html", {"form": form, "next": "/account/"})


@login_required
def account(request: HttpRequest) -> HttpResponse:
    subject, policy = _subject(request), force.in_force()
    chosen = dict(Choice.objects.filter(subject=subject).order_by("at").values_list("topic", "allowed"))
    held = held_about(subject)
    context = {
        "held": held,
        "kinds": list(dict.fromkeys(item.title for item in held.items)),
        "staff": [],
        "choices": [(policy.purposes[topic].title, chosen.get(topic, True)) for topic in policy.topics],
        "passkeys": 0,
        "totp": False,
        "sessions": Device.objects.filter(subject=subject).count(),
    }
    return render(request, "web/account.html", context)


@login_required
def data(request: HttpRequest) -> HttpResponse:
    held = held_about(_subject(request))
    kinds = [
        Kind(row.items[0].title, row.label, [(row, [(item, 0) for item in row.items], "")], 0) for row in held.rows
    ]
    return render(request, "web/data.html", {"held": held, "kinds": kinds, "others": [], "handed": [], "openings": []})


@login_required
def delete(request: HttpRequest) -> HttpResponse:
    form = PresenceForm.of(request)
    if form.is_valid() and request.user.check_password(form.cleaned_data["password"]):
        with transaction.atomic():
            forget(_subject(request))
            logout(request)
        said = {"heading": "Done", "text": "Your account is deleted.", "to": "/", "act": "First page"}
        return render(request, "web/said.html", said)
    return render(request, "web/confirm.html", {"form": form})


def _subject(request: HttpRequest) -> UUID:
    assert isinstance(request.user.pk, UUID)
    return request.user.pk


def held_about(subject: UUID) -> Held:
    """What the pages show, from plain columns."""
    rows = tuple(Row(item.label, item.row, (item,), None) for item in _items(subject))
    return Held(
        subject=subject, policy=force.in_force(), seen_at=timezone.now(), rows=rows,
        disclosures=(), notices=(), openings=(), story=(), older={},
    )  # fmt: skip


def _items(subject: UUID) -> Iterator[Item]:
    for row in Address.objects.filter(subject=subject):
        yield _item("address", row.id, "email", row.email, row.collected_at, "address")
    for row in Account.objects.filter(pk=subject):
        yield _item("account", row.id, "password", None, row.created_at, "password")
    for row in Device.objects.filter(subject=subject):
        yield _item("session", row.id, "device", row.name, row.created_at, "replace")


def _item(label: str, row: UUID, datum: str, value: str | None, at: datetime, how: str) -> Item:
    policy = force.in_force()
    purposes: dict[str, Any] = dict(policy.purposes)
    return Item(
        label=label, row=row, field=datum, datum=datum, title=policy.data[datum].title or datum, sensitive=False,
        value=value, withheld="" if value else "Never shown.",
        uses=tuple(Use(n, p.title, p.why, p.choice) for n, p in purposes.items() if datum in p.uses),
        source="sign_up", source_words=policy.sources["sign_up"], at=at, retention="account",
        retention_words="until you delete it", until=None, reason="", received=(),
        recipients=tuple(r.title for r in policy.recipients.values() if datum in r.receives), how=how,
    )  # fmt: skip
