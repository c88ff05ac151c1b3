import type { Translated } from '../frame/lesson-type.js';
import type { en } from './en.js';

export const es: Translated<typeof en> = {
  sentence: 'Con una frase tuya: ¿cuándo empezarías con una red que otros han entrenado, y qué comprobarías primero?',
  view: {
    here: 'Esta página tiene {title} y lo usa aquí con cinco clases de {data}.',
    missing:
      'Esta página no tiene los pesos de MobileNet ({file}). Por eso la comparación se apoya en hombros más pequeños: una red que primero se entrena aquí, con cinco tipos de ropa, y después se encuentra con otros cinco. Donde la página tiene ese archivo, MobileNet ocupa su lugar.',
    unknown:
      'Esta página no conoce ninguna red entrenada. Por eso primero se entrena una aquí, con cinco tipos de ropa, y después se encuentra con otros cinco.',
    own: 'La red de la propia lección',
    preparing: 'Preguntando al motor por la red.',
    hidden: 'Oculto hasta que hayas hecho tu predicción.',
    training: 'Las redes se están entrenando, sin que se vean: {share}. Mientras tanto puedes leer y elegir.',
    extent:
      '{images} imágenes de entrenamiento de cada una de cinco clases, {epochs, plural, one {# época} other {# épocas}}, prueba con {tests} imágenes de cada una.',
    size: 'Lado de la imagen en píxeles',
    image: 'imagen',
    lastMap: 'último mapa',
    places: 'lugares',
    sizesOf: '{title}: lo que queda de una imagen',
    classes: 'Clases',
    pictures: 'Imágenes de cada clase',
    numbers: 'Números de la red',
    count: 'cuántos',
    frozen: 'congelados',
    learned: 'aprendidos',
    all: 'en total',
    parts: 'capas',
    curves: 'Las curvas muestran',
    accuracy: 'la exactitud',
    loss: 'la pérdida',
    scratch: 'desde cero',
    low: 'preentrenada, {low} px',
    high: 'preentrenada, {high} px',
    kept_scratch: 'desde cero',
    kept_low: 'preentrenada, imágenes pequeñas',
    kept_high: 'preentrenada, imágenes mayores',
    bySeed: 'Exactitud en la prueba, por semilla',
    seed: 'semilla {n}',
    mean: 'media',
    deviation: 'desviación típica',
    held: 'Imágenes de las que se aprende, y reservadas',
    learnedFrom: 'para aprender',
    heldOut: 'reservadas',
    total: 'imágenes',
    set_side: 'imágenes de {side}×{side} píxeles',
    set_sizes: 'imágenes del tamaño número {size}',
    set_head: '{classes} clases',
    set_own: '{classes} clases, {pictures} imágenes de cada una',
    set_compared: '{images} imágenes de cada clase, {epochs, plural, one {# época} other {# épocas}}, {seeds} semillas',
  },
  steps: {
    sizes: {
      title: 'Una red que ya aprendió antes',
      text: [
        'Hay redes ya hechas que han aprendido de un millón de fotografías. Sus primeras capas encuentran bordes, colores y texturas, y de eso están hechas también las clases nuevas. Se toman esas capas como son y se les pone una última capa nueva.',
        'Pero una red así hace la imagen cada vez más pequeña. Antes de su última capa toma la media de todos los lugares de su último mapa. La tabla muestra lo que queda.',
      ],
      predict: {
        ask: 'Una imagen tiene {small}×{small} píxeles. ¿Cuántos lugares tiene el último mapa, antes de la media?',
        replies: {
          right: '{places}. Queda poco de lo que tomar una media.',
          side: 'Eso es un lado del mapa. Los lugares son filas por columnas: {places}.',
          image:
            'Esos son los píxeles de la imagen. La red reduce sus lados a la mitad una y otra vez: {places, plural, one {queda #} other {quedan #}}.',
          large: 'Son menos: los lados se reducen a la mitad una y otra vez, hasta que {places, plural, one {queda #} other {quedan #}}.',
          other: 'Son más: {places}.',
        },
      },
      reveal: [
        'El control resaltado fija el tamaño de la imagen. La media de un solo lugar no es ninguna media: la red da de una vez lo que saca de la imagen entera, y eso lo aprendió con imágenes mayores.',
        'Ampliar una imagen pequeña no le añade información. Pero sus bordes llegan con el tamaño en que la red los conoce.',
      ],
      task: {
        ask: '¿Cuál es el menor de estos tamaños con el que el último mapa tiene al menos {least} lugares? Elígelo y compruébalo.',
        replies: {
          right: '{side} píxeles: {now} lugares.',
          small: 'Con {side} píxeles hay {now} lugares. Son muy pocos.',
          large: '{now} lugares bastan, pero también bastan los de un tamaño menor.',
        },
      },
      why: ['Reducido a la mitad k veces, de un lado H queda más o menos', 'Aquí:'],
    },
    head: {
      title: 'Lo nuevo y lo que se queda',
      text: [
        'Las capas que se toman están congeladas: el entrenamiento no las cambia. Solo aprende una capa densa sobre las medias de su último mapa.',
        'Como las capas congeladas sacan siempre lo mismo de una imagen, basta con preguntarles una vez por cada una, antes de entrenar. Después solo se calcula la última capa.',
      ],
      predict: {
        ask: 'Las capas congeladas entregan {features} números. ¿Cuántos números aprende una capa densa para {fresh} clases?',
        replies: {
          right: '{fresh} clases con {features} pesos y un sesgo cada una: {head}.',
          nobias: 'Esos son los pesos. Cada clase tiene además un sesgo: {head}.',
          all: 'Las capas congeladas tienen {frozen} números, pero esos no aprenden. Se aprenden {head}.',
          other: 'Cada una de las {fresh} clases tiene un peso por cada uno de los {features} números y un sesgo: {head}.',
        },
      },
      reveal: [
        'El control resaltado fija el número de clases.',
        'Pocos números que aprender necesitan pocas imágenes, y apenas se aprenden de memoria. El resto lo pagaron otros.',
      ],
      task: {
        ask: '¿Qué parte de todos los números de la red se aprende, en tanto por ciento, con el control como está ahora? Con un decimal.',
        replies: {
          right: 'El {share} %.',
          share: 'Esa es la parte de uno. En tanto por ciento es cien veces mayor.',
          rest: 'Esa es la parte que está congelada.',
          frozen: 'Esa es la razón respecto a los congelados. Divide entre todos: congelados y aprendidos juntos.',
          other: 'Divide los números que se aprenden entre todos y multiplica por 100.',
        },
      },
      why: ['Los parámetros aprendidos antes se quedan; los nuevos aprenden:', 'Con el control como está ahora, la capa densa tiene'],
    },
    shoulders: {
      title: 'Desde cero o a hombros',
      text: [
        'Dos redes aprenden cinco clases con {each} imágenes de cada una. Una es pequeña, de tres convoluciones, y empieza con pesos al azar: aprende desde cero. La otra es una última capa nueva sobre la red que ya aprendió antes (está preentrenada), que no conoce ninguna de estas clases.',
        'Las dos se entrenan el mismo número de épocas, con {seeds} semillas cada una.',
      ],
      predict: {
        ask: '¿Cuál acierta más imágenes de prueba, en la media de las semillas?',
        options: { scratch: 'la que empieza desde cero', high: 'la que va a hombros' },
        replies: {
          right: 'Desde cero es el {scratch} %; a hombros, el {high} %.',
          other: 'Ha salido otra cosa: desde cero es el {scratch} %; a hombros, el {high} %.',
        },
      },
      reveal: [
        'Las líneas son de imágenes de prueba, con la primera semilla. El control resaltado fija qué muestran.',
        'Un entrenamiento duró {secondsScratch} s desde cero y {secondsHigh} s a hombros. Cuánto llevan los hombros depende de lo que aprendieron y de lo cerca que esté de las clases nuevas.',
      ],
      task: {
        ask: '¿Cuántos puntos va por delante la que va a hombros, en la media de las semillas? Con un decimal; con un menos si va por detrás.',
        replies: {
          right: '{lead} puntos, con {each} imágenes de cada clase. Unos hombros que han aprendido poco llevan poco.',
          sign: 'El número es correcto, el signo no: toma la que va a hombros menos la que empieza desde cero.',
          level: 'Esa es su exactitud. Réstale la de la otra.',
          other: 'La tabla tiene las medias. Resta la de la red que empieza desde cero.',
        },
      },
      why: ['En la media de las semillas:'],
    },
    pixels: {
      title: 'La misma red, imágenes más pequeñas',
      text: [
        'En un curso se puso MobileNet ante imágenes de 32×32 píxeles, con pesos aprendidos con 224×224. Acertaba más o menos un tercio de las imágenes de diez clases, y parecía que la transferencia no servía de nada.',
        'Aquí la misma red congelada recibe dos veces las mismas imágenes: llevadas a {small}×{small} y a {large}×{large} píxeles.',
      ],
      predict: {
        ask: '¿Cuánto va por delante con las imágenes mayores?',
        options: { none: '5 puntos como mucho, o nada', some: 'de 5 a 20 puntos', much: 'más de 20 puntos' },
        replies: {
          right: 'Con {small} píxeles es el {low} %; con {large}, el {high} %.',
          other: 'Ha salido otra cosa: con {small} píxeles es el {low} %; con {large}, el {high} %.',
        },
      },
      reveal: [
        'Las imágenes no son mejores por haberlas ampliado. Encajan con lo que han aprendido las capas congeladas.',
        'Así que lo primero es comprobar con qué se entrenó la red: el tamaño, los colores y cómo se normalizan los números.',
      ],
      task: {
        ask: 'Quien adivina acierta más o menos el {chance} % de las imágenes de cinco clases. ¿Cuántos puntos por encima está con {small} píxeles, en la media de las semillas? Con un decimal.',
        replies: {
          right: '{above} puntos.',
          level: 'Esa es su exactitud. Resta lo que se acierta adivinando.',
          gap: 'Eso es lo que le falta para llegar a lo que hace con imágenes mayores. Se pregunta cuánto está por encima de adivinar.',
          other: 'Toma de la tabla la media con {small} píxeles y resta {chance}.',
        },
      },
      why: ['La última capa ve la media de cada mapa f sobre sus lugares. Del tamaño menor al mayor, son estos:'],
    },
    own: {
      title: 'Tus propias clases',
      text: [
        'En la estación Tus clases puedes grabar o traer imágenes de dos a diez clases y poner una última capa a una red. Tarda segundos.',
        'De cada clase se reserva una de cada cinco imágenes: de ella no se aprende nada, y con ellas se mide la exactitud.',
      ],
      predict: {
        ask: 'Grabas {classes} clases, {pictures} imágenes de cada una. ¿Cuántas imágenes se reservan?',
        replies: {
          right: '{held}: la quinta parte de cada clase.',
          one: 'Esas son las de cada clase. Con {classes} clases son {held}.',
          learned: 'De esas aprende. Las otras, {held}, se reservan.',
          other: 'Una de cada cinco de {pictures} imágenes, y {classes} clases: {held}.',
        },
      },
      reveal: [
        'Los controles resaltados fijan cuántas clases e imágenes hay.',
        'Las imágenes de una misma grabación se parecen. Por eso las reservadas dicen poco de otra habitación, otra luz u otra persona.',
      ],
      task: {
        ask: '¿Cuántos puntos sube la exactitud cuando se acierta una imagen reservada más, con los controles como están ahora?',
        replies: {
          right: '{points} puntos. Con {now} imágenes, una exactitud solo puede dar esos saltos: una diferencia de un salto no dice nada.',
          all: 'La exactitud se cuenta solo con las imágenes reservadas.',
          count: 'Esas son las reservadas. ¿Cuánto vale una de ellas, de 100 puntos?',
          other: 'Divide 100 puntos entre el número de imágenes reservadas.',
        },
      },
      why: ['Con n imágenes reservadas, una de ellas vale'],
    },
  },
};
