"""The files the frontend build leaves behind, by their plain names."""

import json
import re
from functools import lru_cache
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

HIDDEN = SafeString('aria-hidden="true"')
BUILD = Path(__file__).resolve().parent.parent / "static" / "build"


@lru_cache(maxsize=1)
def _read(build: Path, _mtime_ns: int) -> tuple[dict[str, str], frozenset[str]]:
    manifest: dict[str, str] = json.loads((build / "manifest.json").read_text("utf-8"))
    sprite = (build / manifest["icons.svg"]).read_text("utf-8")
    return manifest, frozenset(re.findall(r'<symbol id="([^"]+)"', sprite))


def _built() -> tuple[dict[str, str], frozenset[str]]:
    try:
        return _read(BUILD, (BUILD / "manifest.json").stat().st_mtime_ns)
    except FileNotFoundError:
        message = "The frontend is not built: run make frontend"
        raise ImproperlyConfigured(message) from None


def asset_url(name: str, *, required: bool = True) -> str:
    """The address of a built file, such as "app.js"; if not `required`, "" when it is missing."""
    try:
        manifest, _ = _built()
        return static(f"build/{manifest[name]}")
    except (ImproperlyConfigured, KeyError):
        if not required:
            return ""
        if not (BUILD / "manifest.json").exists():
            raise
        message = f"The frontend build has no {name!r}: run make frontend"
        raise ImproperlyConfigured(message) from None


def icon_svg(name: str, label: str = "", css: str = "") -> SafeString:
    """One icon; without a label it is hidden from screen readers."""
    _, names = _built()
    if name not in names:
        message = f"No icon {name!r}: add it to frontend/src/icons.json and run make frontend"
        raise ValueError(message)
    return format_html(
        '<svg class="{}" {}><use href="{}#{}"/></svg>',
        f"ti {css}".strip(),
        format_html('role="img" aria-label="{}"', label) if label else HIDDEN,
        asset_url("icons.svg"),
        name,
    )
