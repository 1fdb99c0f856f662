export interface BoundedMap<Value> {
  get(name: string): Value | undefined;
  set(name: string, value: Value, size: number): void;
  remove(name: string): void;
}

/** Forgets what was set longest ago when there is no more room. */
export function createBoundedMap<Value>(room: number): BoundedMap<Value> {
  const entries = new Map<string, { readonly value: Value; readonly size: number }>();
  let total = 0;
  const remove = (name: string) => {
    total -= entries.get(name)?.size ?? 0;
    entries.delete(name);
  };
  return {
    get: (name: string) => entries.get(name)?.value,
    remove,
    set(name: string, value: Value, size: number) {
      remove(name);
      entries.set(name, { value, size });
      total += size;
      for (const oldest of entries.keys()) {
        if (total <= room) return;
        remove(oldest);
      }
    },
  };
}
