import type { Context } from "../api/context";
import type { EventCategory } from "./events";
import type { Instance } from "./records";
import { instanceEvent } from "./region";

/** An event of an instance of the context's region, now. */
export const say = (instance: Instance, context: Context, category: EventCategory, message: string): void =>
  instanceEvent(context.region, instance, { category, message, date: context.clock.now() });
