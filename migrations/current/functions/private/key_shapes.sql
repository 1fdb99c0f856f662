-- What keys look like, as data: the first row that matches says what a key is. With a provider it is a key for calling
-- that one's models. Without, it is a certain mistake, and `advice` says what to do instead. `reads_claims` rows match
-- the payload of a JWT. Only shapes that providers publish stand here: an `sk-` alone is in use by many.
create or replace function cloakroom_private.key_shapes()
returns table (place integer, shape text, reads_claims boolean, looks_like text, provider text, advice text)
language sql immutable set search_path = pg_catalog, pg_temp as $$
  values
    (10, '^•{8}', false, 'the mask of a key', null, 'Send the key itself.'),
    (11, '^["''].*["'']$', false, 'a key between quotes', null, 'Leave the quotes out.'),
    (12, '^(export )?[A-Z][A-Z0-9_]*_(KEY|TOKEN|SECRET)=', false, 'a line of an environment file', null,
      'Send what stands behind the equals sign.'),
    (13, '(?i)^https?://', false, 'an address', null, 'It belongs in the base URL: send the key itself.'),
    (14, '^\{', false, 'a JSON object', null,
      'Send the key itself. A service account cannot be used: make an API key.'),
    (15, '…|\.{3}|[*•]{4}', false, 'a key that was shortened for display', null, 'Copy all of it.'),
    (20, '^-----BEGIN [A-Z0-9 ]*PRIVATE KEY', false, 'a private key in PEM', null, 'It belongs on the machine it was made on.'),
    (21, '"role"\s*:\s*"service_role"', true, 'the service-role key of a Supabase project', null,
      'It opens the whole database: keep it in the server''s settings.'),
    (22, '"role"\s*:\s*"(anon|authenticated)"', true, 'a token of a Supabase project', null, 'It calls no model.'),
    (23, '^sb_secret_', false, 'the secret key of a Supabase project', null,
      'It opens the whole database: keep it in the server''s settings.'),
    (24, '^sb_publishable_', false, 'the publishable key of a Supabase project', null, 'It calls no model.'),
    (30, '^sk-admin-', false, 'an OpenAI admin key', null, 'It manages an account: make a project key instead.'),
    (31, '^sk-ant-admin', false, 'an Anthropic admin key', null, 'It manages an account: make an API key of a workspace.'),
    (32, '^sk-ant-(oat|ort|sid)', false, 'a token of somebody''s own Claude login', null,
      'Make an API key in the Anthropic console.'),
    (33, '^xai-token-', false, 'an xAI management key', null, 'It manages an account: make an API key instead.'),
    (40, '^(gh[opusr]_|github_pat_)', false, 'a GitHub token', null, 'Connect GitHub as an integration.'),
    (41, '^glpat-', false, 'a GitLab token', null, 'It calls no model.'),
    (42, '^(xox[a-z]-|xoxe\.|xapp-)', false, 'a Slack token', null, 'Connect Slack as an integration.'),
    (43, '^[sr]k_(live|test)_', false, 'a Stripe key', null, 'It moves money and calls no model.'),
    (44, '^whsec_', false, 'the secret of a webhook', null, 'Make a webhook endpoint with it.'),
    (45, '^(AKIA|ASIA)[A-Z0-9]{16}$', false, 'the id of an AWS access key', null, 'It calls no model by itself.'),
    (46, '^GOCSPX-', false, 'the client secret of a Google OAuth app', null, 'Make an API key in Google AI Studio.'),
    (47, '^ya29\.', false, 'a Google access token', null, 'It ends within the hour: make an API key in Google AI Studio.'),
    (60, '^sk-ant-', false, 'an Anthropic key', 'anthropic', null),
    (61, '^sk-or-', false, 'an OpenRouter key', 'openrouter', null),
    (62, '^sk-(proj|svcacct|None)-', false, 'an OpenAI key', 'openai', null),
    (63, '^sk-[A-Za-z0-9]+T3BlbkFJ[A-Za-z0-9]+$', false, 'an OpenAI key', 'openai', null),
    (64, '^AIza[A-Za-z0-9_-]{35}$', false, 'a Google key', 'google', null),
    (65, '^gsk_[A-Za-z0-9]', false, 'a Groq key', 'groq', null),
    (66, '^xai-[A-Za-z0-9]', false, 'an xAI key', 'xai', null),
    (67, '^hf_[A-Za-z0-9]', false, 'a Hugging Face token', 'huggingface', null),
    (68, '^pplx-[A-Za-z0-9]', false, 'a Perplexity key', 'perplexity', null),
    (69, '^csk-[A-Za-z0-9]', false, 'a Cerebras key', 'cerebras', null),
    (70, '^fw_[A-Za-z0-9]', false, 'a Fireworks key', 'fireworks', null)
$$;
