import { decodePart } from "../../../../lambdas/chroma/parquet";
import { noDeadline } from "../../../../lambdas/shared/deadline";
import { chromaContent } from "../../../../lambdas/verify/chroma/content";
import { exportedPoint, fiveRecords } from "../support/chroma-point";

const read = async (probes: readonly string[]) => {
  const { manifest, objects } = exportedPoint("chroma-20261124T100000Z-1a2b", fiveRecords);
  const asked = probes.map((id) => ({ id, answer: [] }));
  const text = JSON.stringify({ ...manifest, collections: manifest.collections.map((one) => ({ ...one, probes: asked })) });
  const part = async (key: string) => {
    const body = objects.find((object) => object.key === key)?.body;
    return body === undefined ? undefined : Buffer.from(body);
  };
  return (await chromaContent(decodePart)(text, part, noDeadline)).filter(({ name }) => name.endsWith("records of its probes"));
};

describe("probes of a point", () => {
  test("are records that the point holds", async () => {
    expect(await read(["a", "e"])).toEqual([
      { name: "default_tenant/default_database/chunks: records of its probes", expected: "2", actual: "2", passed: true },
    ]);
  });

  test("that no part holds fail the proof: a restore could not ask them", async () => {
    expect(await read(["a", "forged"])).toMatchObject([{ expected: "2", actual: "1", passed: false }]);
  });
});

describe("a collection that was deleted while it was exported", () => {
  const checksOf = async (sourceId: string) => {
    const { manifest, objects } = exportedPoint("chroma-20261124T100000Z-1a2b", fiveRecords);
    const gone = { tenant: "default_tenant", database: "default_database", name: "rebuilt", sourceId, countAtSource: 60 };
    const text = JSON.stringify({ ...manifest, deletedCollections: [gone] });
    const part = async (key: string) => Buffer.from(objects.find((object) => object.key === key)?.body ?? "");
    return (await chromaContent(decodePart)(text, part, noDeadline)).filter(({ name }) => name.includes("deleted"));
  };

  test("is named in the proof as not in the point", async () => {
    expect(await checksOf("9e0f")).toEqual([
      {
        ...{ name: "default_tenant/default_database/rebuilt: deleted at the source before it was read", passed: true },
        ...{ expected: "not in the point", actual: "not in the point" },
      },
    ]);
  });

  test("fails the proof when the point has it all the same", async () => {
    expect(await checksOf("7c1d")).toMatchObject([{ actual: "in the point", passed: false }]);
  });
});
