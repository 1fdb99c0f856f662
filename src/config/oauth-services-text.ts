import { z } from "zod";
import { isWebAddress } from "./setting-kinds.js";

const text = z.string("must be a text");
const texts = (each: z.ZodType<string>) => z.array(each, "must be a list of texts");
const notAddress = "must be an absolute http or https URL, without credentials or query";
const address = z.string(notAddress).refine(isWebAddress, notAddress);

const serviceName = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const headerName = z
  .string("must be a text")
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must be a header's name in lower case")
  .refine((name) => !ownHeaders.test(name), "must not be a header that the server sets itself");
/** What would change who asks, or how the message is framed. */
const ownHeaders =
  /^(authorization|proxy-.*|cookie2?|host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|content-length|accept-encoding|range|forwarded|via|origin|referer|user-agent|x-forwarded-.*|x-real-ip|x-http-method.*|x-method-override|x-csrf-token|x-thread-session|x-organization-id|x-provider-key-id|webhook-.*)$/;
const ownParameters =
  /^(client_id|client_secret|redirect_uri|response_type|response_mode|scope|state|code_challenge|code_challenge_method|request|request_uri)$/;

const parameterName = z
  .string()
  .regex(/^[\w.-]{1,100}$/, "must have a plain name")
  .refine((name) => !ownParameters.test(name), "must not be a parameter that the server sets itself");
const printable = (characters: RegExp, message: string) => z.string(message).regex(characters, message);

const described = z
  .strictObject(
    {
      authorizationUrl: address.optional(),
      tokenUrl: address.optional(),
      revocationUrl: address.nullable().optional(),
      revocationRequests: z.enum(["form", "json", "github"], "must be form, json or github"),
      revocationHeaders: z.record(
        headerName,
        printable(/^[\x20-\x7e]{1,200}$/, "must be a plain text"),
        "must be texts by name",
      ),
      // In one writing, since addresses that the service names are compared with it.
      apiBaseUrl: address.transform((given) => new URL(given).href.replace(/\/+$/, "")).optional(),
      scopes: texts(printable(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/, "must be a text without white space")),
      scopeSeparator: z.enum([" ", ","], "must be a space or a comma"),
      clientAuthentication: z.enum(["basic", "post", "none"], "must be basic, post or none"),
      tokenRequests: z.enum(["form", "json"], "must be form or json"),
      issuer: address.nullable(),
      requiresIssuer: z.boolean("must be true or false"),
      authorizationParameters: z.record(parameterName, text, "must be texts by name"),
      requestHeaders: texts(headerName),
      accountField: text.nullable(),
    },
    "must be described by the fields that the documentation names",
  )
  .partial();

export type GivenService = z.output<typeof described>;

const noServices = "must be a JSON object of services";
const services = z.record(
  z.string().regex(serviceName, "must be named in lower-case letters, digits, hyphens, dots and underscores"),
  described,
  noServices,
);

/**
 * The text of OAUTH_SERVICES: a JSON object of services by name, each new or an override of one that is built in. What is
 * wrong with it is told with its place: names, and never a value.
 */
export const oauthServicesText = z.string().transform((given, context) => {
  const refuse = (message: string, path: PropertyKey[] = []) => {
    context.addIssue({ code: "custom", message, path });
    return z.NEVER;
  };
  let parsed: unknown;
  let hasPrototype = false;
  try {
    parsed = JSON.parse(given, (name, value) => {
      hasPrototype ||= name === "__proto__";
      return value;
    });
  } catch {
    return refuse(noServices);
  }
  // The one name that zod passes over in silence.
  if (hasPrototype) return refuse("must not name anything __proto__");
  const { data, error } = services.safeParse(parsed);
  const [issue] = error?.issues ?? [];
  if (!issue) return data ?? z.NEVER;
  return refuse(messageOf(issue), placeOf(issue).map(shown));
});

type Issue = z.core.$ZodIssue;

const placeOf = (issue: Issue) => (issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0]] : issue.path);

function messageOf(issue: Issue): string {
  if (issue.code === "unrecognized_keys") return "is no field of a service";
  return (issue.code === "invalid_key" && issue.issues[0]?.message) || issue.message;
}

/** What is no name could be a value in the wrong place. */
const shown = (name: PropertyKey | undefined) => (/^[\w.-]{1,63}$/.test(String(name)) ? String(name) : "…");
