/** What may stand before a path in an argument or a variable, and what may follow one. */
const BEFORE = `^|[\\s"'=:,;(@]|file://`;
const AFTER = `$|[/\\s"',:;)]`;

/** The text with each folder of a container, and every path below it, as the folder of this machine that stands for it. */
export const withLocalPaths = (text: string, folders: ReadonlyMap<string, string>): string => {
  if (folders.size === 0) return text;
  const longestFirst = [...folders.keys()].sort((a, b) => b.length - a.length);
  const paths = longestFirst.map((path) => path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  return text.replace(new RegExp(`(?<=${BEFORE})(${paths})(?=${AFTER})`, "g"), (path) => folders.get(path) ?? path);
};
