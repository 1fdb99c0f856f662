import { createHash } from "node:crypto";
import type { ErrorCode } from "../services/errors.js";
import type { ConnectionOutcome } from "../services/integrations.js";
import { baseHeaders, statusOf } from "./answers.js";

interface Words {
  readonly status: number;
  readonly title: string;
  /** Paragraphs, each HTML already. */
  readonly text: readonly string[];
}

/** Nothing that came along in the address is among them. */
const refusals: Readonly<Record<Exclude<ConnectionOutcome["outcome"], "connected">, Words>> = {
  refused: {
    status: 400,
    title: "Not connected",
    text: ["The service did not give its consent: it was declined there, or the service refused. Nothing was stored."],
  },
  invalid: {
    status: 400,
    title: "This link is no longer good",
    text: ["A connection has to be finished within ten minutes and only once. Nothing was stored. Begin again."],
  },
  forbidden: {
    status: 403,
    title: "Not connected",
    text: ["Only an administrator of the organization who is signed in can connect a service. Nothing was stored."],
  },
  other_person: {
    status: 403,
    title: "Not connected",
    text: ["Somebody else began this connection, and only they can finish it. Nothing was stored."],
  },
  other_browser: {
    status: 403,
    title: "Not connected",
    text: [
      "This connection can only be finished in the browser in which it was begun, by the person who is signed in there. Nothing was stored.",
      "If this is that browser, then you signed in at another address of this server: open it at the address that you see above, sign in there, and begin again.",
    ],
  },
  failed: {
    status: 502,
    title: "Not connected",
    text: ["The service did not hand out its token. Nothing was stored. Begin again, later if need be."],
  },
};

function wordsOf(outcome: ConnectionOutcome): Words {
  if (outcome.outcome !== "connected") return refusals[outcome.outcome];
  const { service, organizationName } = outcome;
  return {
    status: 200,
    title: "Connected",
    text: [
      `Your account at ${name(service)} is connected to the organization ${name(organizationName)}. You can close this page and go back to where you came from.`,
      `If that is not your organization, somebody has sent you here to use your account: take this application's access away in the settings of your account at ${name(service)} now.`,
    ],
  };
}

const failures: Readonly<Partial<Record<ErrorCode, Omit<Words, "status">>>> = {
  UNAVAILABLE: {
    title: "Not connected yet",
    text: [
      "The server cannot reach its database at the moment. Load this page again in a minute. If it then says that the link is no longer good, look whether you are connected, and begin again if you are not.",
    ],
  },
  RATE_LIMITED: {
    title: "Not connected yet",
    text: ["Too many requests came from where you are. Load this page again in a minute."],
  },
  FORBIDDEN: {
    title: "Not connected",
    text: [
      "Your browser sent a cookie of this server twice, or beside somebody else's token, so that it is not clear who you are. Delete the cookies of this server, sign in, and begin again. Nothing was stored.",
    ],
  },
};
const otherFailure = { title: "Not connected", text: ["Something went wrong. Begin again, later if need be."] };

/** An error of the request as a whole, by what may be told of it. */
function failureWords({ code, requestId }: { readonly code: ErrorCode; readonly requestId?: string }): Words {
  const { title, text } = failures[code] ?? otherFailure;
  const told = requestId ? [...text, `The id ${escaped(requestId)} finds it in the server's log.`] : text;
  return { status: statusOf[code], title, text: told };
}

const style = `body { font: 1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 20vh auto 0; padding: 0 1.5rem; }
:root { color-scheme: light dark; }`;
const styleHash = createHash("sha256").update(style).digest("base64");

const references: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => references[character] ?? "");
/** Somebody else's words: kept apart from ours, and from the direction in which ours are read. */
const name = (text: string) => `<strong><bdi>${escaped(text)}</bdi></strong>`;

export const pageOf = (outcome: ConnectionOutcome) => page(wordsOf(outcome));
export const failurePageOf = (told: Parameters<typeof failureWords>[0]) => page(failureWords(told));

/** A page without scripts, forms or anything from elsewhere. */
function page({ status, title, text }: Words) {
  return {
    status,
    headers: {
      ...baseHeaders,
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    },
    body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${style}</style>
<main>
<h1>${title}</h1>
${text.map((paragraph) => `<p>${paragraph}</p>`).join("\n")}
</main>
</html>
`,
  };
}
