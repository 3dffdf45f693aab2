"""A small OpenID provider on this machine: the real protocol over real HTTP, with signed tokens; and ways to be wrong."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

__all__ = ["CLIENT", "SECRET", "Provider", "running"]

CLIENT, SECRET = "tessella", "a secret of the client"


class Provider:
    """Who signs in there (``claims``), and what is wrong with the answers: ``change`` what the ID token says, ``userinfo``
    what the user information says, ``key`` what signs, ``iss`` what the answer says it comes from.
    """

    def __init__(self, address: str) -> None:
        self.issuer = address
        self.claims: dict[str, Any] = {"sub": "4711"}
        self.change: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.published = ECKey.generate_key("P-256", {"kid": "k1"})
        self.key: Any = self.published
        self.alg = "ES256"
        self.iss: str | None = address
        self.announced = address
        self.asked: dict[str, dict[str, str]] = {}
        self.tokens: set[str] = set()

    def authorize(self, query: dict[str, str]) -> str:
        """Somebody signs in and is sent back."""
        assert query["response_type"] == "code" and "openid" in query["scope"].split()
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.asked[code] = query
        answer = {"code": code, "state": query["state"], **({"iss": self.iss} if self.iss else {})}
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """A code for tokens, once, with the client's secret and the verifier."""
        asked = self.asked.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        right = (
            asked is not None
            and challenge == asked["code_challenge"]
            and form["redirect_uri"] == asked["redirect_uri"]
            and (form["client_id"], form["client_secret"]) == (CLIENT, SECRET)
        )
        if not right or asked is None:
            return None
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked.get("nonce"),
            **self.claims, **self.change,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        token = secrets.token_urlsafe(16)
        self.tokens.add(token)
        signed = jwt.encode({"alg": self.alg, "kid": "k1"}, claims, self.key, algorithms=[self.alg])
        return {"access_token": token, "token_type": "Bearer", "expires_in": 300, "id_token": signed}

    def sign_with_the_clients_secret(self) -> None:
        """As if the client were the provider."""
        self.key, self.alg = OctKey.import_key(SECRET), "HS256"


@contextmanager
def running() -> Iterator[Provider]:
    """The provider, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

        def _json(self, value: Any, status: int = 200) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/.well-known/openid-configuration":
                self._json({
                    "issuer": provider.announced, "jwks_uri": f"{address}/jwks",
                    "authorization_endpoint": f"{address}/authorize", "token_endpoint": f"{address}/token",
                    "userinfo_endpoint": f"{address}/userinfo",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                })  # fmt: skip
            elif parts.path == "/jwks":
                self._json({"keys": [provider.published.as_dict(private=False)]})
            elif parts.path == "/authorize":
                self.send_response(302)
                self.send_header(
                    "Location",
                    provider.authorize({name: one[0] for name, one in parse_qs(parts.query).items()}),
                )
                self.end_headers()
            elif parts.path == "/userinfo":
                token = self.headers["Authorization"].removeprefix("Bearer ")
                known = token in provider.tokens
                self._json({**provider.claims, **provider.userinfo} if known else {}, 200 if known else 401)
            else:
                self._json({}, 404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            found = provider.token({name: one[0] for name, one in parse_qs(body).items()})
            self._json(found or {"error": "invalid_grant"}, 200 if found else 400)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{server.server_port}"
    provider = Provider(address)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
