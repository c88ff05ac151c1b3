/** Files that are read and written. */
export const files = {
  saveRun: 'Save',
  saveRunHelp:
    'The whole run in one file: the experiment, every measurement, the weights and the state of training. It is the folder that the command line keeps in runs/.',
  downloadRun: 'Download the run',
  savingRun: 'Packing',
  saveRunThen: 'Go on at the command line, where it continues with the very next step:',
  saveRunRate: 'The factor on the learning rate is yours, not the run’s: the command line goes on with the schedule’s own rate.',
  loadRun: 'Open',
  loadRunHelp:
    'A saved file, a folder from runs/, or a checkpoint.safetensors with its experiment.json. You can also drop it anywhere on this page.',
  readingFiles: 'Reading files',
  readingImages: 'Reading picture {done} of {total}',
  readingDataFiles: 'Reading file {done} of {total}',
  stopReading: 'Stop',
  readingStopped: 'Stopped. Nothing was taken over.',
  readerFailed: 'The files cannot be read: the part of the page that does it did not load. Reload the page.',
  ownSize: 'Your pictures become',
  ownGrey: 'in grey',
  sizePixels: '{n}×{n} pixels',
  noFiles: 'There are no files in what was dropped.',
  noRunYet: 'There is no run to save yet.',
  cannotBeRead:
    'This computer does not let the browser read {names}. Allow it in the system (permissions of the files), and drop all of it again. Nothing was taken over.',
  fileUnknown:
    '{name} is neither a picture in a folder of its class, nor an official file of Fashion-MNIST, MNIST or CIFAR-10, nor part of a saved run.',
  imageWithoutFolder:
    '{name} lies in no folder. Put the pictures of each class into a folder with its name, and drop the folder around them.',
  fileNotGzip: '{name} cannot be unpacked: it is damaged or no gzip file. Download it again.',
  fileNotTar: '{name} is no tar archive. Use the official cifar-10-binary.tar.gz.',
  fileNotZip: '{name} cannot be opened: it is damaged or no ZIP file.',
  fileCut: '{name} is cut off. Download it again.',
  fileMissing: '{name} is missing. Drop it together with the others.',
  pixelsHidden:
    'This browser hides the pixels of pictures from pages (privacy.resistFingerprinting) and gives noise instead. Allow this page to read them, or use another browser.',
  fileNotImage: '{name} is no picture that the browser can read. Take it out of the folder.',
  fileNotExperiment: '{name} describes no experiment. Use the one in the run’s folder.',
  runNeedsImages:
    'This run was trained with the data set {name}, which does not lie beside this page. Drop its images first, then the run again.',
  runLoaded: 'The run {name} is here, at step {step}.',
  imagesLoaded: '{train} training and {test} test pictures of {classes} classes are here.',
} as const;
