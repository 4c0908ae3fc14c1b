"""Every address of the product."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from liuke.site.api import api
from liuke.site.wizard import views as wizard

# The API signs people in by itself, with a key or the session, and answers 401 instead of a page.
api_urls = api.urls
for route in api_urls[0]:
    if route.callback:
        login_not_required(route.callback)

urlpatterns = [
    path("", wizard.home, name="home"),
    path("setup/", wizard.first_run, name="first-run"),
    path("setup/result/", wizard.first_calls, name="first-calls"),
    path("", include("liuke.customers.urls")),
    path("", include("liuke.agenda.urls")),
    path("", include("liuke.ownership.urls")),
    path("", include("liuke.sales.urls")),
    path("", include("liuke.followups.urls")),
    path("", include("liuke.churn.urls")),
    path("", include("liuke.imports.urls")),
    path("", include("liuke.exports.urls")),
    path("", include("liuke.desk.urls")),
    path("", include("liuke.accounts.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sso/", include("allauth.socialaccount.urls")),
    path("accounts/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("language/", login_not_required(set_language), name="set_language"),
    path("api/", api_urls),
]
