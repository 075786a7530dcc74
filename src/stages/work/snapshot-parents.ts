type Ancestry = (pair: { ancestor: string; descendant: string }) => Promise<boolean>;

/**
 * Each attempt's commit follows the one before. The first after a conflict also follows the tip that it was resolved
 * with, so that git knows both sides and does not see the conflict again.
 */
export async function snapshotParents(
  { base, head }: { base: string; head: string | null },
  isAncestor: Ancestry,
): Promise<string[]> {
  if (head === null) return [base];
  return (await isAncestor({ ancestor: base, descendant: head })) ? [head] : [head, base];
}
