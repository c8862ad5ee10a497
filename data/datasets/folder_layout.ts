import { join } from "node:path";
import type { DatasetKind, LabelFault, Labels, ListedClip } from "../dataset.ts";
import { readLabel } from "./label_checks.ts";

/**
 * Labels by folders: `train/CLASS/VIDEO` and `validation/CLASS/VIDEO` are sources, `N/CLASS/VIDEO` is
 * target person N. People are identified by the names of videos and not by those numbers, since a target
 * may have been left among the sources.
 */
export async function readFolders(
  root: string,
  kind: DatasetKind,
  classes: readonly string[],
): Promise<{ readonly sources: Labels; readonly targets: Labels }> {
  const faults: LabelFault[] = [], sources: ListedClip[] = [], targets: ListedClip[] = [];
  const refuse = (path: string, why: string) => void faults.push({ why: `${path}: ${why}` });
  if (!kind.named) refuse(".", `data of kind ${kind.name} has labels in a file: name it`);
  const known = new Map<string, string>();
  for (const side of kind.named ? await namesIn(root) : []) {
    const target = /^\d+$/.test(side);
    if (!target && side !== "train" && side !== "validation") {
      refuse(side, "wanted train, validation or a target's number");
      continue;
    }
    const seen = new Set<string>();
    for (const name of await namesIn(join(root, side))) {
      const label = readLabel(name, classes);
      if (!classes.includes(name) || typeof label === "string") {
        refuse(`${side}/${name}`, `wanted a class: ${classes.join(", ")}`);
        continue;
      }
      for (const file of await namesIn(join(root, side, name))) {
        const id = `${side}/${name}/${file}`, video = file.replace(/\.\w{2,4}$/, "");
        const facts = kind.named?.(video) ?? "";
        if (typeof facts === "string") refuse(id, facts);
        else if (facts.label !== undefined && facts.label !== label) {
          refuse(id, `its name says "${classes[facts.label]}"`);
        } else {
          const other = known.get(video);
          if (other !== undefined) refuse(id, `it is in ${other} as well`);
          known.set(video, id);
          const { subject, task } = facts, media = { kind: "video", names: [id] } as const;
          seen.add(subject);
          (target ? targets : sources).push({ id, subject, video, label, task, media });
        }
      }
    }
    if (target && seen.size > 1) refuse(side, `wanted one person: got ${[...seen].join(", ")}`);
  }
  if (kind.named && sources.length + targets.length + faults.length === 0) {
    refuse(".", "there is no SIDE/CLASS/VIDEO in it");
  }
  // Faults are reported once, with the targets; neither side is used then.
  return {
    sources: { clips: faults.length > 0 ? [] : sources, faults: [] },
    targets: { clips: targets, faults },
  };
}

/** The names in a folder, sorted, without hidden files. */
async function namesIn(folder: string): Promise<string[]> {
  const info = await Deno.stat(folder);
  if (!info.isDirectory) return [];
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) if (!name.startsWith(".")) names.push(name);
  return names.sort();
}
