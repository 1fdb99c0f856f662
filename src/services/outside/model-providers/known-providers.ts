/** How a provider is spoken to. */
export type Dialect = "openai" | "anthropic";

export interface KnownProvider {
  /** Without a slash at the end; `/chat/completions` or `/messages`, and `/models`, are put behind it. */
  readonly baseUrl: string;
  readonly dialect: Dialect;
  /** Names that this provider's own models have, for choosing a key where nothing else says which. */
  readonly models?: RegExp;
  /** Answers 401 to a wrong key where `/models` is open to everybody. */
  readonly keyPath?: string;
  /** Counts tokens at the end of each stream unasked, and may refuse to be asked. */
  readonly countsUnasked?: true;
}

/** Base URLs as the providers publish them. A provider of another name needs a base URL on its key. */
const knownProviders: Readonly<Record<string, KnownProvider>> = {
  openai: {
    baseUrl: "https://api.openai.com/v1",
    dialect: "openai",
    models: /^(gpt-|chatgpt-|o\d|ft:gpt-|codex-|computer-use-)/,
  },
  anthropic: { baseUrl: "https://api.anthropic.com/v1", dialect: "anthropic", models: /^claude-/ },
  google: {
    baseUrl: "https://generativelanguage.googleapis.com/v1beta/openai",
    dialect: "openai",
    models: /^(models\/)?(gemini|gemma)-/,
  },
  groq: { baseUrl: "https://api.groq.com/openai/v1", dialect: "openai" },
  mistral: {
    baseUrl: "https://api.mistral.ai/v1",
    dialect: "openai",
    models: /^(open-)?(mistral|mixtral|ministral|magistral|codestral|devstral|pixtral|voxtral)-/,
    countsUnasked: true,
  },
  xai: { baseUrl: "https://api.x.ai/v1", dialect: "openai", models: /^grok-/ },
  deepseek: { baseUrl: "https://api.deepseek.com/v1", dialect: "openai", models: /^deepseek-[^/]+$/ },
  perplexity: { baseUrl: "https://api.perplexity.ai", dialect: "openai", models: /^sonar/, countsUnasked: true },
  cohere: { baseUrl: "https://api.cohere.ai/compatibility/v1", dialect: "openai", models: /^(command|c4ai)-/ },
  openrouter: { baseUrl: "https://openrouter.ai/api/v1", dialect: "openai", models: /^[^/]+\/[^/]+$/, keyPath: "/key" },
  together: { baseUrl: "https://api.together.xyz/v1", dialect: "openai" },
  fireworks: { baseUrl: "https://api.fireworks.ai/inference/v1", dialect: "openai", models: /^accounts\/fireworks\// },
  cerebras: { baseUrl: "https://api.cerebras.ai/v1", dialect: "openai" },
  huggingface: { baseUrl: "https://router.huggingface.co/v1", dialect: "openai" },
};

const otherNames: Readonly<Record<string, string>> = {
  claude: "anthropic",
  gemini: "google",
  "google-ai": "google",
  "x-ai": "xai",
  grok: "xai",
  mistralai: "mistral",
  togetherai: "together",
  "fireworks-ai": "fireworks",
  "hugging-face": "huggingface",
};

/** One name for a provider that has several. */
export const ownName = (name: string): string => (Object.hasOwn(otherNames, name) ? (otherNames[name] ?? name) : name);

/** What is known of a provider of this name; null for one that somebody named themselves. */
export const knownProvider = (name: string): KnownProvider | null => {
  const own = ownName(name);
  return Object.hasOwn(knownProviders, own) ? (knownProviders[own] ?? null) : null;
};

/** Where requests with a key go. Null where neither the key nor its provider's name says. */
export function upstreamOf(provider: string, baseUrl: string | null): { baseUrl: string; dialect: Dialect } | null {
  const known = knownProvider(provider);
  const dialect = known?.dialect ?? "openai";
  const given = baseUrl ?? known?.baseUrl;
  if (!given) return null;
  // A query, as Azure's `api-version`, is of every request; a fragment is of none.
  const [, all = "", query = ""] = /^([^?#]*)(\?[^#]*)?/.exec(given) ?? [];
  const address = all.replace(/\/+$/, "");
  // Anthropic's own libraries write their base URL without the version.
  const version = dialect === "anthropic" && !/\/v\d+$/.test(address) ? "/v1" : "";
  return { dialect, baseUrl: address + version + query };
}
