"""Presentations: who made one, whether it holds, and for whom it was made (VCDM 2.0 §4.13; VC Data Integrity 1.0 §4.4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from tessella.canonical import loads
from tessella.errors import SealError, TessellaError, UnsupportedError
from tessella.keys import ResolvedKey, base64url_decode
from tessella.ports import VerifyingKey
from tessella.seals import jose, sd_jwt
from tessella.seals.data_integrity import verify_proofs
from tessella.text import say
from tessella.verdicts import Verdict
from tessella.verification._outcome import Outcome, explain
from tessella.verification._sealing import judge
from tessella.verification.surroundings import Surroundings

if TYPE_CHECKING:
    from tessella.verification._case import Case

__all__ = ["Presentation", "custody", "custody_words", "holder_of", "presentation_in_token"]

_PURPOSE = "authentication"
_TOKEN_TYPES = ("vp+jwt", "vp+ld+json+jwt", "vp+ld+jwt", "jwt")
"""``typ`` of presentations as tokens: VC-JOSE-COSE §3.1.2 and its drafts, VCDM 1.1 §6.3.1."""


class Proven(msgspec.Struct, frozen=True, kw_only=True):
    """What the presentation's own proof shows. ``error`` is None when it holds; ``signed`` False when there is none.

    ``holder`` is the controller of the key, ``audience`` and ``challenge`` what it says it was made for, ``custodian`` who made it
    on behalf of the holder.
    """

    signed: bool = True
    holder: str = ""
    audience: tuple[str, ...] = ()
    challenge: str = ""
    custodian: str = ""
    error: TessellaError | None = None


class Presentation:
    """A presentation that credentials came in; ``token`` when it is a JWT. Its proof is verified once for all of them."""

    def __init__(self, document: dict[str, Any], token: bytes = b"") -> None:
        self.document = document
        self.token = token
        self._proven: Proven | None = None

    def proven(self, around: Surroundings) -> Proven:
        """What its proof shows (every call gives the first one's answer). Never raises for what is wrong with it."""
        if self._proven is None:
            try:
                self._proven = _of_token(self, around) if self.token else _of_proofs(self.document, around)
            except TessellaError as error:
                self._proven = Proven(error=error)
        return self._proven


def presentation_in_token(data: bytes) -> Presentation | None:
    """The presentation that a compact JWS carries; None when it carries something else.

    Raises:
        TessellaError: the token cannot be read.
    """
    parts = data.split(b".")
    payload = base64url_decode(parts[1]) if len(parts) == 3 else b""
    claims = loads(payload) if b"VerifiablePresentation" in payload else None  # most are none: not read twice
    if not isinstance(claims, dict):
        return None
    inner = claims.get("vp", claims)
    types = inner.get("type") if isinstance(inner, dict) else None
    if "VerifiablePresentation" not in (types if isinstance(types, list) else [types]):
        return None
    return Presentation(inner, data)


def _of_proofs(document: Mapping[str, Any], around: Surroundings) -> Proven:
    """A Data Integrity proof, for authentication; of several one good one is enough."""
    if "proof" not in document:
        return Proven(signed=False)
    results = verify_proofs(
        document, around.resolve, purpose=_PURPOSE, at=around.at, contexts=around.contexts
    )
    best = min(results, key=lambda one: one.error is not None)
    if best.error is not None or best.key is None:
        return Proven(error=best.error)
    domain, challenge = best.proof.get("domain"), best.proof.get("challenge")
    return _by(best.key, document.get("holder"), domain, challenge if isinstance(challenge, str) else "")


def _of_token(presentation: Presentation, around: Surroundings) -> Proven:
    """A JWT by the holder: ``iss``, ``aud``, ``nonce``, ``nbf`` and ``exp``."""
    found: list[ResolvedKey] = []

    def resolve(header: Mapping[str, Any], claims: Mapping[str, Any]) -> VerifyingKey:
        issuer, kid = claims.get("iss"), header.get("kid")
        if isinstance(kid, str) and kid.startswith("#") and isinstance(issuer, str):
            kid = issuer + kid
        method = kid if isinstance(kid, str) and kid.startswith("did:") else issuer
        if not isinstance(method, str) or not method.startswith("did:"):
            raise UnsupportedError(
                say("The presentation does not name its holder's key by a DID."),
                code="seal.no-key",
                hint=say("Ask its holder for a presentation from a wallet with a DID."),
            )
        found.append(around.resolve(method, _PURPOSE))
        return found[0].key.for_algorithm(str(header.get("alg")))

    typ = _type_of(presentation.token)
    token = jose.open_token(presentation.token, resolve, typ=typ)
    claims = token.claims
    early = "nbf" in claims and around.at < _moment(claims["nbf"], "nbf")
    late = "exp" in claims and around.at >= _moment(claims["exp"], "exp")
    if early or late:
        raise SealError(
            say("The presentation is not valid at this time."),
            code="seal.expired",
            hint=say("Ask its holder for a new one."),
        )
    stated = claims.get("iss", presentation.document.get("holder"))
    nonce = claims.get("nonce")
    proven = _by(found[0], stated, claims.get("aud"), nonce if isinstance(nonce, str) else "")
    return msgspec.structs.replace(proven, custodian=sd_jwt.custodian_of(claims))


def _type_of(token: bytes) -> str:
    """The token's ``typ``, of those that a presentation may have; a token without one is a JWT."""
    header = loads(base64url_decode(token.split(b".")[0]))
    stated = header.get("typ", "JWT") if isinstance(header, dict) else None
    plain = stated.lower().removeprefix("application/") if isinstance(stated, str) else ""
    return plain if plain in _TOKEN_TYPES else _TOKEN_TYPES[0]


def _moment(value: object, name: str) -> dt.datetime:
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return dt.datetime.fromtimestamp(value, dt.UTC)
    except (OverflowError, OSError, ValueError):
        pass
    raise SealError(
        say("The claim “%(name)s” is no time.", name=name), code="seal.claim", got=str(value)[:40]
    )


def _by(key: ResolvedKey, stated: object, audience: object, challenge: str) -> Proven:
    """The proof holds; its key must be that of the holder whom the presentation names."""
    name = stated.get("id") if isinstance(stated, Mapping) else stated
    if isinstance(name, str) and name != key.controller:
        raise SealError(
            say("The presentation names another holder than the one who made it."),
            code="seal.holder",
            got=name[:200],
            expected=key.controller,
            hint=say("Ask its holder for a new presentation."),
        )
    named = audience if isinstance(audience, list) else [audience]
    return Proven(
        holder=key.controller,
        audience=tuple(one for one in named if isinstance(one, str)),
        challenge=challenge,
    )


def holder_of(case: Case, presentation: Presentation) -> Outcome:
    """Whether the one who made the presentation is the one the credential was issued to, and made it for who asks; and who acted."""
    proven = presentation.proven(case.around)
    outcome = _holder(case, proven)
    if not proven.custodian:
        return outcome
    told = f"{outcome.explanation} {custody_words(proven.custodian)}"
    evidence = {**outcome.evidence, **custody(proven.custodian)}
    return outcome._replace(explanation=told, evidence=evidence)


def custody(who: str) -> dict[str, Any]:
    """As evidence, that somebody keeps the holder's key; nothing when nobody says so."""
    return {"custodian": who[:200]} if who else {}


def custody_words(who: str) -> str:
    """What it means that somebody else keeps the holder's key."""
    return say(
        "The key is kept by %(who)s on behalf of the holder, who made this presentation for them.",
        who=who[:200],
    )


def _holder(case: Case, proven: Proven) -> Outcome:
    around = case.around
    if not proven.signed:
        told = say("It came in a presentation without a proof, so nothing shows who presents it.")
        return Outcome(Verdict.FAILED if around.asks_holder else Verdict.INDETERMINATE, told)
    if proven.error is not None:
        verdict = judge(proven.error)
        told = say("The presentation's own proof: %(reason)s", reason=explain(proven.error))
        return Outcome(verdict, told, {"code": proven.error.code}, decides=verdict is Verdict.FAILED)
    evidence = {
        "holder": proven.holder, "audience": list(proven.audience), "challenge": proven.challenge,
    }  # fmt: skip
    subjects = _subjects(case.document)
    if subjects and proven.holder not in subjects:
        told = say("It is presented by %(holder)s, and was issued to somebody else.", holder=proven.holder)
        return Outcome(Verdict.FAILED, told, evidence)
    if around.asks_holder and around.challenge and around.audience:
        if around.challenge != proven.challenge or around.audience not in proven.audience:
            told = say("It was presented to somebody else, or for another request.")
            meaning = say("Nobody showed for you that it is theirs. Ask for a new presentation.")
            return Outcome(Verdict.FAILED, told, evidence, meaning=meaning)
        if subjects:
            return Outcome(
                Verdict.PASSED, say("It was presented for you, with the key that it was issued to."), evidence
            )
    elif around.asks_holder:
        told = say(
            "Whether it was presented for you can be told only with both the challenge and the audience."
        )
        return Outcome(Verdict.INDETERMINATE, told, evidence)
    if not subjects:
        told = say(
            "It is presented by %(holder)s, and does not say by a key to whom it was issued.",
            holder=proven.holder,
        )
        return Outcome(Verdict.INDETERMINATE, told, evidence)
    told = say(
        "It was presented with the key that it was issued to. Whether you are meant is told by giving the challenge "
        "and the audience."
    )
    return Outcome(Verdict.INDETERMINATE, told, evidence)


def _subjects(document: Mapping[str, Any]) -> frozenset[str]:
    """The DIDs of those whom the credential is about; an id that no key stands behind says nothing here."""
    found = document.get("credentialSubject")
    return frozenset(
        identifier
        for one in (found if isinstance(found, list) else [found])
        if isinstance(one, Mapping)
        and isinstance(identifier := one.get("id"), str)
        and identifier.startswith("did:")
    )
