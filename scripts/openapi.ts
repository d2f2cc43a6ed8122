/** `npm run openapi`: writes docs/openapi.json from the schemas that validate. `npm run check` compares. */
import { writeFileSync } from 'node:fs';
import { openApiText } from '../src/gateway/openapi.ts';

const file = new URL('../docs/openapi.json', import.meta.url);
writeFileSync(file, openApiText());
console.log('docs/openapi.json: written');
