import { z } from "zod";
import { refreshReplication } from "../../instances/replicas";
import type { Operation } from "../context";
import { filtered, filters, page, paging, parseInput } from "../inputs";
import { viewInstance } from "../views/instance";
import { instanceNamed } from "./named";

const describeInput = z.strictObject({ ...paging, DBInstanceIdentifier: z.string().optional(), Filters: filters });

export const describeDBInstances: Operation = async (raw, context) => {
  const input = parseInput("DescribeDBInstances", describeInput, raw);
  const all = [...context.region.instances.values()];
  const named = input.DBInstanceIdentifier === undefined ? all : [instanceNamed(input.DBInstanceIdentifier, context)];
  const found = filtered(named, input.Filters, {
    "db-instance-id": ({ identifier, arn }) => [identifier, arn],
    "dbi-resource-id": ({ resourceId }) => [resourceId],
    engine: () => ["postgres"],
    "db-cluster-id": () => [],
    domain: () => [],
  });
  const { items, next } = page(found, input);
  await Promise.all(items.map((instance) => refreshReplication(instance, context)));
  return { DBInstances: items.map((instance) => viewInstance(instance, context)), Marker: next };
};
