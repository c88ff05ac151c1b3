import type { Translated } from '../frame/lesson-type.js';
import type { en } from './en.js';

export const es: Translated<typeof en> = {
  sentence: 'Con una frase tuya: ¿qué miras ahora antes de entrenar una red con imágenes nuevas?',
  view: {
    counts: 'Imágenes por clase',
    all: 'en total',
    imbalance: 'Imágenes de entrenamiento que conserva la última clase',
    kind: 'Compara la imagen media de',
    meansNote: 'La imagen media de cada clase: cada píxel es la media de ese píxel en todas sus imágenes de entrenamiento.',
    chosenMean: 'La clase elegida',
    others: 'Imágenes medias de las otras clases, según su distancia a la de {name}:',
    offered: 'Imágenes de prueba para elegir',
    hidden: 'Oculto hasta que hayas hecho tu predicción.',
    votes: 'Aciertos en {n} imágenes de prueba',
    confusion: 'Clase de la imagen de entrenamiento más cercana (columna), según la de la imagen de prueba (fila): {n} imágenes',
    voters: 'imágenes próximas que votan',
    right: 'aciertos',
    noise: 'Imágenes de prueba con etiqueta errónea',
    measured: 'Exactitud en {n} imágenes de prueba',
    answers: 'quién responde',
    perfect: 'una red que siempre acierta',
    nearest: 'la imagen de entrenamiento más próxima',
    trueLabels: 'con las etiquetas verdaderas',
    givenLabels: 'con {p} de etiquetas erróneas',
    average: 'en promedio',
    limit: 'Distancia, como mucho',
    copies: 'La imagen de entrenamiento más próxima como respuesta',
    copiesHead: 'imágenes de prueba',
    howMany: 'cuántas',
    rightAnswers: 'aciertos',
    accuracy: 'exactitud',
    allTests: 'todas',
    nearTests: 'a {limit} como mucho de una de entrenamiento',
    nearestPairs: 'Las {n} parejas más próximas, cada una con su distancia:',
    noPairs: 'Ninguna imagen de prueba está tan cerca de una de entrenamiento.',
    comparing: 'Comparando cada imagen de prueba con cada una de entrenamiento.',
    reading: 'Leyendo las primeras {train} imágenes de entrenamiento y algunas de prueba.',
    voting: 'Buscando las imágenes más próximas: {done} de {all}.',
    set_counts: 'la última clase conserva el {imbalance} %',
    set_means: 'comparación con la imagen media de {name}',
    set_kind: 'la clase número {kind}',
    set_copies: 'parejas a {limit} como mucho',
    set_train: 'imagen de entrenamiento {at}',
    set_test: 'imagen de prueba {at}',
    set_noise: '{noise} % de etiquetas erróneas',
  },
  steps: {
    counts: {
      title: '¿Cuántas de cada una?',
      text: [
        'Aquí están las primeras 2000 imágenes de entrenamiento de prendas de diez clases, y 1000 de prueba. En el conjunto completo todas las clases tienen el mismo número de imágenes.',
        'Antes de entrenar nada, se cuenta. Los números aún están tapados.',
      ],
      predict: {
        ask: '¿Con qué frecuencia aparecen las diez clases en estas 2000 imágenes de entrenamiento?',
        options: {
          exact: 'todas exactamente igual',
          nearly: 'casi igual',
          far: 'algunas al menos el doble que otras',
        },
        replies: {
          right: 'La clase más rara tiene {least} imágenes; la más frecuente, {most}.',
          other: 'Ha salido otra cosa: la clase más rara tiene {least} imágenes; la más frecuente, {most}.',
        },
      },
      reveal: [
        'Qué imágenes caen en una parte de un conjunto de datos es azar: sus clases son casi tan frecuentes como en el conjunto entero, no exactamente igual.',
        'En otros datos hay clases raras: enfermedades, averías, animales poco vistos. El control resaltado vuelve rara la última clase en el entrenamiento, y las anteriores cada vez menos.',
      ],
      task: {
        ask: 'Una «red» no aprende nada y responde siempre con la clase más frecuente. ¿Qué tanto por ciento de las imágenes de entrenamiento que quedan acierta, tal como está ahora el control?',
        replies: {
          right: 'El {share} %, sin mirar una sola imagen. Toda exactitud se compara con eso, no con 0.',
          even: '100 % entre diez clases vale cuando todas son igual de frecuentes. Toma los números como están ahora.',
          before: 'Es la parte antes de quitar imágenes. Las imágenes de entrenamiento que quedan son menos.',
          test: 'Es su parte de las imágenes de prueba. Se pregunta por las de entrenamiento que quedan.',
          count: 'Es un número de imágenes. Divídelo entre todas las que quedan y multiplica por 100.',
          other: 'Divide el mayor número de la columna de entrenamiento entre la suma de abajo y multiplica por 100.',
        },
      },
      why: ['Con n imágenes de la clase c, la respuesta constante acierta', 'Aquí:'],
    },
    means: {
      title: 'Imágenes medias',
      text: [
        'La media de todas las imágenes de entrenamiento de una clase también es una imagen. Muestra lo que comparten y difumina lo que varía.',
        'La distancia entre dos imágenes es la raíz de la media de los cuadrados de las diferencias de sus píxeles: 0 si son iguales, 1 entre negro y blanco.',
      ],
      predict: {
        ask: '¿Cuál de estas parejas de clases tiene las imágenes medias más próximas?',
        options: {
          '2-6': 'jersey y camisa',
          '2-4': 'jersey y abrigo',
          '7-9': 'zapatilla y botín',
          '1-3': 'pantalón y vestido',
        },
        replies: {
          right: 'De todas las parejas, las más próximas son {first} y {second}: {distance}. La siguiente pareja está a {next}.',
          other: 'De todas las parejas, las más próximas son {first} y {second}: {distance}. La siguiente pareja está a {next}.',
        },
      },
      reveal: [
        'Elige una clase para ver las otras según su distancia a ella.',
        'Donde dos medias están próximas, las imágenes de ambas apenas se distinguen solo por su brillo. De esas clases cabe esperar problemas.',
      ],
      task: {
        ask: 'Cada clase tiene otra que es la más próxima a ella. Para una clase, incluso esa está más lejos que para cualquier otra. Elígela y comprueba.',
        replies: {
          right: 'La más próxima a {name} está a {apart}. Por su media, ninguna otra clase está tan sola.',
          pair: 'Esta clase es de la pareja más próxima de todas. Busca una cuya lista empiece con un número grande.',
          other: 'La lista de {name} empieza con {apart}. Otra clase tiene un primer número mayor.',
        },
      },
      why: ['La imagen media de la clase c, píxel a píxel, y la distancia entre dos imágenes de n píxeles:', 'La pareja más próxima:'],
    },
    neighbours: {
      title: 'Vecinos más próximos',
      text: [
        'Un programa puede responder sin entrenar: busca la imagen de entrenamiento más próxima por sus píxeles y dice su clase.',
        'Se ha probado con las primeras 300 imágenes de prueba, cada una frente a las 2000 de entrenamiento.',
      ],
      predict: {
        ask: '¿En qué parte de estas imágenes de prueba la imagen de entrenamiento más próxima es de la misma clase?',
        options: {
          tenth: 'más o menos una de cada diez',
          half: 'más o menos la mitad',
          most: 'más o menos cuatro de cada cinco',
          nearly: 'casi todas',
        },
        replies: {
          right: 'El {share} %.',
          low: 'Más: el {share} %. Las prendas de una clase se parecen incluso píxel a píxel.',
          high: 'Menos: el {share} %. Algunas clases se parecen demasiado.',
        },
      },
      reveal: [
        'La tabla deja votar también a las 3, 5 o 7 imágenes más próximas. Una red tiene que superar eso para que valga la pena entrenarla.',
        'Elige una imagen de prueba para ver las de entrenamiento más próximas. Las de otra clase van subrayadas.',
      ],
      task: {
        ask: 'Elige una imagen de prueba cuya imagen de entrenamiento más próxima, la primera, sea de otra clase. Luego comprueba.',
        replies: {
          right:
            'La imagen lleva la etiqueta «{name}»; la más próxima, «{taken}». ¿Lo habrías sabido? Una red no ve más que estos píxeles.',
          same: 'Aquí la más próxima es de la misma clase, {name}. Busca una imagen cuyo primer vecino esté subrayado.',
          majority: 'Aquí la más próxima acierta; fallan la mayoría de las siete. Se pregunta solo por la primera.',
          training: 'Esta es una imagen de entrenamiento. Elige una de la fila de imágenes de prueba.',
        },
      },
      why: ['La respuesta para una imagen x es la clase y de la imagen de entrenamiento con la menor distancia:'],
    },
    copies: {
      title: 'Ya vistas',
      text: [
        'Una prueba tiene que preguntar por imágenes que el entrenamiento no ha visto. Una red puede aprender una imagen de memoria. Entonces acierta con todas sus copias.',
        'El laboratorio compara cada una de las {tests} imágenes de prueba con cada una de las {train} de entrenamiento. A una distancia de {limit} o menos, las dos cuentan como casi iguales.',
      ],
      predict: {
        ask: '¿Cuántas imágenes de prueba tienen una casi igual entre las de entrenamiento?',
        options: {
          none: 'ninguna',
          few: 'más o menos 1 de cada 100',
          some: 'más o menos de 5 a 10 de cada 100',
          many: 'más de 15 de cada 100',
        },
        replies: {
          right: '{found} de {tests}, es decir, el {share} %. La pareja más próxima está a {nearest}.',
          low: 'Más: {found} de {tests}, es decir, el {share} %. La pareja más próxima está a {nearest}.',
          high: 'Menos: {found} de {tests}, es decir, el {share} %. La pareja más próxima está a {nearest}.',
        },
      },
      reveal: [
        'Mira las parejas. Ninguna distancia es 0, así que ninguna es una copia exacta. Algunas quizá muestran la misma prenda; otras son solo formas sencillas: muchos pantalones se parecen.',
        'El control resaltado fija la distancia que cuenta. La tabla dice cuántas veces acierta con estas imágenes de prueba la de entrenamiento más próxima.',
      ],
      task: {
        ask: 'Quita de la prueba las imágenes de la fila inferior de la tabla. ¿Qué tanto por ciento de las demás acierta la imagen de entrenamiento más próxima?',
        replies: {
          right:
            'El {answer} %, y con ellas el {all} %. Las imágenes próximas a una de entrenamiento hacen la prueba más fácil que las imágenes nuevas.',
          all: 'Es la parte de todas las imágenes de prueba. Quita antes la fila inferior, de los dos números.',
          near: 'Es la parte de las que se quitan. Se pregunta por las demás.',
          whole: 'Has dividido entre todas las imágenes de prueba. Las de la fila inferior ya no están en la prueba.',
          count: 'Es un número de imágenes. Divide los aciertos que quedan entre las imágenes que quedan y multiplica por 100.',
          other: 'Resta la fila inferior de la superior, imágenes y aciertos. Divide los aciertos por las imágenes y multiplica por 100.',
        },
      },
      why: ['Con n imágenes de prueba y r aciertos, de los que n′ y r′ son de imágenes casi iguales, las demás dan', 'Aquí:'],
    },
    noise: {
      title: 'Lo que vale una prueba',
      text: [
        'Las imágenes las han etiquetado personas, y las personas se equivocan. En conjuntos de datos conocidos son erróneas unas pocas etiquetas de prueba de cada cien.',
        'Aquí se pueden poner etiquetas erróneas a propósito: una parte p de las imágenes de prueba recibe la etiqueta de otra clase.',
      ],
      predict: {
        ask: 'En 20 de cada 100 imágenes de prueba la etiqueta es errónea. ¿Qué exactitud, en tanto por ciento, se mide a una red que ve la clase verdadera de cada imagen?',
        replies: {
          right: 'Acierta siempre, y cuenta como fallo donde la etiqueta es errónea: {best} % es lo más que se puede medir.',
          hundred: 'Acierta siempre, pero se compara con las etiquetas. Donde estas son erróneas, cuenta como fallo: {best} %.',
          noise: 'Es la parte en que red y etiqueta difieren. En las demás coinciden: {best} %.',
          other: 'Red y etiqueta coinciden donde la etiqueta es correcta: en el {best} %.',
        },
      },
      reveal: [
        'El control resaltado fija la parte. La exactitud medida la sigue: la de la red perfecta es 1 − p.',
        'La otra fila responde con la imagen de entrenamiento más próxima. Con etiquetas erróneas, respuestas buenas y malas se parecen más.',
      ],
      task: {
        ask: 'La imagen de entrenamiento más próxima acierta el {share} % con las etiquetas verdaderas. ¿Qué tanto por ciento se mediría en promedio si el 30 % de las etiquetas de prueba fuera erróneo?',
        replies: {
          right: '{answer} %. Es sobre todo el 70 % del {share} %; unos pocos fallos coinciden por azar con una etiqueta errónea.',
          difference:
            'Has restado 30. Pero de las imágenes con etiqueta errónea solo acertaba antes el {share} %: pierde el 30 % de esos aciertos.',
          clean: 'Es su parte con las etiquetas verdaderas. Donde la etiqueta es errónea, un acierto cuenta ahora como fallo.',
          best: 'Eso obtiene una red que siempre acierta. La imagen más próxima solo acierta el {share} %.',
          other: 'Un acierto sigue contando donde la etiqueta es correcta: el 70 % del {share} %. Mira el 20 % y el 40 % en la tabla.',
        },
      },
      why: ['Con exactitud a, C clases y una parte p de etiquetas erróneas, en promedio se mide', 'Para a = 1:', 'Con p = 0,3 aquí:'],
    },
  },
};
