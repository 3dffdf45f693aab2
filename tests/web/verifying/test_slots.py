"""Turns: never more than so many at once, in the order of coming, and nobody waits for ever."""

from __future__ import annotations

import threading
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tessella_web.common.errors import BusyError
from tessella_web.credentials.verifying.slots import Slots


def test_never_more_than_so_many_at_once_and_none_is_lost() -> None:
    slots, lock = Slots(2, 100, 30), threading.Lock()
    running, most, done = 0, 0, 0

    def work() -> None:
        nonlocal running, most, done
        with slots.turn():
            with lock:
                running += 1
                most = max(most, running)
            time.sleep(0.002)
            with lock:
                running -= 1
                done += 1

    threads = [threading.Thread(target=work) for _one in range(60)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert (done, most, running) == (60, 2, 0)


def test_turns_come_in_the_order_of_coming() -> None:
    slots, order = Slots(1, 10, 30), []

    def work(number: int) -> None:
        with slots.turn():
            order.append(number)

    threads = []
    with slots.turn():
        for number in range(5):
            threads.append(threading.Thread(target=work, args=(number,)))
            threads[-1].start()
            while len(slots._queue) <= number:
                time.sleep(0.001)
    for one in threads:
        one.join(30)
    assert order == [0, 1, 2, 3, 4]


def test_a_full_queue_refuses_at_once_and_says_when_to_come_back() -> None:
    slots = Slots(1, 0, 30)
    with slots.turn(), pytest.raises(BusyError) as caught, slots.turn():
        pass
    assert (caught.value.code, caught.value.retry_after_s) == ("verify.busy", 5)
    with slots.turn():
        pass


def test_whoever_waits_too_long_gives_up_and_leaves_the_queue() -> None:
    slots = Slots(1, 5, 0.01)
    with slots.turn():
        with pytest.raises(BusyError), slots.turn():
            pass
        assert not slots._queue
    with slots.turn():
        pass


def test_an_error_gives_the_turn_back() -> None:
    slots = Slots(1, 0, 1)
    for _again in range(3):
        with pytest.raises(ZeroDivisionError), slots.turn():
            raise ZeroDivisionError


@pytest.mark.django_db
def test_a_page_that_finds_no_turn_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    full = Slots(0, 0, 0.01)
    monkeypatch.setattr("tessella_web.credentials.verifying.answers.SLOTS", full)
    response = Client().post("/verify", {"file": SimpleUploadedFile("a.json", b"{}")})
    assert (response.status_code, response["Retry-After"]) == (503, "5")
