"""What every start of the product waits for."""

import os
import subprocess
import sys

import pytest

# A search for duplicates needs the one, reports on Spark the other.
HEAVY = ("splink", "pyspark")
# The command line reads files of orders; a server does not.
OF_FILES = ("ibis", "pandas", "statsmodels")


@pytest.mark.parametrize(
    ("begun", "heavy"),
    [("liuke.site.wsgi, liuke.site.urls", HEAVY + OF_FILES), ("liuke.site.cli", HEAVY)],
    ids=["server", "commands"],
)
def test_a_start_waits_for_nothing_that_only_one_job_needs(
    begun: str, heavy: tuple[str, ...]
) -> None:
    code = f"import sys, {begun}; print(sorted(set(sys.modules) & set({heavy!r})))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "liuke.site.settings"},
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
