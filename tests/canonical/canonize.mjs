// Canonicalises documents with jsonld.js in safe mode. Standard input: {"contexts": {url: document}, "documents": [...]};
// standard output: one line per document, {"canonical": "..."} or {"refused": "..."}.
// First argument: the folder in which the packages are installed.
import {createRequire} from 'node:module';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';

const require = createRequire(join(process.argv[2], 'package.json'));
const jsonld = require('jsonld');
const {contexts, documents} = JSON.parse(readFileSync(0, 'utf8'));

async function documentLoader(url) {
  if(!(url in contexts)) {
    throw new Error(`unknown context ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document: contexts[url]};
}

for(const document of documents) {
  try {
    const canonical = await jsonld.canonize(document, {
      algorithm: 'RDFC-1.0', safe: true, base: null, documentLoader
    });
    console.log(JSON.stringify({canonical}));
  } catch(error) {
    console.log(JSON.stringify({refused: String(error.message)}));
  }
}
