"""Customers of the demo firm who change hands: to the pool, from who left, and by rules."""

from datetime import date, timedelta

from liuke.accounts import services as accounts
from liuke.accounts.models import User
from liuke.accounts.services import Work
from liuke.core import clock
from liuke.customers.models import Customer
from liuke.followups.services import NewInteraction, record_interactions
from liuke.ownership import services as ownership
from liuke.ownership.models import AssignmentRule, OwnerPeriod, Pool
from liuke.ownership.rules import Hidden, Portion, Seat, Way, spread
from liuke.ownership.rules.assigning import Pick

POOL = "公海"
HANDED_BEFORE, RELEASED_BEFORE = timedelta(days=18), timedelta(days=6)
MOST_HANDED, MOST_RELEASED = 24, 14
FIRST_CALL = "孙浩的客户，第一次联系：介绍了自己，请对方有事直接打电话"
SKILLS = {
    "lin": Work(skills=["投诉处理", "新能源"], languages=["英语"]),
    "zhao": Work(skills=["新能源"]),
    "he": Work(skills=["投诉处理"]),
}


def change_hands(today: date) -> None:
    """What a firm of this age has done already, so that no screen about it is empty."""
    staff = {person.username: person for person in User.objects.select_related("role", "unit")}
    _hand_over(staff, today)
    _release(staff, today)
    _rules(staff)


def _hand_over(staff: dict[str, User], today: date) -> None:
    """The best customers of who left went to two colleagues; the others still wait for it."""
    on = clock.start_of(today - HANDED_BEFORE) + timedelta(hours=10)
    since = OwnerPeriod.objects.filter(owner=staff["sun"], ended_at=None, started_at__lt=on)
    rows = Customer.objects.filter(
        pk__in=since.values("customer"), state__lost_at__gt=today, level__in="AB"
    ).order_by("-state__value_year", "pk")[:MOST_HANDED]
    values = rows.values_list("pk", "state__value_year", "level", "branch")
    portions = [Portion(*row) for row in values]
    if not portions:
        return
    seats = [Seat(staff[name].pk) for name in ("qian", "he")]
    plan = spread(portions, seats, Way.EVENLY)
    with clock.set_to(on):
        ownership.hand_over(
            actor=staff["laoban"], leaver_id=staff["sun"].pk, receivers=plan,
            note="孙浩已离职，先交接重点客户",
        )  # fmt: skip
    calls = [
        NewInteraction(pk, on + timedelta(days=1 + place, hours=5), said=FIRST_CALL, by_id=to)
        for place, (pk, to) in enumerate(sorted(plan.items())[: MOST_HANDED // 3])
    ]
    with clock.set_to(calls[-1].occurred_at):
        record_interactions(actor=staff["laoban"], interactions=calls)


def _release(staff: dict[str, User], today: date) -> None:
    """Whom nobody reached for long waits for somebody who has an idea."""
    boss = staff["dianzhang"]
    ownership.save_pool(
        actor=None,
        pool=Pool(name=POOL, hidden=[Hidden.CONTACT.value], claims_a_day=5, locked_days=30),
        managers=[boss],
    )
    rows = Customer.objects.filter(
        owner=staff["qian"], state__lost_at__lt=today - timedelta(days=30)
    ).order_by("-state__value_year", "pk")
    ids = list(rows.values_list("pk", flat=True)[:MOST_RELEASED])
    if ids:
        with clock.set_to(clock.start_of(today - RELEASED_BEFORE) + timedelta(hours=16)):
            ownership.release(
                actor=staff["laoban"], customer_ids=ids, why="半年没联系上，请其他同事试试"
            )


def _rules(staff: dict[str, User]) -> None:
    """New customers without an owner: large ones to the manager, the others by turns."""
    boss = staff["laoban"]
    for name, work in SKILLS.items():
        person = staff[name]
        accounts.change_user(
            actor=boss, user_id=person.pk, name=person.name, role=person.role_id,
            unit=person.unit, scope=person.own_scope, email=person.email, work=work,
        )  # fmt: skip
    large = AssignmentRule(name="大客户给店长", conditions={"levels": ["A"]})
    ownership.save_rule(actor=None, rule=large, people=[staff["dianzhang"]])
    branch = staff["lin"].unit
    rest = AssignmentRule(
        name="新客户轮流",
        conditions={"branches": [branch.pk]} if branch is not None else {},
        pick=Pick.TURN,
    )
    ownership.save_rule(actor=None, rule=rest, people=[staff["lin"], staff["zhao"]])
