"""The people of the demo firm: how they work, and how they sign in."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from django.contrib.auth.hashers import make_password

from liuke.accounts import services as accounts
from liuke.accounts.models import Unit, User
from liuke.accounts.rules import Role
from liuke.core import clock

PASSWORD = "liuke-demo"  # noqa: S105  printed on the sign-in page of the demo, and only there
OWNER = ("laoban", "周建国")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the firm; `branch` counts from one, zero is the firm itself."""

    username: str
    name: str
    role: str
    branch: int = 0
    # How many customers of the branch come to this adviser, in parts.
    load: int = 0
    # How likely a call is made and a complaint solved, for large and for small customers.
    care: float = 0.0
    care_small: float = 0.0
    large_only: bool = False
    left_before: timedelta | None = None

    def left_on(self, today: date) -> date | None:
        return None if self.left_before is None else today - self.left_before


PEOPLE = (
    Person(*OWNER, Role.OWNER),
    Person(
        "dianzhang", "陈志远", Role.MANAGER, 1, load=2, care=0.7, care_small=0.7, large_only=True
    ),
    Person("lin", "林晓雯", Role.SELLER, 1, load=5, care=0.92, care_small=0.88),
    Person("zhao", "赵敏", Role.SELLER, 1, load=5, care=0.8, care_small=0.08),
    Person("he", "何军", Role.SERVICE, 2),
    Person("qian", "钱玲", Role.SELLER, 2, load=5, care=0.65, care_small=0.55),
    Person(
        "sun", "孙浩", Role.SELLER, 2, load=4, care=0.75, care_small=0.7,
        left_before=timedelta(days=150),
    ),
    Person("kefu", "孙悦", Role.AGENT, 1),
    Person("fenxi", "吴桐", Role.ANALYST),
    Person("admin", "许管理", Role.ADMINISTRATOR),
)  # fmt: skip
BY_NAME = {person.username: person for person in PEOPLE}


@dataclass(frozen=True, slots=True)
class SignIn:
    name: str
    role: str
    username: str
    password: str


@cache
def is_demo() -> bool:
    username, name = OWNER
    return User.objects.filter(username=username, name=name).exists()


def sign_ins() -> list[SignIn]:
    """The demo's people and their shared password; nobody in a real firm."""
    if not is_demo():
        return []
    people = User.objects.filter(username__in=list(BY_NAME), is_active=True)
    return [
        SignIn(str(person), str(person.role), person.username, PASSWORD)
        for person in people.select_related("role").order_by("pk")
    ]


def hire(firm: str, branches: tuple[str, str]) -> dict[str, User]:
    """The firm, its branches and everybody who ever worked there."""
    units = [accounts.create_unit(actor=None, kind=Unit.Kind.FIRM, name=firm)]
    units += [
        accounts.create_unit(actor=None, kind=Unit.Kind.BRANCH, name=name, parent=units[0])
        for name in branches
    ]
    staff = {
        person.username: accounts.create_user(
            actor=None, username=person.username, name=person.name, role=person.role,
            password=None, unit=units[person.branch],
        )
        for person in PEOPLE
    }  # fmt: skip
    # Hashing takes a third of a second, and the password of these people is no secret.
    User.objects.filter(username__in=list(staff)).update(password=make_password(PASSWORD))
    return staff


def see_off(today: date) -> None:
    """Who left the firm may no longer sign in, since that day."""
    for person in PEOPLE:
        if (day := person.left_on(today)) is not None:
            with clock.set_to(day):
                accounts.deactivate_user(actor=None, username=person.username)
