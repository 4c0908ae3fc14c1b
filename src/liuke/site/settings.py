"""Settings. Everything a firm may change comes from the environment, with safe defaults."""

from pathlib import Path

import dj_database_url
from django.utils.translation import gettext_lazy as _

from liuke.site import environment as env

PACKAGE = Path(__file__).resolve().parent.parent

HOME = env.home()
DEBUG = env.flag("LIUKE_DEBUG")
SECRET_KEY = env.secret_key(HOME)
ALLOWED_HOSTS = env.words("LIUKE_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("LIUKE_ORIGINS", "")
HTTPS = env.flag("LIUKE_HTTPS")

INSTALLED_APPS = [
    "liuke.core",
    "liuke.accounts",
    "liuke.exports",
    "liuke.customers",
    "liuke.agenda",
    "liuke.ownership",
    "liuke.sales",
    "liuke.followups",
    "liuke.churn",
    "liuke.imports",
    "liuke.desk",
    "liuke.site",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_htmx",
    "template_partials",
    "django_tasks",
    "django_tasks_db",
    "ninja",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "liuke.core.middleware.content_security_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "liuke.site.urls"
LIUKE_REACTIONS = "liuke.site.reactions.REACTIONS"
LIUKE_PRIVACY = "liuke.site.privacy.PARTS"
LIUKE_EXPORTS = "liuke.site.exports.SOURCES"
LIUKE_MERGING = "liuke.site.merging.MERGING"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["liuke.core.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "liuke.site.frame.frame",
            ],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        env.text("DATABASE_URL", f"sqlite:///{HOME / 'liuke.sqlite3'}"),
        # One connection per thread, checked before reuse: a restarted server loses no request.
        conn_max_age=600,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # IMMEDIATE takes the write lock when a transaction begins, so two writers queue
        # instead of failing half-way through.
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;"
            "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456;"
        ),
    }
    # In memory, the threads of a test server would share one connection and mingle transactions.
    DATABASES["default"]["TEST"] = {"NAME": str(HOME / "test.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["liuke.accounts.adapters.SignIn"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "liuke.accounts.adapters.ClosedSignup"
ACCOUNT_LOGOUT_ON_GET = False
# Who mistakes a password five times waits, wherever the next try comes from.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/15m/ip,5/15m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Browsers take http for safe on this machine itself, and nowhere else.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
# One sign-on for the firm: people are known here first, and found by their e-mail address.
SOCIALACCOUNT_ADAPTER = "liuke.accounts.adapters.KnownPeople"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": env.single_sign_on()}}
# Shared by all processes: what counts mistaken passwords must count them all.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "liuke_cache",
    }
}

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# The form of a large file is a form with one field; the rest of a request stays small.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
LIUKE_MAX_UPLOAD_BYTES = env.number("LIUKE_MAX_UPLOAD_MB", 1024) * 1024 * 1024
LIUKE_IMPORT_MEMORY_MB = env.number("LIUKE_IMPORT_MEMORY_MB", 256)

LANGUAGE_CODE = env.text("LIUKE_LANGUAGE", "zh-hans")
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = env.text("LIUKE_TIME_ZONE", "Asia/Shanghai")
LIUKE_CURRENCY = env.text("LIUKE_CURRENCY", "CNY")

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
# Names in build/ carry a digest of their content, so a browser may keep them for ever.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/build/.+-[0-9A-Z]{8}\."
MEDIA_ROOT = HOME / "files"

TASKS = {
    "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]},
}

EMAIL_CONFIG = env.text("LIUKE_EMAIL_BACKEND", "console")
EMAIL_BACKEND = f"django.core.mail.backends.{EMAIL_CONFIG}.EmailBackend"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("LIUKE_LOG", "WARNING")},
}
