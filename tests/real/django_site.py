"""What the Django projects of these tests share: the plan, the settings that no provider brings, and serving over TLS.

Each project is a program: it reads one JSON object from standard input (see :class:`Plan`), and writes its port as one
line once it can be reached. It ends when it is killed.
"""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Plan", "configure", "run"]


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
    provider: dict[str, Any]
    """Settings of the provider that differ from the project's."""


def configure(plan: Plan, *, urls: str, apps: list[str], middleware: list[str], settings: Mapping[str, Any]) -> None:
    """Set Django up as its deployment notes say, with what the provider adds.

    SQLite has no row locks. ``IMMEDIATE`` transactions wait for each other as ``SELECT ... FOR UPDATE`` does elsewhere,
    so that two requests at the same moment meet what the provider does, and not "database is locked". The password
    hasher is the one that Django's "Speeding up the tests" names: both providers hash the client's secret with it, and
    the default one turns twenty refreshes at once into seconds.
    """
    import django
    from django.conf import settings as django_settings

    django_settings.configure(
        ALLOWED_HOSTS=[plan.host],
        CSRF_COOKIE_SECURE=True,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": plan.database,
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "timeout": 60,
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF",
                },
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            "django.contrib.admin",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            *apps,
        ],
        LOGGING={
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {"stderr": {"class": "logging.StreamHandler"}},
            "root": {"handlers": ["stderr"], "level": "ERROR"},
        },
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
            *middleware,
        ],
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        ROOT_URLCONF=urls,
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
        **settings,
    )
    django.setup()


def run(configure: Callable[[Plan], None], populate: Callable[[Plan], None]) -> None:
    """Make the tables, fill them, and serve until the end."""
    plan = Plan(**json.load(sys.stdin))
    configure(plan)

    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    populate(plan)
    _serve(plan)


def _serve(plan: Plan) -> None:
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
