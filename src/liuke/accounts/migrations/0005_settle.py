"""Conflicts and shares are decided by those who lead; roles that a firm keeps already follow."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

LEAD = ("owner", "manager", "administrator")


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    role = apps.get_model("accounts", "FirmRole")
    for each in role.objects.filter(key__in=LEAD):
        role.objects.filter(pk=each.pk).update(grants={"settle": "all", **each.grants})


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_record")]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
