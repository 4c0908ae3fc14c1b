"""The template tags: markup, refusal of misspelled arguments, escaping."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.exceptions import ImproperlyConfigured
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory, override_settings
from django.utils import translation

from liuke.core import clock
from liuke.core.ui import assets

HOSTILE = '"><script>alert(1)</script>'
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"), clock.set_to(TODAY):
        yield


@pytest.fixture(autouse=True)
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small frontend build, so that these tests need no Node."""
    manifest = {"app.js": "app-AAAAAAAA.js", "icons.svg": "icons-BBBBBBBB.svg"}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    names = ["phone", "users", "alert-circle", "info-circle", "table", "download"]
    symbols = "".join(f'<symbol id="{name}"></symbol>' for name in names)
    (tmp_path / "icons-BBBBBBBB.svg").write_text(f"<svg>{symbols}</svg>")
    monkeypatch.setattr(assets, "BUILD", tmp_path)
    return tmp_path


def render(source: str, **values: object) -> str:
    return Template(source).render(Context(values))


@pytest.mark.parametrize(
    "source",
    [
        '{% icon "phone" lable="x" %}',
        '{% panel "t" subtitle="x" %}{% endpanel %}',
        "{% money 1 curency='CNY' %}",
        '{% note meen="risk" %}{% endnote %}',
        "{% churn_clock a b c d bigg=True %}",
        '{% chart "months" data "id" "label" sise="s" %}',
    ],
)
def test_misspelled_argument_raises(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        Template(source)


@pytest.mark.parametrize(
    "source",
    [
        '{% icon "fone" %}',
        '{% dot "loose" %}',
        '{% tag "x" mean="green" %}',
        '{% chart "pie" data "id" "label" %}',
    ],
)
def test_unknown_value_raises(source: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        render(source, data={})


def test_asset_comes_from_the_manifest() -> None:
    assert render('{% asset "app.js" %}') == "/static/build/app-AAAAAAAA.js"


def test_missing_build_says_what_to_do(build: Path) -> None:
    (build / "manifest.json").unlink()
    with pytest.raises(ImproperlyConfigured, match="make frontend"):
        render('{% asset "app.js" %}')
    assert render('{% asset "app.js" required=False %}') == ""


def test_asset_missing_from_the_build_says_what_to_do() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"charts\.js.*make frontend"):
        render('{% asset "charts.js" %}')


def test_a_new_build_is_seen_without_a_restart(build: Path) -> None:
    render('{% asset "app.js" %}')
    manifest = {"app.js": "app-CCCCCCCC.js", "icons.svg": "icons-BBBBBBBB.svg"}
    (build / "manifest.json").write_text(json.dumps(manifest))
    assert "CCCCCCCC" in render('{% asset "app.js" %}')


def test_icon_is_hidden_or_named() -> None:
    assert 'aria-hidden="true"' in render('{% icon "phone" %}')
    named = render('{% icon "phone" label="Call" %}')
    assert 'role="img" aria-label="Call"' in named
    assert "icons-BBBBBBBB.svg#phone" in named


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{% num none %}", "—"),
        ("{% num 1234567 %}", "1,234,567"),
        ("{% num -3 %}", "\N{MINUS SIGN}3"),
        ("{% percent none %}", "—"),
        ("{% percent 0.29 %}", "29.0%"),
        ("{% percent 0 %}", "0.0%"),
        ("{% percent 0.416 digits=0 %}", "42%"),
        ("{% money none %}", "—"),
        ("{% day none %}", "—"),
        ("{% who none %}", "—"),
        ("{% level none %}", ""),
        ("{% churn_clock none none none none %}", ""),
    ],
)
def test_figures_and_nothing(source: str, text: str) -> None:
    assert render(source, none=None) == text


@override_settings(LIUKE_CURRENCY="CNY")
def test_money_symbol_is_small_and_the_own_one_short() -> None:
    assert "<small>¥</small>12,400</span>" in render("{% money 12400 %}")
    assert "<small>¥</small>99.50</span>" in render("{% money 99.5 %}")
    assert "\N{MINUS SIGN}<small>¥</small>5" in render("{% money -5 %}")
    assert "<small>$</small>5" in render('{% money 5 "USD" %}')
    assert "462K" in render("{% money 462000 short=True %}")
    with translation.override("zh-hans"):
        assert "46.2 万" in render("{% money 462000 short=True %}")


def test_day_leaves_the_current_year_out() -> None:
    assert render("{% day d %}", d=TODAY) == '<time datetime="2026-11-24">24 Nov</time>'
    assert ">31 Dec 2025<" in render("{% day d %}", d=date(2025, 12, 31))
    assert ">24 Nov 2026<" in render("{% day d today=t %}", d=TODAY, t=date(2027, 1, 1))


@override_settings(TIME_ZONE="Asia/Shanghai")
def test_day_of_a_moment_is_the_day_in_the_firms_zone() -> None:
    late = datetime(2026, 11, 23, 17, tzinfo=UTC)
    assert 'datetime="2026-11-24"' in render("{% day d %}", d=late)


def clock_of(*, expected: date | None, today: date, big: bool = False) -> str:
    return render(
        "{% churn_clock last expected at_risk lost today=today big=big %}",
        last=date(2026, 8, 25),
        expected=expected,
        at_risk=date(2026, 11, 17),
        lost=date(2026, 12, 29),
        today=today,
        big=big,
    )


def test_clock_says_its_dates_in_words() -> None:
    svg = clock_of(expected=date(2026, 10, 6), today=TODAY)
    assert (
        'aria-label="Last purchase 25 Aug, expected 6 Oct, at risk from 17 Nov,'
        ' lost from 29 Dec, today is day 91"' in svg
    )
    assert "style=" not in svg
    assert 'class="e-risk"' in svg
    assert 'class="e-lost"' not in svg


def test_clock_without_expected_date() -> None:
    svg = clock_of(expected=None, today=TODAY)
    assert 'class="exp"' not in svg
    assert "expected" not in svg


def test_clock_stays_inside_however_long_ago() -> None:
    assert 'class="now" x="98.' in clock_of(expected=None, today=date(2126, 1, 1))


def test_big_clock_moves_or_drops_labels_that_would_collide() -> None:
    roomy = clock_of(expected=date(2026, 10, 6), today=TODAY, big=True)
    assert roomy.count('class="day"') == 4
    assert 'text-anchor="end"' not in roomy
    close = clock_of(expected=date(2026, 11, 10), today=TODAY, big=True)
    assert close.count('class="day"') == 4
    assert 'text-anchor="end">Expected<' in close
    packed = clock_of(expected=date(2026, 9, 1), today=TODAY, big=True)
    assert packed.count('class="tick"') == 4
    assert "25 Aug</text>" not in packed


def test_dot_has_mark_and_word() -> None:
    said = render('{% dot "at_risk" %}')
    assert 'data-state="risk"' in said
    assert "At risk" in said


class Form(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the invoice")
    story = forms.CharField(widget=forms.Textarea, required=False)
    way = forms.ChoiceField(choices=[("a", HOSTILE)], widget=forms.RadioSelect)
    big = forms.BooleanField(required=False)


def test_field_ties_label_hint_and_error_together() -> None:
    html = render("{% field f %}", f=Form()["name"])
    assert '<label for="id_name">Name' in html
    assert 'class="req"' in html
    assert 'aria-describedby="id_name-below"' in html
    assert '<p class="lk-hint" id="id_name-below">As on the invoice</p>' in html
    wrong = render("{% field f hint='x' %}", f=Form({})["name"])
    assert "is-invalid" in wrong
    assert 'aria-invalid="true"' in wrong
    assert 'class="lk-error" id="id_name-below"' in wrong
    assert "lk-hint" not in wrong


def test_field_kinds() -> None:
    assert 'rows="3"' in render("{% field f %}", f=Form()["story"])
    assert "<fieldset" in render("{% field f %}", f=Form()["way"])
    assert 'class="lk-check"' in render("{% field f %}", f=Form()["big"])


def test_panel_takes_the_tools_written_inside() -> None:
    source = (
        '{% panel "First" sub="s" %}{% panel_tools %}<i></i>{% endpanel_tools %}a{% endpanel %}'
        '{% panel "Second" %}b{% endpanel %}'
    )
    first, second = render(source).split("</section>")[:2]
    assert '<div class="lk-charttools"><i></i></div>' in first
    assert "lk-charttools" not in second


@pytest.mark.parametrize(
    "source",
    [
        "{% panel bad sub=bad id=bad %}{{ bad }}{% endpanel %}",
        "{% tag bad %}{% who bad %}{% level bad %}{% money 1 bad %}",
        "{% chip bad bad n=3 %}",
        "{% fig bad bad bad bad bad tip=bad %}",
        '{% empty "phone" bad bad %}{{ bad }}{% endempty %}',
        '{% note mean="lost" %}{{ bad }}{% endnote %}',
        '{% icon "phone" label=bad %}',
        "{% field field hint=bad %}{% field radio %}",
        '{% chart "months" data bad bad %}{% chart_tools bad bad %}',
        "{% kept_query 'x' %}{% filter_field spec %}",
        "{% message_toasts messages %}",
    ],
)
def test_hostile_text_is_escaped(source: str) -> None:
    spec = SimpleNamespace(key=HOSTILE, label=HOSTILE, kind="text", param="city", choices=None)
    html = render(
        source,
        bad=HOSTILE,
        data={"a": HOSTILE},
        field=Form({"name": HOSTILE})["name"],
        radio=Form()["way"],
        request=RequestFactory().get("/", {"city": HOSTILE, HOSTILE: HOSTILE}),
        spec=spec,
        messages=[Message(constants.INFO, HOSTILE)],
    )
    assert "<script>alert" not in html


def test_kept_query_drops_own_and_place() -> None:
    request = RequestFactory().get("/?q=a&page=3&sort=name&value_from=1&stage=x&stage=y")
    spec = SimpleNamespace(kind="range", param="value")
    html = render("{% kept_query 'q' %}", request=request)
    assert 'name="q"' not in html
    assert 'name="page"' not in html
    assert html.count('name="stage"') == 2
    assert "value_from" not in render("{% kept_query f %}", request=request, f=[spec])


def test_messages_become_toasts_with_undo() -> None:
    messages = [
        Message(constants.SUCCESS, "Saved", extra_tags="/undo/1/"),
        Message(constants.ERROR, "No"),
    ]
    html = render("{% message_toasts messages %}", messages=messages)
    toasts = json.loads(html.split(">", 1)[1].rsplit("<", 1)[0])
    assert toasts == [
        {"text": "Saved", "undo": "/undo/1/", "mean": ""},
        {"text": "No", "undo": "", "mean": "lost"},
    ]


def test_fig_and_spark() -> None:
    html = render('{% fig "At risk" 312 unit="x" href="/c" spark=v %}', v=[1, 3, 2])
    assert html.startswith('<a class="lk-fig" href="/c">')
    assert 'points="0.0,26.0 38.0,2.0 76.0,14.0"' in html
    assert "lk-spark" not in render('{% fig "At risk" 312 spark=v %}', v=[1])


def test_error_page_renders_without_context(build: Path) -> None:
    (build / "manifest.json").unlink()
    html = render('{% include "500.html" %}')
    assert "Something broke on our side" in html
