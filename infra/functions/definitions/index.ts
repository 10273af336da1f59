import type { Site } from "../../../recovery/names";
import type { ProdConfiguration } from "../../config/read";
import { functionContext } from "../context";
import type { FunctionDefinition } from "../definition";
import { fitting } from "../environment";
import { canary } from "./canary";
import { chromaExport } from "./chromaExport";
import { chromaImport } from "./chromaImport";
import { compareDocuments } from "./compareDocuments";
import { configurationExport } from "./configurationExport";
import { coverage } from "./coverage";
import { cutOver } from "./cutOver";
import { documentsRestore } from "./documentsRestore";
import { kubernetesRead } from "./kubernetesRead";
import { postgresReady } from "./postgresReady";
import { promote } from "./promote";
import { recoverySet } from "./recoverySet";
import { renewLocks } from "./renewLocks";
import { resolve } from "./resolve";
import { seal } from "./seal";
import { validate } from "./validate";
import { verify } from "./verify";
import { watch } from "./watch";

/** Every function that stands in each system, in the order in which data meets them. @param databaseInstance identifier of the protected database, whose automated backups are found by it. @throws LifeboatError `configuration` where a function would be told more than it can be */
export const functionDefinitions = (
  site: Site,
  configuration: ProdConfiguration,
  databaseInstance: string,
): readonly FunctionDefinition[] => {
  const context = functionContext(site, configuration, databaseInstance);
  return [
    canary(context),
    chromaExport(context),
    configurationExport(context),
    kubernetesRead(),
    seal(context),
    verify(context),
    watch(context),
    compareDocuments(context),
    renewLocks(context),
    recoverySet(context),
    coverage(context),
    resolve(context),
    chromaImport(context),
    documentsRestore(context),
    promote(context),
    postgresReady(context),
    validate(context),
    cutOver(context),
  ].map(fitting);
};
