"""Parts that are installed only where they are wanted, and what to say where they are not."""

from importlib import import_module
from typing import Any

from liuke_analytics.saying import Said, say


class MissingExtra(Said, ImportError):
    """A part is not installed; the message names the extra that brings it."""

    def told(self, language: str) -> str:
        """The refusal in "zh" or "en", what is missed too."""
        values = {name: say(value, language) for name, value in self.values.items()}
        return say(self.template, language, **values)


class MissingEngine(MissingExtra):
    """The engine is not installed; the message says what to install."""


def need(module: str, extra: str, what: str) -> Any:
    """The module; where it is missing, raises MissingExtra: `what` needs the extra `extra`."""
    try:
        return import_module(module)
    except ImportError:
        raise MissingExtra(
            "{what} needs: pip install 'liuke-analytics[{extra}]'", what=what, extra=extra
        ) from None
