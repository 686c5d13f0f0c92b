// Files that a reader takes home. Rows come from the server, in this session alone; pictures are taken here, from what is
// drawn on the page, in light colours and with what they are written on them. Nothing is fetched but the page's own fonts.

const PAD = 28;
const WHITE = "#FFFFFF", INK = "#1F2430", MUTED = "#5B6472";
const SERIF = "'Source Serif', 'Source Serif 4', Georgia, 'Times New Roman', serif";
const SANS = "'Source Sans', 'Source Sans 3', 'Segoe UI', Arial, sans-serif";
const XML = "http://www.w3.org/2000/svg";
const PAINTED = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "font-size",
  "font-weight", "font-style", "text-anchor", "dominant-baseline", "clip-path", "opacity", "fill-opacity",
  "stroke-opacity", "vector-effect", "paint-order"];
const USUAL = { "stroke-dasharray": "none", "stroke-linecap": "butt", "stroke-linejoin": "miter", "clip-path": "none",
  opacity: "1", "fill-opacity": "1", "stroke-opacity": "1", "vector-effect": "none", "paint-order": "normal",
  "font-style": "normal", "dominant-baseline": "auto", "text-anchor": "start" };
const ONLY_ON_SCREEN = ".draglayer, .zoomlayer, .hoverlayer, .modebar-container, image, foreignObject, script, style";
const BETWEEN = "[data-testid='stExpander'], [data-testid='stPopover'], .rt-take, .rt-caveat, .rt-range";

const wished = new Map();

export default function desk({ data: { told }, setTriggerValue }) {
  const data = JSON.parse(told);
  if (data.file) return receive(data.file);
  const listen = event => {
    const button = event.target.closest?.("[data-take] button[data-as]");
    if (button) ask(button, data, setTriggerValue);
  };
  document.addEventListener("click", listen);
  return () => document.removeEventListener("click", listen);
}

function ask(button, data, setTriggerValue) {
  const row = button.closest("[data-take]"), key = row.dataset.take, kind = button.dataset.as;
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  tell(data.words.making);
  const done = text => { button.removeAttribute("aria-busy"); tell(text); };
  if (kind === "png" || kind === "svg") {
    picture(row, data, kind)
      .then(blob => { if (blob) save(blob, `${data.offers[key].file}.${kind}`, data.words, done); else done(data.words.no_picture); })
      .catch(() => done(data.words.failed));
    return;
  }
  const wish = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  wished.set(wish, { words: data.words, done });
  setTriggerValue("asked", { key, kind, wish });
}

function receive(file) {
  const wish = wished.get(file.wish);
  if (!wish) return;
  wished.delete(file.wish);
  const bytes = Uint8Array.from(atob(file.content), letter => letter.charCodeAt(0));
  save(new Blob([bytes], { type: file.kind }), file.name, wish.words, wish.done);
}

function save(blob, name, words, done) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  done(words.saved.replace("{file}", name));
}

function tell(text) {
  let status = document.getElementById("rt-take-status");
  if (!status) {
    status = document.createElement("div");
    status.id = "rt-take-status";
    status.className = "rt-unseen";
    status.setAttribute("role", "status");
    (document.querySelector("[data-testid='stMain']") ?? document.body).append(status);
  }
  status.textContent = text;
}

// --- A picture: what stands in the card above the row, under its title and over what it says of itself ---

async function picture(row, data, kind) {
  const offer = data.offers[row.dataset.take];
  const drawn = inLight(row, () => blocks(row));
  if (!drawn.length) return null;
  const svg = composed(drawn, offer, data);
  if (kind === "svg") return new Blob([svg], { type: "image/svg+xml" });
  return asPng(svg, offer, data);
}

function blocks(row) {
  const card = row.closest("[class*='st-key-card-']") ?? row.closest("[data-testid='stVerticalBlock']");
  const parts = [...card.querySelectorAll("[data-testid='stElementContainer']")];
  const here = parts.findIndex(part => part.contains(row));
  const before = parts.slice(0, here).findLastIndex(part => part.querySelector("[data-take]"));
  const own = parts.slice(before + 1, here).filter(part => !part.closest(BETWEEN) && !part.querySelector(BETWEEN));
  const first = own.findIndex(part => part.querySelector(".rt-card-head"));
  return own.filter((part, at) => at > first && isDrawn(part)).map(part => {
    const box = part.getBoundingClientRect();
    const text = part.querySelector("[role='img']")?.getAttribute("aria-label") ?? part.querySelector(".rt-unseen")?.textContent;
    return { width: box.width, height: box.height, body: paint(part, { x: box.left, y: box.top }), text: text ?? "" };
  }).filter(block => block.body);
}

function isDrawn(part) {
  return !!part.querySelector(".js-plotly-plot, [data-testid='stMarkdown'], .stHtml");
}

function inLight(row, take) {
  const root = row.closest("[class*='st-key-card-']") ?? row.closest("[data-testid='stMain']");
  const before = root.style.cssText;
  root.style.colorScheme = "light";
  try { return take(); } finally { root.style.cssText = before; }
}

function composed(drawn, offer, data) {
  const width = Math.ceil(Math.max(480, ...drawn.map(block => block.width)));
  const written = [];
  let y = PAD;
  const write = (text, size, weight, colour, family) => {
    for (const line of wrapped(text, width, `${weight} ${size}px ${family}`)) {
      y += size * 1.32;
      written.push(textElement(PAD, y, line, { size, weight, colour, family }));
    }
  };
  write(offer.title, 22, 700, INK, SERIF);
  y += 12;
  for (const block of drawn) {
    written.push(`<g transform="translate(${PAD} ${round(y)})">${block.body}</g>`);
    y += block.height + 10;
  }
  y += 6;
  for (const [name, told] of offer.lines) write(`${name}: ${told}`, 11.5, 400, MUTED, SANS);
  const height = Math.ceil(y + PAD), whole = width + 2 * PAD;
  const told = drawn.map(block => block.text).concat(offer.lines.map(line => line.join(": "))).filter(Boolean).join("\n");
  const body = recoloured(written.join("\n"), data.colours);
  return `<svg xmlns="${XML}" width="${whole}" height="${height}" viewBox="0 0 ${whole} ${height}" role="img" `
    + `aria-labelledby="title description" xml:lang="${data.language}">\n<title id="title">${escaped(offer.title)}</title>\n`
    + `<desc id="description">${escaped(told)}</desc>\n<rect width="${whole}" height="${height}" fill="${WHITE}"/>\n${body}\n</svg>\n`;
}

function wrapped(text, width, font) {
  const pen = ruler(font), lines = [];
  let line = "";
  for (const word of text.split(/[ \n]+/)) {
    const longer = line ? `${line} ${word}` : word;
    if (line && pen.measureText(longer).width > width) { lines.push(line); line = word; } else line = longer;
  }
  return [...lines, line];
}

// --- From the page to SVG: boxes, borders, marks, text line by line, and drawings with their colours resolved ---

function paint(element, from) {
  if (element.matches(".rt-unseen, button, input, select, " + ONLY_ON_SCREEN)) return "";
  const style = getComputedStyle(element);
  if (style.display === "none" || style.visibility === "hidden" || Number(style.opacity) === 0) return "";
  if (element instanceof SVGSVGElement) return drawing(element, from);
  const inside = [...element.childNodes].map(child => {
    if (child.nodeType === Node.TEXT_NODE) return lettering(child, style, from);
    return child.nodeType === Node.ELEMENT_NODE ? paint(child, from) : "";
  }).join("");
  const box = boxOf(element, style, from) + inside;
  return box && Number(style.opacity) < 1 ? `<g opacity="${style.opacity}">${box}</g>` : box;
}

function boxOf(element, style, from) {
  const box = element.getBoundingClientRect();
  if (!box.width || !box.height) return borders(element, box, style, from);
  const shape = outline(box, style, from);
  const hatch = hatching(box, style, from);
  const fill = colour(style.backgroundColor);
  const ground = fill.opacity > 0 ? shape(`fill="${fill.hex}"${opacity("fill", fill)}`) : "";
  return ground + hatch + borders(element, box, style, from);
}

function outline(box, style, from) {
  const [x, y, w, h] = [box.left - from.x, box.top - from.y, box.width, box.height];
  const corners = points => attributes => `<polygon points="${points.map(([px, py]) => `${round(px)},${round(py)}`).join(" ")}" ${attributes}/>`;
  const polygon = /^polygon\((.*)\)$/.exec(style.clipPath);
  if (polygon) {
    return corners(polygon[1].split(",").map(point => {
      const [px, py] = point.trim().split(/\s+/).map(parseFloat);
      return [x + (w * px) / 100, y + (h * py) / 100];
    }));
  }
  if (isTurned(style)) return corners([[x + w / 2, y], [x + w, y + h / 2], [x + w / 2, y + h], [x, y + h / 2]]);
  const radius = Math.min(parseFloat(style.borderTopLeftRadius) * (style.borderTopLeftRadius.endsWith("%") ? w / 100 : 1), w / 2, h / 2);
  return attributes => `<rect x="${round(x)}" y="${round(y)}" width="${round(w)}" height="${round(h)}"${radius ? ` rx="${round(radius)}"` : ""} ${attributes}/>`;
}

function isTurned(style) {
  const turn = style.transform.startsWith("matrix(") ? style.transform.slice(7).split(",").map(Number) : [1, 0];
  return Math.abs(turn[0] - Math.SQRT1_2) < 0.01 && Math.abs(turn[1]) > 0.1 || style.rotate === "45deg";
}

function hatching(box, style, from) {
  if (!style.backgroundImage.startsWith("repeating-linear-gradient")) return "";
  const found = style.backgroundImage.match(/rgba?\([^)]*\)/g) ?? [];
  const stroke = found.map(colour).find(each => each.opacity > 0);
  if (!stroke) return "";
  const [x, y, w, h] = [box.left - from.x, box.top - from.y, box.width, box.height];
  let path = "";
  for (let at = 6; at < w + h; at += 6) {
    const [x1, y1] = at < h ? [0, at] : [at - h, h];
    const [x2, y2] = at < w ? [at, 0] : [w, at - w];
    path += `M${round(x + x1)} ${round(y + y1)}L${round(x + x2)} ${round(y + y2)}`;
  }
  return `<path d="${path}" fill="none" stroke="${stroke.hex}" stroke-width="1.2"${opacity("stroke", stroke)}/>`;
}

function borders(element, box, style, from) {
  const [x, y, w, h] = [box.left - from.x, box.top - from.y, box.width, box.height];
  const sides = [["Top", x, y, x + w, y], ["Right", x + w, y, x + w, y + h], ["Bottom", x, y + h, x + w, y + h], ["Left", x, y, x, y + h]];
  const lines = sides.map(([name, ...ends]) => {
    const width = parseFloat(style[`border${name}Width`]), kind = style[`border${name}Style`], ink = colour(style[`border${name}Color`]);
    return width && kind !== "none" && ink.opacity ? { ends, width, kind, ink } : null;
  });
  const drawn = lines.filter(Boolean);
  if (!drawn.length) return "";
  const same = drawn.length === 4 && drawn.every(line => line.ink.hex === drawn[0].ink.hex);
  const dashes = kind => (kind === "dashed" ? ' stroke-dasharray="4 3"' : kind === "dotted" ? ' stroke-dasharray="1.5 2.5"' : "");
  const pen = line => `fill="none" stroke="${line.ink.hex}" stroke-width="${round(line.width)}"${opacity("stroke", line.ink)}${dashes(line.kind)}`;
  if (same) return outline(box, style, from)(pen(drawn[0]));
  return drawn.map(line => `<path d="M${round(line.ends[0])} ${round(line.ends[1])}L${round(line.ends[2])} ${round(line.ends[3])}" ${pen(line)}/>`).join("");
}

function lettering(node, style, from) {
  const range = document.createRange(), lines = [];
  for (const found of node.data.matchAll(/\S+/g)) {
    range.setStart(node, found.index);
    range.setEnd(node, found.index + found[0].length);
    const box = range.getClientRects()[0];
    if (!box?.width) continue;
    const last = lines.at(-1);
    if (last && Math.abs(last.box.top - box.top) < 2) last.text += ` ${found[0]}`;
    else lines.push({ box, text: found[0] });
  }
  const pen = ruler(`${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`);
  const ascent = pen.measureText("Å").fontBoundingBoxAscent, ink = colour(style.color);
  return lines.map(({ box, text }) => textElement(box.left - from.x, box.top - from.y + ascent, text, {
    size: parseFloat(style.fontSize), weight: style.fontWeight, colour: ink.hex, family: family(style.fontFamily),
  })).join("");
}

function drawing(svg, from) {
  const corner = svg.getScreenCTM();
  const copy = svg.cloneNode(true);
  const [originals, copies] = [svg, copy].map(root => [...root.querySelectorAll("*")]);
  copies.forEach((each, at) => resolved(each, originals[at]));
  copy.querySelectorAll(ONLY_ON_SCREEN).forEach(each => each.remove());
  copy.querySelectorAll("[data-gone]").forEach(each => each.remove());
  const inside = [...copy.childNodes].map(child => new XMLSerializer().serializeToString(child)).join("").replaceAll(` xmlns="${XML}"`, "");
  const matrix = [corner.a, corner.b, corner.c, corner.d, corner.e - from.x, corner.f - from.y].map(round).join(" ");
  return `<g transform="matrix(${matrix})">${inside.replace(/xmlns:\w+="[^"]*"/g, "")}</g>`;
}

function resolved(copy, original) {
  const style = getComputedStyle(original);
  if (style.display === "none" || style.visibility === "hidden") { copy.setAttribute("data-gone", ""); return; }
  for (const { name } of [...copy.attributes]) {
    if (/^(class|style|data-|aria-|role|href|xlink|pointer-events|tabindex|target)/.test(name)) copy.removeAttribute(name);
  }
  if (original.closest("defs, clipPath")) return;
  for (const name of PAINTED) {
    const value = style.getPropertyValue(name);
    if (!value || value === USUAL[name]) copy.removeAttribute(name);
    else if (name === "fill" || name === "stroke") painted(copy, name, value);
    else copy.setAttribute(name, name === "clip-path" ? value.replace(/url\(["']?[^#]*(#[^"')]*)["']?\)/, "url($1)") : value);
  }
  if (original instanceof SVGTextElement) {
    copy.setAttribute("font-family", family(style.fontFamily));
    if (style.whiteSpace.startsWith("pre")) copy.setAttribute("xml:space", "preserve");
  }
}

function painted(copy, name, value) {
  const paintIs = colour(value);
  if (value.startsWith("url(")) copy.setAttribute(name, value.replace(/url\(["']?[^#]*(#[^"')]*)["']?\).*/, "url($1)"));
  else if (value === "none" || paintIs.opacity === 0) copy.setAttribute(name, "none");
  else {
    copy.setAttribute(name, paintIs.hex);
    if (paintIs.opacity < 1) copy.setAttribute(`${name}-opacity`, String(round(paintIs.opacity * Number(getOpacity(copy, name)))));
  }
}

const getOpacity = (copy, name) => copy.getAttribute(`${name}-opacity`) ?? "1";

// --- Letters and colours ---

function textElement(x, y, text, { size, weight, colour: ink, family: name }) {
  return `<text x="${round(x)}" y="${round(y)}" font-family="${name}" font-size="${round(size)}" font-weight="${weight}" fill="${ink}">${escaped(text)}</text>`;
}

const family = named => (/serif/i.test(named.split(",")[0]) && !/sans/i.test(named.split(",")[0]) ? SERIF : SANS);
const round = number => Math.round(number * 100) / 100;
const opacity = (name, ink) => (ink.opacity < 1 ? ` ${name}-opacity="${round(ink.opacity)}"` : "");
const escaped = text => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "").replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

function colour(written) {
  const numbers = written.match(/^rgba?\(([^)]*)\)$/)?.[1].split(/[\s,/]+/).map(Number);
  if (!numbers) return written.startsWith("color(") ? ofColorSpace(written) : { hex: INK, opacity: written === "none" ? 0 : 1 };
  return { hex: hexOf(numbers.slice(0, 3)), opacity: numbers[3] ?? 1 };
}

function ofColorSpace(written) {
  const numbers = written.match(/[\d.]+/g).map(Number);
  return { hex: hexOf(numbers.slice(0, 3).map(part => part * 255)), opacity: numbers[3] ?? 1 };
}

const hexOf = channels => `#${channels.map(part => Math.round(part).toString(16).padStart(2, "0")).join("").toUpperCase()}`;

function recoloured(body, colours) {
  const light = new Map(Object.entries(colours).map(pair => pair.map(triplet => hexOf(triplet.split(",").map(Number)))));
  return body.replace(/#[0-9A-F]{6}\b/g, hex => light.get(hex) ?? hex);
}

function ruler(font) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = font;
  return pen;
}

// --- PNG: twice the size, with the fonts that the page is set in, and the words inside the file ---

async function asPng(svg, offer, data) {
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg).map(Number);
  const dressed = svg.replace("<rect ", `<style>${await fontFaces()}</style><rect `);
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([dressed], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: width * 2, height: height * 2 });
  canvas.getContext("2d").drawImage(image, 0, 0, width * 2, height * 2);
  URL.revokeObjectURL(image.src);
  const blob = await new Promise(done => canvas.toBlob(done, "image/png"));
  const description = offer.lines.map(line => line.join(": ")).join("\n");
  return withWords(new Uint8Array(await blob.arrayBuffer()), { Title: offer.title, Description: description }, data.language);
}

async function fontFaces() {
  const rules = [...document.styleSheets].flatMap(sheet => [...sheet.cssRules]);
  const faces = rules.filter(rule => rule instanceof CSSFontFaceRule && /Source (Sans|Serif)/.test(rule.style.getPropertyValue("font-family"))
    && rule.style.getPropertyValue("font-style") !== "italic");
  const embedded = await Promise.all(faces.map(async face => {
    const address = new URL(/url\(["']?([^"')]*)/.exec(face.style.getPropertyValue("src"))[1], face.parentStyleSheet.href ?? document.baseURI);
    if (address.origin !== location.origin) return "";
    const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
    const letters = Array.from(bytes, byte => String.fromCharCode(byte)).join("");
    const [name, weight] = ["font-family", "font-weight"].map(part => face.style.getPropertyValue(part));
    return `@font-face{font-family:${name};font-weight:${weight};src:url(data:font/woff2;base64,${btoa(letters)})}`;
  }));
  return embedded.join("");
}

function withWords(png, words, language) {
  const chunks = Object.entries(words).map(([name, text]) =>
    chunk("iTXt", new TextEncoder().encode(`${name}\0\0\0${language}\0\0${text}`)));
  const afterHeader = 33;
  return new Blob([png.slice(0, afterHeader), ...chunks, png.slice(afterHeader)], { type: "image/png" });
}

function chunk(name, body) {
  const named = new Uint8Array([...new TextEncoder().encode(name), ...body]);
  const whole = new Uint8Array(named.length + 8), view = new DataView(whole.buffer);
  view.setUint32(0, body.length);
  whole.set(named, 4);
  view.setUint32(named.length + 4, checksum(named));
  return whole;
}

function checksum(bytes) {
  let sum = 0xFFFFFFFF;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xEDB88320 : sum >>> 1;
  }
  return (sum ^ 0xFFFFFFFF) >>> 0;
}
