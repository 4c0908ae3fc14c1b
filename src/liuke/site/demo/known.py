"""What the demo firms know of their customers beyond orders: levels, own fields, the profile."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from liuke.customers import services as customers
from liuke.customers.rules.fields import For, Type
from liuke.customers.services import Entry, LevelEntry
from liuke.site.demo.lives import SEED, Life
from liuke.site.demo.profiles import Profile

WORDS: dict[str, Any] = json.loads(Path(__file__).with_name("known.json").read_text("utf-8"))
# Share of customers of whom somebody has written a profile.
ASKED = 0.55
COLUMNS = ("birth_date", "occupation", "industry", "size")


def define(profile: Profile) -> dict[str, str]:
    """The firm's levels and its own fields, by the name that `known.json` gives them."""
    customers.save_levels(
        actor=None, wanted=[LevelEntry(name, standard) for name, standard in WORDS["levels"]]
    )
    codes = {}
    for own in WORDS["fields"][profile.business]:
        made = customers.create_field(
            actor=None,
            values={
                "name": own["name"],
                "type": Type(own["type"]),
                "applies": For(own["applies"]),
                "weight": own["weight"],
                "help": own["help"],
            },
            entries=[Entry(name) for name in own["entries"]],
        )
        codes[own["name"]] = made.code
    return codes


def answers(
    life: Life, profile: Profile, own: Mapping[str, str], seed: int = SEED
) -> dict[str, Any]:
    """What one customer said, the same for the same seed; nothing of those whom nobody asked."""
    chance = Random(f"{seed}:known:{life.number}")  # noqa: S311
    if chance.random() > ASKED:
        return {}
    said = _firm(chance) if life.is_organization else _person(chance)
    if chance.random() < 0.6:
        said["motive"] = chance.choice(WORDS["motives"][profile.business])
    if chance.random() < 0.3:
        said["doubts"] = chance.choice(WORDS["doubts"][profile.business])
    if chance.random() < 0.5:
        said["source_kind"] = chance.choice(WORDS["source_kinds"])
    for field in WORDS["fields"][profile.business]:
        fits = field["applies"] in ("both", "organization" if life.is_organization else "person")
        if fits and chance.random() < field["share"]:
            said[own[field["name"]]] = _value(field, life, chance)
    return said


def _person(chance: Random) -> dict[str, Any]:
    said: dict[str, Any] = {"occupation": chance.choice(WORDS["occupations"])}
    if chance.random() < 0.7:
        said["birth_date"] = date(1958, 1, 1) + timedelta(days=chance.randrange(46 * 365))
    if chance.random() < 0.5:
        said["marital"] = chance.choices(("married", "single", "divorced"), (7, 2, 1))[0]
    if chance.random() < 0.3:
        said["income"] = chance.choices(("middle", "upper", "low", "high"), (5, 3, 1, 1))[0]
    if chance.random() < 0.4:
        said["hobbies"] = sorted(chance.sample(WORDS["hobbies"], chance.randrange(1, 3)))
    return said


def _firm(chance: Random) -> dict[str, Any]:
    said: dict[str, Any] = {
        "industry": chance.choice(WORDS["industries"]),
        "size": chance.choice(WORDS["sizes"]),
    }
    if chance.random() < 0.6:
        said["business_model"] = chance.choice(("wholesale", "services", "retail", "chain"))
    if chance.random() < 0.7:
        said["invoice_kind"] = chance.choices(("special", "ordinary", "none"), (6, 3, 1))[0]
    return said


def _value(field: Mapping[str, Any], life: Life, chance: Random) -> Any:
    kind = Type(field["type"])
    if kind == Type.CHOICE:
        return chance.choice(field["entries"])
    if kind == Type.CHOICES:
        some = set(chance.sample(field["entries"], chance.randrange(1, 3)))
        return [name for name in field["entries"] if name in some]
    if kind == Type.DATE:
        return life.joined + timedelta(days=chance.randrange(30, 700))
    if kind == Type.YES_NO:
        return chance.random() < 0.6
    low, high, step = field["range"]
    return chance.randrange(low, high, step)
