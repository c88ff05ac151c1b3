import type { Translated } from '../frame/lesson-type.js';
import type { en } from './en.js';

export const es: Translated<typeof en> = {
  sentence: 'Con una frase tuya: ¿por qué los mismos nueve pesos sirven en cualquier lugar de una imagen?',
  view: {
    settings: 'zancada {stride}, relleno {padding}',
    pixels: '{n, plural, one {# píxel cambiado} other {# píxeles cambiados}}',
    kernelSize: 'núcleo de {size}×{size}',
    max: 'agrupación por máximo',
    avg: 'agrupación por media',
    arriving: 'gradientes {values}',
    coveredSum: 'La cuenta queda oculta hasta que hayas hecho tu predicción.',
  },
  steps: {
    products: {
      title: 'Nueve productos, un número',
      text: [
        'El núcleo está sobre una ventana de 3×3 de la imagen. Cada peso multiplica el píxel que tiene debajo y los nueve productos se suman: ese es un número del mapa de características.',
        'Después la ventana avanza un píxel, con los mismos pesos. Está marcada la ventana de la fila 1, columna 2.',
      ],
      predict: {
        ask: 'Calcúlalo en papel: ¿qué número sale en la fila 1, columna 2 del mapa?',
        replies: {
          right: 'Cada una de las tres filas da 10·1 + 10·0 + 0·(−1) = 10, y juntas, 30.',
          sign: 'El tamaño es correcto, el signo no. Los píxeles claros están bajo el 1 y los oscuros bajo el −1, así que la suma es positiva: 30.',
          row: 'Eso es una fila de la ventana. Hay tres, y se suman todos sus productos: 30.',
          unweighted:
            'Esa es la suma de los píxeles solos. Antes hay que multiplicar cada uno por su peso: el 0 deja fuera un píxel, el −1 lo resta.',
          other: 'Multiplica cada píxel de la ventana por el peso de su lugar y suma los nueve productos: 10 + 10 + 10 = 30.',
        },
      },
      reveal: [
        'Los productos están debajo del dibujo. Señala otro número del mapa, o recórrelo con las flechas, y mira su ventana.',
        'Este núcleo resta la columna derecha de la izquierda. Responde 0 donde las dos son iguales, y con fuerza donde lo claro toca lo oscuro: encuentra bordes verticales.',
      ],
      task: {
        ask: 'Dibuja en la imagen hasta que la fila 2, columna 2 del mapa sea −30. (Un clic o Intro enciende o apaga un píxel; también se puede escribir un número.)',
        replies: {
          right: 'Oscuro a la izquierda y claro a la derecha, en las tres filas: el mismo borde, al revés.',
          sign: 'Esta ventana da {value}: sigue más clara a la izquierda, donde el peso es 1. Para −30, los píxeles claros tienen que estar bajo el −1.',
          zero: 'Ahora la izquierda y la derecha pesan lo mismo y se anulan. Oscurece la columna izquierda de la ventana, o aclara la derecha.',
          weak: 'El sentido es bueno: {value}. Cada una de las tres filas puede dar −10; mira cuál aún no lo da.',
          strong: 'Eso es {value}, más de lo pedido: aquí los píxeles van de 0 a 10.',
        },
      },
      why: ['Un número del mapa es la suma sobre la ventana. Contando filas y columnas desde 1, aquí la fila {row}, columna {column}:', ''],
    },
    padding: {
      title: 'Relleno: «valid» y «same»',
      text: [
        'Una ventana de 3×3 cabe en una imagen de 5×5 en tres lugares por dirección; por eso el mapa es de 3×3. Sin relleno esto se llama «valid»: solo se usan píxeles que existen.',
        'El relleno p pone p anillos de ceros alrededor de la imagen. La ventana empieza entonces más afuera.',
      ],
      predict: {
        ask: 'Con relleno 1, ¿cuántas filas tiene el mapa?',
        replies: {
          right: 'La imagen con relleno tiene 7 filas, y una ventana de 3 cabe en 5 lugares.',
          valid: 'Ese es el tamaño sin relleno. El anillo de ceros da a la ventana un lugar más en cada extremo: 5.',
          padded: 'Ese es el tamaño de la imagen con relleno. Una ventana de 3 cabe en ella en 7 − 3 + 1 = 5 lugares.',
          other: 'La imagen crece a 5 + 2·1 = 7 filas. Una ventana de 3 cabe en 7 en 7 − 3 + 1 = 5 lugares.',
        },
      },
      reveal: [
        'El mapa es tan grande como la imagen. Esto se llama «same»: con un núcleo de 3×3 hace falta relleno 1.',
        'Las celdas rayadas son relleno. Cuentan como 0, así que el borde del mapa responde también al límite entre la imagen y la nada.',
      ],
      task: {
        ask: 'Ahora el núcleo es de 5×5. Pon el relleno con el que el mapa sigue siendo tan grande como la imagen.',
        replies: {
          right:
            'Un núcleo de 5×5 llega dos píxeles más allá de su centro; por eso «same» necesita relleno 2: la mitad del núcleo, redondeada hacia abajo.',
          valid: 'Sin relleno, un núcleo de 5×5 solo tiene un lugar en una imagen de 5×5: el mapa es de 1×1.',
          small: 'El mapa es de {rows}×{rows}, aún menor que la imagen. El núcleo llega más lejos que este anillo.',
          large: 'El mapa es de {rows}×{rows}, mayor que la imagen: el anillo es más ancho de lo que alcanza el núcleo.',
        },
      },
      why: [
        'Una imagen de I píxeles, relleno p a ambos lados, un núcleo de K y zancada s:',
        'Con los ajustes del dibujo:',
        'Para «same» con zancada 1, el relleno tiene que compensar lo que quita el núcleo:',
      ],
    },
    stride: {
      title: 'Zancada (stride): cuánto avanza la ventana',
      text: [
        'Hasta ahora la ventana avanzaba un píxel. Con zancada 2 avanza dos, a la derecha y hacia abajo, y se salta uno de cada dos lugares.',
        'El relleno vuelve a ser 1, y con zancada 1 el mapa es de 5×5.',
      ],
      predict: {
        ask: 'Con zancada 2, ¿cuántas columnas tiene el mapa?',
        replies: {
          right: 'De los cinco lugares, la ventana toma el primero, el tercero y el quinto.',
          half: 'No la mitad: el primer lugar también cuenta. De cinco lugares toma el primero, el tercero y el quinto: 3.',
          all: 'Ese es el tamaño con zancada 1. Con zancada 2 la ventana se salta uno de cada dos lugares, y quedan 3.',
          other: 'De los cinco lugares de una fila, la ventana toma el primero, el tercero y el quinto: 3.',
        },
      },
      reveal: [
        '9 números en vez de 25: la zancada es una manera de hacer más pequeños los mapas, y ahorra trabajo.',
        'En estos lugares los números son los de antes. Nada se promedia; lo demás, sencillamente, no se calcula.',
      ],
      task: {
        ask: 'Encuentra una zancada y un relleno que den un mapa de 2×2.',
        replies: {
          right: '2×2. Filas de la imagen con relleno que aquí no lee ninguna ventana: {left}. Lo que sobra en el borde se descarta.',
          large: 'El mapa es de {rows}×{rows}: más de 2×2. Una zancada mayor o menos relleno lo hacen más pequeño.',
          small: 'El mapa es de {rows}×{rows}: menos de 2×2. Una zancada menor o más relleno lo hacen más grande.',
        },
      },
      why: ['La ventana tiene su primer lugar, y uno más por cada zancada entera que queda:', 'Aquí:'],
    },
    pooling: {
      title: 'ReLU, y agrupación por máximo o por media',
      text: [
        'ReLU deja pasar lo que es mayor que cero y convierte en 0 lo demás. Después la agrupación (pooling) saca un número de cada ventana de 2×2: por máximo (max pooling) toma el mayor; por media (average pooling), la media.',
        'La ventana de arriba a la izquierda del mapa tiene −20, 0, −30 y 0.',
      ],
      predict: {
        ask: '¿Qué sacan ReLU y la agrupación por máximo de estos cuatro?',
        replies: {
          right: 'ReLU deja cuatro ceros, y el mayor de ellos es 0: en esta esquina no hay ningún borde de claro a oscuro.',
          size: 'Máximo quiere decir el número mayor, no el más alejado de cero: −30 es aquí el menor. Tras ReLU solo quedan ceros.',
          mean: 'Esa sería la media de los números del mapa. ReLU va antes y deja ceros; la agrupación por máximo toma el mayor.',
          other: 'Primero ReLU: −20 y −30 pasan a 0. El mayor de 0, 0, 0, 0 es 0.',
        },
      },
      reveal: [
        'Los puntos marcan los ganadores. Señala un número agrupado para ver su ventana.',
        'La fila 5 y la columna 5 del mapa no se usan: 5 es impar, y una ventana de 2×2 con zancada 2 no cabe ahí. La agrupación descarta lo que sobra.',
      ],
      task: {
        ask: '¿Qué número daría la agrupación por media en la fila 2, columna 2? Calcúlalo y compruébalo después con el control resaltado.',
        replies: {
          right: '(10 + 10 + 0 + 0) / 4 = 5. La media guarda un poco de todo; el máximo guarda lo más fuerte y olvida cuántos eran.',
          max: 'Ese sigue siendo el mayor de la ventana. La media divide entre 4 la suma de los cuatro.',
          norelu: 'Esa es la media del mapa antes de ReLU, donde −10 y −10 anulan el resto. ReLU va primero: 10, 10, 0, 0.',
          sum: 'Esa es la suma de los cuatro. La media es la cuarta parte.',
          other: 'Tras ReLU, la ventana de abajo a la derecha tiene 10, 10, 0, 0. Se pide su media.',
        },
      },
      why: ['Con A como mapa tras ReLU y ventanas de 2×2 con zancada 2:', 'En la fila 2, columna 2:'],
    },
    relu: {
      title: 'Hacia atrás: a quién le llega el gradiente',
      text: [
        'La pérdida dice lo equivocada que está la respuesta de una red. El gradiente de un número dice cómo cambia la pérdida con ese número. Se devuelve desde el final: aquí llega un gradiente de 1 a cada uno de los cuatro números agrupados.',
        'La agrupación por máximo se lo da al ganador de su ventana. ReLU solo lo deja pasar donde el número del mapa era mayor que cero. Los números agrupados eran 0 30 / 0 10.',
      ],
      predict: {
        ask: '¿A cuántos de los 25 números del mapa les llega algún gradiente?',
        replies: {
          right: 'Cuatro ganadores, pero dos ganaron con un 0 que ReLU había sacado de un número negativo: ahí se detiene.',
          winners:
            'La agrupación por máximo tiene cuatro ganadores, uno por ventana. Pero en las ventanas de la izquierda ReLU había convertido todo en 0, y a lo que ReLU corta no le llega gradiente: quedan 2.',
          all: 'Esas son todas las celdas de las cuatro ventanas. Con la agrupación por máximo el gradiente solo va al ganador de cada una, y ReLU detiene dos de los cuatro.',
          other:
            'Un ganador por cada una de las cuatro ventanas; ReLU detiene los de aquellos cuyo número en el mapa no era mayor que cero. Quedan 2.',
        },
      },
      reveal: [
        'En este orden: lo que llega, lo que la agrupación da a los ganadores y lo que ReLU deja pasar. Señala cualquiera de estos números para ver su cuenta.',
        'Un pequeño cambio en uno de los otros 23 números no cambiaría el resultado: su gradiente es 0.',
      ],
      task: {
        ask: 'Con la agrupación por media, cada celda de una ventana recibe su parte. ¿A cuántos números del mapa les llega entonces algún gradiente? Piénsalo primero; el control resaltado lo muestra.',
        replies: {
          right:
            'Cada una de las 16 celdas recibe ¼ de la agrupación, y ReLU lo deja pasar donde el mapa es mayor que cero: en {open} de ellas.',
          all: 'La agrupación da ¼ a las 16 celdas. Después viene ReLU, y lo detiene donde el mapa no era mayor que cero.',
          winners: 'Esa es la respuesta para la agrupación por máximo. La media no tiene ganador: cada celda de la ventana tiene su parte.',
          other: 'Cuenta las celdas de las filas 1 a 4 y las columnas 1 a 4 donde el mapa es mayor que cero.',
        },
      },
      why: [
        'ReLU multiplica el gradiente por 1 o por 0:',
        'La agrupación por máximo lo pasa al ganador; la de la media, un cuarto a cada una:',
      ],
    },
    turned: {
      title: 'Hacia atrás: el núcleo girado',
      text: [
        'Dos números del mapa tienen ahora gradiente: 1 en la fila 2, columna 3 y 1 en la fila 3, columna 3. De ahí sigue hasta los píxeles.',
        'Un píxel estuvo en varias ventanas, cada vez bajo otro peso. Su gradiente es la suma sobre esas ventanas: el gradiente de la salida por el peso que tenía encima el píxel.',
      ],
      predict: {
        ask: '¿Qué gradiente le llega al píxel de la fila 2, columna 2?',
        replies: {
          right: 'En las dos ventanas el píxel estaba en la columna izquierda, bajo el peso 1: 1·1 + 1·1 = 2.',
          unturned:
            'Así saldría si el núcleo se pusiera tal cual sobre los gradientes. Pero el píxel está a la izquierda de estas dos salidas: en sus ventanas estaba bajo la columna izquierda, con peso 1. Visto desde el píxel, el núcleo está girado media vuelta.',
          single: 'Las dos salidas tienen una ventana con este píxel, así que hay dos términos: 1·1 + 1·1 = 2.',
          zero: 'El píxel está en las ventanas de las dos salidas, en la columna izquierda, donde el peso es 1: 1·1 + 1·1 = 2.',
          other:
            'Las dos salidas están a la derecha del píxel. En sus ventanas estaba en la columna izquierda, bajo el peso 1: 1·1 + 1·1 = 2.',
        },
      },
      reveal: [
        'El dibujo tiene el núcleo como se usa aquí: girado media vuelta, con el −1 a la izquierda. Al pasarlo sobre los gradientes sale el gradiente de la imagen.',
        'Eso es la retropropagación por una convolución: otra convolución, con el núcleo girado.',
      ],
      task: {
        ask: 'Cambia los gradientes que llegan (un clic suma 1; también se puede escribir) hasta que al píxel de la fila 2, columna 2 le llegue exactamente 6.',
        replies: {
          right: 'Cada unidad en uno de los dos lugares abiertos suma 1 en este píxel, así que entre los dos tienen que hacer 6.',
          stopped:
            'Al píxel le llega {value}. Los gradientes de la izquierda no van a ninguna parte: ahí ReLU estaba cerrada. Cambia los de la derecha.',
          sign: 'Ahora es negativo: {value}. El peso entre estas salidas y el píxel es +1; hacen falta gradientes positivos.',
          less: 'Por ahora le llega {value} al píxel. Los dos gradientes de la derecha le llegan, cada uno con peso 1.',
          more: 'Al píxel le llega {value}, más de 6. Quita algo (Mayús y clic, o escribe un número).',
        },
      },
      why: [
        'El gradiente de un píxel recoge de cada salida en cuya ventana estuvo; p es el relleno y s la zancada:',
        'Para el píxel de la fila 2, columna 2:',
      ],
    },
  },
};
