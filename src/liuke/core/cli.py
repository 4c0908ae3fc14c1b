"""`liuke journal …`: whether the record is whole."""

import sys
from typing import Any

import click
from django.utils.translation import gettext as _

from liuke.core import clock, seals, ticks

SHOWN = 100


@click.group()
def journal() -> None:
    """The record of who did what."""


@journal.command("seal")
def seal_all() -> None:
    """Seal everything that waits, without waiting for the clock."""
    if not _sealed_all():
        sys.exit(1)
    click.echo(seals.standing(clock.now()).root)


@journal.command("verify")
@click.option("--root", default="", help="A hash written down earlier: the chain must contain it.")
def verify(root: str) -> None:
    """Find what was changed, removed or put in, and name it. Exit code 1 if anything was."""
    standing = seals.standing(clock.now())
    count = 0
    for finding in seals.verify(clock.now()):
        count += 1
        if count <= SHOWN:
            click.echo(described(finding), err=True)
    if count > SHOWN:
        click.echo(_("… and %d more") % (count - SHOWN), err=True)
    if root and not seals.holds(root):
        count += 1
        click.echo(_("The chain never stood at %s: its end was cut or all of it written anew.")
                   % root, err=True)  # fmt: skip
    click.echo(
        _("%(sealed)s entries sealed, %(waiting)s waiting, %(wrong)s findings")
        % {"sealed": standing.sealed, "waiting": standing.waiting, "wrong": count}
    )
    if standing.root:
        click.echo(f"{standing.sealed_at:%Y-%m-%d %H:%M} UTC  {standing.root}")
    sys.exit(1 if count else 0)


def described(finding: seals.Finding) -> str:
    """A finding as a sentence that names the entry."""
    words = {
        "changed": _("Entry %(entry)s was changed"),
        "missing": _("Entry %(entry)s is missing"),
        "added": _("Entry %(entry)s was put in afterwards"),
        "chain": _("The chain breaks at entry %(entry)s: it was changed, or the one before it"),
        "unsealed": _("The seal at place %(place)s is missing"),
    }
    named: dict[str, Any] = {"entry": finding.entry_id, "place": finding.position}
    said = words[finding.kind] % named
    if finding.at is None:
        return said
    return f"{said} ({finding.verb}, {finding.subject}, {finding.at:%Y-%m-%d %H:%M:%S} UTC)"


def _sealed_all() -> bool:
    """Through the tick's own lock, batch by batch, until nothing waits."""
    while seals.standing(clock.now()).waiting:
        if not ticks.run({"journal.seals": seals.keep_sealed}):
            return False
    return True
