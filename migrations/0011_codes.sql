-- To which countries codes go and how many; codes that Twilio Verify makes and judges; codes that were never taken.

set local role cloakroom_owner;

alter table cloakroom.settings
  add column otp_calling_codes text[] not null default '{}',
  add column otp_per_country_per_hour integer not null default 10000;
comment on column cloakroom.settings.otp_calling_codes is 'Empty: every country.';
comment on column cloakroom.settings.otp_per_country_per_hour is '0: no limit.';

alter table cloakroom.verification_codes add column is_unsent boolean not null default false;
comment on column cloakroom.verification_codes.is_unsent is 'The sender refused it: nobody waits because of it.';

-- A minute of a country is counted in several places, so that calls at once do not wait for each other.
create table cloakroom.codes_by_country (
  calling_code text not null,
  minute timestamptz not null,
  slot integer not null,
  made integer not null,
  primary key (calling_code, minute, slot)
);
create index on cloakroom.codes_by_country (minute);

alter type cloakroom_api.verification_challenge add attribute code_id uuid;
comment on type cloakroom_api.verification_challenge is
  'nullable: retry_after, code, phone, expires_at, resend_at, code_id';
create type cloakroom_api.code_try as (
  outcome text, -- spent | invalid_code
  code_id uuid
);
comment on type cloakroom_api.code_try is 'nullable: code_id';

reset role;
