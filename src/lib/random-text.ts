// lib/random-text.ts: tells names that people write from strings that a machine made up: tokens, keys, random identifiers

/**
 * How much likelier than by chance one letter follows another in words, from `a` to `z` and again: the logarithm to the
 * base 2, rounded, plus 6, as one digit. Counted in frequent words of sixteen languages that use the Latin alphabet,
 * English six times as much as any other.
 */
const FOLLOWS: readonly string[] = [
  ...["55663464645768361878553244", "85328011831723700753711050", "80518008726612801647600044", "82259142833535820664643055"],
  ...["64675453535768352887453444", "82038731821702800746700041", "82039166734646720765711051", "92239102833545800646633060"],
  ...["74767562335768752677351225", "91359321615445830454832002", "83228113746635810676732051", "83358333834744730266640060"],
  ...["86239111801364770353600051", "72678483735436611278541053", "45664453535778660876655344", "81228226712733860856600040"],
  ...["30000000300400100022900000", "84568353825565740576642054", "72628226726554762278633045", "82319226823433710766623052"],
  ...["66666454645778460877442334", "81139021801414700542420052", "93348306813426830564402062", "72708315800332681038611350"],
  ...["85667254645767760677544144", "84459032825546730435635076"],
]; // biome-ignore format: a table

/** Pieces of a name as people write them: digits, a word with or without its capital, an abbreviation. */
const PIECE = /[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/g;
const LEAST = 8;
/** What is longer is judged by so much of it. */
const MOST = 256;

/**
 * Whether a text of letters, digits and what may part them is random rather than made of words. Of random strings of 16
 * characters one in a thousand is taken for a name, whatever alphabet of letters and digits they are made of; of 12
 * characters one in thirty. Of words, one in a thousand is taken for random. Shorter than 8 characters, and without
 * letters, nothing is.
 */
export function looksRandom(text: string): boolean {
  const pieces = text.slice(0, MOST).match(PIECE) ?? [];
  let [characters, letters, turns] = [0, 0, 0];
  for (const piece of pieces) {
    characters += piece.length;
    if (isLetter(piece.charCodeAt(0))) letters += piece.length;
  }
  if (characters < LEAST || letters < 2) return false;
  const digits = characters - letters;
  if (digits >= 2) turns = text.slice(0, MOST).match(/[A-Za-z](?=\d)|\d(?=[A-Za-z])/g)?.length ?? 0;
  // Letters and digits mixed as no word mixes them: a ULID, a short random id.
  if (turns >= 3 || (characters >= 16 && digits >= 4 && turns >= 1)) return true;
  if (letters < 4) return false;
  const perPiece = characters / pieces.length;
  if (characters >= 12 && perPiece < 2.5) return true;
  const { mean, pairs } = likeness(perPiece < 3.5 ? [text.slice(0, MOST)] : pieces);
  return mean < (pairs >= 11 ? 0.5 - 5 / pairs : perPiece < 3.5 ? 0 : -1);
}

/** How much the letters follow each other as in words, on average: about 1 in words, about -2 in random letters. */
function likeness(texts: readonly string[]): { readonly mean: number; readonly pairs: number } {
  let [sum, pairs] = [0, 0];
  for (const text of texts) {
    for (let i = 1; i < text.length; i += 1) {
      const [before, code] = [text.charCodeAt(i - 1), text.charCodeAt(i)];
      if (!isLetter(before) || !isLetter(code)) continue;
      sum += FOLLOWS[(before | 0x20) - 0x61]!.charCodeAt((code | 0x20) - 0x61) - 0x36;
      pairs += 1;
    }
  }
  return { mean: pairs === 0 ? -2 : sum / pairs, pairs };
}

const isLetter = (code: number) => (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;

const PART = /^(?:\d{1,3}|\p{L}{1,24}|\p{L}{1,3}\d{1,4})$/u;

/**
 * Whether a value that bears a doubtful name (`code`, `key`, `state`) is what such names mostly hold: a few words, an
 * abbreviation, a short number, a path: `NOT_FOUND`, `EUR`, `404`, `E1001`, `images/2024/cat.png`. A one-time code of
 * digits, an authorization code or a key is none.
 */
export function isOrdinaryValue(text: string): boolean {
  if (text.length > 64 || looksRandom(text)) return false;
  const parts = text.split(/[\s/._:,-]+/).filter((part) => part !== "");
  return parts.every((part) => PART.test(part) || /^(?:19|20)\d\d$/.test(part));
}
