import { CHROMA_EXPORT, ChromaManifest, deletedMeanwhile } from "../../../../recovery/chroma/manifest";
import { exportedPoint, fiveRecords } from "../../lambdas/support/chroma-point";

const { manifest } = exportedPoint("chroma-20261124T100000Z-1a2b", fiveRecords);
const GONE = { tenant: "default_tenant", database: "default_database", name: "rebuilt", sourceId: "9e0f", countAtSource: 60 };

const factsOf = (deletedCollections: ChromaManifest["deletedCollections"]) =>
  CHROMA_EXPORT.facts(JSON.stringify({ ...manifest, deletedCollections }));

describe("the manifest of a Chroma export", () => {
  test("counts nothing of a collection that was deleted before it was read, and contradicts itself by none", () => {
    const facts = factsOf([GONE, { ...GONE, name: "unlisted", sourceId: "9e10", countAtSource: null }]);

    expect(facts.counts).toEqual({ atSource: 5, written: 5 });
    expect(facts.contradictions).toEqual([]);
  });

  test("contradicts itself by one that is exported too", () => {
    expect(factsOf([{ ...GONE, sourceId: manifest.collections[0]?.sourceId ?? "" }]).contradictions).toEqual([
      "default_tenant/default_database/rebuilt: exported, and deleted before it was read",
    ]);
  });

  test("of before deletions were named has none", () => {
    expect(deletedMeanwhile(ChromaManifest.parse(JSON.parse(JSON.stringify(manifest))))).toEqual([]);
  });
});
