/** Telephone number in the international form of ITU-T E.164: plus, country code, at most 15 digits; blanks and dashes are dropped. */
export function parsePhoneNumber(text: string): string | null {
  const number = text.normalize('NFKC').replace(/[\s\-().]/g, '');
  return /^\+[1-9]\d{6,14}$/.test(number) ? number : null;
}
