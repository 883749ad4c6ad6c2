import { writeFileSync } from 'node:fs';
import { reasonsDoc } from './reasons-doc.ts';

// From dist/src/login/ up to the checkout.
writeFileSync(new URL('../../../docs/reasons.md', import.meta.url), reasonsDoc());
