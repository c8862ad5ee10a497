import { dirname, join } from "node:path";
import { environment } from "../../engine/mod.ts";
import { hubSettings } from "../../io/hub/hub_settings.ts";

/** Where features of drawn people are kept if nobody says where: in the user's cache, for all commands. */
export function drawnFolder(): string {
  return join(dirname(hubSettings(environment).models), "drawn");
}
