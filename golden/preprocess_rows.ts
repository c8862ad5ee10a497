import { type Device, record } from "../engine/mod.ts";
import { centerCrop, normalize } from "../kernels/mod.ts";
import { storedTensor } from "../io/tensors/tensor_file.ts";
import { ImagePreparer, scaledSize } from "../media/image_preparer.ts";
import { type GoldenSet, numbersOf } from "./golden_set.ts";
import { exact, type GoldenReport } from "./report.ts";

const size = 224;

/** `preprocess.*`: images made into CLIP's squares. */
export async function comparePreprocessing(
  device: Device,
  set: GoldenSet,
  report: GoldenReport,
): Promise<void> {
  using golden = await set.tensors("preprocess.safetensors");
  if (await set.has("preprocess.json")) await compareGeometry(set, report);
  for (const name of golden.tensors.keys()) {
    const image = name.match(/^(.*)\.input_u8_hwc$/)?.[1];
    if (image === undefined) continue;
    const [height = 0, width = 0] = storedTensor(golden, name).shape;
    const data = await golden.read(name);
    for (const filter of ["bicubic", "bilinear"] as const) {
      if (!golden.tensors.has(`${image}.${filter}_u8_hwc`)) continue;
      using preparer = new ImagePreparer(device, size, filter);
      const square = await preparer.prepare({ width, height, data });
      const wanted = await numbersOf(golden, `${image}.${filter}_u8_hwc`);
      report.compare(
        `${image}.${filter}_u8_hwc`,
        square.filter((_, i) => i % 4 < 3),
        wanted,
        exact,
      );
      if (!golden.tensors.has(`${image}.${filter}`)) continue;
      using plan = await record(
        device,
        (r) => normalize(r, r.input("pixels", [1, size, size, 4], "u8")),
      );
      plan.write("pixels", square);
      plan.run();
      const normal = await device.read(plan.outputs);
      report.compare(
        `${image}.${filter}`,
        normal,
        await numbersOf(golden, `${image}.${filter}`),
        exact,
      );
    }
  }
}

interface Geometry {
  readonly file: string;
  readonly kind: string;
  /** Width and height after scaling, left and top of the square. */
  readonly geometry: readonly number[];
}

async function compareGeometry(set: GoldenSet, report: GoldenReport): Promise<void> {
  for (const { file, kind, geometry } of await set.json<Geometry[]>("preprocess.json")) {
    const [width = 0, height = 0] = file.match(/(\d+)x(\d+)/)?.slice(1).map(Number) ?? [];
    report.equal(`geometry of ${file} ${kind}`, cropGeometry(width, height), geometry);
  }
}

/** Where CLIP's square lies: width and height after scaling, left and top. */
export function cropGeometry(width: number, height: number): number[] {
  const [scaledWidth, scaledHeight] = scaledSize(width, height, size);
  const { left, top } = centerCrop(scaledHeight, scaledWidth, size);
  return [scaledWidth, scaledHeight, left, top];
}
