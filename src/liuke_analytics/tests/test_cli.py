"""The command line on small files, good and bad."""

import json
import re
from datetime import date, datetime, timedelta

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner

from liuke_analytics.cli import main

# Freireich 1963: remission under 6-MP and placebo, weeks.
SIX_MP = [(6, 1), (6, 1), (6, 1), (6, 0), (7, 1), (9, 0), (10, 1), (10, 0), (11, 0), (13, 1),
          (16, 1), (17, 0), (19, 0), (20, 0), (22, 1), (23, 1), (25, 0), (32, 0), (32, 0), (34, 0),
          (35, 0)]  # fmt: skip
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def run(*arguments, code=0):
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output + str(result.exception)
    return result


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """700 customers who come every 30 days or so and leave for good after a while."""
    generator = np.random.default_rng(11)
    begin = date(2023, 1, 1)
    lines = ["customer,date,amount"]
    for customer in range(700):
        every = generator.gamma(4, 8)
        leaves = generator.beta(0.8, 4)
        worth = generator.gamma(5, 20)
        day = generator.uniform(0, 300)
        while day < 720:
            amount = generator.gamma(4, worth / 4)
            lines.append(f"客户{customer:03},{begin + timedelta(days=int(day))},{amount:.2f}")
            if generator.random() < leaves:
                break
            day += generator.gamma(2, every / 2)
    path = tmp_path_factory.mktemp("shop") / "orders.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def reported(shop):
    page, figures = shop.parent / "report.html", shop.parent / "summary.json"
    run("report", shop, "--customer", "customer", "--date", "date", "--amount", "amount",
        "--out", page, "--json", figures, "--language", "en", "--as-of", "2024-12-20")  # fmt: skip
    return page.read_text(), json.loads(figures.read_text())


def test_report_figures(reported):
    _, figures = reported
    assert figures["customers"] == 700
    assert sum(figures["states"].values()) == 700
    assert figures["states"]["lost"] > 100
    assert figures["rhythm"]["k"] == 2
    assert figures["value_model"]["params"]["p"] > 1
    worth = [row["worth_per_year_if_kept"] for row in figures["at_risk"]]
    assert worth == sorted(worth, reverse=True)
    for row in figures["at_risk"]:
        assert row["silent_weeks"] >= row["threshold_weeks"]
        assert row["at_risk_day"] <= "2024-12-20" < row["lost_day"]
        assert row["last_purchase"] < row["expected_day"] < row["at_risk_day"]


def test_report_scorecard_is_beside_its_baselines(reported):
    _, figures = reported
    assert len(figures["scorecard"]) >= 2
    for card in figures["scorecard"]:
        assert card["model"]["log_loss"] < card["base_rate"]["log_loss"]
        assert abs(card["model"]["calibration_intercept"]) < 0.6
        assert 0.6 < card["model"]["calibration_slope"] < 1.6
    share = sum(row["within"] for row in figures["coverage"])
    assert share / sum(row["gaps"] for row in figures["coverage"]) > 0.85


def test_report_page_stands_alone_and_begins_with_what_to_do(reported):
    page, figures = reported
    assert "http" not in page
    assert "<script" not in page
    assert "src=" not in page
    first = page.index("What does this tell me to do?")
    assert first < page.index("At risk: call these") < page.index("Can this be trusted?")
    assert f"Call the {figures['states']['at_risk']:,} customers" in page
    # Acts stand out, and how sure they are stands below them.
    acts = re.findall(r"<li><b>(.+?)</b>(.+?)</li>", page)
    assert 3 <= len(acts) <= 5
    assert page.index("</ol>") < page.index("How sure is this?") < page.index("<table")
    assert figures["at_risk"][0]["customer"] in page
    assert page.count("<svg") == 2
    assert "nine times in ten a customer like this is back within" in page
    assert "{" not in page.split("</style>")[1]


def test_report_in_chinese(shop):
    out = shop.parent / "zh.html"
    run("report", shop, "--out", out, "--language", "zh")
    page = out.read_text()
    assert "这告诉我该做什么？" in page
    assert 'lang="zh-Hans"' in page


def test_language_of_the_system(shop, monkeypatch):
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    out = shop.parent / "system.html"
    run("report", shop, "--out", out)
    assert "这告诉我该做什么？" in out.read_text()


def test_bad_rows_are_counted_by_reason(shop):
    bad = shop.parent / "bad.csv"
    extra = ["甲,2099-01-01,5", ",2024-01-01,5", "乙,,5", "乙,2024-02-30,5", "丙,2024-01-01,-5",
             "丙,2024-01-01,x"]  # fmt: skip
    bad.write_bytes("\n".join([shop.read_text(), *extra]).encode("gb18030"))
    out, figures = shop.parent / "bad.html", shop.parent / "bad.json"
    run("report", bad, "--out", out, "--json", figures, "--language", "en")
    told = json.loads(figures.read_text())
    assert told["left_out"] == {"no_customer": 1, "no_date": 2, "later": 1, "no_amount": 1,
                                "negative_amount": 1}  # fmt: skip
    assert told["decoded_from"] == "gb18030"
    assert told["customers"] == 700
    page = out.read_text()
    for words in ("no customer named", "not a date", "dated after", "negative amount", "gb18030"):
        assert words in page


@pytest.mark.parametrize(
    "lines",
    [
        ["a,2024-01-01,5"],
        ["a,2024-01-01,5", "a,2024-02-01,5"],
        [f"c{index},2024-01-{index % 28 + 1:02},5" for index in range(200)],
        [f"c{index},{date(2024, 1, 1) + timedelta(days=30 * visit)},5"
         for index in range(100) for visit in range(12)],
    ],
    ids=["one row", "one customer", "all one-time", "constant gaps"],
)  # fmt: skip
def test_too_little_is_said_with_the_number_needed(tmp_path, lines):
    path, out, figures = tmp_path / "x.csv", tmp_path / "x.html", tmp_path / "x.json"
    path.write_text("\n".join(["customer,date,amount", *lines]))
    run("report", path, "--out", out, "--json", figures, "--language", "en")
    told = json.loads(figures.read_text())
    refused = told["model_refused"] or told["value_refused"]
    assert refused["needed"] > refused["have"]
    page = out.read_text()
    assert "not enough data" in page or "cannot be told" in page
    assert "nan" not in page.split("</style>")[1].replace("Finan", "")


def test_nothing_usable(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("customer,date\na,never\n")
    assert "not enough data" in run("report", path, "--out", tmp_path / "x.html", code=1).output


def test_unknown_columns_and_unclear_dates(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("who;when\na;3/4/2011\n")
    assert "who, when" in run("report", path, code=2).output
    assert "no column" in run("report", path, "--customer", "wer", code=2).output
    unclear = run("report", path, "--customer", "who", "--date", "when", code=2)
    assert "--date-order" in unclear.output


def test_dates_in_other_orders(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("customer,date\na,3/25/2011 8:26\na,4/1/2011 9:00\n")
    figures = tmp_path / "x.json"
    run("report", path, "--out", tmp_path / "x.html", "--json", figures)
    assert json.loads(figures.read_text())["as_of"] == "2011-04-01"


@pytest.mark.parametrize(
    "dates",
    [
        ("20240105", "20240212"),
        ("20240105103000", "20240212180000"),
        ("2024-01-05T10:30:00+08:00", "2024-02-12T00:00:00Z"),
        ("2024年1月5日", "2024年2月12日"),
        ("5.1.2024 9:05", "12.2.2024 19:05", "13.2.2023"),
        ("05/01/24", "12/02/24", "31/12/23"),
        ("1/5/2024 3:04 PM", "2/12/2024 4:00 AM", "1/31/2023"),
        ("05-Jan-2024", "12-feb-2024"),
        ("January 5, 2024", "Feb. 12, 2024"),
    ],
    ids=lambda dates: dates[0],
)
def test_dates_as_people_write_them(tmp_path, dates):
    path, figures = tmp_path / "x.csv", tmp_path / "x.json"
    path.write_text("customer;date\n" + "\n".join(f"a;{day}" for day in dates))
    run("report", path, "--out", tmp_path / "x.html", "--json", figures)
    told = json.loads(figures.read_text())
    assert (told["as_of"], told["purchases"], told["left_out"]) == ("2024-02-12", len(dates), {})
    assert [row["month"] for row in told["months"] if row["new"] + row["returning"]][-2:] == [
        "2024-01", "2024-02",
    ]  # fmt: skip


def test_seconds_since_1970_are_no_date(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("customer,timestamp\na,1704412800\na,1707696000\n")
    said = run("report", path, "--out", tmp_path / "x.html", "--lang", "en", code=1).output
    assert "2 without a date, or with none that can be read" in said


@pytest.mark.parametrize(
    ("amounts", "spend"),
    [
        (("12,50", "1.234,5", "7"), 1254.0),
        (("12.50", "1,234.5", "7"), 1254.0),
        (("￥1,200", "1,300元", "$5"), 2505.0),
        (("€ 3,5", "(2)", "1"), 4.5),
    ],
)
def test_money_as_people_write_it(tmp_path, amounts, spend):
    path, figures = tmp_path / "x.csv", tmp_path / "x.json"
    lines = [f"a;2024-0{month}-01;{amount}" for month, amount in enumerate(amounts, start=1)]
    path.write_text("\n".join(["customer;date;amount", *lines]))
    run("report", path, "--out", tmp_path / "x.html", "--json", figures)
    assert json.loads(figures.read_text())["spend"] == spend


@pytest.mark.parametrize(
    ("head", "encoding", "delimiter"),
    [
        ("客户名称,下单日期,实付金额", "gbk", ","),
        ("客户\t日期\t金额", "utf-16", "\t"),
        ("会员号;购买日期;销售额", "utf-8-sig", ";"),
        ("Client|Order Date|Total", "utf-8", "|"),
    ],
)
def test_columns_delimiters_and_encodings(tmp_path, head, encoding, delimiter):
    path, figures = tmp_path / "x.csv", tmp_path / "x.json"
    lines = [head, *(delimiter.join(("王芳", f"2024-0{month}-01", "5")) for month in (1, 2, 3))]
    path.write_bytes("\r\n".join(lines).encode(encoding))
    run("report", path, "--out", tmp_path / "x.html", "--json", figures)
    told = json.loads(figures.read_text())
    assert (told["purchases"], told["spend"], told["left_out"]) == (3, 15.0, {})


def test_a_workbook_is_read_like_a_csv(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["客户", "日期", "金额"])
    for month in (1, 2, 3):
        book.active.append(["王芳", datetime(2024, month, 1, 9, 30), 12.5])
    path, figures = tmp_path / "x.xlsx", tmp_path / "x.json"
    book.save(path)
    run("report", path, "--out", tmp_path / "x.html", "--json", figures)
    told = json.loads(figures.read_text())
    assert (told["as_of"], told["purchases"], told["spend"]) == ("2024-03-01", 3, 37.5)
    path.write_bytes(b"PK no workbook")
    assert "cannot be read as a workbook" in run(
        "report", path, "--out", tmp_path / "x.html", "--lang", "en", code=1
    ).output  # fmt: skip


def test_only_negative_amounts_are_said(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("customer,date,amount\na,2024-01-01,-5\n")
    said = run("report", path, "--out", tmp_path / "x.html", "--lang", "en", code=1).output
    assert "1 with a negative amount" in said


def test_fit_answers_as_agreed(shop):
    answer = json.loads(run("fit", shop, "--model", "mbgnbd", "--calibration-end", "2024-06-30",
                            "--json").output)  # fmt: skip
    assert list(answer) == ["model", "params", "se", "log_likelihood", "customers"]
    assert list(answer["params"]) == ["r", "alpha", "a", "b"]
    assert answer["customers"] == 700


def test_fit_of_a_table_of_histories(tmp_path):
    # Fader, Hardie and Shang 2010 shape: periods, not dates; simulated coin tosses.
    generator = np.random.default_rng(0)
    lines = ["x,t_x,n,count"]
    for _ in range(2000):
        p, q = generator.beta(1.2, 0.75), generator.beta(0.65, 2.8)
        alive = generator.geometric(q) - 1
        came = np.flatnonzero(generator.random(min(alive, 6)) < p) + 1
        lines.append(f"{len(came)},{came[-1] if len(came) else 0},6,1")
    path = tmp_path / "donors.csv"
    path.write_text("\n".join(lines))
    answer = json.loads(run("fit", path, "--model", "bgbb", "--json").output)
    assert answer["customers"] == 2000
    assert answer["params"]["alpha"] == pytest.approx(1.2, rel=0.4)


def test_fit_refuses_with_numbers(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("customer,date\na,2024-01-01\na,2024-02-01\n")
    result = CliRunner().invoke(main, ["fit", str(path), "--model", "bgnbd", "--json"])
    assert result.exit_code == 1
    answer = json.loads(result.stdout)
    assert answer["needed"] > answer["have"] == 1
    assert "amounts" in run("fit", path, "--model", "gammagamma", code=1).output


def test_uplift_of_the_published_mailing(tmp_path):
    path = tmp_path / "mail.csv"
    lines = ["segment,visit"]
    for name, visits, people in (("No E-Mail", 2262, 21306), ("Womens E-Mail", 3238, 21387),
                                 ("Mens E-Mail", 3894, 21307)):  # fmt: skip
        lines += [f"{name},1"] * visits + [f"{name},0"] * (people - visits)
    path.write_text("\n".join([*lines, ",1"]))
    answer = json.loads(run("uplift", path, "--treatment", "segment", "--outcome", "visit",
                            "--json", "--look", "3", "--treated-share", "0.5").output)  # fmt: skip
    mens, womens = answer["comparisons"]
    assert (mens["treatment"], womens["treatment"]) == ("Mens E-Mail", "Womens E-Mail")
    assert mens["difference"] == pytest.approx(0.0766, abs=5e-5)
    assert womens["difference"] == pytest.approx(0.0452, abs=5e-5)
    assert mens["low"] < 0.0766 < mens["high"]
    assert (mens["verdict"], answer["left_out"]) == ("better", 1)
    assert mens["sample_ratio_p"] > 0.9
    assert "+0.0766" in run("uplift", path, "--treatment", "segment", "--outcome", "visit").output


def test_uplift_of_money_and_a_score(tmp_path):
    path = tmp_path / "x.csv"
    rows = [f"{index % 2},{10 + index % 2 + index % 5},{index % 7}" for index in range(200)]
    path.write_text("\n".join(["got,spend,score", *rows]))
    answer = json.loads(run("uplift", path, "--treatment", "got", "--outcome", "spend",
                            "--score", "score", "--json").output)  # fmt: skip
    assert answer["kind"] == "mean"
    assert answer["comparisons"][0]["difference"] == pytest.approx(1.0, abs=0.1)
    assert answer["qini"]["people"] == 200


def test_uplift_asks_what_is_the_control(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("got,came\nx,1\ny,0\n")
    assert "--control" in run("uplift", path, "--treatment", "got", "--outcome", "came",
                              code=1).output  # fmt: skip
    assert "no column" in run("uplift", path, "--treatment", "w", "--outcome", "came",
                              code=2).output  # fmt: skip


def test_survival_of_the_published_trial(tmp_path):
    path = tmp_path / "x.csv"
    rows = [f"{weeks},{event},6-MP" for weeks, event in SIX_MP]
    rows += [f"{weeks},1,placebo" for weeks in PLACEBO]
    path.write_text("\n".join(["weeks,relapse,arm", *rows, ",1,placebo"]))
    answer = json.loads(run("survival", path, "--duration", "weeks", "--event", "relapse",
                            "--group", "arm", "--json").output)  # fmt: skip
    drug, placebo = answer["groups"]
    curve = {step["time"]: step["survival"] for step in drug["curve"]}
    assert [curve[week] for week in (6, 10, 23)] == pytest.approx([0.8571, 0.7529, 0.4482],
                                                                  abs=5e-5)  # fmt: skip
    assert (drug["median"], placebo["median"], answer["left_out"]) == (23, 8, 1)
    assert answer["log_rank"]["statistic"] == pytest.approx(16.793, abs=5e-4)
    plain = run("survival", path, "--duration", "weeks", "--event", "relapse").output
    assert "42 cases" in plain


def test_survival_with_competing_ways(tmp_path):
    path = tmp_path / "x.csv"
    rows = [f"{index % 9 + 1},{index % 3}" for index in range(90)]
    path.write_text("\n".join(["d,e", *rows]))
    answer = json.loads(run("survival", path, "--duration", "d", "--event", "e", "--json").output)
    (group,) = answer["groups"]
    total = sum(cause["share"][-1] for cause in group["competing"].values())
    assert total == pytest.approx(1 - group["curve"][-1]["survival"], abs=1e-12)
