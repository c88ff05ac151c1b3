/** Endings of networks that other programs write. */
export const networkEndings = ['.onnx', '.pth', '.pt', '.keras', '.h5', '.hdf5'] as const;
/** What TensorFlow.js calls the file with a model's layers, and what browsers make of that name. */
export const isLayersPath = (path: string): boolean => /(^|\/)[^/]*model[^/]*\.json$/i.test(path);
export const isNetworkPath = (path: string): boolean => networkEndings.some((ending) => path.toLowerCase().endsWith(ending));
