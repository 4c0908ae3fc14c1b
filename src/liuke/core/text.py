"""The one place where text is normalised: to compare, to sort, to dial and to search."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, groupby, pairwise

import phonenumbers
from opencc import OpenCC
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberFormat
from pypinyin import lazy_pinyin

SORT_KEY_LENGTH = 120
# A word of up to SHORT letters is a token of its own, so that `zhang` is one lookup and not a
# walk over 50,000 different names. Longer ones are few enough to be looked up as beginnings.
SHORT = 6
LONG = 24
TEXT_LENGTH = 120
WORD_STARTS = 24
DOCUMENT_TOKENS = 10_000
QUERY_TOKENS = 24
SHORTEST_PREFIX = 3
SHORTEST_SUFFIX = 4
NUMBER_LENGTH = 32

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
_is_han = re.compile(f"[{_HAN}]").match
_atoms_of = re.compile(rf"[{_HAN}]|\d+|[^\W\d_{_HAN}]+").findall
_words_of = re.compile(rf"[{_HAN}]|[^\W_{_HAN}]+").findall
_like_a_number = re.compile(r"\+?[\d().\-/]*\d[\d().\-/]*").fullmatch
_chinese_mobile = re.compile(r"(?:0|86|0086)?(1[3-9]\d{9})").fullmatch
# A landline as most people write it: nothing to parse, and a file brings them by the thousand.
_like_a_landline = re.compile(r"0([1-9]\d{9,10})").fullmatch
_region = PhoneMetadata.metadata_for_region("CN")
_landlines = _region.fixed_line if _region else None
_chinese_landline = re.compile(
    str(_landlines.national_number_pattern) if _landlines else "(?!)"
).fullmatch
_plainly_written = re.compile(r"[A-Za-z]{0,2}[0-9\s()-]*").fullmatch
SHORTEST_NATIONAL = 7
# Between several values that somebody wrote into one cell; SQL reads it, too.
SEVERAL = r"[、/／;；,，|\\\n\r]+|\s{2,}| 和 | 或 "
# Control characters a database refuses, and marks that pasting from a chat leaves behind.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
    "\ud800-\udfff]"
)
# Characters whose reading as a surname differs from the everyday one.
_SURNAMES = {
    "万俟": "mo qi",
    "单于": "chan yu",
    "尉迟": "yu chi",
    "澹台": "tan tai",
    "长孙": "zhang sun",
    "乐": "yue",
    "仇": "qiu",
    "任": "ren",
    "冼": "xian",
    "区": "ou",
    "华": "hua",
    "单": "shan",
    "召": "shao",
    "员": "yun",
    "宓": "mi",
    "宿": "su",
    "折": "she",
    "撒": "sa",
    "曾": "zeng",
    "朴": "piao",
    "柏": "bai",
    "查": "zha",
    "盖": "ge",
    "秘": "bi",
    "种": "chong",
    "繁": "po",
    "纪": "ji",
    "缪": "miao",
    "翟": "zhai",
    "葛": "ge",
    "覃": "qin",
    "解": "xie",
    "谌": "chen",
    "逄": "pang",
    "郗": "xi",
    "隗": "wei",
    "黑": "he",
}


class _Simplified(dict[int, str]):
    """Traditional to simplified, one character at a time.

    Phrase rules convert a character here and keep it there: a name would not contain its parts.
    """

    _convert = OpenCC("t2s").convert

    def __missing__(self, code: int) -> str:
        character = chr(code)
        # What one character is simplified to may be the traditional form of another: 薴, 苧, 苎.
        while _is_han(character) and (simpler := self._convert(character)) != character:
            character = simpler
        self[code] = character
        return character


# 乾 (qian) is a character of its own in names; only in food and drink is it 干.
_simplified = _Simplified({ord("乾"): "乾"})


def normalise(text: str) -> str:
    """One spelling for what a reader takes for the same text."""
    text = _INVISIBLE.sub("", text)
    if not text.isascii():
        # Folding can undo the composition, and composing can bring back capitals.
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        text = text.translate(_simplified)
    return " ".join(text.casefold().split())


def listed(text: str) -> list[str]:
    """The words that somebody typed between commas, each once."""
    found: dict[str, str] = {}
    for part in re.split(r"[,，、;；\n]", text):
        if word := " ".join(part.split()):
            found.setdefault(normalise(word), word)
    return list(found.values())


def sort_key(name: str) -> str:
    """The name as it is ordered: 王海涛 as "wang hai tao", Latin words as they are.

    Spaces keep 王 (wang) behind 万 (wan) whatever follows.
    """
    words: list[str] = _words_of(_unaccented(normalise(name)))
    key = " ".join(_syllables(tuple(words))) or normalise(name)
    return key[:SORT_KEY_LENGTH].rstrip()


def digits(text: str) -> str:
    """The figures 0 to 9 of a text, full-width ones too, and nothing else."""
    return re.sub("[^0-9]", "", unicodedata.normalize("NFKC", text))


def masked(number: str) -> str:
    """A phone number that can be told from another and not dialled: 138****1234."""
    figures = digits(number)
    if len(figures) < 8:
        return "****"
    shown = figures.removeprefix("86") if len(figures) == 13 else figures
    return f"{shown[:3]}****{shown[-4:]}"


@lru_cache(maxsize=8192)
def phone(value: str, region: str = "CN") -> str:
    """A phone number as +8613800136027; the bare figures where it is not a whole valid number.

    An extension is not part of the result. A number without area code stays as it is: two cities
    may both have it.
    """
    text = unicodedata.normalize("NFKC", value).strip()
    figures = digits(text)
    abroad = text.startswith("+") and not figures.startswith("86")
    if region == "CN" and not abroad and (mobile := _chinese_mobile(figures)):
        return f"+86{mobile[1]}"
    if region == "CN" and not abroad and (known := _quickly(text, figures)) is not None:
        return known
    try:
        number = phonenumbers.parse(re.sub("转|分机", " ext ", text), region)
    except NumberParseException:
        return figures[:NUMBER_LENGTH]
    if phonenumbers.is_valid_number(number):
        return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return figures[:NUMBER_LENGTH]


def _quickly(text: str, figures: str) -> str | None:
    """What the whole parsing comes to, where that is plain to see."""
    if not _plainly_written(text):
        return None
    if len(figures.removeprefix("0")) < SHORTEST_NATIONAL:
        return figures
    landline = _like_a_landline(figures)
    return f"+86{landline[1]}" if landline and _chinese_landline(landline[1]) else None


def suffixes(number: str, shortest: int = SHORTEST_SUFFIX) -> list[str]:
    """Every ending of a number that has at least `shortest` figures, the number itself first."""
    return [number[start:] for start in range(len(number) - shortest + 1)]


def document_tokens(
    texts: Iterable[str], numbers: Iterable[str] = (), places: Iterable[str] = ()
) -> set[str]:
    """What a row is found by.

    `texts` (names, brands, e-mail) by the beginning of any word, in characters or in pinyin;
    `numbers` (phones, codes, plates, chassis numbers) by their last figures too; `places` as they
    are written, because in pinyin half a city answers to `hai` or `lu`.
    A person with a mobile has about 40. The first TEXT_LENGTH characters of each count, and what
    comes after DOCUMENT_TOKENS tokens is dropped, so give the important ones first: 300 vehicles
    fit. No document has more than 2,000 above that.
    """
    tokens: set[str] = set()
    found_by = (map(_text_tokens, texts), map(_number_tokens, numbers), map(_place_tokens, places))
    for found in chain.from_iterable(found_by):
        if len(tokens) >= DOCUMENT_TOKENS:
            break
        tokens |= found
    return tokens


def query_tokens(query: str) -> list[str]:
    """What a row must have, all of it; nothing if the query has no letter, figure or character.

    See `is_beginning` for how they are to be compared.
    """
    tokens: dict[str, None] = {}
    for word in _query_words(normalise(query[:TEXT_LENGTH])):
        for han, group in groupby(_atoms(word), key=lambda atom: _is_han(atom) is not None):
            atoms = list(group)
            tokens |= dict.fromkeys(_grams(atoms) if han else ["".join(atoms)[:LONG]])
    return list(tokens)[:QUERY_TOKENS]


def is_beginning(token: str) -> bool:
    """Whether a token of a query stands for every token that begins with it."""
    return len(token) > SHORT


def fits(query: str, texts: Iterable[str]) -> bool:
    """Whether these texts alone hold everything that a query asks for."""
    held = document_tokens(texts)
    return all(
        any(each.startswith(token) for each in held) if is_beginning(token) else token in held
        for token in query_tokens(query)
    )


def _query_words(query: str) -> Iterator[str]:
    """Words between spaces, but the groups of a phone number as one."""
    for number_like, group in groupby(query.split(), key=lambda word: bool(_like_a_number(word))):
        words = list(group)
        joined = "".join(words)
        if number_like and (joined.startswith(("+", "0086")) or phone(joined).startswith("+")):
            # Anything shorter may be the end of a number: it stands for itself.
            abroad = joined.startswith(("+", "00")) or len(digits(joined)) > 11
            yield _dialled(joined) if abroad else digits(joined)
        else:
            yield from words


def _grams(characters: Sequence[str]) -> list[str]:
    """Pairs of neighbours; a single character alone."""
    return [first + second for first, second in pairwise(characters)] or list(characters)


def _text_tokens(text: str) -> set[str]:
    atoms = _atoms(text)
    tokens: set[str] = set()
    for han, group in groupby(atoms, key=lambda atom: _is_han(atom) is not None):
        if han:
            characters = list(group)
            tokens.update(characters, _grams(characters))
    for reading in _readings(atoms):
        tokens |= _beginnings(reading)
    return tokens


def _place_tokens(place: str) -> set[str]:
    tokens: set[str] = set()
    for han, group in groupby(_atoms(place), key=lambda atom: _is_han(atom) is not None):
        atoms = list(group)
        tokens.update(*((atoms, _grams(atoms)) if han else (_beginnings(atoms),)))
    return tokens


def _number_tokens(number: str) -> set[str]:
    number = number[:TEXT_LENGTH]
    figures = _dialled(number)[:LONG]
    tokens = _number_beginnings(figures).union(suffixes(figures))
    if figures == f"0{digits(number)}":
        tokens |= _number_beginnings(figures[1:])
    written = "".join(_atoms(number))
    if not written.isdecimal():
        tokens |= _text_tokens(number)
        tokens.update(suffixes(written[-LONG:]))
    return tokens


def _number_beginnings(figures: str) -> set[str]:
    lengths = range(SHORTEST_PREFIX, SHORT + 1)
    return {figures, *(figures[:length] for length in lengths)} - {""}


def _beginnings(atoms: Sequence[str]) -> set[str]:
    """What can be typed of the joined atoms, beginning at any of them."""
    joined = "".join(atoms)
    tokens: set[str] = set()
    start = 0
    for atom in atoms[:WORD_STARTS]:
        word = joined[start : start + LONG]
        # Written out: this is where indexing a million customers spends its time.
        tokens |= {word[:1], word[:2], word[:3], word[:4], word[:5], word[:SHORT], word}
        start += len(atom)
    return tokens


def _atoms(text: str) -> list[str]:
    """Chinese characters one by one, runs of letters, runs of figures."""
    atoms: list[str] = _atoms_of(_unaccented(normalise(text[:TEXT_LENGTH])))
    return atoms


def _readings(atoms: list[str]) -> list[Sequence[str]]:
    """The ways to type a text in Latin letters: as it is, in pinyin, by initials."""
    if not any(map(_is_han, atoms)):
        return [atoms]
    spoken = _syllables(tuple(atoms))
    readings: list[Sequence[str]] = [spoken]
    if any("v" in syllable for syllable in spoken):
        # 吕 is lv to an input method, lyu in a passport, lu to everyone else.
        readings += [[syllable.replace("v", u) for syllable in spoken] for u in ("u", "yu")]
    if (everyday := _everyday(atoms)) != list(spoken):
        readings.append(everyday)
    readings += [
        [said[:1] if _is_han(atom) else atom for atom, said in zip(atoms, reading, strict=True)]
        for reading in (spoken, everyday)
    ]
    return readings


@lru_cache(maxsize=4096)
def _syllables(atoms: tuple[str, ...]) -> tuple[str, ...]:
    """Pinyin of the Chinese characters, the other atoms as they are."""
    spoken = _everyday(atoms)
    if 2 <= len(atoms) <= 4 and all(map(_is_han, atoms)):
        surname = _SURNAMES.get("".join(atoms[:2])) or _SURNAMES.get(atoms[0])
        if surname:
            family = surname.split()
            spoken = [*family, *spoken[len(family) :]]
    return tuple(spoken)


def _everyday(atoms: Sequence[str]) -> list[str]:
    spoken: list[str] = []
    for han, group in groupby(atoms, key=lambda atom: _is_han(atom) is not None):
        said = list(group)
        spoken += _pinyin("".join(said)) if han else said
    return spoken


@lru_cache(maxsize=65_536)
def _pinyin(characters: str) -> tuple[str, ...]:
    # Together: 重 is chong in 重庆 and zhong alone.
    said = lazy_pinyin(characters)
    if len(said) == len(characters):
        return tuple(said)
    # Characters without a known reading came back as one lump.
    return tuple(lazy_pinyin(character)[0] for character in characters)


def _unaccented(text: str) -> str:
    """José is found and sorted as jose."""
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFD", text)
    bare = "".join(part for part in parts if unicodedata.category(part) != "Mn")
    return unicodedata.normalize("NFC", bare)


def _dialled(number: str) -> str:
    """The figures people know a number by: Chinese ones without +86, landlines with their 0."""
    full = phone(number)
    if not full.startswith("+86"):
        # Fewer than four figures after 0086 may as well be the end of a number.
        begun = re.match(r"\+86|0086\d{4}", number)
        return re.sub("^(00)?86", "", full) if begun else digits(full)
    national = full.removeprefix("+86")
    known = _chinese_mobile(national) or national.startswith(("400", "800"))
    return national if known else f"0{national}"
