import { knownProvider, ownName } from "./outside/model-providers/known-providers.js";

/** An active key of the organization, as far as a member may know it. */
export interface UsableKey {
  readonly id: string;
  readonly provider: string;
  /** Names, or beginnings with a `*` behind them; null where every model is allowed. */
  readonly models: readonly string[] | null;
}

export interface KeyChoice {
  readonly key: UsableKey;
  /** As the provider names it. */
  readonly model: string;
}

/**
 * Which key serves a model, where the caller names none: the one whose provider stands before the model's name
 * (`anthropic/claude-…`), else one that is kept for this model, else one whose provider's own models are named so, else
 * one of a provider with models of any name; of several always the newest.
 * @param keys newest first
 * @returns null where there is no key at all
 */
export function chooseKey(keys: readonly UsableKey[], model: string): KeyChoice | null {
  const [, prefix, rest] = /^([^/]+)\/(.+)$/s.exec(model) ?? [];
  if (prefix && rest) {
    const named = keys.filter(({ provider }) => ownName(provider) === ownName(prefix) && !isOwnModel(provider, model));
    const key = named.find(({ models }) => isAllowed(rest, models)) ?? named[0];
    if (key) return { key, model: rest };
  }
  const allowing = keys.filter(({ models }) => isAllowed(model, models));
  const key =
    allowing.find(({ models }) => models !== null) ??
    allowing.find(({ provider }) => isOwnModel(provider, model)) ??
    allowing.find(({ provider }) => !knownProvider(provider)?.models) ??
    allowing[0] ??
    keys[0];
  return key ? { key, model } : null;
}

/** The rule that the database keeps, for choosing and showing alone. */
export const isAllowed = (model: string, models: readonly string[] | null): boolean =>
  models === null ||
  models.some((name) => name === model || (name.endsWith("*") && model.startsWith(name.slice(0, -1))));

const isOwnModel = (provider: string, model: string) => knownProvider(provider)?.models?.test(model) ?? false;
