import { describe, expect, it } from "vitest";
import { createClientAddress } from "../../src/http/client-address.js";
import { addressKey, createRequestLimit } from "../../src/services/request-limit.js";

describe("the request limit", () => {
  it("lets so many through in the minute that a key's first request begins, and says when the next may come", () => {
    let time = 1_000;
    const limit = createRequestLimit({ perMinute: 2, now: () => time });
    expect([limit.take("a"), limit.take("a"), limit.take("a"), limit.take("b")]).toEqual([0, 0, 60, 0]);
    time += 59_500;
    expect(limit.take("a")).toBe(1);
    time += 500;
    expect([limit.take("a"), limit.take("a"), limit.take("a")]).toEqual([0, 0, 60]);
  });

  it("says how long to wait without counting", () => {
    let time = 0;
    const limit = createRequestLimit({ perMinute: 1, now: () => time });
    expect([limit.wait("a"), limit.wait("a"), limit.take("a"), limit.wait("a"), limit.wait("b")]).toEqual([
      0, 0, 0, 60, 0,
    ]);
    time += 60_000;
    expect(limit.wait("a")).toBe(0);
  });

  it("takes back what it counted, and nothing more", () => {
    const limit = createRequestLimit({ perMinute: 1, now: () => 0 });
    limit.giveBack("a");
    expect([limit.take("a"), limit.take("a")]).toEqual([0, 60]);
    limit.giveBack("a");
    limit.giveBack("a");
    limit.giveBack("a");
    expect([limit.take("a"), limit.take("a")]).toEqual([0, 60]);
  });

  it("is off at 0", () => {
    const limit = createRequestLimit({ perMinute: 0 });
    expect(Array.from({ length: 100 }, () => limit.take("a"))).toEqual(Array(100).fill(0));
  });

  it("remembers no more keys than it was told to, and forgets the oldest first", () => {
    const limit = createRequestLimit({ perMinute: 1, capacity: 3, now: () => 0 });
    for (const key of ["a", "b", "c", "d"]) limit.take(key);
    expect(limit.take("d")).toBe(60);
    expect(limit.take("a")).toBe(0);
  });

  it("takes an IPv6 network of 64 bits for one caller", () => {
    const same = [
      "2001:db8:1:2::1",
      "2001:db8:1:2:ffff:ffff:ffff:ffff",
      "2001:0db8:0001:0002::",
      "2001:DB8:1:2:0:0:0:1",
    ];
    expect(new Set(same.map(addressKey)).size).toBe(1);
    expect(addressKey("2001:db8:1:3::1")).not.toBe(addressKey("2001:db8:1:2::1"));
    expect(addressKey("::1")).toBe(addressKey("0:0:0:0:0:0:0:2"));
    expect(addressKey("192.0.2.1")).not.toBe(addressKey("192.0.2.2"));
    expect(addressKey(null)).toBe(addressKey(null));
  });
});

describe("the client's address", () => {
  const address = (trusted: boolean | string[], peer: string, header?: string) =>
    createClientAddress(trusted)(peer, header);

  it("is the peer's where no proxy is trusted", () => {
    expect(address(false, "192.0.2.1", "203.0.113.7")).toBe("192.0.2.1");
    expect(address(false, "::ffff:192.0.2.1")).toBe("192.0.2.1");
    expect(address(false, "fe80::1%eth0")).toBe("fe80::1");
    expect(createClientAddress(true)(undefined, "203.0.113.7")).toBeNull();
  });

  it("is the last word of the one trusted proxy: what the caller wrote before it counts for nothing", () => {
    expect(address(true, "192.0.2.1", "198.51.100.9, 203.0.113.7")).toBe("203.0.113.7");
    expect(address(true, "192.0.2.1", "203.0.113.7:5150")).toBe("203.0.113.7");
    expect(address(true, "192.0.2.1", "[2001:db8::1]:5150")).toBe("2001:db8::1");
  });

  it("is the first that is none of the named proxies, from the nearest on", () => {
    const proxies = ["10.0.0.0/8", "2001:db8::/32"];
    expect(address(proxies, "10.0.0.1", "198.51.100.9, 203.0.113.7, 2001:db8::2, 10.1.1.1")).toBe("203.0.113.7");
    expect(address(proxies, "192.0.2.1", "203.0.113.7")).toBe("192.0.2.1");
    expect(address(proxies, "10.0.0.1", "10.0.0.2")).toBe("10.0.0.2");
    expect(address(["10.0.0.1"], "10.0.0.1", "203.0.113.7")).toBe("203.0.113.7");
  });

  it("is an address or nothing, whatever stands in the header", () => {
    for (const header of ["", "unknown", "'; drop table users", "203.0.113.7; x", "1.2.3", ",,,", "x".repeat(10_000)])
      expect(address(true, "192.0.2.1", header)).toBe("192.0.2.1");
  });
});
