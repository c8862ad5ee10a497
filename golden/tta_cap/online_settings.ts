import {
  type TtaCapGate,
  type TtaCapSettings,
  ttaCapVersions,
} from "../../tta/tta_cap/settings.ts";

/** The settings of a case, by the authors' names. */
export type StoredSettings = Readonly<Record<string, string | number>>;

/** Their names in either version, and ours. */
const names: Readonly<Record<string, keyof TtaCapSettings>> = {
  window: "window",
  proto_topk: "nearestPrototypes",
  cache_topk: "nearestKeys",
  tau_entropy_positive: "confidentBelow",
  tau_H_pos: "confidentBelow",
  tau_entropy_negative: "ambiguousBelow",
  tau_H_neg: "ambiguousBelow",
  tau_prototype_margin: "leastMargin",
  tau_delta: "leastMargin",
  positive_capacity: "positiveCapacity",
  L_pos: "positiveCapacity",
  negative_capacity: "negativeCapacity",
  L_neg: "negativeCapacity",
  cache_beta: "keySharpness",
  beta: "keySharpness",
  proto_gamma: "classSharpness",
  lambda_src: "sourceWeight",
  lambda_pos: "positiveWeight",
  lambda_neg: "negativeWeight",
  proto_missing: "withoutPrototypes",
  weighting_strategy: "weighting",
  agreement_mode: "agreement",
  attention_temperature: "attentionTemperature",
};

const gates: Readonly<Record<string, TtaCapGate>> = {
  temp: "temporal",
  entropy: "entropy",
  proto: "prototype",
};
const fusions: Readonly<Record<string, TtaCapSettings["fusion"]>> = {
  embed: "embedding",
  logit: "logits",
};

/** Our settings for a case. Throws if one has no counterpart, so that none is ignored. */
export function settingsOf(version: string, stored: StoredSettings): TtaCapSettings {
  const refuse = (name: string, value: unknown) =>
    new TypeError(`Cannot run this case: this version does not know ${name} "${value}"`);
  if (version !== "v1" && version !== "v2") throw refuse("version", version);
  const set: [keyof TtaCapSettings, unknown][] = Object.entries(stored).map(([name, value]) => {
    if (name === "fusion_space") {
      const fusion = fusions[value];
      if (!fusion) throw refuse(name, value);
      return ["fusion", fusion];
    }
    if (name === "gates") {
      const named = String(value).split(",").filter((gate) => gate !== "");
      const wrong = named.find((gate) => gates[gate] === undefined);
      if (wrong !== undefined) throw refuse("the gate", wrong);
      return ["gates", named.map((gate) => gates[gate])];
    }
    const ours = names[name];
    if (!ours) throw refuse("the setting", name);
    return [ours, value];
  });
  return { ...ttaCapVersions[version], ...Object.fromEntries(set) };
}
