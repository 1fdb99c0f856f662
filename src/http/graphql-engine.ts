import { ApolloServer, type ApolloServerOptionsWithSchema, type BaseContext, HeaderMap } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import type { GraphQLSchema } from "graphql";
import type { Config } from "../config.js";
import type { ErrorLog, FormatError } from "../format-error.js";
import { answerText } from "./answer-text.js";
import { HttpFault } from "./answers.js";
import { createDocumentStore } from "./document-store.js";
import { queryLimits } from "./query-limits.js";
import { nestingOf } from "./query-nesting.js";

export interface GraphqlEngineParts {
  readonly config: Pick<Config, "isProduction" | "graphiql">;
  readonly schema: GraphQLSchema;
  readonly formatError: FormatError;
  readonly log: ErrorLog;
}

export interface GraphqlPost {
  /** The parsed body. */
  readonly body: unknown;
  readonly accept: string | undefined;
  readonly context: object;
}

export interface GraphqlAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface GraphqlEngine {
  start(): Promise<void>;
  /** @throws HttpFault for a query that is nested too deep to be parsed */
  answer(post: GraphqlPost): Promise<GraphqlAnswer>;
  stop(): Promise<void>;
}

const mostTokens = 10_000;
const deepestNesting = 250;

/** Apollo Server with everything off that phones, caches by field or keeps what was sent. */
export function createGraphqlEngine(parts: GraphqlEngineParts): GraphqlEngine {
  const apollo = new ApolloServer(optionsOf(parts));
  return {
    start: () => apollo.start(),
    stop: () => apollo.stop(),
    async answer({ body, accept, context }) {
      const { query } = (body ?? {}) as { query?: unknown };
      if (typeof query === "string" && nestingOf(query) > deepestNesting)
        throw new HttpFault(400, "The query is too complex.");
      const headers = new HeaderMap([["content-type", "application/json"]]);
      if (accept) headers.set("accept", accept);
      const answer = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: { method: "POST", headers, search: "", body },
        // Apollo copies own properties, getters' values included; inherited ones stay as lazy as they are.
        context: async () => Object.create(context) as BaseContext,
      });
      // Chunks come only of @defer and @stream, which graphql 16 does not have.
      if (answer.body.kind !== "complete") throw new Error("GraphQL answered in chunks.");
      const contentType = answer.headers.get("content-type") ?? "application/json; charset=utf-8";
      return { status: answer.status ?? 200, contentType, body: answer.body.string };
    },
  };
}

function optionsOf({
  config,
  schema,
  formatError,
  log,
}: GraphqlEngineParts): ApolloServerOptionsWithSchema<BaseContext> {
  return {
    schema,
    formatError,
    stringifyResult: answerText,
    introspection: config.graphiql || !config.isProduction,
    hideSchemaDetailsFromClientErrors: config.isProduction,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    documentStore: createDocumentStore(),
    parseOptions: { maxTokens: mostTokens },
    validationRules: [queryLimits],
    // Its lines put messages of errors into words; what went wrong is in the log through formatError.
    logger: { debug() {}, info() {}, warn() {}, error: () => log.error({ msg: "Apollo Server reported an error" }) },
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  };
}
