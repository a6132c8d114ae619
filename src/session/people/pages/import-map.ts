import { createHash } from 'node:crypto';

/** Tells a browser where these packages are (HTML, import maps). It stands in the page, so the policy names its hash. */
export const IMPORT_MAP = JSON.stringify({
  imports: {
    jose: '/modules/jose/index.js',
    '@noble/curves/': '/modules/noble-curves/',
    '@noble/hashes/': '/modules/noble-hashes/',
  },
});

/** The source expression (CSP level 3, section 2.3.1) that lets the import map stand, and no other script in a page. */
export const IMPORT_MAP_HASH = `'sha256-${createHash('sha256').update(IMPORT_MAP).digest('base64')}'`;
