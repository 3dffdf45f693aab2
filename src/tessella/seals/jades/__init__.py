"""JAdES seals (ETSI TS 119 182-1) as European Digital Credentials carry them.

Two profiles are written. ``europass`` is what the European Digital Credentials platform makes: JWS in
general JSON, the credential's text unencoded inside (RFC 7797), the claimed time in ``sigT``. ``etsi`` has
the time in ``iat``, as TS 119 182-1 V1.2.1 asks since July 2025; only that one is baseline B-B (and B-T with
a time stamp). Both are read, and all levels. `extend` adds what a seal needs to outlive its certificates, up to B-LTA;
`ageing` tells when to add more. The payload is never re-serialised.
"""

from tessella.seals._timestamps import TimestampResult, holding
from tessella.seals.jades._ageing import RENEWAL_MARGIN, Ageing, ageing
from tessella.seals.jades._extend import Extension, extend
from tessella.seals.jades._seal import PROFILES, Profile, seal, seal_detached
from tessella.seals.jades._verify import JadesDocument, JadesResult, SignatureResult, parse, verify

__all__ = [
    "PROFILES",
    "RENEWAL_MARGIN",
    "Ageing",
    "Extension",
    "JadesDocument",
    "JadesResult",
    "Profile",
    "SignatureResult",
    "TimestampResult",
    "ageing",
    "extend",
    "holding",
    "parse",
    "seal",
    "seal_detached",
    "verify",
]
