import type { Calls } from "../../src/database/contract.generated.js";
import type { Caller, Database } from "../../src/database/port.js";
import { serverCaller } from "../../src/database/server-caller.js";
import { createChat } from "../../src/services/chat.js";
import type { ChatProviders } from "../../src/services/outside/model-providers/model-providers.js";

type EndedUse = Calls["end_provider_key_use"]["args"];

const server = serverCaller();
const user: Caller = {
  role: "authenticated",
  claims: { sub: "user-1", session_id: "session-1" },
  accessToken: "token",
  clientAddress: null,
};

/** Somebody who asks. */
export const somebody = { user, server, organizationId: "organization-1" };

/** The chat service alone, over one key that is always given, and what becomes of its uses. */
export function chatService(
  providers: ChatProviders,
  key: object,
  { onTake = () => undefined, onEnd = () => undefined }: { onTake?: () => void; onEnd?: () => void } = {},
) {
  const ended: EndedUse[] = [];
  const taken = {
    useId: "use-1",
    providerKeyId: "key-1",
    models: null,
    organizationModels: null,
    choices: null,
    ...key,
  };
  const database = {
    async call(name: string, args: unknown) {
      if (name === "take_provider_key") {
        onTake();
        return taken;
      }
      if (name === "end_provider_key_use") {
        onEnd();
        return void ended.push(args as EndedUse);
      }
      throw new Error(`Nobody calls ${name} here.`);
    },
  } as unknown as Database;
  return { chat: createChat(database, providers, () => undefined), ended };
}
