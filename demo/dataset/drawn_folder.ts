import { dirname, join } from "node:path";
import { environment } from "../../engine/mod.ts";
import { hubSettings } from "../../io/hub/hub_settings.ts";

/** The default folder for features of drawn people: in the user's cache, shared by all commands. */
export function drawnFolder(): string {
  return join(dirname(hubSettings(environment).models), "drawn");
}
