"""Codes that people read from paper and type: made from the installation's secret, so that no copy of the database holds one.

Crockford's base 32: no letter is taken for a digit, and what is typed in its place counts as it. 60 bits: a page that is asked ten times a
minute from each address is not tried through.
"""

from __future__ import annotations

import hmac

from django.utils.crypto import salted_hmac

__all__ = ["check_code", "claim_code", "digest_of", "is_same", "plain"]

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 12, 4

_TYPED = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


def check_code(award_id: str) -> str:
    """What is typed to check the sheet; it stays the same as long as the award."""
    return _code("paper.check", award_id)


def claim_code(award_id: str, round: int) -> str:
    """What its owner types to take the award."""
    return _code("paper.claim", f"{award_id} {round}")


def plain(typed: str) -> str:
    """A code as it was meant: capitals, without what stands between the groups."""
    kept = "".join(one for one in typed.upper() if one.isalnum()).translate(_TYPED)
    return kept[: LENGTH + 1]


def digest_of(code: str) -> str:
    """What is kept of a code, however it is written."""
    return salted_hmac("paper.digest", plain(code), algorithm="sha256").hexdigest()


def is_same(digest: str, typed: str) -> bool:
    """Whether the typed code is the one of the digest."""
    return hmac.compare_digest(digest.encode(), digest_of(typed).encode())


def _code(purpose: str, about: str) -> str:
    number = int.from_bytes(salted_hmac(purpose, about, algorithm="sha256").digest()[:8], "big")
    letters = "".join(ALPHABET[number >> 5 * place & 31] for place in range(LENGTH))
    return "-".join(letters[at : at + GROUP] for at in range(0, LENGTH, GROUP))
