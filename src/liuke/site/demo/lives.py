"""The simulated customers: who they are, when they come, why they stop. No database.

Every customer draws from a source of chance of its own, so that the same day and seed give the
same people whatever is changed about the others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from faker import Faker

from liuke.site.demo.causes import CURABLE, Cause, Circumstances, Loss, leaves
from liuke.site.demo.people import BY_NAME, PEOPLE, Person
from liuke.site.demo.profiles import WORDS, Profile
from liuke.site.demo.seasons import open_day, settle

SEED = 20_260
YEARS = 3
COMPETITOR_OPENED = timedelta(days=430)
COMPETITOR_BRANCH = 2
PRICES_RISE = 1.03
# How long the chances in `causes` take to come round once.
QUIET_GAP = 140
FAR = timedelta(days=30)
SMALL_SERVICE, LARGE_SERVICE = 0, 1
SERVICE_KM = 7_500
# No mobile number begins with 154 and no Shanghai plate with 沪X to 沪Z.
NOBODYS_PHONE = "154"
NOBODYS_PLATES = "XYZ"


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    quantity: int
    price: int
    code: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit or order; `thing` counts the customer's cars."""

    day: date
    minute: int
    thing: int
    lines: Sequence[Line]
    note: str = ""
    complaint: bool = False
    solved: bool = True

    @property
    def total(self) -> int:
        return sum(line.quantity * line.price for line in self.lines)


@dataclass(slots=True)
class Car:
    name: str
    plate: str
    price_level: float
    km: int
    next: date


@dataclass(slots=True)
class Life:
    """One customer from the first visit until today."""

    place: int
    number: str
    is_organization: bool
    name: str
    gender: str
    mobile: str
    source: str
    adviser: Person
    level: str
    joined: date
    gap: float
    forgetful: bool
    near_competitor: bool
    cars: list[Car]
    visits: list[Visit] = field(default_factory=list)
    loss: Loss | None = None
    returned_on: date | None = None

    @property
    def is_large(self) -> bool:
        return self.level == "A"

    @property
    def care(self) -> float:
        return self.adviser.care if self.is_large else self.adviser.care_small


def simulate(profile: Profile, today: date, seed: int = SEED) -> list[Life]:
    """Everybody who came in the three years before this day."""
    names = Faker("zh_CN", use_weighting=True)
    names.seed_instance(seed)
    lives = [_born(profile, place, today, seed, names) for place in range(profile.customers)]
    for life in lives:
        _live(life, profile, today, Random(f"{seed}:{life.place}:visits"))  # noqa: S311
    return lives


def _born(profile: Profile, place: int, today: date, seed: int, names: Faker) -> Life:
    chance = Random(f"{seed}:{place}:person")  # noqa: S311  invented data, not a secret
    begun = today - timedelta(days=365 * YEARS)
    organization = chance.random() < profile.organizations
    median = profile.gap_of_organizations if organization else profile.gap
    gap = median * chance.lognormvariate(0, profile.spread)
    # Half of the customers were there when the record began; the rest came one by one.
    joined = begun + timedelta(days=int(chance.uniform(0, gap)))
    if place % 2:
        joined = begun + timedelta(days=chance.randrange(365 * YEARS - 5))
    joined = open_day(joined, today)
    cars = _cars(chance, profile, place, organization, joined, gap)
    worth = sum(car.price_level for car in cars) * profile.gap / gap
    level = "A" if worth > 1.75 else "B" if worth > 1 else "C"
    gender = chance.choice(("male", "male", "female"))
    man = gender == "male"
    return Life(
        place=place,
        number=f"K{place + 1:05d}",
        is_organization=organization,
        name=names.company() if organization else names.name_male() if man else names.name_female(),
        gender="" if organization else gender,
        mobile=f"{NOBODYS_PHONE}{(place + 1) * 48_611 % 10**8:08d}",
        source=chance.choice(profile.sources),
        adviser=_adviser(chance, level == "A"),
        level=level,
        joined=joined,
        gap=gap,
        forgetful=not organization and chance.random() < 0.2,
        near_competitor=chance.random() < 0.5,
        cars=cars,
    )


def _adviser(chance: Random, large: bool) -> Person:
    known = [person for person in PEOPLE if person.load and (large or not person.large_only)]
    return chance.choices(known, [person.load for person in known])[0]


def _cars(
    chance: Random, profile: Profile, place: int, organization: bool, joined: date, gap: float
) -> list[Car]:
    count = 1
    if profile.has_cars:
        count = chance.randrange(3, 9) if organization else chance.choice((1, 1, 1, 1, 1, 2))
    kinds = WORDS["vans" if organization else "cars"]
    cars = []
    for index in range(count):
        name, price_level = chance.choice(kinds)
        start = timedelta(days=int(chance.uniform(0, gap * 0.8)) if index else 0)
        # The customer's place makes the plate the only one of its kind.
        digits = (place * 10 + index) * 7_919 % 100_000
        plate = f"沪{NOBODYS_PLATES[digits % 3]}·{digits:05d}" if profile.has_cars else ""
        km = chance.randrange(3_000, 90_000)
        if not profile.has_cars:
            price_level = 1.0
        cars.append(Car(name, plate, price_level, km, joined + start))
    return cars


def _live(life: Life, profile: Profile, today: date, chance: Random) -> None:
    while True:
        thing, car = min(enumerate(life.cars), key=lambda item: item[1].next)
        car.next = open_day(car.next, car.next + FAR)
        # Today has only begun: the last visits are those of yesterday.
        if car.next >= today:
            return
        visit = _visit(chance, life, profile, thing, today)
        life.visits.append(visit)
        gap = max(5.0, chance.gauss(life.gap, life.gap * 0.17))
        due = visit.day + timedelta(days=int(gap))
        car.next = max(settle(chance, due), visit.day + timedelta(days=min(int(gap), 21)))
        # A fleet decides as one, and decides no more often than others.
        if thing or life.loss is not None:
            continue
        around = _circumstances(chance, life, visit, due, today)
        cause = leaves(chance, around, min(1.0, life.gap / QUIET_GAP))
        if cause is not None and not _goes(chance, life, visit, cause, today):
            return


def _goes(chance: Random, life: Life, visit: Visit, cause: Cause, today: date) -> bool:
    """The customer leaves; whether it comes back one day."""
    left = life.adviser.left_on(today)
    day = visit.day if cause != Cause.ADVISER_LEFT or left is None else max(visit.day, left)
    life.loss = Loss(cause, day)
    if cause not in CURABLE or chance.random() > 0.15 + 0.2 * life.care:
        return False
    back = open_day(day + timedelta(days=int(life.gap * chance.uniform(3.2, 5))), today)
    if back >= today:
        return False
    life.returned_on = back
    for car in life.cars:
        car.next = back + timedelta(days=chance.randrange(20))
    life.cars[0].next = back
    return True


def _circumstances(
    chance: Random, life: Life, visit: Visit, due: date, today: date
) -> Circumstances:
    usual = sorted(each.total for each in life.visits if each.thing == visit.thing)
    left = life.adviser.left_on(today)
    return Circumstances(
        price_shock=len(usual) > 2 and visit.total > 1.8 * usual[len(usual) // 2],
        neglected=life.care < 0.2,
        unsolved=visit.complaint and not visit.solved,
        competitor_near=life.near_competitor
        and life.adviser.branch == COMPETITOR_BRANCH
        and visit.day > today - COMPETITOR_OPENED,
        forgotten=life.forgetful and chance.random() > life.care,
        adviser_left=left is not None and due > left,
    )


def _visit(chance: Random, life: Life, profile: Profile, thing: int, today: date) -> Visit:
    car = life.cars[thing]
    earlier = sum(visit.thing == thing for visit in life.visits)
    prices = car.price_level * PRICES_RISE ** ((car.next - today).days / 365)
    complaint = chance.random() < 0.05
    note = ""
    if profile.has_cars:
        car.km += int(SERVICE_KM * chance.uniform(0.7, 1.4)) if earlier else 0
        note = f"进店里程 {car.km // 10 * 10:,} 公里"
    return Visit(
        day=car.next,
        minute=chance.randrange(8 * 60 + 30, 17 * 60 + 30),
        thing=thing,
        lines=list(_lines(chance, profile, earlier, prices)),
        note=note,
        complaint=complaint,
        solved=not complaint or chance.random() < life.care,
    )


def _lines(chance: Random, profile: Profile, earlier: int, prices: float) -> Iterator[Line]:
    work = profile.work
    extra = chance.choice(profile.lines)
    if profile.has_cars:
        service = LARGE_SERVICE if earlier % 3 == 2 else SMALL_SERVICE
        chosen = [service, *chance.sample(range(LARGE_SERVICE + 1, len(work)), extra)]
    else:
        chosen = chance.sample(range(len(work)), extra + 1)
    for index in chosen:
        text, low, high = work[index]
        price = max(1, round(chance.uniform(low, high) * prices))
        code = "" if profile.has_cars else f"P{index + 1:02d}"
        yield Line(text, chance.choice(profile.quantities), price, code)


def advisers_after(life: Life, day: date, today: date) -> Person | None:
    """Who speaks for the firm on a day: hardly anybody took over from who left."""
    left = life.adviser.left_on(today)
    if left is None or day < left:
        return life.adviser
    return BY_NAME["qian"] if life.place % 4 == 0 else None
