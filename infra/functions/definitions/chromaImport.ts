import { MEASUREMENTS_PREFIX } from "../../../recovery/estimates/measurement";
import type { FunctionContext } from "../context";
import { type FunctionDefinition, MINUTE } from "../definition";

export const chromaImport = ({ buckets, useKey, read, write }: FunctionContext): FunctionDefinition => ({
  name: "chroma-import",
  description: "Imports the pinned Chroma export into new collections on a new server and checks them",
  home: "recovery",
  timeoutSeconds: 15 * MINUTE,
  memoryMb: 2048,
  inClusterNetwork: true,
  environment: { VAULT_BUCKET: buckets.vault },
  statements: [...read(buckets.vault), write(buckets.vault, "catalogue/recoveries/*", `${MEASUREMENTS_PREFIX}*`), useKey("recovery")],
});
