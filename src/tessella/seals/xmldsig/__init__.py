"""XML Signature (W3C, version 1.1) as ELMO uses it: enveloped, over the whole document, with X.509 certificates.

::

    seal        XML document → the same with a signature as the last child of its root
    parse       XML document → `XmlDocument`: signatures, and the content to read
    verify      every signature at the root → `XmlResult`

Read is what `XmlResult.content` holds and nothing else: the document without its signatures, in canonical form.
"""

from tessella.seals.xmldsig._seal import seal
from tessella.seals.xmldsig._verify import SignatureResult, XmlDocument, XmlResult, parse, verify

__all__ = ["SignatureResult", "XmlDocument", "XmlResult", "parse", "seal", "verify"]
