/**
 * ISO 639-1, the 183 two-letter codes.
 * `source`: ISO 639-1 from memory, unverified; the spec compares it with the languages Unicode CLDR knows.
 */
const CODES =
  'aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff ' +
  'fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ' +
  'ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps ' +
  'pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ' +
  've vi vo wa wo xh yi yo za zh zu';

/** Every language code the hub accepts, in alphabetical order. */
export const LANGUAGES: readonly string[] = CODES.split(' ');
const KNOWN = new Set(LANGUAGES);

/** Language of a text, ISO 639-1, in small letters. */
export function parseLanguage(text: string): string | null {
  const code = text.normalize('NFKC').trim().toLowerCase();
  return KNOWN.has(code) ? code : null;
}
