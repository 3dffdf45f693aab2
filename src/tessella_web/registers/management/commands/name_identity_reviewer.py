"""``name_identity_reviewer EMAIL``: the operator names somebody who looks at who is who."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tessella_web.accounts.models import Person
from tessella_web.registers.domain import identity


class Command(BaseCommand):
    """Only somebody who runs commands on the machine names reviewers; naming one twice changes nothing."""

    help = "Name a person, by e-mail address, who decides whose identity is established."

    def add_arguments(self, parser: CommandParser) -> None:
        """The address."""
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find the account and name its person."""
        person = Person.objects.filter(email=options["email"].lower()).first()
        if person is None:
            raise CommandError("Nobody has an account with this address: they sign up first.")
        identity.name_reviewer(person=person)
        self.stdout.write(f"{person.email} reviews identities now.")
