import type { ResourceHandler } from "../../protocol/resource";
import type { AwsContext } from "../context";
import { instance } from "./instance";
import { instanceAutomatedBackupsReplication } from "./instanceAutomatedBackupsReplication";
import { parameterGroup } from "./parameterGroup";
import { subnetGroup } from "./subnetGroup";

export const rdsResources: readonly ResourceHandler<AwsContext>[] = [
  instance,
  instanceAutomatedBackupsReplication,
  parameterGroup,
  subnetGroup,
];
