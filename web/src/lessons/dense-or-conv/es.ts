import type { Translated } from '../frame/lesson-type.js';
import type { en } from './en.js';

export const es: Translated<typeof en> = {
  sentence: 'Con una frase tuya: ¿qué da por supuesto una convolución, y dónde sería falso?',
  view: {
    network: 'Capas de la red',
    layer: 'capa',
    hidden: 'Oculto hasta que hayas hecho tu predicción.',
    training: 'Las redes se están entrenando, sin que se vean: {share}. Mientras tanto puedes leer y elegir.',
    looking: 'Se está preguntando a las redes.',
    extent: '{images} imágenes de ropa para entrenar, {epochs, plural, one {# época} other {# épocas}}, prueba con {tests} imágenes.',
    curves: 'Las curvas muestran',
    accuracy: 'la exactitud',
    loss: 'la pérdida',
    pixels: 'Píxeles de las imágenes',
    ordered: 'en su sitio',
    shuffled: 'barajados',
    orderedImage: 'una imagen',
    shuffledImage: 'la misma, barajada',
    seed: 'semilla {n}',
    mean: 'media',
    deviation: 'desviación típica',
    bySeed: 'Exactitud en la prueba, por semilla',
    settings: '{images} imágenes, {epochs, plural, one {# época} other {# épocas}}, semilla {first}',
    settingsTo: '{images} imágenes, {epochs, plural, one {# época} other {# épocas}}, semillas de {first} a {last}',
    dense: 'la red densa',
    conv: 'la red convolucional',
    shift: 'Imagen movida a la derecha, en píxeles',
    movedBy: 'movida {shift} píxeles a la derecha',
    image: 'imagen',
    map: 'mapa de un filtro',
    pooled: 'tras ReLU y agrupación por máximo',
    denseValues: 'valores de la capa densa',
    unmoved: 'Imagen en su sitio',
    now: 'Imagen movida {shift}',
    averageOf: 'mapa {n}',
    averages: 'Promedios de cuatro mapas tras ReLU',
    other: 'O la imagen está',
    none: 'tal como es',
    mirrored: 'reflejada',
    turned: 'girada 90°',
    mixed: 'barajada',
    changed: 'Respecto a la imagen en su sitio, los promedios cambian un {averages}; los valores de la capa densa, un {dense}.',
  },
  steps: {
    parameters: {
      title: 'Dos redes para las mismas imágenes',
      text: [
        'Una capa densa une cada píxel con cada unidad, cada par con un peso propio. Una convolución mira 3×3 píxeles cada vez, con los mismos pocos pesos en todos los lugares.',
        'Aquí hay dos redes pequeñas para imágenes de 28×28 píxeles. Una tiene una capa densa oculta; la otra, dos convoluciones con agrupación y una capa densa al final.',
      ],
      predict: {
        ask: '¿Cuál de las dos aprende más números?',
        options: { dense: 'la red densa', conv: 'la red convolucional', same: 'más o menos los mismos' },
        replies: {
          right: 'La red densa aprende {dense} números; la convolucional, {conv}.',
          other:
            'Las capas no dicen cuántos números hay: la red densa aprende {dense}; la convolucional, {conv}, porque sus núcleos sirven en todos los lugares.',
        },
      },
      reveal: [
        'Elige una red para ver dónde están sus números. Solo la primera capa densa tiene {parameters}: un peso para cada uno de los {inputs} píxeles y cada una de las {units} unidades, y un sesgo por unidad.',
        'También en la red convolucional la mayoría está en la capa densa del final.',
      ],
      task: {
        ask: 'Imágenes con el doble de lado, 56×56 píxeles. ¿Cuántos números aprende entonces la primera capa de la red densa?',
        replies: {
          right: '{units} unidades con {pixels} pesos y un sesgo cada una. Una convolución no crecería nada.',
          nobias: 'Esos son los pesos. Cada una de las {units} unidades tiene además un sesgo.',
          scaled: 'Los pesos son cuatro veces más, pero los sesgos siguen siendo solo {units}.',
          side: 'El doble de lado son cuatro veces más píxeles: se doblan las filas y también las columnas.',
          same: 'Eso vale para una convolución, que no pregunta lo grande que es la imagen. Una unidad densa tiene un peso para cada píxel.',
          other: 'Cuenta los píxeles de una imagen así: cada una de las {units} unidades tiene un peso para cada uno, y un sesgo.',
        },
      },
      why: [
        'Una capa densa de N entradas a M unidades aprende',
        'Una convolución con núcleos de K×K, de C canales a F mapas, sea cual sea el tamaño de la imagen, aprende',
      ],
    },
    race: {
      title: 'Una carrera con imágenes',
      text: [
        'Las dos redes se entrenan con las mismas imágenes de ropa, en el mismo orden, con igual número de pasos, el mismo optimizador y la misma tasa de aprendizaje. Una carrera así se llama pareada.',
        'Con las imágenes de prueba no se ha entrenado ninguna red. Todo lo que hay de azar en un entrenamiento, su inicio y el orden de las imágenes, sale de un número, la semilla.',
      ],
      predict: {
        ask: '¿Qué red va por delante con las imágenes de prueba?',
        options: { dense: 'la red densa', conv: 'la red convolucional' },
        replies: {
          right: 'Así ha salido: va por delante {best}, con una exactitud del {accuracy} %.',
          other: 'Esta vez ha salido otra cosa: va por delante {best}, con una exactitud del {accuracy} %.',
        },
      },
      reveal: [
        'Las líneas gruesas son de imágenes de prueba; las finas, de entrenamiento. El control resaltado fija qué muestran las curvas. Al final las separan {gap} puntos.',
        'La red convolucional no aprende más números. Da por supuesto que los vecinos van juntos y que un patrón puede estar en cualquier sitio. En las imágenes ambas cosas son así.',
      ],
      task: {
        ask: 'Hay {tests} imágenes de prueba. ¿Cuántas más que la otra acierta {best}?',
        replies: {
          right: '{more} de {tests} imágenes. Es una carrera; el paso siguiente tiene tres.',
          inverse: 'El número es correcto; el signo, no: se pregunta cuántas más.',
          points: 'Esa es la diferencia en puntos. Se pregunta cuántas de las {tests} imágenes son.',
          other: 'Toma la diferencia entre las dos exactitudes de la tabla, y esa parte de {tests} imágenes.',
        },
      },
      why: [
        'En una pareja con la misma semilla s, gran parte del azar es igual en ambos lados: el orden de las imágenes y cuáles son. Por eso se mira la diferencia de las exactitudes a:',
      ],
    },
    shuffled: {
      title: 'Cada píxel en otro sitio',
      text: [
        'Ahora se barajan los píxeles: en todas las imágenes con la misma permutación, en las de entrenamiento y en las de prueba. Cada píxel de cada imagen va al mismo sitio nuevo.',
        'Con eso no se pierde nada: quien conoce la permutación puede deshacerla. Para nosotros las imágenes son ruido. Se repite la misma carrera, tres veces con cada red.',
      ],
      predict: {
        ask: '¿Quién pierde más de {loss} puntos de exactitud al barajar, en la media de tres semillas?',
        options: { dense: 'la red densa', conv: 'la red convolucional', both: 'las dos', none: 'ninguna' },
        replies: {
          right: 'La red convolucional pierde {conv} puntos; la densa, {dense}.',
          other: 'Ha salido otra cosa: la red convolucional pierde {conv} puntos; la densa, {dense}.',
        },
      },
      reveal: [
        'Para una capa densa los píxeles son una lista sin orden. Barajados son otra lista más: la diferencia es solo azar, hacia un lado o hacia el otro.',
        'Para una convolución los vecinos lo son todo. Barajados, los que están juntos no tienen nada que ver, y su ventaja desaparece. El control resaltado muestra imagen y carrera con los píxeles barajados y sin barajar.',
      ],
      task: {
        ask: '¿Cuántos puntos baja la red convolucional, en la media de las tres semillas? Con un decimal.',
        replies: {
          right: '{conv} puntos. Eso valía la suposición correcta, con estas imágenes y un entrenamiento tan corto.',
          sign: 'Baja esa cantidad: dila sin el signo.',
          dense: 'Eso es lo que cambia la red densa. Toma las dos filas de la convolucional.',
          left: 'Eso es lo que todavía acierta. Se pregunta cuánto ha perdido.',
          other: 'La tabla tiene una columna con medias. Resta la fila barajada de la red convolucional de la fila anterior.',
        },
      },
      why: [
        'Una permutación P ante una capa densa es lo mismo que una capa densa con los pesos permutados. Su comienzo al azar es tan probable como cualquier otro:',
        'Una convolución suma los vecinos i + d de un lugar. Tras barajar hay allí otros píxeles:',
      ],
    },
    shift: {
      title: 'La imagen se mueve',
      text: [
        'Una imagen y dos redes que aún no han aprendido nada. De la red convolucional ves el mapa de un filtro; de la densa, los valores de sus 64 unidades, puestos en un cuadrado.',
        'Después la imagen se mueve a la derecha.',
      ],
      predict: {
        ask: 'La imagen se mueve {moved} píxeles a la derecha. ¿Qué pasa con el mapa del filtro?',
        options: {
          moves: 'Se mueve lo mismo, y en lo demás es igual.',
          stays: 'Se queda como está.',
          else: 'Se convierte en otro.',
        },
        replies: {
          right: 'El mapa se mueve con ella. Los valores de la capa densa cambian un {change} % de su tamaño.',
          stays: 'El filtro mira todos los lugares con los mismos pesos. Lo que encontró antes lo encuentra {moved} píxeles más allá.',
          else: 'Eso le pasa a la capa densa, un {change} % del tamaño de sus valores. El filtro tiene los mismos pesos en todos los lugares: su mapa se mueve con la imagen.',
        },
      },
      reveal: [
        'Eso es equivarianza: al mover la imagen se mueve el mapa. Vale para todo núcleo, aprendido o no.',
        'La capa densa no tiene lugares. Lo que ha aprendido de una camisa en el centro no dice nada de la misma camisa más a la derecha: allí tendría que aprenderla otra vez.',
      ],
      task: {
        ask: 'La agrupación toma el mayor de 2×2 valores y les deja una celda. Mueve la imagen hasta que el mapa agrupado se haya movido justo una celda y en lo demás sea igual.',
        replies: {
          right:
            'Dos píxeles son una celda. Así que tras agrupar la equivarianza solo queda para movimientos de dos píxeles, y tras agrupar otra vez, de cuatro.',
          still: 'El mapa agrupado está donde estaba. Mueve la imagen.',
          between: 'Así las ventanas de 2×2 reúnen otros píxeles: el mapa agrupado no es el mismo movido. Prueba otra distancia.',
          far: 'Se ha movido más de una celda.',
        },
      },
      why: [
        'Con T por un movimiento de s píxeles, y salvo en el borde, la convolución y el movimiento se pueden intercambiar:',
        'Con una capa densa de pesos W, no:',
      ],
    },
    place: {
      title: 'Donde la suposición es falsa',
      text: [
        'Una suposición incorporada ayuda donde se cumple. Donde no se cumple, no se puede desaprender.',
        'Muchas redes acaban en una agrupación por promedio global: de cada mapa solo llega a la última capa el promedio de todos sus lugares.',
      ],
      predict: {
        ask: 'Una red con una convolución, ReLU y agrupación por promedio global debe decir si la prenda está a la izquierda o a la derecha de la imagen. ¿Puede aprenderlo?',
        options: { yes: 'sí, con imágenes suficientes', no: 'no, por muchas imágenes que haya' },
        replies: {
          right: 'Al mover {aside} píxeles, los promedios cambian un {averages} %: lo que no cambia no puede distinguir lugares.',
          other: 'Mira: al mover {aside} píxeles, los promedios cambian un {averages} %. Lo que no cambia no puede distinguir lugares.',
        },
      },
      reveal: [
        'Mueve la imagen: los promedios se quedan, lejos del borde. Para nombrar la prenda es una ayuda. Para decir dónde está no sirve: el lugar se ha perdido. Una capa densa sobre todos los lugares aún lo tiene.',
        'La suposición tampoco se cumple donde los vecinos no significan nada: las columnas de una tabla pueden estar en cualquier orden, como los píxeles barajados de esta lección. Sí se cumple en las lecturas de un sensor de vibraciones a lo largo del tiempo: un golpe se ve igual, llegue cuando llegue. Ahí una convolución se mueve por un solo eje.',
      ],
      task: {
        ask: 'Un movimiento cambia los promedios en menos de un 1 %. ¿Cuál de estos cambios también? Los controles resaltados lo muestran.',
        options: {
          mirrored: 'reflejarla, izquierda por derecha',
          turned: 'girarla 90°',
          mixed: 'barajar sus píxeles',
          none: 'ninguno de ellos',
        },
        replies: {
          right:
            'Reflejada cambian un {mirrored} %, girada un {turned} %, barajada un {mixed} %. La suposición trata de movimientos, y de nada más.',
          mirrored: 'Cambian un {mirrored} %: un núcleo para un borde a la izquierda no lo es para uno a la derecha.',
          turned: 'Cambian un {turned} %: un núcleo para bordes horizontales no lo es para los verticales.',
          mixed: 'Cambian un {mixed} %: lo que juntos hacía un borde está ahora separado.',
          none: 'Uno de ellos sí: cambian un {mirrored} % reflejada, un {turned} % girada, un {mixed} % barajada.',
        },
      },
      why: [
        'Como la convolución es equivariante, un movimiento solo cambia el orden de los sumandos. Salvo en el borde, el promedio se queda, también tras ReLU:',
      ],
    },
  },
};
