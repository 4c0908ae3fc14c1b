"""Every word the scripts show; the scripts themselves carry no language."""

from django.utils.translation import gettext


def texts_for_scripts() -> dict[str, str]:
    """Placeholders in braces are filled in by the scripts."""
    return {
        "unsaved": gettext("You have unsaved text here. Leave anyway?"),
        "undo": gettext("Undo"),
        "dismiss": gettext("Dismiss"),
        "failed": gettext("That did not work. Check your connection and try again."),
        "refused": gettext("You may not do that. Ask your manager for access."),
        "gone": gettext("You have been signed out. Sign in again in a new tab, then repeat."),
        "remove_word": gettext("Remove {name}"),
        "copied": gettext("Copied"),
        "selected": gettext("{n} selected"),
        "wrong_kind": gettext("{name} cannot be read here. Choose one of: {kinds}"),
        "uploading": gettext("Uploading {percent}%"),
        "processing": gettext("Uploaded. Reading the file …"),
    }
