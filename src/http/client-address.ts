import { BlockList, isIP } from "node:net";

/** Peer address and `X-Forwarded-For` → the caller's IP address, null where nothing usable is known. */
export type ClientAddress = (peer: string | undefined, forwardedFor: string | string[] | undefined) => string | null;

/**
 * Whose word on the caller's address counts. `false`: nobody's, the peer is the caller. `true`: that of the peer alone,
 * so the last entry of the header; earlier ones are whatever the caller wrote. A list: every proxy in it, from the
 * nearest on, until an address that is none of them. An entry that is no IP address ends the walk at the proxy that
 * passed it on, since audit rows and limits take nothing else.
 */
export function createClientAddress(trusted: boolean | readonly string[]): ClientAddress {
  const isProxy = proxiesOf(trusted);
  return (peer, forwardedFor) => {
    let address = plainAddress(peer ?? "");
    if (trusted === false || !address || !forwardedFor) return address;
    const entries = String(forwardedFor).split(",").slice(-longestChain);
    let hops = 0;
    while (isProxy(address, hops++)) {
      const next = plainAddress(entries.pop()?.trim() ?? "");
      if (!next) break;
      address = next;
    }
    return address;
  };
}

const longestChain = 20;

function proxiesOf(trusted: boolean | readonly string[]): (address: string, hops: number) => boolean {
  if (typeof trusted === "boolean") return (_address, hops) => trusted && hops === 0;
  const blocks = new BlockList();
  for (const entry of trusted) {
    const [address = "", bits] = entry.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) blocks.addAddress(address, family);
    else blocks.addSubnet(address, Number(bits), family);
  }
  return (address) => blocks.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/** Without port, brackets, zone and the IPv6 clothes of an IPv4 address; null where no address is left. */
function plainAddress(text: string): string | null {
  const bare = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(text)?.[1] ?? text;
  const address = bare.replace(/%.*$/, "").replace(/^::ffff:(?=\d+\.)/i, "");
  return isIP(address) ? address : null;
}
