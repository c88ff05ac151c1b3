/** What the page and the worker of `Tools` say to each other. */
import type { LabProblem } from '../client/client.js';

/** Functions of the module that the page may call. */
export const toolNames = [
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
  'exportOnnx',
  'exportSafetensors',
  'exportPth',
  'exportCode',
  'exportSvg',
] as const;
export type ToolName = (typeof toolNames)[number];

export type ToTools =
  /** First: where the engine's modules lie. */
  { engineUrl: string } | { id: number; name: ToolName; args: readonly unknown[] };

export type FromTools = { id: number; value: unknown } | { id: number; problem: LabProblem };
