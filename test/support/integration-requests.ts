import type { Person, TestServer } from "./server.js";

type As = Partial<Pick<Person, "token">>;

export interface IntegrationAnswer {
  readonly id: string;
  readonly organizationId: string;
  readonly service: string;
  readonly account: string | null;
  readonly scopes: string[];
  readonly accessToken: string;
  readonly expiresAt: string | null;
  readonly status: string;
  readonly createdAt: string;
}

const selection = "{ id organizationId service account scopes accessToken expiresAt status createdAt }";

/** The four operations of integrations and the two routes, as a client sends them. */
export function integrationRequests(server: Pick<TestServer, "graphql" | "url" | "admin">) {
  const { graphql, url, admin } = server;
  return {
    integrations: (organizationId: string, as: As = {}) =>
      graphql<{ integrations: IntegrationAnswer[] }>(
        `query($id: ID!) { integrations(organizationId: $id) ${selection} }`,
        { id: organizationId },
        as,
      ),
    addIntegration: (input: object, as: As = {}) =>
      graphql<{ addIntegration: IntegrationAnswer }>(
        `mutation($input: AddIntegrationInput!) { addIntegration(input: $input) ${selection} }`,
        { input },
        as,
      ),
    beginIntegration: (input: object, as: As = {}) =>
      graphql<{ beginIntegration: { authorizationUrl: string; expiresAt: string } }>(
        "mutation($input: BeginIntegrationInput!) { beginIntegration(input: $input) { authorizationUrl expiresAt } }",
        { input },
        as,
      ),
    deleteIntegration: (id: string, as: As = {}) =>
      graphql<{ deleteIntegration: boolean }>("mutation($id: ID!) { deleteIntegration(id: $id) }", { id }, as),
    callback: (search: string, as: As = {}) =>
      fetch(`${url}/integrations/callback${search}`, {
        headers: as.token ? { authorization: `Bearer ${as.token}` } : {},
      }),
    proxy: (id: string, path: string, as: As = {}, init: RequestInit = {}) =>
      fetch(`${url}/integrations/${id}/proxy/${path}`, {
        redirect: "manual",
        ...init,
        headers: { ...(as.token && { authorization: `Bearer ${as.token}` }), ...init.headers },
      }),
    eventsOf: async (id: string): Promise<{ action: string; actor_id: string | null; details: object }[]> => {
      const { rows } = await admin.query(
        "select action, actor_id, details from cloakroom.audit_events where target_id = $1 order by sequence",
        [id],
      );
      return rows;
    },
    /** Moves the end of a token: `-1 minute` for one that has ended. */
    async endsIn(id: string, interval: string): Promise<void> {
      await admin.query(
        `update cloakroom.integrations set expires_at = now() + $2::interval, refresh_at = now() + $2::interval,
           renewed_at = null, retry_at = null where id = $1`,
        [id, interval],
      );
    },
  };
}
export type IntegrationRequests = ReturnType<typeof integrationRequests>;
