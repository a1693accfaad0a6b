"""A stock Django project with django-oauth-toolkit, served over TLS until it is told to stop.

Settings are those of the toolkit's own "Getting started" and deployment notes: the admin's login page, the toolkit's
consent page and style sheet, every default kept but ``PKCE_REQUIRED``, which Alexa skills without PKCE need to be off.

Reads one JSON object from standard input (see :class:`Plan`), and writes the port as one line once it can be reached.
"""

from __future__ import annotations

import json
import socket
import sys
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Plan:
    """What to serve. Paths are those of PEM files and of the database, which is made."""

    host: str
    database: str
    chain: str
    key: str
    username: str
    password: str
    client_id: str
    client_secret: str
    redirect_uris: list[str]


def configure(plan: Plan) -> None:
    import django
    from django.conf import settings

    settings.configure(
        ALLOWED_HOSTS=[plan.host],
        CSRF_COOKIE_SECURE=True,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": plan.database}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            "django.contrib.admin",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "oauth2_provider",
        ],
        LOGIN_URL="/admin/login/",
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        OAUTH2_PROVIDER={"PKCE_REQUIRED": False, "SCOPES": {"read": "Read your devices"}},
        ROOT_URLCONF="django_server",
        SECRET_KEY="only for a database that is gone after the test",
        SESSION_COOKIE_SECURE=True,
        STATIC_URL="static/",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        USE_TZ=True,
    )
    django.setup()


def __getattr__(name: str) -> Any:
    """``urlpatterns``, which cannot be made before Django is configured."""
    if name != "urlpatterns":
        raise AttributeError(name)
    from django.contrib import admin
    from django.urls import include, path

    return [path("admin/", admin.site.urls), path("o/", include("oauth2_provider.urls", namespace="oauth2_provider"))]


def populate(plan: Plan) -> None:
    """The tables, one user who may use the admin's login page, and the client that the skill is."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from oauth2_provider.models import get_application_model

    call_command("migrate", verbosity=0)
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


def serve(plan: Plan) -> None:
    import uvicorn
    from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
    from django.core.asgi import get_asgi_application

    bound = socket.create_server(("127.0.0.1", 0), backlog=128)
    print(bound.getsockname()[1], flush=True)
    application = ASGIStaticFilesHandler(get_asgi_application())
    config = uvicorn.Config(
        application,
        ssl_certfile=plan.chain,
        ssl_keyfile=plan.key,
        lifespan="off",
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run(sockets=[bound])


if __name__ == "__main__":
    wanted = Plan(**json.load(sys.stdin))
    configure(wanted)
    populate(wanted)
    serve(wanted)
