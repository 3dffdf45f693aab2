"""Until when algorithms count, by the table."""

from __future__ import annotations

import datetime as dt

import pytest

from tessella.keys.lifetimes import LIFETIMES, SOURCE, end_of_life

END_2028 = dt.datetime(2029, 1, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("name", "bits", "end"),
    [
        ("RSA", 1024, dt.datetime(2019, 10, 1, tzinfo=dt.UTC)),
        ("RSA", 2048, END_2028),
        ("RSA", 4096, END_2028),  # RSASSA-PKCS1-v1_5 is legacy at any length
        ("RSA-PSS", 2048, END_2028),
        ("RSA-PSS", 3072, None),
        ("ECDSA", 224, dt.datetime(2021, 10, 1, tzinfo=dt.UTC)),
        ("ECDSA", 256, None),
        ("SHA-1", 0, dt.datetime(2012, 8, 1, tzinfo=dt.UTC)),
        ("SHA-256", 0, None),
        ("unheard of", 0, None),
    ],
)
def test_end_is_that_of_the_longest_key_that_fits(name: str, bits: int, end: dt.datetime | None) -> None:
    assert end_of_life(name, bits) == end


def test_table_names_its_source_and_no_row_twice() -> None:
    assert SOURCE == "ETSI TS 119 312 V1.5.1 (2024-12)"
    assert len({(row.name, row.min_bits) for row in LIFETIMES}) == len(LIFETIMES)
