/**
 * What a person typed or pasted, made comparable: full-width letters become plain ones, small letters capitals, and the blanks, dashes,
 * dots and slashes that documents print between groups go. Any other character stays, so that the check that follows refuses it.
 */
export function tidy(text: string): string {
  return text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\-\u2010-\u2015./]/g, '');
}

/** Sum of each digit times the weight at its place. */
export function weightedSum(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, i) => sum + weight * Number(digits[i]), 0);
}
