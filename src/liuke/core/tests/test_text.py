import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from liuke.core import text

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
NAMES = st.text(HAN, min_size=1, max_size=20) | st.text(HAN, min_size=100, max_size=120)
MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


def found(query: str, tokens: set[str]) -> bool:
    """What both engines do with the tokens of a query."""
    wanted = text.query_tokens(query)
    return bool(wanted) and all(
        any(token.startswith(part) for token in tokens)
        if text.is_beginning(part)
        else part in tokens
        for part in wanted
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("  Acme \t Ltd\n", "acme ltd"),
        ("ＡＢＣ　１２３", "abc 123"),
        ("上海華信汽車", "上海华信汽车"),
        ("乾隆", "乾隆"),
        ("Straße", "strasse"),
        ("王\u200b海\ufeff涛\x00", "王海涛"),
        ("\ud800", ""),
        ("", ""),
    ],
)
def test_one_spelling_for_the_same_text(written: str, meant: str) -> None:
    assert text.normalise(written) == meant


@given(st.text())
def test_normalising_twice_changes_nothing(written: str) -> None:
    once = text.normalise(written)
    assert text.normalise(once) == once


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("王海涛", "wang hai tao"),
        ("王 海涛", "wang hai tao"),
        ("單雄信", "shan xiong xin"),
        ("尉迟恭", "yu chi gong"),
        ("曾", "ceng"),
        ("曾国藩", "zeng guo fan"),
        ("重庆长安", "chong qing chang an"),
        ("José Álvarez", "jose alvarez"),
        ("A1轮胎", "a1 lun tai"),
        ("😀", "😀"),
        ("", ""),
    ],
)
def test_names_sort_by_sound(name: str, key: str) -> None:
    assert text.sort_key(name) == key


def test_wang_comes_after_wan_and_before_wei() -> None:
    names = ["魏东", "Walter", "王安", "万志远", "汪洋", "阿里"]
    assert sorted(names, key=text.sort_key) == ["阿里", "Walter", "万志远", "王安", "汪洋", "魏东"]


@given(st.text())
def test_a_sort_key_fits_its_column(name: str) -> None:
    key = text.sort_key(name)
    assert len(key) <= text.SORT_KEY_LENGTH
    assert key == key.strip()


def test_digits_are_figures_of_any_width_and_nothing_else() -> None:
    assert text.digits("沪A·8B１２7 ②") == "81272"


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("13800136027", "+8613800136027"),
        ("+86 138-0013-6027", "+8613800136027"),
        ("0086 138 0013 6027", "+8613800136027"),
        ("8613800136027", "+8613800136027"),
        ("１３８００１３６０２７（妻子）", "+8613800136027"),
        ("(021) 8888 6666", "+862188886666"),
        ("021-88886666转8001", "+862188886666"),
        ("400-800-1234", "+864008001234"),
        ("+1 415 555 2671", "+14155552671"),
        ("+1 380 013 6027", "13800136027"),
        ("88886666", "88886666"),
        ("10086", "10086"),
        ("9" * 5000, "9" * 32),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_a_phone_is_written_one_way(written: str, dialled: str) -> None:
    assert text.phone(written) == dialled


def test_a_number_is_read_as_one_of_the_region_given() -> None:
    assert text.phone("(415) 555-2671", region="US") == "+14155552671"


@given(MOBILES)
def test_a_phone_once_normalised_stays(number: str) -> None:
    assert text.phone(text.phone(number)) == text.phone(number)


def test_suffixes_begin_with_the_number_itself() -> None:
    assert text.suffixes("136027") == ["136027", "36027", "6027"]
    assert text.suffixes("027") == []


def test_a_person_with_a_mobile_has_a_few_dozen_tokens() -> None:
    assert len(text.document_tokens(["王海涛"], ["13800136027"])) == 36


@given(st.from_regex(r"[A-Za-z]{0,2}[0-9]{0,12}([ ()-][0-9]{0,9}){0,2}", fullmatch=True))
@example("021-50000000")
@example("K0000123")
@example("0755 8888 1234")
@example("(010)88886666")
def test_a_number_that_is_plain_to_see_is_what_parsing_comes_to(number: str) -> None:
    quick = text.phone.__wrapped__(number)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "_quickly", lambda written, figures: None)
        assert quick == text.phone.__wrapped__(number)


@given(NAMES)
@example("薴")
def test_one_or_two_characters_anywhere_in_a_name_find_it(name: str) -> None:
    tokens = text.document_tokens([name])
    for length in (1, 2, min(len(name), 20)):
        for start in range(len(name) - length + 1):
            assert found(name[start : start + length], tokens)


@given(MOBILES)
@example("13000086000")
def test_the_beginning_and_the_end_of_a_phone_find_it(number: str) -> None:
    tokens = text.document_tokens([], [number])
    assert all(found(number[:length], tokens) for length in range(3, 12))
    assert all(found(number[-length:], tokens) for length in range(4, 12))
    assert found(f"+86 {number[:3]} {number[3:7]}-{number[7:]}", tokens)


@given(st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1, max_size=40))
def test_every_beginning_of_a_word_finds_it(word: str) -> None:
    tokens = text.document_tokens([f"first {word}"])
    for length in range(1, len(word) + 1):
        if beginning := text.query_tokens(word[:length]):
            assert found(word[:length], tokens), beginning


@given(st.lists(NAMES, min_size=1, max_size=4), st.randoms())
def test_the_order_of_the_words_of_a_query_does_not_matter(words: list[str], random) -> None:
    words = [word[:3] for word in words]
    other = random.sample(words, len(words))
    assert set(text.query_tokens(" ".join(words))) == set(text.query_tokens(" ".join(other)))


@given(st.lists(st.text(), max_size=8), st.lists(st.text(), max_size=8))
def test_tokens_are_letters_and_figures(texts: list[str], numbers: list[str]) -> None:
    tokens = text.document_tokens(texts, numbers).union(*map(text.query_tokens, texts))
    assert all(0 < len(token) <= text.LONG for token in tokens)
    letters = "".join(tokens)
    # Characters newer than this Python's tables count as Chinese by their place alone.
    assert all(letter.isalnum() or letter >= "\U00020000" for letter in letters)
    assert not any("A" <= letter <= "Z" for letter in letters)


@pytest.mark.parametrize(
    "given_text",
    ["吕" * 500, "单" * 500, "a1" * 500, "王a" * 500, "".join(map(chr, range(0x4E00, 0x5000)))],
)
def test_a_document_is_bounded_however_much_it_is_given(given_text: str) -> None:
    texts = [given_text[start:] for start in range(400)]
    assert len(text.document_tokens(texts, texts)) <= text.DOCUMENT_TOKENS + 2000
    assert len(text.document_tokens([given_text], [given_text])) <= 2000


def test_a_fleet_of_three_hundred_is_found_to_its_last_plate() -> None:
    plates = [f"沪A{number:05d}" for number in range(300)]
    chassis = [f"LFV3A23C5G3{number:06d}" for number in range(300)]
    tokens = text.document_tokens(["顺达出租汽车公司"], [*plates, *chassis])
    assert found("沪A00299", tokens)
    assert found("000299", tokens)


def test_a_query_is_bounded_too() -> None:
    assert (
        len(text.query_tokens("王海涛 a b c d e f g h i j k l m n o p q r s t u v w x y z 1 2"))
        == 24
    )
    assert len(text.query_tokens("王海涛李" * 2500)) <= text.QUERY_TOKENS
