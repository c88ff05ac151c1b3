import type { Translated } from '../frame/lesson-type.js';
import type { en } from './en.js';

export const es: Translated<typeof en> = {
  sentence: 'Con una frase tuya: ¿qué mirarías primero en las curvas de un entrenamiento, y qué cambiarías entonces?',
  view: {
    onCifar: '{title}: fotografías de {height}×{width} píxeles con {channels} canales de color.',
    instead:
      'Esta página no tiene CIFAR-10. Aquí todo se hace con {title}: {height}×{width} píxeles, en gris. Con CIFAR-10 todo funciona igual; solo cambian los números.',
    preparing: 'Preguntando al motor por las redes.',
    hidden: 'Oculto hasta que hayas hecho tu predicción.',
    training: 'Las redes se están entrenando, sin que se vean: {share}. Mientras tanto puedes leer y elegir.',
    extent: '{images} imágenes de entrenamiento, {epochs, plural, one {# época} other {# épocas}}, prueba con {tests} imágenes.',
    blocks: 'Bloques',
    layer: 'capa',
    output: 'salida',
    learned: 'números que aprende',
    together: 'en total',
    layersOf: 'Capas de la red de {blocks, plural, one {# bloque} other {# bloques}}',
    shortcut: 'Atajo',
    shortcut_no: 'sin atajo',
    shortcut_yes: 'con atajo',
    graphOf: 'Grafo desde la entrada, cada capa con las que le dan valores: {layers}',
    graphEdge: '{to} recibe de {from}',
    saveGraph: 'SVG',
    curves: 'Las curvas muestran',
    accuracy: 'la exactitud',
    loss: 'la pérdida',
    ends: 'Al final del entrenamiento',
    taken: '{network}: clase que responde (columna), según la de la imagen de prueba (fila): {n} imágenes',
    network: 'red',
    onTrain: 'en entrenamiento',
    onTest: 'en prueba',
    trainLoss: 'pérdida en entrenamiento',
    diverged: 'divergió',
    largest: 'Mayor norma (longitud) de un gradiente antes de recortarlo a {limit}: {norm}',
    sgd: 'SGD',
    momentum: 'SGD, momento',
    rmsprop: 'RMSProp',
    adam: 'Adam',
    plain: 'sin batch norm',
    norm: 'con batch norm',
    free: 'sin recorte',
    clipped: 'con recorte',
    all: 'sin dropout',
    dropout: 'con dropout',
    set_shapes: '{blocks, plural, one {# bloque} other {# bloques}}',
    set_graph: 'atajo: {shortcut}',
    set_race: '{images} imágenes, {epochs, plural, one {# época} other {# épocas}}, semilla {seed}',
  },
  steps: {
    shapes: {
      title: 'Formas y números',
      text: [
        'Una red para imágenes suele ser una pila de bloques: una convolución con núcleos de 3×3 y relleno «same», ReLU y agrupación por máximo de 2×2. Aquí el primer bloque tiene 8 mapas, y cada uno de los siguientes el doble.',
        'Después todos los números se ponen en fila (flatten), y una capa densa saca de ellos un valor por clase.',
      ],
      predict: {
        ask: 'Una imagen de {height}×{width} píxeles pasa por dos bloques, con 8 y con 16 mapas. ¿Cuántos números entrega flatten?',
        replies: {
          right: '{flat}: cada agrupación reduce a la mitad ambos lados, y hay 16 mapas.',
          unpooled: 'La convolución conserva los lados, pero la agrupación de cada bloque los reduce a la mitad: {flat}.',
          once: 'Cada uno de los dos bloques tiene una agrupación: los lados se reducen dos veces. Son {flat}.',
          place: 'Eso es un mapa. Hay 16: {flat}.',
          other: 'Reduce ambos lados a la mitad dos veces y multiplica por 16 mapas: {flat}.',
        },
      },
      reveal: [
        'La tabla tiene lo que entrega y lo que aprende cada capa. El control resaltado fija el número de bloques.',
        'De los {parameters} números de ahora, {dense} están en la capa densa y {conv} en convoluciones.',
      ],
      task: {
        ask: '¿Con cuántos bloques aprende la red menos números? Elige y compruébalo.',
        replies: {
          right:
            '{parameters}. Con un bloque menos, la capa densa recibe cuatro veces más lugares; con uno más, la última convolución cuesta más de lo que se ahorra.',
          less: '{parameters} números, {dense} de ellos en la capa densa. Otra agrupación le dejaría menos entradas.',
          more: '{parameters} números, {conv} de ellos en convoluciones. La última cuesta más de lo que ahorra la capa densa.',
        },
      },
      why: [
        'Una agrupación de 2×2 hace de H×W×C números',
        'Una convolución de C canales a F mapas aprende, aquí en el último bloque,',
        'y la capa densa de N números a M clases',
      ],
    },
    graph: {
      title: 'El grafo',
      text: [
        'Qué capa entrega sus valores a cuál forma un grafo. En una pila sencilla es una cadena. En muchas redes para CIFAR-10 hay atajos: la entrada de unas capas se suma a su salida.',
        'El grafo de aquí se dibuja con lo que el motor va a calcular, no con lo que alguien quiso construir. Así se puede auditar una red.',
      ],
      predict: {
        ask: 'Una red tiene {channels} mapas antes y después de dos convoluciones. Un atajo se salta las dos y suma su entrada a su salida. ¿Cuántos números aprendidos añade el atajo?',
        replies: {
          right: '{extra}: suma número a número, lugar a lugar. Ahí no se aprende nada.',
          one: 'Tantos aprende una convolución. El atajo no aprende nada: suma lo que hay, lugar a lugar. Son {extra} más.',
          two: 'Tantos aprenden las dos convoluciones que se salta. El atajo no aprende nada: son {extra} más.',
          other: 'Suma número a número, lugar a lugar. Ahí no hay nada que aprender: {extra} más.',
        },
      },
      reveal: [
        'El control resaltado quita el atajo y lo vuelve a poner. Los dos extremos deben tener la misma forma, o no se podría sumar.',
        'Hacia atrás, el gradiente recorre las mismas líneas en sentido contrario. Si una línea se salta unas capas, llega sin haberse multiplicado por sus pesos.',
      ],
      task: {
        ask: 'Con el atajo: ¿cuántas capas hay en el camino más corto de {last} hasta {first}? No cuentes estas dos.',
        replies: {
          right: '{short} en vez de {long}.',
          long: 'Tantas hay por el camino que pasa por todas las convoluciones. El atajo es más corto.',
          ends: 'Cuenta solo lo que hay en medio: ni {last} ni {first}.',
          other: 'Sigue la línea desde {last} hacia arriba, toma el atajo y cuenta las capas por las que pasas.',
        },
      },
      why: [
        'Si F son las capas de en medio, el atajo hace la salida y, y el gradiente respecto a x tiene una parte que F no puede hacer pequeña:',
      ],
    },
    optimizers: {
      title: 'Cuatro optimizadores',
      text: [
        'Un optimizador dice cómo un gradiente se convierte en un paso. Cuatro de ellos entrenan la misma red de tres bloques, con el mismo inicio y las mismas imágenes en el mismo orden.',
        'Sus tasas de aprendizaje: SGD {sgd}, SGD con momento {momentum}, RMSProp {rmsprop}, Adam {adam}. Los dos primeros tienen la misma, así que solo se distinguen en el momento. Los otros dividen entre el tamaño del gradiente: su tasa significa otra cosa.',
      ],
      predict: {
        ask: '¿Cuál tiene al final la mayor pérdida en entrenamiento?',
        options: { sgd: 'SGD', momentum: 'SGD con momento', rmsprop: 'RMSProp', adam: 'Adam' },
        replies: {
          right: 'Su pérdida es {slow}. La menor de las cuatro es {quick}.',
          other: 'Ha salido otra cosa: mira las curvas. La mayor pérdida es {slow}; la menor, {quick}.',
        },
      },
      reveal: [
        'Las líneas gruesas son de imágenes de prueba; las finas, de entrenamiento. El control resaltado cambia entre pérdida y exactitud.',
        'De aquí no se lee qué optimizador es el mejor. Habría que probar cada uno con varias tasas y semillas, como en la lección «Una cosa cada vez».',
      ],
      task: {
        ask: 'SGD con momento y sin él tiene la misma tasa. ¿Cuántos puntos de exactitud en la prueba va por delante al final el que tiene momento? Con un decimal; con un menos si va por detrás.',
        replies: {
          right: '{gain} puntos. El momento suma pasos de la misma dirección: con 0,9, hasta diez.',
          sign: 'El número es correcto, el signo no: toma la fila con momento menos la fila sin él.',
          adam: 'Eso separa a Adam de SGD sin momento. Se pregunta por SGD con momento.',
          level: 'Esa es su exactitud. Réstale la de SGD sin momento.',
          other: 'Toma de la tabla las dos exactitudes en la prueba y resta.',
        },
      },
      why: [
        'Con tasa de aprendizaje η y gradiente g, SGD mueve los parámetros θ así:',
        'El momento conserva una parte μ de los últimos pasos',
        'RMSProp divide entre una media móvil del gradiente al cuadrado. Adam hace las dos cosas, con una corrección al principio',
      ],
    },
    norm: {
      title: 'Batch norm',
      text: [
        'Una capa aprende mientras las anteriores cambian lo que le dan. La batch norm (normalización por lotes) resta a cada mapa su media en el lote, las imágenes de un paso, y divide entre su desviación típica. Después escala y desplaza el mapa con dos números que aprende.',
        'Dos redes de tres bloques, una de ellas con batch norm tras cada convolución, se entrenan con SGD y una tasa de aprendizaje de 0,1.',
      ],
      predict: {
        ask: '¿Qué red tiene la menor pérdida en entrenamiento en la última época?',
        options: { plain: 'la que no tiene batch norm', norm: 'la que tiene batch norm' },
        replies: {
          right: 'Sin batch norm es {lossPlain}; con ella, {lossNorm}.',
          other: 'Ha salido otra cosa: sin batch norm es {lossPlain}; con ella, {lossNorm}.',
        },
      },
      reveal: [
        'En la prueba acierta el {testPlain} % sin batch norm y el {testNorm} % con ella. Allí no usa el lote, sino medias móviles de los pasos anteriores. Si los pesos cambian deprisa, van con retraso.',
        'El control resaltado cambia entre pérdida y exactitud.',
      ],
      task: {
        ask: '¿Cuántos números más aprende la red con batch norm? Los mapas son 8, 16 y 32.',
        replies: {
          right: 'Dos por cada uno de los 56 mapas: un factor y un desplazamiento.',
          half: 'Eso es un número por mapa. Aprende dos: un factor y un desplazamiento.',
          running: 'La media y la varianza de cada mapa se guardan, pero no se aprenden. Se aprenden un factor y un desplazamiento.',
          layers: 'Cada mapa tiene sus propios números, no cada capa.',
          other: 'Aprende dos números por mapa: cuenta los mapas de los tres bloques. La tabla también tiene las sumas.',
        },
      },
      why: ['Para cada mapa c, con media μ y varianza σ² en el lote y en todos los lugares, y los γ y β que aprende:'],
    },
    clipping: {
      title: 'Recorte de gradientes',
      text: [
        'Un paso es el gradiente por la tasa de aprendizaje. Si un gradiente es una vez muy largo, el paso lleva muy lejos, y puede que el entrenamiento no vuelva.',
        'Dos redes iguales sin batch norm se entrenan con SGD y una tasa de 0,4, que para ellas es grande. En una de ellas, un gradiente más largo que {limit} se acorta hasta esa longitud.',
      ],
      predict: {
        ask: 'Quien adivina acierta más o menos el {chance} % de las imágenes. ¿Qué red lo supera claramente al final?',
        options: { free: 'solo la que no tiene recorte', clipped: 'solo la que tiene recorte', both: 'las dos', neither: 'ninguna' },
        replies: {
          right: 'Sin recorte acierta el {free} %; con él, el {clipped} %.',
          other: 'Ha salido otra cosa: sin recorte acierta el {free} %; con él, el {clipped} %.',
        },
      },
      reveal: [
        'Acortado, el gradiente conserva su dirección: todos sus números llevan el mismo factor. Una tasa menor también ayudaría, pero en todos los pasos.',
        'Bajo la tabla está el gradiente más largo que hubo. El control resaltado cambia entre pérdida y exactitud.',
      ],
      task: {
        ask: '¿Cuántas veces más largo que el límite fue el gradiente más largo? Con un decimal.',
        replies: {
          right: 'Se dividió entre {factor}.',
          norm: 'Esa es su longitud. Divídela entre el límite.',
          inverse: 'Ese es el factor por el que se multiplicó. Se pregunta al revés.',
          difference: 'No se pregunta cuánto más largo es, sino cuántas veces.',
          other: 'Divide la longitud que hay bajo la tabla entre el límite, {limit}.',
        },
      },
      why: ['Con el límite c, un gradiente g con su norma se convierte en', 'El más largo se multiplicó por'],
    },
    dropout: {
      title: 'Sobreajuste y dropout',
      text: [
        'Con pocas imágenes, una red lo bastante grande se las aprende de memoria. Se ve en las curvas: en entrenamiento sigue mejorando; en prueba, no.',
        'Dos redes con una capa densa oculta tienen solo 300 imágenes de entrenamiento. En una de ellas, el dropout pone a cero la mitad de los valores de esa capa en cada paso del entrenamiento, cada vez otros.',
      ],
      predict: {
        ask: '¿Qué hace la pérdida en la prueba de la red sin dropout, después de su menor valor?',
        options: {
          falls: 'No llega a eso: su menor valor está al final.',
          stays: 'Se queda cerca de su menor valor.',
          rises: 'Sube claramente.',
        },
        replies: {
          right: 'Su menor valor es {lowest}, tras la época {at}; al final es {end}.',
          other: 'Ha salido otra cosa: su menor valor es {lowest}, tras la época {at}; al final es {end}.',
        },
      },
      reveal: [
        'La brecha entre la exactitud en entrenamiento y en prueba es de {gap} puntos sin dropout y de {gapDropout} con él. La pérdida en la prueba es al final {end} sin dropout y {endDropout} con él.',
        'La exactitud en entrenamiento se cuenta mientras se anulan valores, así que es menor que la que la red alcanzaría. Remedios: menos épocas, aumento de datos, dropout, una red menor, más imágenes.',
      ],
      task: {
        ask: 'La parada temprana se queda con la red de la época con la menor pérdida en la prueba. ¿Qué época es esa para la red sin dropout? «Ver como tabla» muestra los números.',
        replies: {
          right:
            'Tras la época {at} su pérdida en la prueba es la menor. Las épocas siguientes cuestan tiempo y hacen que la red esté demasiado segura cuando se equivoca.',
          last: 'Esa es la última época. Mira dónde está más baja la línea gruesa.',
          dropout: 'Esa es la mejor época de la red con dropout.',
          near: 'Cerca. La tabla tiene los números: busca el menor.',
          other: 'Muestra la pérdida, como tabla, y busca el menor número de la red sin dropout.',
        },
      },
      why: [
        'Al entrenar, cada valor h se conserva con probabilidad 1 − p y entonces se agranda, para que su media no cambie. En las pruebas se conservan todos:',
      ],
    },
  },
};
