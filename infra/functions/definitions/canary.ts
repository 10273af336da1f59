import { CANARY_KEY } from "../../../recovery/names";
import type { FunctionContext } from "../context";
import type { FunctionDefinition } from "../definition";

export const canary = ({ buckets, useDocumentsKey, write }: FunctionContext): FunctionDefinition => ({
  name: "canary",
  description: "Writes the canary that the objects' lag is measured by",
  home: "primary",
  timeoutSeconds: 30,
  memoryMb: 128,
  inClusterNetwork: false,
  environment: { DOCUMENTS_BUCKET: buckets.documents },
  statements: [write(buckets.documents, CANARY_KEY), ...useDocumentsKey],
});
