"""Schemathesis against a running server: every operation, every check, every phase."""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connections
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events

__all__ = ["SETTINGS", "Found", "run", "server"]

SETTINGS = Path(__file__).with_name("schemathesis.toml")
"""What a run by hand has to know, too."""


class Found:
    """What a run found, and how much it asked."""

    def __init__(self) -> None:
        self.failures: list[str] = []
        self.errors: list[str] = []
        self.asked: dict[str, int] = {}
        self.answered: dict[str, set[int]] = {}
        self.phases: dict[str, str] = {}

    def __str__(self) -> str:
        return "\n\n".join([*self.failures, *self.errors])


def run(
    token: str, *, examples: int, seed: int = 1, only: str = "", phases: Mapping[str, Any] | None = None
) -> Found:
    """Ask everything that the description says, and things it does not say; with the token.

    Nothing is left out: all checks (`SETTINGS` adds two statuses), examples, coverage, fuzzing and stateful runs.
    """
    config = SchemathesisConfig.from_dict(
        tomllib.loads(SETTINGS.read_text("utf-8"))
        | {
            "seed": seed,
            "headers": {"Authorization": f"Bearer {token}"},
            "continue-on-failure": True,
            "generation": {"max-examples": examples, "database": "none"},
            "phases": dict(phases or {}),
        }
    )
    with server() as address:
        schema = schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json", config=config)
        if only:
            schema = schema.include(operation_id_regex=only)
        found = Found()
        for event in engine.from_schema(schema).execute():
            _take(event, found)
        return found


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@contextmanager
def server() -> Iterator[str]:
    """The platform behind an address of this machine, one request at a time."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    server = make_server("localhost", 0, _shared(get_wsgi_application()), handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def _shared(application: Any) -> Any:
    """The application on the test's own database connection, whatever thread asks; one asks at a time."""
    connections["default"].inc_thread_sharing()
    own = connections["default"]

    def asked(environ: Any, start_response: Any) -> Any:
        connections["default"] = own
        return application(environ, start_response)

    return asked


def _take(event: Any, found: Found) -> None:
    if isinstance(event, events.ScenarioFinished):
        for id, interaction in event.recorder.interactions.items():
            label = event.recorder.cases[id].value.operation.label if id in event.recorder.cases else "?"
            found.asked[label] = found.asked.get(label, 0) + 1
            if interaction.response is not None:
                found.answered.setdefault(label, set()).add(interaction.response.status_code)
        found.failures += _failures(event)
    elif isinstance(event, events.PhaseFinished):
        found.phases[event.phase.name.value] = event.status.value
    elif isinstance(event, events.NonFatalError):
        found.errors.append(f"{event.label}: {event.info.format()}")
    elif isinstance(event, events.FatalError):
        raise event.exception


def _failures(event: events.ScenarioFinished) -> Iterator[str]:
    for id, checks in event.recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                case = event.recorder.cases[id].value
                response = (
                    event.recorder.interactions[id].response if id in event.recorder.interactions else None
                )
                body = response.content[:600] if response is not None and response.content else b""
                yield (
                    f"[{event.phase.value}] {case.operation.label} {check.name}: {check.failure_info.failure.title}: "
                    f"{check.failure_info.failure.message}\n  {check.failure_info.code_sample[:700]}\n  {body!r}"
                )
