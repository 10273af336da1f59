/** The values of one field of a schedule. `any` says that it leaves the choice to others: `*` or `?`, which counts for the days. */
export interface Field {
  readonly values: ReadonlySet<number>;
  readonly any: boolean;
}

interface Range {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

export const MINUTE: Range = { name: "minute", least: 0, most: 59 };
export const HOUR: Range = { name: "hour", least: 0, most: 23 };
export const DAY: Range = { name: "day of month", least: 1, most: 31 };
export const MONTH: Range = { name: "month", least: 1, most: 12, names: MONTHS };
/** Sunday is 0 and nothing else, as in Kubernetes' own parser. */
export const WEEKDAY: Range = { name: "day of week", least: 0, most: 6, names: WEEKDAYS };

/** https://pkg.go.dev/github.com/robfig/cron/v3#hdr-CRON_Expression_Format. @throws Error that names the field and what it may hold. */
export const parseField = (text: string, range: Range): Field => {
  const parts = text.split(",").map((part) => parsePart(part, range));
  return { values: new Set(parts.flatMap(({ values }) => [...values])), any: parts.some(({ any }) => any) };
};

const parsePart = (text: string, range: Range): Field => {
  const [span = "", stepText, ...more] = text.split("/");
  const step = stepText === undefined ? 1 : wholeNumber(stepText);
  if (more.length > 0 || step === undefined || step === 0) throw refused(text, range);
  const [first, last] = boundsOf(span, stepText !== undefined, range);
  if (first === undefined || last === undefined || first > last || first < range.least || last > range.most) throw refused(text, range);
  const values = new Set<number>();
  for (let value = first; value <= last; value += step) values.add(value);
  return { values, any: (span === "*" || span === "?") && step === 1 };
};

/** `a/2` is `a-most/2`. */
const boundsOf = (span: string, stepped: boolean, range: Range): readonly (number | undefined)[] => {
  if (span === "*" || span === "?") return [range.least, range.most];
  const [from = "", to, ...more] = span.split("-");
  if (more.length > 0) return [];
  const first = numberOf(from, range);
  if (to !== undefined) return [first, numberOf(to, range)];
  return [first, stepped ? range.most : first];
};

const numberOf = (text: string, { names, least }: Range): number | undefined => {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  return named === -1 ? wholeNumber(text) : named + least;
};

const wholeNumber = (text: string): number | undefined => (/^\d{1,4}$/.test(text) ? Number(text) : undefined);

const refused = (text: string, { name, least, most, names }: Range): Error =>
  new Error(
    `${name}: received "${text}"; allowed: ${least}-${most}${names === undefined ? "" : ` or ${names[0]}-${names.at(-1)}`}, *, lists, ranges, steps`,
  );
