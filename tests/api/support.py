"""A client for the interface: JSON in, JSON out, the token in its header."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client as DjangoClient

__all__ = ["Client"]


class Client:
    """Asks ``/api/v1`` with a token; without one as anybody."""

    def __init__(self, token: str = "") -> None:
        self.token = token
        self._client = DjangoClient(raise_request_exception=False)

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        data: bytes | None = None,
        media: str = "application/json",
        **headers: str,
    ) -> Any:
        """The response; header names are written with underscores."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        content = data if data is not None else b"" if body is None else json.dumps(body).encode()
        return self._client.generic(method, f"/api/v1{path}", content, content_type=media, headers=sent)
