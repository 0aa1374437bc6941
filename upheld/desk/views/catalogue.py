"""`/desk/products/`: what is sold, its prices and stock, and where to. Nothing there is about anybody."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path

from upheld.desk.doors import desk, member, session
from upheld.desk.pages import page
from upheld.desk.product_forms import ChangeForm, DestinationForm, ProductForm, VariantForm
from upheld.orders import verbs
from upheld.orders.errors import OrdersError, ProductUnfit, SkuTaken, SlugTaken
from upheld.orders.models import Destination, Product, Variant
from upheld.policy.actors import Actor
from upheld.policy.standing import CATALOGUE
from upheld.staff import acting, sessions
from upheld.web.forms import Form


@desk("GET", kind=CATALOGUE)
def products(request: HttpRequest) -> HttpResponse:
    """Those that are sold; with `?withdrawn=1`, those that no longer are, too."""
    everything = request.GET.get("withdrawn") == "1"
    rows = Product.objects.order_by("slug")
    variants = Variant.objects.order_by("id")
    if not everything:
        rows, variants = rows.filter(withdrawn_at=None), variants.filter(withdrawn_at=None)
    found = rows.prefetch_related(Prefetch("variants", variants))
    return page(request, "desk/catalogue/products.html", {"products": found, "everything": everything})


@desk("GET", kind=CATALOGUE)
def new(request: HttpRequest) -> HttpResponse:
    return page(request, "desk/catalogue/new.html", {"form": ProductForm()})


@desk("POST", kind=CATALOGUE, proven=True)
def add(request: HttpRequest) -> HttpResponse:
    form = ProductForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():  # what is wrong with the variant leaves no product without one behind
                product = verbs.add_product(**form.of_product(), by=_by(request))
                verbs.add_variant(product, **form.of_variant(), by=_by(request))
        except OrdersError as error:
            _refuse(form, error)
        else:
            return _done(request, f"{product.slug} is sold from now on.", "desk_product", product.pk)
    return page(request, "desk/catalogue/new.html", {"form": form}, status=422)


@desk("GET", kind=CATALOGUE)
def product(request: HttpRequest, id: UUID) -> HttpResponse:
    return _product(request, get_object_or_404(Product, pk=id), VariantForm())


@desk("POST", kind=CATALOGUE, proven=True)
def add_variant(request: HttpRequest, id: UUID) -> HttpResponse:
    found, form = get_object_or_404(Product, pk=id, withdrawn_at=None), VariantForm(request.POST)
    if form.is_valid():
        try:
            verbs.add_variant(found, **form.given(), by=_by(request))
        except OrdersError as error:
            _refuse(form, error)
        else:
            return _done(request, f"{form.cleaned_data['sku']} is sold from now on.", "desk_product", found.pk)
    return _product(request, found, form, status=422)


@desk("GET", kind=CATALOGUE)
def variant(request: HttpRequest, id: UUID) -> HttpResponse:
    found = _variant(id)
    return page(request, "desk/catalogue/variant.html", {"variant": found, "form": ChangeForm(variant=found)})


@desk("POST", kind=CATALOGUE, proven=True)
def change(request: HttpRequest, id: UUID) -> HttpResponse:
    found = _variant(id)
    form = ChangeForm(request.POST, variant=found)
    if form.is_valid():
        try:
            changes = form.changes()
            if changes:
                verbs.change_variant(found, **changes, by=_by(request))
        except OrdersError as error:
            form = _as_now(request, id)
            _refuse(form, error)
        else:
            said = f"{found.sku} is changed." if changes else f"Nothing of {found.sku} was changed."
            return _done(request, said, "desk_product", found.product_id)
    return page(request, "desk/catalogue/variant.html", {"variant": found, "form": form}, status=422)


@desk("POST", kind=CATALOGUE, proven=True)
def withdraw_product(request: HttpRequest, id: UUID) -> HttpResponse:
    found = get_object_or_404(Product, pk=id)
    verbs.withdraw(found, by=_by(request))
    return _done(request, f"{found.slug} is not sold any more.", "desk_catalogue")


@desk("POST", kind=CATALOGUE, proven=True)
def withdraw_variant(request: HttpRequest, id: UUID) -> HttpResponse:
    found = get_object_or_404(Variant, pk=id)
    verbs.withdraw(found, by=_by(request))
    return _done(request, f"{found.sku} is not sold any more.", "desk_product", found.product_id)


@desk("GET", kind=CATALOGUE)
def countries(request: HttpRequest) -> HttpResponse:
    """With `?country=DE`, the form has what holds there now."""
    code = request.GET.get("country", "").upper()
    named = Destination.objects.filter(pk=code).first() if code in verbs.countries() else None
    return _countries(request, DestinationForm.about(named) if named else DestinationForm())


@desk("POST", kind=CATALOGUE, proven=True)
def set_country(request: HttpRequest) -> HttpResponse:
    form = DestinationForm(request.POST)
    if form.is_valid():
        try:
            row = verbs.set_destination(**form.cleaned_data, by=_by(request))
        except OrdersError as error:
            _refuse(form, error)
        else:
            return _done(request, f"{row.country} is sold to at these rates from now on.", "desk_countries")
    return _countries(request, form, status=422)


def _by(request: HttpRequest) -> Actor:
    return acting.as_staff(member(request), CATALOGUE)


def _done(request: HttpRequest, sentence: str, where: str, *args: Any) -> HttpResponse:
    sessions.say(session(request), sentence)
    return redirect(where, *args)


def _refuse(form: Form, error: OrdersError) -> None:
    """Beside the field that it is about."""
    field = {SkuTaken: "sku", SlugTaken: "slug"}.get(type(error), "")
    field = error.field if isinstance(error, ProductUnfit) else field
    form.refuse(str(error), field if field in form.fields else None)


def _variant(id: UUID) -> Variant:
    """One that is sold. Raises Http404."""
    found: Variant | None = Variant.objects.select_related("product").filter(pk=id, withdrawn_at=None).first()
    if found is None:
        raise Http404
    return found


def _as_now(request: HttpRequest, id: UUID) -> ChangeForm:
    """The form as it was typed, made again with the stock that there is now, so that it can be sent once more."""
    now = _variant(id)
    form = ChangeForm(
        {**request.POST.dict(), "initial-stock": "" if now.stock is None else str(now.stock)}, variant=now
    )
    form.full_clean()
    return form


def _product(request: HttpRequest, found: Product, form: VariantForm, status: int = 200) -> HttpResponse:
    shown = {"product": found, "variants": found.variants.order_by("id"), "form": form}
    return page(request, "desk/catalogue/product.html", shown, status)


def _countries(request: HttpRequest, form: DestinationForm, status: int = 200) -> HttpResponse:
    rows, names = Destination.objects.order_by("country"), verbs.countries()
    shown = {"rows": [(row, names.get(row.country, row.country)) for row in rows], "form": form}
    return page(request, "desk/catalogue/countries.html", shown, status)


urlpatterns = [
    path("products/", products, name="desk_catalogue"),
    path("products/new/", new, name="desk_product_new"),
    path("products/add/", add, name="desk_product_add"),
    path("products/countries/", countries, name="desk_countries"),
    path("products/countries/set/", set_country, name="desk_country_set"),
    path("products/<uuid:id>/", product, name="desk_product"),
    path("products/<uuid:id>/variants/", add_variant, name="desk_variant_add"),
    path("products/<uuid:id>/withdraw/", withdraw_product, name="desk_product_withdraw"),
    path("products/variants/<uuid:id>/", variant, name="desk_variant"),
    path("products/variants/<uuid:id>/change/", change, name="desk_variant_change"),
    path("products/variants/<uuid:id>/withdraw/", withdraw_variant, name="desk_variant_withdraw"),
]
