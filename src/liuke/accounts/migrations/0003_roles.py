"""Roles become rows that a firm may change; everybody keeps the role they have."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from liuke.accounts.rules import starting_grants


def keep_roles(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    user, role = apps.get_model("accounts", "User"), apps.get_model("accounts", "FirmRole")
    keys = user.objects.values_list("role", flat=True).distinct()
    role.objects.bulk_create(role(key=key, grants=starting_grants(key)) for key in keys)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_saved_views")]

    operations = [
        migrations.CreateModel(
            name="FirmRole",
            fields=[
                (
                    "key",
                    models.CharField(
                        editable=False, max_length=20, primary_key=True, serialize=False
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        blank=True,
                        help_text="Empty: the word that everybody knows it by.",
                        max_length=40,
                        verbose_name="name",
                    ),
                ),
                ("grants", models.JSONField(default=dict)),
            ],
            options={"verbose_name": "role", "verbose_name_plural": "roles"},
        ),
        migrations.RunPython(keep_roles, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="user",
            name="role",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="users",
                to="accounts.firmrole",
                verbose_name="role",
            ),
        ),
    ]
