"""Every address of the product."""

from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="customers"), name="home"),
    path("accounts/", include("allauth.urls")),
    path("language/", set_language, name="set_language"),
]
