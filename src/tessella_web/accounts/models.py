"""People, the workspaces they work in, and the roles they have there."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.keys.models import KeyUse, OrganisationKey
from tessella_web.common.ids import ID_LENGTH, new_id
from tessella_web.common.models import Identified

__all__ = [
    "AttestedIdentity",
    "Device",
    "Invitation",
    "KeyUse",
    "Membership",
    "Organisation",
    "OrganisationKey",
    "OrganisationKind",
    "Person",
    "Role",
    "SignInLink",
    "TermsAcceptance",
]


class PersonManager(BaseUserManager["Person"]):
    """Makes people; an e-mail address is one person's whatever its capitals."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser):
    """Somebody with an account. People sign in with a code, a passkey or at their institution; the password of Django stays unusable.

    ``is_minor``: under 18, as they said; `tessella_web.accounts.guardians` knows more. ``email`` is the address mails go to; all addresses, and which are verified, are django-allauth's ``EmailAddress``.
    """

    id = models.CharField(max_length=ID_LENGTH, primary_key=True, default=new_id, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language"), max_length=12, default="en")
    is_active = models.BooleanField(default=True)
    is_minor = models.BooleanField(default=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = PersonManager()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The address in small letters: it is how people are found. Nobody signs in with a password."""
        self.email = self.email.lower()
        if not self.password:
            self.set_unusable_password()
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What somebody does in an organisation; one person may do several things."""

    OWNER = "owner", _("Owner")
    COORDINATOR = "coordinator", _("Course coordinator")
    ASSESSOR = "assessor", _("Assessor")
    REVIEWER = "reviewer", _("Quality reviewer")
    LEARNER = "learner-representative", _("Learner representative")
    SEALER = "sealer", _("Sealer")
    ASSOCIATE = "associate", _("Associate")
    COUNSELLOR = "counsellor", _("Counsellor")
    GUEST = "guest", _("Guest")


class OrganisationKind(models.TextChoices):
    """What sort of provider works here."""

    HIGHER_EDUCATION = "higher-education", _("University or other higher education institution")
    VOCATIONAL = "vocational", _("School or centre of vocational education and training")
    COMPANY = "company", _("Company")
    NGO = "ngo", _("Association or other non-governmental organisation")
    ALLIANCE = "alliance", _("Alliance of several organisations")
    AGENCY = "agency", _("Quality assurance agency or authority")
    OTHER = "other", _("Something else")


class Organisation(Identified):
    """A workspace. It is not the legal body: which body it acts for, and how that was established, is said elsewhere.

    Until its identity is established (``established_by``) everything it issues is marked as a test. ``is_held``: its name could be
    taken for another's, and a reviewer has not looked yet: it publishes and awards nothing. ``languages`` are those that its
    micro-credentials are described in, ``language`` the first of them.
    """

    slug = models.SlugField(unique=True, max_length=60)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(
        _("kind"), max_length=20, choices=OrganisationKind.choices, default=OrganisationKind.OTHER
    )
    country = models.CharField(_("country"), max_length=3)
    region = models.CharField(_("region"), max_length=20, blank=True)
    legal_id = models.CharField(_("legal identifier"), max_length=80, blank=True)
    website = models.URLField(_("website"), blank=True)
    language = models.CharField(_("language"), max_length=12, default="en")
    languages: Any = models.JSONField(default=list, blank=True)
    established_by = models.CharField(max_length=40, blank=True)
    established_at = models.DateTimeField(null=True, blank=True)
    is_held = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name

    @property
    def is_established(self) -> bool:
        """Whether it was shown who stands behind it."""
        return bool(self.established_by)


class Membership(models.Model):
    """One role of one person in one organisation.

    A role with ``until`` ends by itself after that day. ``only`` names the descriptions that the role is limited to; empty: all.
    A *delegated* role was given by somebody who has it, for a period and with a reason.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=30, choices=Role.choices)
    made_at = models.DateTimeField(auto_now_add=True)
    until = models.DateField(null=True, blank=True)
    only: Any = models.JSONField(default=list, blank=True)
    is_delegated = models.BooleanField(default=False)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "organisation", "role"], name="one_role_once"),
        ]

    @staticmethod
    def standing(on: dt.date | None = None, prefix: str = "") -> models.Q:
        """Roles that have not ended; with ``prefix`` as a condition on what they belong to, such as ``memberships__``."""
        day = on or timezone.localdate()
        return models.Q(**{f"{prefix}until": None}) | models.Q(**{f"{prefix}until__gte": day})


class Invitation(Identified):
    """Somebody is asked by mail to work in an organisation; only the digest of the link's secret is kept. It works once."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    roles: Any = models.JSONField()
    until = models.DateField(null=True, blank=True)
    only: Any = models.JSONField(default=list, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at",)

    @property
    def is_open(self) -> bool:
        """Whether the link works."""
        return not (self.accepted_at or self.withdrawn_at) and self.expires_at > timezone.now()


class TermsAcceptance(models.Model):
    """An organisation said yes to a version of the terms."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="terms")
    version = models.CharField(max_length=20)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    accepted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "version"], name="terms_accepted_once"),
        ]


class SignInLink(models.Model):
    """A link that signs somebody in once; only the digest of its secret is kept."""

    digest = models.CharField(max_length=64, primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class AttestedIdentity(models.Model):
    """What an institution said about a person when they signed in there, and when it last said so.

    ``student_id`` is the European Student Identifier (a URN). Never shown to others and never in a credential without its
    holder's will.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="attested")
    provider = models.CharField(max_length=60)
    issuer = models.URLField(max_length=300)
    given_name = models.CharField(max_length=200, blank=True)
    family_name = models.CharField(max_length=200, blank=True)
    student_id = models.CharField(max_length=300, blank=True)
    attested_at = models.DateTimeField()

    class Meta:
        ordering = ("-attested_at",)
        constraints = [
            models.UniqueConstraint(fields=["person", "provider"], name="attested_once_each"),
        ]

    @property
    def name(self) -> str:
        """The legal name as attested."""
        return f"{self.given_name} {self.family_name}".strip()


class Device(Identified):
    """A browser in which somebody is signed in. No address of the network is kept; ``session`` is a secret and never shown."""

    session = models.CharField(max_length=40, unique=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="devices")
    browser = models.CharField(max_length=60)

    class Meta:
        ordering = ("-made_at",)
