// XML signatures by xml-crypto. Standard input:
//   {"items": [{"kind": "verify", "xml": "…", "pem": "…"}, {"kind": "sign", "xml": "…", "pem": "…", "key": "…", "algorithm": "…", "c14n": "…"}]}
// Standard output: one JSON object per item: {"verified": bool, "why": "…", "signed": "…"} or {"xml": "…"}.

import {SignedXml} from 'xml-crypto';
import {readFileSync} from 'node:fs';

const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';

function verify({xml, pem}) {
  const start = xml.indexOf('<Signature');
  const signature = xml.slice(start, xml.indexOf('</Signature>') + '</Signature>'.length);
  const check = new SignedXml({publicCert: pem});
  check.loadSignature(signature);
  try {
    const verified = check.checkSignature(xml);
    return {verified, signed: verified ? check.getSignedReferences()[0] : ''};
  } catch(error) {
    return {verified: false, why: String(error)};
  }
}

function sign({xml, pem, key, algorithm, c14n}) {
  const made = new SignedXml({
    privateKey: key,
    publicCert: pem,
    signatureAlgorithm: algorithm,
    canonicalizationAlgorithm: c14n
  });
  made.addReference({
    xpath: '/*',
    uri: '',
    isEmptyUri: true,
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
    transforms: [ENVELOPED, c14n]
  });
  made.computeSignature(xml);
  return {xml: made.getSignedXml()};
}

const {items} = JSON.parse(readFileSync(0, 'utf8'));
for(const item of items) {
  console.log(JSON.stringify(item.kind === 'sign' ? sign(item) : verify(item)));
}
