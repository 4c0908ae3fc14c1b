from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("churn", "0004_rhythm"),
    ]

    operations = [
        migrations.AddField(
            model_name="score",
            name="value_params",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="score",
            name="value_refusal",
            field=models.JSONField(null=True),
        ),
    ]
