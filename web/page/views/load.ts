/// <reference lib="dom" />
import type { ModelFiles } from "../../messages.ts";
import { texts } from "../../texts.ts";
import type { App } from "../app.ts";
import { button, h } from "../dom.ts";
import { fetchDemo } from "../models.ts";

/** Whether this browser has WebGPU and an adapter. */
async function hasWebGpu(): Promise<boolean> {
  return await navigator.gpu?.requestAdapter().then((adapter) => adapter !== null, () => false) ??
    false;
}

/** Loads a model, the demo's by default, and says what is missing where that is not possible. */
export async function loadModel(app: App, loaded: () => void, own?: ModelFiles): Promise<void> {
  const bar = h("progress", { max: 1, value: 0, "aria-label": texts.loading });
  app.show(texts.loading, [bar]);
  if (!await hasWebGpu()) {
    app.show(texts.loading, [
      h("p", { class: "notice" }, texts.noGpu),
      h("p", {}, texts.noGpuAdvice),
      button(texts.again, () => loadModel(app, loaded, own)),
    ]);
    return;
  }
  try {
    const files = own ?? await fetchDemo((done, of) => {
      bar.value = done / of;
      if (done === of) app.say(texts.loaded((of / 1e6).toFixed(1)));
    });
    bar.removeAttribute("value");
    app.say(texts.compiling);
    app.facts = await app.remote.call("open", files);
    loaded();
  } catch (error) {
    app.show(texts.loading, [
      h("p", { class: "notice" }, texts.noWeights),
      button(texts.again, () => loadModel(app, loaded, own)),
    ]);
    app.tell(error);
  }
}
