"""Who seals, and with what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Literal

import msgspec

from tessella.errors import ConfigError
from tessella.formats.elm import Mandate
from tessella.issuing.badge_site import BadgeSite
from tessella.keys import PrivateKey
from tessella.keys.testca import TestCertificateAuthority
from tessella.model import Organisation
from tessella.ports import Signer
from tessella.rendering import CertificateStyle
from tessella.seals.data_integrity import SELECTIVE, SUITES
from tessella.text import pick, say

__all__ = ["Issuer", "rdf_suite", "test_issuer"]


class Issuer(msgspec.Struct, frozen=True, kw_only=True):
    """Who seals: the organisation and its keys.

    ``badge_signer`` (with a verification method) seals Open Badges, ``seal_signer`` (with a certificate) European Digital Credentials.
    ``selective_signer`` is a further key of the same DID, on P-256, for badges with selective disclosure where the other is not.
    ``test`` marks everything a person sees as sealed by a test certificate.
    ``cryptosuite`` is the Data Integrity suite (empty: the RDF suite for the key); ``jades_profile`` what `jades.seal` offers.
    ``badges_url`` is the public address below which Open Badges 2.0 are published.
    ``attestation_type`` is the https address of a type of the issuer's own for attestations, whose metadata it publishes there.
    ``sealing_body`` is whose e-seal it is where that is another body, sealing European Digital Credentials and certificates under
    ``mandate``; badges stay under the own key. ``style`` is how certificates look, beyond the record.
    ``timestamp`` makes RFC 3161 tokens (DER) for seals, from the bytes to be stamped; what it raises stops a batch.
    """

    organisation: Organisation
    badge_signer: Signer | None = None
    seal_signer: Signer | None = None
    selective_signer: Signer | None = None
    test: bool = False
    cryptosuite: str = ""
    jades_profile: Literal["europass", "etsi"] = "europass"
    badges_url: str = ""
    attestation_type: str = ""
    timestamp: Callable[[bytes], bytes] | None = None
    sealing_body: Organisation | None = None
    mandate: Mandate | None = None
    style: CertificateStyle = CertificateStyle()

    @property
    def id(self) -> str:
        """The DID under which badges are issued, or the organisation's own id."""
        method = self.badge_signer.verification_method if self.badge_signer else ""
        return method.partition("#")[0] or self.organisation.id

    def e_seal(self) -> Signer:
        """The key with a certificate for electronic seals.

        Raises:
            ConfigError: ``issuing.no-seal``, there is none.
        """
        if self.seal_signer is None or not self.seal_signer.certificate_chain:
            raise ConfigError(
                say("There is no certificate for electronic seals to seal with."),
                code="issuing.no-seal",
                hint=say(
                    "Add one with: tessella keys create NAME --pkcs12 FILE (or --test-seal ORGANISATION to try)."
                ),
            )
        return self.seal_signer

    def badge_key(self) -> Signer:
        """The key that a DID names.

        Raises:
            ConfigError: ``issuing.no-key``, there is none.
        """
        if self.badge_signer is None:
            raise ConfigError(
                say("There is no key with a DID to seal with."),
                code="issuing.no-key",
                hint=say("Create one with: tessella keys create badges"),
            )
        return self.badge_signer

    def proof_key(self) -> Signer:
        """The badge key, where a Data Integrity proof can be made with it; status lists have such a proof, too.

        Raises:
            ConfigError: ``issuing.no-key``, there is none; ``issuing.no-proof-key``, it is of another kind (RSA).
        """
        signer = self.badge_key()
        if self.proof_suite() is None:
            raise ConfigError(
                say(
                    "Open Badges 3.0 are not sealed with keys of the kind %(algorithm)s.",
                    algorithm=signer.algorithm,
                ),
                code="issuing.no-proof-key",
                got=signer.algorithm,
                hint=say("Create another with: tessella keys create badges, and name it with --badge-key."),
            )
        return signer

    def proof_suite(self) -> str | None:
        """The Data Integrity suite for the badge key: the chosen one, else the RDF suite; None without a key that has one."""
        return (self.cryptosuite or rdf_suite(self.badge_signer)) if self.badge_signer else None

    def credential_key(self) -> Signer:
        """A key for the credential in a certificate: for a badge, or an e-seal for a European Digital Credential.

        Raises:
            ConfigError: as `proof_key`; there is neither.
        """
        return self.proof_key() if self.proof_suite() or not self.has_e_seal() else self.e_seal()

    def has_e_seal(self) -> bool:
        """Whether there is a key with a certificate for electronic seals."""
        return self.seal_signer is not None and bool(self.seal_signer.certificate_chain)

    def selective_key(self) -> Signer:
        """A key for badges with selective disclosure, under the DID that issues the others.

        Raises:
            ConfigError: ``issuing.no-key``; ``issuing.no-selective-key``, there is none on P-256.
        """
        for signer in (self.badge_key(), self.selective_signer):
            if signer is None or signer.algorithm not in SELECTIVE.digests:
                continue
            if signer.verification_method.partition("#")[0] == self.id:
                return signer
        raise ConfigError(
            say("Selective disclosure in a badge needs a key on P-256 (ES256)."),
            code="issuing.no-selective-key",
            expected=", ".join(SELECTIVE.digests),
            hint=say(
                "Create one with: tessella keys create badges-p256 --algorithm ES256, and name it with --badge-key."
            ),
        )

    def badge_site(self) -> BadgeSite:
        """Where Open Badges 2.0 are published, for an organisation that can be their issuer.

        Raises:
            ConfigError: ``issuing.no-badges-url``, there is no address; ``issuing.badges-url``, it is no https address;
                ``issuing.badge-issuer``, the organisation lacks what its profile must say.
        """
        if not self.badges_url:
            raise ConfigError(
                say("Open Badges 2.0 need an address of yours to be published at; there is none."),
                code="issuing.no-badges-url",
                hint=say("Give it with --badges-url, or leave this format out."),
            )
        body = self.organisation
        if not pick(body.name) or not body.homepage or not body.email:
            raise ConfigError(
                say("The issuer of an Open Badge 2.0 needs a name, a web page and an e-mail address."),
                code="issuing.badge-issuer",
                hint=say("Add homepage and email to the awarding body in the description."),
            )
        return BadgeSite(url=self.badges_url)


def rdf_suite(signer: Signer) -> str | None:
    """The name of the RDF cryptosuite for a key; None where no suite takes its algorithm."""
    return next(
        (
            suite.name
            for suite in SUITES.values()
            if suite.transformation == "rdfc" and signer.algorithm in suite.digests
        ),
        None,
    )


def test_issuer(organisation: Organisation, *, at: dt.datetime) -> Issuer:
    """An issuer with fresh keys and a TEST certificate, to try things out: nothing it seals proves anything.

    Args:
        at: the beginning of the certificate's validity (time-zone aware).
    """
    badge = PrivateKey.generate("Ed25519")
    country = next((place.code for place in organisation.countries), "XX")
    return Issuer(
        organisation=organisation,
        badge_signer=badge.with_verification_method(badge.public_key.did_key_url),
        seal_signer=TestCertificateAuthority(at).issue_seal(
            pick(organisation.name),
            organization_identifier=organisation.legal_id or "NTRXX-00000000",
            country=country,
        ),
        test=True,
    )


test_issuer.__test__ = False  # type: ignore[attr-defined] # not a test, whatever its name says to pytest
