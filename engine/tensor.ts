import { bytesPerElement, type DType } from "./dtype.ts";
import { elements, type Shape } from "./shape.ts";

/** Where a tensor lies on the device. */
export interface Place {
  /** The memory that it lies in. */
  readonly buffer: GPUBuffer;
  /** Bytes from its beginning. */
  readonly offset: number;
}

/**
 * A tensor: a plain descriptor, row-major, contiguous. It owns nothing and needs no disposal: its
 * memory belongs to the plan that computes it or to the `Weights` that hold it.
 */
export interface Tensor<D extends DType = "f32"> {
  /** Tells operands apart. */
  readonly kind: "tensor";
  /** Sizes of the axes. */
  readonly shape: Shape;
  /** The type of the elements. */
  readonly dtype: D;
  /** For messages: `layer_norm[B=4,D=768].y`. */
  readonly label: string;
  /** Set while its owner lives: the `Weights`, or the plan that has it as an input or output. */
  place?: Place | undefined;
}

/** A tensor of any element type. */
export type AnyTensor = Tensor<DType>;

/** Texel formats that kernels read weights and staged activations from. */
export type TexelFormat = "rgba32float" | "rgba16float";

/** A storage texture: kernels for software adapters read these several times faster than buffers. */
export interface Texture {
  /** Tells operands apart. */
  readonly kind: "texture";
  /** In texels. */
  readonly width: number;
  /** In texels. */
  readonly height: number;
  /** Of a texel. */
  readonly format: TexelFormat;
  /** As errors and traces name it. */
  readonly label: string;
  /** Its memory, where it has some. */
  place?: GPUTexture | undefined;
}

/**
 * Texels in a line of a texture that holds a tensor: vec4 number i lies at
 * `(i & 1023, i >> 10)`. A power of two, so that kernels find it by a mask and a shift.
 */
export const texelsPerLine = 1024;

/**
 * Texels at the end of each line that stay empty, so that rows of a tensor whose size is a large
 * power of two do not all fall into one set of the processor's cache.
 */
export const texelPadding = 4;

/**
 * A matrix prepacked for one family of kernels. A weight is not a tensor: only the kernels that know
 * its layout can read it.
 */
export interface Packed {
  /** Tells operands apart. */
  readonly kind: "packed";
  /** The layout's name, which is also the name of the kernel family that reads it. */
  readonly layout: string;
  /** Rows and columns of the matrix as the mathematics has it, `[K, N]`. */
  readonly shape: Shape;
  /** As errors and traces name it. */
  readonly label: string;
  /** The packed numbers. */
  readonly storage: AnyTensor | Texture;
  /** The same matrix the other way round, `[N, K]`, where gradients go through it. */
  readonly transposed?: Packed | undefined;
  /** The plain row-major matrix out of the raw storage, for comparison with the references. */
  unpack(raw: Float32Array): Float64Array;
}

/** What an operation can take. */
export type Operand = AnyTensor | Packed;

/** Bytes of a tensor's elements, rounded up to 16 so that kernels may read and write whole `vec4`s. */
export function tensorBytes(tensor: { shape: Shape; dtype: DType }): number {
  return Math.ceil(elements(tensor.shape) * bytesPerElement[tensor.dtype] / 16) * 16;
}

/** Bytes of a texture's texels. */
export function textureBytes(
  texture: { width: number; height: number; format: TexelFormat },
): number {
  return texture.width * texture.height * (texture.format === "rgba32float" ? 16 : 8);
}

/** Width and height of a texture that holds this many texels in lines of `texelsPerLine`. */
export function textureFor(texels: number): [width: number, height: number] {
  return [texelsPerLine + texelPadding, Math.ceil(texels / texelsPerLine)];
}
