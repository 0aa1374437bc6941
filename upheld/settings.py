"""Django's settings for one instance, read from its folder (`upheld.home`)."""

from pathlib import Path

import dj_database_url

from upheld.home import Home

HOME = Home.here()
DEBUG = False
# Empty before `upheld init`: Django then refuses to sign anything, which is what we want.
SECRET_KEY = HOME.web_key.read_text() if HOME.web_key.exists() else ""
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", HOME.host]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "upheld.ledger",
    "upheld.vault",
    "upheld.vault.keys",
    "upheld.contact",
    "upheld.accounts",
    "upheld.staff",
    "upheld.conversations",
    "upheld.builds",
    "upheld.payments",
    "upheld.orders",
    "upheld.rights",
    "upheld.cases",
    "upheld.evidence",
    "upheld.mailbox",
    "upheld.api",
    "upheld.web",
    "upheld.desk",
]

MIDDLEWARE = [
    "upheld.web.headers.Headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "upheld.web.csrf.Csrf",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "upheld.web.privacy_control.PrivacyControl",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "upheld.web.urls"
WSGI_APPLICATION = "upheld.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "upheld.web.context.site",
                "upheld.web.context.payments",
            ]
        },
    }
]

SQLITE = {
    # IMMEDIATE: a transaction that will write takes the lock at its start, so that it waits instead of failing.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # secure_delete overwrites what is deleted: an erased key or index must not stay in a free page.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON",
}


def database(url: str, file: Path) -> dict[str, object]:
    if url:
        return {**dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True)}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": file, "OPTIONS": SQLITE}


DATABASES = {
    "default": database(HOME.text("database_url"), HOME.data_file),
    "keys": database(HOME.text("keys_url"), HOME.keys_file),
}
DATABASE_ROUTERS = ["upheld.vault.keys.router.KeysApart"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["upheld.accounts.backend.AccountBackend"]
# OWASP's parameters for Argon2id (19 MiB, 2 passes, 1 lane) are those of this hasher.
PASSWORD_HASHERS = ["upheld.accounts.passwords.Argon2id"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "upheld.accounts.passwords.MaximumLengthValidator", "OPTIONS": {"max_length": 128}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_ENGINE = "upheld.accounts.sessions"
SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "upheld.web.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [HOME.site]
LOGIN_URL = "/sign-in/"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "base-uri": ["'none'"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "img-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["'none'"],
    }
}

LANGUAGE_CODE = "en"  # of the site; letters that answer a letter are written in its language, where we have the words
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français")]
LOCALE_PATHS = [Path(__file__).parent / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

EMAIL_BACKEND = "upheld.contact.outbox.Outbox"

UPHELD_ROOT_KEY = HOME.root_key
UPHELD_POLICY_DIR = HOME.policy
UPHELD_LEDGER_DIR = HOME.ledger
UPHELD_LEDGER_KEY = HOME.ledger_key
UPHELD_ORIGIN = HOME.text("origin")

# No request line, address or form value may reach a log, see upheld.web.logs. Refused requests (4xx) are not errors.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"discreet": {"()": "upheld.web.logs.Discreet", "format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "discreet"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "CRITICAL"},
    },
}
