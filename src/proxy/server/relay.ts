// proxy/server/relay.ts: one client request on its way to legacy, and legacy's answer to it. Waits for nothing else

import type { Answer } from "../../model/answer.ts";
import type { Fields } from "../../model/fields.ts";
import { OTHER } from "../admission/learned-routes.ts";
import { isServed } from "../admission/route-label.ts";
import type { ProxyPorts } from "../ports.ts";
import type { Settings } from "../settings.ts";
import { NO_BODY_RECORDER } from "../shadow/body-recorder.ts";
import { Copy } from "../shadow/candidate-request.ts";
import { observationOf } from "../shadow/shadow.ts";
import { failureOf, gatewayStatus, type Trouble } from "../upstream/failure.ts";
import { isSafe } from "../upstream/http1/call.ts";
import type { ResponseHead } from "../upstream/http1/framing.ts";
import { responseOf } from "../upstream/read-answer.ts";
import { legacyHead } from "../upstream/request-heads.ts";
import type { ResponseListener, UpstreamCall } from "../upstream/upstream.ts";
import type { Client, Serving } from "./connection.ts";
import type { RelayedRequest } from "./relayed-request.ts";
import { ClientResponse } from "./response.ts";
import { Tunnel } from "./upgrade.ts";
import { Upload } from "./upload.ts";

/** What all relays of a proxy share. */
export type RelayContext = {
  readonly ports: Required<ProxyPorts>;
  /** Relays under way. */
  readonly open: Set<Relay>;
  /** No further request is wanted on this client's connection. */
  readonly last: (client: Client) => boolean;
};

/** One client request on its way through. */
export class Relay implements ResponseListener, Serving {
  private readonly context: RelayContext;
  private readonly settings: Settings;
  private readonly client: Client;
  private readonly response: ClientResponse;
  private readonly relayed: RelayedRequest;
  private readonly came = performance.now();
  private asked = 0;
  private firstByteMs = 0;
  private call: UpstreamCall;
  private upload: Upload | undefined = undefined;
  private readonly copy: Copy;
  private retried = false;
  private continued = false;
  private head: ResponseHead | undefined = undefined;
  private over = false;

  constructor(context: RelayContext, settings: Settings, client: Client, relayed: RelayedRequest) {
    this.context = context;
    this.settings = settings;
    this.client = client;
    this.relayed = relayed;
    this.response = new ClientResponse(client, settings.buffers, relayed.incoming.http10);
    this.copy = new Copy(relayed, settings, context.ports);
    this.call = this.legacyCall();
  }

  /** Asks legacy. */
  start(): void {
    const { context } = this;
    context.open.add(this);
    const at = context.ports.now();
    this.call.ready ||= this.client.bodyInHand;
    this.call.send(this.call.request.upgrades);
    this.asked = performance.now();
    if (!this.over) this.copy.start(at, this.call.request.head);
  }

  onStart(): void {
    if (this.relayed.incoming.framing === "none") return;
    this.upload = new Upload(this.client, this.call, this.copy.wanted());
    this.client.resumeBody();
  }

  onInformation(status: number, reason: string, fields: Fields): void {
    if (status === 100) this.continued = true;
    this.response.information(status, reason, fields);
  }

  onUpgrade(reason: string, fields: Fields): void {
    const { call, client, settings } = this;
    const elapsed = performance.now() - this.asked;
    this.relayed.label.settle(isServed(101));
    this.response.switch(reason, fields);
    const tunnel = new Tunnel(client, call, settings.buffers);
    call.listener = tunnel;
    client.becomeTunnel(tunnel);
    const head = { status: 101, reason, fields, framing: "none", codingAt: -1, persistent: false } as const;
    this.finish(responseOf({ ...head, keepAliveMs: undefined }, NO_BODY_RECORDER, [], elapsed, elapsed));
  }

  onHead(head: ResponseHead): void {
    const { ports } = this.context;
    const { incoming, route, label } = this.relayed;
    this.head = head;
    label.settle(isServed(head.status));
    this.firstByteMs = performance.now() - this.asked;
    if (typeof head.framing === "number") this.copy.capture?.expect(head.framing);
    if (!isSafe(incoming.method) && !route.readOnly) ports.wrote(label.name, incoming.target, ports.now());
  }

  onData(bytes: Buffer, last: boolean): void {
    this.begin();
    this.copy.capture?.add(bytes);
    if (!this.response.write(bytes) && !last) this.call.pause();
  }

  onPause(): void {
    if (this.head === undefined || this.response.begun) return;
    this.begin();
    this.response.flush();
  }

  onEnd(trailers: Fields): void {
    const arrived = performance.now();
    this.begin();
    this.response.end(trailers);
    const durationMs = arrived - this.asked;
    const overheadMs = this.asked - this.came + performance.now() - arrived;
    this.finish(responseOf(this.head!, this.copy.capture ?? NO_BODY_RECORDER, trailers, this.firstByteMs, durationMs));
    this.context.ports.overhead(this.relayed.label.name, overheadMs / 1000);
  }

  onFailure(trouble: Trouble, stale: boolean): void {
    if (stale && !this.retried && this.call.safe && this.call.request.framing === "none") {
      // Legacy closed an idle connection at the same moment: the request was never seen, so it is sent once more.
      this.retried = true;
      this.call = this.legacyCall();
      this.call.send(true);
      return;
    }
    this.relayed.label.settle(false);
    this.context.ports.failed("legacy", trouble, this.relayed.label.name);
    if (this.response.begun) {
      // Only a cut tells the client that the body is incomplete; where the connection's end would end it, only a reset.
      this.client.destroy(this.relayed.incoming.http10 || this.head?.framing === "close");
    } else this.answerTrouble(trouble);
    this.finish(failureOf(trouble, performance.now() - this.asked));
  }

  onDrain(): void {
    if (this.upload?.complete === false) this.client.resumeBody();
  }

  onTooSlow(): void {
    this.client.fault(408, "the client was too slow while others waited for a connection");
  }

  onBody(bytes: Buffer): void {
    this.upload?.took(bytes); // without one legacy's answer is over, and the rest of the request is discarded
  }

  onBodyEnd(trailers: Fields): void {
    const kept = this.upload?.ended(trailers);
    if (!this.over) this.copy.uploaded(kept);
  }

  onWritable(): void {
    this.call.resume();
  }

  onFault(status: 400 | 408, says: string): void {
    this.call.abort();
    if (!this.response.begun) this.response.own(status, says, [], true, this.toHead);
    else if (!this.response.ended) this.client.destroy();
    this.gone();
  }

  onGone(): void {
    this.call.abort();
    if (!this.response.ended) this.gone();
  }

  /** The proxy closes: what is under way is cut. */
  cut(): void {
    this.client.destroy();
    this.call.abort();
    this.gone();
  }

  private get toHead(): boolean {
    return this.relayed.incoming.method === "HEAD";
  }

  private legacyCall(): UpstreamCall {
    const { incoming, peer } = this.relayed;
    const { framing, upgrades } = incoming;
    const { legacy, options } = this.settings;
    return legacy.call({ head: legacyHead(incoming, options.forwarded, peer), framing, upgrades }, this);
  }

  private begin(): void {
    if (!this.response.begun) this.response.start(this.head!, this.closes());
  }

  /** The client's connection is of no further use, or is not wanted any more. */
  private closes(): boolean {
    const { incoming } = this.relayed;
    // Without a 100 the client may send its body or not: bytes that follow could be its body or a new request.
    const unknown = incoming.expects && !this.continued && this.upload?.complete === false;
    return !incoming.persistent || unknown || this.context.last(this.client);
  }

  /** 502 or 504 with `Proxy-Status` (RFC 9209). The text names the kind of failure, and no address of what lies behind. */
  private answerTrouble(trouble: Trouble): void {
    const status = gatewayStatus(trouble);
    const fields = ["Proxy-Status", `parallel-run; error=${trouble.error}`];
    const says = `legacy gave no answer: ${trouble.error.replaceAll("_", " ")}`;
    this.response.own(status, says, fields, this.closes(), this.toHead);
  }

  /** The client has gone, so legacy's answer is not wanted any more. */
  private gone(): void {
    this.finish({ kind: "unseen", reason: "client_gone", durationMs: performance.now() - this.asked });
  }

  /** Legacy's part is over. */
  private finish(answer: Answer): void {
    if (this.over) return;
    this.over = true;
    const { context } = this;
    const { id, label } = this.relayed;
    label.settle(false);
    context.open.delete(this);
    if (label.name === OTHER) context.ports.unnamed(label.template, answer);
    const outcome = this.copy.finish(answer);
    this.client.resumeBody(); // what is left of the request's body goes on to legacy, or is discarded
    context.ports.observe(observationOf(label.name, "legacy", answer));
    if (outcome !== undefined) context.ports.settle({ id, route: label.name, outcome });
  }
}
