// lib/secret-names.ts: which names (of fields, members, parameters, cookies, elements, columns, variables) mean a secret

import { remembering } from "./memoize.ts";
import { isOrdinaryValue } from "./random-text.ts";

/**
 * What a name says of its value:
 *
 * - `secret`: the value is a secret, whatever it is, unless it is `true`, `false`, `null` or empty;
 * - `doubtful`: the name is used for secrets and for ordinary data (`code`, `key`); the value decides, see
 *   `isOrdinaryValue` in random-text.ts;
 * - `plain`: the name says nothing.
 */
export type NameVerdict = "secret" | "doubtful" | "plain";

const ORDER: readonly NameVerdict[] = ["plain", "doubtful", "secret"];

/** Of two verdicts the one that hides more. */
export const worse = (one: NameVerdict, other: NameVerdict): NameVerdict =>
  ORDER.indexOf(one) >= ORDER.indexOf(other) ? one : other;

/** What a name, in any style of writing, says of its value. */
export type NameTest = (name: string) => NameVerdict;

/** One of these words anywhere in a name makes it secret: `user_password`, `X-Session`, `newPwd`, `csrf`. */
const SECRET_WORDS: ReadonlySet<string> = new Set([
  ...["password", "passwords", "passwd", "passwrd", "pwd", "pw", "pass", "psw", "passphrase", "passcode"],
  ...["passwort", "kennwort", "senha", "contrasena", "contraseña", "wachtwoord"],
  ...["secret", "secrets", "token", "tokens", "credential", "credentials", "cred", "creds"],
  ...["auth", "authorization", "authorisation", "authentication", "oauth", "oidc", "bearer", "saml"],
  ...["jwt", "jws", "jwe", "jwk", "apikey", "apikeys", "cookie", "cookies", "session", "sid"],
  ...["csrf", "xsrf", "sig", "signature", "hmac", "pem", "pin", "puk", "otp", "totp", "hotp", "mfa"],
  ...["mnemonic", "dsn", "ssn", "itin", "iban", "pan", "cvv", "cvc", "csc", "passport"],
  ...["tkn", "tok", "jeton", "geheim", "geheimnis", "hemmelighed", "hemlighet", "секрет", "токен", "пин"],
  ...["haslo", "losenord", "sifre", "jelszó", "jelszo", "adgangskode", "geslo", "lozinka", "matkhau", "katasandi"],
  ...["סיסמה", "סיסמא", "トークン", "비밀번호", "암호", "토큰", "口令", "令牌", "密钥", "密鑰", "秘密"],
  ...["hasło", "heslo", "salasana", "lösenord", "parola", "şifre", "пароль", "密码", "密碼", "パスワード"],
]);

/**
 * Parts of a name written together, in any style: `api_key`, `X-Api-Key`, `apikey`, `userApiKeys`. Each is long enough
 * not to stand in other words by chance.
 */
const SECRET_PARTS: readonly string[] = [
  ...["password", "passwd", "passphrase", "passcode", "secret", "token", "credential", "authorization", "cookie"],
  ...["oauth", "csrf", "xsrf", "sessionid", "sessid", "sessionkey", "securestring", "passkey", "motdepasse"],
  ...[
    "apikey",
    "privatekey",
    "privkey",
    "accesskey",
    "secretkey",
    "encryptionkey",
    "decryptionkey",
    "signingkey",
    "signkey",
  ],
  ...["masterkey", "sharedkey", "accountkey", "storagekey", "subscriptionkey", "servicekey", "consumerkey", "appkey"],
  ...["applicationkey", "clientkey", "authkey", "symmetrickey", "sshkey", "rsakey", "aeskey", "pgpkey", "gpgkey"],
  ...["deploykey", "adminkey", "webhookkey", "licensekey", "licencekey", "recoverykey", "backupkey", "functionkey"],
  ...["recoverycode", "backupcode", "verificationcode", "securitycode", "resetcode", "activationcode", "logincode"],
  ...["accesscode", "devicecode", "usercode", "smscode", "onetimecode", "twofactorcode", "codeverifier", "invitecode"],
  ...["pairingcode", "unlockcode", "functionskey", "rememberme", "cleapi", "cléapi", "llaveapi", "apischluessel"],
  ...["apischlüssel", "katasandi", "mậtkhẩu", "كلمةالمرور", "كلمةالسر", "رمزعبور", "رمزالمرور"],
  // Written without spaces, so that any word may stand before and after them.
  ...["密码", "密碼", "口令", "令牌", "密钥", "密鑰", "パスワード", "トークン", "비밀번호", "토큰"],
  ...["magiclink", "resetlink", "giftcard"],
  ...["securityanswer", "seedphrase", "recoveryphrase", "connectionstring", "connstr", "clientprincipal"],
  ...[
    "socialsecurity",
    "nationalinsurance",
    "nationalid",
    "taxid",
    "passportnumber",
    "driverlicense",
    "driverslicense",
  ],
  ...["cardnumber", "creditcard", "debitcard", "ccnumber", "cardno", "accountnumber", "accountno", "routingnumber"],
];

/** Words that have such a part in them and mean something else. */
const ORDINARY_WORD = /secretar|secretion|token(?:i[sz]|ism)|cookiecutter/;

/** Digits are no words, so this one is looked for as it is. */
const TWO_FACTOR = /(?<![a-z0-9])2fa/i;

/** Names that are used for secrets and for ordinary data alike. Only the whole name counts: `code`, not `country_code`. */
const DOUBTFUL_NAMES: ReadonlySet<string> = new Set([
  ...["code", "key", "keys", "refresh", "access", "ticket", "assertion", "nonce", "state", "challenge", "verifier"],
  ...["salt", "clave", "ключ"],
]);

/** As its last word, one of these makes a name one about a secret: `token_count`, `passwordPolicy`, `session-timeout`. */
const ABOUT_LAST: ReadonlySet<string> = new Set([
  ...["count", "counts", "counter", "total", "limit", "limits", "length", "len", "size", "max", "min", "maximum"],
  ...["minimum", "usage", "used", "remaining", "budget", "price", "cost", "rate", "percent", "index", "position"],
  ...[
    "type",
    "types",
    "kind",
    "method",
    "methods",
    "algorithm",
    "alg",
    "scheme",
    "schema",
    "scope",
    "scopes",
    "format",
  ],
  ...["version", "charset", "provider", "providers", "issuer", "audience", "realm", "policy", "policies", "rules"],
  ...["expires", "expiry", "expiration", "expired", "ttl", "age", "lifetime", "timeout", "duration", "interval"],
  ...["required", "enabled", "disabled", "valid", "invalid", "verified", "strength", "attempts", "retries", "failures"],
  ...["created", "updated", "modified", "changed", "issued", "date", "time", "timestamp", "at", "in"],
  ...["url", "uri", "endpoint", "page", "path", "file", "filename", "dir", "label", "placeholder", "description"],
  ...["title", "message", "error", "errors", "status", "name", "names", "level", "start", "end", "started", "ended"],
  ...["consent", "banner", "domain"],
]);

/** As its first word, one of these makes a name a question about a secret: `has_password`, `requiresToken`. */
const ABOUT_FIRST: ReadonlySet<string> = new Set(["is", "has", "requires", "needs", "supports", "allows", "enable"]);

/** Before a plural `tokens` these count pieces of text: `prompt_tokens`, `maxTokens`. */
const COUNTED = /^(?:total|max|min|num|number|used|remaining|prompt|completion|input|output|cached|reasoning)/;

const WORD = /\p{Lu}{2,}(?=\p{Lu}\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}]+|\p{Lu}+|[\p{Lt}\p{Lm}]+/gu;
const LONGEST_NAME = 200;

/** What stands beside such words in names that are written together without any sign: `totpcode`, `basicauth`. */
const COMPANIONS: readonly string[] = [
  ...["user", "my", "new", "old", "current", "confirm", "code", "codes", "response", "request", "basic", "client"],
  ...["access", "refresh", "id", "key", "keys", "api", "app", "db", "admin", "root", "login", "value", "prompt"],
  ...["completion", "input", "output", "card", "data", "hash", "phrase", "number", "no"],
];
const KNOWN_WORDS: ReadonlySet<string> = new Set([...SECRET_WORDS, ...ABOUT_LAST, ...ABOUT_FIRST, ...COMPANIONS]);
const LONGEST_KNOWN = Math.max(...[...KNOWN_WORDS].map((word) => word.length));

/** A word in lower case as the known words that it is made of, or as it is when any part of it is none. */
function divided(word: string): readonly string[] {
  if (word.length < 6 || word.length > 40 || KNOWN_WORDS.has(word)) return [word];
  // Of each position the known words that lead to it, as few as can be.
  const ways: (readonly string[] | undefined)[] = [[]];
  for (let end = 1; end <= word.length; end += 1) {
    for (let start = Math.max(0, end - LONGEST_KNOWN); start < end; start += 1) {
      const before = ways[start];
      const shorter = before !== undefined && (ways[end] === undefined || before.length + 1 < ways[end]!.length);
      if (shorter && KNOWN_WORDS.has(word.slice(start, end))) ways[end] = [...before, word.slice(start, end)];
    }
  }
  return ways[word.length] ?? [word];
}

/**
 * The words of a name in lower case, however it is written: `userPassword`, `USER_PASSWORD`, `user-password`,
 * `user[password]`, `soap:userPassword`, and `userpassword` where the words are known. Digits part words and are none.
 */
export function wordsOf(name: string): string[] {
  const words = name.slice(0, LONGEST_NAME).normalize("NFKC").match(WORD) ?? [];
  return words.flatMap((word) => divided(word.toLowerCase()));
}

/**
 * The one test of names: the same name has the same verdict in a query, a form, JSON, a field, a cookie, markup, a table
 * and text.
 *
 * @param secret further names that are secret as whole names and at the end of longer ones, in any style of writing:
 *   `customer_id` also means `X-Customer-Id` and `user[customerId]`
 * @param shown names that are not secret, whatever the lists say, in any style of writing
 */
export function createNameTest(secret: readonly string[] = [], shown: readonly string[] = []): NameTest {
  const listed = secret.map(joined).filter((name) => name !== "");
  const visible = new Set(shown.map(joined));
  const exact = new Set(secret.map((name) => name.toLowerCase()));
  return remembering((name) => {
    const words = wordsOf(name);
    const whole = words.join("_");
    if (exact.has(name.toLowerCase()) || listed.some((one) => whole === one || whole.endsWith(`_${one}`))) {
      return "secret";
    }
    const bare = withoutPrefixes(words);
    const prefixes = words.length - bare.length;
    for (let from = 0; from <= prefixes; from += 1) if (visible.has(words.slice(from).join("_"))) return "plain";
    return TWO_FACTOR.test(name) ? "secret" : verdictOf(bare);
  });
}

const joined = (name: string) => wordsOf(name).join("_");

/** `X-Code` and `data-code` are `code`. */
function withoutPrefixes(words: readonly string[]): readonly string[] {
  const first = words.findIndex((word) => word !== "x" && word !== "data");
  return first > 0 ? words.slice(first) : words;
}

function verdictOf(words: readonly string[]): NameVerdict {
  const last = words.at(-1);
  if (last === undefined) return "plain";
  if (words.length > 1 && (ABOUT_LAST.has(last) || ABOUT_FIRST.has(words[0]!))) return "plain";
  const together = words.join("");
  if (last === "tokens" && COUNTED.test(together)) return "plain";
  if (words.some((word) => SECRET_WORDS.has(word))) return "secret";
  if (SECRET_PARTS.some((part) => together.includes(part)) && !ORDINARY_WORD.test(together)) return "secret";
  return words.length === 1 && DOUBTFUL_NAMES.has(last) ? "doubtful" : "plain";
}

/**
 * Whether the value that bears a name must be hidden. `true`, `false`, `null` and nothing at all are no secrets, and to
 * see that a token is missing is worth much.
 */
export function isSecretValue(verdict: NameVerdict, value: string): boolean {
  if (verdict === "plain" || value === "" || BLANK.test(value)) return false;
  return verdict === "secret" || !isOrdinaryValue(value);
}

const BLANK = /^\s*(?:true|false|null|\[\s*\]|\{\s*\})?\s*$/;
