import { BlockList, isIP } from "node:net";

/**
 * Ranges that lead to this machine, to its network, or nowhere (IANA's special-purpose registries): where a stored
 * address could be pointed to reach what only the server reaches, such as a cloud's metadata service.
 */
const closedToIpv4 = blocks("ipv4", [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  // Azure answers machines there with their settings, though the address counts as public.
  ["168.63.129.16", 32],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
]);

/** Of IPv6 only the global unicast range is open, without what in it is special or wraps an IPv4 address. */
const openToIpv6 = blocks("ipv6", [["2000::", 3]]);
const closedToIpv6 = blocks("ipv6", [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
]);

function blocks(family: "ipv4" | "ipv6", ranges: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [network, bits] of ranges) list.addSubnet(network, bits, family);
  return list;
}

/** Whether an IP address is one of the public internet. Anything that is no IP address is not. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !closedToIpv4.check(address, "ipv4");
  return isIP(address) === 6 && openToIpv6.check(address, "ipv6") && !closedToIpv6.check(address, "ipv6");
}
