// SD-JWT VC with @sd-jwt/*. Reads one JSON object on standard input: {"items": [
//   {"kind": "verify", "token": "…", "jwk": {…}, "nonce": "…", "lists": {url: token}, "at": seconds}
//   {"kind": "issue", "claims": {…}, "frame": {…}}                    by a new key, for a new holder
//   {"kind": "present", "token": "…", "frame": {…}, "holder": {private JWK}, "nonce": "…", "audience": "…", "at": seconds}]}
// and prints one JSON object per item and line: {"verified": bool, "claims": {…}, "error": "…"}, {"token", "jwk", "holder"} or
// {"token"}.
import crypto from 'node:crypto';
import {readFileSync} from 'node:fs';
import {SDJwtVcInstance} from '@sd-jwt/sd-jwt-vc';
import {compactVerify, importJWK} from 'jose';

const request = JSON.parse(readFileSync(0, 'utf8'));
const P1363 = {dsaEncoding: 'ieee-p1363'};
const names = {'P-256': ['ES256', 'sha256'], 'P-384': ['ES384', 'sha384'], Ed25519: ['EdDSA', null]};
const base = {
  hasher: (data, name) => crypto.createHash(name.replace('-', '')).update(data).digest(),
  hashAlg: 'sha-256',
  saltGenerator: length => crypto.randomBytes(length).toString('base64url'),
};

function verifier(jwk) {
  const key = crypto.createPublicKey({key: jwk, format: 'jwk'});
  return (data, signature) => crypto.verify(
    names[jwk.crv][1], Buffer.from(data), {key, ...P1363}, Buffer.from(signature, 'base64url'));
}

function signer(jwk) {
  const key = crypto.createPrivateKey({key: jwk, format: 'jwk'});
  return data => crypto.sign(names[jwk.crv][1], Buffer.from(data), {key, ...P1363}).toString('base64url');
}

function generate() {
  const pair = crypto.generateKeyPairSync('ec', {namedCurve: 'P-256'});
  return [pair.privateKey.export({format: 'jwk'}), pair.publicKey.export({format: 'jwk'})];
}

const kinds = {
  async verify({token, jwk, nonce, lists, at}) {
    const instance = new SDJwtVcInstance({
      ...base,
      verifier: verifier(jwk),
      kbVerifier: (data, signature, payload) => verifier(payload.cnf.jwk)(data, signature),
      statusListFetcher: uri => lists[uri],
      statusVerifier: verifier(jwk),
    });
    const {payload, kb} = await instance.verify(token, {currentDate: at, keyBindingNonce: nonce});
    await compactVerify(token.split('~')[0], await importJWK(jwk, names[jwk.crv][0]));  // jose agrees
    return {verified: true, claims: payload, binding: kb?.payload};
  },
  async issue({claims, frame}) {
    const [own, jwk] = generate();
    const [holder, cnf] = generate();
    const instance = new SDJwtVcInstance({...base, signer: signer(own), signAlg: 'ES256'});
    return {token: await instance.issue({...claims, cnf: {jwk: cnf}}, frame), jwk, holder};
  },
  async present({token, frame, holder, nonce, audience, at}) {
    const instance = new SDJwtVcInstance({...base, kbSigner: signer(holder), kbSignAlg: 'ES256'});
    return {token: await instance.present(token, frame, {kb: {payload: {iat: at, nonce, aud: audience}}})};
  },
};

for(const item of request.items) {
  let answer;
  try {
    answer = await kinds[item.kind](item);
  } catch(error) {
    answer = {verified: false, error: String(error)};
  }
  console.log(JSON.stringify(answer));
}
