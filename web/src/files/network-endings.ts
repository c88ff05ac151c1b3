/** Endings of networks that other programs write. */
export const networkEndings = ['.onnx', '.pth', '.pt'] as const;
export const isNetworkPath = (path: string): boolean => networkEndings.some((ending) => path.toLowerCase().endsWith(ending));
