"""Reading the environment: the only place that knows the names of variables."""

import contextlib
import os
import secrets
from pathlib import Path


def text(name: str, default: str) -> str:
    return os.environ.get(name) or default


def flag(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


def number(name: str, default: int) -> int:
    return int(os.environ.get(name) or default)


def words(name: str, default: str) -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def single_sign_on() -> list[dict[str, object]]:
    """The firm's OpenID Connect server, if LIUKE_OIDC_URL names one."""
    server = os.environ.get("LIUKE_OIDC_URL")
    if not server:
        return []
    return [
        {
            "provider_id": "firm",
            "name": text("LIUKE_OIDC_NAME", "SSO"),
            "client_id": text("LIUKE_OIDC_CLIENT", "liuke"),
            "secret": os.environ.get("LIUKE_OIDC_SECRET", ""),
            "settings": {"server_url": server},
        }
    ]


def home() -> Path:
    """The folder for database, uploads and exports; `var/` of the checkout unless LIUKE_HOME."""
    checkout = Path(__file__).resolve().parents[3]
    default = checkout if (checkout / "pyproject.toml").exists() else Path.home() / ".liuke"
    folder = Path(os.environ.get("LIUKE_HOME") or default / "var").expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def secret_key(folder: Path) -> str:
    """LIUKE_SECRET_KEY, or a key made once and kept beside the database for nobody else."""
    if given := os.environ.get("LIUKE_SECRET_KEY"):
        return given
    path = folder / "secret_key"
    if not path.exists():
        # Written aside and linked into place: two processes starting at once agree on one key.
        draft = folder / f"secret_key.{os.getpid()}"
        draft.touch(0o600)
        draft.write_text(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text()
