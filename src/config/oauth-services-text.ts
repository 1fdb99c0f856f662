import { z } from "zod";

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
      revocationRequests: z.enum(["form", "json", "github"], "must give revocationRequests as form, json or github"),
      revocationHeaders: z.record(
        headerName,
        z.string().regex(/^[\x20-\x7e]{1,200}$/, "must give plain revocationHeaders"),
      ),
      // In one writing, since addresses that the service names are compared with it.
      apiBaseUrl: address("apiBaseUrl")
        .transform((text) => new URL(text).href.replace(/\/+$/, ""))
        .optional(),
      scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/, "must give scopes without white space")),
      scopeSeparator: z.enum([" ", ","], "must separate scopes by a space or a comma"),
      clientAuthentication: z.enum(["basic", "post", "none"], "must give clientAuthentication as basic, post or none"),
      tokenRequests: z.enum(["form", "json"], "must give tokenRequests as form or json"),
      issuer: address("issuer").nullable(),
      requiresIssuer: z.boolean("must give requiresIssuer as true or false"),
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

export type GivenService = z.output<typeof described>;

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
