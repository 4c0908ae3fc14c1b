"""Of which customers out of sight somebody was told that they are recorded already.

Whoever claims such a customer shows what was handed out with the warning, so that nobody can ask
for any number they like.
"""

from django.core import signing

from liuke.accounts.models import User

SALT = "liuke.told"
LASTS = 24 * 60 * 60


def told(viewer: User, customer_id: int) -> str:
    """A sign that this person was told of this customer; it lasts for a day."""
    return signing.dumps([viewer.pk, customer_id], salt=SALT)


def told_of(viewer: User, sign: str) -> int | None:
    """The customer of whom this person was told, if the sign is this person's and fresh."""
    try:
        who, customer_id = signing.loads(sign, salt=SALT, max_age=LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return int(customer_id) if who == viewer.pk else None
