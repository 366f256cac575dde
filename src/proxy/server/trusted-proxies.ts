// proxy/server/trusted-proxies.ts: whose forwarding fields are believed: the proxies that the config names, and no others

import { BlockList, isIP, isIPv6 } from "node:net";
import type { ForwardedOptions } from "../options.ts";

const lists = new WeakMap<ForwardedOptions, BlockList>();

/** Whether a peer's address lies in one of the trusted networks. */
export function trusts(options: ForwardedOptions, address: string): boolean {
  const { trustedProxies = [] } = options;
  const plain = address.replace(/%.*$/, ""); // a link-local address names its interface
  if (trustedProxies.length === 0 || isIP(plain) === 0) return false;
  const list = lists.get(options) ?? listOf(trustedProxies);
  lists.set(options, list);
  return list.check(plain, isIPv6(plain) ? "ipv6" : "ipv4");
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [host = "", bits] = network.split("/");
    const family = isIPv6(host) ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(host, family);
    else list.addSubnet(host, Number(bits), family);
  }
  return list;
}
