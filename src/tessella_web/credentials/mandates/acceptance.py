"""Who accepts what, by how it is sealed: said before anything is issued, each line with where it comes from."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

__all__ = ["ACCEPTANCE", "MEANS", "Answer", "Receiver", "Source"]


class Source(NamedTuple):
    """Where an answer comes from."""

    title: str
    url: str


class Answer(NamedTuple):
    """``passed``, ``failed`` or ``indeterminate`` as a verdict looks, and the reason in a few words."""

    state: str
    word: Any
    why: Any = ""


class Receiver(NamedTuple):
    """Somebody who gets a credential: an answer for each of `MEANS`, in order."""

    name: Any
    what: Any
    answers: tuple[Answer, ...]
    sources: tuple[Source, ...]


MEANS = (
    (_("Seal with a qualified certificate"), _("From a trust service provider on an EU trusted list: a qualified or an advanced electronic seal.")),
    (_("Seal with another certificate"), _("Your own authority’s or a commercial one’s: an advanced seal at best.")),
    (_("A key of your own"), _("Published at your organisation’s address (did:web).")),
)  # fmt: skip

_YES, _PARTLY, _NO = _("Yes"), _("In part"), _("No")

_EIDAS = Source(
    "Regulation (EU) No 910/2014, Articles 35 to 40", "https://eur-lex.europa.eu/eli/reg/2014/910/oj"
)
_LISTS = Source("EU trusted lists", "https://eidas.ec.europa.eu/efda/trust-services/browse/eidas/tls")
_OB3 = Source("Open Badges 3.0, 1EdTech", "https://www.imsglobal.org/spec/ob/v3p0/")
_EUROPASS = Source(
    "Europass: European Digital Credentials for Learning", "https://europass.europa.eu/en/europass-digital-tools/european-digital-credentials-learning"
)  # fmt: skip
_WALLET = Source(
    "Regulation (EU) 2024/1183, Articles 5a and 45d to 45h", "https://eur-lex.europa.eu/eli/reg/2024/1183/oj"
)
_EMREX = Source("EMREX and ELMO", "https://emrex.eu/")
_PADES = Source("ETSI EN 319 142-1 (PAdES)", "https://www.etsi.org/deliver/etsi_en/319100_319199/31914201/")

ACCEPTANCE = (
    Receiver(
        _("Europass"),
        _("European Digital Credential"),
        (
            Answer("passed", _YES, _("With your organisation’s identifier in the certificate.")),
            Answer("failed", _NO, _("The viewer reports that the seal is not qualified.")),
            Answer("failed", _NO, _("It cannot be made without a certificate.")),
        ),
        (_EUROPASS, _EIDAS, _LISTS),
    ),
    Receiver(
        _("Badge platforms and badge wallets"),
        _("Open Badge 3.0"),
        (
            Answer("indeterminate", _PARTLY, _("They ask for a key at an address, and look at no certificate.")),
            Answer("indeterminate", _PARTLY, _("They ask for a key at an address, and look at no certificate.")),
            Answer("passed", _YES, _("Those that read version 3.0; some still read 2.0 only.")),
        ),
        (_OB3,),
    ),
    Receiver(
        _("European digital identity wallets"),
        _("Attestation (SD-JWT VC)"),
        (
            Answer("indeterminate", _PARTLY, _("Each wallet and each country decides whose attestations it takes.")),
            Answer("indeterminate", _PARTLY, _("As attestations that are not qualified, where the wallet takes them.")),
            Answer("indeterminate", _PARTLY, _("As attestations that are not qualified, where the wallet takes them.")),
        ),
        (_WALLET,),
    ),
    Receiver(
        _("People who open a PDF"),
        _("Certificate (PDF)"),
        (
            Answer("passed", _YES, _("PDF readers with the EU trusted lists name your organisation.")),
            Answer("indeterminate", _PARTLY, _("Readers show the seal and say that they do not know its authority.")),
            Answer("indeterminate", _PARTLY, _("The page has no seal of its own; the badge inside is verified here, or wherever badges are.")),
        ),
        (_PADES, _LISTS),
    ),
    Receiver(
        _("Student systems of universities"),
        _("ELMO (EMREX)"),
        (
            Answer("passed", _YES),
            Answer("indeterminate", _PARTLY, _("Systems that know your authority.")),
            Answer("failed", _NO, _("It cannot be made without a certificate.")),
        ),
        (_EMREX,),
    ),
    Receiver(
        _("Whoever verifies on this page"),
        _("All of them"),
        (
            Answer("passed", _YES, _("And is told that the seal is qualified, and by which list.")),
            Answer("indeterminate", _PARTLY, _("The file is intact; who vouches for your authority is for the reader to say.")),
            Answer("passed", _YES, _("And is told that the key is published at your address.")),
        ),
        (),
    ),
)  # fmt: skip
