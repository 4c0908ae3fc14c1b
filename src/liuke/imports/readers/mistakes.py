"""What is wrong with a mapping, in words that say what to do."""

from django.utils.translation import gettext as _

from liuke.imports.readers.declare import Reading, Shape


def mistake_text(shape: Shape, reading: Reading, code: str, about: str) -> str:
    """`code` and `about` as `declare.mistakes` gives them."""
    if code == "unknown":
        return _("There is no column “%s” in this file.") % about
    if code == "twice":
        label = str(shape.field(reading.columns[about]).label)
        return _("“%(field)s” has a column already. Choose “%(column)s” for something else.") % {
            "field": label,
            "column": about,
        }
    if code == "key":
        return _("Say how records are found again.")
    if code == "reason":
        return _("Say why these customers share a phone.")
    label = str(shape.field(about).label)
    if code == "needed":
        return _("No column is “%s”. Choose one.") % label
    return _("Records are to be found by “%s”, but no column is that.") % label
