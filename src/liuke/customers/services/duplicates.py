"""One customer, one record: who holds a mobile, and what people decide about pairs."""

from collections.abc import Collection, Iterable, Mapping

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import bulk, clock, journal
from liuke.core.errors import Refused
from liuke.core.journal import Change
from liuke.customers import queries
from liuke.customers.models import Customer, DuplicatePair, PrimaryMobile
from liuke.customers.queries import duplicates as known
from liuke.customers.rules import Verdict

CHUNK = 500
# What two customers with one primary mobile are worth looking at.
SAME_MOBILE = 0.9


class Known(Refused):
    """The customer is recorded already; `found` says under which owner, as far as one may know."""

    def __init__(
        self, message: str | dict[str, str], found: list[known.Known], *, reason_needed: bool
    ):
        super().__init__(message)
        self.found = found
        self.reason_needed = reason_needed


def hold_mobile(actor: User | None, customer: Customer, anyway: str = "") -> None:
    """Let a customer hold its primary mobile; refused when another does and no reason is given.

    Who had the number before stays with it, contested or not.
    """
    number = known.main_mobiles([customer.pk]).get(customer.pk, "")
    mine = PrimaryMobile.objects.filter(pk=customer.pk).first()
    if number == (mine.number if mine else ""):
        return
    if mine:
        mine.delete()
        pass_on([mine.number])
    while number:
        try:
            with transaction.atomic():
                PrimaryMobile.objects.create(customer=customer, number=number)
        except IntegrityError:
            holder = known.holders([number]).get(number)
            if holder is None:
                # Let go between the try and the look.
                continue
            if not anyway.strip():
                raise _mobile_taken(actor, holder) from None
            pair = decide(actor, customer.pk, holder, Verdict.SHARED, anyway)
            PrimaryMobile.objects.create(customer=customer, number=number, decision=pair)
        return


def hold_mobiles(numbers: Mapping[int, str], actor: User | None = None, shared: str = "") -> None:
    """Let new customers hold their mobiles, set-wise; who comes second is contested, with a pair
    for people to decide. With `shared`, the reason, it is decided that they share the number."""
    wanted = sorted((number, pk) for pk, number in numbers.items() if known.is_number(number))
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        try:
            with transaction.atomic():
                _hold_chunk(chunk, actor, shared)
        except IntegrityError:
            # Somebody recorded one of them a moment ago: now it is seen.
            _hold_chunk(chunk, actor, shared)


def _hold_chunk(chunk: Iterable[tuple[str, int]], actor: User | None, shared: str) -> None:
    rows = list(chunk)
    holders = known.holders([number for number, _pk in rows])
    second: dict[int, int] = {}
    for number, pk in rows:
        holder = holders.setdefault(number, pk)
        if holder != pk:
            second[pk] = holder
    keep_pairs(
        [(one, other, SAME_MOBILE, [("mobile", "same")]) for other, one in second.items()],
        DuplicatePair.Source.FILE,
    )
    decided = _share(actor, second, shared) if second and shared.strip() else {}
    bulk.insert(
        PrimaryMobile,
        ("customer", "number", "decision", "contested"),
        [(pk, number, decided.get(pk), pk in second and pk not in decided) for number, pk in rows],
    )


def _share(actor: User | None, second: Mapping[int, int], reason: str) -> dict[int, int]:
    """Decide for each customer and the holder of its mobile that they share it; whose pair."""
    pairs = {tuple(sorted(pair)): pair[0] for pair in second.items()}
    found = DuplicatePair.objects.filter(
        first__in={first for first, _second in pairs},
        second__in={second for _first, second in pairs},
    )
    ids = {
        pk: pairs[first, second]
        for pk, first, second in found.values_list("pk", "first", "second")
        if (first, second) in pairs
    }
    said = {"verdict": Verdict.SHARED.value, "reason": reason.strip()[:200]}
    DuplicatePair.objects.filter(pk__in=ids).update(
        **said, decided_by=actor, decided_at=clock.now()
    )
    journal.record_rows(
        actor,
        "duplicate.decided",
        (
            (DuplicatePair._meta.label_lower, pk, mine, None, {**said, "with": other})
            for pk, newcomer in ids.items()
            for mine, other in (
                (newcomer, second[newcomer]),
                (second[newcomer], newcomer),
            )
        ),
    )
    return {newcomer: pk for pk, newcomer in ids.items()}


def hold_anew(customer_ids: Collection[int]) -> None:
    """After ways were taken away: whoever no longer has the number it holds lets it go."""
    main = known.main_mobiles(customer_ids)
    held = dict(PrimaryMobile.objects.filter(pk__in=customer_ids).values_list("pk", "number"))
    stale = {pk for pk in customer_ids if held.get(pk) != main.get(pk)}
    PrimaryMobile.objects.filter(pk__in=stale).delete()
    pass_on([held[pk] for pk in stale if pk in held])
    hold_mobiles({pk: main[pk] for pk in stale if pk in main})


def let_go(customer_ids: Collection[int]) -> set[str]:
    """Customers who are being removed hold no mobile; the numbers that they held."""
    pairs = DuplicatePair.objects.filter(
        Q(first__in=customer_ids) | Q(second__in=customer_ids), verdict=Verdict.SHARED
    )
    mine = PrimaryMobile.objects.filter(pk__in=customer_ids)
    shared = PrimaryMobile.objects.filter(decision__in=pairs).exclude(pk__in=customer_ids)
    numbers = {*mine.values_list("number", flat=True), *shared.values_list("number", flat=True)}
    shared.update(decision=None, contested=True)
    mine.delete()
    return numbers


def pass_on(numbers: Collection[str]) -> None:
    """Numbers were let go: whoever contested one longest holds it now."""
    wanted = sorted(set(numbers) - set(known.holders(numbers)))
    waiting = PrimaryMobile.objects.filter(number__in=wanted, contested=True)
    first: dict[str, int] = {}
    for pk, number in waiting.order_by("customer").values_list("pk", "number"):
        first.setdefault(number, pk)
    PrimaryMobile.objects.filter(pk__in=first.values()).update(contested=False)


def forget_pairs(customer_id: int) -> None:
    """Nobody shares a phone with an erased person, or may be one; what others hold stays theirs."""
    pairs = DuplicatePair.objects.filter(Q(first=customer_id) | Q(second=customer_id))
    mine = PrimaryMobile.objects.filter(pk=customer_id)
    shared = PrimaryMobile.objects.filter(decision__in=pairs).exclude(pk=customer_id)
    numbers = {*mine.values_list("number", flat=True), *shared.values_list("number", flat=True)}
    mine.delete()
    shared.update(decision=None, contested=True)
    pairs.delete()
    pass_on(numbers)


def keep_pairs(found: Iterable[tuple[int, int, float, list[tuple[str, str]]]], source: str) -> int:
    """Store pairs of customers that may be one; a known pair keeps what people decided."""
    ordered = {
        (min(one, other), max(one, other)): (probability, reasons)
        for one, other, probability, reasons in found
    }
    rows = [
        DuplicatePair(
            first_id=first, second_id=second, probability=probability, reasons=reasons,
            source=source,
        )
        for (first, second), (probability, reasons) in sorted(ordered.items())
    ]  # fmt: skip
    DuplicatePair.objects.bulk_create(
        rows,
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["first", "second"],
        update_fields=["probability", "reasons"],
    )
    return len(rows)


@transaction.atomic
def decide_pair(*, actor: User, pair_id: int, verdict: str, reason: str = "") -> DuplicatePair:
    """Two customers are not the same, or share a phone; an empty verdict opens the pair again."""
    require(actor, Act.EDIT_CUSTOMERS)
    pair = DuplicatePair.objects.select_for_update().get(pk=pair_id)
    both = {pair.first_id, pair.second_id}
    if queries.visible_to(actor).filter(pk__in=both).count() != len(both):
        raise Refused(_("A customer no longer exists. Reload the page."))
    decided = decide(actor, pair.first_id, pair.second_id, verdict, reason)
    if not verdict:
        PrimaryMobile.objects.filter(decision=pair).update(decision=None, contested=True)
    contested = PrimaryMobile.objects.filter(customer__in=both, contested=True)
    held = known.holders(list(contested.values_list("number", flat=True)))
    if verdict and set(held.values()) & both:
        contested.filter(number__in=[n for n, pk in held.items() if pk in both]).update(
            decision=decided, contested=False
        )
    return decided


@transaction.atomic
def propose_pair(*, actor: User, one: int, other: int) -> DuplicatePair:
    """Say that two customers are one, for those who may merge."""
    require(actor, Act.EDIT_CUSTOMERS)
    if one == other or queries.visible_to(actor).filter(pk__in=[one, other]).count() != 2:
        raise Refused(_("Choose two customers of your own."))
    first, second = sorted((one, other))
    pair, _new = DuplicatePair.objects.update_or_create(
        first_id=first,
        second_id=second,
        defaults={"verdict": "", "probability": 1, "source": DuplicatePair.Source.PERSON},
    )
    _tell(actor, "duplicate.proposed", pair)
    return pair


def decide(actor: User | None, one: int, other: int, verdict: str, reason: str) -> DuplicatePair:
    """Record what somebody decided about two customers."""
    first, second = sorted((one, other))
    pair, _new = DuplicatePair.objects.update_or_create(
        first_id=first,
        second_id=second,
        defaults={
            "verdict": verdict,
            "reason": reason.strip()[:200],
            "decided_by": actor if verdict else None,
            "decided_at": clock.now() if verdict else None,
        },
        create_defaults={
            "verdict": verdict,
            "reason": reason.strip()[:200],
            "decided_by": actor,
            "decided_at": clock.now(),
            "source": DuplicatePair.Source.PERSON,
        },
    )
    _tell(actor, "duplicate.decided", pair)
    return pair


def ask_about_name(actor: User | None, name: str) -> None:
    """Refuse a customer that nothing but the name tells apart from one who is recorded already."""
    same = known.namesakes(name)
    if same:
        found = list(known.known(actor, same).values())
        raise Known(
            _("%(who)s already exists. Is this somebody else?") % {"who": _named(found)},
            found,
            reason_needed=False,
        )


def taken(actor: User | None, fields: Mapping[str, str]) -> Known | None:
    """Who already has this credit code or customer number."""
    words = {
        "credit_code": _("Another customer already has this credit code. It is %(who)s."),
        "code": _("Another customer already has this number. It is %(who)s."),
    }
    for field, said in words.items():
        value = fields.get(field, "")
        if value and (holder := Customer.objects.filter(**{field: value}).first()):
            found = list(known.known(actor, [holder.pk]).values())
            return Known({field: said % {"who": _named(found)}}, found, reason_needed=False)
    return None


def _mobile_taken(actor: User | None, holder: int) -> Known:
    found = list(known.known(actor, [holder]).values())
    words = _("Another customer already has this mobile: %(who)s. If they share it, say why.")
    return Known(words % {"who": _named(found)}, found, reason_needed=True)


def _named(found: Iterable[known.Known]) -> str:
    return pgettext("list", ", ").join(
        _("%(name)s (owner: %(owner)s)") % {"name": each.name, "owner": each.owner or _("nobody")}
        for each in found
    )


def _tell(actor: User | None, verb: str, pair: DuplicatePair) -> None:
    after = {"verdict": pair.verdict, "reason": pair.reason}
    journal.record(
        actor,
        verb,
        [
            Change(pair, mine, after={**after, "with": other})
            for mine, other in (
                (pair.first_id, pair.second_id),
                (pair.second_id, pair.first_id),
            )
        ],
    )
