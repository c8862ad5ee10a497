import { auPrompts } from "../model/clip_au/au_prompts.ts";
import type { Clip } from "../model/clip/clip.ts";
import { rankArea } from "../numbers/scores/ranking.ts";
import { pictureSize } from "./dataset/cast.ts";
import { promptStrengths } from "./drawing/controls.ts";
import { drawFace } from "./drawing/draw_face.ts";
import { DrawnRng } from "./drawing/drawn_rng.ts";
import { drawIdentity, drawScene } from "./drawing/identity.ts";
import { randomExpression, unevenly } from "./people/random_expression.ts";
import { average, dot, unit as normalised } from "../numbers/vectors.ts";

/** The seed of the people in this test; nobody else is drawn from it. */
const seed = 987654;

/** From this strength on, a face counts as showing a unit. */
const least = .25;

/** How well a prompt alone separates the faces that show its unit. */
export interface PromptArea {
  readonly prompt: string;
  /** The area under the ROC curve of its similarity: 0.5 is chance, 1 is perfect. */
  readonly area: number;
  /** How many faces show the unit. */
  readonly shown: number;
}

/** Draws faces of people who are new to the model and ranks them by similarity to each prompt. */
export async function zeroShotAreas(
  clip: Clip,
  count: number,
  onSeen?: (faces: number) => void,
): Promise<PromptArea[]> {
  const { embedding } = clip.config, texts = await clip.encodeTexts(auPrompts);
  const ranked = auPrompts.map((): { score: number; positive: boolean }[] => []);
  for (let first = 0; first < count; first += clip.images.batch) {
    const end = Math.min(count, first + clip.images.batch);
    const faces = Array.from({ length: end - first }, (_, i) => unseenFace(first + i));
    const features = await clip.images.encode(faces.map(({ picture }) => picture));
    for (const [n, { strengths }] of faces.entries()) {
      const face = features.subarray(n * embedding, (n + 1) * embedding);
      for (const [unit, list] of ranked.entries()) {
        const text = texts.subarray(unit * embedding, (unit + 1) * embedding);
        list.push({
          score: dot(normalised(face), normalised(text)),
          positive: (strengths[unit] ?? NaN) > least,
        });
      }
    }
    onSeen?.(end);
  }
  return auPrompts.map((prompt, unit) => {
    const list = ranked[unit] ?? [];
    return {
      prompt,
      area: rankArea(list),
      shown: list.filter(({ positive }) => positive).length,
    };
  });
}

/** The mean over the prompts whose units some faces show and some don't. */
export function meanArea(areas: readonly PromptArea[]): number {
  const known = areas.filter(({ area }) => Number.isFinite(area));
  return average(known.map(({ area }) => area));
}

function unseenFace(number: number) {
  const rng = new DrawnRng(seed, number), identity = drawIdentity(rng), scene = drawScene(rng);
  const expression = randomExpression(rng);
  return {
    picture: drawFace({ identity, scene, ...unevenly(expression, rng) }, pictureSize),
    strengths: promptStrengths(expression),
  };
}
