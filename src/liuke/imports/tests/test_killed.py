"""Imports and undoing killed without warning, again and again: nothing is lost, nothing doubled."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

ROWS = 160
# One process prepares the firm; its children do the work and are killed at moments of chance.
SCRIPT = """
    import functools, io, json, os, random, signal, sys, time
    import django
    django.setup()
    from django.core.management import call_command
    from django.db import connections
    from django.db.models import Count
    from liuke.core.models import JournalEntry
    from liuke.customers.models import Asset, ContactPoint, Customer, Person, PrimaryMobile
    from liuke.followups.models import Interaction
    from liuke.imports import services
    from liuke.imports.models import ImportRun
    from liuke.imports.services import records
    from liuke.ownership.models import OwnerPeriod

    rows, seed = int(sys.argv[1]), int(sys.argv[2])
    chance = random.Random(seed)
    records.next_rows = functools.partial(records.next_rows, limit=20)
    call_command("migrate", verbosity=0)

    CODES = [f"K{n:03}" for n in range(rows)]
    FILES = {
        "customers": ["客户编号,姓名,手机,邮箱,车牌,标签"] + [
            f"{code},客户{n},138{n:08},a{n}@b.com,沪A{n:05},老友" for n, code in enumerate(CODES)
        ],
        "people": ["联系人,职位,联系人手机,客户编号"] + [
            f"人{n},经理,139{n:08},{code}" for n, code in enumerate(CODES)
        ],
        "assets": ["车牌号,车型,客户编号"] + [
            f"京B{n:05},别克,{code}" for n, code in enumerate(CODES)
        ],
        "contacts": ["客户编号,微信,座机"] + [
            f"{code},wx{n},010-8888{n:04}" for n, code in enumerate(CODES)
        ],
        "interactions": ["跟进时间,客户编号,跟进内容"] + [
            f"2026-03-{n % 28 + 1:02},{code},第{n}次" for n, code in enumerate(CODES)
        ],
        # Those above are changed by the files after them; these are taken back whole.
        "more": ["客户编号,姓名,手机,邮箱,车牌,标签"] + [
            f"M{n:03},别人{n},137{n:08},b{n}@b.com,沪C{n:05},老友" for n in range(rows)
        ],
    }

    def found():
        return {
            "customers": Customer.objects.count(),
            "people": Person.objects.count(),
            "assets": Asset.objects.count(),
            "points": ContactPoint.objects.count(),
            "interactions": Interaction.objects.count(),
            "mobiles": PrimaryMobile.objects.count(),
            "periods": OwnerPeriod.objects.count(),
            "created": JournalEntry.objects.filter(verb="customer.created").count(),
            "removed": JournalEntry.objects.filter(verb="customer.removed").count(),
            "changed": JournalEntry.objects.filter(verb="customer.updated").count(),
        }

    def to_the_end(work):
        kills = 0
        while True:
            connections.close_all()
            child = os.fork()
            if not child:
                try:
                    work()
                    os._exit(0)
                except BaseException as failure:
                    print(repr(failure), file=sys.stderr, flush=True)
                    os._exit(1)
            if kills < 4:
                time.sleep(chance.uniform(0.03, 0.4))
                os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            if not status:
                return kills
            assert os.WIFSIGNALED(status), status
            kills += 1

    told = []
    def tell(kind, step, kills, run):
        run = ImportRun.objects.get(pk=run)
        counts = {name: n for name, n in run.counts.items() if isinstance(n, int)}
        told.append({"kind": kind, "step": step, "kills": kills, "counts": counts, **found()})

    def take_in(kind):
        content = io.BytesIO("\\n".join(FILES[kind]).encode())
        kind = "customers" if kind == "more" else kind
        run = services.start_import(actor=None, content=content, name="x.csv", kind=kind)
        return services.check_import(actor=None, run_id=run.pk).pk

    runs = {}
    for kind in FILES:
        runs[kind] = take_in(kind)
        run = runs[kind]
        kills = to_the_end(lambda: services.run_import(actor=None, run_id=run))
        tell(kind, "run", kills, run)
    for kind in reversed(list(FILES)[1:]):
        run = runs[kind]
        kills = to_the_end(lambda: services.undo_import(actor=None, run_id=run))
        tell(kind, "undo", kills, run)
    print(json.dumps(told))
"""
# What each kind brings, of which undoing leaves nothing.
BRINGS = {
    "customers": {"customers": 1, "points": 2, "assets": 1, "mobiles": 1, "periods": 1},
    "people": {"people": 1, "points": 1},
    "assets": {"assets": 1},
    "contacts": {"points": 2},
    "interactions": {"interactions": 1},
    "more": {"customers": 1, "points": 2, "assets": 1, "mobiles": 1, "periods": 1},
}
COUNTED = ("customers", "people", "assets", "points", "interactions", "mobiles", "periods")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_killed_at_any_moment_nothing_is_lost_or_doubled(tmp_path: Path, seed: int) -> None:
    told = _run(tmp_path, seed)
    expected = dict.fromkeys(COUNTED, 0)
    for kind, brings in BRINGS.items():
        for name, each in brings.items():
            expected[name] += each * ROWS
        step = _of(told, kind, "run")
        assert {name: step[name] for name in COUNTED} == expected, kind
        assert step["counts"]["new"] + step["counts"]["change"] == ROWS
        assert step["created"] == expected["customers"]
    for kind in reversed(list(BRINGS)[1:]):
        for name, each in BRINGS[kind].items():
            expected[name] -= each * ROWS
        step = _of(told, kind, "undo")
        assert {name: step[name] for name in COUNTED} == expected, kind
        assert step["counts"]["removed"] + step["counts"]["restored"] >= ROWS
        assert step["counts"]["kept"] == 0
    assert told[-1]["removed"] == ROWS
    assert sum(step["kills"] for step in told) >= len(BRINGS)


def _of(told: list[dict[str, Any]], kind: str, step: str) -> dict[str, Any]:
    return next(each for each in told if (each["kind"], each["step"]) == (kind, step))


def _run(tmp_path: Path, seed: int) -> list[dict[str, Any]]:
    script = tmp_path / "killed.py"
    script.write_text(textwrap.dedent(SCRIPT))
    home = {"LIUKE_HOME": str(tmp_path / "home"), "DATABASE_URL": "", "LIUKE_LANGUAGE": "en"}
    environment = os.environ | home | {"DJANGO_SETTINGS_MODULE": "liuke.site.settings"}
    command = [sys.executable, str(script), str(ROWS), str(seed)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    answer: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return answer
