import type { OAuthServiceDescription } from "../oauth-service.js";

/** What belongs to one authorization server alone. */
export const defaultsOfServer = {
  revocationUrl: null,
  revocationRequests: "form",
  revocationHeaders: {},
  issuer: null,
  requiresIssuer: false,
} as const;

export const defaults = {
  ...defaultsOfServer,
  scopes: [],
  scopeSeparator: " ",
  clientAuthentication: "basic",
  tokenRequests: "form",
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
  // It sends one back, but nowhere says that it does.
  issuer: "https://accounts.google.com",
  // Without both Google gives a refresh token at the very first consent alone.
  authorizationParameters: { access_type: "offline", prompt: "consent" },
} as const;

/** Services that need nothing but a client's id and secret. Default scopes are the least that is of any use. */
export const builtInServices: Readonly<Record<string, OAuthServiceDescription>> = {
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
    revocationUrl: "https://api.github.com/applications",
    revocationRequests: "github",
    apiBaseUrl: "https://api.github.com",
    scopes: ["read:user"],
    clientAuthentication: "post",
    requestHeaders: ["x-github-api-version"],
  },
  notion: {
    ...defaults,
    authorizationUrl: "https://api.notion.com/v1/oauth/authorize",
    tokenUrl: "https://api.notion.com/v1/oauth/token",
    revocationUrl: "https://api.notion.com/v1/oauth/revoke",
    revocationRequests: "json",
    revocationHeaders: { "notion-version": "2025-09-03" },
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
