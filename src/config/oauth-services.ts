import type { z } from "zod";
import { builtInServices, defaults, defaultsOfServer } from "./oauth-built-in.js";
import type { GivenService, oauthServicesText } from "./oauth-services-text.js";

/** An outside service that organizations connect by OAuth: where to send whom, and what the server sends along. */
export interface OAuthServiceSettings {
  /** `gmail`, `google-calendar`, … */
  readonly name: string;
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
  /** Where tokens are ended; null where the service has no such address. */
  readonly revocationUrl: string | null;
  /** How: by a form or JSON (RFC 7009), or as GitHub has it. */
  readonly revocationRequests: "form" | "json" | "github";
  /** Request headers that go there beside those that always do. Names in lower case. */
  readonly revocationHeaders: Readonly<Record<string, string>>;
  /** Below it, and nowhere else, requests are forwarded. Without a slash at its end. */
  readonly apiBaseUrl: string;
  /** Asked for where nobody names others. */
  readonly scopes: readonly string[];
  readonly scopeSeparator: " " | ",";
  /** How the server proves itself at the token address; `none` for a client without a secret. */
  readonly clientAuthentication: "basic" | "post" | "none";
  /** In which form requests go to the token address. */
  readonly tokenRequests: "form" | "json";
  /** What `iss` must be where the service sends one along with the code; null: not looked at. */
  readonly issuer: string | null;
  /** Whether it must come (RFC 9207). Null issuer: false. */
  readonly requiresIssuer: boolean;
  /** More parameters of the address to which people are sent. */
  readonly authorizationParameters: Readonly<Record<string, string>>;
  /** Request headers that the service's API knows beside those that every HTTP server knows. Lower case. */
  readonly requestHeaders: readonly string[];
  /** Where in a token answer the account is named: `team.name`. */
  readonly accountField: string | null;
  /** As the operator registered this server there; null where they did not. */
  readonly clientId: string | null;
  readonly clientSecret: string | null;
}

export type OAuthServices = ReadonlyMap<string, OAuthServiceSettings>;

export type OAuthServiceDescription = Omit<OAuthServiceSettings, "name" | "clientId" | "clientSecret">;

/** `google-calendar` → `OAUTH_GOOGLE_CALENDAR`. */
export const variablePrefixOf = (service: string) => `OAUTH_${service.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;

export interface ServiceParts {
  readonly given: z.output<typeof oauthServicesText> | null;
  readonly allowPrivate: boolean;
  readonly read: (name: string) => { readonly text: string | null; readonly problem?: string };
}

/** Every service by name, with the client's id and secret out of the environment; and what is wrong, as settings say it. */
export function readOAuthServices({ given, allowPrivate, read }: ServiceParts) {
  const problems: string[] = [];
  const services = new Map<string, OAuthServiceSettings>();
  const prefixes = new Set<string>();
  for (const name of new Set([...Object.keys(builtInServices), ...Object.keys(given ?? {})])) {
    const builtIn = Object.hasOwn(builtInServices, name) ? builtInServices[name] : undefined;
    const description = describedOver(builtIn ?? defaults, given?.[name] ?? {});
    const { authorizationUrl, tokenUrl, apiBaseUrl, revocationUrl } = description as Partial<OAuthServiceDescription>;
    if (!authorizationUrl || !tokenUrl || !apiBaseUrl) {
      problems.push("OAUTH_SERVICES must give each service's authorizationUrl, tokenUrl and apiBaseUrl");
      continue;
    }
    if (
      !allowPrivate &&
      [authorizationUrl, tokenUrl, apiBaseUrl, revocationUrl].some((url) => url?.startsWith("http:"))
    )
      problems.push("OAUTH_SERVICES must name https addresses alone unless ALLOW_PRIVATE_UPSTREAMS is true");
    if (description.requiresIssuer && !description.issuer)
      problems.push("OAUTH_SERVICES must give an issuer where requiresIssuer is true");
    const prefix = variablePrefixOf(name);
    if (prefixes.has(prefix)) problems.push("OAUTH_SERVICES must not name two services whose variables are the same");
    prefixes.add(prefix);
    const client = readClient(prefix, description.clientAuthentication !== "none", read);
    problems.push(...client.problems);
    services.set(name, {
      ...(description as OAuthServiceDescription),
      name,
      clientId: client.id,
      clientSecret: client.secret,
    });
  }
  return { services: services as OAuthServices, problems };
}

/**
 * What a file says of a service, over what is built in. Another token address is another server: what belongs to the one
 * that is built in is not asked of it, nor are its tokens sent there.
 */
function describedOver(builtIn: OAuthServiceDescription | typeof defaults, given: GivenService) {
  const isOther = given.tokenUrl !== undefined && "tokenUrl" in builtIn && given.tokenUrl !== builtIn.tokenUrl;
  const named = { ...builtIn, ...(isOther && defaultsOfServer), ...given };
  return { ...named, requiresIssuer: given.requiresIssuer ?? (given.issuer ? true : named.requiresIssuer) };
}

function readClient(prefix: string, needsSecret: boolean, read: ServiceParts["read"]) {
  const [idName, secretName] = [`${prefix}_CLIENT_ID`, `${prefix}_CLIENT_SECRET`];
  const [id, secret] = [read(idName), read(secretName)];
  const problems: string[] = [];
  if (id.problem) problems.push(`${idName} ${id.problem}`);
  if (secret.problem) problems.push(`${secretName} ${secret.problem}`);
  if (problems.length === 0 && id.text && needsSecret && !secret.text)
    problems.push(`${secretName} must be set where ${idName} is`);
  if (problems.length === 0 && secret.text && !id.text) problems.push(`${idName} must be set where ${secretName} is`);
  return { id: id.text, secret: secret.text, problems };
}
