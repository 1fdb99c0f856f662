import type { GraphqlAnswer, TestServer } from "./server.js";

type As = { token?: string; headers?: Record<string, string> };
type Answer<Field extends string, Value> = Promise<GraphqlAnswer<Record<Field, Value>>>;

export interface SessionAnswer {
  id: string;
  createdAt: string;
  lastUsedAt: string;
  expiresAt: string;
  rememberMe: boolean;
  current: boolean;
  userAgent: string | null;
  ipAddress: string | null;
}
export interface MemberAnswer {
  id: string;
  userId: string | null;
  name: string | null;
  phone: string | null;
  role: string;
  joinedAt: string | null;
}
export interface OrganizationAnswer {
  id: string;
  name: string;
  role: string;
  createdAt: string;
  members: MemberAnswer[];
}
export interface UserAnswer {
  id: string;
  name: string | null;
  phone: string | null;
  createdAt: string;
  organizations: OrganizationAnswer[];
}
export interface AuthAnswer {
  accessToken: string;
  refreshToken: string;
  expiresAt: string;
  session: SessionAnswer;
  user: UserAnswer;
}
export interface ProviderKeyAnswer {
  id: string;
  organizationId: string;
  provider: string;
  label: string | null;
  baseUrl: string | null;
  apiKey: string;
  active: boolean;
  createdAt: string;
  createdBy: string | null;
  lastUsedAt: string | null;
  suggestedProvider: string | null;
  quarantinedAt: string | null;
  limits: UsageLimitsAnswer;
}
export interface UsageLimitsAnswer {
  requestsPerMinute: number | null;
  tokensPerDay: number | null;
  models: string[] | null;
}
export interface QuarantineAnswer {
  providerKey: ProviderKeyAnswer;
  usesUnderWay: number;
  recentUses: {
    usedAt: string;
    auditEventId: string;
    actorId: string | null;
    actorName: string | null;
    model: string | null;
    inputTokens: number | null;
    outputTokens: number | null;
    outcome: string | null;
    ipAddress: string | null;
    handedOut: boolean;
  }[];
}

const session = "{ id createdAt lastUsedAt expiresAt rememberMe current userAgent ipAddress }";
const member = "{ id userId name phone role joinedAt }";
const organization = `{ id name role createdAt members ${member} }`;
const user = `{ id name phone createdAt organizations ${organization} }`;
const auth = `{ accessToken refreshToken expiresAt session ${session} user ${user} }`;
const limits = "{ requestsPerMinute tokensPerDay models }";
const providerKey = `{
  id organizationId provider label baseUrl apiKey active createdAt createdBy lastUsedAt
  suggestedProvider quarantinedAt limits ${limits}
}`;
const quarantined = `{
  providerKey ${providerKey} usesUnderWay
  recentUses {
    usedAt auditEventId actorId actorName model inputTokens outputTokens outcome ipAddress handedOut
  }
}`;

/** The operations of identity, organizations and provider keys, with every field that they answer. */
export function requestsOf({ graphql }: TestServer) {
  const withInput =
    <Field extends string, Value>(field: Field, inputType: string, selection: string) =>
    (input: unknown, as: As = {}): Answer<Field, Value> =>
      graphql(`mutation($input: ${inputType}) { ${field}(input: $input) ${selection} }`, { input }, as);
  const withId =
    <Field extends string, Value>(kind: "query" | "mutation", field: Field, type: string, selection = "") =>
    (id: string | null | undefined, as: As = {}): Answer<Field, Value> =>
      graphql(`${kind}($id: ${type}) { ${field}(id: $id) ${selection} }`, { id }, as);
  const plain =
    <Field extends string, Value>(field: Field, selection: string) =>
    (as: As = {}): Answer<Field, Value> =>
      graphql(`{ ${field} ${selection} }`, {}, as);
  return {
    startVerification: withInput<"startVerification", { phone: string; expiresAt: string; resendAt: string }>(
      "startVerification",
      "StartVerificationInput!",
      "{ phone expiresAt resendAt }",
    ),
    confirmVerification: withInput<"confirmVerification", AuthAnswer>(
      "confirmVerification",
      "ConfirmVerificationInput!",
      auth,
    ),
    refreshSession: withInput<"refreshSession", AuthAnswer>("refreshSession", "RefreshSessionInput", auth),
    revokeSession: withId<"revokeSession", boolean>("mutation", "revokeSession", "ID"),
    revokeAllSessions: (includeCurrent?: boolean, as: As = {}): Answer<"revokeAllSessions", number> =>
      graphql(
        "mutation($all: Boolean! = false) { revokeAllSessions(includeCurrent: $all) }",
        { all: includeCurrent },
        as,
      ),
    csrfToken: plain<"csrfToken", string>("csrfToken", ""),
    me: plain<"me", UserAnswer>("me", user),
    session: plain<"session", SessionAnswer | null>("session", session),
    sessions: plain<"sessions", SessionAnswer[]>("sessions", session),
    organizations: plain<"organizations", OrganizationAnswer[]>("organizations", organization),
    organization: withId<"organization", OrganizationAnswer>("query", "organization", "ID!", organization),
    createOrganization: withInput<"createOrganization", OrganizationAnswer>(
      "createOrganization",
      "CreateOrganizationInput!",
      organization,
    ),
    deleteOrganization: withId<"deleteOrganization", boolean>("mutation", "deleteOrganization", "ID!"),
    addMember: withInput<"addMember", MemberAnswer>("addMember", "AddMemberInput!", member),
    updateMember: withInput<"updateMember", MemberAnswer>("updateMember", "UpdateMemberInput!", member),
    removeMember: withId<"removeMember", boolean>("mutation", "removeMember", "ID!"),
    providerKeys: (organizationId: string, as: As = {}): Answer<"providerKeys", ProviderKeyAnswer[]> =>
      graphql(`query($id: ID!) { providerKeys(organizationId: $id) ${providerKey} }`, { id: organizationId }, as),
    addProviderKey: withInput<"addProviderKey", ProviderKeyAnswer>(
      "addProviderKey",
      "AddProviderKeyInput!",
      providerKey,
    ),
    updateProviderKey: withInput<"updateProviderKey", ProviderKeyAnswer>(
      "updateProviderKey",
      "UpdateProviderKeyInput!",
      providerKey,
    ),
    rotateProviderKey: withInput<"rotateProviderKey", ProviderKeyAnswer>(
      "rotateProviderKey",
      "RotateProviderKeyInput!",
      providerKey,
    ),
    quarantineProviderKey: (
      id: string,
      as: As = {},
      reason: string | null = null,
    ): Answer<"quarantineProviderKey", QuarantineAnswer> =>
      graphql(
        `mutation($id: ID!, $reason: String) { quarantineProviderKey(id: $id, reason: $reason) ${quarantined} }`,
        { id, reason },
        as,
      ),
    releaseProviderKey: withId<"releaseProviderKey", ProviderKeyAnswer>(
      "mutation",
      "releaseProviderKey",
      "ID!",
      providerKey,
    ),
    setUsageLimits: withInput<"setUsageLimits", UsageLimitsAnswer>("setUsageLimits", "SetUsageLimitsInput!", limits),
    deleteProviderKey: withId<"deleteProviderKey", boolean>("mutation", "deleteProviderKey", "ID!"),
  };
}

export type Requests = ReturnType<typeof requestsOf>;

/** Code and, where there is one, field of the first error. */
export const refused = ({ code, errors }: Pick<GraphqlAnswer, "code" | "errors">) => ({
  code,
  field: errors[0]?.extensions?.field ?? null,
});

/** What is neither an id of ours nor like one, and ids of nothing. */
export const unknownIds = [
  "00000000-0000-4000-8000-000000000000",
  "1",
  "",
  "' or 1=1 --",
  "../../etc/passwd",
  "x".repeat(5000),
];
