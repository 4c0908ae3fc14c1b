"""What was said between the firm and a simulated customer, in keeping with what happened."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from liuke.site.demo.lives import SEED, Life, Visit, advisers_after
from liuke.site.demo.people import BY_NAME
from liuke.site.demo.profiles import WORDS, Profile
from liuke.site.demo.seasons import rushes

# What is left on the desk of somebody who is gone is done by whoever answers the phone.
TAKES_CALLS = "kefu"
AGREED, NO_ANSWER = "agreed", "no_answer"


@dataclass(frozen=True, slots=True)
class Talk:
    day: date
    minute: int
    by: str
    channel: str
    direction: str
    outcome: str
    goal: str
    said: str
    left_open: str
    next_step: str
    next_on: date | None = None


def talks_of(life: Life, profile: Profile, today: date, seed: int = SEED) -> list[Talk]:
    """Every contact with this customer, oldest first, as its adviser wrote it down."""
    chance = Random(f"{seed}:{life.place}:talks")  # noqa: S311  invented data, not a secret
    talks = []
    for about, day, visit, agreed_for in _occasions(chance, life, today):
        by = advisers_after(life, day, today)
        if by is not None and life.joined <= day < today:
            talk = _write(chance, profile, about, day, by.username, visit, agreed_for)
            talks.append(talk)
            if talk.next_on and _was_kept(chance, life, talk.next_on, today):
                by = advisers_after(life, talk.next_on, today) or BY_NAME[TAKES_CALLS]
                kept = _write(chance, profile, "kept", talk.next_on, by.username, visit, None)
                talks.append(kept)
    talks += _kept_in_touch(chance, life, profile, today, talks)
    return sorted(talks, key=lambda talk: (talk.day, talk.minute))


def _was_kept(chance: Random, life: Life, agreed: date, today: date) -> bool:
    """A careless adviser lets things lie, but a manager asks for them once a month."""
    thought_of = chance.random() < life.care
    return agreed < today and (thought_of or agreed < _days(today, -30))


def _kept_in_touch(
    chance: Random, life: Life, profile: Profile, today: date, talks: Sequence[Talk]
) -> Iterator[Talk]:
    """A good adviser lately went through those who had become quiet."""
    spoken = [talk.day for talk in talks if talk.outcome != NO_ANSWER]
    earliest = _days(max(spoken + [visit.day for visit in life.visits]), 60)
    day = _days(today, -chance.randrange(1, 100))
    by = advisers_after(life, day, today)
    if by is not None and day > earliest and chance.random() < life.care:
        yield _write(chance, profile, "touch", day, by.username, life.visits[-1], None)


Occasion = tuple[str, date, Visit, date | None]


def _occasions(chance: Random, life: Life, today: date) -> Iterator[Occasion]:
    for place, visit in enumerate(life.visits):
        following = next(
            (later.day for later in life.visits[place + 1 :] if later.thing == visit.thing), None
        )
        yield from _after(chance, life, visit)
        yield from _before(chance, life, visit, following)
    if life.loss is not None:
        yield from _leaving(chance, life)
    if life.level in "AB":
        for day in rushes(life.joined, today):
            if chance.random() < life.care * 0.25 and not _gone(life, day):
                yield "greet", _days(day, -chance.randrange(1, 9)), life.visits[0], None


def _after(chance: Random, life: Life, visit: Visit) -> Iterator[Occasion]:
    if visit.complaint:
        heard = chance.randrange(2, 6)
        yield "complaint", _days(visit.day, heard), visit, None
        if visit.solved:
            yield "solved", _days(visit.day, heard + chance.randrange(1, 5)), visit, None
    elif chance.random() < life.care * 0.3:
        yield "after", _days(visit.day, chance.randrange(2, 5)), visit, None


def _before(chance: Random, life: Life, visit: Visit, following: date | None) -> Iterator[Occasion]:
    """The reminder before the next visit, if the adviser thinks of it."""
    due = following or _days(visit.day, int(life.gap))
    day = _days(due, -chance.randrange(4, 13))
    wanted = chance.random() < life.care * 0.6 and day > _days(visit.day, 6)
    if wanted and not _gone(life, due):
        yield "remind", day, visit, due


def _leaving(chance: Random, life: Life) -> Iterator[Occasion]:
    """Somebody notices that the customer stays away; not everybody says why."""
    loss, back = life.loss, life.returned_on
    if loss is None:
        return
    last = next(visit for visit in reversed(life.visits) if visit.day <= loss.day)
    day = _days(loss.day, int(life.gap * chance.uniform(0.9, 1.5)))
    while chance.random() < max(0.12, life.care) * 0.8 and (back is None or day < back):
        said = chance.random() < 0.65
        yield str(loss.cause) if said else "silent", day, last, None
        if said:
            break
        day = _days(day, chance.randrange(3, 40))
    if back is not None:
        yield "won_back", _days(back, -chance.randrange(3, 11)), last, back


def _gone(life: Life, day: date) -> bool:
    """Between the last visit and the return nobody hears the usual words."""
    if life.loss is None or day <= life.loss.day:
        return False
    return life.returned_on is None or day < life.returned_on


def _write(
    chance: Random,
    profile: Profile,
    about: str,
    day: date,
    by: str,
    visit: Visit,
    agreed_for: date | None,
) -> Talk:
    channel, direction, outcome, goal, said, left_open, step = chance.choice(WORDS["talk"][about])
    work = chance.choice(visit.lines).text.split("：")[0]
    goal, said = (text.format(work=work, **profile.things) for text in (goal, said))
    next_on = None
    if step:
        next_on = _days(day, 3 if outcome != AGREED else 7)
        if outcome == AGREED and agreed_for is not None:
            next_on = max(day, _days(agreed_for, -1))
    return Talk(
        day, chance.randrange(9 * 60, 18 * 60), by, channel, direction, outcome, goal, said,
        left_open, step, next_on,
    )  # fmt: skip


def _days(day: date, count: int) -> date:
    return day + timedelta(days=count)
