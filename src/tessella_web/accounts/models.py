"""People, the workspaces they work in, and the roles they have there."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.keys.models import KeyUse, OrganisationKey
from tessella_web.common.ids import ID_LENGTH, new_id
from tessella_web.common.models import Identified

__all__ = ["KeyUse", "Membership", "Organisation", "OrganisationKey", "Person", "Role", "SignInLink"]


class PersonManager(BaseUserManager["Person"]):
    """Makes people; an e-mail address is one person's whatever its capitals."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser):
    """Somebody with an account. People sign in with a link, a code or a passkey; the password of Django stays unusable."""

    id = models.CharField(max_length=ID_LENGTH, primary_key=True, default=new_id, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language"), max_length=12, default="en")
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = PersonManager()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The address in small letters: it is how people are found."""
        self.email = self.email.lower()
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
    GUEST = "guest", _("Guest")


class Organisation(Identified):
    """A workspace. It is not the legal body: which body it acts for, and how that was established, is said elsewhere.

    Until its identity is established (``established_by``) everything it issues is marked as a test.
    """

    slug = models.SlugField(unique=True, max_length=60)
    name = models.CharField(_("name"), max_length=200)
    country = models.CharField(_("country"), max_length=3)
    region = models.CharField(_("region"), max_length=20, blank=True)
    legal_id = models.CharField(_("legal identifier"), max_length=80, blank=True)
    website = models.URLField(_("website"), blank=True)
    language = models.CharField(_("language"), max_length=12, default="en")
    established_by = models.CharField(max_length=40, blank=True)
    established_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name

    @property
    def is_established(self) -> bool:
        """Whether it was shown who stands behind it."""
        return bool(self.established_by)


class Membership(models.Model):
    """One role of one person in one organisation."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=30, choices=Role.choices)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "organisation", "role"], name="one_role_once"),
        ]


class SignInLink(models.Model):
    """A link that signs somebody in once; only the digest of its secret is kept."""

    digest = models.CharField(max_length=64, primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
