"""Writes the reference of the REST interface from its table of operations.

python -m tools.rest            write docs/reference/openapi.json and docs/reference/rest.md
python -m tools.rest --check    write nothing; exit 1 when one is stale
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.markdown import table

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
GENERATED = (
    "<!-- Written by tools/rest.py: change the code it is made from, then run python -m tools.rest. -->\n"
)

CODES: Mapping[str, str] = {
    "api.changed": "412: the description was changed since its ETag was read.",
    "api.cursor": "404: the list never gave this cursor.",
    "api.fault": "500: a fault of the platform; nothing was changed.",
    "api.if-match": "428: “If-Match” is missing.",
    "api.invalid": "422: the request is not what the address takes; `errors` names each place.",
    "api.json": "400: the body is not JSON: not UTF-8, a name twice, a number that is none, or too deep to read.",
    "api.json-depth": "400: the body has too many levels.",
    "api.key": "422: “Idempotency-Key” is not a UUID.",
    "api.key-in-use": "409: the same call is still under way.",
    "api.key-reused": "422: the key came with another request before.",
    "api.length": "400: “Content-Length” is not a number.",
    "api.media-type": "415: the body is of another type than the address takes.",
    "api.method": "405: the address does not know the method; “Allow” says which it knows.",
    "api.no-token": "401: no token was sent.",
    "api.no-organisation": "403: the token is for a person alone, and this is about an organisation.",
    "api.not-found": "404: nothing there that the token may see.",
    "api.scope": "403: the token has not the scope.",
    "api.token": "401: the token lets nobody in: mistyped, too old, revoked, or its person left.",
    "api.too-large": "413: the body is too large.",
    "api.too-many": "429: too many requests; “Retry-After” says how long to wait.",
}
"""The codes of the interface itself; the others are those of the platform's rules, the same as on its pages."""


def pages() -> dict[Path, str]:
    """Each file with what it should hold."""
    from tessella_web.api import interface, urls  # noqa: F401 # registers the operations
    from tessella_web.api.document import document

    whole = document()
    return {
        REFERENCE / "openapi.json": json.dumps(whole, indent=1, ensure_ascii=False) + "\n",
        REFERENCE / "rest.md": "\n".join(_page(whole)) + "\n",
    }


def _page(whole: Mapping[str, object]) -> Iterator[str]:
    from tessella_web.accounts.tokens.scopes import SCOPES
    from tessella_web.accounts.webhooks.models import Event
    from tessella_web.api import limits
    from tessella_web.api.operations import OPERATIONS

    yield GENERATED
    yield "# REST interface\n"
    yield (
        "Every operation, made from the same table as the routing and the permission tests. The exact shapes stand in "
        "[openapi.json](openapi.json) (OpenAPI 3.1), which an installation also serves at `/api/v1/openapi.json`; people read the same at "
        "`/api/v1/docs`. See [Use the REST interface](../how-to/use-the-api.md).\n"
    )
    yield "## Scopes\n"
    yield table(
        ("Scope", "What it lets a program do"),
        [(f"`{name}`", f"{one.title}: {one.text}") for name, one in SCOPES.items()],
    )
    summaries = {
        one["operationId"]: one["summary"]
        for methods in whole["paths"].values()
        for one in methods.values()  # type: ignore[attr-defined]
    }
    for tag in dict.fromkeys(one.tag for one in OPERATIONS.values()):
        yield f"\n## {tag}\n"
        yield table(
            ("Operation", "What it does", "Scope"),
            [
                (f"`{one.method} {one.path}`", summaries[one.name], "everybody" if one.is_public else f"`{one.scope}`" if one.scope else "any token")
                for one in OPERATIONS.values() if one.tag == tag
            ],
        )  # fmt: skip
    yield "\n## Events of webhooks\n"
    yield table(("Event", "When"), [(f"`{one.value}`", str(one.label)) for one in Event])
    yield "\n## Limits\n"
    yield table(
        ("Limit", "Value"),
        [
            ("Requests with a token", f"{limits.TOKEN.requests} in {limits.TOKEN.window_s} seconds"),
            (
                "Requests without a token, by address",
                f"{limits.PUBLIC.requests} in {limits.PUBLIC.window_s} seconds",
            ),
            ("JSON body", f"{limits.MAX_JSON_BYTES // 1024**2} MiB, {limits.MAX_DEPTH} levels"),
            ("File", f"{limits.MAX_FILE_BYTES // 1024**2} MiB"),
        ],
    )
    yield "\n## Codes of the interface itself\n"
    yield "Rules of the platform have codes of their own, the same as on its pages; they come with 409, or 403 when it is about who asks.\n"
    yield table(("Code", "Meaning"), [(f"`{code}`", text) for code, text in CODES.items()])


def main() -> int:
    """Write what changed, or say so."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tessella_web.config.settings")  # noqa: TID251 # Django's way
        os.environ["TESSELLA_DATA"] = folder  # noqa: TID251 # nothing of this installation is read
        import django

        django.setup()
        stale = {
            path: content for path, content in pages().items()
            if not path.exists() or path.read_text(encoding="utf-8") != content
        }  # fmt: skip
        for path, content in stale.items():
            print(path.relative_to(ROOT))
            if "--check" not in sys.argv:
                path.write_text(content, encoding="utf-8")
    return int(bool(stale) and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
