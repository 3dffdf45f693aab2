"""Tasks: handing in, answering, and the record that follows."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from PIL import Image

from tessella_web.accounts.models import Person
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.credentials.activities import domain, queries
from tessella_web.credentials.activities.models import Activity, Participant, Submission, SubmissionState, Way
from tessella_web.credentials.models import Award
from tessella_web.credentials.tasks import work_once
from tests.web.activities.conftest import activity
from tests.web.mails import posted

pytestmark = pytest.mark.django_db


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def ada(tasks: Activity, django_capture_on_commit_callbacks: Any) -> Participant:
    with django_capture_on_commit_callbacks(execute=True):
        found = domain.join(
            activity=tasks, name="Ada Lima", email="ada@example.org", language="en", way=Way.SCREEN
        )
    assert found is not None
    return found


def test_the_record_follows_the_last_required_task(
    tasks: Activity, ada: Participant, ines: Person, django_capture_on_commit_callbacks: Any
) -> None:
    first, second = tasks.tasks.all()
    posted()
    assert domain.ticket_key(ada) in mail.outbox[0].body
    work = domain.hand_in(participant=ada, task=first, data=picture())
    with django_capture_on_commit_callbacks(execute=True):
        domain.ask_for_more(by=ines, submission=work, reply="The measures are missing.")
    posted()
    assert "The measures are missing." in mail.outbox[1].body
    work = domain.hand_in(participant=ada, task=first, data=picture(), text="2 m by 3 m")
    assert (work.state, work.reply, work.file_type) == (SubmissionState.HANDED_IN, "", "image/png")
    batch = domain.accept(by=ines, submission=work)
    assert batch is not None
    while work_once():
        pass
    assert Award.objects.get().learner.full_name == "Ada Lima"
    extra = domain.hand_in(participant=ada, task=second, text="I told Bea.")
    assert domain.accept(by=ines, submission=extra) is None
    with pytest.raises(RefusedError) as refused:
        domain.hand_in(participant=ada, task=first, text="again")
    assert refused.value.code == "activity.accepted"


def test_an_optional_task_alone_earns_nothing(tasks: Activity, ada: Participant, ines: Person) -> None:
    work = domain.hand_in(participant=ada, task=tasks.tasks.get(is_required=False), text="Done.")
    assert domain.accept(by=ines, submission=work) is None
    assert Participant.objects.get(pk=ada.pk).batch is None


def test_saying_no_needs_words(tasks: Activity, ada: Participant, ines: Person) -> None:
    work = domain.hand_in(participant=ada, task=tasks.tasks.get(is_required=True), text="Here.")
    for verb in (domain.ask_for_more, domain.not_accept):
        with pytest.raises(RefusedError) as refused:
            verb(by=ines, submission=work, reply="  ")
        assert refused.value.code == "activity.no-words"
    declined = domain.not_accept(by=ines, submission=work, reply="This is somebody else's raft.")
    assert declined.state == SubmissionState.DECLINED


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "activity.nothing"),
        ({"link": "https://film.example"}, "activity.nothing"),
        ({"data": b"MZ\x90 a program"}, "activity.file"),
        ({"data": b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"}, "activity.file"),
        ({"data": b"%PDF-1.7" + b" " * domain.MAX_FILE_BYTES}, "activity.file"),
    ],
)
def test_what_a_task_does_not_take_is_refused(
    tasks: Activity, ada: Participant, given: dict[str, Any], code: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        domain.hand_in(participant=ada, task=tasks.tasks.get(is_required=True), **given)
    assert refused.value.code == code
    assert Submission.objects.count() == 0


def test_a_file_that_is_replaced_is_gone(
    tasks: Activity, ada: Participant, django_capture_on_commit_callbacks: Any
) -> None:
    task = tasks.tasks.get(is_required=True)
    first = domain.hand_in(participant=ada, task=task, data=picture()).file
    with django_capture_on_commit_callbacks(execute=True):
        second = domain.hand_in(participant=ada, task=task, data=b"%PDF-1.7 a scan").file
    assert (default_storage.exists(first), default_storage.exists(second)) == (False, True)


def test_nobody_accepts_the_own_work_and_charlie_nothing(
    tasks: Activity, ines: Person, charlie: Person
) -> None:
    own = domain.join(activity=tasks, name="Ines", email=ines.email, language="en", way=Way.SCREEN)
    assert own is not None
    work = domain.hand_in(participant=own, task=tasks.tasks.get(is_required=True), text="Mine.")
    with pytest.raises(NotAllowedError) as refused:
        domain.accept(by=ines, submission=work)
    assert refused.value.code == "activity.own-work"
    for verb in (
        lambda: domain.accept(by=charlie, submission=work),
        lambda: domain.add_task(
            by=charlie, activity=tasks, title="x", text="", kinds=["text"], is_required=True
        ),
        lambda: domain.remove_task(by=charlie, task=tasks.tasks.get(is_required=False)),
    ):
        with pytest.raises(NotAllowedError):
            verb()


def test_tasks_of_another_activity_are_not_ones_own(tasks: Activity, ada: Participant, ines: Person) -> None:
    other = activity(ines, tasks.version, kind="tasks")
    task = domain.add_task(by=ines, activity=other, title="x", text="", kinds=["text"], is_required=True)
    with pytest.raises(NotAllowedError):
        domain.hand_in(participant=ada, task=task, text="mine?")


def test_people_by_tasks_give_an_address_and_are_not_confirmed(tasks: Activity, ines: Person) -> None:
    with pytest.raises(RefusedError) as refused:
        domain.join(activity=tasks, name="Ada", email="", language="en", way=Way.SCREEN)
    assert refused.value.code == "activity.needs-address"
    with pytest.raises(RefusedError) as refused:
        domain.confirm(by=ines, activity=tasks)
    assert refused.value.code == "activity.by-tasks"


def test_a_task_that_was_used_stays(tasks: Activity, ada: Participant, ines: Person) -> None:
    used, unused = tasks.tasks.all()
    domain.hand_in(participant=ada, task=used, text="Here.")
    domain.remove_task(by=ines, task=unused)
    with pytest.raises(RefusedError) as refused:
        domain.remove_task(by=ines, task=used)
    assert refused.value.code == "activity.task-used"


def test_works_cost_the_same_for_many(
    tasks: Activity, ada: Participant, django_assert_num_queries: Any
) -> None:
    task = tasks.tasks.get(is_required=True)
    domain.hand_in(participant=ada, task=task, text="Here.")
    with django_assert_num_queries(1):
        queries.works_of(tasks)
    with django_assert_num_queries(2):
        queries.tasks_for(ada)
    for name in ("Bea", "Cem"):
        one = domain.join(
            activity=tasks, name=name, email=f"{name}@example.org", language="en", way=Way.PAPER
        )
        assert one is not None
        domain.hand_in(participant=one, task=task, text="Here.")
    with django_assert_num_queries(1):
        assert len(queries.works_of(tasks)) == 3


def test_an_activity_of_presence_has_no_tasks(event: Activity, ines: Person) -> None:
    with pytest.raises(RefusedError) as refused:
        domain.add_task(by=ines, activity=event, title="x", text="", kinds=["text"], is_required=True)
    assert refused.value.code == "activity.by-presence"
