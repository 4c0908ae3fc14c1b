"""How quickly the journal is sealed and verified: `python bench/journal.py 1000000`.

Writes so many entries into the database of DATABASE_URL (or an own SQLite file), which must be
empty, seals them as the tick does, and goes along the chain.
"""

import os
import resource
import sys
import tempfile
from pathlib import Path
from time import perf_counter

HOME = tempfile.mkdtemp(prefix="liuke-bench-")
os.environ.setdefault("LIUKE_HOME", HOME)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liuke.site.settings")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from liuke.core import bulk, clock, seals  # noqa: E402
from liuke.core.models import JournalEntry  # noqa: E402

FIELDS = ("at", "actor_id", "verb", "subject", "subject_id", "customer_id", "before", "after")
PART = 50_000


def main(count: int) -> None:
    call_command("migrate", verbosity=0)
    now = clock.now()
    began = perf_counter()
    for start in range(0, count, PART):
        rows = (
            (now, 1, "customer.created", "customers.customer", n, n, None,
             {"name": f"客户 {n}", "code": str(n), "note": "老客户介绍"})
            for n in range(start, min(start + PART, count))
        )  # fmt: skip
        with transaction.atomic():
            bulk.insert(JournalEntry, FIELDS, rows)
    written = perf_counter()
    sealed = 0
    while True:
        with transaction.atomic():
            part = seals.seal(now)
        if not part:
            break
        sealed += part
    chained = perf_counter()
    findings = len(list(seals.verify(now)))
    checked = perf_counter()
    print(f"{connection.vendor} in {Path(HOME).name}: {count:,} entries")
    print(f"written  {count / (written - began):>10,.0f}/s")
    print(f"sealed   {sealed / (chained - written):>10,.0f}/s")
    print(f"verified {sealed / (checked - chained):>10,.0f}/s, {findings} findings")
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
