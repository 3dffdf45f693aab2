"""Health and metrics."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tessella_web.common import heartbeat
from tessella_web.common.models import Heartbeat
from tessella_web.config.operations import health
from tessella_web.config.operations.metrics import REQUESTS
from tessella_web.credentials.tasks import work_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> Path:
    settings.KEK_FILE = tmp_path / "kek"
    settings.DATA_FOLDER = tmp_path
    return tmp_path


def checks() -> dict[str, str]:
    return dict(Client().get("/health/ready").json()["checks"])


def test_alive_asks_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = Client().get("/health/live")
    assert (answer.status_code, answer.json(), answer["Cache-Control"]) == (200, {"status": "ok"}, "no-store")


def test_ready_names_each_thing() -> None:
    Heartbeat.objects.create(name="a:1", at=timezone.now())
    answer = Client().get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "checks": {
            "database": "ok",
            "migrations": "ok",
            "worker": "ok",
            "disk": "ok",
            "key-encryption-key": "ok",
        },
    }


def test_a_silent_worker_is_told_and_pages_go_on() -> None:
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()["status"], checks()["worker"]) == (
        200,
        "degraded",
        "never seen",
    )
    Heartbeat.objects.create(name="a:1", at=timezone.now() - dt.timedelta(minutes=10))
    assert checks()["worker"] == "silent"


def test_a_key_that_others_can_read_is_a_failure(own_files: Path) -> None:
    checks()
    (own_files / "kek").chmod(0o644)
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()["checks"]["key-encryption-key"]) == (503, "failed")
    assert str(own_files) not in answer.content.decode()


def test_a_full_disk_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "DISK_FREE_BYTES", 1 << 60)
    assert (Client().get("/health/ready").status_code, checks()["disk"]) == (503, "nearly full")


def test_waiting_migrations_are_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: [("x", False)])
    assert (Client().get("/health/ready").status_code, checks()["migrations"]) == (503, "waiting")


def test_workers_leave_a_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(heartbeat._written, "at", raising=False)
    work_once()
    first = Heartbeat.objects.get()
    work_once()
    assert Heartbeat.objects.get().at == first.at
    Heartbeat.objects.create(name="old", at=timezone.now() - dt.timedelta(days=2))
    heartbeat._written.at = -100.0
    heartbeat.beat()
    assert not Heartbeat.objects.filter(name="old").exists()


def test_metrics_are_for_this_machine_or_for_the_token(settings: Any) -> None:
    client = Client()
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1").status_code == 404
    settings.METRICS_TOKEN = "a long enough token"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer another one"}).status_code == 404
    good = {"Authorization": "Bearer a long enough token", "X-Forwarded-For": "192.0.2.1"}
    assert client.get("/metrics", headers=good).status_code == 200


def test_metrics_are_in_the_format_of_prometheus() -> None:
    REQUESTS.clear()
    client = Client()
    client.get("/health/live")
    client.get("/t/secret-id?key=secret-key")
    answer = client.get("/metrics")
    text = answer.content.decode()
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    line = re.compile(
        r'(# (HELP|TYPE) [a-z_]+ .+)|([a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? -?[0-9.e+-]+)'
    )
    assert [one for one in text.splitlines() if not line.fullmatch(one)] == []
    assert re.search(
        r'tessella_request_seconds_count\{route="health-live",method="GET",status="2xx",process="\d+"\} 1',
        text,
    )
    assert 'route="ticket"' in text and "secret" not in text
    assert "tessella_audit_entries 0" in text
    buckets = [float(one) for one in re.findall(r'bucket\{route="health-live".*le="[^"]+"\} (\d+)', text)]
    assert buckets == sorted(buckets) and buckets[-1] == 1
