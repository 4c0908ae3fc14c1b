"""Tags by their names: one spelling for all, found or made."""

from collections.abc import Collection, Iterable

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from liuke.customers.models import Customer, Tag


def spelled(names: Iterable[str]) -> list[str]:
    """Without blanks and doubles, in the order given."""
    found: dict[str, str] = {}
    for name in names:
        plain = " ".join(name.split())
        if plain:
            found.setdefault(plain.lower(), plain)
    return list(found.values())


def ensure(names: Collection[str]) -> dict[int, str]:
    """Id → name of these tags; a name nobody has used yet becomes one."""
    known = {tag.name.lower(): tag for tag in Tag.objects.all()}
    return {
        tag.pk: tag.name
        for tag in (known.get(name.lower()) or _made(name) for name in spelled(names))
    }


def set_on(customer: Customer, names: Collection[str]) -> None:
    customer.tags.set(ensure(names))


def named_on(customer: Customer) -> list[str]:
    return sorted(tag.name for tag in customer.tags.all())


def _made(name: str) -> Tag:
    tag = Tag(name=name)
    tag.clean_fields()
    try:
        with transaction.atomic():
            tag.save()
    except IntegrityError:
        # Somebody made the same tag between the look and the write.
        found = Tag.objects.filter(name__iexact=name).first()
        if found is None:
            raise ValidationError({"name": name}) from None
        return found
    return tag
