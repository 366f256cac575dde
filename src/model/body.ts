// model/body.ts: a captured message body, within the limit that was set for it

/** A body as it came, still content-coded; or, past the capture limit, only its measure. */
export type Body = Kept | Measured;

/** All the bytes. They must not be modified. */
export type Kept = { readonly kind: "kept"; readonly chunks: readonly Uint8Array[]; readonly length: number };

/**
 * Too large to keep, and never cut: how many bytes it had and their SHA-256, in hex. `unread`: it was longer than all
 * that it could be equal to, and was not read to its end: `length` is the least that it has, and there is no hash.
 */
export type Measured = {
  readonly kind: "measured";
  readonly length: number;
  readonly sha256: string;
  readonly unread?: true;
};

/** A body without bytes. */
export const NO_BODY: Kept = Object.freeze({ kind: "kept", chunks: Object.freeze([]), length: 0 });

/** A kept body as one run of bytes; no copy when it came in one piece. */
export function bytesOf(body: Kept): Uint8Array {
  if (body.chunks.length === 1) return body.chunks[0]!;
  const whole = new Uint8Array(body.length);
  let at = 0;
  for (const chunk of body.chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
