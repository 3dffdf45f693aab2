"""A time-stamping authority on this machine: RFC 3161 over HTTP, signed by pyHanko, for the tests."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import tsp

from tests.trust.pki import TimestampAuthority

Answer = Callable[[bytes], tuple[int, bytes]]


@contextlib.contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """The address (loopback, plain HTTP) of a server that answers each POST so."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["content-length"]))
            wrong = self.headers["content-type"] != "application/timestamp-query"
            status, body = (415, b"") if wrong else answer(question)
            self.send_response(status)
            if status in (301, 302):
                self.send_header("location", "/elsewhere")
            self.send_header("content-type", "application/timestamp-reply")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/tsa"
    finally:
        server.shutdown()
        server.server_close()


def stamping(authority: TimestampAuthority, now: Callable[[], dt.datetime]) -> Answer:
    """The answer of an authority whose clock is ``now``."""

    def answer(question: bytes) -> tuple[int, bytes]:
        request = tsp.TimeStampReq.load(question, strict=True)
        return 200, authority.stamper(now(), algorithm="").request_tsa_response(request).dump()

    return answer
