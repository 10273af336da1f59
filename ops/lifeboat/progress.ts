import { type Progress, terminalProgress } from "../../local/progress";

/** Results go to standard output alone, so that they can be piped: a bar on a terminal, lines elsewhere. */
export const stderrProgress = (): Progress => terminalProgress(process.stderr, () => performance.now());
