import type { Caller } from "./port.js";

/** The server: on behalf of a client at an address, else for itself, though somebody's request may have caused it. */
export const serverCaller = (clientAddress: string | null = null): Caller => ({
  role: "service_role",
  claims: null,
  accessToken: null,
  clientAddress,
});
