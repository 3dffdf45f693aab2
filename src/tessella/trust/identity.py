"""Is the organisation that sealed the one that the credential names?

European Digital Credentials take the issuer from the seal's certificate (legal name from O, eIDAS legal
identifier from organizationIdentifier, ETSI EN 319 412-1 §5.1.4); a reader has to compare them again.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from tessella.keys import CertificateFacts
from tessella.text import say
from tessella.verdicts import Verdict

__all__ = ["compare_issuer"]


def compare_issuer(
    certificate: CertificateFacts, issuer_names: Iterable[str], legal_ids: Iterable[str] = ()
) -> tuple[Verdict, str]:
    """Verdict and explanation of comparing the certificate's holder with the credential's issuer.

    ``issuer_names`` are the issuer's names in all languages, ``legal_ids`` its legal identifiers
    (``NTRLV-…``, ``VATES-…``).

    - an identifier agrees: ``passed``;
    - both have identifiers and none agrees: ``failed``;
    - no identifiers to compare: an equal name gives ``passed``, a different one ``indeterminate``, since the
      same organisation may have names that differ.
    """
    names = [name for name in issuer_names if name.strip()]
    own_names = [name for name in (certificate.organization, certificate.common_name) if name]
    wanted = {_identifier(one) for one in legal_ids if one.strip()}
    own = _identifier(certificate.organization_identifier)
    shown = {
        "holder": " / ".join(dict.fromkeys(own_names)) or certificate.subject,
        "issuer": names[0] if names else say("no name"),
        "id": certificate.organization_identifier,
    }
    same_name = bool(({_name(name) for name in names} & {_name(name) for name in own_names}) - {""})
    if own and wanted:
        if own not in wanted:
            shown["ids"] = ", ".join(sorted(wanted))
            told = say(
                "The seal belongs to %(holder)s (%(id)s), but the credential names the issuer %(ids)s.",
                **shown,
            )
            return Verdict.FAILED, told
        if same_name:
            return Verdict.PASSED, say(
                "The seal belongs to the issuer: name and legal identifier %(id)s agree.", **shown
            )
        return Verdict.PASSED, say(
            "The seal belongs to the issuer by its legal identifier %(id)s; the certificate calls it %(holder)s.",
            **shown,
        )
    if same_name:
        return Verdict.PASSED, say(
            "The seal's certificate and the credential give the issuer the same name, %(issuer)s; there is no "
            "legal identifier to compare.",
            **shown,
        )
    return Verdict.INDETERMINATE, say(
        "The seal belongs to %(holder)s, the credential names %(issuer)s: whether they are the same cannot be "
        "told, since there is no legal identifier to compare.",
        **shown,
    )


def _identifier(text: str) -> str:
    """Without spaces, in capitals: registers print the same identifier in several ways."""
    return "".join(text.split()).upper()


def _name(text: str) -> str:
    """Compatibility forms unified, case folded, punctuation and double spaces dropped."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    plain = "".join(" " if unicodedata.category(one)[0] in "PZC" else one for one in folded)
    return " ".join(plain.split())
