"""The addresses that programs use."""

from django.urls import path

from upheld.api import views

urlpatterns = [
    path("report", views.report, name="usage_report"),
    path("schema.json", views.schema, name="usage_schema"),
]
