"""The command `liuke`."""

import os
import subprocess
import sys
import threading
import time

import click
import django

# The commands below import models, which exist only after this.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liuke.site.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import close_old_connections  # noqa: E402
from granian import Granian  # noqa: E402
from granian.constants import Interfaces  # noqa: E402

from liuke.accounts.cli import user  # noqa: E402
from liuke.churn.cli import churn  # noqa: E402
from liuke.core import ticks  # noqa: E402
from liuke.core.cli import journal  # noqa: E402
from liuke.imports.cli import COMMANDS as IMPORTS  # noqa: E402
from liuke.site import demo, setup  # noqa: E402
from liuke.site.ticks import TICKS  # noqa: E402
from liuke_analytics import cli as statistics  # noqa: E402
from liuke_analytics.linkage.cli import dedupe_file  # noqa: E402

TICK_SECONDS = 60


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Liuke 留客: the CRM that starts from the customer who is about to go.

    LIUKE_HOME is the folder for database, uploads and exports, DATABASE_URL another database,
    PORT the port, LIUKE_NOW a past day to look at the firm as of.
    """


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", envvar="PORT", default=8000, show_default=True, help="Port.")
@click.option(
    "--demo",
    "business",
    type=click.Choice(sorted(demo.PROFILES)),
    help="Begin with a simulated firm, where nothing is set up yet.",
)
def run(host: str, port: int, business: str | None) -> None:
    """Serve and work; an installation without a firm begins with its set-up page, or a demo."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    if business and not setup.is_done():
        click.echo("Preparing demo data …")
        setup.prepare_demo(business)
    _greet(host, port)
    worker = subprocess.Popen([sys.executable, "-m", "liuke.site", "work"])
    try:
        _serve(host, port)
    finally:
        worker.terminate()
        worker.wait()


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", envvar="PORT", default=8000, show_default=True, help="Port.")
def serve(host: str, port: int) -> None:
    """Serve the screens and the API; `liuke work` belongs beside it."""
    _greet(host, port)
    _serve(host, port)


@main.command()
@click.option("--once", is_flag=True, help="Advance the clocks to now and stop.")
def work(once: bool) -> None:
    """Do queued jobs and advance the clocks."""
    if once:
        sys.exit(0 if ticks.run(TICKS) else 1)
    threading.Thread(target=_tick_for_ever, daemon=True).start()
    call_command("db_worker", verbosity=0, interval=0.5)


@main.command()
@click.option("--empty", is_flag=True, help="No demo data: an empty firm, nothing asked.")
@click.option(
    "--demo",
    "simulated",
    type=click.Choice(sorted(demo.PROFILES)),
    default="workshop",
    show_default=True,
    help="Which simulated firm, unless empty.",
)
@click.option(
    "--business",
    type=click.Choice(sorted(setup.BUSINESSES)),
    default="wholesale",
    show_default=True,
    help="Which churn rule an empty firm starts with; it can be changed on the screen.",
)
@click.option("--firm", default="", help="Name of the firm.")
def init(empty: bool, simulated: str, business: str, firm: str) -> None:
    """Prepare the database: with demo data, or empty."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    if setup.is_done():
        click.echo(f"{settings.HOME} is already set up; nothing changed.")
        return
    if not empty:
        setup.prepare_demo(simulated)
        click.echo("Ready, with demo data. Start it with: liuke run")
        return
    password = setup.prepare_empty(business, firm)
    click.echo(f"Ready. Sign in as admin with the password {password} and change it.")


main.add_command(user)
main.add_command(churn)
main.add_command(journal)
for statistic in (statistics.report, statistics.fit, statistics.uplift, statistics.survival):
    main.add_command(statistic)
main.add_command(dedupe_file)


@main.group("import")
def import_() -> None:
    """Bring files in."""


for command in IMPORTS:
    import_.add_command(command)


def _serve(host: str, port: int) -> None:
    Granian(
        "liuke.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=2,
        blocking_threads=1,
        log_enabled=False,
        websockets=False,
    ).serve()


def _greet(host: str, port: int) -> None:
    click.echo(f"\n  Liuke 留客  http://{host}:{port}\n")
    if not setup.is_done():
        click.echo("  Open this address to set up your firm.")
    for person in demo.sign_ins():
        click.echo(f"  {person.role:<14}{person.username:<10}{person.password}")
    click.echo("\n  Ctrl-C stops it.")


def _tick_for_ever() -> None:
    while True:
        close_old_connections()
        ticks.run(TICKS)
        time.sleep(TICK_SECONDS)
