const KNOWN = new Set(Intl.supportedValuesOf('currency'));

/** Code of a currency, ISO 4217, as the runtime's Unicode CLDR knows them (historic ones too, for old cases). */
export function parseCurrency(text: string): string | null {
  const code = text.normalize('NFKC').trim().toUpperCase();
  return KNOWN.has(code) ? code : null;
}
