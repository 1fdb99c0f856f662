import { createRequire } from "node:module";
import type * as Shield from "graphql-shield";
import { DomainError, forbidden, unauthenticated } from "./services/errors.js";
import type { RequestContext } from "./services/request.js";

/**
 * graphql-shield's ESM build does not import on Node 23 and later (maticzav/graphql-shield 1560), so its CommonJS build
 * is loaded; two of its paths still call util.isUndefined, which those versions dropped.
 */
const require = createRequire(import.meta.url);
const util = require("node:util") as { isUndefined?: (value: unknown) => boolean };
util.isUndefined ??= (value) => value === undefined;
const { allow, deny, rule, shield } = require("graphql-shield") as typeof Shield;

// No caching: with `contextual`, two aliases of one mutation would share one verdict.
const isSignedIn = rule({ cache: "no_cache" })((_, __, context: RequestContext) =>
  context.user ? true : unauthenticated(),
);
const isRelay = rule({ cache: "no_cache" })((_, __, context: RequestContext) =>
  context.relay ? true : forbidden("Only the message relay may call this, with a valid signature."),
);

/**
 * Who may ask at all. Roles are checked by the database functions themselves: this map keeps out who is nobody.
 * Whatever is not named here is refused.
 */
export const ruledFields = {
  Query: {
    "*": deny,
    me: isSignedIn,
    csrfToken: allow,
    session: allow,
    sessions: isSignedIn,
    organizations: isSignedIn,
    organization: isSignedIn,
    providerKeys: isSignedIn,
    tables: isSignedIn,
    table: isSignedIn,
    row: isSignedIn,
    integrations: isSignedIn,
    webhookEndpoints: isSignedIn,
    webhookEndpoint: isSignedIn,
    auditEvents: isSignedIn,
    connectedAccount: allow,
    conversations: isSignedIn,
  },
  Mutation: {
    "*": deny,
    startVerification: allow,
    confirmVerification: allow,
    refreshSession: allow,
    revokeSession: isSignedIn,
    revokeAllSessions: isSignedIn,
    updateProfile: isSignedIn,
    setTrait: isSignedIn,
    answerOnboarding: isSignedIn,
    exportAccount: isSignedIn,
    deleteAccount: isSignedIn,
    createOrganization: isSignedIn,
    addMember: isSignedIn,
    updateMember: isSignedIn,
    removeMember: isSignedIn,
    deleteOrganization: isSignedIn,
    addProviderKey: isSignedIn,
    updateProviderKey: isSignedIn,
    rotateProviderKey: isSignedIn,
    quarantineProviderKey: isSignedIn,
    releaseProviderKey: isSignedIn,
    setUsageLimits: isSignedIn,
    deleteProviderKey: isSignedIn,
    chat: isSignedIn,
    addIntegration: isSignedIn,
    beginIntegration: isSignedIn,
    deleteIntegration: isSignedIn,
    addWebhookEndpoint: isSignedIn,
    rotateWebhookSecret: isSignedIn,
    deleteWebhookEndpoint: isSignedIn,
    createTable: isSignedIn,
    renameTable: isSignedIn,
    deleteTable: isSignedIn,
    addColumn: isSignedIn,
    updateColumn: isSignedIn,
    deleteColumn: isSignedIn,
    addRows: isSignedIn,
    updateRow: isSignedIn,
    deleteRows: isSignedIn,
    revealCell: isSignedIn,
    verifyAuditLog: isSignedIn,
    connect: allow,
    saveThread: allow,
    disconnect: allow,
    ingestMessage: isRelay,
  },
  // What hangs below is reached only through a field above. A user and their organizations are read for whom they were
  // first read, since confirmVerification answers them to a request that came without a session.
  User: { organizations: allow, traits: allow, traitProfile: allow, onboarding: allow },
  Organization: { members: allow, usageLimits: allow },
  Table: { columns: isSignedIn, rowCount: isSignedIn, rows: isSignedIn },
  Row: { cells: isSignedIn },
  Conversation: { messages: isSignedIn },
  WebhookEndpoint: { events: isSignedIn },
};

export const rules = shield(ruledFields, {
  fallbackRule: deny,
  // Errors pass as they are: format-error.ts alone decides what leaves.
  debug: true,
  fallbackError: new DomainError("FORBIDDEN", "You may not do this."),
});
