"""Cells of declared fields as values, set-wise: what each row says, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

from duckdb import DuckDBPyConnection

from liuke.core.text import SEVERAL
from liuke.imports.readers.declare import Field, Key, Reading, Shape, Twins, Type
from liuke.imports.readers.moments import evidence_of, moment, order_of, spoken
from liuke.imports.readers.parsing import EARLIEST, Frame, quoted

TOTALS = (
    r"^(合\s*计|总\s*计|小\s*计|共\s*计|总数|汇总|(grand )?total|sub-?total|sum)"
    r"\s*[:：]?\s*[\d\s,.¥￥元条位人]*$"
)
AN_ADDRESS = r"^[^@\s]+@[^@\s]+\.[^@\s.]+$"
MALE = r"(先生|\bmr\.?)"
FEMALE = r"(女士|小姐|太太|夫人|\b(mrs|ms|miss)\.?)"
TITLE = r"[\s　]*[(（]?(先生|女士|小姐|太太|夫人)[)）]?$"
TITLE_BEFORE = r"^(mr|mrs|ms|miss|dr)\.?\s+"

# figures: what can be dialled. whole_number: 1.3800136027E10 and 13800136027.0 as they were meant;
# NULL when the spreadsheet has cut the last figures off.
MACROS = rf"""
CREATE MACRO narrow(x) AS translate(x,
    '０１２３４５６７８９＋－（）．＠', '0123456789+-().@');
CREATE MACRO figures(x) AS regexp_replace(narrow(x), '[^0-9]', '', 'g');
CREATE MACRO whole_number(x) AS
    CASE WHEN regexp_matches(x, '^\d(\.\d+)?[eE]\+?\d{{1,2}}$') THEN
         CASE WHEN length(regexp_replace(split_part(upper(x), 'E', 1), '[^0-9]', '', 'g')) >= 9
              THEN try_cast(try_cast(x AS DOUBLE) AS BIGINT)::VARCHAR END
         ELSE regexp_replace(x, '^(\d+)\.0+$', '\1') END;
CREATE MACRO pieces(x) AS list_filter(
    list_transform(regexp_split_to_array(x, '{SEVERAL}'), lambda each: edges(each)),
    lambda each: each <> '');
CREATE MACRO is_phone(x) AS length(figures(x)) BETWEEN 5 AND 20;
CREATE MACRO dialled(x) AS
    CASE WHEN regexp_matches(figures(x), '^(0|86|0086)?1[3-9]\d{{9}}$') THEN right(figures(x), 11)
         ELSE figures(x) END;
CREATE MACRO bare_name(x) AS
    regexp_replace(regexp_replace(x, '{TITLE}', ''), '{TITLE_BEFORE}', '', 'i');
CREATE MACRO untitled(x) AS
    CASE WHEN length(bare_name(x)) > 1 THEN bare_name(x) ELSE x END;
CREATE MACRO gender_in(x) AS
    CASE WHEN regexp_matches(x, '{FEMALE}', 'i') THEN 'female'
         WHEN regexp_matches(x, '{MALE}', 'i') THEN 'male' END;
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """Tables `records` and `rejects` and `notices` are there; how many rows are what."""

    places: int
    skipped: int


def settle_dates(
    connection: DuckDBPyConnection,
    rows: Path,
    columns: Sequence[str],
    shape: Shape,
    reading: Reading,
) -> Reading:
    """Decide over whole columns whether day or month comes first; raises Unclear."""
    dates = [
        f"c{columns.index(column)}"
        for each in reading.mapped(shape)
        if each.type in (Type.DATE, Type.MOMENT)
        for column in reading.columns_of(each.name)
    ]
    if reading.date_order or not dates:
        return reading
    cells = f"SELECT unnest([{', '.join(dates)}]) AS c FROM read_parquet('{quoted(rows)}')"  # noqa: S608
    return reading.with_order(order_of(evidence_of(connection, f"({cells})", "c")).value)


def judge_records(
    connection: DuckDBPyConnection,
    rows: Path,
    columns: Sequence[str],
    shape: Shape,
    reading: Reading,
    frame: Frame,
) -> Judged:
    """Create `records` (place, row, key, values), `rejects` and `notices`."""
    mapped = list(reading.mapped(shape))
    cells = {
        each.name: [columns.index(column) for column in reading.columns_of(each.name)]
        for each in mapped
    }
    _read(connection, rows, columns, shape, reading, mapped, cells, frame)
    key = shape.key(reading.key)
    connection.execute("CREATE TABLE rejects (row BIGINT, problem TEXT, value TEXT, other BIGINT)")
    connection.execute(
        "INSERT INTO rejects BY NAME SELECT row, problem, value FROM parsed WHERE problem <> ''"
    )
    if shape.once and key is not None:
        _refuse_twins(connection, "key", f"twice:{key.fields[0]}")
    for name in shape.unique:
        field = shape.field(name)
        accepted = field.type == Type.PHONES and reading.twins in (Twins.CREATE, Twins.SHARE)
        if name in cells and not (key and key.fields == (name,)) and not accepted:
            _refuse_twins(connection, _identity(field), f"twice:{name}")
    names = ", ".join(each.name for each in _values_of(shape, mapped))
    connection.execute(
        f"""
        CREATE TABLE records AS
        SELECT row_number() OVER (ORDER BY {"row" if shape.once else "key, row"}) AS place,
               row, key, {names}
        FROM parsed WHERE problem IS NULL AND row NOT IN (SELECT row FROM rejects) ORDER BY place
        """  # noqa: S608 - names of our own fields
    )
    connection.execute(
        f"""
        CREATE TABLE notices AS
        SELECT row, problem, CASE split_part(problem, ':', 2) {_said(mapped)} END AS value
        FROM (SELECT * EXCLUDE (problem, value), unnest(notices) AS problem FROM parsed
              WHERE problem IS NULL AND len(notices) > 0 AND row NOT IN (SELECT row FROM rejects))
        """  # noqa: S608 - names of our own fields
    )
    skipped = connection.execute("SELECT count(*) FROM parsed WHERE problem = ''").fetchall()[0][0]
    connection.execute("DROP TABLE parsed")
    places = connection.execute("SELECT coalesce(max(place), 0) FROM records").fetchall()[0][0]
    connection.execute("CHECKPOINT")
    return Judged(places, skipped)


def _read(
    connection: DuckDBPyConnection,
    rows: Path,
    columns: Sequence[str],
    shape: Shape,
    reading: Reading,
    mapped: Sequence[Field],
    cells: Mapping[str, Sequence[int]],
    frame: Frame,
) -> None:
    raws = ", ".join(
        f"{_raw(each, cells[each.name], columns)} AS raw_{each.name}" for each in mapped
    )
    first = "coalesce(" + ", ".join(f"cell(c{at})" for at in range(len(columns))) + ")"
    headers = " AND ".join(
        f"(cell(c{at}) IS NULL OR cell(c{at}) = ?)" for each in mapped for at in cells[each.name]
    )
    said = [columns[at] for each in mapped for at in cells[each.name]]
    spokens = "".join(
        f", {spoken(f'raw_{each.name}', reading.date_order)} AS spoken_{each.name}"
        for each in mapped
        if each.type in (Type.DATE, Type.MOMENT)
    )
    values = ", ".join(
        f"{sql} AS {name}" for each in mapped for name, sql in _value(each, frame.zone).items()
    )
    gender = _gender(shape, mapped)
    key = shape.key(reading.key)
    identities = (_identity(shape.field(name)) for name in key.fields) if key else ()
    keyed = " || '|' || ".join(f"coalesce({each}, '')" for each in identities) or "''"
    notices, problems = _faults(mapped, reading, key)
    frame_values = {"latest": datetime.combine(frame.now, time.max), "earliest": EARLIEST}
    for position, column in enumerate(said):
        frame_values[f"h{position}"] = column  # type: ignore[assignment]
        headers = headers.replace("?", f"$h{position}", 1)
    connection.execute(
        f"""
        CREATE TABLE parsed AS
        SELECT *, CASE WHEN is_total OR is_header OR is_blank THEN ''
                       WHEN wide THEN 'wide:' {problems} END AS problem,
               list_filter([{notices}], lambda each: each IS NOT NULL) AS notices,
               nullif(trim({keyed}, '|'), '') AS key,
               CASE split_part(coalesce(problem, ''), ':', 2) {_said(mapped)} END AS value
        FROM (
            SELECT *, {values}{gender}
            FROM (
                SELECT *{spokens}
                FROM (
                    SELECT row, wide, {raws},
                           coalesce(regexp_matches({first}, '{TOTALS}', 'i'), false) AS is_total,
                           {first} IS NULL AS is_blank, ({headers}) AS is_header
                    FROM read_parquet('{quoted(rows)}')
                )
            )
        )
        """,  # noqa: S608 - places of our own table and names of our own fields
        {
            name: value
            for name, value in frame_values.items()
            if f"${name}" in problems + notices + headers + values
        },
    )


def _raw(field: Field, places: Sequence[int], columns: Sequence[str]) -> str:
    cells = [f"cell(c{at})" for at in places]
    if field.type == Type.NOTE and len(cells) > 1:
        named = (f"'{columns[at].replace(chr(39), chr(39) * 2)}: ' || cell(c{at})" for at in places)
        return f"nullif(concat_ws(chr(10), {', '.join(named)}), '')"
    if len(cells) > 1:
        return f"nullif(concat_ws('、', {', '.join(cells)}), '')"
    return cells[0]


def _value(field: Field, zone: str) -> dict[str, str]:
    """SQL per column of `records` that a field fills."""
    raw, name = f"raw_{field.name}", field.name
    line = rf"regexp_replace({raw}, '\s+', ' ', 'g')"
    if field.type == Type.NAME:
        return {name: f"untitled({line})", "said_gender": f"gender_in({raw})"}
    if field.type == Type.CODE:
        return {name: _fitting(field, f"code(whole_number({raw}))")}
    if field.type == Type.CHOICE:
        return {name: _choice(field)}
    if field.type == Type.DATE:
        day = f"{moment(f'spoken_{name}', zone)}::DATE"
        latest = "$latest" if field.past else "DATE '2200-01-01'"
        return {name: f"CASE WHEN {day} BETWEEN DATE '1900-01-01' AND {latest} THEN {day} END"}
    if field.type == Type.MOMENT:
        return {name: moment(f"spoken_{name}", zone)}
    if field.type == Type.PHONES:
        whole = f"list_transform(pieces({raw}), lambda each: whole_number(each))"
        return {name: f"list_filter({whole}, lambda each: is_phone(each))"}
    if field.type == Type.EMAILS:
        each = (
            f"list_transform(pieces(regexp_replace({raw}, '\\s+', '、', 'g')), lambda x: narrow(x))"
        )
        return {name: f"list_filter({each}, lambda x: regexp_matches(x, '{AN_ADDRESS}'))"}
    if field.type == Type.WORDS:
        return {name: f"pieces({raw})"}
    return {name: _fitting(field, raw if field.type == Type.NOTE else line)}


def _fitting(field: Field, value: str) -> str:
    """What cannot be kept whole is left out, and a notice says so."""
    formula = f"is_formula(raw_{field.name}) AND NOT starts_with(raw_{field.name}, '@')"
    return f"CASE WHEN length({value}) <= {field.longest} AND NOT ({formula}) THEN {value} END"


def _values_of(shape: Shape, mapped: Sequence[Field]) -> list[Field]:
    """The mapped fields, and the gender that a title says."""
    extra = [each for each in shape.fields if each.name == "gender"]
    titled = any(each.type == Type.NAME for each in mapped)
    return [*mapped, *(each for each in extra if titled and each not in mapped)]


def _gender(shape: Shape, mapped: Sequence[Field]) -> str:
    wanted = {each.name for each in _values_of(shape, mapped)} - {each.name for each in mapped}
    return ", said_gender AS gender" if wanted else ""


def _choice(field: Field) -> str:
    cases = " ".join(
        f"WHEN '{quoted(word)}' THEN '{quoted(value)}'"
        for value, said in field.choices.items()
        for word in dict.fromkeys((value.lower(), *said))
    )
    return f"CASE lower(trim(raw_{field.name})) {cases} END"


def _identity(field: Field) -> str:
    """SQL for what two spellings of a value have in common."""
    if field.type == Type.PHONES:
        return f"dialled({field.name}[1])"
    if field.type == Type.EMAILS:
        return f"lower({field.name}[1])"
    if field.name == "credit_code":
        return f"upper({field.name})"
    return f"{field.name}"


def _faults(mapped: Sequence[Field], reading: Reading, key: Key | None) -> tuple[str, str]:
    """SQL for the notices of a row, and for what refuses it."""
    notices, problems = [], []
    key_fields = key.fields if key else ()
    for each in mapped:
        raw, name = f"raw_{each.name}", each.name
        names_it = each.type == Type.NAME or (name in key_fields and each.type == Type.CODE)
        serious = reading.strict or each.needed or names_it
        tests = [(f"is_formula({raw}) AND NOT starts_with({raw}, '@')", f"formula:{name}")]
        if each.type == Type.CHOICE:
            tests.append((f"{raw} IS NOT NULL AND {name} IS NULL", f"choice:{name}"))
        elif each.type in (Type.DATE, Type.MOMENT):
            tests.append((f"{raw} IS NOT NULL AND {name} IS NULL", f"date:{name}"))
            if each.type == Type.MOMENT:
                tests.append((f"{name} < $earliest", f"early:{name}"))
                tests.append((f"{name} > $latest", f"future:{name}"))
        elif each.type == Type.PHONES:
            cut = f"len(list_filter(pieces({raw}), lambda x: whole_number(x) IS NULL)) > 0"
            tests.append((cut, f"cut:{name}"))
            tests.append((f"len({name}) < len(pieces({raw}))", f"phone:{name}"))
        elif each.type == Type.EMAILS:
            tests.append((f"{raw} IS NOT NULL AND len({name}) = 0", f"email:{name}"))
        else:
            tests.append((f"length({raw}) > {each.longest}", f"long:{name}"))
        if each.needed:
            problems.append(f"WHEN {raw} IS NULL THEN 'empty:{name}'")
        whens = " ".join(f"WHEN {test} THEN '{code}'" for test, code in tests)
        if serious:
            problems.append(whens)
        else:
            notices.append(f"CASE {whens} END")
    return ", ".join(notices) or "NULL::VARCHAR", " ".join(problems)


def _said(mapped: Sequence[Field]) -> str:
    return " ".join(f"WHEN '{each.name}' THEN raw_{each.name}" for each in mapped)


def _refuse_twins(connection: DuckDBPyConnection, identity: str, problem: str) -> None:
    """The first row with a value is right; what comes after it in the file is refused."""
    name = problem.partition(":")[2]
    connection.execute(
        f"""
        INSERT INTO rejects BY NAME
        SELECT row, '{problem}' AS problem, raw_{name} AS value, first AS other
        FROM (
            SELECT row, raw_{name}, identity, min(row) OVER (PARTITION BY identity) AS first
            FROM (SELECT row, raw_{name}, {identity} AS identity FROM parsed
                  WHERE problem IS NULL AND row NOT IN (SELECT row FROM rejects))
            WHERE identity <> ''
        ) WHERE row > first
        """  # noqa: S608 - names of our own fields
    )
