"""From the record to assertion, badge class and issuer's profile (Open Badges 2.0)."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tessella.errors import SchemaError
from tessella.formats.openbadges2._json import CONTEXT, PART_GENRE, iri, is_iri, timestamp
from tessella.formats.openbadges2.identity import recipient_object
from tessella.formats.openbadges2.linking import embed
from tessella.keys import PublicKey
from tessella.model import Award, MicroCredential, Organisation
from tessella.text import pick, say
from tessella.vocabulary import Concept

__all__ = ["Badge", "key_document", "revocation_list", "write"]

_MEDIA_TYPES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"<", "image/svg+xml"))


class Badge(msgspec.Struct, frozen=True, kw_only=True):
    """The three documents of one badge, each to be published at its own ``id`` (a signed assertion is not published)."""

    assertion: dict[str, Any]
    badge_class: dict[str, Any]
    profile: dict[str, Any]

    def embedded(self) -> dict[str, Any]:
        """The assertion with badge class and profile inside: what is read without asking anybody."""
        objects = {str(one["id"]): one for one in (self.badge_class, self.profile)}
        return embed(self.assertion, objects)


def write(
    award: Award,
    *,
    assertion_id: str,
    badge_id: str,
    issuer: Organisation,
    issuer_id: str,
    issued_at: dt.datetime,
    image: bytes | str,
    salt: str,
    creator: str = "",
    public_keys: Sequence[str] = (),
    revocations: str = "",
) -> Badge:
    """The award as Open Badge 2.0, in the record's language.

    Args:
        award: what to write; its learner needs an e-mail address or another identifier, which is hashed.
        assertion_id: the address at which a hosted assertion will be published, or any URI of a signed one.
        badge_id, issuer_id: the addresses of badge class and profile.
        issued_at: when it is made out, with time zone.
        image: the badge's picture: PNG or SVG bytes, or its address (``https:`` or ``data:``).
        salt: random text for the hashed recipient, a new one for each badge.
        creator: the address of the key of a signed badge; empty makes a hosted one.
        public_keys: the addresses of all keys of the issuer; must contain ``creator``, which is added.
        revocations: the address of the issuer's list of revoked signed assertions.

    Raises:
        SchemaError: ``openbadges2.no-title``, ``openbadges2.no-recipient``, ``openbadges2.issuer``, ``openbadges2.image``,
            ``openbadges2.not-a-uri``, ``openbadges2.no-time-zone``: the record lacks what a badge needs.
        InputError: ``openbadges2.salt``.
    """
    micro = award.micro_credential
    assertion: dict[str, Any] = {
        "@context": CONTEXT,
        "type": "Assertion",
        "id": iri(assertion_id, "assertion_id"),
        "recipient": recipient_object(award.learner, salt),
        "badge": iri(badge_id, "badge_id"),
        "issuedOn": timestamp(issued_at, "issued_at"),
        "verification": {"type": "SignedBadge", "creator": iri(creator, "creator")}
        if creator
        else {"type": "HostedBadge"},
    }
    if award.valid_until:
        assertion["expires"] = timestamp(award.valid_until, "valid_until")
    if evidence := _evidence(award, micro.language):
        assertion |= {"@language": micro.language, "evidence": evidence}  # the badge class may lie elsewhere
    keys = tuple(dict.fromkeys((*public_keys, *([creator] if creator else []))))
    return Badge(
        assertion=assertion,
        badge_class=_badge_class(micro, badge_id, iri(issuer_id, "issuer_id"), image),
        profile=_profile(issuer, issuer_id, micro.language, keys, revocations),
    )


def key_document(key_id: str, owner: str, public_jwk: Mapping[str, str]) -> dict[str, Any]:
    """The key of a signed badge as it is to be published at ``key_id``; the profile of ``owner`` must list it.

    Raises:
        KeyMaterialError: not a public key.
        SchemaError: ``openbadges2.not-a-uri``.
    """
    der = base64.b64encode(PublicKey.from_jwk(public_jwk).to_spki_der()).decode()
    lines = "\n".join(der[start : start + 64] for start in range(0, len(der), 64))
    return {
        "@context": CONTEXT,
        "type": "CryptographicKey",
        "id": iri(key_id, "key_id"),
        "owner": iri(owner, "owner"),
        "publicKeyPem": f"-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n",
    }


def revocation_list(list_id: str, issuer_id: str, revoked: Mapping[str, str]) -> dict[str, Any]:
    """The issuer's list of revoked signed assertions: their ids, each with a reason or the empty text.

    Raises:
        SchemaError: ``openbadges2.not-a-uri``.
    """
    return {
        "@context": CONTEXT,
        "type": "RevocationList",
        "id": iri(list_id, "list_id"),
        "issuer": iri(issuer_id, "issuer_id"),
        "revokedAssertions": [
            {"id": id, "revocationReason": reason} if reason else {"id": id} for id, reason in revoked.items()
        ],
    }


def _badge_class(micro: MicroCredential, badge_id: str, issuer_id: str, image: bytes | str) -> dict[str, Any]:
    language = micro.language
    name = pick(micro.title, (language,))
    if not name.strip():
        raise SchemaError(
            say("The micro-credential has no title."),
            code="openbadges2.no-title",
            place="micro_credential.title",
            hint=say("Give it a title in its primary language."),
        )
    criteria = {"id": iri(micro.homepage, "micro_credential.homepage")} if micro.homepage else {}
    narrative = pick(micro.criteria, (language,))
    made: dict[str, Any] = {
        "@context": CONTEXT,
        "type": "BadgeClass",
        "id": badge_id,
        "@language": language,
        "name": name,
        "description": pick(micro.description, (language,)) or name,
        "image": _image_address(image),
        "criteria": criteria | ({"narrative": narrative} if narrative else {}),
        "issuer": issuer_id,
        "version": micro.version,
        "alignment": [_alignment(one, language) for one in _concepts(micro)],
    }
    if not made["criteria"]:
        made["criteria"] = {"narrative": made["description"]}
    return {member: value for member, value in made.items() if value}


def _concepts(micro: MicroCredential) -> list[Concept]:
    levels = micro.levels.eqf if micro.levels else ()
    skills = (skill for outcome in micro.outcomes for skill in outcome.esco)
    return list({one.uri: one for one in (*levels, *micro.fields, *skills)}.values())


def _alignment(concept: Concept, language: str) -> dict[str, Any]:
    made = {
        "type": "AlignmentObject",
        "targetName": concept.label(language, "en"),
        "targetUrl": iri(concept.uri, "alignment"),
        "targetFramework": concept.scheme,
        "targetCode": concept.code,
    }
    return {member: value for member, value in made.items() if value}


def _profile(
    issuer: Organisation, issuer_id: str, language: str, keys: Sequence[str], revocations: str
) -> dict[str, Any]:
    name = pick(issuer.name, (language,))
    if not name or not is_iri(issuer.homepage) or not issuer.email:
        raise SchemaError(
            say("The issuer of an Open Badge 2.0 needs a name, a web page and an e-mail address."),
            code="openbadges2.issuer",
            place="issuer",
            hint=say("Add what is missing to the organisation's description."),
        )
    made: dict[str, Any] = {
        "@context": CONTEXT,
        "type": "Issuer",
        "id": issuer_id,
        "name": name,
        "url": issuer.homepage,
        "email": issuer.email,
    }
    if issuer.logo and issuer.logo.media_type in [media_type for _, media_type in _MEDIA_TYPES]:
        made["image"] = _data_uri(issuer.logo.content, issuer.logo.media_type)
    if keys:
        made["publicKey"] = [iri(one, "public_keys") for one in keys]
    if revocations:
        made["revocationList"] = iri(revocations, "revocations")
    return made


def _evidence(award: Award, language: str) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = [
        {"type": "Evidence", "genre": PART_GENRE, "id": part.id}
        | ({"name": title} if (title := pick(part.title, (language,))) else {})
        for part in award.parts
        if is_iri(part.id)
    ]
    for one in award.evidence:
        node = {
            "id": one.links[0].url if one.links and is_iri(one.links[0].url) else "",
            "name": pick(one.title, (language,)),
            "narrative": pick(one.description, (language,)),
            "genre": one.type,
        }
        if node["id"] or node["name"] or node["narrative"]:
            node["narrative"] = node["narrative"] or ("" if node["id"] else node["name"])
            made.append({"type": "Evidence"} | {name: value for name, value in node.items() if value})
    return made


def _data_uri(content: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def _image_address(image: bytes | str) -> str:
    if isinstance(image, str):
        return iri(image, "image")
    for magic, media_type in _MEDIA_TYPES:
        if image.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(magic):
            return _data_uri(image, media_type)
    raise SchemaError(
        say("The picture of a badge must be PNG or SVG."),
        code="openbadges2.image",
        place="image",
        hint=say("Save the picture as PNG or SVG."),
    )
