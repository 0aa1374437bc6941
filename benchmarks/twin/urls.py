"""The twin's own views first, then the rest of the site."""

from django.urls import include, path

from benchmarks.twin import desk_views, ordering, views

urlpatterns = [
    path("sign-in/", views.sign_in),
    path("account/", views.account),
    path("account/data/", views.data),
    path("account/delete/", views.delete),
    path("order/", ordering.order),
    path("order/review/", ordering.review),
    path("webhooks/payments/", ordering.webhook),
    path("desk/queue/<slug:kind>/", desk_views.queue),
    path("desk/case/shipment/<uuid:about>/", desk_views.case),
    path("desk/case/shipment/<uuid:about>/field/order/<uuid:row>/<slug:name>/open/", desk_views.open_it),
    path("desk/find/", desk_views.find),
    path("", include("upheld.web.urls")),
]
