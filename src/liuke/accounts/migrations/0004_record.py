"""Who starts with the journal and with privacy has them in roles that exist already."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

GRANTED = {
    "owner": ("see_journal", "privacy"),
    "administrator": ("see_journal", "privacy"),
    "manager": ("see_journal",),
}


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for role in apps.get_model("accounts", "FirmRole").objects.filter(key__in=GRANTED):
        role.grants = dict.fromkeys(GRANTED[role.key], "all") | role.grants
        role.save(update_fields=["grants"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_roles")]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
