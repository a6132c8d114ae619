/**
 * What does not show, or changes how the text around it shows: control characters, controls of writing direction, and characters without
 * width (Unicode categories Cc and Cf, line and paragraph separators, and the fillers that look like nothing).
 */
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029\u115f\u1160\u3164\uffa0]|\u034f|\u17b4|\u17b5/gu;
/** Scripts that are written without spaces mark the ends of words with U+200B, and join letters with U+200C and U+200D. */
const ORDINARY =
  /(?<=[\p{sc=Khmr}\p{sc=Laoo}\p{sc=Thai}\p{sc=Mymr}])[\u200b-\u200d](?=[\p{sc=Khmr}\p{sc=Laoo}\p{sc=Thai}\p{sc=Mymr}])/gu;

/** A text of others as a reader can judge it: each character that does not show is shown by its number, as in ‹U+202E›. */
export function visible(text: string): string {
  const ordinary = new Set([...text.matchAll(ORDINARY)].map(({ index }) => index));
  return text.replace(UNSEEN, (character, index: number) => {
    if (ordinary.has(index)) return character;
    return `‹U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}›`;
  });
}
