import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface TwilioRequest {
  readonly path: string;
  readonly authorization: string;
  readonly form: Readonly<Record<string, string>>;
}

export type TwilioStandIn = Awaited<ReturnType<typeof startTwilio>>;

/** Twilio's wire format over loopback: Messages, and Verify with codes of its own. */
export async function startTwilio() {
  const requests: TwilioRequest[] = [];
  const codes = new Map<string, string>();
  let fault: ((response: ServerResponse) => void) | null = null;
  const server = createServer(async (request, response) => {
    const seen = await requestOf(request);
    requests.push(seen);
    if (fault) return fault(response);
    const answer = answerTo(seen, codes);
    response.writeHead(answer ? 201 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? notFound(seen)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    /** The code that Verify made for a phone. */
    codeOf: (phone: string) => codes.get(phone) ?? "",
    /** From now on every request meets this; null for none. */
    fail(next: typeof fault) {
      fault = next;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function requestOf(request: IncomingMessage): Promise<TwilioRequest> {
  const form = Object.fromEntries(new URLSearchParams(await text(request)));
  return { path: request.url ?? "", authorization: request.headers.authorization ?? "", form };
}

function answerTo({ path, form }: TwilioRequest, codes: Map<string, string>): object | null {
  const { To: to = "", Code: code = "" } = form;
  if (/^\/2010-04-01\/Accounts\/AC\w+\/Messages\.json$/.test(path))
    return { sid: "SM00000000000000000000000000000001", status: "queued", to, body: form.Body };
  if (/^\/v2\/Services\/VA\w+\/Verifications$/.test(path)) {
    codes.set(to, String(100_000 + Math.floor(Math.random() * 900_000)));
    return { sid: "VE00000000000000000000000000000001", status: "pending", to, channel: "sms" };
  }
  if (!/^\/v2\/Services\/VA\w+\/VerificationCheck$/.test(path) || !codes.has(to)) return null;
  const isRight = codes.get(to) === code;
  if (isRight) codes.delete(to);
  return { sid: "VE00000000000000000000000000000001", status: isRight ? "approved" : "pending", to, valid: isRight };
}

const notFound = ({ path, form }: TwilioRequest) => ({
  code: 20404,
  message: `The requested resource ${path} for ${form.To} was not found`,
  more_info: "https://www.twilio.com/docs/errors/20404",
  status: 404,
});
