"""Small files of simulated people, typed as people type them, with the truth."""

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv

SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂华玉萍红玲建国文斌"
ROADS = ("人民路", "中山路", "解放路", "建设路", "和平路", "新华路")
DISTRICTS = ("北京市朝阳区", "上海市浦东新区", "广州市天河区", "南京市鼓楼区")
TRADES = ("科技", "贸易", "实业", "电子")
NAMES = ("id", "姓名", "手机", "公司", "邮箱", "地址", "truth")
MAPPING = "name=姓名,mobile=手机,company=公司,email=邮箱,address=地址"


def simulate(people: int, seed: int) -> list[dict[str, str]]:
    """Two or three records a person; some share their phone and door with a relative."""
    dice = random.Random(seed)  # noqa: S311
    records: list[dict[str, str]] = []
    home = _home(dice)
    for person in range(people):
        if dice.random() > 0.05:
            home = _home(dice)
        whole = home | {
            "given": dice.choice(GIVEN) + dice.choice(GIVEN),
            "company": "".join(dice.sample(GIVEN, 2)) + dice.choice(TRADES),
            "email": f"{dice.getrandbits(40):x}@163.com",
        }
        records += [_typed(dice, whole, person) for _ in range(dice.choice((2, 3)))]
    dice.shuffle(records)
    return [{"id": f"r{number}"} | record for number, record in enumerate(records)]


def write(records: list[dict[str, str]], path: Path) -> Path:
    table = pa.table({name: [record[name] for record in records] for name in NAMES})
    pa_csv.write_csv(table, path)
    return path


def _home(dice: random.Random) -> dict[str, str]:
    return {
        "surname": dice.choice(SURNAMES),
        "mobile": f"13{dice.randrange(10**9):09}",
        "district": dice.choice(DISTRICTS),
        "street": f"{dice.choice(ROADS)}{dice.randrange(1, 900)}号",
        "door": f"{dice.randrange(1, 30)}栋{dice.randrange(100, 2500)}室",
    }


def _typed(dice: random.Random, whole: dict[str, str], person: int) -> dict[str, str]:
    given, mobile = whole["given"], whole["mobile"]
    names = [whole["surname"] + given] * 8
    names += [whole["surname"] + " " + given, whole["surname"] + dice.choice(GIVEN) + given[1]]
    mobiles = [mobile, "+86 " + mobile, f"{mobile[:3]}-{mobile[3:7]}-{mobile[7:]}", ""]
    company = whole["company"]
    companies = [
        company,
        company + "有限公司",
        whole["district"][:2] + company + "有限责任公司",
        "",
    ]
    emails = [whole["email"], whole["email"].upper(), "", ""]
    street = whole["street"]
    addresses = [
        whole["district"] + street + whole["door"],
        whole["district"][-3:] + street + whole["door"],
        whole["district"] + street,
        "",
    ]
    typed = (names, mobiles, companies, emails, addresses)
    record = dict(zip(NAMES[1:6], (dice.choice(options) for options in typed), strict=True))
    return record | {"truth": str(person)}
