/** A cluster of a stack file that says nothing of making one. */
export const existing = <T extends { readonly kind?: string }>(cluster: T): Exclude<T, { readonly kind: "create" }> => {
  const isExisting = (candidate: T): candidate is Exclude<T, { readonly kind: "create" }> => candidate.kind !== "create";
  if (isExisting(cluster)) return cluster;
  throw new Error("this stack file has its cluster made");
};
