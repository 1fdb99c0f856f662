import type { z } from "zod";
import type { OAuthService, OAuthServiceDescription, OAuthServices } from "../oauth-service.js";
import { builtInServices, defaults, defaultsOfServer } from "./oauth-built-in.js";
import type { GivenService, oauthServicesText } from "./oauth-services-text.js";

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
  const services = new Map<string, OAuthService>();
  const prefixes = new Map<string, string>();
  for (const name of new Set([...Object.keys(builtInServices), ...Object.keys(given ?? {})])) {
    const builtIn = Object.hasOwn(builtInServices, name) ? builtInServices[name] : undefined;
    const problem = (text: string) => void problems.push(`OAUTH_SERVICES: ${name} ${text}`);
    const ofFile = given?.[name] ?? {};
    if (builtIn && isMovedInPart(builtIn, ofFile)) {
      problem(`must be given ${addresses} together, since its tokenUrl is another than the built-in one`);
      continue;
    }
    const description = describedOver(builtIn ?? defaults, ofFile);
    const { authorizationUrl, tokenUrl, apiBaseUrl, revocationUrl } = description as Partial<OAuthServiceDescription>;
    if (!authorizationUrl || !tokenUrl || !apiBaseUrl) {
      problem(`must be given ${addresses}`);
      continue;
    }
    if (
      !allowPrivate &&
      [authorizationUrl, tokenUrl, apiBaseUrl, revocationUrl].some((url) => url?.startsWith("http:"))
    )
      problem("must have https addresses alone unless ALLOW_PRIVATE_UPSTREAMS is true");
    if (description.requiresIssuer && !description.issuer)
      problem("must be given an issuer, since requiresIssuer is true");
    const prefix = variablePrefixOf(name);
    const namesake = prefixes.get(prefix);
    if (namesake) problems.push(`OAUTH_SERVICES: ${namesake} and ${name} have the same variables: rename one of them`);
    prefixes.set(prefix, name);
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

const addresses = "authorizationUrl, tokenUrl and apiBaseUrl";

/** The tokens of another server are none of the built-in API's: a file that names one says where its API is, too. */
function isMovedInPart({ tokenUrl }: OAuthServiceDescription, given: GivenService): boolean {
  const isMoved = given.tokenUrl !== undefined && given.tokenUrl !== tokenUrl;
  return isMoved && (given.authorizationUrl === undefined || given.apiBaseUrl === undefined);
}

/**
 * What a file says of a service, over what is built in. Another token address is another server: how the built-in one ends
 * tokens, and who its issuer is, is not asked of it.
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
