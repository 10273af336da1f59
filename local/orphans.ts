const CHECK_MS = 500;

/** Set by launchers to the process that called them: it may be gone before Node has started. */
export const PARENT_VARIABLE = "LIFEBOAT_PARENT_PID";

/**
 * Ends this process soon after its parent is gone. For children of programs that are not ours (the Pulumi CLI starts plugins and
 * the language host), so that nothing is left listening when that program is killed.
 */
export const exitWithParent = (): void => {
  const parent = Number(process.env[PARENT_VARIABLE] ?? process.ppid);
  // What this process starts has another parent.
  delete process.env[PARENT_VARIABLE];
  const check = (): void => {
    if (process.ppid !== parent) process.exit(1);
  };
  check();
  setInterval(check, CHECK_MS).unref();
};
