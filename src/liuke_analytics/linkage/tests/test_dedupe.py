"""The command from file to clusters."""

import csv
import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from liuke_analytics.linkage.cli import dedupe_file
from liuke_analytics.linkage.tests import people
from liuke_analytics.linkage.tests.scoring import precision_recall

SHARED = Path(__file__).parents[5] / "shared/data"
FEBRL = SHARED / "febrl" / "dataset1.csv"
FEBRL_MAPPING = (
    "name=given_name+surname,address=street_number+address_1+address_2+suburb,"
    "postcode=postcode,birth_date=date_of_birth,id_number=soc_sec_id"
)


def run(path: Path, mapping: str, *options: str, id_column: str = "id") -> Result:
    out = str(path.with_suffix(".out.csv"))
    arguments = [str(path), "--id", id_column, "--map", mapping, "--out", out, *options]
    return CliRunner().invoke(dedupe_file, arguments)


def clusters_of(path: Path, mapping: str, *options: str, id_column: str = "id") -> dict[str, str]:
    result = run(path, mapping, *options, id_column=id_column)
    assert result.exit_code == 0, result.output
    with path.with_suffix(".out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["id", "cluster"]
    return {row["id"]: row["cluster"] for row in rows}


def typed(tmp_path: Path, header: str, *lines: str) -> Path:
    path = tmp_path / "typed.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("people") / "people.csv"
    return people.write(people.simulate(1200, seed=3), path)


def truth_of(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row["truth"] for row in csv.DictReader(file)]


def test_finds_more_than_equal_keys_and_hardly_anyone_else(simulated: Path) -> None:
    truth = truth_of(simulated)
    exact = list(clusters_of(simulated, people.MAPPING, "--exact-only").values())
    found = list(clusters_of(simulated, people.MAPPING).values())
    precision, recall = precision_recall(found, truth)
    assert precision >= 0.99
    assert recall >= precision_recall(exact, truth)[1] + 0.05


def test_same_file_same_clusters(simulated: Path) -> None:
    assert clusters_of(simulated, people.MAPPING) == clusters_of(simulated, people.MAPPING)


def test_keeps_the_order_of_the_file(simulated: Path) -> None:
    found = clusters_of(simulated, people.MAPPING, "--exact-only")
    assert list(found) == [f"r{number}" for number in range(len(found))]


def test_answers_programs_in_json(simulated: Path) -> None:
    answer = json.loads(run(simulated, people.MAPPING, "--exact-only", "--json").output)
    assert list(answer) == ["rows", "clusters", "duplicates", "pairs", "largest"]
    assert answer["rows"] == answer["clusters"] + answer["duplicates"]


def test_relatives_with_one_phone_and_door_stay_apart(tmp_path: Path) -> None:
    path = typed(
        tmp_path,
        "id,n,m,a",
        "1,张伟,13812345678,天河区建设路354号3栋1018室",
        "2,张丽,13812345678,天河区建设路354号3栋1018室",
        "3,张 伟,+86 138-1234-5678,",
        "4,张丽女士,,广州市天河区建设路354号3栋1018室",
    )
    found = clusters_of(path, "name=n,mobile=m,address=a")
    assert found["1"] == found["3"]
    assert found["2"] == found["4"]
    assert found["1"] != found["2"]


def test_namesakes_stay_apart(tmp_path: Path) -> None:
    lines = [f"{number},王伟,138{number:08}" for number in range(40)]
    found = clusters_of(typed(tmp_path, "id,n,m", *lines), "name=n,mobile=m")
    assert len(set(found.values())) == 40


def test_the_phone_of_a_desk_ties_nobody(tmp_path: Path) -> None:
    lines = [
        f"{number},{people.SURNAMES[number % 30]}明{number % 7},02088888888" for number in range(60)
    ]
    found = clusters_of(typed(tmp_path, "id,n,m", *lines), "name=n,mobile=m")
    assert max(map(list(found.values()).count, found.values())) <= 2


def test_rows_without_anything_are_nobody_twice(tmp_path: Path) -> None:
    found = clusters_of(typed(tmp_path, "id,n", "1,", "2,", "3,李娜"), "name=n")
    assert len(set(found.values())) == 3


def test_one_row(tmp_path: Path) -> None:
    assert clusters_of(typed(tmp_path, "id,n", "1,李娜"), "name=n") == {"1": "1"}


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("name=nobody", "no column nobody; it has id, n"),
        ("nom=n", "no field 'nom'"),
        ("name", "'name' is not FIELD=COLUMN"),
        ("name=n,name=id", "name is given twice"),
    ],
)
def test_a_wrong_mapping_says_what_to_do(tmp_path: Path, mapping: str, said: str) -> None:
    result = run(typed(tmp_path, "id,n", "1,李娜"), mapping)
    assert result.exit_code != 0
    assert said in " ".join(result.output.split())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"id,n\n", "no rows"),
        (b"id,n\n1,a\n1,b\n", "must be different in every row, but 1"),
        (b"id,n\n1,a\n,b\n", "1 rows have no id (the first is row 2)"),
        # Bytes that are text in no encoding: a workbook that was given another ending.
        (
            b"PK\x03\x04\x14\x00\x06\x00\x08\x00" + bytes(range(256)),
            "bad.csv holds no text",
        ),
        (gzip.compress(b"id,n\n1,a\n2,b\n", mtime=0)[:-9], "bad.csv cannot be read as a table"),
        (b"\x1f\x8bneither zipped nor text", "bad.csv cannot be read as a table"),
        # UTF-16 without its mark.
        ("id,n\n1,张伟\n2,李娜\n".encode("utf-16-le"), "bad.csv holds no text"),
    ],
)
def test_a_bad_file_says_what_to_do(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    result = run(path, "name=n")
    assert result.exit_code != 0
    assert said in result.output
    # The copy that was decoded is nobody's business.
    assert "decoded" not in result.output


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "big5"])
def test_a_list_is_read_in_the_encoding_it_has(tmp_path: Path, encoding: str) -> None:
    lines = "编号,姓名,手機\n甲,張偉,13800138000\n乙,李娜,13900139000\n丙,張偉,13800138000\n"
    path = tmp_path / "list.csv"
    path.write_bytes(lines.replace("编号", "編號").encode(encoding))
    out = tmp_path / "out.csv"
    arguments = [str(path), "--id", "編號", "--map", "name=姓名,mobile=手機", "--out", str(out)]
    result = CliRunner().invoke(dedupe_file, arguments)
    assert result.exit_code == 0, result.output
    assert out.read_text("utf-8").splitlines() == ["id,cluster", "甲,1", "乙,2", "丙,1"]


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    path = typed(tmp_path, "id,n", "1,李娜")
    arguments = [
        str(path),
        "--id",
        "id",
        "--map",
        "name=n",
        "--out",
        str(tmp_path / "no" / "c.csv"),
    ]
    result = CliRunner().invoke(dedupe_file, arguments)
    assert result.exit_code != 0
    assert "cannot be written" in result.output


@pytest.mark.skipif(not FEBRL.exists(), reason="needs ../shared/data/febrl")
def test_febrl_through_the_same_command(tmp_path: Path) -> None:
    path = tmp_path / "febrl.csv"
    path.write_bytes(FEBRL.read_bytes())
    found = clusters_of(path, FEBRL_MAPPING, id_column="rec_id")
    precision, recall = precision_recall(
        list(found.values()), [name.split("-")[1] for name in found]
    )
    assert precision >= 0.99
    assert recall >= 0.97


def test_clusters_are_told_apart_by_purchases_and_intent(tmp_path: Path) -> None:
    path = typed(
        tmp_path,
        "id,n,m,orders,intent",
        "1,王海涛,13800136027,3,",
        "2,王海濤先生,+86 138-0013-6027,0,高",
        "3,李娜,13900139000,,是",
        "4,赵敏,13700137000,0.0,否",
        "5,孙丽,13700137001,,",
    )
    options = ("--json", "--bought", "orders", "--intent", "intent")
    answer = json.loads(run(path, "name=n,mobile=m", *options).output)
    assert answer["groups"] == {"bought": 1, "intent": 1, "none": 2}
    assert "groups" not in json.loads(run(path, "name=n,mobile=m", "--json").output)
    refused = run(path, "name=n,mobile=m", "--bought", "sales")
    assert (refused.exit_code, "no column sales" in refused.output) == (1, True)


def test_the_memory_that_duckdb_may_take_is_a_size(tmp_path: Path) -> None:
    path = typed(tmp_path, "id,n", "1,李娜")
    assert run(path, "name=n", "--memory", "500MB").exit_code == 0
    refused = run(path, "name=n", "--memory", "much")
    assert (refused.exit_code, "write for example 4GB" in refused.output) == (1, True)
