import { allowInsecureRequests, type ClientAuth, ClientSecretPost, Configuration, None } from "openid-client";
import type { OAuthService } from "./oauth-service.js";

/** A service as openid-client wants it described. */
export function configurationOf(service: OAuthService): Configuration {
  const { authorizationUrl, tokenUrl, clientId, clientSecret, clientAuthentication } = service;
  const authentication = { basic: inHeader(service), post: ClientSecretPost(clientSecret ?? ""), none: None() };
  const configuration = new Configuration(
    {
      issuer: service.issuer ?? new URL(authorizationUrl).origin,
      authorization_endpoint: authorizationUrl,
      token_endpoint: tokenUrl,
    },
    clientId ?? "",
    {},
    authentication[clientAuthentication],
  );
  // Settings allow http where private addresses are allowed, and nowhere else.
  if ([authorizationUrl, tokenUrl].some((url) => url.startsWith("http:"))) allowInsecureRequests(configuration);
  return configuration;
}

const inHeader =
  (service: OAuthService): ClientAuth =>
  (_server, _client, _body, headers) =>
    headers.set("authorization", basicCredentials(service));

/**
 * HTTP Basic, encoded as little as the standard allows: the library's own writes hyphens as %2D, which is right and which
 * services that do not decode refuse.
 */
export function basicCredentials({ clientId, clientSecret }: OAuthService): string {
  const parts = [clientId, clientSecret].map((part) => encodeURIComponent(part ?? "").replaceAll("%20", "+"));
  return `Basic ${Buffer.from(parts.join(":")).toString("base64")}`;
}
