import { describe, expect, test } from "vitest";
import { createKeyLines } from "../../src/lib/named-values.ts";
import { compileRedactor, type RedactSettings } from "../../src/store/index.ts";

const redactor = (over: Partial<RedactSettings> = {}) =>
  compileRedactor({
    ...{ fields: [], query: [], json: [], show: [], patterns: [], values: "shown" },
    ...over,
  });
const plain = redactor();

/** One value that has no look of its own, so that only the name can say what it is. */
const VALUE = "hunter7x";

/** The same name with the same value, in every place where names stand. */
function places(name: string, value = VALUE): Record<string, (by: typeof plain) => string> {
  const body = (text: string, type: string) => (by: typeof plain) => by.body(Buffer.from(text), type);
  const difference = (path: string, named?: string[]) => (by: typeof plain) =>
    JSON.stringify(
      by.difference("GET /", {
        ...{ where: "body", path, kind: "value", legacy: JSON.stringify(value), candidate: '"x"' },
        ...(named === undefined ? {} : { named }),
      }),
    );
  const quoted = JSON.stringify(name);
  const encoded = encodeURIComponent(name);
  const isFieldName = /^[\w-]+$/.test(name);
  return {
    query: (by) => by.target(`/x?a=1&${encoded}=${value}&b=2`),
    json: body(`{"a":1,${quoted}:${JSON.stringify(value)}}`, "application/json"),
    nested: body(`{"a":[{"b":{${quoted}:${JSON.stringify(value)}}}]}`, "application/json"),
    "json in a string": body(JSON.stringify({ a: JSON.stringify({ [name]: value }) }), "application/json"),
    "json record": body(`[{"name":${quoted},"value":${JSON.stringify(value)}}]`, "application/json"),
    "json record, value first": body(`[{"value":${JSON.stringify(value)},"key":${quoted}}]`, "application/json"),
    form: body(`a=1&${encoded}=${value}`, "application/x-www-form-urlencoded"),
    csv: body(`a,"${name}",c\n1,${value},3\n`, "text/csv"),
    "csv record": body(`name,value\n${name},${value}\n`, "text/csv"),
    multipart: body(
      `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--b--\r\n`,
      "multipart/form-data; boundary=b",
    ),
    input: body(`<input name="${name}" value="${value}">`, "text/html"),
    meta: body(`<meta name="${name}" content="${value}">`, "text/html"),
    "json lines": body(`{"a":1}\n{${quoted}:${JSON.stringify(value)}}\n`, "application/x-ndjson"),
    events: body(`data: {${quoted}:${JSON.stringify(value)}}\n\n`, "text/event-stream"),
    "difference in JSON": difference(`$['${name}']`),
    "difference in a named element": difference("$.html[1].body[0].input['@value']", [name]),
    ...(isFieldName && {
      field: (by) => by.fields([name, value]).join(": "),
      "difference in a field": (by) => by.value(name.toLowerCase(), JSON.stringify(value)),
      xml: body(`<a><${name}>${value}</${name}></a>`, "application/xml"),
      attribute: body(`<a data-${name}="${value}">x</a>`, "text/html"),
      "xml attribute": body(`<a ${name}="${value}"/>`, "application/xml"),
      "xml record": body(`<m><name>${name}</name><value><string>${value}</string></value></m>`, "application/xml"),
      "text, NAME=value": body(`DEBUG=1\n${name}=${value}\nA=2\n`, "text/plain"),
      "text, name: value": body(`see ${name}: ${value}, please`, "text/plain"),
      "broken JSON": body(`{"a" 1, ${quoted}: ${JSON.stringify(value)}`, "application/json"),
      note: (by) => by.text(`no user with ${name}="${value}"`),
    }),
  };
}

const SECRET = [
  ...[
    "password",
    "userPassword",
    "new_password",
    "NEW-PASSWORD",
    "passwordConfirmation",
    "user[password]",
    "pwd",
    "Pwd2",
  ],
  ...["passwd", "pass", "passphrase", "passcode", "pin", "otp", "totpCode", "2fa_code", "mfaCode"],
  ...[
    "secret",
    "client_secret",
    "clientSecretKey",
    "secretAccessKey",
    "AWSAccessKeyId",
    "x_api_key",
    "apiKey",
    "APIKEY",
  ],
  ...["api-keys", "private_key", "privateKey", "encryption_key", "sshKey", "signing-key", "masterKey", "recoveryCodes"],
  ...["token", "access_token", "accessToken", "refreshToken", "id_token", "csrfToken", "csrf", "_csrf", "X-XSRF"],
  ...["authenticity_token", "__RequestVerificationToken", "session", "sessionId", "JSESSIONID", "PHPSESSID", "sid"],
  ...[
    "X-Session",
    "auth",
    "authorization",
    "basicAuth",
    "oauth_verifier",
    "OAuthToken",
    "bearer",
    "jwt",
    "SAMLResponse",
  ],
  ...["sig", "signature", "X-Amz-Signature", "X-Amz-Credential", "hmac", "credentials", "db_creds", "cookie_value"],
  ...[
    "ssn",
    "socialSecurityNumber",
    "iban",
    "cvv",
    "cvc2",
    "cardNumber",
    "card_number",
    "credit-card",
    "accountNumber",
  ],
  ...[
    "DB_PASSWORD",
    "SPRING_DATASOURCE_PASSWORD",
    "connectionString",
    "dsn",
    "userpassword",
    "accesstoken",
    "Passwort",
  ],
  ...["contraseña", "пароль", "密码"],
];

const ORDINARY = [
  ...["id", "name_full", "author", "authority", "compass", "passenger", "bypass", "spinner", "opinion", "shipping"],
  ...["secretary", "tokenizer", "tokenizedAt", "public_key", "primaryKey", "cacheKey", "sort_key", "country_code"],
  ...["statusCode", "postal_code", "token_count", "tokenType", "token_type", "expires_in", "accessTokenExpiresAt"],
  ...["prompt_tokens", "maxTokens", "password_policy", "passwordMinLength", "session_timeout", "sessionCount"],
  ...["has_password", "isTokenValid", "requiresOtp", "username", "email_address", "Content-Type", "X-Request-Id"],
  ...["monkey", "turkey", "keyboard", "design", "assignee", "resign", "cookieConsent", "panel", "japan", "__proto__"],
];

describe("a name has the same verdict everywhere", () => {
  test.each(SECRET)("%s is secret in every place", (name) => {
    for (const [place, shown] of Object.entries(places(name))) {
      expect(shown(plain), `${name} in ${place}`).not.toContain(VALUE);
    }
  });

  test.each(ORDINARY)("%s is shown in every place", (name) => {
    for (const [place, shown] of Object.entries(places(name))) {
      expect(shown(plain), `${name} in ${place}`).toContain(VALUE);
    }
  });

  test("a listed name is secret in every style of writing, and a shown one is not secret", () => {
    const by = redactor({ fields: ["x-customer"], query: ["tableNumber"], show: ["page_token", "X-Session"] });
    for (const name of ["X-Customer", "x_customer", "table_number", "Table-Number", "user[tableNumber]"]) {
      for (const [place, shown] of Object.entries(places(name))) {
        expect(shown(by), `${name} in ${place}`).not.toContain(VALUE);
      }
    }
    for (const name of ["pageToken", "page-token", "X_SESSION"]) {
      for (const [place, shown] of Object.entries(places(name))) {
        expect(shown(by), `${name} in ${place}`).toContain(VALUE);
      }
    }
    expect(by.target("/?token=hunter7x&session=hunter7x")).toBe("/?token=[redacted]&session=[redacted]");
  });

  test("of a doubtful name the value decides, alike in every place", () => {
    for (const name of ["code", "key", "state", "refresh", "X-Code"]) {
      for (const value of ["482913", "SplxlOBeZQQYbYS6WxSbIA", "4/0AX4XfWj_8yq-2K", "hunter7x"]) {
        for (const [place, shown] of Object.entries(places(name, value))) {
          expect(shown(plain), `${name} in ${place}`).not.toContain(value);
        }
      }
      for (const value of ["NOT_FOUND", "EUR", "404", "E1001", "open", "en-US"]) {
        for (const [place, shown] of Object.entries(places(name, value))) {
          expect(shown(plain), `${name} in ${place}`).toContain(value);
        }
      }
    }
  });

  test("what says that there is no secret is shown", () => {
    const text = '{"token":null,"password":true,"secret":"","cookies":[],"credentials":{},"pin":[null]}';
    expect(plain.body(Buffer.from(text), "application/json")).toBe(
      '{"token":null,"password":true,"secret":"","cookies":[],"credentials":{},"pin":"[redacted]"}',
    );
    expect(plain.target("/?token=&password=false")).toBe("/?token=&password=false");
    expect(plain.fields(["Access-Control-Allow-Credentials", "true"])).toEqual([
      "Access-Control-Allow-Credentials",
      "true",
    ]);
  });
});

describe("a private key given line by line", () => {
  const lines = [
    "first",
    "-----BEGIN RSA PRIVATE KEY-----",
    "MIIEowIBAAKCAQEAxyz",
    "abcd",
    "-----END RSA PRIVATE KEY-----",
    "last",
  ];

  test("is gone from a list of lines, and from text", () => {
    const list = plain.body(Buffer.from(JSON.stringify({ lines })), "application/json");
    expect(JSON.parse(list)).toEqual({ lines: ["first", ...Array(4).fill("[redacted]"), "last"] });
    const text = redactor({ patterns: ["key"] }).body(Buffer.from(lines.join("\n")), "text/plain");
    expect(text).toBe("first\n[key]\nlast");
  });
});

describe("a secret in a sentence", () => {
  test.each([
    ["your password is ", ""],
    ["Invalid token '", "' for user jane"],
    ["machine h login bob password ", ""],
    ["the session ", " has ended"],
    ['new Passwort: old token was "', '".'],
    ["用户密码 ", ""],
  ])("is hidden: %s", (before, after) => {
    for (const value of ["hunter7x", "GgqbxyWC5nlxuOPa4giPQk", "48291305"]) {
      expect(plain.text(before + value + after)).not.toContain(value);
    }
  });

  test("leaves sentences about secrets as they are", () => {
    const sentences = [
      ...["the token expired in 2024", "password must have 8 characters", "session (id) missing", "token is invalid"],
      ...["Authorization header missing", "password don't match", "token of version 1.2.3", "no cookie at 12:30:05"],
    ];
    for (const sentence of sentences) expect(plain.text(sentence)).toBe(sentence);
  });
});

describe("a private key of any format, line by line", () => {
  test.each(["RSA PRIVATE KEY", "PGP PRIVATE KEY BLOCK"])("is hidden, line for line: %s", (label) => {
    const begins = createKeyLines();
    const lines = ["a", `-----BEGIN ${label}-----`, "", "AbC1", `-----END ${label}-----`, "b"];
    expect(lines.map(begins)).toEqual([false, true, true, true, true, false]);
  });
});
