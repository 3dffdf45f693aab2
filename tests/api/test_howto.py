"""The how-to does what it says, against a running server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests.api.conftest import client_of, own_client
from tests.api.fuzzing import server
from tests.web.matrix.world import World

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "how-to" / "use-the-api.md"


@pytest.mark.usefixtures("unhurried")
def test_the_examples_of_the_how_to_run(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    assert len(blocks) == 7
    names: dict[str, Any] = {}
    with server() as address:
        monkeypatch.setenv("TESSELLA_API", f"{address}/api/v1")
        monkeypatch.setenv("TESSELLA_TOKEN", client_of(world, "owner").token)
        monkeypatch.setenv("TESSELLA_OWN_TOKEN", own_client(world.people["holder"]).token)
        monkeypatch.setenv("ASSESSOR", world.people["assessor"].email)
        for block in blocks:
            exec(compile(block, PAGE.name, "exec"), names)
    told = capsys.readouterr().out
    assert "Owner in University of Twickel with" in told
    assert "sealing 0 of 1" in told
    assert "Organised a street festival – declared not_applicable" in told
    assert "Send them http" in told
    from tessella_web.accounts.webhooks import signing

    sent = signing.headers(
        id="msg_1", timestamp=int(timezone.now().timestamp()), body=b"{}", secrets=["whsec_AAAA"]
    )
    assert names["is_genuine"]("whsec_AAAA", sent, b"{}") is True
    assert names["is_genuine"]("whsec_AAAA", sent, b"[]") is False
