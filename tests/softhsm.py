"""A software token (SoftHSM) of this machine for tests, in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

__all__ = ["LABEL", "MODULE", "PIN", "Token", "a_token"]

_PLACES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so", "/usr/lib64/libsofthsm2.so")  # fmt: skip
MODULE = next((place for place in _PLACES if Path(place).exists()), "")
LABEL, PIN = "Tessella tests", "2468"


class Token:
    """An initialised token with keys made in it."""

    def __init__(self, session: Any, driver: Any) -> None:
        self._session, self._driver = session, driver

    def uri(self, object: str, **query: str) -> str:
        more = "".join(f"&{name.replace('_', '-')}={value}" for name, value in query.items())
        return f"pkcs11:token={LABEL.replace(' ', '%20')};object={object}?module-path={MODULE}{more}"

    def make(self, kind: str, label: str, id: bytes) -> None:
        from pkcs11.util.ec import encode_named_curve_parameters as curve

        names = self._driver.constants.Attribute
        if kind == "RS256":
            self._session.generate_keypair(self._driver.KeyType.RSA, 2048, store=True, label=label, id=id)
            return
        types = self._driver.KeyType
        name, type_, mechanism = {
            "ES256": ("secp256r1", types.EC, None),
            "ES384": ("secp384r1", types.EC, None),
            "Ed25519": ("1.3.101.112", types.EC_EDWARDS, self._driver.Mechanism.EC_EDWARDS_KEY_PAIR_GEN),
        }[kind]
        parameters = self._session.create_domain_parameters(type_, {names.EC_PARAMS: curve(name)}, local=True)
        extra = {"mechanism": mechanism} if mechanism else {}
        parameters.generate_keypair(store=True, label=label, id=id, **extra)

    def put(self, key: Any, label: str, id: bytes) -> None:
        """A test e-seal with its certificates, as a provider would have put it there."""
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
        from pkcs11.util.ec import decode_ec_private_key
        from pkcs11.util.rsa import decode_rsa_private_key

        names = self._driver.constants.Attribute
        der = key._key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        decode = decode_rsa_private_key if key.algorithm == "RS256" else decode_ec_private_key
        self._session.create_object(
            {**decode(der), names.TOKEN: True, names.LABEL: label, names.ID: id, names.SIGN: True, names.SENSITIVE: True}
        )  # fmt: skip
        for number, certificate in enumerate(key.certificate_chain):
            self.put_certificate(certificate, id if number == 0 else b"ca", label)

    def put_certificate(self, der: bytes, id: bytes, label: str) -> None:
        from asn1crypto import x509

        names, kinds = self._driver.constants.Attribute, self._driver.constants
        subject = x509.Certificate.load(der).subject.dump()
        self._session.create_object(
            {
                names.CLASS: kinds.ObjectClass.CERTIFICATE, names.CERTIFICATE_TYPE: kinds.CertificateType.X_509,
                names.TOKEN: True, names.VALUE: der, names.SUBJECT: subject, names.ID: id, names.LABEL: label,
            }
        )  # fmt: skip


def a_token(folder: Path, use: Callable[[Token], None]) -> Iterator[None]:
    """A fresh token that ``use`` fills; the module is given back so that tests meet it as a new process does."""
    if not MODULE or shutil.which("softhsm2-util") is None:
        pytest.skip("SoftHSM is not installed here")
    driver = pytest.importorskip("pkcs11")
    (folder / "tokens").mkdir(parents=True, exist_ok=True)
    (folder / "softhsm2.conf").write_text(
        f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    try:
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--so-pin", "13579", "--pin", PIN],
            check=True, capture_output=True,
        )  # fmt: skip
        _forget()
        library = driver.lib(MODULE)
        library.reinitialize()
        token = library.get_token(token_label=LABEL)
        with token.open(rw=True, user_pin=PIN) as session:
            use(Token(session, driver))
        _forget()
        yield
    finally:
        _forget()
        if before is None:
            os.environ.pop("SOFTHSM2_CONF", None)
        else:
            os.environ["SOFTHSM2_CONF"] = before


def _forget() -> None:
    from tessella.adapters import pkcs11

    for module in pkcs11._modules.values():
        module.restart()
