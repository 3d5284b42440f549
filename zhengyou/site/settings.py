"""Settings of an installation, read from the data directory and a handful of environment variables (README, Settings)."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from zhengyou.site import data

BASE = Path(__file__).resolve().parents[1]
TESTING = "pytest" in sys.modules
ROOMS = ["kit", "journal", "packs", "org", "campaigns", "plans", "commitments", "overview", "site"]

#: Tests never touch an installation's directory: theirs is made for the run and thrown away.
DATA = data.prepare(data.throwaway() if TESTING else data.directory())
SECRET_KEY = data.key(DATA, "django")
JOURNAL_KEY = data.key(DATA, "journal")
DEMO_DAY = data.demo_day(DATA)
DEBUG = False
ALLOWED_HOSTS = os.environ.get("ZHENGYOU_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
HTTPS = os.environ.get("ZHENGYOU_HTTPS", "") not in ("", "0", "no")

INSTALLED_APPS = [
    # The frame first, so that its templates and commands win over those of libraries.
    *(f"zhengyou.{room}" for room in reversed(ROOMS)),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "template_partials.apps.SimpleAppConfig",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "axes",
    "django_tasks",
    "django_tasks_db",
]
MIDDLEWARE = [
    "zhengyou.site.middleware.headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "zhengyou.site.middleware.Faults",
    "zhengyou.site.middleware.Forms",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "zhengyou.site.middleware.who",
    "zhengyou.site.middleware.sessions",
    "zhengyou.site.middleware.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "zhengyou.site.urls"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# Accounts: no sign-up, the number signs in, failures are counted by number and address (site/accounts.py)
AUTH_USER_MODEL = "org.User"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "zhengyou.site.accounts.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "zhengyou.site.accounts.GoodEnough"}]
ACCOUNT_ADAPTER = "zhengyou.site.accounts.Adapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = "number"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = False  # axes counts, in the database, for all worker processes together
ACCOUNT_FORMS = {
    "login": "zhengyou.site.accounts.SignInForm",
    "change_password": "zhengyou.site.accounts.ChangePassword",
    "set_password": "zhengyou.site.accounts.SetPassword",
}
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=30)  # 5 tries in 30 minutes are at most 10 an hour
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "zhengyou.site.accounts.normal_number"
AXES_CLIENT_IP_CALLABLE = "zhengyou.site.accounts.counted_address"
AXES_LOCKOUT_CALLABLE = "zhengyou.site.views.locked_out"
AXES_SENSITIVE_PARAMETERS = ["username", "login", "ip_address"]
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_COOKIE_NAME = "zy_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "zhengyou.site.faults.expired"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host]
    SECURE_HSTS_SECONDS = 30 * 24 * 3600
# The headers that SecurityMiddleware would set are set for every answer by site.middleware.headers.
SECURE_REFERRER_POLICY = SECURE_CROSS_ORIGIN_OPENER_POLICY = None
LARGEST_BODY = 64 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = DATA / "staging"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            ["django.template.loaders.app_directories.Loader"],
                        )
                    ],
                )
            ],
            "builtins": ["template_partials.templatetags.partials", "zhengyou.site.templatetags.zy"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "zhengyou.site.shell.context",
            ],
        },
    }
]


SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
    "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY"
)
"""FULL: what was confirmed survives a power cut (tested in site/tests/test_power.py)."""


def _database() -> dict:
    """SQLite in the data directory, or what ZHENGYOU_DATABASE_URL names (postgres://user:password@host:port/name)."""
    url = os.environ.get("ZHENGYOU_DATABASE_URL", "")
    if url:
        parts = urlsplit(url)
        if parts.scheme not in ("postgres", "postgresql"):
            raise SystemExit("ZHENGYOU_DATABASE_URL: write postgres://user:password@host:port/name")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or parse_qs(parts.query).get("host", [""])[0]),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "zhengyou.sqlite3",
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": SQLITE_PRAGMAS,
        },
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "zy_language"
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"


def _mail() -> dict:
    """What ZHENGYOU_EMAIL_URL names: smtp://, smtp+tls:// or smtps://user:password@host:port?from=address; file:///folder."""
    url = os.environ.get("ZHENGYOU_EMAIL_URL", "")
    parts = urlsplit(url)
    sender = parse_qs(parts.query).get("from", [""])[0] or (unquote(parts.username) if parts.username else "")
    if parts.scheme == "file":
        return {"backend": "filebased", "folder": unquote(parts.path), "sender": sender, "on": True}
    if url and (parts.scheme not in ("smtp", "smtp+tls", "smtps") or not parts.hostname or "@" not in sender):
        raise SystemExit(
            "ZHENGYOU_EMAIL_URL: write smtp+tls://user:password@host:587?from=name@example.org (or smtps://, smtp://)"
        )
    return {
        "backend": "smtp",
        "folder": None,
        "on": bool(url),
        "sender": sender,
        "host": parts.hostname or "localhost",
        "port": parts.port or {"smtps": 465, "smtp+tls": 587}.get(parts.scheme, 25),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "tls": parts.scheme == "smtp+tls",
        "ssl": parts.scheme == "smtps",
    }


_MAIL = _mail()
#: Without an address of a mail server letters stay in the outbox, and its page says so.
MAILING = _MAIL["on"]
EMAIL_BACKEND = f"django.core.mail.backends.{_MAIL['backend']}.EmailBackend"
EMAIL_FILE_PATH = _MAIL["folder"]
EMAIL_HOST, EMAIL_PORT = _MAIL.get("host", ""), _MAIL.get("port", 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL.get("user", ""), _MAIL.get("password", "")
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL.get("tls", False), _MAIL.get("ssl", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = _MAIL["sender"] or "zhengyou@localhost"

STATIC_URL = "static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "zhengyou.site.assets.Versioned"},
}
#: `serve` and `demo` publish compressed copies first (site.assets.publish); everybody else reads them where they lie.
PUBLISHED = bool(os.environ.get("ZHENGYOU_PUBLISHED"))
STATIC_ROOT = DATA / "static" if PUBLISHED else None
WHITENOISE_USE_FINDERS = not PUBLISHED
WHITENOISE_MAX_AGE = 30 * 24 * 3600  # addresses carry the file's hash

TASKS = {
    "default": {
        "BACKEND": "django_tasks.backends.immediate.ImmediateBackend"
        if TESTING
        else "django_tasks_db.DatabaseBackend"
    }
}

LOG = os.environ.get("ZHENGYOU_LOG", "INFO").upper()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "zhengyou.site.log.Line",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {
        "file": {
            "class": "logging.handlers.RotatingFileHandler",
            "filename": DATA / "log" / "zhengyou.log",
            "maxBytes": 5_000_000,
            "backupCount": 5,
            "encoding": "utf-8",
            "delay": True,
            "formatter": "line",
        }
    },
    "root": {
        "handlers": ["file"],
        "level": LOG if LOG in ("DEBUG", "INFO", "WARNING", "ERROR") else "INFO",
    },
    # Who signed in from where is personal: it is counted (axes), not logged.
    "loggers": {"axes": {"level": "CRITICAL"}, "django": {"handlers": [], "propagate": True}},
}
