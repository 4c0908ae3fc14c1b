"""Who came first holds the mobile; who has it too is contested, with a pair for people."""

from django.db import migrations

HELD = """
INSERT INTO customers_primarymobile (customer_id, number, contested)
SELECT customer_id, normalised, place > 1 FROM (
    SELECT customer_id, normalised,
        ROW_NUMBER() OVER (PARTITION BY normalised ORDER BY customer_id) AS place
    FROM (
        SELECT customer_id, normalised, ROW_NUMBER() OVER (
            PARTITION BY customer_id ORDER BY CASE WHEN preferred THEN 0 ELSE 1 END, id
        ) AS own
        FROM customers_contactpoint
        WHERE person_id IS NULL AND kind = 'mobile' AND length(replace(normalised, '+', '')) >= 7
    ) AS points WHERE own = 1
) AS mobiles
"""
PAIRS = """
INSERT INTO customers_duplicatepair
    (first_id, second_id, probability, reasons, source, created_at, verdict, reason)
SELECT holder.customer_id, other.customer_id, 0.9, '[["mobile", "same"]]', 'file',
    CURRENT_TIMESTAMP, '', ''
FROM customers_primarymobile AS other
JOIN customers_primarymobile AS holder ON holder.number = other.number
WHERE other.contested AND NOT holder.contested
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0010_duplicates")]
    operations = [
        migrations.RunSQL(HELD, migrations.RunSQL.noop),
        migrations.RunSQL(PAIRS, migrations.RunSQL.noop),
    ]
