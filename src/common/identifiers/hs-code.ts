/** A tariff code with the dots people write, or without any: 7308.90, 730890, 7308.90.20, 3102.30.0010. */
export const HS_CODE = /^\d{4}\.\d{2}(\.?\d{1,4}|\.\d{2}\.\d{1,2})?$|^\d{6,10}$/;

/**
 * Commodity code of the Harmonized System (WCO): six digits and up to four national ones, dots between them or not; digits only.
 * Shape only: whether the code exists depends on the edition (2017, 2022), which the record names. Chapter 77 is reserved (unverified).
 */
export function parseHsCode(text: string): string | null {
  const code = text.normalize('NFKC').trim();
  if (!HS_CODE.test(code)) return null;
  const digits = code.replaceAll('.', '');
  return digits.startsWith('00') || digits.startsWith('77') ? null : digits;
}
