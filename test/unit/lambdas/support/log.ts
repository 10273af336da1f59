import type { Log, LogFields } from "../../../../lambdas/shared/log";

/** Keeps lines instead of writing them. */
export const memoryLog = () => {
  const lines: { level: keyof Log; message: string; fields?: LogFields }[] = [];
  const at =
    (level: keyof Log) =>
    (message: string, fields?: LogFields): void => {
      lines.push({ level, message, fields });
    };
  const log: Log = { info: at("info"), warn: at("warn"), error: at("error") };
  return { log, lines, messages: (level: keyof Log) => lines.filter((line) => line.level === level).map(({ message }) => message) };
};
