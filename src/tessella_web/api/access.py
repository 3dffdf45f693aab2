"""Who asks: the bearer token of a request (RFC 6750), and what it lets them do."""

from __future__ import annotations

import re
from typing import NamedTuple, cast

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella_web.accounts.assurance import acting
from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import require
from tessella_web.accounts.tokens.domain import token_of
from tessella_web.accounts.tokens.models import AccessToken
from tessella_web.accounts.tokens.scopes import scope_of
from tessella_web.api import limits
from tessella_web.api.problems import ProblemError
from tessella_web.common.limits import client_address

__all__ = ["Access", "Caller", "caller"]

_BEARER = re.compile(r"Bearer +([A-Za-z0-9._~+/-]+=*)", re.I)
REALM = 'Bearer realm="tessella"'


class Caller(NamedTuple):
    """For whom a request acts, and where: in no organisation with a token for the person alone."""

    person: Person
    place: Organisation | None
    token: AccessToken
    secret: str

    @property
    def organisation(self) -> Organisation:
        """Where the request acts.

        Raises:
            ProblemError: 403, the token is for no organisation.
        """
        if self.place is None:
            raise ProblemError(
                403, "api.no-organisation", _("This token acts in no organisation."),
                hint=_("Make one on the page of the organisation."),
            )  # fmt: skip
        return self.place


class Access:
    """What an operation asks of whoever calls it: nothing, a token, a token with a scope, or one with the scope of a capability that
    the person has.
    """

    def __init__(self, capability: str, *, is_public: bool, scope: str) -> None:
        self.capability, self.is_public = capability, is_public
        self.scope = scope_of(capability) if capability else scope

    def __call__(self, request: HttpRequest) -> Caller | bool:
        """Let the request in, or raise the problem.

        Raises:
            ProblemError: 401, 403, 429.
            DomainError: the person may not, or the organisation cannot yet.
        """
        if self.is_public:
            limits.count(request, f"address:{client_address(request)}", limits.PUBLIC)
            return True
        found = self._caller(request)
        limits.count(request, f"token:{found.token.id}", limits.TOKEN)
        if self.scope and self.scope not in found.token.scopes:
            raise ProblemError(
                403, "api.scope", _("The token has not the scope “%(scope)s”.") % {"scope": self.scope},
                hint=_("Make a token that has it, if the program is to do this."),
                headers={"WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="{self.scope}"'},
            )  # fmt: skip
        if self.capability:
            with acting(timezone.now):
                require(found.person, found.organisation, self.capability)
        return found

    def _caller(self, request: HttpRequest) -> Caller:
        header = request.headers.get("Authorization", "")
        if not header:
            raise ProblemError(
                401, "api.no-token", _("This needs a token."),
                hint=_("Send it in the header “Authorization: Bearer …”. People make tokens on the page of their organisation."),
                headers={"WWW-Authenticate": REALM},
            )  # fmt: skip
        match = _BEARER.fullmatch(header)
        token = token_of(match.group(1)) if match else None
        if match is None or token is None:
            limits.count(request, f"address:{client_address(request)}", limits.PUBLIC)
            raise ProblemError(
                401, "api.token", _("This token lets nobody in."),
                hint=_("It may be mistyped, too old or revoked. Make a new one."),
                headers={"WWW-Authenticate": f'{REALM}, error="invalid_token"'},
            )  # fmt: skip
        return Caller(token.person, token.organisation, token, match.group(1))


def caller(request: HttpRequest) -> Caller:
    """For whom the request acts; only in operations that need a token."""
    return cast(Caller, request.auth)  # type: ignore[attr-defined] # set by django-ninja
