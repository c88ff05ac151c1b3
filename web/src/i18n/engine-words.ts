import type { LabProblem } from '../client/protocol.js';
import { inSpanish, kindInSpanish } from './engine-problems.js';
import type { Lang } from './index.js';

/** The engine speaks English. Here is what it says of fields and experiments, by its own words; engine-problems.ts has its complaints. */
const spanish: Record<string, string> = {
  'number of filters; 0: as many as inputs': 'número de filtros; 0: tantos como entradas',
  'height and width of the filters': 'alto y ancho de los filtros',
  'how far the window moves': 'cuánto avanza la ventana',
  'zeros around the image: a number, [top, left, bottom, right], "same", "valid" or "same_upper"':
    'ceros alrededor de la imagen: un número, [arriba, izquierda, abajo, derecha], "same", "valid" o "same_upper"',
  'distance between the taps of a filter': 'distancia entre los pesos de un filtro',
  'independent groups of channels; 0: one group a channel (depthwise)':
    'grupos de canales independientes; 0: un grupo por canal (depthwise)',
  'add a learned number to each output channel': 'suma un número aprendido a cada canal de salida',
  'how the weights start': 'con qué valores empiezan los pesos',
  'how the bias starts': 'con qué valor empieza el sesgo',
  'number of outputs': 'número de salidas',
  'add a learned number to each output': 'suma un número aprendido a cada salida',
  'share of the new batch in the running statistics': 'cuánto pesa el lote nuevo en las medias acumuladas',
  'added to the variance': 'se suma a la varianza',
  'slope below zero': 'pendiente por debajo de cero',
  'height and width of the window': 'alto y ancho de la ventana',
  "how far the window moves; 0: the kernel's size": 'cuánto avanza la ventana; 0: su propio tamaño',
  'padding around the image, which never wins': 'relleno alrededor de la imagen, que nunca gana',
  'zeros around the image': 'ceros alrededor de la imagen',
  'whether padding counts in the mean': 'si el relleno cuenta en la media',
  'share of values set to zero': 'proporción de valores que pasan a cero',
  'share of the target spread evenly over all classes': 'parte del objetivo que se reparte por igual entre las clases',
  'learning rate': 'tasa de aprendizaje',
  'share of the last step kept': 'cuánto se conserva del paso anterior',
  'L2 penalty, added to the gradient': 'penalización L2, sumada al gradiente',
  'look ahead along the momentum': 'mira por delante en la dirección del momento',
  'decay of the mean of gradients': 'cuánto dura la media de los gradientes',
  'decay of the mean of squared gradients': 'cuánto dura la media de sus cuadrados',
  'added to the denominator': 'se suma al denominador',
  'shrinks the weights by lr times this': 'encoge los pesos en lr por este número',
  'how often the rate drops, evenly over the training': 'cuántas veces baja la tasa, a intervalos iguales',
  'factor of each drop': 'factor de cada bajada',
  'factor at the end': 'factor al final',
  'share of the training in which the rate rises': 'parte del entrenamiento en que la tasa sube',
  'starts at the learning rate divided by this': 'empieza en la tasa dividida entre este número',
  'ends at the start divided by this': 'acaba en la inicial dividida entre este número',
  'mirror left and right with probability 1/2': 'refleja izquierda y derecha la mitad de las veces',
  'pad by this many pixels and crop back at a random place: a shift of up to ±crop':
    'rellena con estos píxeles y recorta en un lugar al azar: desplaza hasta ±crop',
  'what lies outside the image: "zero" or "reflect"': 'qué hay fuera de la imagen: "zero" (ceros) o "reflect" (reflejo)',
  'turn by up to ± this many degrees': 'gira hasta ± estos grados',
  'shift by up to ± this share of height and width': 'desplaza hasta ± esta parte del alto y el ancho',
  'scale by a factor of 1 ± this': 'cambia el tamaño por un factor de 1 ± este número',
  'add up to ± this share of the full range': 'suma hasta ± esta parte del rango',
  'multiply the distance from the mean by 1 ± this': 'multiplica la distancia a la media por 1 ± este número',
  'blank a random square with this side, in pixels': 'borra un cuadrado al azar de este lado, en píxeles',
  'what everything is multiplied by': 'por cuánto se multiplica todo',
  'what gradients are of: the "mean" over a batch\'s images, or their "sum", as if the learning rate were multiplied, and L2 divided, by the batch':
    'de qué son los gradientes: de la media («mean») de las imágenes de un lote o de su suma («sum»), como si la tasa se multiplicara por el lote y L2 se dividiera entre él',
  'every so many steps scale a matrix of m rows to the norm √m; 0: never':
    'cada cuántos pasos se lleva una matriz de m filas a la norma √m; 0: nunca',
  'by how much that number has grown at the end': 'cuánto ha crecido ese número al final',
  'iterations that make the update orthogonal': 'iteraciones que hacen ortogonal la actualización',
  'factor on X in an iteration': 'factor de X en una iteración',
  'factor on X XᵀX': 'factor de X XᵀX',
  'factor on X XᵀX XᵀX': 'factor de X XᵀX XᵀX',
  'the optimizer of biases and of groups that ask for it': 'el optimizador de los sesgos y de los grupos que lo piden',
  'mirror half of the images in the first epoch, the other half in the second, and so on':
    'refleja la mitad de las imágenes en la primera época, la otra mitad en la segunda, y así sucesivamente',
  'passes over the training images, with a fraction': 'pasadas por las imágenes de entrenamiento, también con fracción',
  'test-time augmentation: average the logits of the image and its mirror image ("mirror"), also moved by a pixel ("translate")':
    'aumento al evaluar: promedia los logits de la imagen y de su reflejo («mirror»), y también desplazados un píxel («translate»)',
  'leave out the last images of an epoch if they do not fill a batch': 'deja fuera las últimas imágenes de una época si no llenan un lote',
  'smaller training images in the first epochs: a list of {"epoch", "size"}':
    'imágenes más pequeñas en las primeras épocas: una lista de {"epoch", "size"}',
  'images a step': 'imágenes por paso',
  'images at a time in evaluation': 'imágenes a la vez al evaluar',
  'of all random numbers: initial weights, order, augmentation, dropout':
    'semilla de todo lo aleatorio: pesos iniciales, orden, aumento de datos, dropout',
  'whether each epoch has an order of its own': 'si cada época tiene su propio orden',

  "Four blocks with batch norm on CIFAR-10, the course's own recipe": 'Cuatro bloques con batch norm en CIFAR-10, con la receta del curso',
  'Four blocks with batch norm on CIFAR-10, with a recipe that suits them':
    'Cuatro bloques con batch norm en CIFAR-10, con una receta a su medida',
  'A residual network of 13 convolutions on CIFAR-10': 'Una red residual de 13 convoluciones en CIFAR-10',
  "Two convolutions on CIFAR-10, 545,098 parameters: the course's SimpleCNN":
    'Dos convoluciones en CIFAR-10, 545.098 parámetros: la SimpleCNN del curso',
  'Three convolutions on CIFAR-10': 'Tres convoluciones en CIFAR-10',
  'Fashion-MNIST with turned, shifted and mirrored images, 93,322 parameters':
    'Fashion-MNIST con imágenes giradas, desplazadas y reflejadas, 93.322 parámetros',
  'Four 5×5 convolutions with batch norm on Fashion-MNIST': 'Cuatro convoluciones de 5×5 con batch norm en Fashion-MNIST',
  'Four 7×7 convolutions with batch norm on Fashion-MNIST': 'Cuatro convoluciones de 7×7 con batch norm en Fashion-MNIST',
  'Four 3×3 convolutions with batch norm on Fashion-MNIST': 'Cuatro convoluciones de 3×3 con batch norm en Fashion-MNIST',
  'Fashion-MNIST without convolution: 784-128-64-10': 'Fashion-MNIST sin convoluciones: 784-128-64-10',
  '94 % on CIFAR-10 in eight epochs: the airbench94 recipe with Muon': '94 % en CIFAR-10 en ocho épocas: la receta airbench94 con Muon',
  '94 % on CIFAR-10, soonest: smaller images first, weights renormalised ever more rarely, a look ahead at the end':
    '94 % en CIFAR-10 cuanto antes: primero imágenes más pequeñas, pesos que se normalizan cada vez menos y una mirada atrás al final',
  'ResNet-18 on CIFAR-10, with crops, mirror images, cutout and label smoothing':
    'ResNet-18 en CIFAR-10, con recortes, reflejos, cuadrados borrados y etiquetas suavizadas',
  "96 % on CIFAR-10: the speed run's network wider, deeper and with residual connections, trained longer, with cutout":
    '96 % en CIFAR-10: la red de la carrera, más ancha, más profunda y con conexiones residuales, entrenada más tiempo y con cuadrados borrados',
  'One 3×3 filter learns to tell vertical from horizontal lines': 'Un filtro de 3×3 aprende a distinguir líneas verticales y horizontales',
};

/** A field's explanation or an experiment's title, in the reader's language. */
export const helpIn = (lang: Lang, text: string): string => (lang === 'es' ? (spanish[text] ?? text) : text);

/** "7×7 does not fit …; use a smaller …" in the reader's language. */
export function problemIn(lang: Lang, { code, problem, remedy }: Pick<LabProblem, 'code' | 'problem' | 'remedy'>): string {
  if (lang !== 'es') return remedy ? `${problem}; ${remedy}` : problem;
  const says = inSpanish(problem) ?? kindInSpanish(code, problem);
  const help = spanishRemedy(remedy);
  return help ? `${says}; ${help}` : says;
}

/** Help that is not known in Spanish is no help. */
function spanishRemedy(remedy: string): string {
  const missing = /^give it: (.*)$/.exec(remedy);
  if (missing) return `ponlo: ${helpIn('es', missing[1]!)}`;
  return remedy ? (inSpanish(remedy) ?? '') : '';
}

/** The same with what it is about in front, where that is a file, a data set or a field: on its own it says all. */
export function sentenceIn(lang: Lang, problem: LabProblem): string {
  const named = /[.[\-/]/.test(problem.place);
  return (named ? `${problem.place}: ` : '') + problemIn(lang, problem);
}
