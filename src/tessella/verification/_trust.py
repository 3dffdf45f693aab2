"""Who stands behind it, as others see it (checks *trust* and *registry*)."""

from __future__ import annotations

from typing import Any

from tessella.keys import Binding
from tessella.text import say
from tessella.trust import LEVELS, RegistryResult, TrustLevel, look_up
from tessella.verdicts import Verdict
from tessella.verification._case import Case
from tessella.verification._identity import binding_of
from tessella.verification._outcome import Outcome

__all__ = ["check_registry", "check_trust"]

_RANKS = tuple(LEVELS)
"""The levels from the strongest to the weakest."""


def check_trust(case: Case) -> Outcome:
    """ETSI EN 319 102-1 §5.2.6 for certificates; for other keys how strongly they name their holder."""
    outcome = _trust(case)
    least, level = case.policy.trust_level, outcome.evidence["level"]
    if least is None or outcome.verdict is not Verdict.PASSED or _RANKS.index(level) <= _RANKS.index(least):
        return outcome
    told = say(
        "This policy asks for more: %(least)s, and what is established is: %(level)s.",
        least=say(LEVELS[least].title),
        level=say(LEVELS[TrustLevel(level)].title),
    )
    listing = case.trust.listing if case.trust is not None else None
    known = listing is not None and listing.verdict is not Verdict.INDETERMINATE
    verdict = Verdict.FAILED if known else Verdict.INDETERMINATE
    return outcome._replace(verdict=verdict, explanation=f"{told} {outcome.explanation}")


def _trust(case: Case) -> Outcome:
    signature = case.signature
    if signature is None or signature.key is None:
        told = say("Without a seal that holds and its key there is nobody to trust.")
        return Outcome(Verdict.INDETERMINATE, told, {"level": ""})
    chain = case.trust
    if chain is not None:
        told = chain.explanation
        if not case.around.anchors and case.around.trusted_lists is None:
            told += " " + say(
                "Give the EU trusted lists, or the certificates of the authorities that you trust."
            )
        evidence: dict[str, Any] = {
            "level": str(chain.level),
            "path": list(chain.path),
            "facets": {one.id: str(one.verdict) for one in chain.checks},
        }
        if chain.listing is not None:
            evidence["qualified"] = chain.listing.evidence()
        return Outcome(chain.verdict, told, evidence, (), _meaning(chain.level, chain.verdict))
    bound = binding_of(signature, case.issuer, case.policy).verdict is Verdict.PASSED
    level = TrustLevel.KEY_ONLY
    if bound and signature.key.binding is Binding.DID_WEB:
        level = TrustLevel.DOMAIN_KEY
    evidence = {"level": str(level)}
    register = _registered(case)
    if register is not None and register.verdict is Verdict.PASSED:
        return Outcome(Verdict.PASSED, register.explanation, evidence)
    if level is TrustLevel.DOMAIN_KEY:
        told = say("The key is published at the issuer's domain (%(issuer)s).", issuer=case.issuer.id)
        return Outcome(Verdict.PASSED, told, evidence, (), _meaning(level, Verdict.PASSED))
    told = say("Nobody else vouches for this key. Consult a register, or ask the issuer for its key.")
    return Outcome(Verdict.INDETERMINATE, told, evidence, (), _meaning(level, Verdict.INDETERMINATE))


def _meaning(level: TrustLevel, verdict: Verdict) -> str:
    """The level in plain words; where trust failed the catalogue's words are the right ones."""
    return "" if verdict is Verdict.FAILED else say(LEVELS[level].meaning)


def check_registry(case: Case) -> Outcome:
    """What the consulted registers say about the issuer; being in none says nothing against it."""
    if not case.around.registries:
        return Outcome(Verdict.NOT_APPLICABLE, say("No register was consulted."))
    names = ", ".join(one.name for one in case.around.registries)
    result = _registered(case)
    if result is None:
        told = say(
            "It is not established who sealed this file, so no register (%(names)s) can be asked about them.",
            names=names,
        )
        return Outcome(Verdict.INDETERMINATE, told, {"registers": names})
    evidence = {
        "registers": names,
        "matches": [{"register": register.name, "name": entry.name} for register, entry in result.matches],
    }
    return Outcome(result.verdict, result.explanation, evidence)


def _registered(case: Case) -> RegistryResult | None:
    """What the registers say about the issuer that the key proves; None when it proves none."""
    signature = case.signature
    registries = case.around.registries
    if signature is None or not registries:
        return None
    if binding_of(signature, case.issuer, case.policy).verdict is not Verdict.PASSED:
        return None
    results = [look_up(name, registries) for name in (case.issuer.id, *case.issuer.legal_ids) if name]
    return next((one for one in results if one.matches), results[0] if results else None)
