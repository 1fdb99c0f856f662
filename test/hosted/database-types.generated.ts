export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {

  "cloakroom_api": {
          Tables: {
            [_ in never]: never
          }
          Views: {
            "columns": {
                  Row: {
                    "converting": boolean | null,"id": string,"mask": string | null,"name": string,"options": Json | null,"position": number,"required": boolean,"sensitive": boolean,"table_id": string,"type": string
                  }
                  ComputedFields: never
                  Relationships: [

                  ]
                },"members": {
                  Row: {
                    "id": string,"joined_at": string | null,"name": string | null,"organization_id": string,"phone": string | null,"role": string,"user_id": string | null
                  }
                  ComputedFields: never
                  Relationships: [

                  ]
                },"organizations": {
                  Row: {
                    "created_at": string,"id": string,"name": string,"role": string
                  }
                  ComputedFields: never
                  Relationships: [

                  ]
                },"rows": {
                  Row: {
                    "created_at": string,"id": string,"sequence": number,"table_id": string,"updated_at": string,"values": Json | null,"version": number
                  }
                  ComputedFields: never
                  Relationships: [

                  ]
                },"tables": {
                  Row: {
                    "created_at": string,"id": string,"name": string,"organization_id": string
                  }
                  ComputedFields: never
                  Insert: {
                           "created_at"?: string | null,"id"?: string | null,"name"?: string | null,"organization_id"?: string | null
                         }
                        Update: {
                           "created_at"?: string | null,"id"?: string | null,"name"?: string | null,"organization_id"?: string | null
                         }
                        Relationships: [

                  ]
                }
          }
          Functions: {
            "add_column":
{ Args: { "definition": Json,"table_id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["data_column"]
                          SetofOptions: {
        from: "*"
        to: "data_column"
        isOneToOne: true
        isSetofReturn: false
      } },
"add_member":
{ Args: { "organization_id": string,"phone": string,"role"?: string }; Returns: Database["cloakroom_api"]['CompositeTypes']["member"]
                          SetofOptions: {
        from: "*"
        to: "member"
        isOneToOne: true
        isSetofReturn: false
      } },
"add_rows":
{ Args: { "rows": Json,"table_id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["data_row"][]
                          SetofOptions: {
        from: "*"
        to: "data_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"add_webhook_endpoint":
{ Args: { "name": string,"organization_id": string,"secret"?: string,"style"?: string }; Returns: Database["cloakroom_api"]['CompositeTypes']["new_webhook_endpoint"]
                          SetofOptions: {
        from: "*"
        to: "new_webhook_endpoint"
        isOneToOne: true
        isSetofReturn: false
      } },
"answer_onboarding":
{ Args: { "input": Json }; Returns: Database["cloakroom_api"]['CompositeTypes']["onboarding_session"]
                          SetofOptions: {
        from: "*"
        to: "onboarding_session"
        isOneToOne: true
        isSetofReturn: false
      } },
"audit_events":
{ Args: { "after"?: number,"filter"?: Json,"first"?: number,"organization_id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["audit_event"][]
                          SetofOptions: {
        from: "*"
        to: "audit_event"
        isOneToOne: false
        isSetofReturn: true
      } },
"begin_integration_deletion":
{ Args: { "integration_id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["integration_use"]
                          SetofOptions: {
        from: "*"
        to: "integration_use"
        isOneToOne: true
        isSetofReturn: false
      } },
"begin_integration_flow":
{ Args: { "by_cookie"?: boolean,"organization_id": string,"scopes"?: (string)[],"service": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["integration_flow"]
                          SetofOptions: {
        from: "*"
        to: "integration_flow"
        isOneToOne: true
        isSetofReturn: false
      } },
"begin_integration_refresh":
{ Args: { "integration_id": string,"known_version"?: number,"recorded_event_id"?: string }; Returns: Database["cloakroom_api"]['CompositeTypes']["integration_refresh"]
                          SetofOptions: {
        from: "*"
        to: "integration_refresh"
        isOneToOne: true
        isSetofReturn: false
      } },
"begin_integration_use":
{ Args: { "integration_id": string,"method": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["integration_use"]
                          SetofOptions: {
        from: "*"
        to: "integration_use"
        isOneToOne: true
        isSetofReturn: false
      } },
"check_provider_key_rotation":
{ Args: { "api_key": string,"provider_key_id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["provider_key_rotation"]
                          SetofOptions: {
        from: "*"
        to: "provider_key_rotation"
        isOneToOne: true
        isSetofReturn: false
      } },
"columns":
{ Args: { "table_ids": (string)[] }; Returns: Database["cloakroom_api"]['CompositeTypes']["data_column"][]
                          SetofOptions: {
        from: "*"
        to: "data_column"
        isOneToOne: false
        isSetofReturn: true
      } },
"configure_limits":
{ Args: { "limits": Json }; Returns: boolean
                           },
"configure_onboarding":
{ Args: { "script": Json }; Returns: boolean
                           },
"confirm_verification":
{ Args: { "approved_code_id"?: string,"code": string,"name"?: string,"phone": string,"remember_me"?: boolean,"session_id"?: string,"tries"?: number,"user_agent"?: string }; Returns: Database["cloakroom_api"]['CompositeTypes']["sign_in"]
                          SetofOptions: {
        from: "*"
        to: "sign_in"
        isOneToOne: true
        isSetofReturn: false
      } },
"connect":
{ Args: { "credentials": Json,"user_identifier_hash": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["thread_account"]
                          SetofOptions: {
        from: "*"
        to: "thread_account"
        isOneToOne: true
        isSetofReturn: false
      } },
"connected_account":
{ Args: { "user_identifier_hash": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["thread_account"][]
                          SetofOptions: {
        from: "*"
        to: "thread_account"
        isOneToOne: false
        isSetofReturn: true
      } },
"conversations":
{ Args: { "after"?: Json,"first"?: number }; Returns: Database["cloakroom_api"]['CompositeTypes']["conversation"][]
                          SetofOptions: {
        from: "*"
        to: "conversation"
        isOneToOne: false
        isSetofReturn: true
      } },
"convert_column":
{ Args: { "column_id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["data_column"]
                          SetofOptions: {
        from: "*"
        to: "data_column"
        isOneToOne: true
        isSetofReturn: false
      } },
"create_organization":
{ Args: { "name": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["organization"]
                          SetofOptions: {
        from: "*"
        to: "organization"
        isOneToOne: true
        isSetofReturn: false
      } },
"create_table":
{ Args: { "columns"?: Json,"name": string,"organization_id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["data_table"]
                          SetofOptions: {
        from: "*"
        to: "data_table"
        isOneToOne: true
        isSetofReturn: false
      } },
"delete_account":
{ Args: Record<PropertyKey, never>; Returns: boolean
                           },
"delete_column":
{ Args: { "id": string }; Returns: boolean
                           },
"delete_integration":
{ Args: { "integration_id": string }; Returns: boolean
                           },
"delete_organization":
{ Args: { "organization_id": string }; Returns: boolean
                           },
"delete_provider_key":
{ Args: { "provider_key_id": string }; Returns: boolean
                           },
"delete_rows":
{ Args: { "ids": (string)[] }; Returns: number
                           },
"delete_table":
{ Args: { "id": string }; Returns: boolean
                           },
"delete_webhook_endpoint":
{ Args: { "webhook_endpoint_id": string }; Returns: boolean
                           },
"disconnect":
{ Args: { "forget_thread"?: boolean,"user_identifier_hash": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["disconnection"]
                          SetofOptions: {
        from: "*"
        to: "disconnection"
        isOneToOne: true
        isSetofReturn: false
      } },
"due_integrations":
{ Args: { "services"?: (string)[] }; Returns: string[]
                           },
"end_integration_use":
{ Args: { "use_id": string }; Returns: boolean
                           },
"end_provider_key_use":
{ Args: { "input_tokens"?: number,"outcome"?: string,"output_tokens"?: number,"use_id": string }; Returns: boolean
                           },
"export_account":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"fail_integration_refresh":
{ Args: { "integration_id": string,"lease_id": string,"permanent": boolean,"retry_after"?: number }; Returns: string
                           },
"finish_integration_deletion":
{ Args: { "recorded_event_id"?: string,"use_id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["integration_tokens"]
                          SetofOptions: {
        from: "*"
        to: "integration_tokens"
        isOneToOne: true
        isSetofReturn: false
      } },
"finish_integration_flow":
{ Args: { "access_token": string,"account"?: string,"expires_in"?: number,"flow_id": string,"refresh_token"?: string,"scopes"?: (string)[] }; Returns: Database["cloakroom_api"]['CompositeTypes']["integration"]
                          SetofOptions: {
        from: "*"
        to: "integration"
        isOneToOne: true
        isSetofReturn: false
      } },
"finish_integration_refresh":
{ Args: { "access_token": string,"expires_in"?: number,"integration_id": string,"known_version": number,"refresh_token"?: string,"scopes"?: (string)[] }; Returns: boolean
                           },
"get_decrypted_provider_key":
{ Args: { "provider_key_id": string }; Returns: string
                           },
"get_integration_token":
{ Args: { "integration_id": string }; Returns: string
                           },
"ingest_message":
{ Args: { "body_hash"?: string,"chat_guid": string,"is_from_me"?: boolean,"message_id"?: string,"message_text": string,"mode": string,"participants": (string)[],"sender": string,"sent_at_seconds": number,"webhook_id"?: string }; Returns: Database["cloakroom_api"]['CompositeTypes']["ingested_message"]
                          SetofOptions: {
        from: "*"
        to: "ingested_message"
        isOneToOne: true
        isSetofReturn: false
      } },
"insert_integration":
{ Args: { "access_token": string,"account"?: string,"expires_at"?: string,"organization_id": string,"refresh_token"?: string,"scopes"?: (string)[],"service": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["integration"]
                          SetofOptions: {
        from: "*"
        to: "integration"
        isOneToOne: true
        isSetofReturn: false
      } },
"insert_provider_key":
{ Args: { "api_key": string,"base_url"?: string,"label"?: string,"organization_id": string,"provider": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["provider_key"]
                          SetofOptions: {
        from: "*"
        to: "provider_key"
        isOneToOne: true
        isSetofReturn: false
      } },
"integrations":
{ Args: { "organization_id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["integration"][]
                          SetofOptions: {
        from: "*"
        to: "integration"
        isOneToOne: false
        isSetofReturn: true
      } },
"is_integration_token_held":
{ Args: { "access_token": string,"refresh_token"?: string }; Returns: boolean
                           },
"me":
{ Args: Record<PropertyKey, never>; Returns: Database["cloakroom_api"]['CompositeTypes']["profile"]
                          SetofOptions: {
        from: "*"
        to: "profile"
        isOneToOne: true
        isSetofReturn: false
      } },
"members":
{ Args: { "organization_ids": (string)[] }; Returns: Database["cloakroom_api"]['CompositeTypes']["member"][]
                          SetofOptions: {
        from: "*"
        to: "member"
        isOneToOne: false
        isSetofReturn: true
      } },
"messages":
{ Args: { "after"?: Json,"conversation_ids": (string)[],"first"?: number }; Returns: Database["cloakroom_api"]['CompositeTypes']["message"][]
                          SetofOptions: {
        from: "*"
        to: "message"
        isOneToOne: false
        isSetofReturn: true
      } },
"note_integration_alert":
{ Args: { "integration_id": string,"token_version": number }; Returns: boolean
                           },
"note_unsent_code":
{ Args: { "code_id": string }; Returns: boolean
                           },
"open_integration_use":
{ Args: { "recorded_event_id"?: string,"refused_version"?: number,"use_id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["opened_integration"]
                          SetofOptions: {
        from: "*"
        to: "opened_integration"
        isOneToOne: true
        isSetofReturn: false
      } },
"organization":
{ Args: { "organization_id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["organization"]
                          SetofOptions: {
        from: "*"
        to: "organization"
        isOneToOne: true
        isSetofReturn: false
      } },
"organizations":
{ Args: Record<PropertyKey, never>; Returns: Database["cloakroom_api"]['CompositeTypes']["organization"][]
                          SetofOptions: {
        from: "*"
        to: "organization"
        isOneToOne: false
        isSetofReturn: true
      } },
"person":
{ Args: Record<PropertyKey, never>; Returns: Database["cloakroom_api"]['CompositeTypes']["person"]
                          SetofOptions: {
        from: "*"
        to: "person"
        isOneToOne: true
        isSetofReturn: false
      } },
"provider_key_choices":
{ Args: { "organization_id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["provider_key_choice"][]
                          SetofOptions: {
        from: "*"
        to: "provider_key_choice"
        isOneToOne: false
        isSetofReturn: true
      } },
"provider_keys":
{ Args: { "organization_id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["provider_key"][]
                          SetofOptions: {
        from: "*"
        to: "provider_key"
        isOneToOne: false
        isSetofReturn: true
      } },
"quarantine_provider_key":
{ Args: { "provider_key_id": string,"reason"?: string }; Returns: Database["cloakroom_api"]['CompositeTypes']["quarantined_provider_key"]
                          SetofOptions: {
        from: "*"
        to: "quarantined_provider_key"
        isOneToOne: true
        isSetofReturn: false
      } },
"receive_webhook":
{ Args: { "body": string,"headers": Json,"webhook_endpoint_id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["webhook_receipt"]
                          SetofOptions: {
        from: "*"
        to: "webhook_receipt"
        isOneToOne: true
        isSetofReturn: false
      } },
"refresh_session":
{ Args: { "refresh_token": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["sign_in"]
                          SetofOptions: {
        from: "*"
        to: "sign_in"
        isOneToOne: true
        isSetofReturn: false
      } },
"release":
{ Args: Record<PropertyKey, never>; Returns: string
                           },
"release_provider_key":
{ Args: { "provider_key_id": string,"reason"?: string }; Returns: Database["cloakroom_api"]['CompositeTypes']["provider_key"]
                          SetofOptions: {
        from: "*"
        to: "provider_key"
        isOneToOne: true
        isSetofReturn: false
      } },
"remove_member":
{ Args: { "member_id": string }; Returns: boolean
                           },
"rename_table":
{ Args: { "id": string,"name": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["data_table"]
                          SetofOptions: {
        from: "*"
        to: "data_table"
        isOneToOne: true
        isSetofReturn: false
      } },
"reveal_cell":
{ Args: { "column_id": string,"reason"?: string,"recorded_event_id"?: string,"row_id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["revealed_cell"]
                          SetofOptions: {
        from: "*"
        to: "revealed_cell"
        isOneToOne: true
        isSetofReturn: false
      } },
"revoke_all_sessions":
{ Args: { "include_current"?: boolean }; Returns: number
                           },
"revoke_session":
{ Args: { "session_id"?: string }; Returns: boolean
                           },
"rotate_provider_key":
{ Args: { "api_key": string,"provider_key_id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["provider_key"]
                          SetofOptions: {
        from: "*"
        to: "provider_key"
        isOneToOne: true
        isSetofReturn: false
      } },
"rotate_webhook_secret":
{ Args: { "overlap_seconds"?: number,"secret"?: string,"webhook_endpoint_id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["new_webhook_endpoint"]
                          SetofOptions: {
        from: "*"
        to: "new_webhook_endpoint"
        isOneToOne: true
        isSetofReturn: false
      } },
"row_by_id":
{ Args: { "id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["data_row"]
                          SetofOptions: {
        from: "*"
        to: "data_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"row_counts":
{ Args: { "table_ids": (string)[] }; Returns: Database["cloakroom_api"]['CompositeTypes']["row_count"][]
                          SetofOptions: {
        from: "*"
        to: "row_count"
        isOneToOne: false
        isSetofReturn: true
      } },
"rows":
{ Args: { "after"?: number,"first"?: number,"table_ids": (string)[] }; Returns: Database["cloakroom_api"]['CompositeTypes']["data_row"][]
                          SetofOptions: {
        from: "*"
        to: "data_row"
        isOneToOne: false
        isSetofReturn: true
      } },
"save_thread":
{ Args: { "changes": Json,"saved_at"?: string,"user_identifier_hash": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["thread_progress"][]
                          SetofOptions: {
        from: "*"
        to: "thread_progress"
        isOneToOne: false
        isSetofReturn: true
      } },
"session":
{ Args: Record<PropertyKey, never>; Returns: Database["cloakroom_api"]['CompositeTypes']["session"][]
                          SetofOptions: {
        from: "*"
        to: "session"
        isOneToOne: false
        isSetofReturn: true
      } },
"sessions":
{ Args: Record<PropertyKey, never>; Returns: Database["cloakroom_api"]['CompositeTypes']["session"][]
                          SetofOptions: {
        from: "*"
        to: "session"
        isOneToOne: false
        isSetofReturn: true
      } },
"set_trait":
{ Args: { "input": Json }; Returns: Database["cloakroom_api"]['CompositeTypes']["user_trait"]
                          SetofOptions: {
        from: "*"
        to: "user_trait"
        isOneToOne: true
        isSetofReturn: false
      } },
"set_usage_limits":
{ Args: { "limits": Json,"organization_id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["usage_limits"]
                          SetofOptions: {
        from: "*"
        to: "usage_limits"
        isOneToOne: true
        isSetofReturn: false
      } },
"spend_code_try":
{ Args: { "name"?: string,"phone": string,"tries"?: number }; Returns: Database["cloakroom_api"]['CompositeTypes']["code_try"]
                          SetofOptions: {
        from: "*"
        to: "code_try"
        isOneToOne: true
        isSetofReturn: false
      } },
"start_verification":
{ Args: { "fixed_code"?: string,"fixed_until"?: string,"phone": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["verification_challenge"]
                          SetofOptions: {
        from: "*"
        to: "verification_challenge"
        isOneToOne: true
        isSetofReturn: false
      } },
"table_by_id":
{ Args: { "id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["data_table"]
                          SetofOptions: {
        from: "*"
        to: "data_table"
        isOneToOne: true
        isSetofReturn: false
      } },
"tables":
{ Args: { "organization_id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["data_table"][]
                          SetofOptions: {
        from: "*"
        to: "data_table"
        isOneToOne: false
        isSetofReturn: true
      } },
"take_integration_alerts":
{ Args: Record<PropertyKey, never>; Returns: Database["cloakroom_api"]['CompositeTypes']["integration_alert"][]
                          SetofOptions: {
        from: "*"
        to: "integration_alert"
        isOneToOne: false
        isSetofReturn: true
      } },
"take_integration_flow":
{ Args: { "caller_id"?: string,"session_id"?: string,"state": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["taken_flow"]
                          SetofOptions: {
        from: "*"
        to: "taken_flow"
        isOneToOne: true
        isSetofReturn: false
      } },
"take_provider_key":
{ Args: { "model"?: string,"organization_id": string,"provider"?: string,"provider_key_id"?: string,"recorded_event_id"?: string,"session_id": string,"tokens_reserved"?: number,"user_id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["taken_provider_key"]
                          SetofOptions: {
        from: "*"
        to: "taken_provider_key"
        isOneToOne: true
        isSetofReturn: false
      } },
"unfinished_conversions":
{ Args: Record<PropertyKey, never>; Returns: string[]
                           },
"update_column":
{ Args: { "changes": Json,"id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["data_column"]
                          SetofOptions: {
        from: "*"
        to: "data_column"
        isOneToOne: true
        isSetofReturn: false
      } },
"update_member":
{ Args: { "member_id": string,"role": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["member"]
                          SetofOptions: {
        from: "*"
        to: "member"
        isOneToOne: true
        isSetofReturn: false
      } },
"update_profile":
{ Args: { "changes": Json }; Returns: Database["cloakroom_api"]['CompositeTypes']["profile"]
                          SetofOptions: {
        from: "*"
        to: "profile"
        isOneToOne: true
        isSetofReturn: false
      } },
"update_provider_key":
{ Args: { "changes": Json,"provider_key_id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["provider_key"]
                          SetofOptions: {
        from: "*"
        to: "provider_key"
        isOneToOne: true
        isSetofReturn: false
      } },
"update_row":
{ Args: { "expected_version"?: number,"id": string,"values": Json }; Returns: Database["cloakroom_api"]['CompositeTypes']["data_row"]
                          SetofOptions: {
        from: "*"
        to: "data_row"
        isOneToOne: true
        isSetofReturn: false
      } },
"usage_limits":
{ Args: { "organization_ids": (string)[] }; Returns: Database["cloakroom_api"]['CompositeTypes']["organization_usage_limits"][]
                          SetofOptions: {
        from: "*"
        to: "organization_usage_limits"
        isOneToOne: false
        isSetofReturn: true
      } },
"verify_audit_log":
{ Args: { "organization_id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["audit_verification"]
                          SetofOptions: {
        from: "*"
        to: "audit_verification"
        isOneToOne: true
        isSetofReturn: false
      } },
"webhook_endpoint_by_id":
{ Args: { "id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["webhook_endpoint"]
                          SetofOptions: {
        from: "*"
        to: "webhook_endpoint"
        isOneToOne: true
        isSetofReturn: false
      } },
"webhook_endpoints":
{ Args: { "organization_id": string }; Returns: Database["cloakroom_api"]['CompositeTypes']["webhook_endpoint"][]
                          SetofOptions: {
        from: "*"
        to: "webhook_endpoint"
        isOneToOne: false
        isSetofReturn: true
      } },
"webhook_events":
{ Args: { "after"?: number,"as_text"?: boolean,"first"?: number,"webhook_endpoint_ids": (string)[] }; Returns: Database["cloakroom_api"]['CompositeTypes']["webhook_event"][]
                          SetofOptions: {
        from: "*"
        to: "webhook_event"
        isOneToOne: false
        isSetofReturn: true
      } },
"whole_list":
{ Args: { "args"?: Json,"function_name": string }; Returns: Json
                           }
          }
          Enums: {
            [_ in never]: never
          }
          CompositeTypes: {
            "audit_event": {
                        "id": string | null,"organization_id": string | null,"sequence": number | null,"action": string | null,"actor_id": string | null,"actor_name": string | null,"target_type": string | null,"target_id": string | null,"reason": string | null,"details": Json | null,"ip_address": string | null,"occurred_at": string | null,"hash": string | null,"previous_hash": string | null
                      },"audit_verification": {
                        "valid": boolean | null,"events_checked": number | null,"first_invalid": number | null
                      },"code_try": {
                        "outcome": string | null,"code_id": string | null
                      },"conversation": {
                        "id": string | null,"chat_guid": string | null,"mode": string | null,"participants": (string)[] | null,"last_message_at": string | null
                      },"data_column": {
                        "id": string | null,"table_id": string | null,"name": string | null,"type": string | null,"sensitive": boolean | null,"mask": string | null,"required": boolean | null,"options": Json | null,"position": number | null,"converting": boolean | null
                      },"data_row": {
                        "id": string | null,"table_id": string | null,"values": Json | null,"version": number | null,"created_at": string | null,"updated_at": string | null,"sequence": number | null
                      },"data_table": {
                        "id": string | null,"organization_id": string | null,"name": string | null,"created_at": string | null
                      },"disconnection": {
                        "disconnected": boolean | null,"credentials_deleted": number | null
                      },"ingested_message": {
                        "message_id": string | null,"conversation_id": string | null,"duplicate": boolean | null
                      },"integration": {
                        "id": string | null,"organization_id": string | null,"service": string | null,"account": string | null,"scopes": (string)[] | null,"access_token": string | null,"expires_at": string | null,"status": string | null,"created_at": string | null
                      },"integration_alert": {
                        "integration_id": string | null,"organization_id": string | null,"token_version": number | null
                      },"integration_flow": {
                        "state": string | null,"verifier": string | null,"expires_at": string | null
                      },"integration_refresh": {
                        "outcome": string | null,"organization_id": string | null,"service": string | null,"lease_id": string | null,"refresh_token": string | null,"token_version": number | null,"retry_after": number | null,"recorded_event_id": string | null
                      },"integration_tokens": {
                        "service": string | null,"access_token": string | null,"refresh_token": string | null,"recorded_event_id": string | null
                      },"integration_use": {
                        "use_id": string | null,"integration_id": string | null,"organization_id": string | null,"service": string | null
                      },"member": {
                        "id": string | null,"organization_id": string | null,"user_id": string | null,"name": string | null,"phone": string | null,"role": string | null,"joined_at": string | null
                      },"message": {
                        "id": string | null,"conversation_id": string | null,"sender": string | null,"text": string | null,"sent_at": string | null,"direction": string | null,"sequence": number | null
                      },"new_webhook_endpoint": {
                        "endpoint": Database["cloakroom_api"]['CompositeTypes']["webhook_endpoint"] | null,"secret": string | null
                      },"onboarding_session": {
                        "id": string | null,"status": string | null,"step": string | null,"answers": Json | null,"started_at": string | null,"completed_at": string | null,"questions": Json | null
                      },"opened_integration": {
                        "outcome": string | null,"integration_id": string | null,"service": string | null,"access_token": string | null,"token_version": number | null,"refresh_due": boolean | null,"recorded_event_id": string | null
                      },"organization": {
                        "id": string | null,"name": string | null,"role": string | null,"created_at": string | null
                      },"organization_usage_limits": {
                        "organization_id": string | null,"limits": Database["cloakroom_api"]['CompositeTypes']["usage_limits"] | null
                      },"person": {
                        "user_traits": (Database["cloakroom_api"]['CompositeTypes']["user_trait"])[] | null,"trait_profile": Database["cloakroom_api"]['CompositeTypes']["trait_profile"] | null,"onboarding": Database["cloakroom_api"]['CompositeTypes']["onboarding_session"] | null
                      },"profile": {
                        "id": string | null,"name": string | null,"phone": string | null,"created_at": string | null
                      },"provider_key": {
                        "id": string | null,"organization_id": string | null,"provider": string | null,"label": string | null,"base_url": string | null,"api_key": string | null,"active": boolean | null,"created_at": string | null,"created_by": string | null,"last_used_at": string | null,"suggested_provider": string | null,"quarantined_at": string | null,"limits": Database["cloakroom_api"]['CompositeTypes']["usage_limits"] | null
                      },"provider_key_choice": {
                        "id": string | null,"provider": string | null,"models": (string)[] | null
                      },"provider_key_rotation": {
                        "provider_key_id": string | null,"provider": string | null,"base_url": string | null
                      },"provider_key_use": {
                        "audit_event_id": string | null,"used_at": string | null,"actor_id": string | null,"actor_name": string | null,"model": string | null,"input_tokens": number | null,"output_tokens": number | null,"outcome": string | null,"ip_address": string | null,"handed_out": boolean | null
                      },"quarantined_provider_key": {
                        "provider_key": Database["cloakroom_api"]['CompositeTypes']["provider_key"] | null,"uses_under_way": number | null,"recent_uses": (Database["cloakroom_api"]['CompositeTypes']["provider_key_use"])[] | null
                      },"revealed_cell": {
                        "outcome": string | null,"retry_after": number | null,"row_id": string | null,"column_id": string | null,"value": Json | null,"audit_event": Database["cloakroom_api"]['CompositeTypes']["audit_event"] | null,"recorded_event_id": string | null
                      },"row_count": {
                        "table_id": string | null,"row_count": number | null
                      },"session": {
                        "id": string | null,"created_at": string | null,"last_used_at": string | null,"expires_at": string | null,"remember_me": boolean | null,"current": boolean | null,"user_agent": string | null,"ip_address": string | null
                      },"sign_in": {
                        "outcome": string | null,"refresh_token": string | null,"session": Database["cloakroom_api"]['CompositeTypes']["session"] | null,"profile": Database["cloakroom_api"]['CompositeTypes']["profile"] | null
                      },"taken_flow": {
                        "outcome": string | null,"flow_id": string | null,"organization_id": string | null,"service": string | null,"scopes": (string)[] | null,"verifier": string | null,"organization_name": string | null
                      },"taken_provider_key": {
                        "use_id": string | null,"provider_key_id": string | null,"provider": string | null,"base_url": string | null,"models": (string)[] | null,"organization_models": (string)[] | null,"api_key": string | null,"choices": (Database["cloakroom_api"]['CompositeTypes']["provider_key_choice"])[] | null,"tokens_limited": boolean | null,"recorded_event_id": string | null
                      },"thread_account": {
                        "connected_at": string | null,"credentials": (Database["cloakroom_api"]['CompositeTypes']["thread_credential"])[] | null,"thread": Database["cloakroom_api"]['CompositeTypes']["thread_progress"] | null
                      },"thread_credential": {
                        "name": string | null,"token": string | null,"salt": string | null,"updated_at": string | null
                      },"thread_progress": {
                        "thread_url_token": string | null,"thread_url_salt": string | null,"current_day": number | null,"progress_token": string | null,"progress_salt": string | null,"updated_at": string | null
                      },"trait_profile": {
                        "summary": string | null,"traits": Json | null,"updated_at": string | null
                      },"usage_limits": {
                        "requests_per_minute": number | null,"tokens_per_day": number | null,"models": (string)[] | null
                      },"user_trait": {
                        "id": string | null,"name": string | null,"value": Json | null,"confidence": number | null,"source": string | null,"updated_at": string | null
                      },"verification_challenge": {
                        "outcome": string | null,"retry_after": number | null,"code": string | null,"phone": string | null,"expires_at": string | null,"resend_at": string | null,"code_id": string | null
                      },"webhook_endpoint": {
                        "id": string | null,"organization_id": string | null,"name": string | null,"style": string | null,"path": string | null,"created_at": string | null,"last_delivery_at": string | null,"previous_secret_until": string | null
                      },"webhook_event": {
                        "id": string | null,"endpoint_id": string | null,"message_id": string | null,"payload": Json | null,"received_at": string | null,"sequence": number | null,"event_type": string | null,"raw_payload": string | null
                      },"webhook_receipt": {
                        "outcome": string | null,"event_id": string | null
                      }
          }
        }
}

type DatabaseWithoutInternals = Omit<Database, '__InternalSupabase'>

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "cloakroom_api">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
  ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R
    }
    ? R
    : never
  : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I
    }
    ? I
    : never
  : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U
    }
    ? U
    : never
  : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
  ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
  : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
  ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
  : never

export const Constants = {
  "cloakroom_api": {
          Enums: {

          }
        }
} as const
