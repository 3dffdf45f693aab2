"""Loading releases: from CSV, ZIP and RDF, twice, stopped in between, newer and older."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tessella_web.catalogue.esco import domain, queries
from tessella_web.catalogue.esco.models import Concept, Label, Link, Release, Term
from tessella_web.common.errors import RefusedError

pytestmark = pytest.mark.django_db

BASE = "http://data.europa.eu/esco/"
SKILLS = "conceptType,conceptUri,skillType,reuseLevel,preferredLabel,altLabels,status\n"


def skills(folder: Path, language: str, *rows: tuple[str, str, str]) -> None:
    """A table of skills: short id, preferred label, other labels separated by “|”."""
    lines = [
        f'KnowledgeSkillCompetence,{BASE}skill/{id},skill/competence,cross-sector,{label},"{others.replace("|", chr(10))}",released\n'
        for id, label, others in rows
    ]
    (folder / f"skills_{language}.csv").write_text(SKILLS + "".join(lines), encoding="utf-8")


@pytest.fixture
def download(tmp_path: Path) -> Path:
    folder = tmp_path / "ESCO dataset - v1.2.0 - classification - en - csv"
    folder.mkdir()
    skills(folder, "en", ("a", "bake bread", "make bread|bake loaves"), ("b", "mend nets", ""))
    skills(folder, "el", ("a", "ψήνω ψωμί", ""))
    (folder / "occupations_en.csv").write_text(
        f"conceptType,conceptUri,iscoGroup,preferredLabel,altLabels,status,code\nOccupation,{BASE}occupation/o,7512,baker,,released,7512.1\n"
    )
    (folder / "occupationSkillRelations_en.csv").write_text(
        "occupationUri,relationType,skillType,skillUri\n"
        f"{BASE}occupation/o,essential,skill/competence,{BASE}skill/a\n"
        f"{BASE}occupation/o,optional,skill/competence,{BASE}skill/unknown\n"
    )
    (folder / "conceptSchemes_en.csv").write_text("conceptType,conceptSchemeUri\n")
    return folder


def test_a_download_is_loaded_and_searched(download: Path) -> None:
    done = domain.load(download)
    assert done.release.version == "1.2.0"
    assert done.release.counts == {"skill": 2, "occupation": 1}
    assert done.unusable == 1
    assert [one.label for one in queries.search("bread", languages=["en"])] == ["bake bread"]
    assert Label.objects.get(language="en", preferred="bake bread").others == "make bread\nbake loaves"


def test_loading_again_reads_nothing_and_changes_nothing(download: Path) -> None:
    domain.load(download)
    before = (Concept.objects.count(), Label.objects.count(), Link.objects.count(), Term.objects.count())
    again = domain.load(download)
    assert again.read == ()
    assert len(again.skipped) == 4
    assert (
        Concept.objects.count(),
        Label.objects.count(),
        Link.objects.count(),
        Term.objects.count(),
    ) == before


def test_a_loading_that_was_stopped_goes_on(download: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, asked = domain._ingest, []

    def stopped(release: Release, rows: object) -> int:
        asked.append(1)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return real(release, rows)  # type: ignore[arg-type]

    monkeypatch.setattr(domain, "_ingest", stopped)
    with pytest.raises(KeyboardInterrupt):
        domain.load(download)
    assert not Release.objects.get().is_current
    assert queries.search("bread", languages=["en"]) == []
    monkeypatch.setattr(domain, "_ingest", real)
    done = domain.load(download)
    assert len(done.skipped) == 2
    assert [one.label for one in queries.search("bread", languages=["en"])] == ["bake bread"]


def test_a_zip_is_read_as_it_is(download: Path, tmp_path: Path) -> None:
    path = tmp_path / "ESCO dataset - v1.2.0 - en.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for one in download.iterdir():
            archive.write(one, one.name)
    assert domain.load(path).release.counts == {"skill": 2, "occupation": 1}


def test_a_newer_version_retires_what_it_no_longer_has(download: Path, tmp_path: Path) -> None:
    domain.load(download)
    newer = tmp_path / "ESCO v1.3.0"
    newer.mkdir()
    skills(newer, "en", ("a", "bake bread and cake", ""))
    domain.load(newer)
    assert [one.label for one in queries.search("bake", languages=["en"])] == ["bake bread and cake"]
    assert queries.search("nets", languages=["en"]) == []
    assert Concept.objects.get(uri=BASE + "skill/b").is_retired
    assert queries.named([BASE + "skill/b"], languages=["en"])[BASE + "skill/b"].label == "mend nets"
    with pytest.raises(RefusedError) as caught:
        domain.load(download)
    assert caught.value.code == "esco.older"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("skills_en.csv", b"preferredLabel\nbread\n", "esco.table"),
        ("skills_en.csv", SKILLS.encode() + b"KSC,x:y,skill/competence,,br\xff\xfead,,released\n", "esco.table"),
        ("skills_en.csv", b"\x00\x00\x00", "esco.table"),
        ("notes.txt", b"", "esco.file"),
        ("other.csv", b"a,b\n", "esco.file"),
        ("esco.ttl", b"this is no Turtle", "esco.graph"),
        ("esco.zip", b"PK no zip", "esco.file"),
    ],
)  # fmt: skip
def test_a_file_of_another_kind_is_refused(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RefusedError) as caught:
        domain.load(tmp_path, version="1.2.0")
    assert caught.value.code == code
    assert caught.value.hint
    assert not Release.objects.filter(is_current=True).exists()


def test_the_version_has_to_be_known(tmp_path: Path) -> None:
    skills(tmp_path, "en", ("a", "bake bread", ""))
    with pytest.raises(RefusedError) as caught:
        domain.load(tmp_path)
    assert caught.value.code == "esco.version"


TURTLE = f"""
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xl: <http://www.w3.org/2008/05/skos-xl#> .
@prefix esco: <http://data.europa.eu/esco/model#> .
<{BASE}skill/a> a esco:Skill, skos:Concept ; skos:prefLabel "bake bread"@en, "Brot backen"@de ; skos:altLabel "bake loaves"@en ;
  esco:skillType <{BASE}skill-type/skill> ; esco:skillReuseLevel <{BASE}skill-reuse-level/cross-sector> ; skos:broader <{BASE}skill/S1> .
<{BASE}skill/S1> a skos:Concept ; xl:prefLabel <{BASE}label/1> .
<{BASE}label/1> xl:literalForm "food"@en .
<{BASE}occupation/o> a esco:Occupation ; skos:prefLabel "baker"@en ; skos:notation "7512.1" ; esco:relatedEssentialSkill <{BASE}skill/a> .
"""


def test_rdf_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "esco-v1.2.0.ttl").write_text(TURTLE, encoding="utf-8")
    done = domain.load(tmp_path / "esco-v1.2.0.ttl")
    assert done.release.counts == {"skill": 1, "skill-group": 1, "occupation": 1}
    found = queries.search("brot", languages=["de"])
    assert [(one.label, one.skill_type, one.reuse) for one in found] == [
        ("Brot backen", "skill", "cross-sector")
    ]
    assert queries.skills_of(BASE + "occupation/o", languages=["en"])["essential"][0].label == "bake bread"
    assert queries.broader_of([BASE + "skill/a"], languages=["en"])[BASE + "skill/a"][0].label == "food"


def test_the_command_says_what_it_did(download: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_esco", str(download))
    said = capsys.readouterr().out
    assert "ESCO 1.2.0: 1 occupation, 2 skill." in said
    assert "4 files read, 0 were loaded before, 1 rows were of no use." in said
    with pytest.raises(CommandError):
        call_command("load_esco", str(download / "nothing"))


def test_the_excerpt_never_replaces_the_official_one(download: Path) -> None:
    domain.load(download)
    assert domain.load_excerpt() is None
    assert Release.objects.get(is_current=True).version == "1.2.0"


def test_the_official_one_replaces_the_excerpt(download: Path) -> None:
    made = domain.load_excerpt()
    assert made is not None
    assert made.release.is_fictitious
    assert made.unusable == 0
    assert queries.search("soil samples", languages=["en"])[0].uri.startswith("https://example.org/")
    domain.load(download)
    assert queries.search("soil samples", languages=["en"]) == []
