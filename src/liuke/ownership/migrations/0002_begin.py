from django.db import migrations

# The history of customers that were there before it begins with whoever has them now.
BEGIN = """
INSERT INTO ownership_ownerperiod (customer_id, owner_id, started_at, reason, note)
SELECT id, owner_id, created_at, 'earlier', '' FROM customers_customer
"""


class Migration(migrations.Migration):
    dependencies = [("ownership", "0001_initial")]
    operations = [migrations.RunSQL(BEGIN, migrations.RunSQL.noop)]
