import fc from "fast-check";
import { type ListingSource, listIds } from "../../../../lambdas/chroma-export/listing";

/** What happens to a collection between two requests. */
type Change =
  | { readonly kind: "delete"; readonly at: number; readonly rows: number }
  | { readonly kind: "add"; readonly rows: number }
  | { readonly kind: "rewrite"; readonly at: number };

const changes = fc.oneof(
  fc.record({ kind: fc.constant("delete" as const), at: fc.nat(120), rows: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ kind: fc.constant("add" as const), rows: fc.integer({ min: 1, max: 10 }) }),
  fc.record({ kind: fc.constant("rewrite" as const), at: fc.nat(120) }),
);

/** A collection in the order of its first writes, which changes before each request as it is told. */
class Collection implements ListingSource {
  rows: string[];
  private next: number;

  constructor(
    count: number,
    private readonly pending: Change[],
  ) {
    this.rows = Array.from({ length: count }, (_, index) => `r${index}`);
    this.next = count;
  }

  async count(): Promise<number> {
    this.change();
    return this.rows.length;
  }

  async ids(): Promise<string[]> {
    this.change();
    return [...this.rows];
  }

  async idsFrom(_id: string, offset: number, limit: number): Promise<string[]> {
    this.change();
    return this.rows.slice(offset, offset + limit);
  }

  private change(): void {
    const change = this.pending.shift();
    if (change === undefined) return;
    if (change.kind === "delete") this.rows.splice(change.at, change.rows);
    else if (change.kind === "add") for (let row = 0; row < change.rows; row += 1) this.rows.push(`r${this.next++}`);
    // Deleted and written again: the same id, at the end.
    else this.rows.push(...this.rows.splice(change.at, 1));
  }
}

const list = async (source: ListingSource, sizes = { idsAtOnce: 10, overlap: 4 }) => {
  let ids: string[] = [];
  const sink = {
    begin: () => {
      ids = [];
    },
    add: async (more: readonly string[]) => {
      ids.push(...more);
    },
  };
  const count = await listIds(source, { id: "c", name: "notes" }, sink, sizes);
  return { ids, count };
};

describe("a listing by pages", () => {
  test("of a collection that stands still is all of it, in its order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(100), async (count) => {
        const { ids, count: counted } = await list(new Collection(count, []));

        expect(ids).toEqual(Array.from({ length: count }, (_, index) => `r${index}`));
        expect(counted).toBe(count);
      }),
    );
  });

  test("while records come, go and are written again has each id once, and all that were there from beginning to end", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 11, max: 100 }), fc.array(changes, { maxLength: 25 }), async (count, pending) => {
        const collection = new Collection(count, [...pending]);
        const untouched = new Set(collection.rows);
        // Whatever a change takes away at any time is not untouched.
        const shadow = new Collection(count, [...pending]);
        for (let step = 0; step < pending.length; step += 1) {
          const before = [...shadow.rows];
          await shadow.count();
          const kept = new Set(shadow.rows.slice(0, before.length));
          const order = before.filter((id) => kept.has(id));
          for (const id of before) if (!kept.has(id) || order.indexOf(id) !== shadow.rows.indexOf(id)) untouched.delete(id);
        }

        const listed = await list(collection).catch((error: unknown) => ({ error }));

        if ("error" in listed) {
          expect(String(listed.error)).toMatch(/short-export/);
          return;
        }
        expect(new Set(listed.ids).size).toBe(listed.ids.length);
        expect([...untouched].filter((id) => !listed.ids.includes(id))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ["in the middle", (rows: readonly string[]) => rows.filter((id) => id !== "r50")],
    ["at the end", (rows: readonly string[]) => rows.slice(0, -3)],
    ["but for a few: 100 of a million were once all that a tool exported", (rows: readonly string[]) => rows.slice(0, 12)],
  ])("is refused when the server withholds ids %s", async (_where, withhold) => {
    const collection = new Collection(100, []);
    const source: ListingSource = {
      count: () => collection.count(),
      ids: async () => [...withhold(collection.rows)],
      idsFrom: async (_id, offset, limit) => withhold(collection.rows).slice(offset, offset + limit),
    };

    await expect(list(source)).rejects.toThrow(/short-export/);
  });

  test("keeps no more than a page in memory", async () => {
    const collection = new Collection(1000, []);
    const pages: number[] = [];
    const source: ListingSource = {
      count: () => collection.count(),
      ids: () => collection.ids(),
      idsFrom: async (id, offset, limit) => {
        const page = await collection.idsFrom(id, offset, limit);
        pages.push(page.length);
        return page;
      },
    };

    await list(source);

    expect(Math.max(...pages)).toBeLessThanOrEqual(14);
  });
});
