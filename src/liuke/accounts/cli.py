"""`liuke user …`: people who sign in."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import click
from django.core.exceptions import ValidationError

from liuke.accounts import services
from liuke.accounts.models import Unit, User
from liuke.accounts.rules import Role, ScopeChoice


@click.group()
def user() -> None:
    """People who sign in."""


@user.command("list")
def list_people() -> None:
    """Who may sign in, and what for."""
    for person in User.objects.select_related("unit", "role").order_by("username"):
        state = "" if person.is_active else "  (deactivated)"
        unit = person.unit or "-"
        click.echo(f"{person.username:<16}{person.role_id:<14}{person.scope:<8}{unit}{state}")


@user.command()
@click.argument("username")
@click.option("--name", default="", help="Name that others see.")
@click.option(
    "--role", type=click.Choice(Role.values), default=Role.SELLER.value, show_default=True
)
@click.option(
    "--scope", type=click.Choice(ScopeChoice.values), default=None, help="Else the role's."
)
@click.option("--unit", default=None, help="Name of the branch or team; else the firm.")
@click.option("--password", default=None, help="Made up and printed when left out.")
def add(
    username: str, name: str, role: str, scope: str | None, unit: str | None, password: str | None
) -> None:
    """Let somebody sign in."""
    made_up = password or secrets.token_urlsafe(9)
    with _plain_errors():
        services.create_user(
            actor=None, username=username, name=name or username, role=role, password=made_up,
            unit=_unit(unit), scope=scope or "",
        )  # fmt: skip
    click.echo(f"{username} may sign in" + ("" if password else f" with the password {made_up}"))


@user.command()
@click.argument("username")
@click.option("--password", default=None, help="Made up and printed when left out.")
def password(username: str, password: str | None) -> None:
    """Give somebody a new password."""
    made_up = password or secrets.token_urlsafe(9)
    with _plain_errors():
        services.set_password(actor=None, username=username, password=made_up)
    click.echo("Changed." if password else f"The new password is {made_up}")


@user.command()
@click.argument("username")
def deactivate(username: str) -> None:
    """Keep somebody from signing in."""
    with _plain_errors():
        services.deactivate_user(actor=None, username=username)
    click.echo(f"{username} can no longer sign in.")


@user.command()
@click.argument("username")
def token(username: str) -> None:
    """Make a key with which a program uses the API as this person; it is shown once."""
    with _plain_errors():
        key = services.create_token(actor=None, username=username)
    click.echo(key)


@user.command()
@click.argument("name")
@click.option("--kind", type=click.Choice(["branch", "team"]), default="branch", show_default=True)
@click.option("--under", default=None, help="Name of the unit above; else the firm.")
def unit(name: str, kind: str, under: str | None) -> None:
    """Add a branch or a team to the organization."""
    with _plain_errors():
        services.create_unit(actor=None, kind=kind, name=name, parent=_unit(under))
    click.echo(f"{name} is there.")


def _unit(name: str | None) -> Unit | None:
    """The unit of this name, or the firm itself."""
    if name is None:
        return Unit.objects.order_by("pk").first()
    found = Unit.objects.filter(name=name).first()
    if found is None:
        known = ", ".join(Unit.objects.values_list("name", flat=True))
        raise click.ClickException(f"There is no unit “{name}”. There are: {known}.")
    return found


@contextmanager
def _plain_errors() -> Iterator[None]:
    """A refusal of a service as a line on the terminal instead of a traceback."""
    try:
        yield
    except ValidationError as problem:
        raise click.ClickException("\n".join(problem.messages)) from None
