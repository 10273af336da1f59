import type { ChromaClient, ChromaCollection, NewCollection } from "../../../../lambdas/chroma/client";
import { createAlike, restoringName, sameShape } from "../../../../lambdas/chroma-import/target";
import type { ExportedCollection } from "../../../../recovery/chroma/manifest";

const EMPTY = `0-${"0".repeat(64)}`;
const EXPORTED: ExportedCollection = {
  ...{ tenant: "t", database: "d", name: "notes", sourceId: "c-1", dimension: 2, space: "l2", metadataJson: null },
  configurationJson: '{"hnsw":{"space":"l2","resize_factor":1.2}}',
  schemaJson: '{"defaults":{"int":{"on":true}},"keys":{"mine":{"int":{"on":false}}},"num_threads":2}',
  ...{ countAtSource: 0, deletedMeanwhile: 0, countWritten: 0, contentDigest: EMPTY, embeddingsDigest: EMPTY, parts: [], probes: [] },
};
const NOTHING_SPECIAL = '{"defaults":{"int":{"on":true}},"keys":{}}';
const MADE: ChromaCollection = {
  ...EXPORTED,
  id: "c-2",
  schemaJson: '{"num_threads":64,"keys":{"learned":{"int":{"on":true}},"mine":{"int":{"on":false}}},"defaults":{"int":{"on":true}}}',
};

/** A server that makes a collection's schema out of what it is given. */
const server = (schemaOf: (shape: NewCollection["shape"]) => string) => {
  const calls: string[] = [];
  const client: Pick<ChromaClient, "create" | "remove" | "version"> = {
    create: async ({ name, shape }) => {
      calls.push("schemaJson" in shape ? "create by schema" : "create by configuration");
      return { ...MADE, name, schemaJson: schemaOf(shape) };
    },
    remove: async (name) => void calls.push(`remove ${name}`),
    version: async () => "1.0.0",
  };
  return { client, calls };
};

describe("a collection made like the exported one", () => {
  test("is the same whatever the order of keys, the server's number of processors, and the keys that it learned", () => {
    expect(sameShape(EXPORTED, MADE)).toBe(true);
    expect(sameShape(EXPORTED, { ...MADE, schemaJson: null })).toBe(false);
    expect(sameShape(EXPORTED, { ...MADE, configurationJson: '{"hnsw":{"space":"l2","resize_factor":1.3}}' })).toBe(false);
  });

  test("is made by its configuration where that suffices", async () => {
    const { client, calls } = server(() => MADE.schemaJson ?? "");

    await createAlike(client, EXPORTED, "tmp");

    expect(calls).toEqual(["create by configuration"]);
  });

  test("is made by its schema where a configuration loses something", async () => {
    const { client, calls } = server((shape) => ("schemaJson" in shape ? shape.schemaJson : NOTHING_SPECIAL));

    await createAlike(client, EXPORTED, "tmp");

    expect(calls).toEqual(["create by configuration", "remove tmp", "create by schema"]);
  });

  test("is refused, and removed, by a server that cannot make it", async () => {
    const { client, calls } = server(() => NOTHING_SPECIAL);

    await expect(createAlike(client, EXPORTED, "tmp")).rejects.toThrow(/unsupported.*"notes"/);

    expect(calls.at(-1)).toBe("remove tmp");
  });

  test("temporary names differ by recovery and collection, and are names that Chroma takes", () => {
    const names = [restoringName("drill-1", 0), restoringName("drill-1", 1), restoringName("drill-2", 0)];

    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^lifeboat-restoring-[0-9a-f]{12}-\d+$/);
  });
});
