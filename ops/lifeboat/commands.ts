import { bootstrapCommand } from "./bootstrap";
import type { Command } from "./command";
import { preflightCommand } from "./preflight";
import { restoreCommand } from "./restore";
import { strategyCommand } from "./strategy";

export const COMMANDS: readonly Command[] = [bootstrapCommand, preflightCommand, strategyCommand, restoreCommand];
