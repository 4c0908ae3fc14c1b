"""The words of the interface: collect them, and see that both languages have them all.

`python -m tests.catalogues` checks (part of `make check`); with --update it writes new words into
the catalogues, where the missing translations are then filled in by hand. Only Babel is needed,
no system gettext.
"""

import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.extract import extract as extract_from
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parent.parent / "src" / "liuke"
LANGUAGES = ("zh_Hans", "en")
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "_lazy": None,
    "_now": None,
}
HEADER = "# Words of Liuke's interface. Written by hand; `make words` adds what is new."
# A date that moves with every update would only make noise in the history.
BEGUN = datetime(2026, 11, 22, tzinfo=UTC)


def collected() -> Catalog:
    """Every string of the code and the templates, with the files it stands in."""
    catalog = Catalog(project="Liuke", creation_date=BEGUN)
    for path in sorted(SOURCE.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.parts):
            found = extract_from_file("python", path, KEYWORDS)
            _add(catalog, path, found)
    for path in sorted(SOURCE.rglob("*.html")):
        code = templatize(path.read_text("utf-8"), origin=str(path))
        # What Django makes of a template is meant for xgettext, which does not mind indentation.
        flat = "\n".join(line.strip() for line in code.splitlines())
        found = extract_from("python", BytesIO(flat.encode()), KEYWORDS)
        _add(catalog, path, found)
    return catalog


def _add(catalog: Catalog, path: Path, found: object) -> None:
    for _line, message, _comments, context in found:  # type: ignore[attr-defined]
        # Lines of source would change with every edit; the file is enough to find the place.
        catalog.add(message, locations=[(str(path.relative_to(SOURCE)), 0)], context=context)


def stored(language: str) -> Catalog:
    path = _path(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def lacking(language: str) -> list[str]:
    """What is wrong with a catalogue, one line each; nothing when it is complete."""
    known, wanted = stored(language), collected()
    problems = []
    for message in wanted:
        if not message.id:
            continue
        ours = known.get(_id(message), message.context)
        if ours is None:
            problems.append(f"{language}: not in the catalogue: {_id(message)!r}")
        elif ours.fuzzy or not all(_strings(ours)):
            problems.append(f"{language}: not translated: {_id(message)!r}")
        else:
            problems += [f"{language}: {error}: {_id(message)!r}" for error in ours.check(known)]
    unused = {(_id(m), m.context) for m in known if m.id} - {
        (_id(m), m.context) for m in wanted if m.id
    }
    return problems + [f"{language}: no longer used: {text!r}" for text, _context in sorted(unused)]


def update(language: str) -> None:
    """Add new words, drop unused ones. English says what the code says unless it says more."""
    catalog = stored(language)
    catalog.update(collected(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.fuzzy, catalog.header_comment = False, HEADER
    catalog.revision_date, catalog.last_translator = BEGUN, "Liuke"
    catalog.language_team, catalog.project, catalog.version = "Liuke", "Liuke", "1"
    for message in catalog:
        if language == "en" and message.id and not all(_strings(message)):
            message.string = message.id
    path = _path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(
            file, catalog, width=100, sort_output=True, include_lineno=False, no_location=False
        )


def _path(language: str) -> Path:
    return SOURCE / "locale" / language / "LC_MESSAGES" / "django.po"


def _id(message: object) -> str:
    text = message.id  # type: ignore[attr-defined]
    return text[0] if isinstance(text, tuple) else text


def _strings(message: object) -> tuple[str, ...]:
    text = message.string  # type: ignore[attr-defined]
    return tuple(text) if isinstance(text, tuple | list) else (text,)


def main(arguments: list[str]) -> int:
    if "--update" in arguments:
        for language in LANGUAGES:
            update(language)
        return 0
    problems = [line for language in LANGUAGES for line in lacking(language)]
    print("\n".join(problems) or "Both catalogues are complete.")  # noqa: T201
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
