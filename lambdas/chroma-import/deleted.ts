import type { Check } from "../../recovery/catalogue/point";
import { type ChromaManifest, collectionName, deletedMeanwhile } from "../../recovery/chroma/manifest";
import type { TargetServer } from "./target";

/** Says of each collection that the point leaves out why the new server has none of it: nobody must look for it after the recovery. */
export const checkDeleted = (server: Pick<TargetServer, "database">, manifest: ChromaManifest): Promise<readonly Check[]> =>
  Promise.all(
    deletedMeanwhile(manifest).map(async (deleted) => {
      const found = await server.database(deleted.tenant, deleted.database).collection(deleted.name);
      return {
        name: `${collectionName(deleted)}: deleted at the source while it was exported`,
        expected: "not restored",
        actual: found === undefined ? "not restored" : `there, with the id ${found.id}`,
        passed: found === undefined,
      };
    }),
  );
