import type { ServerResponse } from "node:http";
import { ClientGone } from "../services/client-gone.js";

/** Aborts with ClientGone when the connection closes before the answer is whole; at once where it has closed already. */
export function goneSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  const leave = () => {
    if (!response.writableFinished) controller.abort(new ClientGone());
  };
  if (response.destroyed) leave();
  else response.once("close", leave);
  return controller.signal;
}
