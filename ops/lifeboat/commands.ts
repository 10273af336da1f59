import { backupCommand } from "./backup";
import { bootstrapCommand } from "./bootstrap";
import type { Command } from "./command";
import { coverageCommand } from "./coverage";
import { pointsCommand } from "./points";
import { preflightCommand } from "./preflight";
import { restoreCommand } from "./restore";
import { restoreConfigurationCommand } from "./restore-configuration";
import { strategyCommand } from "./strategy";
import { verifyCommand } from "./verify";

export const COMMANDS: readonly Command[] = [
  bootstrapCommand,
  preflightCommand,
  pointsCommand,
  backupCommand,
  verifyCommand,
  coverageCommand,
  strategyCommand,
  restoreCommand,
  restoreConfigurationCommand,
];
