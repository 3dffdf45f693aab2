"""``tessella keys``: create, list, export, rotate, revoke."""

from __future__ import annotations

import base64
import datetime as dt
import enum
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.table import Table

from tessella.adapters.clock import SystemClock
from tessella.adapters.files import read_bytes, write_bytes
from tessella.adapters.keystore import FileKeyStore
from tessella.adapters.signers import PLACE_FILES, KeyPlace, read_place
from tessella.cli._app import JsonFlag, KeysOption, app, ask_secret, console, password, print_json, say_note
from tessella.errors import ConfigError, DecodeError
from tessella.keys import KeyRecord, PrivateKey, PublicKey, certificate_facts, did_web
from tessella.keys.testca import TestCertificateAuthority
from tessella.text import say

__all__ = ["write_authority"]

keys = typer.Typer(help="Create, list, export, rotate and revoke keys.", no_args_is_help=True)
app.add_typer(keys, name="keys")

PlaceOption = Annotated[
    str,
    typer.Option(
        help="Use a key that is elsewhere: a pkcs11: address, or a file that describes a token, a signing service or a PKCS #12 file."
    ),
]

IdArgument = Annotated[str, typer.Argument(help="Name of the key in the store, e.g. badges.")]


class Algorithm(enum.StrEnum):
    ED25519 = "Ed25519"
    ES256 = "ES256"
    ES384 = "ES384"
    RS256 = "RS256"


class ExportForm(enum.StrEnum):
    DID = "did"
    DID_DOCUMENT = "did-document"
    JWK = "jwk"
    MULTIKEY = "multikey"
    PEM = "pem"
    CERTIFICATES = "certificates"


@keys.command("create")
def create(
    id: IdArgument,
    keys_folder: KeysOption,
    algorithm: Annotated[
        Algorithm, typer.Option(help="Kind of key (without a certificate).")
    ] = Algorithm.ED25519,
    web: Annotated[
        str, typer.Option("--did-web", help="Domain that will publish the key, e.g. twickel.example.")
    ] = "",
    pkcs12: Annotated[
        Path | None, typer.Option(help="Take the e-seal key and certificate from this .p12 file.")
    ] = None,
    place: PlaceOption = "",
    test_seal: Annotated[
        str, typer.Option(help="Make an e-seal with a TEST certificate for an organisation of this name.")
    ] = "",
    legal_id: Annotated[
        str, typer.Option(help="With --test-seal: the organisation's identifier.")
    ] = "NTRXX-00000000",
    country: Annotated[str, typer.Option(help="With --test-seal: two-letter country.")] = "XX",
    name: Annotated[str, typer.Option(help="A name for people.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """Create a key: for badges (Ed25519, did:key or did:web), or an e-seal with its certificate; or name one that is elsewhere."""
    now = SystemClock().now()
    store = FileKeyStore(keys_folder)
    if place:
        _tell(
            store.add_place(
                id, _placed(place, f"{did_web(web)}#{id}" if web else ""), name=name or id, at=now
            ),
            as_json,
        )
        return
    secret = password(new=True)
    if pkcs12 is not None:
        key = PrivateKey.from_pkcs12(
            read_bytes(pkcs12), ask_secret("TESSELLA_PKCS12_PASSWORD", say("Password of the .p12 file"))
        )
    elif test_seal:
        authority = TestCertificateAuthority(now)
        key = authority.issue_seal(test_seal, organization_identifier=legal_id, country=country)
        write_authority(keys_folder / f"{id}.test-ca.pem", authority)
    else:
        key = _with_method(PrivateKey.generate(algorithm), id, web)
    _tell(store.add(id, key, secret, name=name or id, at=now), as_json)
    if test_seal and not as_json:
        say_note(
            say(
                "Its certificate is a TEST certificate: what it seals shows how things work and proves nothing."
            )
        )


def _placed(place: str, method: str) -> KeyPlace:
    """Where a key is, with files named whole: the store may be used from another folder."""
    found = read_place(place)
    files = {
        name: str(Path(value).absolute())
        for name in (*PLACE_FILES, "certificates")
        if (value := getattr(found, name))
    }
    more = {"verification_method": method} if method else {}
    return msgspec.structs.replace(found, **files, **more)


def _tell(record: KeyRecord, as_json: bool) -> None:
    if as_json:
        print_json(_row(record))
    else:
        console.print(say("Created the key [bold]%(id)s[/bold]: %(what)s.", id=record.id, what=_what(record)))


@keys.command("list")
def list_keys(keys_folder: KeysOption, as_json: JsonFlag = False) -> None:
    """List the keys with their state."""
    records = FileKeyStore(keys_folder).ring.keys
    if as_json:
        print_json([_row(record) for record in records])
        return
    if not records:
        say_note(say("There are no keys here yet. Create one with: tessella keys create badges"))
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in (say("Key"), say("State"), say("Created"), say("What it is")):
        table.add_column(heading)
    for record in records:
        table.add_row(record.id, str(record.status), record.created.date().isoformat(), _what(record))
    console.print(table)


@keys.command("export")
def export(
    id: IdArgument,
    keys_folder: KeysOption,
    form: Annotated[ExportForm, typer.Option("--as", help="In which form.")] = ExportForm.MULTIKEY,
    as_json: JsonFlag = False,
) -> None:
    """Print the public half of a key (the private half never leaves the store)."""
    store = FileKeyStore(keys_folder)
    value = _exported(store, store.record(id), form)
    if as_json:
        print_json({"id": id, "as": form.value, "value": value})
    elif isinstance(value, str):
        console.print(value.rstrip("\n"), soft_wrap=True, markup=False)
    else:
        print_json(value)


def _exported(store: FileKeyStore, record: KeyRecord, form: ExportForm) -> str | dict[str, Any]:
    public = record.public_key
    controller = store.ring.method_of(record).partition("#")[0]
    match form:
        case ExportForm.DID:
            return controller
        case ExportForm.DID_DOCUMENT:
            own = tuple(
                key for key in store.ring.keys if key.verification_method.startswith(f"{controller}#")
            )
            return dict(type(store.ring)(controller=controller, keys=own).did_document())
        case ExportForm.JWK:
            return dict(public.to_jwk())
        case ExportForm.MULTIKEY:
            return public.to_multikey()
        case ExportForm.PEM:
            return _armour(public.to_spki_der(), "PUBLIC KEY")
        case ExportForm.CERTIFICATES:
            return "".join(_pem(der).decode() for der in record.certificates)


@keys.command("rotate")
def rotate(
    id: IdArgument,
    new_id: Annotated[str, typer.Argument(help="Name of the key that takes its place.")],
    keys_folder: KeysOption,
    place: PlaceOption = "",
    as_json: JsonFlag = False,
) -> None:
    """Replace a key. What the old one signed stays verifiable; it signs no more."""
    now = SystemClock().now()

    def successor(old: KeyRecord) -> PrivateKey:
        if old.certificates:
            facts = certificate_facts(old.certificates[0])
            authority = TestCertificateAuthority(now)
            write_authority(keys_folder / f"{new_id}.test-ca.pem", authority)
            return authority.issue_seal(
                facts.organization.removesuffix(" (TEST)"),
                organization_identifier=facts.organization_identifier,
                country=facts.country,
            )
        web = old.verification_method.partition("#")[0]
        key = PrivateKey.generate(old.algorithm)
        if web.startswith("did:web:"):
            return key.with_verification_method(f"{web}#{new_id}")
        return key.with_verification_method(key.public_key.did_key_url)

    store = FileKeyStore(keys_folder)
    old = store.record(id)
    if not place and store.place(id) is not None:
        raise ConfigError(
            say(
                "The key “%(id)s” is in a token or at a signing service; its successor is made there.", id=id
            ),
            code="cli.rotate",
            hint=say("Make it there, and name it with --place."),
        )
    if not place and old.certificates and "(TEST)" not in certificate_facts(old.certificates[0]).organization:
        raise DecodeError(
            say("A real e-seal certificate is renewed by its provider."),
            code="cli.rotate",
            hint=say("Add the new .p12 with: tessella keys create NAME --pkcs12 FILE"),
        )
    if place:
        web = old.verification_method.partition("#")[0]
        method = f"{web}#{new_id}" if web.startswith("did:web:") else ""
        record = store.rotate_to_place(id, new_id, _placed(place, method), at=now)
    else:
        record = store.rotate(id, new_id, successor, password(), at=now)
    if as_json:
        print_json(_row(record))
    else:
        console.print(
            say("%(new)s takes the place of %(old)s: %(what)s.", new=new_id, old=id, what=_what(record))
        )


@keys.command("revoke")
def revoke(
    id: IdArgument,
    keys_folder: KeysOption,
    compromised_at: Annotated[
        dt.datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"],
            help="Earliest moment (UTC) at which others may have had the private key.",
        ),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; stays in the store.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """Withdraw a key. With --compromised-at T, signatures without a trusted timestamp before T fail."""
    moment = compromised_at.replace(tzinfo=dt.UTC) if compromised_at else None
    record = FileKeyStore(keys_folder).revoke(
        id, at=SystemClock().now(), compromised_at=moment, reason=reason
    )
    if as_json:
        print_json(_row(record))
    else:
        console.print(say("Revoked the key [bold]%(id)s[/bold].", id=id))


def write_authority(path: Path, authority: TestCertificateAuthority) -> None:
    """The test authority's certificate in PEM, to be named as an anchor when its seals are verified."""
    write_bytes(path, _pem(authority.certificate))


def _with_method(key: PrivateKey, id: str, web: str) -> PrivateKey:
    if web:
        return key.with_verification_method(f"{did_web(web)}#{id}")
    return key.with_verification_method(key.public_key.did_key_url)


def _what(record: KeyRecord) -> str:
    if record.certificates:
        facts = certificate_facts(record.certificates[0])
        return say(
            "e-seal of %(name)s (%(id)s), %(algorithm)s, valid until %(end)s",
            name=facts.organization,
            id=facts.organization_identifier,
            algorithm=record.algorithm,
            end=facts.not_after.date().isoformat(),
        )
    return f"{record.algorithm}, {record.verification_method.partition('#')[0]}"


def _row(record: KeyRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "name": record.name,
        "status": str(record.status),
        "algorithm": record.algorithm,
        "created": record.created.isoformat(),
        "verification_method": record.verification_method,
        "public_key": PublicKey.to_multikey(record.public_key),
        "certificate": bool(record.certificates),
        "compromised_at": record.compromised_at.isoformat() if record.compromised_at else None,
    }


def _armour(der: bytes, label: str) -> str:
    body = base64.b64encode(der).decode()
    lines = [body[start : start + 64] for start in range(0, len(body), 64)]
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""))


def _pem(der: bytes) -> bytes:
    return _armour(der, "CERTIFICATE").encode()
