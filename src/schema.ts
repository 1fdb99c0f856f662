import "reflect-metadata";
import type { GraphQLSchema } from "graphql";
import { applyMiddlewareToDeclaredResolvers } from "graphql-middleware";
import { buildSchema } from "type-graphql";
import { admittedMutations } from "./admitted-mutations.js";
import { countFields } from "./counted-fields.js";
import { maskSensitiveFields } from "./directives/sensitive.js";
import { AuditResolver } from "./resolvers/audit.js";
import { ChatResolver } from "./resolvers/chat.js";
import { IdentityResolver } from "./resolvers/identity.js";
import { IntegrationsResolver } from "./resolvers/integrations.js";
import { OnboardingResolver } from "./resolvers/onboarding.js";
import { OrganizationsResolver } from "./resolvers/organizations.js";
import { ProfileResolver } from "./resolvers/profile.js";
import { ProviderKeysResolver } from "./resolvers/provider-keys.js";
import { RelayResolver } from "./resolvers/relay.js";
import { RowsResolver } from "./resolvers/rows.js";
import { TablesResolver } from "./resolvers/tables.js";
import { ThreadsResolver } from "./resolvers/threads.js";
import { UsageLimitsResolver } from "./resolvers/usage-limits.js";
import { WebhooksResolver } from "./resolvers/webhooks.js";
import { rules } from "./rules.js";
import { wellFormedArguments } from "./well-formed.js";

/**
 * The executable schema: masked, ruled, deny by default. Only declared resolvers are wrapped, so plain fields cost
 * nothing. @throws where `@sensitive` stands on a field that cannot be masked
 */
export async function buildCloakroomSchema(): Promise<GraphQLSchema> {
  const schema = await buildSchema({
    resolvers: [
      IdentityResolver,
      ProfileResolver,
      OnboardingResolver,
      OrganizationsResolver,
      ProviderKeysResolver,
      IntegrationsResolver,
      UsageLimitsResolver,
      ChatResolver,
      TablesResolver,
      RowsResolver,
      AuditResolver,
      ThreadsResolver,
      RelayResolver,
      WebhooksResolver,
    ],
    validate: false,
  });
  // The rules' own copy of graphql-middleware is the CommonJS one: this one would not know its generator.
  const ruled = rules.generate(schema);
  // Counts and masks last: such a field is a declared resolver, over which the rules would sit in judgement.
  return maskSensitiveFields(
    countFields(applyMiddlewareToDeclaredResolvers(schema, wellFormedArguments, admittedMutations, ruled)),
  );
}
