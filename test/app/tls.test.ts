import { copyFileSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:https";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { CERTIFICATES } from "../support/certificates.ts";
import { ask, echo, folder, run, serve, server, UNHURRIED, until } from "./serving.ts";

const PEMS = join(import.meta.dirname, "../support/tls");
const pem = (name: string) => join(PEMS, name);

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** A connection that trusts our authority, whatever the certificate's name. */
async function secured(port: number, options: { cert?: Buffer; key?: Buffer } = {}): Promise<TLSSocket> {
  const socket = connectTls({
    port,
    host: "127.0.0.1",
    ca: CERTIFICATES.ca,
    checkServerIdentity: () => undefined,
    ...options,
  });
  sockets.push(socket);
  await new Promise<void>((done, fail) => socket.once("secureConnect", done).once("error", fail));
  return socket;
}

/** Asks on a connection, and resolves with what comes until it has an end that can be seen, or the connection's. */
function askOn(socket: TLSSocket, target: string): Promise<string> {
  return new Promise((done) => {
    let text = "";
    const end = () => done(text);
    socket.on("data", (bytes: Buffer) => {
      text += bytes.toString("latin1");
      if (text.endsWith("}")) end();
    });
    socket.on("close", end).on("error", end);
    socket.write(`GET ${target} HTTP/1.1\r\nHost: shop.test\r\n\r\n`);
  });
}

const nameOf = (socket: TLSSocket) => String(socket.getPeerCertificate().subject.CN);

describe("a TLS listener", () => {
  test("serves, and shows a renewed certificate to new connections when the files change", async () => {
    await using legacy = await server(echo);
    await using candidate = await server(echo);
    using at = folder();
    const [cert, key, file] = [join(at.path, "tls.pem"), join(at.path, "tls-key.pem"), join(at.path, "config.yaml")];
    copyFileSync(pem("server.pem"), cert);
    copyFileSync(pem("test.key"), key);
    // Named as they lie beside the config.
    writeFileSync(
      file,
      `legacy: "${legacy.url}"\ncandidate: "${candidate.url}"\ntls: { cert: tls.pem, key: tls-key.pem }\n${UNHURRIED}`,
    );
    await using app = await serve([file]);
    const before = await secured(app.port);
    expect(nameOf(before)).toBe("shop.test");
    expect(await askOn(before, "/orders/1")).toMatch(/^HTTP\/1\.1 200 /);

    // Torn: the one in force stays.
    writeFileSync(cert, CERTIFICATES.other.subarray(0, 300));
    const torn = await until(() => app.lines.find(({ event, error }) => event === "certificates" && error));
    expect(torn).toMatchObject({ file: "tls.pem", error: expect.stringContaining("tls") });
    expect(nameOf(await secured(app.port))).toBe("shop.test");

    copyFileSync(pem("other.pem"), cert);
    await until(() => app.lines.find(({ event, error }) => event === "certificates" && !error));
    const after = await secured(app.port);
    expect(nameOf(after)).toBe("other.test");
    expect(await askOn(after, "/orders/2")).toMatch(/^HTTP\/1\.1 200 /);
    // Who was connected stays so.
    expect(await askOn(before, "/orders/3")).toMatch(/HTTP\/1\.1 200 /);
    expect((await app.counted(3)).total.outcomes).toMatchObject({ match: 3 });
  });

  test("lets in only clients with a certificate where it asks for one", async () => {
    await using legacy = await server(echo);
    await using candidate = await server(echo);
    using at = folder();
    const file = join(at.path, "config.yaml");
    const tls = `{ cert: ${pem("server.pem")}, key: ${pem("test.key")}, clientCa: ${pem("ca.pem")} }`;
    const sides = `legacy: "${legacy.url}"\ncandidate: "${candidate.url}"\n`;
    writeFileSync(file, `${sides}tls: ${tls}\nrecheck: { sample: 0% }\n`);
    await using app = await serve([file]);
    const known = await secured(app.port, { cert: CERTIFICATES.server, key: CERTIFICATES.key });
    expect(await askOn(known, "/orders/1")).toMatch(/^HTTP\/1\.1 200 /);
    // In TLS 1.3 the refusal comes after the handshake.
    const unknown = await secured(app.port).then(
      (socket) => askOn(socket, "/orders/2"),
      () => "",
    );
    expect(unknown).toBe("");
    const expired = await secured(app.port, { cert: CERTIFICATES.expired, key: CERTIFICATES.key }).then(
      (socket) => askOn(socket, "/orders/3"),
      () => "",
    );
    expect(expired).toBe("");
    expect(legacy.seen).toEqual(["GET /orders/1"]);
  });

  test("lets go of who speaks no TLS, or does not finish its hello", async () => {
    await using legacy = await server(echo);
    await using candidate = await server(echo);
    using at = folder();
    const file = join(at.path, "config.yaml");
    writeFileSync(
      file,
      `legacy: "${legacy.url}"\ncandidate: "${candidate.url}"\ntls: { cert: ${pem("server.pem")}, key: ${pem("test.key")} }
limits: { headersTimeout: 500ms }\nrecheck: { sample: 0% }\n`,
    );
    await using app = await serve([file]);
    for (const said of ["GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n", "\x16\x03\x01\x02\x00\x01", ""]) {
      const socket = connect(app.port, "127.0.0.1").on("error", () => {});
      sockets.push(socket);
      socket.resume();
      if (said !== "") socket.write(said, "latin1");
      await new Promise((done) => socket.once("close", done));
    }
    expect(await askOn(await secured(app.port), "/orders/1")).toMatch(/^HTTP\/1\.1 200 /);
    expect(legacy.seen).toEqual(["GET /orders/1"]);
  });

  test("does not start with a key that is another's, and says which", async () => {
    using at = folder();
    const file = join(at.path, "config.yaml");
    const [cert, other] = [pem("server.pem"), join(at.path, "no.key")];
    writeFileSync(other, "nonsense");
    writeFileSync(
      file,
      `legacy: "http://127.0.0.1:1"\ncandidate: "http://127.0.0.1:2"\ntls: { cert: ${cert}, key: ${other} }\n`,
    );
    const { exit, err } = run(["serve", file]);
    expect(await exit).toBe(2);
    expect(err()).toMatch(/config\.yaml:3:\d+: tls\.cert: .*no\.key are not a certificate and its private key/);
    expect(err()).not.toMatch(/\n {4}at /);
  });
});

describe("backends behind TLS", () => {
  /** Asks its clients for a certificate of our authority. */
  async function mutual() {
    const names: string[] = [];
    const { cert, key, ca } = { cert: CERTIFICATES.server, key: CERTIFICATES.key, ca: CERTIFICATES.ca };
    const opened = createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: true }, (asked, response) => {
      names.push(String((asked.socket as TLSSocket).getPeerCertificate().subject.CN));
      echo(asked, response);
    });
    await new Promise<void>((done) => opened.listen(0, "127.0.0.1", done));
    const { port } = opened.address() as { port: number };
    return {
      names,
      url: `https://127.0.0.1:${port}`,
      [Symbol.asyncDispose]: async () => {
        opened.closeAllConnections();
        await new Promise((done) => opened.close(done));
      },
    };
  }

  test("are asked with our own authority and certificate on both sides, also when asked again", async () => {
    await using legacy = await mutual();
    await using candidate = await mutual();
    using at = folder();
    const file = join(at.path, "config.yaml");
    const tls = `{ ca: ${pem("ca.pem")}, cert: ${pem("other.pem")}, key: ${pem("test.key")}, serverName: shop.test }`;
    writeFileSync(
      file,
      `legacy: { url: "${legacy.url}", tls: ${tls} }\ncandidate: { url: "${candidate.url}", tls: ${tls} }\nrecheck: { sample: 100% }\n${UNHURRIED}`,
    );
    await using app = await serve([file]);
    for (let n = 0; n < 3; n += 1) expect((await ask(`${app.proxy}/orders/${n}`)).status).toBe(200);
    expect((await app.counted(3)).total.outcomes).toMatchObject({ match: 3 });
    await until(() => legacy.names.length > 3);
    expect(new Set([...legacy.names, ...candidate.names])).toEqual(new Set(["other.test"]));
  });
});

describe("the admin listener", () => {
  test("speaks TLS where it is told to", async () => {
    using at = folder();
    const file = join(at.path, "config.yaml");
    writeFileSync(
      file,
      `legacy: "http://127.0.0.1:1"\ncandidate: "http://127.0.0.1:2"
adminAccess: { tls: { cert: ${pem("server.pem")}, key: ${pem("test.key")} } }\n`,
    );
    await using app = await serve([file]);
    expect(app.admin).toMatch(/^https:/);
    const status = await new Promise((done, fail) => {
      request(`${app.admin}/livez`, { ca: CERTIFICATES.ca, servername: "shop.test", agent: false }, (response) => {
        response.resume();
        done(response.statusCode);
      })
        .on("error", fail)
        .end();
    });
    expect(status).toBe(200);
  });
});
