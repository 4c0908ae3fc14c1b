"""What people type, brought to one form: SQL over `source`, giving one row of `record` each.

Chinese strings that are compared by likeness also get a code of one byte a character, because
DuckDB's distances count bytes.
"""

import duckdb

from liuke_analytics.extras import need
from liuke_analytics.linkage.words import (
    COMPOUND_SURNAMES,
    LEGAL_FORMS,
    LEGAL_FORMS_LATIN,
    PLACES,
    TITLES,
    TITLES_LATIN,
)

HAN = "一-鿿"


def _any(words: str) -> str:
    return words.replace(" ", "|")


def _macros() -> list[str]:
    han = "\n".join(map(chr, range(0x4E00, 0xA000)))
    to_simplified = need("opencc", "dedupe", "finding duplicates").OpenCC("t2s")
    pairs = [
        (old, new)
        for old, new in zip(han.split("\n"), to_simplified.convert(han).split("\n"), strict=True)
        if old != new
    ]
    traditional = "".join(old for old, _ in pairs)
    simplified = "".join(new for _, new in pairs)
    wide = "".join(map(chr, range(0xFF01, 0xFF5F))) + "\u3000"
    narrow = "".join(map(chr, range(0x21, 0x7F))) + " "
    return [
        f"""create macro half(x) as case when regexp_matches(x, '[！-～\u3000]')
            then translate(x, '{wide}', '{narrow.replace("'", "''")}') else x end""",
        f"""create macro simple(x) as case when regexp_matches(x, '[{traditional}]')
            then translate(x, '{traditional}', '{simplified}') else x end""",
        "create macro clean(x) as lower(simple(half(x)))",
        f"create macro is_han(x) as regexp_matches(x, '[{HAN}]')",
        """create macro code(x) as case when strlen(x) = length(x) then x else
            list_aggregate(list_transform(string_split(x, ''),
                lambda c: chr((33 + ord(c) % 94)::int)), 'string_agg', '') end""",
    ]


NAME_HAN = f"""
    nullif(regexp_replace(regexp_replace(full_text, '[^{HAN}]', '', 'g'),
        '(.)(?:{_any(TITLES)})$', '\\1'), '')"""
LATIN_TEXT = f"""
    trim(regexp_replace(regexp_replace(full_text, '[^\\pL]+', ' ', 'g'),
        '^ ?(?:{_any(TITLES_LATIN)}) ', ''))"""
SURNAME_LENGTH = f"case when left(han, 2) in {tuple(COMPOUND_SURNAMES.split())} then 2 else 1 end"

NAMES = f"""
    select rid, is_han,
        case when is_han then left(han, {SURNAME_LENGTH})
             when last is not null or given is not null then last
             when contains(latin, ' ') then regexp_extract(latin, '[^ ]+$')
             else latin end as sur,
        nullif(case when is_han then substr(han, 1 + {SURNAME_LENGTH})
             when last is not null or given is not null then given
             when contains(latin, ' ') then regexp_replace(latin, ' [^ ]+$', '') end, '') as giv
    from (
        select rid, is_han(full_text) as is_han, {NAME_HAN} as han,
            nullif({LATIN_TEXT}, '') as latin,
            nullif(trim(regexp_replace(clean(name_given), '[^\\pL]+', ' ', 'g')), '') as given,
            nullif(trim(regexp_replace(clean(name_last), '[^\\pL]+', ' ', 'g')), '') as last
        from (select rid, name_given, name_last, clean(name) as full_text from source
              where name is not null)
    )"""

MOBILE = """
    case when cn != '' then cn
         when length(plain) >= 7 and not regexp_matches(plain, '^(?:0+|1+|8+|9+)$')
             then plain end"""
CHINESE_MOBILE = "(?:^|[^0-9])(?:(?:\\+|00)?86|0)?(1[3-9][0-9]{9})(?:$|[^0-9])"
PHONES = f"""
    select rid, {MOBILE} as mobile from (
        select rid, regexp_extract(t, '{CHINESE_MOBILE}', 1) as cn,
            regexp_replace(regexp_replace(t, '[^0-9]', '', 'g'), '^(?:0086|86)?0*', '') as plain
        from (select rid, regexp_replace(
                  regexp_replace(half(mobile), '\\.0+$', ''), '[ ().\\-]', '', 'g') as t
              from source where mobile is not null))"""

COMPANY_HAN = f"""
    regexp_replace(regexp_replace(regexp_replace(t, '\\(.*?\\)', '', 'g'),
        '[^{HAN}a-z0-9]', '', 'g'), '(..)(?:{_any(LEGAL_FORMS)})$', '\\1')"""
COMPANIES = f"""
    select rid, nullif(case when is_han(t)
        then regexp_replace(han, '^(?:{_any(PLACES)})(?:省|市)?(.{{4}})', '\\1')
        else trim(regexp_replace(regexp_replace(t, '[^\\pL0-9]+', ' ', 'g'),
            '( (?:{_any(LEGAL_FORMS_LATIN)}))+ ?$', '')) end, '') as company
    from (select rid, t, {COMPANY_HAN} as han
          from (select rid, clean(company) as t from source where company is not null))"""

EMAILS = """
    select rid, nullif(regexp_replace(lower(half(email)), '[\\s<>,;]', '', 'g'), '') as email
    from source where contains(half(email), '@')"""

# District, road with number, then building, unit and room in the order of the text.
STREET = f"([{HAN}]+?(?:大道|大街|胡同|路|街|道|巷|弄|里|村|屯))([0-9]+)(?:号|弄|$|[^0-9{HAN}])"
BEFORE = "^(?:.*(?:街道|[省市区县镇乡州旗]))?"
ESTATE = f"^(?:.*(?:[省市县镇乡]|街道|[^小社园]区))?([{HAN}]{{3,}})"
ADDRESSES = f"""
    select rid,
        case when is_han then nullif(coalesce(nullif(road || no, ''), estate), '')
             else nullif(regexp_extract(latin, '[0-9]+')
                 || left(regexp_extract(latin, '[a-z]{{4,}}'), 4), '')
        end as place,
        nullif(district, '') as district,
        case when is_han
            then nullif(trim(regexp_replace(tail, '[^0-9a-z]+', '-', 'g'), '-'), '') end as room,
        case when not is_han
            then list_sort(list_distinct(string_split(latin, ' '))) end as words
    from (
        select rid, is_han, street.road, street.no, district,
            case when is_han and street.road = '' then regexp_extract(t, '{ESTATE}', 1) end
                as estate,
            case when not is_han then null
                 when street.road != '' or regexp_matches(t, '{STREET}')
                     then regexp_replace(t, '^.*?{STREET}', '')
                 else regexp_replace(t, '^[^0-9]*', '') end as tail,
            case when not is_han
                then nullif(trim(regexp_replace(t, '[^\\pL0-9]+', ' ', 'g')), '') end as latin
        from (
            select rid, is_han, t,
                case when is_han then regexp_extract(t, '{BEFORE}{STREET}', ['road', 'no'])
                     end as street,
                regexp_extract(t, '([^省市州]{{1,5}}?[区县旗])', 1) as district
            from (select rid, is_han(address) as is_han, case when is_han(address)
                      then regexp_replace(clean(address), '\\s', '', 'g')
                      else clean(address) end as t
                  from source where address is not null)))"""

YEAR_FIRST = "^([0-9]{4})[^0-9]+([0-9]{1,2})[^0-9]+([0-9]{1,2})(?:[^0-9].*)?$"
YEAR_LAST = "^([0-9]{1,2})[^0-9]+([0-9]{1,2})[^0-9]+([0-9]{4})$"
BIRTHS = f"""
    select rid, nullif(case
        when regexp_matches(t, '{YEAR_FIRST}') then regexp_extract(t, '{YEAR_FIRST}', 1)
            || lpad(regexp_extract(t, '{YEAR_FIRST}', 2), 2, '0')
            || lpad(regexp_extract(t, '{YEAR_FIRST}', 3), 2, '0')
        when regexp_matches(t, '{YEAR_LAST}') then regexp_extract(t, '{YEAR_LAST}', 3)
            || lpad(regexp_extract(t, '{YEAR_LAST}', 2), 2, '0')
            || lpad(regexp_extract(t, '{YEAR_LAST}', 1), 2, '0')
        else regexp_replace(t, '[^0-9]', '', 'g') end, '') as birth_date
    from (select rid, half(birth_date) as t from source where birth_date is not null)"""

OTHERS = """
    select rid, nullif(regexp_replace(clean(postcode), '[^\\pL0-9]', '', 'g'), '') as postcode,
        nullif(trim(regexp_replace(clean(city), '[^\\pL0-9]+|市$', ' ', 'g')), '') as city,
        nullif(regexp_replace(clean(id_number), '[^\\pL0-9]', '', 'g'), '') as id_number
    from source"""

RECORD = f"""
create temp table normal as
select s.rid, n.sur, n.giv,
    case when n.giv is null or n.sur is null then null when n.is_han then n.sur || n.giv
         else list_aggregate(list_sort(string_split(n.giv || ' ' || n.sur, ' ')),
             'string_agg', ' ') end as full_name,
    code(n.sur) as sur_code, code(n.giv) as giv_code,
    p.mobile, e.email, split_part(e.email, '@', 1) as mailbox,
    c.company, code(c.company) as company_code,
    a.place, a.district, a.room, a.words,
    b.birth_date, o.postcode, o.city, o.id_number
from source s left join ({NAMES}) n using (rid) left join ({PHONES}) p using (rid)
    left join ({EMAILS}) e using (rid) left join ({COMPANIES}) c using (rid)
    left join ({ADDRESSES}) a using (rid) left join ({BIRTHS}) b using (rid)
    left join ({OTHERS}) o using (rid)"""


def normalise(con: duckdb.DuckDBPyConnection) -> None:
    """Fills the table `normal` from `source`."""
    for macro in _macros():
        con.execute(macro)
    con.execute(RECORD)
