/** Whether the reader has asked for less motion: then nothing plays before they ask for it. */
export const isCalm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;
