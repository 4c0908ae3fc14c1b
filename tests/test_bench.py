"""The firm that the benches measure on still fits the product."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench"


@pytest.mark.slow
def test_a_firm_of_any_size_can_be_built(tmp_path: Path) -> None:
    environment = {**os.environ, "LIUKE_HOME": str(tmp_path), "DATABASE_URL": ""}
    done = subprocess.run(
        [sys.executable, str(BENCH / "million.py"), "500"],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
    )
    made = json.loads(done.stdout)
    assert made["orders"] == 2500
    assert len(made["cookies"]) == 20
