"""Who stands around the simulated customers, how all of them are reached, and who knows whom."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from liuke.core import text
from liuke.site.demo.lives import NOBODYS_PHONE, SEED, Life
from liuke.site.demo.profiles import WORDS, Profile

# One in so many customers knows another one.
KNOWS = 12
Ways = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Somebody:
    name: str
    position: str
    function: str
    roles: Sequence[str]
    concern: str
    words: str
    ways: Ways


@dataclass(frozen=True, slots=True)
class Statement:
    """What a customer said about one kind of way."""

    kind: str
    purpose: str
    given: bool
    how: str
    on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Two customers by their numbers; some weak ties became strong one day."""

    first: str
    second: str
    kind: str
    strength: str
    on: date
    closer_on: date | None = None


def ways_of(life: Life, seed: int = SEED) -> Ways:
    """The mobile, and for most people the name by which WeChat knows them."""
    chance = _chance(life, "ways", seed)
    ways = [("mobile", life.mobile)]
    if not life.is_organization and chance.random() < 0.7:
        ways.append(("wechat", _wechat(life.name, chance)))
    return ways


def circle(life: Life, profile: Profile, seed: int = SEED) -> list[Somebody]:
    """An organization has its people; now and then somebody at home has a say."""
    chance = _chance(life, "circle", seed)
    if not life.is_organization:
        return [_relative(life, chance)] if chance.random() < 0.08 else []
    staff = WORDS["around"][profile.business]
    chosen = sorted(chance.sample(range(len(staff)), chance.randrange(2, len(staff))))
    return [_colleague(life, chance, place, staff[place]) for place in chosen]


def consents(life: Life, seed: int = SEED) -> list[Statement]:
    """Most agree to be reminded when they come first; some are tired of offers after a while."""
    chance = _chance(life, "consents", seed)
    if chance.random() > 0.6:
        return []
    agreed = Statement("mobile", "service", True, "spoken", life.joined)
    said = [agreed]
    offers = chance.random()
    if offers < 0.5:
        said.append(Statement("wechat", "offers", True, "message", life.joined))
    if offers < 0.1:
        tired = life.joined + timedelta(days=chance.randrange(60, 400))
        words = "活动消息太多了，别再发了。"
        said.append(Statement("wechat", "offers", False, "message", tired, words))
    return said


def links(lives: Sequence[Life], today: date, seed: int = SEED) -> list[Link]:
    """Some customers know each other: families by their name, firms by their trade."""
    chance = Random(f"{seed}:links")  # noqa: S311
    namesakes: defaultdict[str, list[Life]] = defaultdict(list)
    firms: list[Life] = []
    found: dict[tuple[str, str, str], Link] = {}
    for life in lives:
        if life.is_organization:
            _link(found, chance, life, firms, ("supplier", "partner", "parent"), today)
            firms.append(life)
        else:
            same = namesakes[life.name[0]]
            _link(found, chance, life, same, ("kin", "colleague", "neighbour", "town"), today)
            same.append(life)
    return list(found.values())


def _link(
    found: dict[tuple[str, str, str], Link],
    chance: Random,
    life: Life,
    known: Sequence[Life],
    kinds: Sequence[str],
    today: date,
) -> None:
    if not known or chance.randrange(KNOWS):
        return
    other, kind = chance.choice(known), chance.choice(kinds)
    on = max(life.joined, other.joined)
    room = (today - on).days
    closer = None
    if kind == "town" and room > 30 and chance.random() < 0.4:
        closer = on + timedelta(days=chance.randrange(30, room + 1))
    strength = "weak" if kind == "town" else ""
    link = Link(other.number, life.number, kind, strength, on, closer)
    found[link.first, link.second, kind] = link


def _colleague(life: Life, chance: Random, place: int, row: Sequence[str]) -> Somebody:
    roles, function, position, concern, words = row
    given = [*WORDS["given"]["female"], *WORDS["given"]["male"]]
    name = chance.choice(WORDS["surnames"]) + chance.choice(given)
    ways = [("mobile", _mobile(life, place))]
    if chance.random() < 0.5:
        ways.append(("wechat", _wechat(name, chance)))
    return Somebody(name, position, function, roles.split(), concern, words, ways)


def _relative(life: Life, chance: Random) -> Somebody:
    spouse = "妻子" if life.gender == "male" else "丈夫"
    other = "丈夫" if spouse == "妻子" else "妻子"
    kin, roles, words = chance.choice([row for row in WORDS["family"] if row[0] != other])
    of_house = kin not in (spouse, other)
    surname = life.name[0] if of_house else chance.choice(WORDS["surnames"])
    name = surname + chance.choice(WORDS["given"]["female" if kin == "妻子" else "male"])
    ways = [("mobile", _mobile(life, 0))] if chance.random() < 0.7 else []
    return Somebody(name, kin, "family", roles.split(), "", words, ways)


def _mobile(life: Life, place: int) -> str:
    number = ((life.place + 1) * 48_611 + (place + 1) * 7_000_003) % 10**8
    return f"{NOBODYS_PHONE}{number:08d}"


def _wechat(name: str, chance: Random) -> str:
    return text.sort_key(name).replace(" ", "") + f"{chance.randrange(70, 100)}"


def _chance(life: Life, about: str, seed: int) -> Random:
    return Random(f"{seed}:{life.place}:{about}")  # noqa: S311  invented data, not a secret
