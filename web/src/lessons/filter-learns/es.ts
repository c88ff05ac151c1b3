import type { Translated } from '../frame/lesson-type.js';
import type { en } from './en.js';

export const es: Translated<typeof en> = {
  sentence: 'Con una frase tuya: ¿qué ha aprendido el filtro, y qué los cuatro pesos de la capa densa?',
  view: {
    images: 'Imagen',
    training: 'Una imagen de entrenamiento',
    steps: 'Pasos de entrenamiento',
    weights: 'Pesos de la capa densa',
    weightsNote: 'sesgo {bias}',
    pooled: 'Tras la agrupación por máximo de 2×2',
    back: 'Hacia atrás: cómo cambia la pérdida de esta imagen con cada número',
    backMap: 'Gradiente en el mapa',
    backPooled: 'Gradiente tras la agrupación',
    backWeights: 'Gradiente de los pesos de la capa densa',
    backKernel: 'Gradiente del núcleo',
    result: 'z = {z}, p = {p}',
    hiddenResult: 'z = ?, p = ?',
    target: 'objetivo {y}',
    busy: 'Entrenando: {done} de {all}',
    startsNote: 'Elige una para ver qué hace con las dos líneas.',
    start: 'Inicio {seed}',
    startPs: 'vertical: {v}; horizontal: {h}',
    hidden: 'Las redes ya están entrenadas. Quedan ocultas hasta que hayas hecho tu predicción.',
    lossOf: 'Pérdida, inicio {seed}',
    settings: 'inicio {seed}, {steps, plural, one {# paso} other {# pasos}}',
    settingsStarts: 'elegido: inicio {seed}',
    learned_vertical:
      'Este filtro responde solo a la línea vertical: una columna clara con otras más oscuras al lado. Los pesos de la capa densa solo tienen que sumar sus respuestas.',
    learned_horizontal:
      'Este filtro responde solo a la línea horizontal: una fila clara con otras más oscuras arriba y abajo. Los pesos de la capa densa son negativos: donde responde, la línea no es vertical.',
    learned_both:
      'Este filtro no es una simple columna. Tiene un lado claro y un borde claro, y responde a las dos líneas, a cada una en su lugar.',
    learned_dead: 'Este filtro no responde a ninguna línea: ReLU corta todo lo que da.',
    kind_vertical: 'responde a la vertical',
    kind_horizontal: 'responde a la horizontal',
    kind_both: 'responde a las dos',
    kind_dead: 'no responde a ninguna',
  },
  steps: {
    chain: {
      title: 'De una imagen a una probabilidad',
      text: [
        'Una imagen pequeña pasa por un filtro de 3×3, ReLU y agrupación por máximo con ventanas de 2×2 y zancada 1, de las que un mapa de 3×3 tiene cuatro. Así quedan cuatro números. Una capa densa los pesa y los suma en z, y la sigmoide convierte z en una probabilidad p de que la línea sea vertical.',
        'El núcleo y los pesos de la capa densa aún son números al azar: nada está entrenado.',
      ],
      predict: {
        ask: '¿Qué probabilidad de «vertical» da esta red sin entrenar a una línea vertical limpia?',
        options: { low: 'cerca de 0', half: 'cerca de 0,5', high: 'cerca de 1' },
        replies: {
          right: 'Todos sus números son pequeños, así que z está cerca de 0, y la sigmoide de 0 es un medio: no lo sabe.',
          sure: 'Para estar segura, z tendría que ser grande. Pero todos los números son pequeños y al azar: z es {z}, y su sigmoide, {p}.',
        },
      },
      reveal: [
        'p = {p}. Para la línea horizontal es casi lo mismo: cambia la imagen y míralo.',
        'La sigmoide lleva z = 0 a un medio, un z grande a casi 1 y uno muy negativo a casi 0.',
      ],
      task: {
        ask: '¿Cuántos números aprende esta red en total?',
        replies: {
          right: '9 pesos del núcleo, 4 pesos de la capa densa y 1 sesgo: 14.',
          kernel: 'Esos son los pesos del núcleo. La capa densa también aprende: un peso por cada número agrupado, y un sesgo.',
          bias: 'Casi: 9 + 4 = 13 son los pesos. La capa densa suma además un número propio, su sesgo.',
          maps: 'El mapa y los números agrupados se calculan de nuevo con cada imagen; no se aprenden. Cuenta el núcleo, los pesos de la capa densa y el sesgo.',
          other: 'Cuenta los pesos del núcleo (3×3), uno de la capa densa por cada número agrupado, y el sesgo.',
        },
      },
      why: ['Los cuatro números agrupados a, sus pesos w y el sesgo b dan', 'y la probabilidad es', 'Aquí:'],
    },
    step: {
      title: 'Una imagen, un paso pequeño',
      text: [
        'El entrenamiento enseña una imagen cada vez. Esta tiene una línea vertical y algo de ruido, y su objetivo es y = 1.',
        'La pérdida dice lo lejos que está la respuesta del objetivo. Un paso de entrenamiento averigua, para cada uno de los 14 números, cómo cambia con él la pérdida, y lo mueve un poco en sentido contrario. Lo poco que lo mueve es la tasa de aprendizaje.',
      ],
      predict: {
        ask: 'Tras un paso con esta imagen, ¿qué dice la red de la misma imagen?',
        options: { jump: 'p está cerca de 1', up: 'p es un poco mayor', same: 'p es igual', down: 'p es un poco menor' },
        replies: {
          right: 'Un paso pequeño en el buen sentido: de {before} a {after}.',
          jump: 'El sentido es bueno. Pero la tasa de aprendizaje es 0,01, y cada número se mueve solo una centésima de su gradiente: p pasa de {before} a {after}.',
          still: 'Se ha movido, aunque poco: de {before} a {after}. Cada paso baja la pérdida de su imagen, y aquí el objetivo es 1.',
          wrong: 'El paso baja la pérdida, y con objetivo 1 la pérdida es menor donde p es mayor: p pasa de {before} a {after}.',
        },
      },
      reveal: [
        'La fila inferior del dibujo tiene los gradientes, que se leen de derecha a izquierda: de p a los pesos de la capa densa, por la agrupación y ReLU al mapa, y al núcleo.',
        'Naranja: la pérdida crecería con este número, así que el paso lo hace menor. Azul: el paso lo hace mayor.',
      ],
      task: {
        ask: 'Con la entropía cruzada, el gradiente en z es p − y. ¿Cuánto valía con esta imagen antes del paso (pon los pasos a 0)? Basta un decimal.',
        replies: {
          right:
            'p − y = {before} − 1. Es negativo: z tiene que crecer. Todos los demás gradientes son este número por lo que hay en medio.',
          sign: 'El tamaño es correcto, el signo no: p − y = {before} − 1 es negativo. La pérdida baja cuando z crece.',
          loss: 'Esa es la propia pérdida, −log p. Su gradiente en z es más sencillo: p − y, con y = 1.',
          other: 'Lee p con 0 pasos, cerca de un medio, y réstale y = 1.',
        },
      },
      why: [
        'La pérdida es',
        'A través de la sigmoide, su gradiente queda en',
        'y cada peso w se mueve en contra del suyo, con tasa de aprendizaje η = 0,01:',
      ],
    },
    training: {
      title: 'Cinco mil pasos',
      text: [
        'Hay 100 imágenes, la mitad con una línea vertical en la columna del medio y la mitad con una horizontal en la fila del medio. Una vuelta a todas es una época. Cincuenta épocas son 5000 pasos.',
        'Empieza con el núcleo al azar que ves.',
      ],
      predict: {
        ask: '¿En qué se convertirá el núcleo?',
        options: {
          vertical: 'En una columna clara, que responde solo a la línea vertical',
          horizontal: 'En una fila clara, que responde solo a la línea horizontal',
          both: 'En algo que responde a las dos líneas',
        },
        replies: {
          right: 'Así ha salido. {learned}',
          other: 'Eso también valdría, y otros inicios acaban ahí. Desde este inicio ha salido otra cosa. {learned}',
        },
      },
      reveal: [
        'Recorre el entrenamiento con el control resaltado: 0, 1, 10, 100… pasos. La curva tiene la pérdida media de cada época.',
        'Nadie le ha dicho a la red qué buscar. El descenso de gradiente toma el primer camino hacia abajo que encuentra desde donde empieza.',
      ],
      task: {
        ask: 'Pon el control en el primero de sus números con el que la red está segura de las dos líneas: p por encima de 0,9 para la vertical y por debajo de 0,1 para la horizontal.',
        replies: {
          right: 'Tras {steps} pasos. A partir de ahí solo está cada vez más segura.',
          early: 'Tras {steps} pasos dice {v} para la línea vertical y {h} para la horizontal: aún no está segura de las dos.',
          late: 'Tras {steps} pasos está segura, pero ya lo estaba antes. Retrocede hasta que deje de estarlo.',
        },
      },
      why: ['La curva muestra la media, sobre las N = 100 imágenes de una época, de', 'El último valor aquí:'],
    },
    apart: {
      title: '¿Quién las distingue?',
      text: [
        'La red entrenada está segura de las dos líneas. Aquí están ambas en su camino por ella.',
        'El filtro es el mismo para las dos: recorre la imagen y responde donde encuentra lo que busca.',
      ],
      predict: {
        ask: '¿Cómo es la respuesta más fuerte del filtro a la línea horizontal, comparada con la de la vertical?',
        options: { less: 'mucho más débil, o 0', same: 'más o menos igual', more: 'mucho más fuerte' },
        replies: {
          right: 'Vertical {v}, horizontal {h}. El filtro responde a las dos; no es él quien las distingue.',
          differs:
            'Sería de esperar, porque la red las distingue. Pero es {v} para la vertical y {h} para la horizontal: el filtro responde a las dos.',
        },
      },
      reveal: [
        'Compara los lugares. Las dos líneas encienden celdas distintas del mapa y, tras la agrupación, números distintos de los cuatro.',
        'Los pesos de la capa densa distinguen esos lugares: uno es positivo y cuenta a favor de «vertical», otro es negativo y cuenta en contra. El control resaltado muestra cómo se llegó a eso.',
      ],
      task: {
        ask: 'Calcula z para la línea horizontal: cada uno de sus cuatro números agrupados por el peso del mismo lugar, todo sumado, y el sesgo. Basta un decimal.',
        replies: {
          right: 'z = {z}, y su sigmoide es {p}: vertical no es, con seguridad.',
          sign: 'Ese es más bien el z de la línea vertical, o se ha perdido un signo: con la horizontal, el peso del lugar que se enciende es negativo.',
          unweighted: 'Esa es la suma de los números agrupados solos. Hay que multiplicar cada uno por su peso.',
          other:
            'Multiplica número por número: arriba a la izquierda con arriba a la izquierda, etc. Tres de los cuatro productos están cerca de 0.',
        },
      },
      why: ['Con los números agrupados a y los pesos w, fila por fila:', 'Para la línea horizontal:'],
    },
    starts: {
      title: 'Otros inicios al azar',
      text: [
        '¿Salió este filtro por casualidad? Aquí hay diez redes: las mismas capas, las mismas imágenes en el mismo orden, la misma tasa de aprendizaje. Solo cambian los números al azar del inicio.',
        'Se han entrenado mientras tanto, 5000 pasos cada una.',
      ],
      predict: {
        ask: '¿Cuántas de las diez distinguen al final las dos líneas?',
        options: { all: 'las diez', most: 'más de la mitad, pero no todas', few: 'la mitad o menos' },
        replies: {
          right: '{count} de 10. La mayoría de los inicios acaban bien, de varias maneras distintas; algunos no llegan a nada.',
          high: 'No todas: {count} de 10. Un inicio puede tener tan mala suerte que desde él no se aprenda nunca nada.',
          low: 'Es más robusto que eso: {count} de 10 acaban bien, aunque no con el mismo filtro.',
        },
      },
      reveal: [
        'Unos son columnas, otros filas, otros responden a las dos. Todos esos resuelven la tarea: no hay un único filtro correcto.',
        'Una red que no responde a ninguna línea da 0 en todas partes tras ReLU. Entonces al núcleo apenas le llega gradiente y se queda donde está: ReLU está «muerta».',
      ],
      task: {
        ask: 'Elige una red cuyo filtro responda solo a la línea horizontal.',
        replies: {
          right:
            'Inicio {seed}: una fila clara. Sus pesos de la capa densa son negativos y su sesgo, positivo: si el filtro no responde, dice «vertical».',
          vertical: 'El inicio {seed} tiene una columna clara: responde a la línea vertical. Busca una fila clara.',
          both: 'El inicio {seed} responde a las dos líneas, como muestran los dos mapas de abajo. Busca una cuyo mapa de la línea vertical sea 0.',
          dead: 'El inicio {seed} no responde a ninguna: los dos mapas son 0, y p es un medio para las dos.',
        },
      },
      why: [
        'ReLU no devuelve gradiente donde su entrada está por debajo de cero:',
        'Si eso pasa en todos los lugares y con todas las imágenes, el gradiente del núcleo es',
      ],
    },
  },
};
