import DataLoader from 'dataloader';

const loaders = new WeakMap<object, Map<string, DataLoader<unknown, unknown>>>();

/** The loader of this name for one operation: gathers the keys that its resolvers ask for and loads them together, 100 at a time. */
export function loaderOf<K, V>(
  operation: object,
  name: string,
  load: (keys: readonly K[]) => Promise<V[]>,
): DataLoader<K, V> {
  const known = loaders.get(operation) ?? new Map<string, DataLoader<unknown, unknown>>();
  loaders.set(operation, known);
  const loader = known.get(name) ?? new DataLoader<K, V>(load, { maxBatchSize: 100 });
  known.set(name, loader);
  return loader as DataLoader<K, V>;
}
