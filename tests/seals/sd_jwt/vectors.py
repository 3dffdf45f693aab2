"""The examples of RFC 9901, taken apart.

They were written with one JSON writer (``", "`` and ``": "``, ASCII in disclosures), so contents, digests and signatures
are enough to have their exact bytes again. §4.2, §5 and §6 are the RFC's own; §8 and A.1, A.2 are those of draft-20 of
the same document, which differ from the RFC's in signatures and times only.
"""

from __future__ import annotations

import base64
import json
from typing import Any

ISSUER_JWK = {  # A.5
    "kty": "EC",
    "crv": "P-256",
    "x": "b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ",
    "y": "Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8",
}
HOLDER_JWK = {
    "kty": "EC",
    "crv": "P-256",
    "x": "TCAER19Zvu3OHF4j4W4vfSVoHIP1ILilDls7vCeGemc",
    "y": "ZxjiWWbZMQGHVWKVQ4hbSIirsVfuecCE6t4jT9F2HZQ",
}
TYPES = frozenset(("example+sd-jwt",))


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def written(value: Any) -> str:
    """As the examples are written."""
    return b64(json.dumps(value).encode())


def jwt(header: dict[str, Any], payload: dict[str, Any], signature: str) -> str:
    return f"{written(header)}.{written(payload)}.{signature}"


HEADER = {"alg": "ES256", "typ": "example+sd-jwt"}
KB_HEADER = {"alg": "ES256", "typ": "kb+jwt"}

# --- §4.2.1 and §4.2.3 ---------------------------------------------------------------------------------

MOEBIUS = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
MOEBIUS_DIGEST = "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
MOEBIUS_VARIANTS = (
    "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNXHUwMGY2Yml1cyJd",
    "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsImZhbWlseV9uYW1lIiwiTcO2Yml1cyJd",
    "WwoiXzI2YmM0TFQtYWM2cTJLSTZjQlc1ZXMiLAoiZmFtaWx5X25hbWUiLAoiTcO2Yml1cyIKXQ",
)

# --- §5 ------------------------------------------------------------------------------------------------

ADDRESS = {"street_address": "123 Main St", "locality": "Anytown", "region": "Anystate", "country": "US"}
CONTENTS: dict[str, list[Any]] = {
    "jsu9yVulwQQlhFlM_3JlzMaSFzglhQG0DpfayQwLUK4": ["2GLC42sKQveCfGfryNRN9w", "given_name", "John"],
    "TGf4oLbgwd5JQaHyKVQZU9UdGE0w5rtDsrZzfUaomLo": ["eluV5Og3gSNII8EYnsxA_A", "family_name", "Doe"],
    "JzYjH4svliH0R3PyEMfeZu6Jt69u5qehZo7F7EPYlSE": ["6Ij7tM-a5iVPGboS5tmvVA", "email", "johndoe@example.com"],
    "PorFbpKuVu6xymJagvkFsFXAbRoc2JGlAUA2BA4o7cI": [
        "eI8ZWm9QnKPpNPeNenHdhQ",
        "phone_number",
        "+1-202-555-0101",
    ],
    "XQ_3kPKt1XyX7KANkqVR6yZ2Va5NrPIvPYbyMvRKBMM": ["Qg_O64zqAxe412a108iroA", "phone_number_verified", True],
    "XzFrzwscM6Gn6CJDc6vVK8BkMnfG8vOSKfpPIZdAfdE": ["AJx-095VPrpTtN4QMOqROA", "address", ADDRESS],
    "gbOsI4Edq2x2Kw-w5wPEzakob9hV1cRD0ATN3oQL9JM": ["Pc33JM2LchcU_lHggv_ufQ", "birthdate", "1940-01-01"],
    "CrQe7S5kqBAHt-nMYXgc6bdt2SH5aTY1sU_M-PgkjPI": ["G02NSrQfjFXQ7Io09syajA", "updated_at", 1570000000],
    "pFndjkZ_VCzmyTa6UjlZo3dh-ko8aIKQc9DlGzhaVYo": ["lklxF5jMYlGTPUovMNIvCA", "US"],
    "7Cf6JkPudry3lcbwHgeZ8khAv1U1OSlerP0VkBJrWZ0": ["nPuoQnkRFq3BIeAm7AnXFA", "DE"],
}
OPEN = {
    "iss": "https://issuer.example.com",
    "iat": 1683000000,
    "exp": 1883000000,
    "sub": "user_42",
}
PAYLOAD = {
    "_sd": sorted(list(CONTENTS)[:8]),
    **OPEN,
    "nationalities": [{"...": one} for one in list(CONTENTS)[8:]],
    "_sd_alg": "sha-256",
    "cnf": {"jwk": HOLDER_JWK},
}
ISSUER_JWT = jwt(
    HEADER, PAYLOAD, "MczwjBFGtzf-6WMT-hIvYbkb11NrV1WMO-jTijpMPNbswNzZ87wY2uHz-CXo6R04b7jYrpj9mNRAvVssXou1iw"
)
ISSUED = "~".join((ISSUER_JWT, *map(written, CONTENTS.values()), ""))
CLAIMS = {
    **OPEN,
    "given_name": "John",
    "family_name": "Doe",
    "email": "johndoe@example.com",
    "phone_number": "+1-202-555-0101",
    "phone_number_verified": True,
    "address": ADDRESS,
    "birthdate": "1940-01-01",
    "updated_at": 1570000000,
    "nationalities": ["US", "DE"],
}

KB_CLAIMS = {
    "nonce": "1234567890",
    "aud": "https://verifier.example.org",
    "iat": 1748537244,
    "sd_hash": "0_Af-2B-EhLWX5ydh_w2xzwmO6iM66B_2QCEanI4fUY",
}
PRESENTED = [written(CONTENTS[one]) for one in (
    "TGf4oLbgwd5JQaHyKVQZU9UdGE0w5rtDsrZzfUaomLo",
    "XzFrzwscM6Gn6CJDc6vVK8BkMnfG8vOSKfpPIZdAfdE",
    "jsu9yVulwQQlhFlM_3JlzMaSFzglhQG0DpfayQwLUK4",
    "pFndjkZ_VCzmyTa6UjlZo3dh-ko8aIKQc9DlGzhaVYo",
)]  # fmt: skip
KB_JWT = jwt(
    KB_HEADER,
    KB_CLAIMS,
    "T3SIus2OidNl41nmVkTZVCKKhOAX97aOldMyHFiYjHm261eLiJ1YiuONFiMN8QlCmYzDlBLAdPvrXh52KaLgUQ",
)
PRESENTATION = "~".join((ISSUER_JWT, *PRESENTED, KB_JWT))
PRESENTED_CLAIMS = {
    **OPEN,
    "nationalities": ["US"],
    "cnf": {"jwk": HOLDER_JWK},
    "family_name": "Doe",
    "address": ADDRESS,
    "given_name": "John",
}

# --- §6.3: recursive -----------------------------------------------------------------------------------

RECURSIVE_PAYLOAD = {
    "_sd": ["HvrKX6fPV0v9K_yCVFBiLFHsMaxcD_114Em6VT8x1lg"],
    "iss": "https://issuer.example.com",
    "iat": 1683000000,
    "exp": 1883000000,
    "sub": "6c5c0a49-b589-431d-bae7-219122a9ec2c",
    "_sd_alg": "sha-256",
}
RECURSIVE_CONTENTS: dict[str, list[Any]] = {
    "9gjVuXtdFROCgRrtNcGUXmF65rdezi_6Er_j76kmYyM": [
        "2GLC42sKQveCfGfryNRN9w",
        "street_address",
        "Schulstr. 12",
    ],
    "6vh9bq-zS4GKM_7GpggVbYzzu6oOGXrmNVGPHP75Ud0": ["eluV5Og3gSNII8EYnsxA_A", "locality", "Schulpforta"],
    "KURDPh4ZC19-3tiz-Df39V8eidy1oV3a3H1Da2N0g88": ["6Ij7tM-a5iVPGboS5tmvVA", "region", "Sachsen-Anhalt"],
    "WN9r9dCBJ8HTCsS2jKASxTjEyW5m5x65_Z_2ro2jfXM": ["eI8ZWm9QnKPpNPeNenHdhQ", "country", "DE"],
    "HvrKX6fPV0v9K_yCVFBiLFHsMaxcD_114Em6VT8x1lg": [
        "Qg_O64zqAxe412a108iroA",
        "address",
        {
            "_sd": [
                "6vh9bq-zS4GKM_7GpggVbYzzu6oOGXrmNVGPHP75Ud0",
                "9gjVuXtdFROCgRrtNcGUXmF65rdezi_6Er_j76kmYyM",
                "KURDPh4ZC19-3tiz-Df39V8eidy1oV3a3H1Da2N0g88",
                "WN9r9dCBJ8HTCsS2jKASxTjEyW5m5x65_Z_2ro2jfXM",
            ]
        },
    ],
}

# --- §8: JWS JSON serialisation ------------------------------------------------------------------------

JSON_CONTENTS: dict[str, list[Any]] = {
    "sub": ["2GLC42sKQveCfGfryNRN9w", "sub", "john_doe_42"],
    "given_name": ["eluV5Og3gSNII8EYnsxA_A", "given_name", "John"],
    "family_name": ["6Ij7tM-a5iVPGboS5tmvVA", "family_name", "Doe"],
    "birthdate": ["eI8ZWm9QnKPpNPeNenHdhQ", "birthdate", "1940-01-01"],
}
JSON_PAYLOAD = {
    "_sd": [
        "4HBn6aIY3WtuGGWTx-qUj6cdk6WBpZygltdFavPa7LY",
        "8sm1QCf021pNnHACI5sP4m4KZgyNOOAYcTj9HNaC1wY",
        "cgFdhqPo83xYNlJfacaCaa7uP9RCR50VE5R4LAQ9iqU",
        "jMCXVz--9b8x37YcoDfXQinzw1wZcccfFRBCFGqdG2o",
    ],
    **{name: OPEN[name] for name in ("iss", "iat", "exp")},
    "_sd_alg": "sha-256",
    "cnf": {"jwk": HOLDER_JWK},
}
FLATTENED = {
    "header": {"disclosures": [written(one) for one in JSON_CONTENTS.values()]},
    "payload": written(JSON_PAYLOAD),
    "protected": written(HEADER),
    "signature": "tafypR458Veb7iGfxersENL-OX_w4jQBV37ZuD-8NtyfmsFf7cEnjeKxMbknWYytcjHMqBRrzhBT9-pWWzI7ig",
}
FLATTENED_KB = {
    **FLATTENED,
    "header": {
        "disclosures": [written(JSON_CONTENTS[name]) for name in ("family_name", "given_name")],
        "kb_jwt": jwt(
            KB_HEADER,
            {
                "nonce": "1234567890",
                "aud": "https://verifier.example.org",
                "iat": 1748361941,
                "sd_hash": "WL6UITT81pLt9VkjVPXEuqxQtA5vJbs84JSW6wDLUNY",
            },
            "ZfEccF_zaMG09mo_NQZQl-SezfbHPqLRJZc9C0s0pF0gkFC47hBxE33ugdJF776wa9PhIOKZjfXVhdfRMUvpSg",
        ),
    },
}
GENERAL = {
    "payload": written(JSON_PAYLOAD),
    "signatures": [
        {
            "header": {
                "disclosures": [written(JSON_CONTENTS[name]) for name in ("family_name", "given_name")],
                "kid": "issuer-key-1",
                "kb_jwt": jwt(
                    KB_HEADER,
                    {
                        "nonce": "1234567890",
                        "aud": "https://verifier.example.org",
                        "iat": 1748361941,
                        "sd_hash": "FzifpJfyev9aEbtkf_DYjbHYd_0lKIS_ui6SUqJRmws",
                    },
                    "AJb9n2VolMFfP9HOz_an2pOO-38KEWYnQXzu5Trt6rFl6dTNcMWIM9PgHC-EoWQqYq-fV0tsp5qGU8XRjw6QXw",
                ),
            },
            "protected": written(HEADER),
            "signature": "k4cMunVPGV_rxsKMGjb4s9xOyreXNpTKIUKHalfjYBLAlrSi0D31A86ED1TDJx4sZ5ELekRnKFRZ6hfHvbQcAw",
        },
        {
            "header": {"kid": "issuer-key-2"},
            "protected": written(HEADER),
            "signature": "_OTyMClyNQm_U6V_CxtOkVODcAsVYoZuGOFzOSJu642xz6aZzJ3X23fflFm1cLIfolGeKkpkQ0vtNj4EZVnpAQ",
        },
    ],
}

# --- A.2: objects in lists in objects ------------------------------------------------------------------

COMPLEX_PAYLOAD = {
    "_sd": [
        "-aSznId9mWM8ocuQolCllsxVggq1-vHW4OtnhUtVmWw",
        "IKbrYNn3vA7WEFrysvbdBJjDDU_EvQIr0W18vTRpUSg",
        "otkxuT14nBiwzNJ3MPaOitOl9pVnXOaEHal_xkyNfKI",
    ],
    "iss": "https://issuer.example.com",
    "iat": 1683000000,
    "exp": 1883000000,
    "verified_claims": {
        "verification": {
            "_sd": [
                "7h4UE9qScvDKodXVCuoKfKBJpVBfXMF_TmAGVaZe3Sc",
                "vTwe3raHIFYgFA3xaUD2aMxFz5oDo8iBu05qKlOg9Lw",
            ],
            "trust_framework": "de_aml",
            "evidence": [{"...": "tYJ0TDucyZZCRMbROG4qRO5vkPSFRxFhUELc18CSl3k"}],
        },
        "claims": {
            "_sd": [
                "RiOiCn6_w5ZHaadkQMrcQJf0Jte5RwurRs54231DTlo",
                "S_498bbpKzB6Eanftss0xc7cOaoneRr3pKr7NdRmsMo",
                "WNA-UNK7F_zhsAb9syWO6IIQ1uHlTmOU8r8CvJ0cIMk",
                "Wxh_sV3iRH9bgrTBJi-aYHNCLt-vjhX1sd-igOf_9lk",
                "_O-wJiH3enSB4ROHntToQT8JmLtz-mhO2f1c89XoerQ",
                "hvDXhwmGcJQsBCA2OtjuLAcwAMpDsaU0nkovcKOqWNE",
            ]
        },
    },
    "_sd_alg": "sha-256",
}
COMPLEX_ADDRESS = {
    "locality": "Maxstadt",
    "postal_code": "12344",
    "country": "DE",
    "street_address": "Weidenstraße 22",
}
COMPLEX_CONTENTS: dict[str, list[Any]] = {
    "vTwe3raHIFYgFA3xaUD2aMxFz5oDo8iBu05qKlOg9Lw": ["2GLC42sKQveCfGfryNRN9w", "time", "2012-04-23T18:25Z"],
    "tYJ0TDucyZZCRMbROG4qRO5vkPSFRxFhUELc18CSl3k": [
        "Pc33JM2LchcU_lHggv_ufQ",
        {
            "_sd": [
                "9wpjVPWuD7PK0nsQDL8B06lmdgV3LVybhHydQpTNyLI",
                "G5EnhOAOoU9X_6QMNvzFXjpEA_Rc-AEtm1bG_wcaKIk",
                "IhwFrWUB63RcZq9yvgZ0XPc7Gowh3O2kqXeBIswg1B4",
                "WpxQ4HSoEtcTmCCKOeDslB_emucYLz2oO8oHNr1bEVQ",
            ]
        },
    ],
    "WpxQ4HSoEtcTmCCKOeDslB_emucYLz2oO8oHNr1bEVQ": ["eI8ZWm9QnKPpNPeNenHdhQ", "method", "pipp"],
    "S_498bbpKzB6Eanftss0xc7cOaoneRr3pKr7NdRmsMo": ["G02NSrQfjFXQ7Io09syajA", "given_name", "Max"],
    "Wxh_sV3iRH9bgrTBJi-aYHNCLt-vjhX1sd-igOf_9lk": ["lklxF5jMYlGTPUovMNIvCA", "family_name", "Müller"],
    "_O-wJiH3enSB4ROHntToQT8JmLtz-mhO2f1c89XoerQ": ["y1sVU5wdfJahVdgwPgS7RQ", "address", COMPLEX_ADDRESS],
}
COMPLEX = "~".join(
    (
        jwt(
            HEADER,
            COMPLEX_PAYLOAD,
            "mYXVvR8KVncmKXlLramnj6_cDR_A_loV9PKB5h3PF9cx8HZyDzpqLzCYAPmzCcE4Ovgtr2r8jKCaOZObg0KHhQ",
        ),
        *map(written, COMPLEX_CONTENTS.values()),
        "",
    )
)
COMPLEX_CLAIMS = {
    "iss": "https://issuer.example.com",
    "iat": 1683000000,
    "exp": 1883000000,
    "verified_claims": {
        "verification": {
            "trust_framework": "de_aml",
            "evidence": [{"method": "pipp"}],
            "time": "2012-04-23T18:25Z",
        },
        "claims": {"given_name": "Max", "family_name": "Müller", "address": COMPLEX_ADDRESS},
    },
}

# --- A.1: decoys ---------------------------------------------------------------------------------------

DECOY_PAYLOAD = {
    "_sd": [
        "C9inp6YoRaEXR427zYJP7Qrk1WH_8bdwOA_YUrUnGQU",
        "Kuet1yAa0HIQvYnOVd59hcViO9Ug6J2kSfqYRBeowvE",
        "MMldOFFzB2d0umlmpTIaGerhWdU_PpYfLvKhh_f_9aY",
        "X6ZAYOII2vPN40V7xExZwVwz7yRmLNcVwt5DL8RLv4g",
        "Y34zmIo0QLLOtdMpXGwjBgLvr17yEhhYT0FGofR-aIE",
        "fyGp0WTwwPv2JDQln1lSiaeobZsMWA10bQ5989-9DTs",
        "ommFAicVT8LGHCB0uywx7fYuo3MHYKO15cz-RZEYM5Q",
        "s0BKYsLWxQQeU8tVlltM7MKsIRTrEIa1PkJmqxBBf5U",
    ],
    "iss": "https://issuer.example.com",
    "iat": 1683000000,
    "exp": 1883000000,
    "address": {
        "_sd": [
            "6aUhzYhZ7SJ1kVmagQAO3u2ETN2CC1aHheZpKnaF0_E",
            "AzLlFobkJ2xiaupREPyoJz-9-NSldB6Cgjr7fUyoHzg",
            "PzzcVu0qbMuBGSjulfewzkesD9zutOExn5EWNwkrQ-k",
            "b2Dkw0jcIF9rGg8_PF8ZcvncW7zwZj5ryBWvXfrpzek",
            "cPYJHIZ8Vu-f9CCyVub2UfgEk8jvvXezwK1p_JneeXQ",
            "glT3hrSU7fSWgwF5UDZmWwBTw32gnUldIhi8hGVCaV4",
            "rvJd6iq6T5ejmsBMoGwuNXh9qAAFATAci40oidEeVsA",
            "uNHoWYhXsZhVJCNE2Dqy-zqt7t69gJKy5QaFv7GrMX4",
        ]
    },
    "_sd_alg": "sha-256",
}
DECOY_CONTENTS: dict[str, list[Any]] = {
    "PzzcVu0qbMuBGSjulfewzkesD9zutOExn5EWNwkrQ-k": ["G02NSrQfjFXQ7Io09syajA", "region", "港区"],
    "uNHoWYhXsZhVJCNE2Dqy-zqt7t69gJKy5QaFv7GrMX4": ["lklxF5jMYlGTPUovMNIvCA", "country", "JP"],
}
DECOYS = "~".join(
    (
        jwt(
            HEADER,
            DECOY_PAYLOAD,
            "l0YRGT2Nm0L2HV71UzatrNuhtYn6tbYmyV2KmdY4Ore_g4FkRQMaN2bf9HiWZaiIwYPPxxh2k3gpKmSPywuOgw",
        ),
        *map(written, DECOY_CONTENTS.values()),
        "",
    )
)
DECOY_CLAIMS = {
    "iss": "https://issuer.example.com",
    "iat": 1683000000,
    "exp": 1883000000,
    "address": {"region": "港区", "country": "JP"},
}
