"""The probabilities: how often true pairs and strangers agree, field by field (Splink)."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import duckdb

from liuke_analytics.extras import need

if TYPE_CHECKING:
    from splink import Linker, SettingsCreator
    from splink.internals.splink_dataframe import SplinkDataFrame

Level = dict[str, Any]

# Who leaves the district out is not at another place.
SAME_DISTRICT = "coalesce(district_l, district_r, '') = coalesce(district_r, district_l, '')"
WORDS = "greatest(len(words_l), len(words_r))"
WORDS_SHARED = "len(list_intersect(words_l, words_r))"
# (condition, share among true pairs to begin with, among strangers, column of the frequency)
LEVELS: dict[str, list[tuple[str, float, float, str | None]]] = {
    "name": [
        ("full_name_l = full_name_r", 0.78, 1e-4, "full_name"),
        (
            "sur_l = sur_r and giv_l != giv_r and (levenshtein(giv_code_l, giv_code_r) = 1 "
            "and length(giv_code_l) + length(giv_code_r) > 2 or length(giv_code_l) > 2 "
            "and length(giv_code_r) > 2 "
            "and jaro_winkler_similarity(giv_code_l, giv_code_r) > 0.85)",
            0.07, 1e-3, None,
        ),
        ("sur_l = sur_r and (giv_l is null or giv_r is null)", 0.04, 1e-3, "sur"),
        (
            "giv_l = giv_r and length(sur_code_l) > 2 and length(sur_code_r) > 2 and "
            "jaro_winkler_similarity(sur_code_l, sur_code_r) > 0.85",
            0.03, 1e-5, None,
        ),
        (
            "length(sur_code_l) > 2 and length(sur_code_r) > 2 and "
            "jaro_winkler_similarity(sur_code_l, sur_code_r) > 0.85 and "
            "jaro_winkler_similarity(giv_code_l, giv_code_r) > 0.85",
            0.02, 1e-5, None,
        ),
        ("giv_l = giv_r", 0.02, 1e-2, None),
        ("sur_l = sur_r", 0.03, 2e-2, None),
        ("else", 0.01, 0.96, None),
    ],
    "mobile": [
        ("mobile_l = mobile_r", 0.8, 1e-7, None),
        ("damerau_levenshtein(mobile_l, mobile_r) = 1", 0.08, 1e-6, None),
        ("else", 0.12, 1.0, None),
    ],
    "email": [
        ("email_l = email_r", 0.85, 1e-7, None),
        ("mailbox_l = mailbox_r or damerau_levenshtein(email_l, email_r) <= 2", 0.1, 1e-6, None),
        ("else", 0.05, 1.0, None),
    ],
    "company": [
        ("company_l = company_r", 0.8, 1e-3, "company"),
        (
            "length(company_code_l) > 3 and length(company_code_r) > 3 and "
            "(levenshtein(company_code_l, company_code_r) = 1 "
            "or substr(company_l, 1, length(company_r)) = company_r "
            "or substr(company_r, 1, length(company_l)) = company_l "
            "or jaro_winkler_similarity(company_code_l, company_code_r) > 0.92)",
            0.1, 1e-3, None,
        ),
        ("else", 0.1, 0.998, None),
    ],
    "address": [
        (
            f"place_l = place_r and (room_l = room_r or words_l = words_r) and {SAME_DISTRICT}",
            0.45, 1e-7, None,
        ),
        (
            "place_l = place_r and words_l is null and (room_l is null or room_r is null) "
            f"and {SAME_DISTRICT}",
            0.4, 1e-5, None,
        ),
        (f"3 * {WORDS_SHARED} >= 2 * {WORDS}", 0.2, 1e-5, None),
        (f"3 * {WORDS_SHARED} >= {WORDS}", 0.2, 1e-3, None),
        ("place_l = place_r", 0.03, 1e-3, None),
        ("else", 0.1, 1.0, None),
    ],
    "birth_date": [
        ("birth_date_l = birth_date_r", 0.85, 5e-5, None),
        ("damerau_levenshtein(birth_date_l, birth_date_r) = 1", 0.08, 1e-3, None),
        ("damerau_levenshtein(birth_date_l, birth_date_r) = 2", 0.04, 1e-2, None),
        ("else", 0.03, 0.99, None),
    ],
    "postcode": [
        ("postcode_l = postcode_r", 0.8, 1e-3, "postcode"),
        ("damerau_levenshtein(postcode_l, postcode_r) = 1", 0.1, 1e-2, None),
        ("else", 0.1, 0.99, None),
    ],
    "city": [
        ("city_l = city_r", 0.8, 2e-2, "city"),
        ("jaro_winkler_similarity(city_l, city_r) > 0.85", 0.1, 1e-2, None),
        ("else", 0.1, 0.97, None),
    ],
    "id_number": [
        ("id_number_l = id_number_r", 0.85, 1e-7, None),
        (
            "damerau_levenshtein(id_number_l, id_number_r) <= 2 and length(id_number_l) > 5",
            0.1, 1e-4, None,
        ),
        ("else", 0.05, 1.0, None),
    ],
}  # fmt: skip
# The column that tells whether a field is filled, where it is not called like the field.
PRESENT = {"name": "sur", "address": "place"}
# Families share a phone and a door, offices an address book: of the pairs that agree, so many per
# true pair are two people. Random pairs are too few to show this.
SHARED_BY_OTHERS = {"mobile": 0.1, "email": 0.03, "id_number": 0.003, "address": 0.1}
# Weight of what is known beforehand against what the file teaches.
PRIOR = 0.05
# Exact keys find about so much of what there is.
EXACT_RECALL = 0.75
PAIRS_OF_STRANGERS = 1_000_000
PAIRS_FOR_LEARNING = 300_000
FLOOR = 1e-6
SEED = 7


def splink_part(part: str = "splink") -> Any:
    # Loaded by a search only: it takes longer than the rest of what the product starts with.
    return need(part, "dedupe", "finding duplicates")


def records(con: duckdb.DuckDBPyConnection) -> "SplinkDataFrame":
    """The table `record` as Splink takes it."""
    frame: SplinkDataFrame = splink_part().DuckDBAPI(con).register("record")
    return frame


def fields_in(present: set[str]) -> list[str]:
    """The comparisons that have something to compare."""
    return [field for field in LEVELS if PRESENT.get(field, field) in present]


def settings(
    comparisons: Mapping[str, list[Level]], blocks: Sequence[str], share: float
) -> "SettingsCreator":
    splink = splink_part()
    every = splink_part("splink.blocking_rule_library").CustomRule("1=1")
    creator: SettingsCreator = splink.SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="rid",
        comparisons=[
            {"output_column_name": field, "comparison_levels": levels}
            for field, levels in comparisons.items()
        ],
        blocking_rules_to_generate_predictions=(
            [splink.block_on(block) for block in blocks] or [every]
        ),
        probability_two_random_records_match=share,
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )
    return creator


def linker_for(
    data: "SplinkDataFrame",
    comparisons: Mapping[str, list[Level]],
    blocks: Sequence[str],
    share: float,
) -> "Linker":
    """What compares these records by these levels."""
    model = settings(comparisons, blocks, share)
    linker: Linker = splink_part().Linker(data, model, log_level=None)
    return linker


def learn(
    data: "SplinkDataFrame", fields: Sequence[str], teaching: Sequence[str], share: float
) -> dict[str, list[Level]]:
    """The levels of every field with what this file teaches about them.

    `share` of random pairs are true pairs; `teaching` are blocking keys that fields can be judged
    within. What a small file cannot show stays as known beforehand.
    """
    begin = {field: _levels(field) for field in fields}
    linker = linker_for(data, begin, [], share)
    linker.training.estimate_u_using_random_sampling(
        max_pairs=PAIRS_OF_STRANGERS, seed=SEED, min_count_per_level=None, num_chunks=1
    )
    strangers = _levels_of(linker)
    for field, levels in strangers.items():
        _without_true_pairs(field, levels, begin[field], share)
    linker = linker_for(data, strangers, [], share)
    nothing = splink_part("splink.internals.exceptions").EMTrainingException
    for key in teaching:
        # Where the key brings no pairs together there is nothing to learn.
        with suppress(nothing):
            linker.training.estimate_parameters_using_expectation_maximisation(
                splink_part().block_on(key),
                max_pairs=PAIRS_FOR_LEARNING,
                record_sample_proportion=1.0,
            )
    learned = _levels_of(linker)
    for field, levels in learned.items():
        for level, before, start in zip(levels, strangers[field], begin[field], strict=True):
            if "m_probability" in start:
                known = float(start["m_probability"] or 0)
                new = level.get("m_probability")
                new = known if new is None else float(new)
                level["m_probability"] = (1 - PRIOR) * new + PRIOR * known
                level["u_probability"] = before["u_probability"]
    return learned


def predict(
    data: "SplinkDataFrame",
    comparisons: Mapping[str, list[Level]],
    blocks: Sequence[str],
    share: float,
    weight: float,
) -> str:
    """The table of blocked pairs (rid_l, rid_r, match_weight) above a weight.

    Without blocks every record is compared with every other.
    """
    linker = linker_for(data, comparisons, blocks, share)
    return str(linker.inference.predict(threshold_match_weight=weight).physical_name)


def _without_true_pairs(field: str, levels: list[Level], begin: list[Level], share: float) -> None:
    # Among random pairs of a small file are true ones, which make strangers look alike.
    for number, (level, start) in enumerate(zip(levels, begin, strict=True)):
        if "m_probability" not in start:
            continue
        seen = float(level.get("u_probability") or 0) - share * float(start["m_probability"] or 0)
        level["u_probability"] = max(seen, min(start["u_probability"], FLOOR))
        if number == 1 and field in SHARED_BY_OTHERS:
            level["u_probability"] = max(SHARED_BY_OTHERS[field] * share, 1e-9)


def _levels_of(linker: "Linker") -> dict[str, list[Level]]:
    model = linker.misc.save_model_to_json()
    return {each["output_column_name"]: each["comparison_levels"] for each in model["comparisons"]}


def _levels(field: str) -> list[Level]:
    column = PRESENT.get(field, field)
    levels: list[Level] = [
        {
            "sql_condition": f"{column}_l is null or {column}_r is null",
            "label_for_charts": "missing",
            "is_null_level": True,
        }
    ]
    for condition, match, stranger, frequency in LEVELS[field]:
        level: Level = {
            "sql_condition": "ELSE" if condition == "else" else condition,
            "label_for_charts": condition,
            "m_probability": match,
            "u_probability": stranger,
        }
        if frequency:
            level["tf_adjustment_column"] = frequency
        levels.append(level)
    return levels
