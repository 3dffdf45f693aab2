"""The settings of django-allauth: codes by mail, passkeys, an app or recovery codes as second factor, institutions."""

from __future__ import annotations

from typing import Any

from tessella_web.config.environment import Environment

__all__ = ["settings"]

CODE_S = 15 * 60
"""How long a code in a mail works. It can be extended on the page, ten times and more."""

FORMS = "tessella_web.accounts.signin.forms"


def settings(environment: Environment) -> dict[str, Any]:
    """By name the settings; limits of attempts are per account and per address of the network, in the shared cache."""
    return {
        "AUTHENTICATION_BACKENDS": ["allauth.account.auth_backends.AuthenticationBackend"],
        # The reverse proxy that HTTPS needs adds the address of whoever asks; without one nobody else's word is taken.
        "ALLAUTH_TRUSTED_PROXY_COUNT": 1 if environment.is_https else 0,
        "ACCOUNT_ADAPTER": "tessella_web.accounts.signin.adapters.AccountAdapter",
        "ACCOUNT_DEFAULT_HTTP_PROTOCOL": "https" if environment.is_https else "http",
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
        "ACCOUNT_LOGIN_METHODS": {"email"},
        "ACCOUNT_SIGNUP_FIELDS": ["email*"],
        "ACCOUNT_EMAIL_VERIFICATION": "mandatory",
        "ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED": True,
        "ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT": CODE_S,
        "ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND": 5,
        "ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS": 5,
        "ACCOUNT_EMAIL_SUBJECT_PREFIX": "",
        "ACCOUNT_EMAIL_NOTIFICATIONS": True,
        "ACCOUNT_MAX_EMAIL_ADDRESSES": 10,
        "ACCOUNT_PREVENT_ENUMERATION": True,
        "ACCOUNT_LOGIN_BY_CODE_ENABLED": True,
        "ACCOUNT_LOGIN_BY_CODE_TIMEOUT": CODE_S,
        "ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS": 5,
        "ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND": 5,
        "ACCOUNT_LOGIN_TIMEOUT": 16 * CODE_S,
        "ACCOUNT_LOGOUT_REDIRECT_URL": "home",
        "ACCOUNT_REAUTHENTICATION_TIMEOUT": CODE_S,
        "ACCOUNT_SESSION_REMEMBER": True,
        "ACCOUNT_FORMS": {
            "request_login_code": f"{FORMS}.AddressForm",
            "confirm_login_code": f"{FORMS}.SignInCodeForm",
            "confirm_email_verification_code": f"{FORMS}.AddressCodeForm",
            "signup": f"{FORMS}.SignUpForm",
            "add_email": f"{FORMS}.AddAddressForm",
        },
        "MFA_ADAPTER": "tessella_web.accounts.signin.adapters.SecondFactorAdapter",
        "MFA_SUPPORTED_TYPES": ["webauthn", "totp", "recovery_codes"],
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        "MFA_TOTP_ISSUER": "Tessella",
        "MFA_TOTP_TOLERANCE": 1,
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": not environment.is_https,
        "MFA_FORMS": {
            "authenticate": f"{FORMS}.SecondCodeForm",
            "reauthenticate": f"{FORMS}.SecondCodeAgainForm",
            "activate_totp": f"{FORMS}.AppForm",
            "add_webauthn": f"{FORMS}.PasskeyForm",
        },
        "SOCIALACCOUNT_ADAPTER": "tessella_web.accounts.signin.adapters.InstitutionAdapter",
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION": False,  # an address that somebody states never opens an account
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT": False,
        "SOCIALACCOUNT_STORE_TOKENS": False,
        "SOCIALACCOUNT_UID_MAX_LENGTH": 191,
        "SOCIALACCOUNT_REQUESTS_TIMEOUT": 10,
        "SOCIALACCOUNT_FORMS": {"signup": f"{FORMS}.InstitutionSignUpForm"},
        "SOCIALACCOUNT_PROVIDERS": {
            "openid_connect": {
                "provider_class": "tessella_web.accounts.signin.oidc.InstitutionProvider",
                "OAUTH_PKCE_ENABLED": True,
                "APPS": [
                    {
                        "provider_id": one.id,
                        "name": one.name,
                        "client_id": one.client_id,
                        "secret": one.secret,
                        "settings": {
                            "server_url": one.issuer,
                            "domains": list(one.domains),
                            "scope": list(one.scopes),
                            "second_factor": {
                                "amr": list(one.second_factor_amr),
                                "acr": list(one.second_factor_acr),
                            },
                        },
                    }
                    for one in environment.institutions
                ],
            }
        },
    }
