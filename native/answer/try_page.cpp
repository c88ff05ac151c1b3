#include "engine/drawing/svg.hpp"
#include "native/answer/routes.hpp"
#include "native/report/html.hpp"

namespace cnnlab {

namespace {

constexpr std::string_view style = R"(body { max-width: 720px; }
#drop { border: 2px dashed #8888; border-radius: 8px; padding: 24px; }
#drop.over { border-style: solid; }
#shown { max-width: 100%; max-height: 240px; }
meter { width: 160px; }
a { color: inherit; }
[hidden] { display: none; }
)";

// English and Spanish, as the reader's browser prefers.
constexpr std::string_view script = R"(<script>
const spanish = navigator.language.startsWith('es');
if (spanish) document.documentElement.lang = 'es';
const words = spanish
  ? { ask: 'Elija una imagen o suéltela aquí', wait: 'Calculando…', done: (ms) => `Respuesta en ${ms} ms`,
      picture: 'La imagen elegida', kinds: 'clases', name: 'clase', share: 'probabilidad',
      more: ['Descripción (OpenAPI)', 'Métricas', 'Modelo (KServe)'] }
  : { ask: 'Choose a picture, or drop one here', wait: 'Computing…', done: (ms) => `Answered in ${ms} ms`,
      picture: 'The chosen picture', kinds: 'classes', name: 'class', share: 'probability',
      more: ['Description (OpenAPI)', 'Metrics', 'Model (KServe)'] };
const find = (id) => document.getElementById(id);
find('ask').textContent = words.ask;
find('kinds').textContent = words.kinds;
document.querySelectorAll('#more a').forEach((link, i) => { link.textContent = words.more[i]; });
async function answer(file) {
  const shown = find('shown');
  URL.revokeObjectURL(shown.src);
  shown.src = URL.createObjectURL(file);
  shown.alt = words.picture;
  shown.hidden = false;
  find('classes').replaceChildren();
  find('status').textContent = words.wait;
  const start = performance.now();
  try {
    const response = await fetch('predict?top=' + Math.min(5, classes), {
      method: 'POST', headers: { 'Content-Type': file.type || 'application/octet-stream' }, body: file });
    const json = await response.json();
    if (!response.ok) throw new Error(json.error);
    find('status').textContent = words.done(Math.round(performance.now() - start));
    const head = document.createElement('tr');
    head.append(cell('th', words.name), cell('th', words.share), cell('td', ''));
    find('classes').append(head);
    for (const one of json.predictions[0].top) {
      const row = document.createElement('tr'), meter = document.createElement('meter');
      meter.value = one.probability;
      meter.setAttribute('aria-hidden', 'true');
      row.append(cell('td', one.class), cell('td', (100 * one.probability).toFixed(1) + ' %'), cell('td', meter));
      find('classes').append(row);
    }
  } catch (error) {
    find('status').textContent = error.message;
  }
}
function cell(kind, content) {
  const made = document.createElement(kind);
  made.append(content);
  return made;
}
find('file').onchange = (event) => { if (event.target.files[0]) answer(event.target.files[0]); };
const drop = find('drop');
drop.ondragover = (event) => { event.preventDefault(); drop.classList.add('over'); };
drop.ondragleave = () => drop.classList.remove('over');
drop.ondrop = (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  if (event.dataTransfer.files[0]) answer(event.dataTransfer.files[0]);
};
</script>
)";

}  // namespace

std::string try_page(const Service::Facts& facts) {
    const std::string model = "v2/models/" + escape_xml(facts.name);
    // Browsers ask for an icon otherwise.
    std::string body = "<link rel=\"icon\" href=\"data:,\">\n<p>" + facts.image.str() + ", " +
                       std::to_string(facts.classes.size()) + " <span id=\"kinds\">classes</span></p>\n";
    body += R"(<div id="drop"><label id="ask" for="file">Choose a picture</label>
<input id="file" type="file" accept="image/*"></div>
<p id="status" role="status"></p>
<p><img id="shown" alt="" hidden></p>
<table id="classes"></table>
<ul id="more"><li><a href="openapi.json">Description</a></li><li><a href="metrics">Metrics</a></li><li><a href=")" +
            model + "\">Model</a></li></ul>\n";
    body += "<script>const classes = " + std::to_string(facts.classes.size()) + ";</script>\n" +
            std::string(script);
    return html_page("cnnlab: " + facts.name, body, style);
}

}  // namespace cnnlab
