"""The two engines compute the same; Spark is skipped where it or Java is not installed."""

import gc
import os
import shutil
import warnings
from datetime import date, timedelta
from importlib.util import find_spec

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from liuke_analytics.backends import MissingEngine, Unreadable, connect, engines, read
from liuke_analytics.features import COLUMNS, features

AS_OF = date(2024, 6, 30)


def _orders(rows):
    customer, day, amount = zip(*rows, strict=True)
    return pa.table({"customer": customer, "day": pa.array(day, pa.date32()), "amount": amount})


def _table(connection, content, folder):
    path = folder / f"{len(list(folder.iterdir()))}.parquet"
    pq.write_table(content, path)
    return read(connection, path, folder).table


def _row(table, customer):
    (found,) = [row for row in table.to_pyarrow().to_pylist() if row["customer"] == customer]
    return found


@pytest.fixture
def known(tmp_path):
    connection = connect()
    orders = _table(connection, _orders([
        ("a", date(2024, 1, 1), 10.0), ("a", date(2024, 1, 11), 20.0),
        ("a", date(2024, 1, 11), 5.0), ("a", date(2024, 1, 31), 30.0),
        ("a", date(2024, 6, 20), 40.0), ("a", date(2024, 7, 1), 1000.0),
        ("b", date(2024, 6, 30), 7.0), ("c", date(2024, 7, 1), 7.0),
    ]), tmp_path)  # fmt: skip
    contacts = _table(connection, pa.table({
        "customer": ["a", "a", "a", "z"],
        "day": pa.array([date(2024, 1, 5), date(2024, 6, 29), date(2024, 7, 2),
                         date(2024, 1, 1)], pa.date32()),
    }), tmp_path)  # fmt: skip
    return features(orders, AS_OF, contacts=contacts)


def test_by_hand(known):
    row = _row(known, "a")
    gaps = [10, 20, 141]
    assert row == {
        "customer": "a",
        "first_day": date(2024, 1, 1),
        "last_day": date(2024, 6, 20),
        "purchases": 4,
        "age_days": 181,
        "recency_days": 10,
        "active_days": 171,
        "gap_mean": pytest.approx(57),
        "gap_sd": pytest.approx(np.std(gaps, ddof=1)),
        "gap_variation": pytest.approx(np.std(gaps, ddof=1) / 57),
        "gap_longest": 141,
        "gap_last": 141,
        "overdue": pytest.approx(10 / 57),
        "purchases_recent": 1,
        "purchases_before": 2,
        "purchases_trend": pytest.approx(-1 / 3),
        "spend": pytest.approx(105),
        "spend_per_purchase": pytest.approx(105 / 4),
        "spend_recent": pytest.approx(40),
        "spend_before": pytest.approx(55),
        "contacts": 2,
        "contacts_recent": 1,
        "contact_recency_days": 1,
    }
    assert tuple(row) == ("customer", *COLUMNS)


def test_one_purchase_has_no_gaps(known):
    row = _row(known, "b")
    gaps = ("gap_mean", "gap_sd", "gap_variation", "gap_longest", "gap_last", "overdue")
    for name in (*gaps, "contact_recency_days"):
        assert row[name] is None
    assert (row["purchases"], row["recency_days"], row["contacts"]) == (1, 0, 0)


def test_the_future_is_not_read(known):
    assert {row["customer"] for row in known.to_pyarrow().to_pylist()} == {"a", "b"}


def test_without_money(tmp_path):
    connection = connect()
    orders = _table(connection, _orders([("a", AS_OF, 1.0)]).drop(["amount"]), tmp_path)
    assert "spend" not in features(orders, AS_OF).columns


def _many(n=3000, seed=0):
    generator = np.random.default_rng(seed)
    days = [AS_OF - timedelta(days=int(back)) for back in generator.integers(-30, 700, n)]
    names = [f"客户{index}" for index in generator.integers(0, 200, n)]
    return _orders(zip(names, days, np.round(generator.gamma(2, 50, n), 2).tolist(), strict=True))


def test_gap_statistics_are_those_of_numpy(tmp_path):
    orders = _many()
    found = features(_table(connect(), orders, tmp_path), AS_OF).to_pyarrow().to_pylist()
    days = {}
    for name, day in zip(*(orders[column].to_pylist() for column in ("customer", "day")),
                         strict=True):  # fmt: skip
        if day <= AS_OF:
            days.setdefault(name, set()).add(day.toordinal())
    assert len(found) == len(days)
    for row in found:
        gaps = np.diff(sorted(days[row["customer"]]))
        if len(gaps) >= 2:
            assert row["gap_sd"] == pytest.approx(np.std(gaps, ddof=1))
            assert row["gap_last"] == gaps[-1]


@pytest.fixture(scope="module")
def spark():
    missing = ""
    if find_spec("pyspark") is None:
        missing = "Spark is not installed: pip install 'liuke[spark]'"
    elif shutil.which("java") is None:
        missing = "Java is not installed"
    if missing and os.environ.get("LIUKE_REQUIRE_SPARK"):
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
    connection = connect("spark")
    gateway = connection._session.sparkContext._gateway
    yield connection
    connection.disconnect()
    # py4j leaves its sockets to the garbage collector, which would complain of them elsewhere.
    gateway.shutdown()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_spark_equals_duckdb(spark, tmp_path):
    pq.write_table(_many(), tmp_path / "orders.parquet")
    answers = []
    for connection in (connect(), spark):
        orders = read(connection, tmp_path / "orders.parquet", tmp_path).table
        contacts = orders.filter(orders.amount > 150).select("customer", "day")
        rows = features(orders, AS_OF, contacts=contacts).to_pyarrow().to_pylist()
        answers.append({row.pop("customer"): row for row in rows})
    assert answers[0].keys() == answers[1].keys()
    assert len(answers[0]) > 150
    for customer, row in answers[0].items():
        other = answers[1][customer]
        for name, value in row.items():
            if value is None or name.endswith("_day"):
                assert other[name] == value, (customer, name)
            else:
                assert other[name] == pytest.approx(value, rel=1e-9, abs=1e-9), (customer, name)


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_spark_reads_text_as_text(spark, tmp_path):
    path = tmp_path / "orders.txt"
    path.write_text(" 0001 20240105  5.50\n 0002 20240106  1e3\n")
    tables = [read(engine, path, tmp_path).table.to_pyarrow() for engine in (connect(), spark)]
    assert tables[0].to_pylist() == tables[1].to_pylist()
    assert tables[0].to_pylist()[0] == {"1": "0001", "2": "20240105", "3": "5.50"}


def test_spark_missing_is_said(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(engines, "import_module", missing)
    with pytest.raises(MissingEngine, match="pip install"):
        connect("spark")
    with pytest.raises(ValueError, match="duckdb, spark"):
        connect("oracle")


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
        ("big5", "big5"),
    ],
)
def test_encodings(tmp_path, encoding, said):
    lines = ["客戶;日期", *[f"臺灣王小明{n}號公司貿易;2024-01-0{n % 9 + 1}" for n in range(60)]]
    path = tmp_path / "orders.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))
    found = read(connect(), path, tmp_path)
    assert found.decoded_from == said
    assert found.table.columns == ("客戶", "日期")
    assert found.table.count().to_pyarrow().as_py() == 60
    assert "臺灣王小明3號公司貿易" in found.table["客戶"].to_pyarrow().to_pylist()


def test_an_empty_file(tmp_path):
    (tmp_path / "x.csv").write_text("\n")
    with pytest.raises(Unreadable, match="empty"):
        read(connect(), tmp_path / "x.csv", tmp_path)
