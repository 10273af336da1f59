import { durationText, isoSeconds } from "../../../recovery/strategy/wording";
import { table, wrapped } from "../../drill/tables";
import type { ListedSet, ListedSets } from "./sets";

const MISSING_WIDTH = 40;
const STORES = ["postgres", "objects", "chroma"] as const;
const HEAD = ["set", "age", "skew", ...STORES.map((store) => `${store} as of`), "missing"];

export const renderSets = ({ sets, strangers, more }: ListedSets): string =>
  [
    `recovery sets${sets.length === 0 ? ": NONE" : ""}`,
    ...(sets.length === 0 ? [] : [table(HEAD, sets.map(row), [1, 2])]),
    ...strangers.map(({ key, reason }) => `  NO SET: ${key}: ${reason}`),
    ...(more ? ["  older ones were not read"] : []),
  ].join("\n");

const row = ({ setId, ageSeconds, skewSeconds, asOf, missing }: ListedSet): readonly string[] => [
  setId,
  durationText(ageSeconds),
  durationText(skewSeconds),
  ...STORES.map((store) => {
    const time = asOf[store];
    return time === undefined ? "-" : isoSeconds(new Date(time));
  }),
  missing.length === 0
    ? "nothing"
    : wrapped(missing.map(({ store, reason }) => `${store.toUpperCase()}: ${reason}`).join("; "), MISSING_WIDTH),
];
