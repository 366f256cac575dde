// lib/digest.ts: a short stable name for a text; not for secrets

/** 64 bits in two unsigned halves. */
export type Digest = { readonly hi: number; readonly lo: number };

/**
 * Two multiplicative lanes over the UTF-16 code units (and then over the bytes), each finished with the avalanche of
 * MurmurHash3, so that every bit may be used as a random one. It is no cryptographic hash: someone who can choose texts
 * can choose two with the same digest.
 */
export function digest(text: string, bytes?: Uint8Array): Digest {
  let a = 0x811c9dc5;
  let b = 0x27d4eb2f;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul((b << 5) | (b >>> 27), 0x85ebca6b) ^ unit;
  }
  if (bytes !== undefined) {
    // A mark that no text has, so that `ab` + `c` and `a` + `bc` differ.
    a = Math.imul(a ^ 0x10000, 0x01000193);
    b = Math.imul((b << 5) | (b >>> 27), 0x85ebca6b) ^ 0x10000;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      a = Math.imul(a ^ byte, 0x01000193);
      b = Math.imul((b << 5) | (b >>> 27), 0x85ebca6b) ^ byte;
    }
  }
  const first = avalanche(a ^ Math.imul(b, 0x9e3779b1));
  const second = avalanche(b ^ Math.imul(first, 0xc2b2ae35));
  return { hi: first, lo: second };
}

/** Sixteen hexadecimal digits. */
export function digestText(text: string): string {
  const { hi, lo } = digest(text);
  return hi.toString(16).padStart(8, "0") + lo.toString(16).padStart(8, "0");
}

function avalanche(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
