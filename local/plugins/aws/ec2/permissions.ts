import { isDeepStrictEqual } from "node:util";
import type { IpPermission } from "@aws-sdk/client-ec2";
import type { InputRule, Properties, Value } from "../../protocol/resource";
import { compact, flag, isList, isRecord, requiredNumber, requiredText, text, texts } from "../../protocol/values";

/** The rules that a security group carries in its own `ingress` and `egress`. */
export const ruleListInput: InputRule = {
  fields: {
    protocol: { required: true },
    fromPort: { required: true },
    toPort: { required: true },
    cidrBlocks: {},
    ipv6CidrBlocks: {},
    prefixListIds: {},
    securityGroups: {},
    self: {},
    description: {},
  },
  compareAs: "set",
  // Rules may also be resources of their own; a program that lists none here leaves them alone.
  chosenByService: true,
};

/** One source or destination of one rule: AWS merges rules by protocol and ports, so only at this grain do both sides compare. */
interface Grain {
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly kind: "cidrBlocks" | "ipv6CidrBlocks" | "prefixListIds" | "securityGroups";
  readonly peer: string;
  readonly description: string;
}

const kinds = ["cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "securityGroups"] as const;

/** Protocol -1 has no ports: whatever a program writes there, AWS answers -1 or nothing. */
const portsOf = (protocol: string, from: number | undefined, to: number | undefined) =>
  protocol === "-1" ? { fromPort: 0, toPort: 0 } : { fromPort: from ?? 0, toPort: to ?? 0 };

const grainsOfRule = (groupId: string, rule: Properties): Grain[] => {
  const protocol = requiredText(rule, "protocol");
  const description = text(rule, "description") ?? "";
  const ports = portsOf(protocol, requiredNumber(rule, "fromPort"), requiredNumber(rule, "toPort"));
  const grains = kinds.flatMap((kind) => (texts(rule, kind) ?? []).map((peer): Grain => ({ protocol, ...ports, kind, peer, description })));
  return flag(rule, "self") === true ? [...grains, { protocol, ...ports, kind: "securityGroups", peer: groupId, description }] : grains;
};

export const grainsOf = (groupId: string, rules: Value | undefined): Grain[] =>
  (isList(rules) ? rules : []).flatMap((rule) => (isRecord(rule) ? grainsOfRule(groupId, rule) : []));

const grainsFound = (permission: IpPermission): Grain[] => {
  const protocol = permission.IpProtocol ?? "-1";
  const common = { protocol, ...portsOf(protocol, permission.FromPort, permission.ToPort) };
  const grain = (kind: Grain["kind"], peer: string | undefined, description: string | undefined): Grain => ({
    ...common,
    kind,
    peer: peer ?? "",
    description: description ?? "",
  });
  return [
    ...(permission.IpRanges ?? []).map((range) => grain("cidrBlocks", range.CidrIp, range.Description)),
    ...(permission.Ipv6Ranges ?? []).map((range) => grain("ipv6CidrBlocks", range.CidrIpv6, range.Description)),
    ...(permission.PrefixListIds ?? []).map((list) => grain("prefixListIds", list.PrefixListId, list.Description)),
    ...(permission.UserIdGroupPairs ?? []).map((pair) => grain("securityGroups", pair.GroupId, pair.Description)),
  ];
};

const keyOf = (grain: Grain): string => JSON.stringify(Object.entries(grain).sort());
const sorted = (grains: readonly Grain[]): string[] => [...new Set(grains.map(keyOf))].sort();

export const without = (grains: readonly Grain[], others: readonly Grain[]): Grain[] => {
  const keys = new Set(others.map(keyOf));
  return grains.filter((grain) => !keys.has(keyOf(grain)));
};

export const permissionsOf = (grains: readonly Grain[]): IpPermission[] =>
  grains.map(({ protocol, fromPort, toPort, kind, peer, description }) => {
    const Description = description === "" ? undefined : description;
    return {
      IpProtocol: protocol,
      ...(protocol === "-1" ? {} : { FromPort: fromPort, ToPort: toPort }),
      ...(kind === "cidrBlocks" ? { IpRanges: [{ CidrIp: peer, Description }] } : {}),
      ...(kind === "ipv6CidrBlocks" ? { Ipv6Ranges: [{ CidrIpv6: peer, Description }] } : {}),
      ...(kind === "prefixListIds" ? { PrefixListIds: [{ PrefixListId: peer, Description }] } : {}),
      ...(kind === "securityGroups" ? { UserIdGroupPairs: [{ GroupId: peer, Description }] } : {}),
    };
  });

/** The rules as the program wrote them where they mean what AWS has; otherwise AWS's, one rule for each protocol, ports and description. */
export function rulesRead(groupId: string, written: Value | undefined, found: readonly IpPermission[] | undefined): Value {
  const grains = (found ?? []).flatMap(grainsFound);
  if (written !== undefined && isDeepStrictEqual(sorted(grainsOf(groupId, written)), sorted(grains))) return written;
  const rules = new Map<string, Record<string, Value | undefined>>();
  for (const { protocol, fromPort, toPort, description, kind, peer } of grains) {
    const key = JSON.stringify([protocol, fromPort, toPort, description]);
    const rule = rules.get(key) ?? { protocol, fromPort, toPort, description: description === "" ? undefined : description };
    if (kind === "securityGroups" && peer === groupId) rule.self = true;
    else rule[kind] = [...(isList(rule[kind]) ? rule[kind] : []), peer];
    rules.set(key, rule);
  }
  return [...rules.values()].map(compact);
}
