/** What the page and the worker of `Tools` say to each other. */
import type { LabProblem } from '../client/client.js';

/** Functions of the module that reads files that the page may call. */
export const filesTools = [
  'studies',
  'studyPlan',
  'studyResults',
  'studyCsv',
  'differences',
  'lookNew',
  'lookAdd',
  'lookDrop',
  'lookClasses',
  'lookSamples',
  'lookImages',
  'lookNeighbours',
  'lookFlaws',
  'lookMislabelled',
  'lookSearch',
  'lookSearchSlice',
  'lookDuplicates',
  'lookAugmented',
  'lookExamples',
] as const;

/** Functions of the module of other programs' formats. */
export const networkTools = [
  'exportOnnx',
  'exportSafetensors',
  'exportPth',
  'exportCode',
  'exportTfjs',
  'exportKeras',
  'exportSvg',
  'importNormalised',
] as const;
export type ToolName = (typeof filesTools)[number] | (typeof networkTools)[number];

export type ToTools =
  /** First: where the engine's modules lie. */
  { engineUrl: string } | { id: number; name: ToolName; args: readonly unknown[] };

export type FromTools = { id: number; value: unknown } | { id: number; problem: LabProblem };
