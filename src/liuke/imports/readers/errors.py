"""What a person is told when a whole file cannot be used."""

from django.utils.translation import gettext as _

from liuke.core.errors import Refused


class Unreadable(Refused):
    """The file as a whole cannot be read; the message says what to do."""


class Unclear(Refused):
    """The file can be read in more than one way; only a person can say which."""


def cut_off() -> Unreadable:
    return Unreadable(
        _("The file is cut off: it ends in the middle. Export or copy it again, then retry.")
    )


def nothing_in_it() -> Unreadable:
    return Unreadable(_("The file is empty. Export it again and check that it has rows."))


def no_rows() -> Unreadable:
    return Unreadable(_("The file has column names but no rows. Export it again with its rows."))
