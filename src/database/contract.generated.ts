// Printed by `npm run gen:contract` from the catalog of cloakroom_api.

export interface AuditEvent {
  id: string;
  organizationId: string;
  sequence: number;
  action: string;
  actorId: string | null;
  actorName: string | null;
  targetType: string;
  targetId: string;
  reason: string | null;
  details: unknown;
  ipAddress: string | null;
  occurredAt: string;
  hash: string;
  previousHash: string;
}

export interface AuditVerification {
  valid: boolean;
  eventsChecked: number;
  firstInvalid: number | null;
}

export interface CodeTry {
  outcome: string;
  codeId: string | null;
}

export interface Conversation {
  id: string;
  chatGuid: string;
  mode: string;
  participants: string[];
  lastMessageAt: string;
}

export interface DataColumn {
  id: string;
  tableId: string;
  name: string;
  type: string;
  sensitive: boolean;
  mask: string | null;
  required: boolean;
  options: unknown;
  position: number;
  converting: boolean;
}

export interface DataRow {
  id: string;
  tableId: string;
  values: unknown;
  version: number;
  createdAt: string;
  updatedAt: string;
  sequence: number;
}

export interface DataTable {
  id: string;
  organizationId: string;
  name: string;
  createdAt: string;
}

export interface Disconnection {
  disconnected: boolean;
  credentialsDeleted: number;
}

export interface IngestedMessage {
  messageId: string;
  conversationId: string;
  duplicate: boolean;
}

export interface Integration {
  id: string;
  organizationId: string;
  service: string;
  account: string | null;
  scopes: string[];
  accessToken: string;
  expiresAt: string | null;
  status: string;
  createdAt: string;
}

export interface IntegrationAlert {
  integrationId: string;
  organizationId: string;
  tokenVersion: number;
}

export interface IntegrationFlow {
  state: string;
  verifier: string;
  expiresAt: string;
}

export interface IntegrationRefresh {
  outcome: string;
  organizationId: string;
  service: string;
  leaseId: string | null;
  refreshToken: string | null;
  tokenVersion: number;
  retryAfter: number | null;
  recordedEventId: string | null;
}

export interface IntegrationTokens {
  service: string;
  accessToken: string | null;
  refreshToken: string | null;
  recordedEventId: string | null;
}

export interface IntegrationUse {
  useId: string;
  integrationId: string;
  organizationId: string;
  service: string;
}

export interface Member {
  id: string;
  organizationId: string;
  userId: string | null;
  name: string | null;
  phone: string | null;
  role: string;
  joinedAt: string | null;
}

export interface Message {
  id: string;
  conversationId: string;
  sender: string;
  text: string;
  sentAt: string;
  direction: string;
  sequence: number;
}

export interface NewWebhookEndpoint {
  endpoint: WebhookEndpoint;
  secret: string;
}

export interface OnboardingSession {
  id: string;
  status: string;
  step: string | null;
  answers: unknown;
  startedAt: string;
  completedAt: string | null;
  questions: unknown;
}

export interface OpenedIntegration {
  outcome: string;
  integrationId: string;
  service: string;
  accessToken: string | null;
  tokenVersion: number;
  refreshDue: boolean;
  recordedEventId: string | null;
}

export interface Organization {
  id: string;
  name: string;
  role: string;
  createdAt: string;
}

export interface OrganizationUsageLimits {
  organizationId: string;
  limits: UsageLimits;
}

export interface Person {
  userTraits: UserTrait[];
  traitProfile: TraitProfile | null;
  onboarding: OnboardingSession | null;
}

export interface Profile {
  id: string;
  name: string | null;
  phone: string | null;
  createdAt: string;
}

export interface ProviderKey {
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
  limits: UsageLimits;
}

export interface ProviderKeyChoice {
  id: string;
  provider: string;
  models: string[] | null;
}

export interface ProviderKeyRotation {
  providerKeyId: string;
  provider: string;
  baseUrl: string | null;
}

export interface ProviderKeyUse {
  auditEventId: string;
  usedAt: string;
  actorId: string | null;
  actorName: string | null;
  model: string | null;
  inputTokens: number | null;
  outputTokens: number | null;
  outcome: string | null;
  ipAddress: string | null;
  handedOut: boolean;
}

export interface QuarantinedProviderKey {
  providerKey: ProviderKey;
  usesUnderWay: number;
  recentUses: ProviderKeyUse[];
}

export interface RevealedCell {
  outcome: string;
  retryAfter: number | null;
  rowId: string;
  columnId: string;
  value: unknown;
  auditEvent: AuditEvent;
  recordedEventId: string | null;
}

export interface RowCount {
  tableId: string;
  rowCount: number;
}

export interface Session {
  id: string;
  createdAt: string;
  lastUsedAt: string;
  expiresAt: string;
  rememberMe: boolean;
  current: boolean;
  userAgent: string | null;
  ipAddress: string | null;
}

export interface SignIn {
  outcome: string;
  refreshToken: string | null;
  session: Session | null;
  profile: Profile | null;
}

export interface TakenFlow {
  outcome: string;
  flowId: string | null;
  organizationId: string | null;
  service: string | null;
  scopes: string[] | null;
  verifier: string | null;
  organizationName: string | null;
}

export interface TakenProviderKey {
  useId: string | null;
  providerKeyId: string | null;
  provider: string | null;
  baseUrl: string | null;
  models: string[] | null;
  organizationModels: string[] | null;
  apiKey: string | null;
  choices: ProviderKeyChoice[] | null;
  tokensLimited: boolean | null;
  recordedEventId: string | null;
}

export interface ThreadAccount {
  connectedAt: string;
  credentials: ThreadCredential[];
  thread: ThreadProgress | null;
}

export interface ThreadCredential {
  name: string;
  token: string;
  salt: string;
  updatedAt: string;
}

export interface ThreadProgress {
  threadUrlToken: string | null;
  threadUrlSalt: string | null;
  currentDay: number | null;
  progressToken: string | null;
  progressSalt: string | null;
  updatedAt: string;
}

export interface TraitProfile {
  summary: string | null;
  traits: unknown;
  updatedAt: string;
}

export interface UsageLimits {
  requestsPerMinute: number | null;
  tokensPerDay: number | null;
  models: string[] | null;
}

export interface UserTrait {
  id: string;
  name: string;
  value: unknown;
  confidence: number;
  source: string;
  updatedAt: string;
}

export interface VerificationChallenge {
  outcome: string;
  retryAfter: number | null;
  code: string | null;
  phone: string | null;
  expiresAt: string | null;
  resendAt: string | null;
  codeId: string | null;
}

export interface WebhookEndpoint {
  id: string;
  organizationId: string;
  name: string;
  style: string;
  path: string;
  createdAt: string;
  lastDeliveryAt: string | null;
  previousSecretUntil: string | null;
}

export interface WebhookEvent {
  id: string;
  endpointId: string;
  messageId: string | null;
  payload: unknown;
  receivedAt: string;
  sequence: number;
  eventType: string | null;
  rawPayload: string | null;
}

export interface WebhookReceipt {
  outcome: string;
  eventId: string | null;
}

export interface Calls {
  add_column: {
    args: {
      tableId: string;
      definition: unknown;
    };
    result: DataColumn;
  };
  add_member: {
    args: {
      organizationId: string;
      phone: string;
      role?: string;
    };
    result: Member;
  };
  add_rows: {
    args: {
      tableId: string;
      rows: unknown;
    };
    result: DataRow[];
  };
  add_webhook_endpoint: {
    args: {
      organizationId: string;
      name: string;
      secret?: string | null;
      style?: string;
    };
    result: NewWebhookEndpoint;
  };
  answer_onboarding: {
    args: {
      input: unknown;
    };
    result: OnboardingSession;
  };
  audit_events: {
    args: {
      organizationId: string;
      filter?: unknown;
      first?: number;
      after?: number | null;
    };
    result: AuditEvent[];
  };
  begin_integration_deletion: {
    args: {
      integrationId: string;
    };
    result: IntegrationUse;
  };
  begin_integration_flow: {
    args: {
      organizationId: string;
      service: string;
      scopes?: readonly string[];
      byCookie?: boolean;
    };
    result: IntegrationFlow;
  };
  begin_integration_refresh: {
    args: {
      integrationId: string;
      knownVersion?: number | null;
      recordedEventId?: string | null;
    };
    result: IntegrationRefresh;
  };
  begin_integration_use: {
    args: {
      integrationId: string;
      method: string;
    };
    result: IntegrationUse;
  };
  check_provider_key_rotation: {
    args: {
      providerKeyId: string;
      apiKey: string;
    };
    result: ProviderKeyRotation;
  };
  columns: {
    args: {
      tableIds: readonly string[];
    };
    result: DataColumn[];
  };
  configure_limits: {
    args: {
      limits: unknown;
    };
    result: boolean;
  };
  configure_onboarding: {
    args: {
      script: unknown;
    };
    result: boolean;
  };
  confirm_verification: {
    args: {
      phone: string;
      code: string;
      name?: string | null;
      rememberMe?: boolean;
      userAgent?: string | null;
      tries?: number;
      sessionId?: string | null;
      approvedCodeId?: string | null;
    };
    result: SignIn;
  };
  connect: {
    args: {
      userIdentifierHash: string;
      credentials: unknown;
    };
    result: ThreadAccount;
  };
  connected_account: {
    args: {
      userIdentifierHash: string;
    };
    result: ThreadAccount[];
  };
  conversations: {
    args: {
      first?: number;
      after?: unknown;
    };
    result: Conversation[];
  };
  convert_column: {
    args: {
      columnId: string;
    };
    result: DataColumn;
  };
  create_organization: {
    args: {
      name: string;
    };
    result: Organization;
  };
  create_table: {
    args: {
      organizationId: string;
      name: string;
      columns?: unknown;
    };
    result: DataTable;
  };
  delete_account: {
    args: Record<string, never>;
    result: boolean;
  };
  delete_column: {
    args: {
      id: string;
    };
    result: boolean;
  };
  delete_integration: {
    args: {
      integrationId: string;
    };
    result: boolean;
  };
  delete_organization: {
    args: {
      organizationId: string;
    };
    result: boolean;
  };
  delete_provider_key: {
    args: {
      providerKeyId: string;
    };
    result: boolean;
  };
  delete_rows: {
    args: {
      ids: readonly string[];
    };
    result: number;
  };
  delete_table: {
    args: {
      id: string;
    };
    result: boolean;
  };
  delete_webhook_endpoint: {
    args: {
      webhookEndpointId: string;
    };
    result: boolean;
  };
  disconnect: {
    args: {
      userIdentifierHash: string;
      forgetThread?: boolean;
    };
    result: Disconnection;
  };
  due_integrations: {
    args: {
      services?: readonly string[] | null;
    };
    result: string[];
  };
  end_integration_use: {
    args: {
      useId: string;
    };
    result: boolean;
  };
  end_provider_key_use: {
    args: {
      useId: string;
      inputTokens?: number | null;
      outputTokens?: number | null;
      outcome?: string;
    };
    result: boolean;
  };
  export_account: {
    args: Record<string, never>;
    result: unknown;
  };
  fail_integration_refresh: {
    args: {
      integrationId: string;
      leaseId: string;
      permanent: boolean;
      retryAfter?: number | null;
    };
    result: string;
  };
  finish_integration_deletion: {
    args: {
      useId: string;
      recordedEventId?: string | null;
    };
    result: IntegrationTokens;
  };
  finish_integration_flow: {
    args: {
      flowId: string;
      accessToken: string;
      refreshToken?: string | null;
      account?: string | null;
      scopes?: readonly string[] | null;
      expiresIn?: number | null;
    };
    result: Integration;
  };
  finish_integration_refresh: {
    args: {
      integrationId: string;
      knownVersion: number;
      accessToken: string;
      refreshToken?: string | null;
      expiresIn?: number | null;
      scopes?: readonly string[] | null;
    };
    result: boolean;
  };
  get_decrypted_provider_key: {
    args: {
      providerKeyId: string;
    };
    result: string;
  };
  get_integration_token: {
    args: {
      integrationId: string;
    };
    result: string;
  };
  ingest_message: {
    args: {
      chatGuid: string;
      mode: string;
      sender: string;
      messageText: string;
      sentAtSeconds: number;
      participants: readonly string[];
      messageId?: string | null;
      webhookId?: string | null;
      bodyHash?: string | null;
      isFromMe?: boolean;
    };
    result: IngestedMessage;
  };
  insert_integration: {
    args: {
      organizationId: string;
      service: string;
      accessToken: string;
      refreshToken?: string | null;
      account?: string | null;
      scopes?: readonly string[];
      expiresAt?: string | null;
    };
    result: Integration;
  };
  insert_provider_key: {
    args: {
      organizationId: string;
      provider: string;
      apiKey: string;
      label?: string | null;
      baseUrl?: string | null;
    };
    result: ProviderKey;
  };
  integrations: {
    args: {
      organizationId: string;
    };
    result: Integration[];
  };
  is_integration_token_held: {
    args: {
      accessToken: string;
      refreshToken?: string | null;
    };
    result: boolean;
  };
  me: {
    args: Record<string, never>;
    result: Profile;
  };
  members: {
    args: {
      organizationIds: readonly string[];
    };
    result: Member[];
  };
  messages: {
    args: {
      conversationIds: readonly string[];
      first?: number;
      after?: unknown;
    };
    result: Message[];
  };
  note_integration_alert: {
    args: {
      integrationId: string;
      tokenVersion: number;
    };
    result: boolean;
  };
  note_unsent_code: {
    args: {
      codeId: string;
    };
    result: boolean;
  };
  open_integration_use: {
    args: {
      useId: string;
      refusedVersion?: number | null;
      recordedEventId?: string | null;
    };
    result: OpenedIntegration;
  };
  organization: {
    args: {
      organizationId: string;
    };
    result: Organization;
  };
  organizations: {
    args: Record<string, never>;
    result: Organization[];
  };
  person: {
    args: Record<string, never>;
    result: Person;
  };
  provider_key_choices: {
    args: {
      organizationId: string;
    };
    result: ProviderKeyChoice[];
  };
  provider_keys: {
    args: {
      organizationId: string;
    };
    result: ProviderKey[];
  };
  quarantine_provider_key: {
    args: {
      providerKeyId: string;
      reason?: string | null;
    };
    result: QuarantinedProviderKey;
  };
  receive_webhook: {
    args: {
      webhookEndpointId: string;
      headers: unknown;
      body: string;
    };
    result: WebhookReceipt;
  };
  refresh_session: {
    args: {
      refreshToken: string;
    };
    result: SignIn;
  };
  release: {
    args: Record<string, never>;
    result: string;
  };
  release_provider_key: {
    args: {
      providerKeyId: string;
      reason?: string | null;
    };
    result: ProviderKey;
  };
  remove_member: {
    args: {
      memberId: string;
    };
    result: boolean;
  };
  rename_table: {
    args: {
      id: string;
      name: string;
    };
    result: DataTable;
  };
  reveal_cell: {
    args: {
      rowId: string;
      columnId: string;
      reason?: string | null;
      recordedEventId?: string | null;
    };
    result: RevealedCell;
  };
  revoke_all_sessions: {
    args: {
      includeCurrent?: boolean;
    };
    result: number;
  };
  revoke_session: {
    args: {
      sessionId?: string | null;
    };
    result: boolean;
  };
  rotate_provider_key: {
    args: {
      providerKeyId: string;
      apiKey: string;
    };
    result: ProviderKey;
  };
  rotate_webhook_secret: {
    args: {
      webhookEndpointId: string;
      secret?: string | null;
      overlapSeconds?: number;
    };
    result: NewWebhookEndpoint;
  };
  row_by_id: {
    args: {
      id: string;
    };
    result: DataRow;
  };
  row_counts: {
    args: {
      tableIds: readonly string[];
    };
    result: RowCount[];
  };
  rows: {
    args: {
      tableIds: readonly string[];
      first?: number;
      after?: number | null;
    };
    result: DataRow[];
  };
  save_thread: {
    args: {
      userIdentifierHash: string;
      changes: unknown;
      savedAt?: string | null;
    };
    result: ThreadProgress[];
  };
  session: {
    args: Record<string, never>;
    result: Session[];
  };
  sessions: {
    args: Record<string, never>;
    result: Session[];
  };
  set_trait: {
    args: {
      input: unknown;
    };
    result: UserTrait;
  };
  set_usage_limits: {
    args: {
      organizationId: string;
      limits: unknown;
    };
    result: UsageLimits;
  };
  spend_code_try: {
    args: {
      phone: string;
      name?: string | null;
      tries?: number;
    };
    result: CodeTry;
  };
  start_verification: {
    args: {
      phone: string;
      fixedCode?: string | null;
      fixedUntil?: string | null;
    };
    result: VerificationChallenge;
  };
  table_by_id: {
    args: {
      id: string;
    };
    result: DataTable;
  };
  tables: {
    args: {
      organizationId: string;
    };
    result: DataTable[];
  };
  take_integration_alerts: {
    args: Record<string, never>;
    result: IntegrationAlert[];
  };
  take_integration_flow: {
    args: {
      state: string;
      callerId?: string | null;
      sessionId?: string | null;
    };
    result: TakenFlow;
  };
  take_provider_key: {
    args: {
      userId: string;
      sessionId: string;
      organizationId: string;
      providerKeyId?: string | null;
      provider?: string | null;
      model?: string | null;
      tokensReserved?: number;
      recordedEventId?: string | null;
    };
    result: TakenProviderKey;
  };
  unfinished_conversions: {
    args: Record<string, never>;
    result: string[];
  };
  update_column: {
    args: {
      id: string;
      changes: unknown;
    };
    result: DataColumn;
  };
  update_member: {
    args: {
      memberId: string;
      role: string;
    };
    result: Member;
  };
  update_profile: {
    args: {
      changes: unknown;
    };
    result: Profile;
  };
  update_provider_key: {
    args: {
      providerKeyId: string;
      changes: unknown;
    };
    result: ProviderKey;
  };
  update_row: {
    args: {
      id: string;
      values: unknown;
      expectedVersion?: number | null;
    };
    result: DataRow;
  };
  usage_limits: {
    args: {
      organizationIds: readonly string[];
    };
    result: OrganizationUsageLimits[];
  };
  verify_audit_log: {
    args: {
      organizationId: string;
    };
    result: AuditVerification;
  };
  webhook_endpoint_by_id: {
    args: {
      id: string;
    };
    result: WebhookEndpoint;
  };
  webhook_endpoints: {
    args: {
      organizationId: string;
    };
    result: WebhookEndpoint[];
  };
  webhook_events: {
    args: {
      webhookEndpointIds: readonly string[];
      first?: number;
      after?: number | null;
      asText?: boolean;
    };
    result: WebhookEvent[];
  };
  whole_list: {
    args: {
      functionName: string;
      args?: unknown;
    };
    result: unknown;
  };
}

export const listFunctions: ReadonlySet<string> = new Set([
  "add_rows",
  "audit_events",
  "columns",
  "connected_account",
  "conversations",
  "due_integrations",
  "integrations",
  "members",
  "messages",
  "organizations",
  "provider_key_choices",
  "provider_keys",
  "row_counts",
  "rows",
  "save_thread",
  "session",
  "sessions",
  "tables",
  "take_integration_alerts",
  "unfinished_conversions",
  "usage_limits",
  "webhook_endpoints",
  "webhook_events",
]);
