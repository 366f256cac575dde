// json/scan.ts: bytes -> tape, judging on the way whether they are JSON
// biome-ignore-all lint/style/noExcessiveLinesPerFile: one state machine over bytes, the hot loop of the engine

import { hashEscapedName, nameHash } from "./strings.ts";
import {
  ARRAY,
  COUNT,
  END,
  ESCAPED,
  FALSE,
  KIND,
  KIND_BITS,
  NAME,
  NAME_END,
  NAME_ESCAPED,
  NAME_HASH,
  NEXT,
  NULL,
  NUMBER,
  OBJECT,
  START,
  STRIDE,
  STRING,
  type Tape,
  TRUE,
} from "./tape.ts";

/**
 * Reads a whole document (RFC 8259, as `JSON.parse` judges it; a UTF-8 byte order mark may lead). False: see `fault`. With
 * `legacy`, already read, leaves that stand in the same place and are written the same are taken over rather than read.
 */
export function scanDocument(tape: Tape, legacy?: Tape): boolean {
  const b = tape.bytes;
  const bom = b.length >= 3 && b[0] === 0xef && b[1] === 0xbb && b[2] === 0xbf;
  const guide = legacy === undefined ? undefined : { tape: legacy, next: 0, end: legacy.used };
  let p = scan(tape, bom ? 3 : 0, 0, -1, undefined, guide);
  if (p < 0) return false;
  while (p < b.length && isSpace(b[p]!)) p += 1;
  if (p < b.length) tape.fault = p;
  return p === b.length;
}

/**
 * Reads the first value at or after an offset into the tape, whatever follows it. Returns the offset after it, or -1 with
 * `fault` set; the text's length where nothing but whitespace is left.
 */
export function scanValue(tape: Tape, from: number): number {
  const b = tape.bytes;
  let p = from;
  while (p < b.length && isSpace(b[p]!)) p += 1;
  return p === b.length ? p : scan(tape, p, 0, -1, undefined, undefined);
}

const isSpace = (c: number): boolean => c === 32 || c === 10 || c === 13 || c === 9;

/** Where a scan that began inside a container may end: see `scanInside`. */
type Stop = {
  readonly container: number;
  /** The next offset at which a child may begin that is known from there on; moved on when a child begins after it. */
  at: number;
  readonly after: (offset: number) => number;
  /** Where the container's bracket must close it. */
  readonly close: number;
};

/** Another tape, and the node of it that may stand next in this text; -1 for none. `end` is where its container's nodes end. */
type Guide = { readonly tape: Tape; readonly next: number; readonly end: number };

/** Leaves in a row, so to speak, that were not as guessed before guessing ends: the texts are too different. */
const STRIKES = 12;

/**
 * Reads on inside the open `container`, whose first children stand in the nodes up to `used` already: `from` follows the last of
 * them. Ends where a child begins at one of the known offsets, or at the container's bracket. Returns the offset, or -1: then the
 * text has to be read from its beginning.
 */
export function scanInside(
  tape: Tape,
  container: number,
  from: number,
  stop: Omit<Stop, "container">,
  guide: Guide,
): number {
  return scan(tape, from, tape.used, container, { ...stop, container }, guide);
}

/**
 * Reads one value, or on inside an open container, into the tape's nodes from `at` on. Without recursion, so no depth is too
 * deep. Returns the offset after what was read, or -1 with `fault` set.
 */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: one state machine over bytes, the hot loop of the engine
function scan(
  tape: Tape,
  from: number,
  at: number,
  open: number,
  stop: Stop | undefined,
  guide: Guide | undefined,
): number {
  const b: Uint8Array = tape.bytes;
  const known: Uint8Array = guide === undefined ? b : guide.tape.bytes;
  const s = guide === undefined ? tape.nodes : guide.tape.nodes;
  const to = b.length;
  const stopOpen = stop === undefined ? -2 : stop.container;
  let t = tape.nodes;
  let room = t.length - STRIDE;
  // `open` is the innermost open container; while one is open, its NEXT holds the one around it, its END the guide's counterpart
  let guess = guide === undefined ? -1 : guide.next;
  let guessEnd = guide === undefined ? -1 : guide.end;
  let strikes = 0;
  // up to `runEnd` the bytes are those of the guide, `runShift` bytes earlier there
  let runShift = 0;
  let runEnd = 0;
  let p = from;
  let c = 0;
  let naming = false;
  let ended = at > open + STRIDE; // a value has just ended, rather than being about to begin
  if (open >= 0 && !ended) {
    naming = (t[open + KIND]! & KIND_BITS) === OBJECT;
    while (p < to && b[p]! <= 32 && isSpace(b[p]!)) p += 1;
    if (b[p] === (naming ? 125 : 93)) ended = true;
  }

  reading: for (;;) {
    if (!ended) {
      while (p < to && b[p]! <= 32 && isSpace(b[p]!)) p += 1;
      if (open === stopOpen && p >= stop!.at) {
        if (p > stop!.at) stop!.at = stop!.after(p);
        if (p === stop!.at) {
          tape.used = at;
          return p;
        }
      }
      if (at > room) {
        t = grown(t);
        tape.nodes = t;
        room = t.length - STRIDE;
      }
      if (guess >= 0 && open >= 0 && (s[guess + KIND]! & KIND_BITS) < ARRAY) {
        const first = naming ? s[guess + NAME]! : s[guess + START]!;
        const length = s[guess + END]! - first;
        const shift = p - first;
        if (shift !== runShift || p >= runEnd) {
          runShift = shift;
          runEnd = p;
          while (runEnd < to && b[runEnd] === known[runEnd - shift]) runEnd += 1;
        }
        if (p + length <= runEnd && endsLeaf(b[p + length])) {
          t[at + START] = s[guess + START]! + shift;
          t[at + END] = p + length;
          t[at + KIND] = s[guess + KIND]!;
          t[at + NAME] = naming ? p : 0;
          t[at + NAME_END] = naming ? s[guess + NAME_END]! + shift : 0;
          t[at + NAME_HASH] = s[guess + NAME_HASH]!;
          t[at + COUNT] = ~guess;
          at += STRIDE;
          t[at - STRIDE + NEXT] = at;
          t[open + COUNT]! += 1;
          p += length;
          guess += STRIDE;
          if (guess >= guessEnd) guess = -1;
          if (strikes > 0) strikes -= 1;
          ended = true;
        } else if (++strikes > STRIKES) guess = -1;
      }
    }
    if (!ended) {
      let escapedName = 0;
      if (naming) {
        if (p >= to || b[p] !== 34) return failed(tape, p);
        t[at + NAME] = p;
        p += 1;
        for (;;) {
          if (p >= to) return failed(tape, p);
          c = b[p]!;
          if (c === 34) break;
          if (c === 92) {
            p = escaped(b, p, to);
            if (p < 0) return failed(tape, ~p);
            escapedName = NAME_ESCAPED;
          } else {
            if (c < 32) return failed(tape, p);
            p += 1;
          }
        }
        p += 1;
        t[at + NAME_END] = p;
        t[at + NAME_HASH] =
          escapedName === 0 ? nameHash(b, t[at + NAME]! + 1, p - 1) : hashEscapedName(tape.bytes, t[at + NAME]!, p);
        while (p < to && b[p]! <= 32 && isSpace(b[p]!)) p += 1;
        if (p >= to || b[p] !== 58) return failed(tape, p);
        p += 1;
        while (p < to && b[p]! <= 32 && isSpace(b[p]!)) p += 1;
      } else {
        t[at + NAME] = 0;
        t[at + NAME_END] = 0;
        t[at + NAME_HASH] = 0;
      }

      if (p >= to) return failed(tape, p);
      c = b[p]!;
      t[at + START] = p;
      let kind = 0;
      if (c === 34) {
        kind = STRING;
        p += 1;
        for (;;) {
          while (p < to) {
            c = b[p]!;
            if (c === 34 || c === 92 || c < 32) break;
            p += 1;
          }
          if (p >= to || c < 32) return failed(tape, p);
          if (c === 34) break;
          p = escaped(b, p, to);
          if (p < 0) return failed(tape, ~p);
          kind = ESCAPED;
        }
        p += 1;
      } else if (c === 123 || c === 91) {
        t[at + KIND] = (c === 123 ? OBJECT : ARRAY) | escapedName;
        t[at + NEXT] = open;
        t[at + COUNT] = 0;
        t[at + END] = guess;
        if (guess >= 0) {
          guessEnd = s[guess + NEXT]!;
          const same = (s[guess + KIND]! & KIND_BITS) === (c === 123 ? OBJECT : ARRAY) && s[guess + COUNT]! > 0;
          guess = same ? guess + STRIDE : -1;
        }
        open = at;
        at += STRIDE;
        p += 1;
        while (p < to && b[p]! <= 32 && isSpace(b[p]!)) p += 1;
        if (p >= to || b[p] !== c + 2) {
          naming = c === 123;
          continue;
        }
      } else if (c === 45 || (c >= 48 && c <= 57)) {
        kind = NUMBER;
        if (c === 45) c = ++p < to ? b[p]! : 0;
        if (c === 48) c = ++p < to ? b[p]! : 0;
        else if (c >= 49 && c <= 57) {
          do c = ++p < to ? b[p]! : 0;
          while (c >= 48 && c <= 57);
        } else return failed(tape, p);
        if (c === 46) {
          c = ++p < to ? b[p]! : 0;
          if (c < 48 || c > 57) return failed(tape, p);
          do c = ++p < to ? b[p]! : 0;
          while (c >= 48 && c <= 57);
        }
        if (c === 101 || c === 69) {
          c = ++p < to ? b[p]! : 0;
          if (c === 43 || c === 45) c = ++p < to ? b[p]! : 0;
          if (c < 48 || c > 57) return failed(tape, p);
          do c = ++p < to ? b[p]! : 0;
          while (c >= 48 && c <= 57);
        }
      } else if (c === 116 && p + 4 <= to && b[p + 1] === 114 && b[p + 2] === 117 && b[p + 3] === 101) {
        kind = TRUE;
        p += 4;
      } else if (
        c === 102 &&
        p + 5 <= to &&
        b[p + 1] === 97 &&
        b[p + 2] === 108 &&
        b[p + 3] === 115 &&
        b[p + 4] === 101
      ) {
        kind = FALSE;
        p += 5;
      } else if (c === 110 && p + 4 <= to && b[p + 1] === 117 && b[p + 2] === 108 && b[p + 3] === 108) {
        kind = NULL;
        p += 4;
      } else return failed(tape, p);

      if (kind !== 0) {
        t[at + END] = p;
        t[at + KIND] = kind | escapedName;
        t[at + COUNT] = 0;
        at += STRIDE;
        t[at - STRIDE + NEXT] = at;
        if (open >= 0) t[open + COUNT]! += 1;
        if (guess >= 0) {
          guess = s[guess + NEXT]!;
          if (guess >= guessEnd) guess = -1;
        }
      }
    }
    ended = false;

    // a value has ended, or an empty container is about to: close what closes here
    for (;;) {
      if (open < 0) {
        tape.used = at;
        return p;
      }
      while (p < to && b[p]! <= 32 && isSpace(b[p]!)) p += 1;
      if (p >= to) return failed(tape, p);
      c = b[p]!;
      naming = (t[open + KIND]! & KIND_BITS) === OBJECT;
      if (c === 44 && at > open + STRIDE) {
        p += 1;
        continue reading;
      }
      if (c !== (naming ? 125 : 93)) return failed(tape, p);
      if (open === stopOpen) {
        tape.used = at;
        return p === stop!.close ? p : failed(tape, p);
      }
      p += 1;
      const around = t[open + NEXT]!;
      const counterpart = t[open + END]!;
      t[open + NEXT] = at;
      t[open + END] = p;
      open = around;
      if (open < 0) continue;
      t[open + COUNT]! += 1;
      guess = -1;
      if (counterpart >= 0 && strikes <= STRIKES) {
        guessEnd = s[t[open + END]! + NEXT]!;
        if (s[counterpart + NEXT]! < guessEnd) guess = s[counterpart + NEXT]!;
      }
    }
  }
}

/** Whether a leaf can end before this byte. */
const endsLeaf = (c: number | undefined): boolean =>
  c === 44 || c === 125 || c === 93 || (c !== undefined && c <= 32 && isSpace(c));

/** The offset after the escape at `p`, or the complement of where it is broken. */
function escaped(b: Uint8Array, p: number, to: number): number {
  if (p + 1 >= to) return ~to;
  const c = b[p + 1]!;
  if (c === 117) {
    for (let i = p + 2; i < p + 6; i++) {
      if (i >= to) return ~to;
      const h = b[i]! | 32;
      if (!((h >= 97 && h <= 102) || (b[i]! >= 48 && b[i]! <= 57))) return ~i;
    }
    return p + 6;
  }
  // " \ / b f n r t
  if (c === 34 || c === 92 || c === 47 || c === 98 || c === 102 || c === 110 || c === 114 || c === 116) return p + 2;
  return ~(p + 1);
}

function failed(tape: Tape, at: number): number {
  tape.fault = at;
  return -1;
}

function grown(nodes: Int32Array): Int32Array {
  const larger = new Int32Array(Math.max(nodes.length * 2, 1024));
  larger.set(nodes);
  return larger;
}
