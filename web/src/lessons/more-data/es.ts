import type { Translated } from '../frame/lesson-type.js';
import type { en } from './en.js';

export const es: Translated<typeof en> = {
  sentence: 'Con una frase tuya: ¿qué cambios de las imágenes de entrenamiento elegirías para tus propias imágenes, y por qué?',
  view: {
    crop: 'Píxeles que puede moverse como mucho',
    flip: 'Reflejadas',
    yes: 'la mitad',
    no: 'ninguna',
    change: 'Las imágenes están',
    moved: 'movidas',
    mirrored: 'reflejadas',
    turned: 'giradas',
    scaled: 'escaladas',
    brightened: 'más o menos claras',
    contrasted: 'contrastadas',
    blanked: 'tapadas en parte',
    detail_moved: 'movidas hasta 3 píxeles',
    detail_mirrored: 'reflejadas, la mitad',
    detail_turned: 'giradas hasta 20°',
    detail_scaled: 'escaladas hasta un 20 %',
    detail_brightened: 'aclaradas u oscurecidas hasta un 20 %',
    detail_contrasted: 'con hasta un 40 % más o menos de contraste',
    detail_blanked: 'tapadas en un cuadrado de 9×9 píxeles',
    original: 'imagen tal como es',
    drawn: 'obtenida de ella',
    formsOf: 'Imágenes, y formas de cada una que el entrenamiento puede sortear',
    nearOf: 'Imágenes, y dos de cada una {change}',
    isOwn: 'la más próxima es su original',
    isOther: 'hay otra imagen más próxima',
    keptOwn: 'La imagen más próxima, entre {images} de entrenamiento, es el original en {own} de las {count} {change}.',
    hidden: 'Oculto hasta que hayas hecho tu predicción.',
    looking: 'Buscando qué es lo más próximo a las imágenes cambiadas.',
    training: 'Las redes se están entrenando, sin que se vean: {share}. Mientras tanto puedes leer y elegir.',
    extent: '{images} imágenes de ropa para entrenar, {epochs, plural, one {# época} other {# épocas}}, prueba con {tests} imágenes.',
    curves: 'Las curvas muestran',
    accuracy: 'la exactitud',
    loss: 'la pérdida',
    without: 'sin aumento',
    with: 'con aumento',
    anyAngle: 'giradas sin límite',
    trainOf: '{name}, entrenamiento',
    testOf: '{name}, prueba',
    ends: 'Al final del entrenamiento',
    network: 'red',
    onTrain: 'en entrenamiento',
    onTest: 'en prueba',
    testLoss: 'pérdida en prueba',
    shown: 'Semillas que cuentan',
    bySeed: 'Exactitud por semilla',
    seed: 'semilla {n}',
    mean: 'media',
    deviation: 'desviación típica',
    asked: 'Imágenes de prueba',
    asked_asTheyAre: 'tal como son',
    asked_moved: 'movidas hasta 3 píxeles',
    asked_mirrored: 'reflejadas, la mitad',
    asked_turned: 'giradas sin límite',
    judged: 'Exactitud en {n} imágenes de prueba',
    set_forms: 'movidas hasta {crop}, reflejadas: {flip}',
    set_race: '{images} imágenes, {epochs, plural, one {# época} other {# épocas}}, semilla {seed}',
    set_worth: '{images} imágenes, {epochs, plural, one {# época} other {# épocas}}, {seeds} semillas',
    set_asked: 'imágenes de prueba {asked}',
  },
  steps: {
    forms: {
      title: 'Una imagen, muchas imágenes',
      text: [
        'Una red que tiene pocas imágenes pronto se las sabe de memoria. Harían falta más, pero las imágenes y las etiquetas cuestan tiempo.',
        'Por eso se cambian las que ya se tienen. Cada vez que la red recibe una imagen, esta se mueve, se refleja, se gira o se aclara al azar. Sigue mostrando lo mismo, así que conserva su etiqueta. A esto se le llama aumento de datos.',
      ],
      predict: {
        ask: 'Una imagen puede moverse hasta 3 píxeles a la izquierda o a la derecha y hasta 3 arriba o abajo, y puede reflejarse. ¿En cuántas formas puede encontrársela la red?',
        replies: {
          right: '7·7 lugares, y en cada uno reflejada o no: 98 formas de una imagen.',
          places: 'Esos son los lugares. En cada uno la imagen puede además estar reflejada: 98.',
          line: 'A los lados y arriba o abajo se sortean por separado: 7·7 lugares, reflejada o no, son 98.',
          zero: 'De 3 a la izquierda a 3 a la derecha hay 7 lugares, porque también puede quedarse: 7·7·2 = 98.',
          other: 'Hay 7 lugares de izquierda a derecha, 7 de arriba abajo y 2 por el reflejo: 7·7·2 = 98.',
        },
      },
      reveal: [
        'Junto a cada imagen hay algunas de las formas que sortea el entrenamiento. Los controles resaltados fijan cuánto puede moverse y si puede reflejarse.',
        'No hay nada nuevo en ellas. Enseñan a la red lo que no importa: dónde está la prenda y hacia qué lado mira.',
      ],
      task: {
        ask: 'Ajusta los controles para que una imagen tenga exactamente 50 formas y compruébalo.',
        replies: {
          right: '5·5 lugares, y en cada uno reflejada o no.',
          half: '{forms} formas son la mitad de 50. El otro control las duplica.',
          many: 'Así hay {forms} formas. Bastarían menos lugares.',
          few: 'Así hay {forms} formas. Deja que se mueva más.',
        },
      },
      why: [
        'El entrenamiento sortea un cambio T nuevo para cada imagen en cada época. La imagen cambia; su etiqueta, no:',
        'Movida hasta c píxeles y reflejada o no, una imagen tiene estas formas. Con los controles como están ahora:',
      ],
    },
    near: {
      title: 'Para los píxeles es otra imagen',
      text: [
        'Para nosotros, una prenda tres píxeles más a la derecha es la misma prenda. ¿Lo es para una máquina que compara píxel a píxel?',
        'De 24 imágenes de entrenamiento se sacaron 48 cambiadas. Para cada una se buscó la más próxima de las primeras 1000 imágenes de entrenamiento. Entre ellas está su original.',
      ],
      predict: {
        ask: 'Las imágenes se movieron hasta 3 píxeles. ¿En cuántas de las {count} es su original la más próxima?',
        options: { nearly: 'en casi todas', half: 'en la mitad, más o menos', few: 'en menos de un tercio' },
        replies: {
          right: 'En {own} de {count}.',
          high: 'Solo en {own} de {count}. En las demás está más próxima la imagen de otra prenda.',
          low: 'En más: {own} de {count}.',
        },
      },
      reveal: [
        'Elige otro cambio. Bajo las imágenes que tienen otra más próxima hay una flecha.',
        'Si los píxeles cambian de sitio, la imagen cambiada es nueva. La red tiene que verla para aprender que la prenda es la misma.',
      ],
      task: {
        ask: '¿Tras qué tipo de cambio es el original la imagen más próxima más veces? Elige uno que ningún otro supere y compruébalo.',
        replies: {
          right: 'En {keptNow} de {count}: aquí cada píxel se queda donde estaba.',
          half: 'La mitad de estas imágenes no está reflejada; son las únicas que se conservan. Otro cambio conserva más.',
          other: 'Aquí son {keptNow} de {count}. Busca un cambio que deje los píxeles en su sitio.',
        },
      },
      why: ['La distancia entre dos imágenes de n píxeles, y lo que ha salido con una imagen x, su forma cambiada y otra imagen z:'],
    },
    race: {
      title: 'Una carrera, con y sin aumento',
      text: [
        'Dos redes iguales aprenden de las mismas 300 imágenes, en el mismo orden y con los mismos pasos. Una recibe cada imagen tal como es, época tras época. La otra la recibe movida hasta 2 píxeles y quizá reflejada, en cada época de otra manera.',
        'Las imágenes de prueba no se cambian para ninguna.',
      ],
      predict: {
        ask: 'En la última época, ¿qué red acierta más de las imágenes de entrenamiento que recibe?',
        options: { without: 'la que no tiene aumento', with: 'la que tiene aumento' },
        replies: {
          right: 'Sin aumento son el {trainWithout} %; con aumento, el {trainWith} %.',
          other: 'Ha salido otra cosa: sin aumento son el {trainWithout} %; con aumento, el {trainWith} %.',
        },
      },
      reveal: [
        'Las líneas finas son de imágenes de entrenamiento; las gruesas, de imágenes de prueba. El espacio entre ambas es la brecha: lo que una red solo sabe de sus imágenes de entrenamiento.',
        'El control resaltado fija qué muestran las curvas. La pérdida en la prueba es {lossWithout} sin aumento y {lossWith} con aumento: en ella cuenta también lo segura que está la red cuando se equivoca.',
      ],
      task: {
        ask: '¿Cómo de ancha es al final la brecha de la red sin aumento? Toma su exactitud en entrenamiento menos la de prueba, en puntos.',
        replies: {
          right: '{gap} puntos de lo que parece saber los sabe de memoria. Con aumento la brecha es de {gapWith} puntos.',
          sign: 'El número es correcto. Acierta más en entrenamiento, así que dilo sin el signo.',
          with: 'Esa es la brecha de la red con aumento.',
          tests: 'Eso es lo que separa a las dos redes en la prueba. Se pregunta por una sola red, en entrenamiento y en prueba.',
          other: 'La tabla tiene ambas exactitudes en la fila sin aumento. Resta la segunda de la primera.',
        },
      },
      why: ['La brecha es la exactitud en entrenamiento menos la de prueba. Sin y con aumento:'],
    },
    worth: {
      title: 'Cuánto vale aquí',
      text: [
        'La brecha no es lo que se quiere saber. Cuenta la exactitud con imágenes con las que nadie ha entrenado. La carrera se repitió dos veces más, con otras semillas.',
        'Todas las imágenes de este conjunto se parecen: una prenda, derecha y en el centro.',
      ],
      predict: {
        ask: '¿Qué hace el aumento con la exactitud en la prueba, en la media de tres semillas?',
        options: { up: 'la mejora más de 1 punto', same: 'la cambia menos de 1 punto', down: 'la empeora más de 1 punto' },
        replies: {
          right:
            'Cambia en {change} puntos. El intervalo que contiene la media verdadera en 95 de cada 100 estudios así va de {low} a {high}.',
          other:
            'Ha salido otra cosa: cambia en {change} puntos. El intervalo que contiene la media verdadera en 95 de cada 100 estudios así va de {low} a {high}.',
        },
      },
      reveal: [
        'Mira las filas, con una semilla y con tres, según diga el control resaltado. La brecha es más estrecha cada vez, pero sobre todo porque entrenar se ha vuelto más difícil.',
        'Una brecha estrecha no es un fin: una red que no ha aprendido nada no tiene ninguna. Que el aumento compense depende de qué imágenes se le pregunten después a la red. Eso muestra el paso siguiente.',
      ],
      task: {
        ask: '¿En cuántos puntos es más estrecha la brecha con aumento que sin él, en la media de las tres semillas?',
        replies: {
          right: 'Pasa de {meanGap} a {meanGapWith} puntos.',
          sign: 'El número es correcto: di sin el signo en cuánto se estrecha.',
          without: 'Esa es la brecha sin aumento. Réstale la brecha con aumento.',
          with: 'Esa es la brecha que queda con aumento. ¿En cuánto se ha estrechado?',
          tests: 'Eso es lo que las separa en la prueba. La brecha está entre entrenamiento y prueba.',
          other: 'Toma las medias de la tabla. En cada red, entrenamiento menos prueba; luego la diferencia de ambas.',
        },
      },
      why: ['Con las exactitudes en entrenamiento y en prueba, en la media de las semillas:'],
    },
    moved: {
      title: 'Imágenes de prueba en otro sitio',
      text: [
        'Una cámara de verdad no pone cada prenda en el centro. Por eso se pregunta a las dos redes de la primera semilla por 300 imágenes de prueba, primero tal como son y luego cambiadas al azar.',
      ],
      predict: {
        ask: 'Las imágenes de prueba se mueven hasta 3 píxeles. ¿Qué red pierde más exactitud?',
        options: { without: 'la que no tiene aumento', with: 'la que tiene aumento' },
        replies: {
          right: 'Sin aumento baja del {asWithout} al {movedWithout} %; con aumento, del {asWith} al {movedWith} %.',
          other: 'Ha salido otra cosa: sin aumento baja del {asWithout} al {movedWithout} %; con aumento, del {asWith} al {movedWith} %.',
        },
      },
      reveal: [
        'El control resaltado fija cómo se cambian las imágenes de prueba. Donde el entrenamiento ha mostrado esos cambios, la red conserva más exactitud.',
        'Eso le dice el aumento a una red: qué cambios no importan. Una convolución mueve sus mapas con la imagen, pero la capa densa del final sigue teniendo sus pesos según el lugar.',
      ],
      task: {
        ask: '¿Cuántos puntos baja la red sin aumento cuando las imágenes de prueba se mueven hasta 3 píxeles?',
        replies: {
          right: 'Baja {fall} puntos. Una prueba con imágenes todas centradas habría prometido demasiado.',
          sign: 'Baja eso: dilo sin el signo.',
          with: 'Eso es lo que pierde la red con aumento.',
          left: 'Eso es lo que aún acierta. Se pregunta cuánto ha perdido.',
          other: 'Lee su exactitud con las imágenes tal como son y con las movidas, y resta.',
        },
      },
      why: ['El aumento pide a una red f que responda lo mismo para todos los cambios T, es decir, invariancia:'],
    },
    wild: {
      title: 'Demasiado',
      text: [
        'Una tercera red recibió las mismas 300 imágenes giradas sin límite, en cada época de otra manera: también cabeza abajo.',
        'Quizá tarde más en aprender, pero ve más formas de cada imagen que las otras dos.',
      ],
      predict: {
        ask: 'Las imágenes de prueba están derechas, tal como son. ¿En qué puesto queda la tercera red?',
        options: { first: 'por delante de las otras dos', second: 'entre ambas', third: 'por detrás de las dos' },
        replies: {
          right: 'Acierta el {wildAs} %; las otras, el {asWithout} y el {asWith} %.',
          other: 'Ha salido otra cosa: acierta el {wildAs} %; las otras, el {asWithout} y el {asWith} %.',
        },
      },
      reveal: [
        'Ha gastado sus pasos en imágenes por las que nadie preguntará, y lo que tiene que aprender es más difícil: cada prenda en todos los ángulos.',
        'El control resaltado cambia las imágenes de prueba para las tres.',
      ],
      task: {
        ask: 'Busca imágenes de prueba en las que la tercera red vaya por delante de las otras dos y compruébalo.',
        replies: {
          right: 'Ahí va por delante, con el {now} %. Los cambios del entrenamiento son buenos si son los de las imágenes que vendrán.',
          upright: 'En estas acierta el {now} %, y alguna de las otras más. Siguen estando derechas.',
          other: 'En estas no va por delante de las dos. ¿Qué imágenes se parecen a aquellas con las que se entrenó?',
        },
      },
      why: [
        'Entrenar reduce la pérdida media sobre imágenes x y cambios T. Es lo que se busca si T se sortea como serán las imágenes que vendrán:',
      ],
    },
  },
};
