"""The official ELM 3.2 SHACL as oracle: JSON-LD to RDF by PyLD with the official context, judged by pyrudof or pySHACL.

Contexts and shapes are read in place; nothing is fetched.
"""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import Any

import pyrudof
import pyshacl
import rdflib
from pyld import jsonld
from rdflib.exceptions import ParserError

from tests.support import shared, shared_json

EDC = "edc/elm-3.2-lts/ap/edc/"
SHAPES = {
    "generic": ("EDC-generic-no-cv.ttl", "EDC-generic-full.ttl"),
    "no-cv": ("EDC-generic-no-cv.ttl",),
    "accredited": ("EDC-generic-no-cv.ttl", "EDC-generic-full.ttl", "EDC-accredited.ttl"),
    "issued-by-mandate": ("EDC-generic-no-cv.ttl", "EDC-generic-full.ttl", "EDC-issuedByMandate.ttl"),
    "converted": ("EDC-generic-no-cv.ttl", "EDC-generic-full.ttl", "EDC-converted.ttl"),
}


@functools.cache
def _contexts() -> dict[str, Any]:
    v1 = resources.files("tessella.canonical").joinpath("contexts/credentials-v1.json").read_text("utf-8")
    return {
        "https://www.w3.org/2018/credentials/v1": json.loads(v1),
        "http://data.europa.eu/snb/model/context/edc-ap": shared_json(EDC + "edc-ap-context.jsonld"),
    }


def _load(url: str, options: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": _contexts()[url],
    }


def ntriples(document: dict[str, Any]) -> str:
    """The default graph of the credential (which is what SHACL looks at) as N-Triples; JSON-LD errors are raised as PyLD raises them.

    A credential in hand has no address, so relative ids have no base (PyLD would make one up).
    """
    given = document.get("@context")
    context = [*(given if isinstance(given, list) else [given]), {"@base": None}]
    document = {**document, "@context": context}
    dataset = jsonld.to_rdf(document, {"documentLoader": _load})
    default_graph = {"@default": dataset.get("@default", [])}
    return str(jsonld.JsonLdProcessor().to_nquads(default_graph))


@functools.cache
def shapes(profile: str) -> rdflib.Graph:
    graph = rdflib.Graph()
    for name in SHAPES[profile]:
        graph.parse(shared(EDC + name), format="turtle")
    return graph


@functools.cache
def _rudof(profile: str) -> pyrudof.Rudof:
    rudof = pyrudof.Rudof(pyrudof.RudofConfig())
    rudof.read_shacl(shapes(profile).serialize(format="turtle"), pyrudof.ShaclFormat.Turtle)
    return rudof


def conforms_fast(document: dict[str, Any], profile: str = "generic") -> bool:
    """pyrudof's verdict; a document that JSON-LD or RDF refuses does not conform."""
    try:
        triples = ntriples(document)
        rdflib.Graph().parse(data=triples, format="nt")
    except (jsonld.JsonLdError, ParserError):
        return False
    rudof = _rudof(profile)
    rudof.reset_data()
    rudof.read_data(triples, pyrudof.RDFFormat.NTriples)
    return bool(rudof.validate_shacl().conforms)


def conforms(document: dict[str, Any], profile: str = "generic") -> tuple[bool, str]:
    """pySHACL's verdict and its report; a document that JSON-LD or RDF refuses does not conform."""
    try:
        data = rdflib.Graph().parse(data=ntriples(document), format="nt")
    except (jsonld.JsonLdError, ParserError) as error:
        return False, str(error)
    passed, _, text = pyshacl.validate(
        data, shacl_graph=shapes(profile), do_owl_imports=False, inference="none"
    )
    return bool(passed), str(text)
