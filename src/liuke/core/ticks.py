"""Running the table of `site/ticks.py`: one at a time, safely twice, catching up when late."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction

from liuke.core import clock
from liuke.core.models import TickRun

Tick = Callable[[datetime], None]
log = logging.getLogger(__name__)


def run(table: Mapping[str, Tick]) -> bool:
    """Advance every line to now. One failing line does not stop the others; False if any did."""
    outcomes = [_run_one(name, tick) for name, tick in table.items()]
    return all(outcomes)


def _run_one(name: str, tick: Tick) -> bool:
    TickRun.objects.get_or_create(name=name)
    started = clock.now()
    error = ""
    try:
        with transaction.atomic():
            # A second scheduler waits here instead of doing the same work beside the first.
            TickRun.objects.select_for_update().get(name=name)
            tick(started)
    except Exception as failure:
        log.exception("tick %s failed", name)
        error = f"{type(failure).__name__}: {failure}"
    # A failed run is not a finished one: the next has to catch up what this one missed.
    finished = {} if error else {"finished_at": clock.now()}
    TickRun.objects.filter(name=name).update(started_at=started, error=error, **finished)
    return not error
