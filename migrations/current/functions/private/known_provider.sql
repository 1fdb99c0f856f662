-- The one name of a provider that is known by several, null for a name of somebody's own: a gateway, or a model of the
-- house, whose keys may look like anything.
create or replace function cloakroom_private.known_provider(name text) returns text
language sql immutable strict set search_path = pg_catalog, pg_temp as $$
  select k.provider
  from (values
    ('openai', 'openai'), ('anthropic', 'anthropic'), ('claude', 'anthropic'),
    ('google', 'google'), ('google-ai', 'google'), ('gemini', 'google'),
    ('groq', 'groq'), ('mistral', 'mistral'), ('mistralai', 'mistral'), ('xai', 'xai'), ('x-ai', 'xai'), ('grok', 'xai'),
    ('openrouter', 'openrouter'), ('huggingface', 'huggingface'), ('hugging-face', 'huggingface'),
    ('perplexity', 'perplexity'), ('cerebras', 'cerebras'), ('fireworks', 'fireworks'), ('fireworks-ai', 'fireworks'),
    ('deepseek', 'deepseek'), ('cohere', 'cohere'), ('together', 'together'), ('togetherai', 'together')
  ) k(name, provider)
  where k.name = known_provider.name
$$;
