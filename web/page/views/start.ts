/// <reference lib="dom" />
import { texts } from "../../texts.ts";
import type { App } from "../app.ts";
import { lineChart } from "../charts.ts";
import { button, h } from "../dom.ts";
import type { StoredSession } from "../store.ts";

/** What can be chosen at the start. */
export interface StartChoices {
  camera(): void;
  files(files: readonly File[]): void;
  sample(): void;
  model(files: readonly File[]): void;
  session(session: StoredSession): void;
}

/** Whose face it is, what to look at, and what was read before. */
export async function showStart(app: App, choices: StartChoices): Promise<void> {
  const { facts, store } = app;
  const sessions = await store?.sessions() ?? [], people = await store?.people() ?? [];
  const name = h("input", {
    id: "person",
    value: app.person.name || people[0]?.name || "me",
    list: "people",
    maxlength: 60,
    autocomplete: "off",
    "aria-describedby": "person-hint",
  });
  const begin = async (action: () => void) => {
    const wanted = name.value.trim() || "me";
    app.person = await store?.person(wanted) ?? { name: wanted };
    await app.remote.call("person", {
      enrolment: app.person.enrolment,
      state: app.person.state,
    });
    action();
  };
  const act = (action: () => void) => () => begin(action).catch((error) => app.tell(error));
  const picker = (id: string, label: string, accept: string, take: (files: File[]) => void) => {
    const input = h("input", { id, type: "file", accept, multiple: true });
    input.addEventListener("change", () => input.files && take([...input.files]));
    return h("p", {}, h("label", { for: id }, label), input);
  };
  app.show(texts.start, [
    facts?.software && h("p", { class: "notice" }, texts.software),
    facts && app.demo && h("p", { class: "notice" }, texts.demoOnly),
    !store && h("p", { class: "notice" }, texts.storage),
    h("p", {}, h("label", { for: "person" }, texts.person), " ", name),
    h("p", { id: "person-hint" }, texts.personHint),
    h("datalist", { id: "people" }, ...people.map((one) => h("option", { value: one.name }))),
    h("h3", {}, texts.source),
    h(
      "div",
      { class: "row" },
      button(texts.camera, act(choices.camera), { class: "main" }),
      button(texts.sample, act(choices.sample)),
    ),
    picker("files", texts.file, "video/*,image/*", (files) => act(() => choices.files(files))()),
    h("h3", {}, texts.history),
    sessions.length === 0 ? h("p", {}, texts.noHistory) : h(
      "ul",
      { class: "history" },
      ...sessions.map((one) => h("li", {}, button(nameOf(one), () => choices.session(one)))),
    ),
    ...trends(sessions),
    h("h3", {}, texts.model),
    picker("model", texts.ownModel, ".safetensors,.json,.pth,.bin", choices.model),
    h("p", {}, texts.ownModelHint),
  ]);
}

function nameOf({ person, when, name, result }: StoredSession): string {
  const best = result.after ? Math.max(...result.after) : NaN;
  const answer = result.after && result.abstained === undefined
    ? texts.answer(
      result.classes[result.after.indexOf(best)] ?? "",
      `${(100 * best).toFixed(0)} %`,
    )
    : texts.noAnswer(result.abstained ?? "");
  return `${new Date(when).toLocaleString()} · ${person} · ${name} · ${answer}`;
}

/** Each person's last class over the days, where there are at least two sessions. */
function trends(sessions: readonly StoredSession[]): HTMLElement[] {
  const day = 24 * 3600 * 1000;
  return [...Map.groupBy(sessions, ({ person }) => person)].flatMap(([person, own]) => {
    const told = own.filter(({ result }) => result.after && result.abstained === undefined)
      .toReversed();
    const [first] = told, name = first?.result.classes.at(-1) ?? "";
    if (told.length < 2 || !first) return [];
    const begin = Date.parse(first.when);
    const points = told.map(({ when, result }) =>
      [(Date.parse(when) - begin) / day, result.after?.at(-1) ?? NaN] as const
    );
    const { element } = lineChart([{ name, color: 1, dashed: false, points }], {
      label: `${texts.trend}: ${person}`,
      unit: "days",
    });
    return [
      h(
        "figure",
        {},
        h("h3", {}, `${texts.trend}: ${person}`),
        element,
        h("figcaption", {}, texts.trendCaption(name)),
      ),
    ];
  });
}
