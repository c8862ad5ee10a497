/// <reference lib="dom" />
import { texts } from "../../texts.ts";
import type { App } from "../app.ts";
import { button, h } from "../dom.ts";
import { Store } from "../store.ts";

/** What happens with faces here, in plain words; nothing is fetched or opened before it is agreed to. */
export function showConsent(app: App, agreed: () => void): void {
  const agree = async () => {
    app.store ??= await Store.open().catch(() => undefined);
    await app.store?.giveConsent(new Date().toISOString());
    agreed();
  };
  app.show(texts.consentTitle, [
    h("ul", {}, ...texts.consent.map((line) => h("li", {}, line))),
    h("div", { class: "row" }, button(texts.agree, agree, { class: "main" })),
  ]);
}
