// lib/path-token.ts: path segments that grant access to anyone who knows them, such as invitation or reset tokens

import { isOrdinaryValue, looksRandom } from "./random-text.ts";
import type { NameVerdict } from "./secret-names.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Identifiers of documents (MongoDB's ObjectId) and of events (ULID): long and random, and rarely secret. */
const IDENTIFIER = /^(?:[0-9a-f]{24}|01[0-9A-HJKMNP-TV-Z]{24})$/i;
const HEX = /^[0-9a-f]{32,}$/i;
const LEAST = 16;

/**
 * Whether a decoded segment must not be written down: a random text of at least 16 characters that is no UUID, ObjectId or
 * ULID, as in `/reset/Xk29sLq8ZpWm3vTb`; or what follows a segment of a secret name and is no word, as in
 * `/session/8312`.
 * @param before what the name of the segment before says
 */
export function isSecretSegment(segment: string, before: NameVerdict = "plain"): boolean {
  if (segment === "") return false;
  if (before === "secret" && !isOrdinaryValue(segment)) return true;
  if (segment.length < LEAST || UUID.test(segment) || IDENTIFIER.test(segment)) return false;
  return HEX.test(segment) || (lettersAndDigits(segment) >= LEAST && looksRandom(segment));
}

const lettersAndDigits = (text: string) => text.match(/[A-Za-z0-9]/g)?.length ?? 0;
