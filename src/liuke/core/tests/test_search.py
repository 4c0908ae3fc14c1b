from collections.abc import Callable

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liuke.core import search, text
from liuke.core.models import JournalEntry

KIND = "example"
CHARACTERS = st.sampled_from("王海涛李单吕華信 ab1·")


@pytest.fixture
def kind(db: None) -> str:
    search.create_table(KIND, connection)
    return KIND


@pytest.fixture
def known(kind: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], set[str]]:
    """A few rows to search; answers the verbs of those that a query finds, rare or common."""
    documents = {
        "wang": text.document_tokens(
            ["王海涛", "wang.ht@example.com.cn"], ["+86 138-0013-6027", "沪A·8B127", "C-1001"]
        ),
        "wei": text.document_tokens(["魏海"], ["13900139000", "17850", "LFV3A23C5G3012345"]),
        "huaxin": text.document_tokens(["上海華信汽車貿易有限公司"], ["(021) 8888 6666"]),
        "zeng": text.document_tokens(["曾吕娜", "Zoë O'Brien"], ["+1 415 555 2671"]),
    }
    entries = JournalEntry.objects.bulk_create(
        JournalEntry(verb=verb, subject=KIND, subject_id=1) for verb in documents
    )
    search.index(kind, {row.pk: documents[row.verb] for row in entries})

    def verbs(query: str) -> set[str]:
        found = []
        for few in (search.FEW, -1):
            with monkeypatch.context() as patch:
                patch.setattr(search, "FEW", few)
                rows = search.narrow(JournalEntry.objects.filter(subject=KIND), kind, query)
                found.append(set(rows.values_list("verb", flat=True)))
        assert found[0] == found[1]
        return found[0]

    return verbs


@pytest.mark.parametrize(
    ("queries", "verb"),
    [
        (
            "王|王海|海涛|王海涛|涛 王|wanghaitao|wanghai|wang hai tao|WangHaiT|haitao|wht|wh|ht",
            "wang",
        ),
        ("王haitao|王 ht|wht 6027|海涛 138", "wang"),
        ("沪A·8B127|沪a8b127|沪A 8B127|8b127|8B12|B127|hua8b127", "wang"),
        ("13800136027|+86 138-0013-6027|138 0013 6027|8613800136027|0086 13800136027", "wang"),
        ("138|1380|138001360|+86138|6027|36027|136027|００１３６０２７", "wang"),
        ("C-1001|c1001|C-10|1001", "wang"),
        ("wang.ht|WANG.HT@example.com.cn|example.com|@example.c", "wang"),
        ("17850|178|17850 wei|魏 9000", "wei"),
        ("lfv3a23|LFV3A23C5G3012345|012345|3012345", "wei"),
        ("华信|華信|shhx|huaxin|shanghaihuaxinqichemaoyiyouxian|hxqc|上海 汽车", "huaxin"),
        ("02188886666|021-88886666|2188886666|+86 21 8888 6666|88886666|6666|021", "huaxin"),
        ("曾|zeng|ceng|zenglv|zenglu|zenglyu|zln|吕娜", "zeng"),
        ("zoe|Zoë|obrien|O'Brien|o’brien|brien", "zeng"),
        ("+1 415 555 2671|14155552671|4155552671|2671", "zeng"),
    ],
)
def test_people_find_what_they_type(
    known: Callable[[str], set[str]], queries: str, verb: str
) -> None:
    for query in queries.split("|"):
        assert verb in known(query), query


@pytest.mark.parametrize(
    "query",
    [
        "王涛",
        "涛海",
        "wanghaitaoo",
        "wt",
        "aitao",
        "13",
        "027",
        "1360",
        "王 8888",
        "李",
        "!!!",
        '"*"',
    ],
)
def test_nothing_else_is_found(known: Callable[[str], set[str]], query: str) -> None:
    assert known(query) == set()


def test_all_words_count(known: Callable[[str], set[str]]) -> None:
    assert known("海") == {"wang", "wei", "huaxin"}
    assert known("海 w") == {"wang", "wei"}
    assert known("海 w 17850") == {"wei"}


def test_a_blank_query_restricts_nothing(known: Callable[[str], set[str]]) -> None:
    assert search.matching(KIND, "  \u3000 ") is None
    assert known(" ") == {"wang", "wei", "huaxin", "zeng"}


def test_a_search_combines_with_filters_order_and_limit(
    known: Callable[[str], set[str]], django_assert_num_queries
) -> None:
    rows = JournalEntry.objects.filter(pk__in=search.matching(KIND, "海"))
    with django_assert_num_queries(3):
        assert rows.order_by("-verb").first().verb == "wei"
        assert rows.exclude(verb="wei").count() == 2
        assert [row.verb for row in rows.order_by("verb")[1:2]] == ["wang"]
    assert JournalEntry.objects.exclude(pk__in=search.matching(KIND, "海")).get().verb == "zeng"
    assert JournalEntry.objects.exclude(pk__in=search.matching(KIND, "!")).count() == 4
    assert (rows | JournalEntry.objects.filter(verb="zeng")).count() == 4


@pytest.mark.parametrize("few", [search.FEW, -1])
def test_a_field_other_than_the_key_can_be_searched(
    kind: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FEW", few)
    search.index(kind, {7: text.document_tokens(["王海涛"])})
    JournalEntry.objects.create(verb="v", subject="s", subject_id=1, customer_id=7)
    rows = search.narrow(JournalEntry.objects.all(), kind, "海涛", field="customer_id")
    assert rows.count() == 1


def test_a_word_is_common_from_one_more_than_few(
    known: Callable[[str], set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FEW", 2)
    for query, common in (("海", True), ("海 w", False), ("!", False)):
        assert search.Matching(KIND, text.query_tokens(query)).is_common() == common


def found(query: str) -> list[int]:
    sql, parameters = search.Matching(KIND, text.query_tokens(query)).as_sql(None, connection)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {sql} AS found", parameters)  # noqa: S608
        return sorted(row[0] for row in cursor.fetchall())


def test_indexing_again_replaces(kind: str) -> None:
    for name in ("王海涛", "王海涛", "李海", "李海"):
        search.index(kind, {1: text.document_tokens([name]), 2: set()})
    assert found("李") == found("海") == [1]
    assert found("王") == []
    search.index(kind, {1: set()})
    assert found("李") == []


def test_what_is_removed_is_not_found(kind: str) -> None:
    tokens = text.document_tokens(["王海涛"])
    search.index(kind, dict.fromkeys(range(1, 1501), tokens))
    search.remove(kind, [*range(3, 1501), 9999])
    search.remove(kind, [])
    assert found("王") == [1, 2]


@pytest.mark.parametrize("size", [1, 3, 300])
def test_any_number_of_rows_is_one_query(kind: str, size: int, django_assert_num_queries) -> None:
    documents = {row: text.document_tokens([f"王海涛{row}"]) for row in range(1, size + 1)}
    with django_assert_num_queries(1):
        search.index(kind, documents)
    assert len(found("王海涛")) == size
    with django_assert_num_queries(1):
        search.remove(kind, documents)
    assert found("王海涛") == []


def test_large_batches_travel_in_chunks(kind: str, django_assert_num_queries) -> None:
    tokens = text.document_tokens(["王海涛"])
    with django_assert_num_queries(3):
        search.index(kind, dict.fromkeys(range(1, 2 * search.CHUNK + 2), tokens))
    assert len(found("海涛")) == 2 * search.CHUNK + 1


@pytest.mark.parametrize(
    "query",
    [
        '"', "'", '""" OR 1', "王*", "NEAR(王 海)", "tokens:王", "王 OR 李", "NOT 王", "^王", "-王",
        "+", "王\\", "\\", "\x00", "王\x00海", "';DROP TABLE x;--", "%s %(a)s {table}",
        "😀👨\u200d👩", "\ud800王", "() & | ! <-> :*", "'a':*", "\u0345İıſß",
        "王" * 10_000, "a" * 10_000, "1" * 10_000, "ﷺ" * 100,
    ],
    ids=lambda query: repr(query[:20]),
)  # fmt: skip
def test_hostile_text_is_only_text(known: Callable[[str], set[str]], query: str) -> None:
    known(query)
    search.index(KIND, {99: text.document_tokens([query], [query])})
    assert not text.query_tokens(query) or 99 in found(query) or len(query) > text.TEXT_LENGTH
    assert known("王海涛") == {"wang"}


def examples(number: int) -> settings:
    # The table is emptied by each example itself.
    return settings(
        max_examples=number,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


@examples(150)
@given(st.text(max_size=200))
def test_any_text_can_be_indexed_and_asked_for(kind: str, anything: str) -> None:
    search.index(kind, {1: text.document_tokens([anything], [anything])})
    wanted = search.matching(kind, anything)
    assert wanted is None or JournalEntry.objects.filter(pk__in=wanted).count() == 0
    if text.query_tokens(anything):
        found(anything)


@examples(100)
@given(st.lists(st.text(CHARACTERS, max_size=12), max_size=6), st.text(CHARACTERS, max_size=6))
def test_the_engine_finds_what_the_tokens_say(kind: str, names: list[str], query: str) -> None:
    documents = {number: text.document_tokens([name]) for number, name in enumerate(names)}
    search.remove(kind, range(6))
    search.index(kind, documents)
    if wanted := text.query_tokens(query):
        assert found(query) == [
            number
            for number, tokens in documents.items()
            if all(
                any(each.startswith(part) for each in tokens)
                if text.is_beginning(part)
                else part in tokens
                for part in wanted
            )
        ]


def test_a_kind_is_a_plain_word(kind: str) -> None:
    with pytest.raises(ValueError, match="short lower-case word"):
        search.index('x"; DROP TABLE y', {1: {"a"}})


def test_a_kind_can_be_forgotten(kind: str) -> None:
    search.drop_table(kind, connection)
    assert f"search_{kind}" not in connection.introspection.table_names()
