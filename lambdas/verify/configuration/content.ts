import { ConfigurationManifest } from "../../../recovery/configuration/manifest";
import type { OpenDataKey } from "../../configuration/data-keys";
import type { ReadContent } from "../reader";
import { readFiles } from "./files";
import { readRecords } from "./records";
import { readRepository } from "./repository";

/** Reads an export of configuration back, by its kind. */
export const configurationContent =
  (openDataKey: OpenDataKey): ReadContent =>
  async (manifestText, part, deadline) => {
    const manifest = ConfigurationManifest.parse(JSON.parse(manifestText));
    const { content } = manifest;
    switch (content.kind) {
      case "repository":
        return readRepository(manifest, content, part, deadline);
      case "files":
        return readFiles(content, part, deadline);
      default:
        return readRecords(openDataKey, manifest, content, part, deadline);
    }
  };
