"""A stock Django project whose identity provider is django-allauth (``allauth.idp.oidc``), with allauth's own pages.

Settings are those of its "Installation" pages; every default is kept. The user's e-mail address is verified, as allauth
would have it.
"""

from __future__ import annotations

from typing import Any

import django_site
from django_site import Plan


def configure(plan: Plan) -> None:
    django_site.configure(
        plan,
        urls="allauth_server",
        apps=["allauth", "allauth.account", "allauth.idp.oidc"],
        middleware=["allauth.account.middleware.AccountMiddleware"],
        settings={
            "AUTHENTICATION_BACKENDS": ["allauth.account.auth_backends.AuthenticationBackend"],
            "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
            "IDP_OIDC_PRIVATE_KEY": _private_key(),
            **plan.provider,
        },
    )


def _private_key() -> str:
    """What identity tokens are signed with. allauth reads and checks it anew for each of them.

    With 2,048 bits that is four fifths of all the time a token request takes here, with 1,024 a fifth: then twenty
    refreshes at once stay far from the seconds Alexa allows also where other tests keep the processor busy.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    return (
        rsa.generate_private_key(public_exponent=65537, key_size=1024)
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode()
    )


def __getattr__(name: str) -> Any:
    """``urlpatterns``, which cannot be made before Django is configured."""
    if name != "urlpatterns":
        raise AttributeError(name)
    from django.urls import include, path

    return [path("accounts/", include("allauth.urls")), path("", include("allauth.idp.urls"))]


def populate(plan: Plan) -> None:
    """One user, and the client that the skill is."""
    from allauth.account.models import EmailAddress
    from allauth.idp.oidc.models import Client
    from django.contrib.auth import get_user_model

    email = f"{plan.username}@{plan.host}"
    user = get_user_model().objects.create_user(plan.username, email=email, password=plan.password)
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    client = Client(id=plan.client_id, name="Example skill")
    client.set_secret(plan.client_secret)
    client.set_scopes(["openid", "profile"])
    client.set_grant_types([Client.GrantType.AUTHORIZATION_CODE, Client.GrantType.REFRESH_TOKEN])
    client.set_redirect_uris(plan.redirect_uris)
    client.save()


if __name__ == "__main__":
    django_site.run(configure, populate)
