import re

from django.http import QueryDict

from liuke.customers.queries.likeness import Typed

LONGEST = 200
LINE = re.compile(r"(points-\d{1,3})-value")


def typed_in(posted: QueryDict) -> Typed:
    """What stands in the form of a customer so far."""
    lines = [match[1] for key in posted if (match := LINE.fullmatch(key))]
    # The drawer of one way has no line numbers.
    value = posted.get("value", "")[:LONGEST]
    one = [(posted.get("kind", ""), value)] if value else []
    return Typed(
        name=posted.get("name", "")[:LONGEST],
        code=posted.get("code", "")[:LONGEST],
        credit_code=posted.get("credit_code", "")[:LONGEST],
        points=[
            (
                posted.get(f"{line}-kind", ""),
                posted.get(f"{line}-value", "")[:LONGEST],
            )
            for line in lines
        ]
        + one,
    )
