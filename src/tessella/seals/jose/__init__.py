"""Compact JWS: credentials as VC-JWT, and other signed tokens.

VC-JWTs are written after Open Badges 3.0 §8.2 (JSON Web Token proof format): the header holds ``alg``,
``typ`` and ``kid`` or ``jwk`` and nothing else; registered claims repeat what the credential says. With
``typ="vc+jwt"`` the same bytes are a credential after W3C VC-JOSE-COSE §3.1.1. Read: both, VC 1.1 with its
``vc`` claim, and headers that others add (``x5c``, ``sigT`` …), which are named in the notes.
"""

from tessella.seals.jose._token import Resolver, Token, embedded_key, open_token, sign_token
from tessella.seals.jose._vc import JwsResult, VcJwt, parse, sign_vc_jwt, verify

__all__ = [
    "JwsResult",
    "Resolver",
    "Token",
    "VcJwt",
    "embedded_key",
    "open_token",
    "parse",
    "sign_token",
    "sign_vc_jwt",
    "verify",
]
