import { writeFileSync } from 'node:fs';
import { exampleConfig } from './example.ts';
import { profilesDoc } from './profiles-doc.ts';
import { referenceDoc } from './reference.ts';

// From dist/src/config/ up to the checkout.
const root = new URL('../../../', import.meta.url);
writeFileSync(new URL('radius.conf.example', root), exampleConfig());
writeFileSync(new URL('docs/configuration.md', root), referenceDoc());
writeFileSync(new URL('docs/profiles.md', root), profilesDoc());
