// model/varying.ts: how a difference is marked at a place where legacy's own value varies

/**
 * The beginning of a difference's note where legacy's own answers differ from one another, and the candidate was shown to be
 * wrong nevertheless. The rest says what shows it: `the candidate's value is systematically larger`.
 */
export const VARIES_HERE = "legacy varies here, and ";
