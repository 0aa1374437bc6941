"""The twin's own views first, then the rest of the site."""

from django.urls import include, path

from benchmarks.twin import views

urlpatterns = [
    path("sign-in/", views.sign_in),
    path("account/", views.account),
    path("account/data/", views.data),
    path("account/delete/", views.delete),
    path("", include("upheld.web.urls")),
]
