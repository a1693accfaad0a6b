"""A stock Django project with django-oauth-toolkit: the admin's login page, the toolkit's consent page and style sheet.

Settings are those of the toolkit's own "Getting started" and deployment notes; every default is kept but
``PKCE_REQUIRED``, which Alexa skills without PKCE need to be off.
"""

from __future__ import annotations

from typing import Any

import django_site
from django_site import Plan


def configure(plan: Plan) -> None:
    django_site.configure(
        plan,
        urls="toolkit_server",
        apps=["oauth2_provider"],
        middleware=[],
        settings={
            "LOGIN_URL": "/admin/login/",
            "OAUTH2_PROVIDER": {"PKCE_REQUIRED": False, "SCOPES": {"read": "Read your devices"}, **plan.provider},
        },
    )


def __getattr__(name: str) -> Any:
    """``urlpatterns``, which cannot be made before Django is configured."""
    if name != "urlpatterns":
        raise AttributeError(name)
    from django.contrib import admin
    from django.http import JsonResponse
    from django.urls import include, path
    from oauth2_provider.views.generic import ProtectedResourceView

    class Devices(ProtectedResourceView):
        """The toolkit's tutorial "Part 2 - protect your APIs"."""

        def get(self, request: Any) -> JsonResponse:
            return JsonResponse({"owner": request.resource_owner.get_username(), "devices": []})

    return [
        path("admin/", admin.site.urls),
        path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
        path("devices", Devices.as_view()),
    ]


def populate(plan: Plan) -> None:
    """One user who may use the admin's login page, and the client that the skill is."""
    from django.contrib.auth import get_user_model
    from oauth2_provider.models import get_application_model

    get_user_model().objects.create_user(plan.username, password=plan.password, is_staff=True)
    application = get_application_model()
    application.objects.create(
        name="Example skill",
        client_id=plan.client_id,
        client_secret=plan.client_secret,
        client_type=application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=application.GRANT_AUTHORIZATION_CODE,
        redirect_uris=" ".join(plan.redirect_uris),
    )


if __name__ == "__main__":
    django_site.run(configure, populate)
