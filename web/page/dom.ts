/// <reference lib="dom" />

/** What an element contains. */
export type Content = Node | string | undefined | false;

/** Makes an element. Attributes that are `false` or undefined are left out; functions are listeners. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, unknown>> = {},
  ...content: readonly Content[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value as EventListener);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...content.filter((one) => one !== undefined && one !== false));
  return element;
}

/** A button with what it does. */
export function button(
  text: string,
  action: () => unknown,
  attributes: Readonly<Record<string, unknown>> = {},
): HTMLButtonElement {
  return h("button", { type: "button", click: () => void action(), ...attributes }, text);
}

/** Offers a text as a file. */
export function download(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
