import { z } from "zod";

/** An outside service that organizations connect by OAuth: where to send whom, and what the server sends along. */
export interface OAuthServiceSettings {
  /** `gmail`, `google-calendar`, … */
  readonly name: string;
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
  /** RFC 7009; null where the service has no such address. */
  readonly revocationUrl: string | null;
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

type Description = Omit<OAuthServiceSettings, "name" | "clientId" | "clientSecret">;

const address = (what: string) =>
  z.string().refine((text) => isWebAddress(text), `must give each service's ${what} as an absolute http or https URL`);

function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && !username && !password && !search && !hash;
}

const serviceName = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const headerName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must name request headers in lower case")
  .refine((name) => !ownHeaders.test(name), "must not name headers that the server sets itself");
/** What would change who asks, or how the message is framed. */
const ownHeaders =
  /^(authorization|proxy-.*|cookie2?|host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|content-length|accept-encoding|range|forwarded|via|origin|referer|user-agent|x-forwarded-.*|x-real-ip|x-http-method.*|x-method-override|x-csrf-token|x-thread-session|x-organization-id|x-provider-key-id|webhook-.*)$/;
const ownParameters =
  /^(client_id|client_secret|redirect_uri|response_type|response_mode|scope|state|code_challenge|code_challenge_method|request|request_uri)$/;

const described = z
  .strictObject(
    {
      authorizationUrl: address("authorizationUrl").optional(),
      tokenUrl: address("tokenUrl").optional(),
      revocationUrl: address("revocationUrl").nullable().optional(),
      apiBaseUrl: address("apiBaseUrl")
        .transform((text) => text.replace(/\/+$/, ""))
        .optional(),
      scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/, "must give scopes without white space")),
      scopeSeparator: z.enum([" ", ","], "must separate scopes by a space or a comma"),
      clientAuthentication: z.enum(["basic", "post", "none"], "must give clientAuthentication as basic, post or none"),
      tokenRequests: z.enum(["form", "json"], "must give tokenRequests as form or json"),
      issuer: address("issuer").nullable(),
      authorizationParameters: z
        .record(z.string().regex(/^[\w.-]{1,100}$/, "must give plain authorizationParameters"), z.string())
        .refine((given) => !Object.keys(given).some((name) => ownParameters.test(name)), {
          error: "must not give authorizationParameters that the server sets itself",
        }),
      requestHeaders: z.array(headerName),
      accountField: z.string().nullable(),
    },
    "must describe each service by the fields that the documentation names",
  )
  .partial();

/** The text of OAUTH_SERVICES: a JSON object of services by name, each new or an override of one that is built in. */
export const oauthServicesText = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: "custom", message: "must be a JSON object of services" });
      return z.NEVER;
    }
  })
  .pipe(
    z.record(
      z.string().regex(serviceName, "must name services in lower-case letters, digits, hyphens, dots and underscores"),
      described,
      "must be a JSON object of services",
    ),
  );

const defaults = {
  revocationUrl: null,
  scopes: [],
  scopeSeparator: " ",
  clientAuthentication: "basic",
  tokenRequests: "form",
  issuer: null,
  authorizationParameters: {},
  requestHeaders: [],
  accountField: null,
} as const;

const google = {
  ...defaults,
  authorizationUrl: "https://accounts.google.com/o/oauth2/v2/auth",
  tokenUrl: "https://oauth2.googleapis.com/token",
  revocationUrl: "https://oauth2.googleapis.com/revoke",
  clientAuthentication: "post",
  issuer: "https://accounts.google.com",
  // Without both Google gives a refresh token at the very first consent alone.
  authorizationParameters: { access_type: "offline", prompt: "consent" },
} as const;

/** Services that need nothing but a client's id and secret. Default scopes are the least that is of any use. */
export const builtInServices: Readonly<Record<string, Description>> = {
  gmail: {
    ...google,
    apiBaseUrl: "https://gmail.googleapis.com",
    scopes: ["https://www.googleapis.com/auth/gmail.readonly"],
  },
  "google-calendar": {
    ...google,
    apiBaseUrl: "https://www.googleapis.com/calendar/v3",
    scopes: ["https://www.googleapis.com/auth/calendar.readonly"],
  },
  slack: {
    ...defaults,
    authorizationUrl: "https://slack.com/oauth/v2/authorize",
    tokenUrl: "https://slack.com/api/oauth.v2.access",
    revocationUrl: "https://slack.com/api/auth.revoke",
    apiBaseUrl: "https://slack.com/api",
    scopes: ["channels:read"],
    scopeSeparator: ",",
    clientAuthentication: "post",
    accountField: "team.name",
  },
  github: {
    ...defaults,
    authorizationUrl: "https://github.com/login/oauth/authorize",
    tokenUrl: "https://github.com/login/oauth/access_token",
    apiBaseUrl: "https://api.github.com",
    scopes: ["read:user"],
    clientAuthentication: "post",
    requestHeaders: ["x-github-api-version"],
  },
  notion: {
    ...defaults,
    authorizationUrl: "https://api.notion.com/v1/oauth/authorize",
    tokenUrl: "https://api.notion.com/v1/oauth/token",
    apiBaseUrl: "https://api.notion.com/v1",
    tokenRequests: "json",
    authorizationParameters: { owner: "user" },
    requestHeaders: ["notion-version"],
    accountField: "workspace_name",
  },
  microsoft: {
    ...defaults,
    authorizationUrl: "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
    tokenUrl: "https://login.microsoftonline.com/common/oauth2/v2.0/token",
    apiBaseUrl: "https://graph.microsoft.com/v1.0",
    scopes: ["offline_access", "User.Read"],
    clientAuthentication: "post",
    requestHeaders: ["consistencylevel", "prefer"],
  },
};

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
    const description = { ...(builtIn ?? defaults), ...given?.[name] };
    const { authorizationUrl, tokenUrl, apiBaseUrl, revocationUrl } = description as Partial<Description>;
    if (!authorizationUrl || !tokenUrl || !apiBaseUrl) {
      problems.push("OAUTH_SERVICES must give each service's authorizationUrl, tokenUrl and apiBaseUrl");
      continue;
    }
    if (
      !allowPrivate &&
      [authorizationUrl, tokenUrl, apiBaseUrl, revocationUrl].some((url) => url?.startsWith("http:"))
    )
      problems.push("OAUTH_SERVICES must name https addresses alone unless ALLOW_PRIVATE_UPSTREAMS is true");
    const prefix = variablePrefixOf(name);
    if (prefixes.has(prefix)) problems.push("OAUTH_SERVICES must not name two services whose variables are the same");
    prefixes.add(prefix);
    const client = readClient(prefix, description.clientAuthentication !== "none", read);
    problems.push(...client.problems);
    services.set(name, { ...(description as Description), name, clientId: client.id, clientSecret: client.secret });
  }
  return { services: services as OAuthServices, problems };
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
