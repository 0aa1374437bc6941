"""The addresses that programs use."""

from django.urls import path

from upheld.api import forgetting, views

urlpatterns = [
    path("forget", forgetting.forget, name="usage_forget"),
    path("report", views.report, name="usage_report"),
    path("schema.json", views.schema, name="usage_schema"),
    path("stop", forgetting.stop, name="usage_stop"),
]
