"""The fetcher refuses private networks, checks redirects again and caps what it reads."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tessella.adapters.clock import FixedClock
from tessella.adapters.http import NoFetcher, SafeFetcher
from tessella.errors import AccessError

CLOCK = FixedClock(dt.datetime(2026, 11, 22, tzinfo=dt.UTC))


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/loop":
            self.send_response(302)
            self.send_header("location", "/loop")
            self.end_headers()
            return
        if self.path in ("/missing", "/gone"):
            self.send_error(404 if self.path == "/missing" else 410)
            return
        body = b"x" * (5000 if self.path == "/large" else 5)
        self.send_response(200)
        self.send_header("content-type", "application/json; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None: ...


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()


def test_fetch_gives_body_type_and_time(server: str) -> None:
    got = SafeFetcher(CLOCK, allow_private=True).fetch(server + "/ok", max_bytes=100)
    assert (got.body, got.media_type, got.fetched_at) == (b"xxxxx", "application/json", CLOCK.now())


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/loop", "access.redirects"),
        ("/missing", "access.status"),
        ("/gone", "access.gone"),
        ("/large", "access.size"),
    ],
)
def test_fetch_stops_at_its_limits(server: str, path: str, code: str) -> None:
    with pytest.raises(AccessError) as caught:
        SafeFetcher(CLOCK, allow_private=True).fetch(server + path, max_bytes=100)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "192.168.0.1",
        "0.0.0.0",
        "::1",
        "fe80::1",
        "::ffff:10.0.0.1",
        "2002:a00:1::",
        "64:ff9b::a00:1",
        "224.0.0.1",
        "100.64.0.1",
    ],
)
def test_fetch_refuses_addresses_that_are_not_public(address: str) -> None:
    fetcher = SafeFetcher(CLOCK, resolve=lambda host, port: ["93.184.215.14", address])
    with pytest.raises(AccessError) as caught:
        fetcher.fetch("https://issuer.example/did.json", max_bytes=100)
    assert caught.value.code == "access.private"


@pytest.mark.parametrize(
    "url", ["http://issuer.example/", "file:///etc/passwd", "ftp://x/", "https://", "gopher://x", ""]
)
def test_fetch_takes_https_only(url: str) -> None:
    with pytest.raises(AccessError):
        SafeFetcher(CLOCK, resolve=lambda host, port: ["93.184.215.14"]).fetch(url, max_bytes=100)


def test_fetch_refuses_user_names_in_addresses() -> None:
    with pytest.raises(AccessError) as caught:
        SafeFetcher(CLOCK, resolve=lambda h, p: ["93.184.215.14"]).fetch(
            "https://a@issuer.example/", max_bytes=1
        )
    assert caught.value.code == "access.address"


def test_no_fetcher_refuses() -> None:
    with pytest.raises(AccessError) as caught:
        NoFetcher().fetch("https://issuer.example/", max_bytes=1)
    assert caught.value.code == "access.offline"
