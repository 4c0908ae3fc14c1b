"""What the demo firms know of their customers: plausible, and the same twice."""

from dataclasses import replace

import pytest

from liuke.core import clock
from liuke.customers.models import Customer, CustomerState, FieldValue, Level
from liuke.customers.queries.fields import fields, values_of_fields
from liuke.site import setup
from liuke.site.demo import is_demo, known, loading
from liuke.site.demo.lives import simulate
from liuke.site.demo.profiles import PROFILES

pytestmark = pytest.mark.django_db


@pytest.fixture(params=sorted(PROFILES))
def built(request, monkeypatch, tmp_path, settings) -> str:
    settings.HOME = settings.MEDIA_ROOT = tmp_path
    few = {name: replace(profile, customers=60) for name, profile in PROFILES.items()}
    monkeypatch.setattr(loading, "PROFILES", few)
    is_demo.cache_clear()
    setup.prepare_demo(request.param)
    return request.param


def test_levels_own_fields_and_answers_stand_as_they_were_drawn(built) -> None:
    profile = loading.PROFILES[built]
    levels = Level.objects.values_list("name", "standard")
    assert [name for name, standard in levels if standard] == ["A", "B", "C", "D"]
    specs = {spec.code: spec for spec in fields()}
    own = {str(spec.label): code for code, spec in specs.items() if code.startswith("own_")}
    assert set(own) == {each["name"] for each in known.WORDS["fields"][built]}
    used = FieldValue.objects.filter(field__key="").values("field").distinct()
    assert used.count() == len(own), "no own field is empty"
    ids = dict(Customer.objects.values_list("code", "pk"))
    stored = values_of_fields(list(ids.values()), list(specs.values()))
    for life in simulate(profile, clock.today()):
        said = known.answers(life, profile, own)
        assert said == known.answers(life, profile, own)
        mine = stored[ids[life.number]]
        assert {code for code in said if code not in known.COLUMNS} <= set(mine)
    known_of = CustomerState.objects.values_list("completeness", flat=True)
    assert len(set(known_of)) > 5, "some are known well, some hardly"
