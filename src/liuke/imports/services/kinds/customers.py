"""Customers: found by a key, given what the file knows of them, or recorded as new."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.core import text
from liuke.customers.models import Asset
from liuke.customers.queries import field_label
from liuke.customers.queries.contacts import own_points
from liuke.customers.rules import kind_of, plate_key
from liuke.customers.rules.contacts import normalised
from liuke.customers.rules.fields import FieldOf
from liuke.customers.services import NewContactPoint, NewCustomer
from liuke.customers.services.bulk import (
    BLANK,
    NewRow,
    Patch,
    Prepared,
    create_many,
    prepared,
    snapshots,
    update_many,
)
from liuke.imports.readers.declare import Mode, Reading, Twins
from liuke.imports.services.kinds import finding
from liuke.imports.services.kinds.customer_shape import SHAPE
from liuke.imports.services.kinds.finding import Found
from liuke.imports.services.kinds.kind import Action, Made, RecordKind, Row, Step
from liuke.imports.services.kinds.said import (
    MARK,
    Said,
    fields_now,
    read_said,
    said_of,
    shown,
    without_unfit,
)

PLAIN = (
    "name", "code", "level", "source", "note", "gender", "birth_date", "occupation", "industry",
    "size", "credit_code", "kind",
)  # fmt: skip
# Who has the mobile of another is recorded all the same.
KEPT = (Twins.CREATE, Twins.SHARE)
HOME = ("owner", "branch")
NEVER_ERASED = frozenset({"name", "kind", "code", "credit_code"})
# A new customer as it can be sent between processes: values, assets, what follows from both.
Ready = tuple[Mapping[str, Any], Sequence[tuple[str, str]], Prepared]
TITLES = ("先生", "女士", "小姐", "太太", "夫人")


def prepare(values: Mapping[str, Any]) -> Ready | None:
    """The row as a new customer, for whichever process has time."""
    if "name" not in values:
        return None
    new = NewCustomer(_plain_values(values), points_of(values), assets_of(values))
    return new.values, new.assets, prepared(new)


def prepare_all(rows: Sequence[Mapping[str, Any]]) -> list[Ready | None]:
    """A chunk of it, as a process beside this one takes it."""
    return [prepare(values) for values in rows]


def plan(actor: User | None, rows: Sequence[Row], reading: Reading) -> list[Step]:
    """What each row comes to: new, a change, nothing, or why not."""
    found = finding.look_up(actor, rows, reading.key)
    steps = [_sorted_out(row, found, reading) for row in rows]
    _one_row_each(steps)
    homes = _homes(actor, rows, reading)
    written = [step for step in steps if step.action in (Action.NEW, Action.CHANGE)]
    for step in written:
        notices, home = homes.get(step.row.place, ([], {}))
        step.notices += notices
        step.what = home
    said, specs = read_said(actor, [step.row for step in written], reading)
    plates = plates_in_service([step.row for step in written])
    changes = [step for step in written if step.action is Action.CHANGE]
    if changes:
        _compare(changes, plates, reading, actor is None or actor.may(Act.ASSIGN), said, specs)
    new = [step for step in written if step.action is Action.NEW]
    _without_foreign_plates(new, plates)
    for step in new if specs else ():
        kind = _plain_values(step.row.values)["kind"]
        step.what = {**step.what, "said": _fitting(step, said[step.row.place], specs, kind)}
    return steps


def write(
    actor: User | None,
    steps: Sequence[Step],
    ready: Sequence[Ready | None] | None,
    reading: Reading,
    origin: str,
) -> Made:
    """Record a chunk that was planned in the same transaction."""
    new, words = [], []
    for at, step in enumerate(steps):
        if step.action is not Action.NEW:
            continue
        values = step.row.values
        known = ready[at] if ready is not None else None
        if known is None or "plate" in step.what:
            known = prepare({name: each for name, each in values.items() if name not in step.what})
        if known is not None:
            plain, things, each = known
            homed = {**plain, **{name: step.what[name] for name in HOME if name in step.what}}
            customer = NewCustomer(homed, (), things, step.what.get("said", {}))
            new.append(NewRow(customer, values.get("tags", ())))
            words.append(each)
    shared = reading.reason if reading.twins == Twins.SHARE else ""
    created = create_many(actor=actor, new=new, origin=origin, ready=words, shared=shared)
    patches = [step.what for step in steps if step.action is Action.CHANGE]
    changed = None
    if patches:
        changed = update_many(actor=actor, patches=patches, origin=origin, shared=shared)
    assets = [*created.assets, *(changed.assets if changed else ())]
    return Made(
        created={"customers": list(created.customers), "assets": assets},
        changed={"customers": list(changed.customers) if changed else []},
    )


def _sorted_out(row: Row, found: Found, reading: Reading) -> Step:
    ids = found.by_key(row, reading.key)
    if len(ids) > 1:
        return Step(row, Action.REFUSED, code="several", about=_first(reading))
    if not ids:
        return _unknown(row, found, reading)
    return _known(row, next(iter(ids)), found, reading)


def _known(row: Row, pk: int, found: Found, reading: Reading) -> Step:
    if reading.mode == Mode.CREATE:
        return Step(row, Action.LEFT, code="exists", other=pk)
    if pk not in found.mine:
        said = found.said_of(pk)
        return Step(row, Action.REFUSED, code="foreign", about=_first(reading), message=said)
    for name, value, known in _identities(row, found):
        if value and known - {pk}:
            return _in_the_way(row, name, known - {pk}, found)
    return Step(row, Action.CHANGE, other=pk)


def _unknown(row: Row, found: Found, reading: Reading) -> Step:
    if reading.mode == Mode.UPDATE:
        return Step(row, Action.LEFT, code="missing")
    taken = [(name, known) for name, value, known in _identities(row, found) if value and known]
    if not taken and (known := found.by_phone(row)) and reading.twins not in KEPT:
        taken = [("mobile", known)]
    if taken:
        name, known = taken[0]
        pk = next(iter(known))
        if reading.twins == Twins.UPDATE and len(known) == 1 and pk in found.mine:
            return Step(row, Action.CHANGE, other=pk, code="twin")
        return _in_the_way(row, name, known, found)
    if "name" not in row.values:
        return Step(row, Action.REFUSED, code="empty", about="name")
    return Step(row, Action.NEW)


def _identities(row: Row, found: Found) -> list[tuple[str, str, set[int]]]:
    """The numbers of which the database lets nobody share one."""
    code, credit = row.values.get("code", ""), finding.credit_code(row.values)
    return [
        ("code", code, found.codes.get(code, set())),
        ("credit_code", credit, found.credit_codes.get(credit, set())),
    ]


def _in_the_way(row: Row, name: str, known: set[int], found: Found) -> Step:
    pk = min(known)
    return Step(row, Action.REFUSED, code="taken", about=name, other=pk, message=found.said_of(pk))


def _one_row_each(steps: Sequence[Step]) -> None:
    """Two rows of a chunk that mean one customer by different numbers: the first one counts."""
    seen: dict[int, int] = {}
    for step in steps:
        if step.action is Action.CHANGE and step.other is not None:
            first = seen.setdefault(step.other, step.row.number)
            if first != step.row.number:
                step.action, step.code = Action.REFUSED, "same_customer"
                step.message = _("row %s") % first


def _homes(
    actor: User | None, rows: Sequence[Row], reading: Reading
) -> dict[int, tuple[list[str], dict[str, Any]]]:
    """Place → notices, and ids of owner and branch, for the rows that say something of them."""
    said = {"owner", "branch"} & set(reading.columns.values())
    mine = {"owner": actor.pk} if reading.owner == "me" and actor else {}
    if not said and not mine:
        return {}
    known = {"owner": finding.people(actor), "branch": finding.branches(actor)}
    homes = {}
    for row in rows:
        notices, values = [], dict(mine)
        for name in sorted(said & set(row.values)):
            pk = known[name].get(text.normalise(row.values[name]))
            if pk is None:
                notices.append(f"{name}:{name}")
            else:
                values[name] = pk
        homes[row.place] = (notices, values)
    return homes


def _compare(
    steps: Sequence[Step],
    plates: dict[str, int],
    reading: Reading,
    may_assign: bool,
    said: Mapping[int, Said],
    specs: Sequence[FieldOf],
) -> None:
    """Reduce each change to what really differs; nothing left makes it the same."""
    met = {step.row.place: step.other for step in steps if step.other is not None}
    ids = list(met.values())
    old, said_before = snapshots(ids), said_of(ids, specs)
    numbers: dict[int, set[str]] = {pk: set() for pk in ids}
    rows = own_points().filter(customer__in=ids)
    for pk, value in rows.values_list("customer", "normalised"):
        numbers[pk].add(value)
    erasable = {each.name for each in reading.mapped(SHAPE)} & set(PLAIN) - NEVER_ERASED
    for step in steps:
        pk, values = met[step.row.place], step.row.values
        home = {name: value for name, value in step.what.items() if name in values}
        if home.get("owner") not in (None, old[pk]["owner"]) and not may_assign:
            del home["owner"]
            step.notices.append("assign:owner")
        wanted = _plain_values(step.row.values) | home
        if "kind" not in values:
            wanted.pop("kind", None)
        if str(wanted.get("name", "")).endswith(TITLES):
            del wanted["name"]
        if reading.erase:
            wanted |= {name: BLANK.get(name, "") for name in erasable if name not in values}
        differing = {name: value for name, value in wanted.items() if old[pk][name] != value}
        points = [each for each in points_of(values) if known_as(each) not in numbers[pk]]
        tags = [each for each in values.get("tags", ()) if each not in old[pk]["tags"]]
        news, was = {}, said_before.get(pk, {})
        if specs:
            kind = str(wanted.get("kind", old[pk]["kind"]))
            fitting = _fitting(step, said[step.row.place], specs, kind)
            news = {code: value for code, value in fitting.items() if was.get(code) != value}
        if points and finding.is_named_only(step.row, reading.key):
            # Two people of one name: whom the row means cannot be known.
            step.action, step.code, step.about = Action.REFUSED, "namesake", _first(reading)
            continue
        step.what = Patch(pk, differing, points, tags, _new_assets(step, plates), news)
        step.changes = {**_shown(old[pk], step.what), **shown(specs, was, news)}
        if not step.changes:
            step.action = Action.SAME


def _fitting(step: Step, said: Said, specs: Sequence[FieldOf], kind: str) -> Mapping[str, Any]:
    """What the row says in the profile, as far as it is asked of this kind of customer."""
    fitting = without_unfit(said, specs, kind, _("This field is not for this kind of customer."))
    for code, why in fitting.wrong.items():
        step.notices.append(f"value:{MARK}{code}")
        step.remarks[f"value:{MARK}{code}"] = why
    return fitting.values


def _new_assets(step: Step, plates: dict[str, int]) -> list[tuple[str, str]]:
    """The plate of a row unless it is in service: here already, or with somebody else."""
    assets = assets_of(step.row.values)
    if not assets:
        return []
    mine = -step.row.place if step.other is None else step.other
    key = plate_key(assets[0][1])
    known = key in plates
    if plates.setdefault(key, mine) != mine:
        step.notices.append("plate:plate")
    return [] if known else assets


def _without_foreign_plates(steps: Sequence[Step], plates: dict[str, int]) -> None:
    for step in steps:
        if "plate" in step.row.values and not _new_assets(step, plates):
            step.what = {**step.what, "plate": None}


def plates_in_service(rows: Sequence[Row]) -> dict[str, int]:
    """Plates of these rows that are in service → whose."""
    keys = {plate_key(row.values.get("plate", "")) for row in rows} - {""}
    known = Asset.objects.filter(serial_normalised__in=keys, retired_on=None)
    return dict(known.values_list("serial_normalised", "customer")) if keys else {}


def _shown(old: Mapping[str, Any], patch: Patch) -> dict[str, tuple[str, str]]:
    """Field → before and after, in the reader's words."""
    shown = {
        field_label(name): (_text(old[name]), _text(value)) for name, value in patch.values.items()
    }
    comma = pgettext("list", ", ")
    if patch.contact_points:
        added = comma.join(point.value for point in patch.contact_points)
        shown[_("Contact points")] = ("", added)
    if patch.tags:
        shown[_("Tags")] = (comma.join(old["tags"]), comma.join([*old["tags"], *patch.tags]))
    if patch.assets:
        shown[_("Vehicles and machines")] = ("", comma.join(map(" ".join, patch.assets)))
    return shown


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _plain_values(said: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: said[name] for name in PLAIN if name in said}
    if "credit_code" in values:
        values["credit_code"] = finding.credit_code(said)
    if "name" in values:
        values.setdefault("kind", kind_of(values["name"]).value)
    if values.get("kind") == "organization":
        values.pop("gender", None)
    return values


def points_of(values: Mapping[str, Any]) -> list[NewContactPoint]:
    points = [_phone("mobile", each) for each in values.get("mobile", ())]
    points += [_phone("phone", each) for each in values.get("phone", ())]
    points += [NewContactPoint("email", each) for each in values.get("email", ())]
    points += [
        NewContactPoint(kind, values[kind]) for kind in ("wechat", "address") if kind in values
    ]
    if points and points[0].kind == "mobile":
        points[0] = NewContactPoint("mobile", points[0].value, preferred=True)
    return points


def _phone(field: str, value: str) -> NewContactPoint:
    """A mobile in the column of landlines is a mobile, and a landline in that of mobiles none."""
    whole = text.phone(value)
    mobile = whole.startswith("+861") and len(whole) == 14
    foreign = whole.startswith("+") and not whole.startswith("+86")
    kind = "mobile" if mobile or (foreign and field == "mobile") else "phone"
    return NewContactPoint(kind, value[:200])


def known_as(point: NewContactPoint) -> str:
    return normalised(point.kind, point.value)


def assets_of(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    plate, name = values.get("plate", ""), values.get("vehicle", "")
    return [(name or plate, plate)] if plate else []


def _first(reading: Reading) -> str:
    key = SHAPE.key(reading.key)
    return key.fields[0] if key else ""


CUSTOMERS = RecordKind(SHAPE, plan, write, prepare, fields_now)
