"""How apps hear each other: one table of reactions, run inside the writer's transaction."""

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from liuke.facts import Fact

Reactions = Mapping[type[Fact], Sequence[Callable[[Any], None]]]

_reacting: ContextVar[bool] = ContextVar("reacting", default=False)


def announce(fact: Fact) -> None:
    """Run every reaction to `fact`, in the order of `site/reactions.py`.

    Raises RuntimeError outside a transaction (a failing reaction must undo the write) and inside
    a reaction (a chain of facts would hide who changes what).
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("announce() outside a transaction: a failed reaction could not undo it")
    if _reacting.get():
        raise RuntimeError(f"a reaction announced {type(fact).__name__}; reactions never announce")
    token = _reacting.set(True)
    try:
        for reaction in _reactions()[type(fact)]:
            reaction(fact)
    finally:
        _reacting.reset(token)


@cache
def _reactions() -> Reactions:
    table: Reactions = import_string(settings.LIUKE_REACTIONS)
    return table
