"""The own rhythm has a closed form now: no least number of gaps, and the segment's rhythm is learned
by the weekly fit. Until then its usual days hold for everybody, as before for those with few gaps."""

from django.db import migrations


def forget_min_gaps(apps, schema_editor):
    for version in apps.get_model("churn", "RuleVersion").objects.filter(kind="rhythm"):
        version.params.pop("min_gaps", None)
        version.applied_at = None
        version.save(update_fields=["params", "applied_at"])


class Migration(migrations.Migration):
    dependencies = [
        ("churn", "0003_score"),
    ]

    operations = [
        migrations.RunPython(forget_min_gaps, migrations.RunPython.noop),
    ]
