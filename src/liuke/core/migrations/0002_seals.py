from django.db import migrations, models

import liuke.core.clock

ERASED = '{"erased": true}'
ENTRY = ("id", "at", "actor_id", "verb", "subject", "subject_id", "customer_id")
SEALED = ("position", "entry_id", "digest", "hash")
KEPT = ("core_seal", "core_journalerasure")

# A payload may become a tombstone once its customer is erased, a salt may be forgotten; nothing
# else ever changes.
POSTGRESQL = """
CREATE OR REPLACE FUNCTION core_journal_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'core_journalentry' THEN
    IF to_jsonb(NEW) - 'before' - 'after' = to_jsonb(OLD) - 'before' - 'after'
      AND NEW.before IS NOT DISTINCT FROM
        (CASE WHEN OLD.before IS NULL THEN NULL ELSE '{"erased": true}'::jsonb END)
      AND NEW.after IS NOT DISTINCT FROM
        (CASE WHEN OLD.after IS NULL THEN NULL ELSE '{"erased": true}'::jsonb END)
      AND EXISTS (SELECT 1 FROM core_journalerasure AS erased
                  WHERE erased.subject = '' AND erased.customer_id = OLD.customer_id
                  OR erased.subject = OLD.subject AND erased.subject_id = OLD.subject_id)
    THEN RETURN NEW; END IF;
  ELSIF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'core_sealedentry' THEN
    IF NEW.salt IS NULL AND to_jsonb(NEW) - 'salt' = to_jsonb(OLD) - 'salt'
    THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'the journal is append-only';
END $$;
"""
POSTGRESQL_TRIGGER = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION core_journal_refuse();
"""


def same(columns):
    return " AND ".join(f'NEW."{name}" IS OLD."{name}"' for name in columns)


def tombstone(column):
    return f'NEW."{column}" IS (CASE WHEN OLD."{column}" IS NULL THEN NULL ELSE \'{ERASED}\' END)'


NEVER = "1"
ASKED = (
    "EXISTS (SELECT 1 FROM core_journalerasure AS erased"
    " WHERE erased.subject = '' AND erased.customer_id = OLD.customer_id"
    " OR erased.subject = OLD.subject AND erased.subject_id = OLD.subject_id)"
)
UNLESS_ERASED = (
    f"NOT ({same(ENTRY)} AND {tombstone('before')} AND {tombstone('after')} AND {ASKED})"
)
UNLESS_FORGOTTEN = f"NOT (NEW.salt IS NULL AND {same(SEALED)})"
SQLITE = """
CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {condition}
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
"""
# Name → table, act, and when it is refused.
SQLITE_TRIGGERS = {
    "core_journal_no_UPDATE": ("core_journalentry", "UPDATE", UNLESS_ERASED),
    "core_journal_no_DELETE": ("core_journalentry", "DELETE", NEVER),
    "core_sealed_no_UPDATE": ("core_sealedentry", "UPDATE", UNLESS_FORGOTTEN),
    "core_sealed_no_DELETE": ("core_sealedentry", "DELETE", NEVER),
} | {f"{table}_no_{act}": (table, act, NEVER) for table in KEPT for act in ("UPDATE", "DELETE")}


def sqlite_trigger(name):
    table, act, condition = SQLITE_TRIGGERS[name]
    return SQLITE.format(name=name, table=table, act=act, condition=condition)


def refuse_changes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)
        for table in ("core_sealedentry", *KEPT):
            schema_editor.execute(POSTGRESQL_TRIGGER.format(table=table))
    else:
        for name in SQLITE_TRIGGERS:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
            schema_editor.execute(sqlite_trigger(name))


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="JournalErasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("customer_id", models.BigIntegerField()),
                ("subject", models.CharField(blank=True, max_length=60)),
                ("subject_id", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField(default=liuke.core.clock.now)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
            ],
            options={
                "verbose_name": "erasure",
                "verbose_name_plural": "erasures",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer_id", "subject", "subject_id"), name="erasure_once"
                    )
                ],
                "indexes": [models.Index(fields=["subject", "subject_id"], name="erasure_subject")],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sealed_at", models.DateTimeField()),
                ("last", models.BigIntegerField()),
                ("highest_entry", models.BigIntegerField()),
                ("root", models.BinaryField()),
            ],
            options={"verbose_name": "seal", "verbose_name_plural": "seals"},
        ),
        migrations.CreateModel(
            name="SealedEntry",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("entry_id", models.BigIntegerField(unique=True)),
                ("salt", models.BinaryField(null=True)),
                ("digest", models.BinaryField()),
                ("hash", models.BinaryField()),
            ],
            options={"verbose_name": "sealed entry", "verbose_name_plural": "sealed entries"},
        ),
        migrations.RunPython(refuse_changes, migrations.RunPython.noop),
    ]
