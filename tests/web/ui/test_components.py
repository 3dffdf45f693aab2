"""Components: what they say, in which structure, and that strange input does no harm."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.test import override_settings
from django.utils import translation

from tessella_web.ui.templatetags.ui import beside, day
from tests.web.pages import CheckingClient, Page


def rendered(template: str, **context: object) -> str:
    return Template(template).render(Context(context))


@override_settings(DEBUG=True)
def test_the_examples_are_sound(client: CheckingClient, db: None) -> None:
    page = client.get("/ui/").page
    assert page.headings[0] == ("h1", "Components")
    assert client.get("/ui/confirmation").page.headings[0] == ("h1", "Revoke this award?")


def test_the_examples_are_for_developing_only(client: CheckingClient, db: None) -> None:
    assert [client.get(path).status_code for path in ("/ui/", "/ui/confirmation")] == [404, 404]


@pytest.mark.parametrize(
    ("verdict", "said"),
    [("passed", "Passed"), ("failed", "Failed"), ("indeterminate", "Not established"), ("not_applicable", "Does not apply")],
)  # fmt: skip
def test_a_verdict_is_a_word_beside_its_sign(verdict: str, said: str) -> None:
    html = rendered("{% verdict v %}", v=verdict)
    assert html.rstrip().endswith(f"{said}</span>")
    assert 'aria-hidden="true"' in html


def test_an_unknown_verdict_is_refused() -> None:
    with pytest.raises(ValueError, match="fine"):
        rendered("{% verdict v %}", v="fine")


def test_cells_stand_beside_their_columns_or_not_at_all() -> None:
    assert beside(["a", "b"], [1, 2]) == [("a", 1), ("b", 2)]
    with pytest.raises(ValueError, match="zip"):
        beside(["a", "b"], [1])


def test_values_are_escaped() -> None:
    evil = "<script>x</script>"
    html = "".join(
        rendered('{% include "ui/' + name + '.html" %}', title=evil, text=evil, facts=[(evil, evil)],
                 columns=[{"label": evil}], rows=[[evil]], caption=evil, steps=[{"label": evil, "state": "todo"}],
                 crumbs=[(evil, "")], tabs=[{"label": evil, "url": evil}], label=evil)
        for name in ("notice", "facts", "table", "steps", "empty", "tabs", "crumbs", "panel")
    )  # fmt: skip
    assert "<script" not in html
    assert not [one for one in Page(html).problems if "twice" not in one]


def test_days_are_written_as_people_write_them() -> None:
    import datetime as dt

    found = []
    for language in ("en", "de"):
        with translation.override(language):
            found.append(day(dt.date(2026, 11, 3)))
    assert (found, day(None)) == (["3 November 2026", "3. November 2026"], "")
