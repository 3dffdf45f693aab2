"""A client that looks at every page it fetches: valid structure, one heading that matches the title, labelled fields."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.test import Client

__all__ = ["CheckingClient", "Page"]

VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)


class Page(HTMLParser):
    """A parsed page: its headings, fields, links and the problems found while reading it."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[str] = []
        self.ids: list[str] = []
        self.title = ""
        self.headings: list[tuple[str, str]] = []
        self.links: list[tuple[str, str]] = []
        self.labels: set[str] = set()
        self.fields: list[dict[str, str | None]] = []
        self.scripts: list[dict[str, str | None]] = []
        self.text = ""
        self._open: list[str] = []
        self._heard: list[str] = []
        self.feed(text)
        self.close()
        if self._open:
            self.problems.append(f"never closed: {self._open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if len(found) != len(attrs):
            self.problems.append(f"<{tag}> has an attribute twice")
        if "id" in found:
            self.ids.append(str(found["id"]))
        if "style" in found:
            self.problems.append(f"<{tag}> has a style of its own, which the page's security policy drops")
        self.problems += [f"<{tag}> has {name}" for name in found if name.startswith("on")]
        if tag == "label":
            self.labels.add(str(found.get("for", "")))
        if tag in ("input", "select", "textarea"):
            self.fields.append({**found, "tag": tag, "inside": "label" if "label" in self._open else ""})
        if tag == "img" and "alt" not in found:
            self.problems.append("<img> without alt")
        if tag == "script":
            self.scripts.append(found)
        if tag not in VOID:
            self._open.append(tag)
            self._heard.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self._open or self._open[-1] != tag:
            self.problems.append(f"</{tag}> closes {self._open[-1:] or 'nothing'}")
            return
        self._open.pop()
        heard = " ".join(self._heard.pop().split())
        if tag == "title":
            self.title = heard
        elif tag in ("h1", "h2", "h3", "h4"):
            self.headings.append((tag, heard))

    def handle_data(self, data: str) -> None:
        self._heard = [one + data for one in self._heard]
        self.text += data

    def check(self) -> list[str]:
        """Everything that is wrong with the page."""
        found = list(self.problems)
        found += [f"id {one} stands twice" for one in {one for one in self.ids if self.ids.count(one) > 1}]
        first = [text for level, text in self.headings if level == "h1"]
        if len(first) != 1:
            found.append(f"{len(first)} first headings")
        elif not self.title.startswith(first[0]):
            found.append(f"title {self.title!r} does not begin with the heading {first[0]!r}")
        for field in self.fields:
            if field.get("type") in ("hidden", "submit"):
                continue
            named = (
                field.get("id") in self.labels
                or field["inside"]
                or field.get("aria-label")
                or field.get("aria-labelledby")
            )
            if not named:
                found.append(f"{field['tag']} {field.get('name')} has no label")
        found += [
            "script without a file"
            for one in self.scripts
            if "src" not in one and one.get("type") != "application/ld+json"
        ]
        return found


class CheckingClient(Client):
    """Django's client; a page with a problem fails the test that fetched it."""

    def request(self, **request: Any) -> Any:
        """Fetch, and look."""
        response = super().request(**request)
        if (
            response.get("Content-Type", "").startswith("text/html")
            and not response.streaming
            and response.content
        ):
            response.page = Page(response.content.decode())
            problems = response.page.check() if b"<html" in response.content else []
            if problems:
                raise AssertionError(f"{request.get('PATH_INFO')}: {problems}")
        return response
