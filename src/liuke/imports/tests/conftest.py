"""A file in, an import out: what every test of imports is made of."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from liuke.accounts.models import User
from liuke.imports import services
from liuke.imports.models import ImportRun

Imported = Callable[..., ImportRun]
HEADER = "customer,date,order,product,quantity,price"


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def checked(owner: User) -> Imported:
    """Check a file: `checked(rows, kind="visit")`; rows come with their header."""

    def check(content: str | bytes, name: str = "orders.csv", **said: str) -> ImportRun:
        data = content.encode() if isinstance(content, str) else content
        run = services.start_import(actor=owner, content=io.BytesIO(data), name=name)
        meaning = replace(run.mapping, **said)
        services.choose_meaning(actor=owner, run_id=run.pk, meaning=meaning)
        return services.check_import(actor=owner, run_id=run.pk)

    return check


@pytest.fixture
def imported(owner: User, checked: Imported) -> Imported:
    """Check a file and run it."""

    def run_it(content: str | bytes, name: str = "orders.csv", **said: str) -> ImportRun:
        run = checked(content, name, **said)
        return services.run_import(actor=owner, run_id=run.pk) if run.total else run

    return run_it


def rows(*lines: str, header: str = HEADER) -> str:
    return "\n".join((header, *lines)) + "\n"


def reasons(run: ImportRun) -> dict[int, str]:
    """Row → code of its reason, for every row left out with one."""
    return {error["row"]: error["code"] for error in run.counts["errors"]}
