import type { Caller } from "../database/port.js";

/** The server for itself. No address: it is nobody's request, though one may have caused it. */
export const server: Caller = { role: "service_role", claims: null, accessToken: null, clientAddress: null };
