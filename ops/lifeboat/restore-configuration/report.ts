import Table from "cli-table3";
import type { RestoreConfigurationOptions } from "./options";
import type { RestoredConfiguration } from "./restore";

export const restoredJson = (restored: RestoredConfiguration, { system, to }: RestoreConfigurationOptions): string =>
  `${JSON.stringify({ schema: "lifeboat/restored-configuration/1", system, region: to, ...restored }, undefined, 2)}\n`;

/** For a person: what stands now, what did already, and what is left to do by hand. */
export const renderRestored = (restored: RestoredConfiguration, { to, into }: RestoreConfigurationOptions): string => {
  const { subject, pointId, asOf, things } = restored;
  const table = new Table({ head: ["name", "outcome", "", "left"], style: { head: [], border: [] } });
  for (const { name, outcome, what, left = "" } of things) table.push([name, outcome, what, left]);
  const made = things.filter(({ outcome }) => outcome === "restored").length;
  return [
    `${subject} of ${asOf} (${pointId}): ${made} of ${things.length} restored ${into === undefined ? `in ${to}` : `into ${into}`}.`,
    table.toString(),
    ...nextSteps(restored),
  ].join("\n");
};

const nextSteps = ({ subject, things }: RestoredConfiguration): readonly string[] => {
  const [first] = things.filter(({ outcome }) => outcome === "restored");
  if (first === undefined)
    return ["Nothing was changed. With --only NAME --as NAME a value comes back under another name; files go into another folder."];
  if (subject.startsWith("repositories/"))
    return [`git clone --mirror ${first.what} makes a repository of it, with all its refs; git push --mirror brings it to a new home.`];
  if (subject.startsWith("kubernetes/"))
    return [
      `kubectl --context CONTEXT apply --server-side -f '${first.what}' makes the objects, and changes those that are there: kubectl diff says how.`,
      "It holds Secrets in clear: delete it afterwards. Kinds that the cluster does not know need their definitions first.",
    ];
  if (subject.startsWith("pulumi-state/"))
    return [
      "Copy .pulumi/ into an empty bucket, or pulumi stack import --file a checkpoint; its secrets open with the stack's own key only.",
    ];
  return [
    "Values of a database or a service that was restored elsewhere hold the old endpoints: look at each before applications read it.",
  ];
};
