"""SD-JWT: a signed JSON object whose claims the holder may withhold one by one (RFC 9901), and SD-JWT VC.

::

    issue                claims → SD-JWT, with everything the holder may later disclose
    parse, SdJwt         compact or JSON serialisation → its parts; nothing is verified
    verify               the numbered steps of RFC 9901 §7.1 and §7.3 → one result with verdict and facts
    check_presentation   that it was presented by the holder of its key, for this verifier and transaction
    present, claims_of   the holder's side: a presentation with chosen claims only; what there is to choose
    issuer_key, …        whose key: x5c, issuer metadata at the issuer's domain, or a DID

Claims are addressed by claim paths, as type metadata and DCQL do (SD-JWT VC §9.1): ``("address", "city")``,
``("degrees", None)`` for every element, ``("degrees", 0)`` for one.

“SD-JWT VC” with a section number is draft-ietf-oauth-sd-jwt-vc in the numbering of version 13, which HAIP 1.0 pins.
"""

from tessella.seals.sd_jwt._binding import (
    DEFAULT_MAX_AGE_S,
    BindingDemand,
    KeyBinding,
    custodian_of,
    holder_key,
)
from tessella.seals.sd_jwt._disclosure import HASHES, MAX_DISCLOSURES, ClaimPath, Disclosed, Processed
from tessella.seals.sd_jwt._issue import VC_TYPE, issue
from tessella.seals.sd_jwt._issuer_key import (
    MAX_METADATA_BYTES,
    certificate_chain,
    issuer_key,
    issuer_metadata,
    issuer_metadata_url,
)
from tessella.seals.sd_jwt._parse import SdJwt, detect, parse
from tessella.seals.sd_jwt._present import claims_of, present
from tessella.seals.sd_jwt._verify import READ_TYPES, Resolver, SdJwtResult, check_presentation, verify

__all__ = [
    "DEFAULT_MAX_AGE_S",
    "HASHES",
    "MAX_DISCLOSURES",
    "MAX_METADATA_BYTES",
    "READ_TYPES",
    "VC_TYPE",
    "BindingDemand",
    "ClaimPath",
    "Disclosed",
    "KeyBinding",
    "Processed",
    "Resolver",
    "SdJwt",
    "SdJwtResult",
    "certificate_chain",
    "check_presentation",
    "claims_of",
    "custodian_of",
    "detect",
    "holder_key",
    "issue",
    "issuer_key",
    "issuer_metadata",
    "issuer_metadata_url",
    "parse",
    "present",
    "verify",
]
