/// <reference lib="dom" />
import type { ModelFacts } from "../messages.ts";
import { texts } from "../texts.ts";
import { button, type Content, h } from "./dom.ts";
import type { Remote } from "./remote.ts";
import { deleteAll, type Store, type StoredPerson } from "./store.ts";

function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page lacks #${id}`);
  return element;
}

/** What the views share: the worker, what is kept, who is read, and the page itself. */
export class App {
  readonly remote: Remote;
  /** Undefined where the browser keeps nothing. */
  store: Store | undefined;
  facts: ModelFacts | undefined;
  person: StoredPerson = { name: "" };
  /** Whether the demo's model is open, which knows drawn faces only. */
  demo = true;
  #leave: (() => void) | undefined;

  constructor(remote: Remote) {
    this.remote = remote;
    remote.onLost = () => this.say(texts.lost);
  }

  /**
   * Shows a view in place of the one before, and moves the focus to its heading.
   *
   * @param leave Called when the view is left.
   */
  show(heading: string, content: readonly Content[], leave?: () => void): void {
    this.#leave?.();
    this.#leave = leave;
    this.warn("");
    this.say("");
    const title = h("h2", { tabindex: "-1" }, heading);
    byId("view").replaceChildren(
      title,
      ...content.filter((one) => one !== undefined && one !== false),
    );
    title.focus();
  }

  /** Says something politely. */
  say(text: string): void {
    const status = byId("status");
    if (status.textContent !== text) status.textContent = text;
  }

  /** Says that something is wrong; nothing takes it away. */
  warn(text: string): void {
    byId("alert").textContent = text;
  }

  /** Tells an error in a sentence, known ones in the page's own words. */
  tell(error: unknown): void {
    const { name, message } = error as Error;
    this.warn(texts.errors[name] ?? texts.failed(message));
  }

  /** Shows what computes, and the button that deletes everything. */
  showFooter(restart: () => Promise<void>): void {
    const { facts } = this;
    const erase = async () => {
      this.#leave?.();
      this.#leave = undefined;
      this.store?.close();
      this.store = undefined;
      this.person = { name: "" };
      const { databases, caches, files } = await deleteAll();
      await restart();
      this.say(texts.deleted(texts.left(databases, caches, files)));
    };
    byId("footer").replaceChildren(
      h(
        "div",
        { class: "row" },
        button(texts.deleteAll, () => erase().catch((error) => this.tell(error))),
      ),
      h("p", {}, facts ? texts.adapter(facts.adapter) : ""),
    );
  }

  /** Keeps a person, here and in the browser. */
  async keep(person: StoredPerson): Promise<void> {
    this.person = person;
    await this.store?.keepPerson(person);
  }
}
