"""Django's messages as the toasts the scripts show."""

from collections.abc import Iterable
from typing import TypedDict

from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message


class Toast(TypedDict):
    """`undo` is an address to post to, or nothing."""

    text: str
    undo: str
    mean: str


def toasts_of(messages: Iterable[Message]) -> list[Toast]:
    """A message whose extra tags are an address can be undone there."""
    return [
        Toast(
            text=str(message),
            undo=message.extra_tags if (message.extra_tags or "").startswith("/") else "",
            mean="lost" if message.level >= constants.ERROR else "",
        )
        for message in messages
    ]
