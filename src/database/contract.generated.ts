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

export interface OnboardingSession {
  id: string;
  status: string;
  step: string | null;
  answers: unknown;
  startedAt: string;
  completedAt: string | null;
  questions: unknown;
}

export interface Organization {
  id: string;
  name: string;
  role: string;
  createdAt: string;
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
}

export interface RevealedCell {
  outcome: string;
  retryAfter: number | null;
  rowId: string;
  columnId: string;
  value: unknown;
  auditEvent: AuditEvent;
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
  disconnect: {
    args: {
      userIdentifierHash: string;
      forgetThread?: boolean;
    };
    result: Disconnection;
  };
  export_account: {
    args: Record<string, never>;
    result: unknown;
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
  note_unsent_code: {
    args: {
      codeId: string;
    };
    result: boolean;
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
  provider_keys: {
    args: {
      organizationId: string;
    };
    result: ProviderKey[];
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
  verify_audit_log: {
    args: {
      organizationId: string;
    };
    result: AuditVerification;
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
  "members",
  "messages",
  "organizations",
  "provider_keys",
  "row_counts",
  "rows",
  "save_thread",
  "session",
  "sessions",
  "tables",
  "unfinished_conversions",
]);
