"""``person``: give somebody an account from the command line, and a link to sign in."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.urls import reverse

from tessella_web.accounts import domain


class Command(BaseCommand):
    """The first person of an empty installation, or one who gets no mail."""

    help = "Give somebody an account and print a link that signs them in once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whom."""
        parser.add_argument("email")
        parser.add_argument("name", nargs="+")
        parser.add_argument(
            "--forget-second-factor", action="store_true", dest="forget",
            help="of somebody who lost it, after making sure who asks; signs them out everywhere",
        )  # fmt: skip

    def handle(self, *args: Any, email: str, name: list[str], forget: bool = False, **options: Any) -> None:
        """An account that is there already gets a link only."""
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is not an e-mail address.") from error
        person = domain.make_person(email=email, name=" ".join(name))
        if forget:
            gone = domain.reset_second_factor(person=person)
            self.stdout.write(f"Forgotten: {gone} passkeys, apps and recovery codes; signed out everywhere.")
        key = domain.make_sign_in_link(person=person)
        self.stdout.write(
            f"Sign in once as {person.name}: {settings.BASE_URL}{reverse('sign-in-link')}?key={key}"
        )
