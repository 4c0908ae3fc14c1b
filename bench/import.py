"""A list of customers through `liuke import customers` into PostgreSQL, beside a bare COPY.

    python bench/import.py 100000

Every row has a number, a name, a mobile and some a landline, e-mail, address, level and note; one
in two hundred has a fault. Prints one line of JSON: seconds and customers a second of the whole
command (staging, validation, duplicate check, search tokens, journal), its peak memory, and the
seconds in which bare COPY writes the very same rows into the same tables with the same indexes.
"""

import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from tests.run import _postgres

SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂华玉萍红玲建国文斌宇浩凯欣怡子涵梓轩诗雨佳"
ROADS = ("人民路", "中山路", "解放路", "建设路", "和平路", "新华路", "文化路")
HEADER = ("客户编号", "姓名", "联系电话", "座机", "邮箱", "地址", "级别", "生日", "备注")
TABLES = (
    "customers_customer", "customers_customerstate", "customers_contactpoint",
    "core_journalentry", "search_customer",
)  # fmt: skip


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder, _postgres() as address:
        home = Path(folder)
        file = home / "list.csv"
        write_list(file, count)
        environment = {**os.environ, "LIUKE_HOME": folder, "DATABASE_URL": address}
        liuke = [sys.executable, "-m", "liuke.site"]
        subprocess.run([*liuke, "init", "--empty"], env=environment, check=True, stdout=2)
        begin = time.perf_counter()
        command = [*liuke, "import", "customers", str(file), "--json"]
        done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
        seconds = time.perf_counter() - begin
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        answer = json.loads(done.stdout)
        bare = bare_copy(address, home)
    new = answer["new"]
    result = {
        "customers": new,
        "rejected": answer["rejected"],
        "seconds": round(seconds, 1),
        "per_second": round(new / seconds),
        "peak_mb": round(peak),
        "bare_copy_seconds": round(bare, 1),
        "share_of_bare": round(bare / seconds, 3),
    }
    print(json.dumps(result))


def write_list(file: Path, count: int) -> None:
    chance = random.Random(7)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for number in range(count):
            name = chance.choice(SURNAMES) + "".join(
                chance.choices(GIVEN, k=chance.choice((1, 2, 2)))
            )
            mobile = f"1{3 + number % 7}{number * 7919 % 10**9:09}"
            if number % 5 == 0:
                mobile = f"+86 {mobile[:3]}-{mobile[3:7]}-{mobile[7:]}"
            writer.writerow(
                (
                    f"K{number:07}",
                    name,
                    "不详" if number % 200 == 0 else mobile,
                    f"021-{50000000 + number % 40000000}" if number % 4 == 0 else "",
                    f"{number:x}@qq.com" if number % 3 else "",
                    f"上海市浦东新区{chance.choice(ROADS)}{number % 999}号" if number % 2 else "",
                    "ABCD"[number % 4],
                    f"{1950 + number % 50}/{1 + number % 12}/{1 + number % 28}",
                    "老客户介绍" if number % 10 == 0 else "",
                )
            )


def bare_copy(address: str, home: Path) -> float:
    """Seconds of COPY of the imported rows into empty copies of their tables, indexes and all."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA bare")
        for table in TABLES:
            connection.execute(f"CREATE TABLE bare.{table} (LIKE {table} INCLUDING ALL)")
            with (
                (home / table).open("wb") as out,
                connection.cursor().copy(f"COPY {table} TO STDOUT") as copy,
            ):
                for block in copy:
                    out.write(block)
        begin = time.perf_counter()
        for table in TABLES:
            with (
                (home / table).open("rb") as rows,
                connection.cursor().copy(f"COPY bare.{table} FROM STDIN") as copy,
            ):
                while block := rows.read(1 << 20):
                    copy.write(block)
        return time.perf_counter() - begin


if __name__ == "__main__":
    main(int(sys.argv[1]))
