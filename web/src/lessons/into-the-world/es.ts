import type { Translated } from '../frame/lesson-type.js';
import type { en } from './en.js';

export const es: Translated<typeof en> = {
  sentence: 'Con una frase tuya: ¿qué hay que escribir junto al archivo de una red para quien la use sin ti?',
  view: {
    working: 'La red se está entrenando, guardando y ejecutando en el otro programa, sin que se vea: {share}. Mientras tanto puedes leer.',
    extent:
      'Fashion-MNIST: {train} imágenes de entrenamiento, {epochs, plural, one {# época} other {# épocas}}, prueba con {tests} imágenes.',
    hidden: 'Oculto hasta que hayas hecho tu predicción.',
    format: 'Formato',
    onnx: 'ONNX',
    pth: '.pth',
    safetensors: 'safetensors',
    sizes: 'El archivo, en bytes',
    whole: 'archivo',
    weights: 'pesos',
    rest: 'lo demás',
    save: 'Guardar {name}',
    tensors: 'Tensores en el archivo ONNX',
    tensor: 'nombre',
    shape: 'forma',
    bytes: 'bytes',
    order: 'Orden',
    lab: 'el del laboratorio',
    file: 'el del archivo',
    firstWeights: 'Los primeros pesos de {name}, contados desde 0',
    position: 'lugar',
    filter: 'filtro',
    row: 'fila',
    column: 'columna',
    channel: 'canal',
    weight: 'peso',
    fold: 'Batch norm',
    fold_no: 'como se entrenó',
    fold_yes: 'integrada',
    map: 'Mapa',
    graph: 'Operadores en el archivo',
    operator: 'operador',
    inputs: 'pesos que toma',
    numbers: '{numbers} números, {nodes} operadores',
    norm: 'Batch norm del mapa {map}',
    number: 'número',
    value: 'valor',
    mean: 'media',
    variance: 'varianza',
    image: 'Imagen',
    imageOf: 'Imagen de prueba {n}, de la clase {name}',
    logits: 'Logits de la imagen de prueba {n}',
    class: 'clase',
    inLab: 'en el laboratorio',
    inOther: 'otro runtime',
    difference: 'diferencia',
    ownRuntime: 'Lo mismo en ONNX Runtime, donde hay Python',
    feed: 'Los píxeles están',
    feed_trained: 'como al entrenar',
    feed_unit: 'de 0 a 1',
    feed_bytes: 'en bytes, 0 a 255',
    feed_inverted: 'oscuro sobre claro',
    feed_turned: 'filas por columnas',
    feed_small: 'reducidos y ampliados',
    fedSo: 'Lo que recibe la red: números de {low} a {high}',
    feeds: 'Respuestas correctas en imágenes de prueba',
    share: 'correctas',
    threshold: 'Responder desde una probabilidad de',
    request: 'Una petición, si quien pide prepara los píxeles',
    response: 'Su respuesta',
    answers: 'Respuestas a imágenes de prueba',
    answered: 'respondidas',
    right: 'correctas entre ellas',
    set_file: '{format}',
    set_layout: 'orden: {order}',
    set_fold: 'batch norm: {fold}; mapa {map}',
    set_runtime: 'imagen {image}',
    set_pixels: 'píxeles: {feed}',
    set_answer: 'responde desde {least} %',
  },
  steps: {
    file: {
      title: 'Qué hay en el archivo',
      text: [
        'Una red entrenada desaparece con su pestaña si no se guarda. Para otros programas hay formatos: ONNX, que leen muchos runtimes; .pth, el de PyTorch; y safetensors.',
        'Esta red tiene dos convoluciones, cada una con batch norm, y una capa densa. Se acaba de entrenar con {train} imágenes de ropa y se ha guardado en los tres formatos.',
      ],
      predict: {
        ask: 'La red ha aprendido {learned} números. La batch norm guarda {running} más: medias y varianzas móviles. Cada número tiene 32 bits. ¿Cuántos bytes son todos?',
        replies: {
          right: '{weights}: cuatro bytes por número.',
          learned: 'Las medias y varianzas de la batch norm hacen falta también fuera del laboratorio. Con ellas son {weights}.',
          count: 'Esos son los números que hay. Cada uno tiene cuatro bytes: {weights}.',
          bits: 'Esos son los bits. Ocho de ellos son un byte: {weights}.',
          other: 'Suma los dos y toma cuatro bytes por cada uno: {weights}.',
        },
      },
      reveal: [
        'La tabla de abajo tiene cada tensor del archivo ONNX. Los ha encontrado en sus bytes un lector de esta página que conoce el estándar ONNX y nada del laboratorio.',
        'ONNX guarda también el grafo: qué se calcula a partir de qué. En los otros dos hay solo pesos, así que quien los abra debe construir antes la misma red.',
        'El control resaltado cambia el formato.',
      ],
      task: {
        ask: '¿Qué formato añade menos bytes a los pesos? Elígelo y comprueba.',
        replies: {
          right: 'Añade {rest} bytes. Menos no siempre es mejor: pregunta qué necesita el programa que ha de leer el archivo.',
          graph:
            '{rest} bytes además de los pesos: lleva el grafo, y lo que el laboratorio sabe del experimento. Otro formato tiene menos.',
          more: '{rest} bytes además de los pesos. Otro formato tiene menos.',
        },
      },
      why: ['P números aprendidos, y una media y una varianza por cada uno de C mapas con batch norm, ocupan, en bytes,'],
    },
    layout: {
      title: 'Dónde está un peso',
      text: [
        'Los pesos de una convolución tienen cuatro ejes: filtro, canal, fila y columna. En un archivo son una sola lista larga, así que importa qué eje va primero y cuál al final.',
        'El laboratorio deja los canales al final: filtro, fila, columna, canal. ONNX y PyTorch tienen el orden OIHW: filtro (output), canal (input), fila (height), columna (width).',
      ],
      predict: {
        ask: 'La segunda convolución tiene {filters} filtros de 3×3 sobre {channels} canales. ¿Qué forma tienen sus pesos en el archivo ONNX?',
        options: {
          '16x3x3x8': '16×3×3×8',
          '16x8x3x3': '16×8×3×3',
          '8x16x3x3': '8×16×3×3',
          '3x3x8x16': '3×3×8×16',
        },
        replies: {
          right: 'Filtros, canales, filas, columnas.',
          lab: 'Ese es el orden del laboratorio. En el archivo es {shape}.',
          other: 'OIHW: primero filtros, luego canales, filas y columnas. Es decir, {shape}.',
        },
      },
      reveal: [
        'La tabla tiene los primeros pesos de la lista. El control resaltado cambia el orden: ningún peso cambia, pero casi todos están en otro lugar.',
        'Quien copia la lista tal cual no recibe ningún error, porque tiene la misma longitud. Probado aquí con estos pesos, se acierta el {unordered} % de las imágenes de prueba en vez del {trained} %.',
      ],
      task: {
        ask: 'Contando desde 0, el peso del filtro {f}, fila {r}, columna {c}, canal {ch} tiene en el laboratorio el lugar {lab}. ¿Qué lugar tiene en el archivo?',
        replies: {
          right: 'Filtro, canal, fila, columna: (({f} · {channels} + {ch}) · 3 + {r}) · 3 + {c} = {file}.',
          lab: 'Ahí está en el laboratorio, donde los canales van al final. En el archivo van al final las columnas.',
          one: 'Contando desde 0, el lugar es uno menos.',
          filter: 'Delante están también los pesos de los filtros 0 a {before}, {each} de cada uno.',
          other: 'Cuenta lo que hay delante: {each} pesos por cada filtro, 9 por cada canal, 3 por cada fila, 1 por cada columna.',
        },
      },
      why: [
        'Con filtro k, fila i, columna j y canal c, un peso tiene en el laboratorio el lugar',
        'y en el archivo',
        'Una capa densa tras una convolución tiene también sus columnas en otro orden: de los números del último mapa, este llega como',
      ],
    },
    fold: {
      title: 'Un operador menos',
      text: [
        'Tras el entrenamiento, la batch norm multiplica cada mapa por un número fijo y le suma otro. Una convolución anterior puede hacer lo mismo con otros pesos. Entonces la batch norm se integra en ella.',
        'Aquí hay dos archivos de la misma red: como se entrenó, e integrada.',
      ],
      predict: {
        ask: '{maps} mapas tienen batch norm, cada uno con cuatro números: γ, β, media y varianza. Sus convoluciones ya tienen sesgos. ¿Cuántos números menos hay en el archivo integrado?',
        replies: {
          right: '{less}: los cuatro de cada mapa. Los pesos y sesgos tienen otros valores, pero no son más que antes.',
          two: 'La media y la varianza están ahora también en los pesos y sesgos: {less}.',
          one: 'Cada mapa tiene cuatro: {less}.',
          other: 'Desaparecen los cuatro números de cada mapa: {less}.',
        },
      },
      reveal: [
        'El control resaltado cambia el archivo. Abajo están sus operadores en orden.',
        'Los logits son los números de la última capa, antes de softmax. Los de ambos archivos en {tests} imágenes se diferencian como mucho en {apart} millonésimas. Eso es redondeo. La integrada calcula menos y responde antes, así que los servicios suelen usarla.',
      ],
      task: {
        ask: '¿Por qué factor se multiplicaron los pesos del mapa {map} al integrar su batch norm? Tres decimales.',
        replies: {
          right: 'γ / √(varianza + ε) = {factor}. El primer peso de este mapa era {before} y es {after}.',
          variance: 'La batch norm divide entre la desviación típica, la raíz de la varianza.',
          inverse: 'Ese es el inverso: los pesos se dividen entre la raíz, no entre γ.',
          root: 'Eso es 1 / √(varianza + ε). El resultado se multiplica además por γ.',
          other: 'Es γ dividido entre la raíz de varianza + ε, con los números de la tabla de abajo.',
        },
      },
      why: ['La batch norm de una convolución con pesos w y sesgo b es', 'Así que la convolución integrada tiene los pesos y el sesgo'],
    },
    runtime: {
      title: 'Otro programa, la misma respuesta',
      text: [
        'Un programa que ejecuta redes se llama runtime. Además del motor del laboratorio, esta página tiene otro, de unas 300 líneas: lee el archivo ONNX, conoce seis operadores y no tiene ni una línea en común con el motor.',
        'Ambos reciben las mismas {tests} imágenes de prueba.',
      ],
      predict: {
        ask: '¿Cómo son los logits de uno frente a los del otro?',
        options: {
          same: 'Son iguales hasta el último bit.',
          nearly: 'Son iguales salvo redondeo: se diferencian en menos de 0,001.',
          differ: 'Algunos se diferencian en más.',
        },
        replies: {
          right: 'Se diferencian como mucho en {apart} millonésimas.',
          other: 'Ha salido otra cosa: se diferencian como mucho en {apart} millonésimas.',
        },
      },
      reveal: [
        'Una suma de floats depende del orden de sus términos, y cada runtime tiene el suyo. Por eso compara con una tolerancia, y compara logits de muchas imágenes: la clase sola puede acertar por suerte.',
        'El control resaltado cambia la imagen. Quien tenga Python puede guardar los dos archivos de abajo y dejar que ONNX Runtime escriba los mismos logits.',
      ],
      task: {
        ask: 'El archivo da logits, no probabilidades. Para la imagen {n}: ¿cuántas veces más probable que la segunda mejor clase es la mejor? Un decimal.',
        replies: {
          right: 'e elevado a {gap} es {odds}. La diferencia de dos logits lo dice todo.',
          difference: 'Esa es la diferencia de ambos logits. El cociente de las probabilidades es e elevado a ella.',
          ratio: 'Ese es el cociente de los logits. El de las probabilidades es el de e elevado a ellos.',
          inverse: 'Así de probable es la segunda mejor frente a la mejor. Dale la vuelta.',
          other: 'Resta el segundo mayor logit del mayor. El cociente es e elevado a lo que salga.',
        },
      },
      why: ['Softmax convierte logits z en probabilidades', 'así que entre dos probabilidades la suma se cancela:'],
    },
    pixels: {
      title: 'Qué se le da a la red',
      text: [
        'El archivo dice qué se calcula con la entrada de la red, no cómo una imagen llega a ser esa entrada. Al entrenar, cada byte se dividió entre 255; después se restó {mean}, y el resultado se dividió entre {deviation}.',
        'Otro programa tiene que hacer lo mismo. Si no lo hace, las formas encajan igualmente y nada avisa del error.',
      ],
      predict: {
        ask: 'Con los píxeles como al entrenar se acierta el {trained} % de las imágenes de prueba. ¿Y si se dan los bytes de 0 a 255 tal cual?',
        options: {
          same: 'casi las mismas: como mucho 2 puntos menos',
          some: 'algunas menos: de 2 a 20 puntos',
          much: 'muchas menos: más de 20 puntos',
        },
        replies: {
          right: 'El {bytes} %: {bytesLost} puntos menos.',
          other: 'Ha salido otra cosa: el {bytes} %, {bytesLost} puntos menos.',
        },
      },
      reveal: [
        'El control resaltado cambia lo que se hace con los píxeles; las imágenes son lo que recibe la red. Algunos errores ni siquiera se ven.',
        'Los colores traen uno más: unos lectores dan rojo, verde, azul; otros, como OpenCV, azul, verde, rojo. Y las fotografías hay que recortarlas y escalarlas como al entrenar.',
        'Así que escribe cómo se preparan, o ponlo en el archivo: «cnnlab export --pixels» hace un grafo que toma bytes.',
      ],
      task: {
        ask: '¿Cuál de estos errores cuesta más? Encuéntralo con el control resaltado y comprueba.',
        replies: {
          right: '{now} % de aciertos: se pierden {lost} puntos, sin que nada avise.',
          trained: 'Estos son píxeles como al entrenar. Elige uno de los errores.',
          less: 'Aquí se pierden {lost} puntos. Otro error cuesta más.',
        },
      },
      why: ['Un píxel p de 0 a 255 se le dio a la red como'],
    },
    answer: {
      title: 'Un servicio que responde',
      text: [
        'Un servicio tiene la red en memoria, recibe imágenes por la red y envía respuestas. La de abajo tiene la forma que escribe la línea de órdenes: «cnnlab predict RUN IMAGE --json».',
        'Una imagen de {height}×{width} píxeles grises tiene {pixels} bytes. Algunos servicios piden que el cliente la prepare: como JSON, con cada número escrito.',
      ],
      predict: {
        ask: 'Escrita como una lista así, ¿por cuánto se multiplican los bytes de la primera imagen?',
        options: { two: 'más o menos por 2', four: 'por 4: un float tiene cuatro bytes', more: 'claramente por más de 4' },
        replies: {
          right: '{json} bytes en vez de {pixels}.',
          other: 'Ha salido otra cosa: {json} bytes en vez de {pixels}.',
        },
      },
      reveal: [
        'Un servicio que toma la imagen misma recibe menos, y la preparación está en un solo sitio. «cnnlab answer RUN --port 8080» pone en marcha un servicio así.',
        'Una red nombra una clase para cualquier imagen, aunque sea la de un gato. Por eso un servicio puede no responder si la mayor probabilidad es demasiado pequeña. El control resaltado fija a partir de qué probabilidad responde.',
      ],
      task: {
        ask: 'Un servicio que responde siempre se equivoca en el {wrong} % de las respuestas. De las que dé, ha de ser incorrecta como mucho la mitad de esa parte: el {half} %. ¿Cuál es el ajuste más bajo que lo logra? Elige y comprueba.',
        replies: {
          right: 'El {share} % de las imágenes recibe respuesta, y el {right} % de esas respuestas es correcto.',
          low: 'El {wrongNow} % de las respuestas dadas es incorrecto. Pide una probabilidad mayor.',
          high: 'El {wrongNow} % de las respuestas dadas es incorrecto. Un ajuste más bajo también lo logra, y responde a más imágenes.',
        },
      },
      why: [
        'De N imágenes, A reciben respuesta, y R de esas respuestas son correctas. La parte que recibe respuesta, y la parte de respuestas correctas, con el control como está ahora:',
      ],
    },
  },
};
