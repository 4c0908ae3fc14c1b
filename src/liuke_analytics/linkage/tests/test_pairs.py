"""Pairs that people look at: the probability orders them, the fields say why."""

from pathlib import Path

from liuke_analytics.linkage.dedupe import connect
from liuke_analytics.linkage.pairs import DOUBTFUL, likely_pairs

ROWS = """id,name,mobile,company
1,王海涛,13800136027,上海顺达汽车销售有限公司
2,王海濤,+86 138-0013-6027,顺达汽车销售有限责任公司
3,李娜,13900139000,宏达机械厂
4,赵敏,13700137000,
5,孙丽,13600136000,明光电子
"""


def test_a_pair_says_why(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(ROWS, "utf-8")
    columns = {"name": ("name",), "mobile": ("mobile",), "company": ("company",)}
    (pair,) = likely_pairs(connect(), file, "id", columns)
    one, other, probability, reasons = pair
    assert (one, other) == ("1", "2")
    assert probability > 0.95
    assert reasons == [("name", "same"), ("mobile", "same"), ("company", "same")]


def test_one_record_makes_no_pair(tmp_path: Path) -> None:
    file = tmp_path / "one.csv"
    file.write_text("id,name\n1,王海涛\n", "utf-8")
    assert list(likely_pairs(connect(), file, "id", {"name": ("name",)})) == []


def test_relatives_with_one_phone_and_door_are_left_to_people(tmp_path: Path) -> None:
    file = tmp_path / "kin.csv"
    rows = ["id,name,mobile,address", "1,张伟国,13812345678,天河区建设路354号3栋1018室"]
    rows += ["2,张丽娜,13812345678,天河区建设路354号3栋1018室"]
    rows += [f"{n},李明{n},139{n:08},人民路{n}号" for n in range(3, 40)]
    file.write_text("\n".join(rows), "utf-8")
    columns = {name: (name,) for name in ("name", "mobile", "address")}
    found = {pair[:2]: pair[2] for pair in likely_pairs(connect(), file, "id", columns)}
    assert found.get(("1", "2"), 0) <= DOUBTFUL
