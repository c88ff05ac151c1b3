import type { Translated } from '../frame/lesson-type.js';
import type { en } from './en.js';

export const es: Translated<typeof en> = {
  sentence: 'Con una frase tuya: ¿qué se puede decir de los tres tamaños de núcleo tras esta comparación, y qué no?',
  view: {
    kernel: 'Capas de la red con núcleos de',
    layer: 'capa',
    hidden: 'Oculto hasta que hayas hecho tu predicción.',
    training: 'Las redes se están entrenando, sin que se vean: {share}. Mientras tanto puedes leer y elegir.',
    extent: '{images} imágenes de ropa para entrenar, {epochs, plural, one {# época} other {# épocas}}, prueba con {tests} imágenes.',
    curves: 'Las curvas muestran',
    accuracy: 'la exactitud',
    loss: 'la pérdida',
    shown: 'Semillas que cuentan',
    seed: 'semilla {n}',
    mean: 'media',
    deviation: 'desviación típica',
    bySeed: 'Exactitud en la prueba, por semilla',
    settings: '{images} imágenes, {epochs, plural, one {# época} other {# épocas}}, semilla {first}',
    settingsTo: '{images} imágenes, {epochs, plural, one {# época} other {# épocas}}, semillas de {first} a {last}',
  },
  steps: {
    networks: {
      title: 'Cambia una cosa, y lo que se sigue de ella',
      text: [
        '¿Qué tamaño de núcleo es mejor? Para averiguarlo se construyen tres redes que solo se distinguen en eso: núcleos de 3×3, 5×5 o 7×7. Las capas, las imágenes, su orden, la tasa de aprendizaje y el número de pasos son los mismos.',
        'Un núcleo mayor mira más píxeles a la vez. También tiene más que aprender.',
      ],
      predict: {
        ask: 'La primera capa tiene 16 filtros sobre un canal. Con núcleos de 3×3 aprende 16·(9 + 1) = 160 números. ¿Cuántos con núcleos de 5×5?',
        replies: {
          right: '16 filtros con 25 pesos y un sesgo cada uno: 16·(25 + 1) = 416.',
          nobias: '16·25 = 400 son los pesos. Cada filtro tiene además un sesgo: 416.',
          side: 'El lado crece en 5/3, pero un núcleo tiene filas y columnas: 25 pesos en vez de 9. Con los sesgos, 16·(25 + 1) = 416.',
          scaled: 'Los pesos crecen en 25/9; los sesgos, no: 16·25 + 16 = 416.',
          other: 'Cada uno de los 16 filtros tiene 5·5 = 25 pesos y un sesgo: 16·26 = 416.',
        },
      },
      reveal: [
        'La tabla tiene los números que aprende cada red y sus multiplicaciones y sumas. Elige un tamaño de núcleo para ver sus capas.',
        'Así que se cambió una cosa y de ella se siguieron dos: el tamaño y el trabajo. Lo que salga puede deberse a cualquiera de ellas. Conviene decirlo en el informe.',
      ],
      task: {
        ask: '¿Cuántas veces más multiplicaciones y sumas que con núcleos de 3×3 cuesta una imagen con núcleos de 7×7? Basta un decimal.',
        replies: {
          right: '{ratio} veces: casi 49/9, porque casi todo el trabajo está en las convoluciones.',
          side: 'Eso es 7/3. Un núcleo tiene filas y columnas, así que su trabajo crece con el cuadrado. Los números están en la tabla.',
          parameters: 'Esa es la razón entre los números que aprenden. Las multiplicaciones y sumas están en la columna siguiente.',
          inverse: 'Eso es al revés: divide el número mayor entre el menor.',
          other: 'Divide las multiplicaciones y sumas de la red de 7×7 entre las de la de 3×3.',
        },
      },
      why: ['Una convolución con núcleos de K×K, de C canales a F mapas, aprende', 'y en cada uno de sus H·W lugares multiplica y suma'],
    },
    race: {
      title: 'Un entrenamiento de cada una',
      text: [
        'Cada una de las tres se entrena una vez, con la misma semilla. La semilla es un número del que salen todos los números al azar, así que el orden de las imágenes es el mismo para todas.',
        'El entrenamiento es corto a propósito, para que no tengas que esperar. Las imágenes de prueba son otras, con las que no ha entrenado ninguna.',
      ],
      predict: {
        ask: '¿Cuál va por delante con las imágenes de prueba?',
        options: { '3': 'núcleos de 3×3', '5': 'núcleos de 5×5', '7': 'núcleos de 7×7' },
        replies: {
          right: 'Esta vez ha salido así: va por delante {best}, con una exactitud del {accuracy} %.',
          other: 'Esta vez ha salido otra cosa: va por delante {best}, con una exactitud del {accuracy} %.',
        },
      },
      reveal: ['Las líneas gruesas son de imágenes de prueba; las finas, de entrenamiento. De la primera a la última hay {gap} puntos.'],
      task: {
        ask: '¿Qué muestra esta única carrera?',
        options: {
          winner: 'Los núcleos del tamaño que fue por delante son los mejores para imágenes así.',
          nothing: 'Uno de ellos fue por delante en este entrenamiento. Si volvería a ir, no se sabe.',
          always: 'El tamaño del núcleo no importa.',
        },
        replies: {
          right:
            'Con un entrenamiento de cada una nadie sabe cuánto de la diferencia es azar. El inicio es aleatorio, y el orden de las imágenes también.',
          winner: 'Puede ser, pero esta carrera no lo muestra: con otro inicio al azar puede ir otra por delante.',
          always: 'Eso tampoco se ha mostrado. Decir que no hay diferencia también es afirmar algo, y un solo entrenamiento no basta.',
          shy: 'El motor da por clara una diferencia de esta carrera. Entonces se puede decir.',
        },
      },
      why: ['La exactitud de la red v con la semilla s es su media verdadera y, encima, el azar:'],
    },
    seeds: {
      title: 'Tres semillas',
      text: [
        'La misma carrera se ha corrido dos veces más, con otras semillas: otro inicio al azar y otro orden de las imágenes, en cada carrera el mismo para las tres redes.',
      ],
      predict: {
        ask: '¿Va el mismo tamaño de núcleo por delante en las tres carreras?',
        options: { yes: 'sí, en las tres', no: 'no, no en todas' },
        replies: {
          right: 'Por delante iban, semilla por semilla: {winners}.',
          other: 'Ha salido otra cosa. Por delante iban, semilla por semilla: {winners}.',
        },
      },
      reveal: [
        'Mira a lo largo de una fila: la misma red llega a otras exactitudes con otras semillas. Esa dispersión es la medida de toda diferencia entre filas.',
        'El control resaltado dice cuántas semillas cuentan. La media y la desviación típica lo siguen.',
      ],
      task: {
        ask: '¿En cuántos puntos (tanto por ciento) difieren las tres carreras de la red de 3×3, de la peor a la mejor? Un decimal.',
        replies: {
          right: '{spread} puntos, por puro azar. Una diferencia entre dos redes que no sea claramente mayor dice poco.',
          deviation: 'Esa es la desviación típica. Se pide la distancia de la menor a la mayor de sus tres exactitudes.',
          between: 'Esa es la distancia entre las tres redes. Se pide la fila de la red de 3×3: su peor y su mejor semilla.',
          other: 'Toma la fila de la red de 3×3 y resta su menor exactitud de la mayor.',
        },
      },
      why: ['Con las exactitudes a de n semillas, la media y la desviación típica son'],
    },
    verdict: {
      title: 'Lo que se puede decir',
      text: [
        'Las redes con la misma semilla vieron las mismas imágenes en el mismo orden. Por eso se comparan semilla por semilla: tres diferencias con la red de 3×3 para cada una de las otras.',
        'De ellas sale un intervalo que contiene la verdadera diferencia media en 95 de cada 100 estudios así. Si contiene el 0, la diferencia puede ser azar.',
      ],
      predict: {
        ask: '¿Es clara la diferencia entre 7×7 y 3×3 tras estas tres semillas, en un sentido o en otro?',
        options: { clear: 'clara', unclear: 'no es clara' },
        replies: {
          right: 'El intervalo va de {low} a {high} puntos.',
          bold: 'El intervalo va de {low} a {high} puntos y contiene el 0: tres semillas son pocas para esta diferencia.',
          shy: 'El intervalo va de {low} a {high} puntos, todo a un lado del 0: aquí es clara.',
        },
      },
      reveal: [
        'Los puntos son las semillas; la línea, su media. Debajo está lo que los números permiten decir. El control resaltado dice cuántas semillas cuentan: mira qué pasa con el intervalo.',
        'Más semillas estrechan el intervalo, como uno partido por la raíz de su número. En la estación Comparar puedes correr más, más tiempo y con más imágenes.',
      ],
      task: {
        ask: '¿Qué frase sobre 7×7 frente a 3×3 puede estar en un informe de este estudio?',
        options: {
          better: '7×7 fue mejor que 3×3.',
          worse: '7×7 fue peor que 3×3.',
          open: 'No se mostró ninguna diferencia entre 7×7 y 3×3.',
          same: '7×7 y 3×3 son igual de buenos.',
        },
        replies: {
          right:
            'Junto con las imágenes, las épocas y el número de semillas: sin eso nadie puede juzgarla. De otros datos y entrenamientos más largos no dice nada.',
          same: 'No mostrar nada no es mostrar que no hay nada. El intervalo permite diferencias de {low} a {high} puntos.',
          bold: 'El intervalo contiene el 0, así que este sentido puede ser azar.',
          direction: 'Mira el signo: la diferencia es la de 7×7 menos 3×3.',
          shy: 'El intervalo deja fuera el 0: aquí se mostró una diferencia, y se puede decir.',
        },
      },
      why: ['Con las diferencias d de n semillas, su media y desviación típica, y t de la distribución de Student:', 'Aquí, en puntos:'],
    },
  },
};
