"""What do I do now? One ranked list of what is due, and how far the day has come."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liuke.accounts.models import User
from liuke.accounts.queries import people_visible_to
from liuke.accounts.rules import Act
from liuke.agenda import queries as agenda
from liuke.agenda.models import AgendaItem, Question
from liuke.agenda.queries import Progress
from liuke.agenda.rules import Kind, comes_first_since
from liuke.core.scoping import Scope
from liuke.customers.models import ContactPoint, Customer
from liuke.customers.queries import first_of
from liuke.customers.queries.duplicates import Known, known
from liuke.customers.rules.contacts import TELEPHONES, Result
from liuke.desk.queries import agenda_words
from liuke.desk.queries.listing import state_of
from liuke.followups import queries as followups
from liuke.followups.rules import ATTEMPTS, Outcome

SHOWN, SHOWN_AT_MOST = 40, 200
MOST_PEOPLE = 12
BACK_SINCE = timedelta(days=7)
MOST_BACK = 5

CHIPS: list[tuple[str, str | Promise]] = [
    ("", _("All")),
    (Kind.NEXT_STEP, _("Agreed")),
    (Kind.AT_RISK, _("At risk")),
    (Kind.LOST, _("Newly lost")),
    (Kind.CONTACT, _("Contact due")),
    (Kind.POOL, _("To the pool soon")),
    (Kind.HANDED, _("New to you")),
    (Kind.ASKED, _("Asked by a colleague")),
]


@dataclass(frozen=True, slots=True)
class Line:
    """One customer on the list, with the most important of what is due about them."""

    item: AgendaItem
    customer: Customer
    state: str
    icon: str
    why: str
    act: str
    due: str
    mean: str
    asset: str
    telephone: ContactPoint | None
    question: int | None = None


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose list it is: `who` None stands for everybody in the viewer's scope."""

    who: User | None
    people: Sequence[User]

    @property
    def who_id(self) -> int | None:
        return self.who.pk if self.who else None

    @property
    def ids(self) -> list[int]:
        return [self.who.pk] if self.who else [each.pk for each in self.people]


def whose(viewer: User, asked: str | None) -> Whose:
    """The person asked for, as far as the viewer may see.

    Until they choose, those who lead and those who only look start with everybody, others with
    their own.
    """
    people = [each for each in people_visible_to(viewer) if each.may(Act.FOLLOW_UP)]
    chosen = {str(each.pk): each for each in people}
    if viewer.scope == Scope.OWN:
        return Whose(viewer, [])
    works = viewer.may(Act.FOLLOW_UP) and not viewer.may(Act.SETTLE)
    if asked == "me" or (asked is None and works):
        return Whose(viewer, people)
    return Whose(chosen.get(asked or ""), people)


@dataclass(frozen=True, slots=True)
class Today:
    """The list: what was agreed first, then by what acting is worth."""

    first: Sequence[Line]
    then: Sequence[Line]
    counts: Mapping[str, int]
    stake: Decimal
    progress: Progress
    reached: int
    agreed: int
    kind: str = ""

    @property
    def lines(self) -> list[Line]:
        return [*self.first, *self.then]

    @property
    def total(self) -> int:
        return self.progress.open

    @property
    def listed(self) -> int:
        """How many customers the list would have if it had no end."""
        return self.counts.get(self.kind, self.total)


def today_of(viewer: User, which: Whose, kind: str, today: date, shown: int = SHOWN) -> Today:
    """Everything that the screen says; `kind` narrows the list, not the day."""
    due = agenda.due(viewer, today, which.who_id).filter(agenda.certain(viewer))
    agreed, ranked = _ranked(due, kind, today)
    seen: set[int] = set()
    first = lines(_once(_read(agreed, shown), seen, shown), today)
    then = lines(_once(_read(ranked, shown), seen, shown), today)
    figures = agenda.figures(viewer, today, which.who_id)
    results = _results(which.ids, today)
    progress = Progress(agenda.settled_by(which.ids, today), figures.customers)
    return Today(first, then, figures.counts, figures.stake, progress, *results, kind)


def next_after(viewer: User, which: Whose, kind: str, customer_id: int, today: date) -> Line | None:
    """Who is next on the list when this customer is done."""
    due = agenda.due(viewer, today, which.who_id).filter(agenda.certain(viewer))
    due = due.exclude(customer=customer_id)
    agreed, ranked = _ranked(due, kind, today)
    found = list(_with_customer(agreed)[:1]) or list(_with_customer(ranked)[:1])
    return next(iter(lines(found, today)), None)


def _ranked(
    due: QuerySet[AgendaItem], kind: str, today: date
) -> tuple[QuerySet[AgendaItem], QuerySet[AgendaItem]]:
    """What was agreed lately and what colleagues wait for, by its day; the rest by its worth."""
    chosen = due.filter(kind=kind) if kind in Kind else due
    first = Q(kind=Kind.NEXT_STEP, due_on__gte=comes_first_since(today)) | Q(kind=Kind.ASKED)
    agreed = chosen.filter(first).order_by("due_on", "-weight", "pk")
    return agreed, chosen.exclude(first).order_by("-weight", "pk")


def lines(items: Iterable[AgendaItem], today: date) -> list[Line]:
    """Items with everything the screen says about them."""
    return [_line(item, today) for item in items]


def team(viewer: User, which: Whose, today: date) -> list[tuple[User, Progress]]:
    """How far the day of each colleague has come; those with the most to do first."""
    people = {each.pk: each for each in which.people}
    if len(people) < 2:
        return []
    days = agenda.progress(viewer, list(people), today)
    busy = [(people[pk], day) for pk, day in days.items() if day.all]
    return sorted(busy, key=lambda pair: -pair[1].all)[:MOST_PEOPLE]


def back_this_week(viewer: User, today: date) -> list[Customer]:
    """Customers who had been lost and bought again within the last seven days."""
    lately = Q(recovered_on__gt=today - BACK_SINCE)
    return first_of(viewer, lately, "-recovered_on", MOST_BACK)


def asked_by(viewer: User) -> list[tuple[Question, Known]]:
    """What the viewer asked of owners, with the customers as far as the viewer may know them."""
    questions = agenda.questions_of(viewer)
    about = known(viewer, {each.customer_id for each in questions}) if questions else {}
    return [(each, about[each.customer_id]) for each in questions]


def _results(people: Sequence[int], today: date) -> tuple[int, int]:
    made = followups.made_on(people, today)
    reached = made.exclude(outcome__in=ATTEMPTS).count()
    return reached, made.filter(outcome=Outcome.AGREED).count()


def _with_customer(rows: QuerySet[AgendaItem]) -> QuerySet[AgendaItem]:
    related = rows.select_related("customer__state", "customer__owner", "assignee")
    return related.prefetch_related("customer__assets", "customer__contact_points")


def _read(rows: QuerySet[AgendaItem], shown: int) -> list[AgendaItem]:
    # Some customers stand there twice; what is read beyond what is shown makes up for them.
    return list(_with_customer(rows)[: shown * 2])


def _once(items: Iterable[AgendaItem], seen: set[int], shown: int) -> list[AgendaItem]:
    """The most important item of each customer; `seen` goes on from list to list."""
    kept: list[AgendaItem] = []
    for item in items:
        if item.customer_id not in seen and len(kept) < shown:
            seen.add(item.customer_id)
            kept.append(item)
    return kept


def _line(item: AgendaItem, today: date) -> Line:
    customer = item.customer
    due, mean = agenda_words.due_words(item, today)
    things = [each for each in customer.assets.all() if each.retired_on is None]
    points = [each for each in customer.contact_points.all() if each.kind in TELEPHONES]
    # A wrong number is rung by nobody, and the customer's own one before that of a person around.
    points = [each for each in points if each.last_result != Result.WRONG]
    points.sort(key=lambda each: each.person_id is not None)
    return Line(
        item,
        customer,
        state_of(customer, today),
        agenda_words.ICONS[Kind(item.kind)],
        agenda_words.why(item, today),
        agenda_words.act(item),
        due,
        mean,
        str(things[0]) if things else "",
        next((each for each in points if not each.do_not_contact), None),
        item.why.get("question"),
    )
