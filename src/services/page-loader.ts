import DataLoader from "dataloader";

/** What one call takes: more parents are asked for in several. */
export const mostIds = 1_000;

/**
 * A page of children for each parent of a request: one call for all that ask for the same page.
 * @param parent where keys and children alike have the parent's id
 */
export function createPageLoader<Parent extends string, Page extends object, Child extends Record<Parent, string>>(
  parent: Parent,
  read: (parentIds: string[], page: Page) => Promise<Child[]>,
) {
  type Key = Page & Record<Parent, string>;
  const pageName = (key: Key) => JSON.stringify({ ...key, [parent]: undefined });
  const load = async (keys: readonly Key[]): Promise<Child[][]> => {
    const alike = groupsOf(keys, pageName);
    const calls = [...alike].map(async ([name, [page, ...others]]) => {
      const ids = new Set([page, ...others].map((key) => key[parent]));
      return [name, groupsOf(await read([...ids], page), (child) => child[parent])] as const;
    });
    const pages = new Map(await Promise.all(calls));
    return keys.map((key) => pages.get(pageName(key))?.get(key[parent]) ?? []);
  };
  return new DataLoader<Key, Child[]>(load, { cache: false, maxBatchSize: mostIds });
}

/** By name, in the order in which they stand. */
export function groupsOf<Item>(items: readonly Item[], nameOf: (item: Item) => string): Map<string, [Item, ...Item[]]> {
  const groups = new Map<string, [Item, ...Item[]]>();
  for (const item of items) {
    const name = nameOf(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}
