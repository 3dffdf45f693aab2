"""Sign-in at an institution with OpenID Connect, strictly: issuer, signature, audience, nonce, PKCE, one subject.

django-allauth brings the flow (state, PKCE, account). What it leaves to the transport is checked here: the signature of the ID
token (Core 3.1.3.7), its nonce, the ``iss`` of the answer (RFC 9207), and that the user information is about the same person
(Core 5.3.2).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import RequestException

from tessella_web.accounts.signin.asserting import LEEWAY_S, SHOWN_AT, asking, asserted_at
from tessella_web.accounts.signin.attesting import attested_claims

__all__ = ["ALGORITHMS", "Callback", "InstitutionOAuth2Adapter", "InstitutionProvider", "provider_named"]

ALGORITHMS = ("ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512")
"""Signatures taken: asymmetric only, so that nobody who knows the client's secret speaks for the institution."""

UNREACHABLE = (OAuth2Error, RequestException, KeyError)
"""The provider does not answer, or does not describe itself as it must."""


class InstitutionOAuth2Adapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Talks to one provider. ``nonce`` is what the ID token must repeat."""

    nonce: str = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's description of itself (Discovery 4.3: its issuer is the one it was asked as)."""
        config: dict[str, Any] = super().openid_config
        if config.get("issuer") != self.get_provider().app.settings["server_url"]:
            raise OAuth2Error("The provider calls itself by another name.")
        return config

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> Any:
        """Who it is, from a checked ID token and the user information."""
        stated = request.GET.get("iss")
        if stated is not None and stated != self.openid_config["issuer"]:
            raise OAuth2Error("The answer comes from another provider.")
        claims = self._checked(app, kwargs["response"].get("id_token") or "")
        counting = app.settings.get("second_factor", {})
        shown_at = asserted_at(claims, counting, now=timezone.now().timestamp())
        if "userinfo_endpoint" in self.openid_config:
            more = self._fetch_user_info(token.token)
            if more.get("sub") != claims["sub"]:
                raise OAuth2Error("The user information is about somebody else.")
            claims = {**more, **claims}
        claims[SHOWN_AT] = shown_at
        return self.get_provider().sociallogin_from_response(request, claims)

    def _checked(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """The claims of an ID token (Core 3.1.3.7)."""
        config = self.openid_config
        with get_adapter().get_requests_session() as session:
            answer = session.get(config["jwks_uri"])
            answer.raise_for_status()
        try:
            keys = KeySet.import_key_set(answer.json())
            found = jwt.decode(id_token, keys, algorithms=list(ALGORITHMS)).claims
            jwt.JWTClaimsRegistry(
                leeway=LEEWAY_S,
                iss={"essential": True, "value": config["issuer"]},
                aud={"essential": True, "value": app.client_id},
                exp={"essential": True},
                iat={"essential": True},
                sub={"essential": True},
            ).validate(found)
        except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise OAuth2Error("The ID token is not valid.") from error
        audience = found["aud"]
        several = isinstance(audience, list) and len(audience) > 1
        if (several or "azp" in found) and found.get("azp") != app.client_id:
            raise OAuth2Error("The ID token is for another client.")
        if not self.nonce or not secrets.compare_digest(str(found.get("nonce", "")), self.nonce):
            raise OAuth2Error("The ID token answers another request.")
        return dict(found)


class InstitutionProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """An institution: only a few of its claims are kept, and its word on addresses counts within its own domains."""

    oauth2_adapter_class = InstitutionOAuth2Adapter
    pkce_enabled_default = True

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """Send the person there, with a nonce that is kept beside the state; who connects is asked there who they are, now."""
        nonce = secrets.token_urlsafe(32)
        asked = asking(self.app.settings.get("second_factor", {}), anew=process == "connect")
        answer: HttpResponse = super().redirect(
            request, process, next_url=next_url, data=data, auth_params={**asked, "nonce": nonce}, nonce=nonce
        )
        return answer

    def extract_uid(self, data: Mapping[str, Any]) -> str:
        """The subject, which the provider never gives to somebody else (Core 8)."""
        return str(data["sub"])

    def extract_extra_data(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """What is attested and when a second factor was shown, until it is stored with the person; nothing else."""
        return {**attested_claims(data), SHOWN_AT: data[SHOWN_AT]}

    def extract_common_fields(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Name and address."""
        return {
            "email": data.get("email"),
            "name": data.get("name"),
            "first_name": data.get("given_name"),
            "last_name": data.get("family_name"),
        }

    def extract_email_addresses(self, data: Mapping[str, Any]) -> list[EmailAddress]:
        """The address; verified only if the institution says so and its domain is one of the institution's."""
        email = str(data.get("email") or "")
        if "@" not in email:
            return []
        own: Sequence[str] = self.app.settings.get("domains", ())
        verified = data.get("email_verified") is True and email.rpartition("@")[2].lower() in own
        return [EmailAddress(email=email.lower(), verified=verified, primary=True)]

    def cleanup_email_addresses(
        self, email: str | None, addresses: list[EmailAddress], email_verified: bool = False
    ) -> str | None:
        """Nothing is added to what `extract_email_addresses` decided."""
        return addresses[0].email if addresses else None


class Callback(OAuth2CallbackView):  # type: ignore[misc]
    """Where the institution sends people back to."""

    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[Any, HttpResponse | None]:
        state, answer = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce", "")
        return state, answer


def provider_named(request: HttpRequest, id: str) -> InstitutionProvider:
    """The institution with this id.

    Raises:
        Http404: there is none.
    """
    try:
        found: InstitutionProvider = get_adapter(request).get_provider(request, provider=id)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    return found
