import type { ServerResponse } from "node:http";
import { ClientGone } from "../services/client-gone.js";

/** A reader that takes nothing for so long is hung up on, so that what is streamed to it ends where it comes from. */
export const readerPatienceMilliseconds = 120_000;

/** Resolves once there is room for more. @throws ClientGone where nobody reads any longer */
export async function writePatiently(
  response: ServerResponse,
  piece: string | Uint8Array,
  patienceMilliseconds: number,
): Promise<void> {
  if (response.destroyed) throw new ClientGone();
  if (response.write(piece)) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => response.destroy(), patienceMilliseconds);
    const goOn = () => {
      clearTimeout(timer);
      response.off("drain", goOn).off("close", goOn);
      resolve();
    };
    response.on("drain", goOn).on("close", goOn);
  });
  if (response.destroyed) throw new ClientGone();
}
