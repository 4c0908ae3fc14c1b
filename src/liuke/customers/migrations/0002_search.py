from django.db import migrations

from liuke.core import search


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]
    operations = [search.table("customer")]
