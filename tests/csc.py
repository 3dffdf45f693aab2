"""A remote signing service on this machine: the CSC API (versions 2 and 1) over HTTP, with one key, for the tests."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from tessella.keys import PrivateKey

__all__ = ["SigningServiceSimulator"]

_OIDS = {"2.16.840.1.101.3.4.2.1": hashes.SHA256(), "2.16.840.1.101.3.4.2.2": hashes.SHA384()}
_ALGORITHMS = {
    "ES256": "1.2.840.10045.4.3.2",
    "ES384": "1.2.840.10045.4.3.3",
    "RS256": "1.2.840.113549.1.1.11",
}


class SigningServiceSimulator:
    """One credential. An activation is good for one use, for the hashes it was given for; access needs a bearer token.

    ``failures`` are answers (status, body) given instead of the next ones, by call; ``answers`` replace an answer's members.
    """

    def __init__(
        self, key: PrivateKey, *, pin: str = "", mode: str = "explicit", algorithms: list[str] | None = None
    ) -> None:
        self.key, self.pin, self.mode = key, pin, mode
        self.algorithms = algorithms or [_ALGORITHMS.get(key.algorithm, key.algorithm)]
        self.tokens = {"access-1"}
        self.clients = {"tessella": "client secret"}
        self.activations: dict[str, list[str]] = {}
        self.failures: dict[str, list[tuple[int, Any]]] = {}
        self.answers: dict[str, dict[str, Any]] = {}
        self.calls: list[str] = []
        self.lose_answers = 0

    @contextlib.contextmanager
    def serving(self, version: str = "v2") -> Iterator[str]:
        """The address of the service, up to the version."""
        simulator = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                name = self.path.removeprefix(f"/csc/{version}/")
                status, answer = simulator.answer(name, body, self.headers, version)
                if name == "signatures/signHash" and simulator.lose_answers:
                    simulator.lose_answers -= 1
                    self.close_connection = True
                    self.connection.close()
                    return
                data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:
                return

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.handle_error = lambda *_: None  # type: ignore[method-assign] # a connection closed on purpose
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/csc/{version}"
        finally:
            server.shutdown()
            server.server_close()

    def answer(self, name: str, body: bytes, headers: Any, version: str) -> tuple[int, Any]:
        self.calls.append(name)
        if self.failures.get(name):
            return self.failures[name].pop(0)
        if name == "oauth2/token":
            return self._granted(body, headers)
        if headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return 401, {"error": "invalid_token", "error_description": "The access token is not valid."}
        asked = json.loads(body)
        if asked.get("credentialID") != "seal-1":
            return 400, {"error": "invalid_request", "error_description": "Invalid parameter credentialID"}
        verbs = {
            "credentials/info": self._info,
            "credentials/authorize": self._authorised,
            "signatures/signHash": self._signed,
        }
        status, answer = verbs[name](asked, version)
        return status, {**answer, **self.answers.get(name, {})} if status == 200 else answer

    def _granted(self, body: bytes, headers: Any) -> tuple[int, Any]:
        form = parse_qs(body.decode())
        given = base64.b64decode(headers["authorization"].removeprefix("Basic ")).decode()
        if form.get("grant_type") != ["client_credentials"] or given not in {
            f"{a}:{b}" for a, b in self.clients.items()
        }:
            return 401, {"error": "invalid_client"}
        token = secrets.token_urlsafe(8)
        self.tokens.add(token)
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600}

    def _info(self, asked: dict[str, Any], version: str) -> tuple[int, Any]:
        auth = {"authMode": self.mode} if version == "v1" else {"auth": {"mode": self.mode}}
        chain = [base64.b64encode(der).decode() for der in self.key.certificate_chain]
        return 200, {
            "key": {"status": "enabled", "algo": self.algorithms, "len": 256},
            "cert": {"status": "valid", "certificates": chain},
            "multisign": 1, "SCAL": "2", **auth,
        }  # fmt: skip

    def _authorised(self, asked: dict[str, Any], version: str) -> tuple[int, Any]:
        pins = (
            [asked.get("PIN", "")]
            if version == "v1"
            else [one["value"] for one in asked.get("authData", []) if one["id"] == "PIN"]
        )
        if self.pin and pins != [self.pin]:
            return 400, {"error": "invalid_pin", "error_description": "The PIN is not valid"}
        hashes_ = asked.get("hash" if version == "v1" else "hashes")
        if asked.get("numSignatures") != len(hashes_ or []):
            return 400, {"error": "invalid_request"}
        activation = secrets.token_urlsafe(8)
        self.activations[activation] = hashes_
        return 200, {"SAD": activation, "expiresIn": 3600}

    def _signed(self, asked: dict[str, Any], version: str) -> tuple[int, Any]:
        hashed = asked.get("hash" if version == "v1" else "hashes")
        oid = asked.get("hashAlgo" if version == "v1" else "hashAlgorithmOID")
        if self.activations.pop(asked.get("SAD", ""), None) != hashed:
            return 400, {"error": "invalid_request", "error_description": "Invalid parameter SAD"}
        if asked.get("signAlgo") not in self.algorithms or oid not in _OIDS:
            return 400, {"error": "invalid_request", "error_description": "Invalid parameter signAlgo"}
        return 200, {
            "signatures": [base64.b64encode(self._raw(base64.b64decode(one), oid)).decode() for one in hashed]
        }

    def _raw(self, digest: bytes, oid: str) -> bytes:
        kind = _OIDS[oid]
        assert len(digest) == kind.digest_size == hashlib.new(kind.name).digest_size
        if self.key.algorithm == "RS256":
            return self.key._key.sign(digest, padding.PKCS1v15(), Prehashed(kind))  # type: ignore[union-attr,call-arg,arg-type]
        return self.key._key.sign(digest, ec.ECDSA(Prehashed(kind)))  # type: ignore[union-attr,call-arg,arg-type]
