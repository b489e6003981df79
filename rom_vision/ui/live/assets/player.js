// Step, slow motion, and the angle under a video of the page. The video is the browser's own; it lies in the container
// whose class is data.within, and may be drawn after this.
const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 600, HEIGHT = 90, EDGE = 4;
const USUAL_STEP_S = 1 / 30;

function drawn(name, attributes) {
  const part = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
  return part;
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".player");
  const find = (name) => root.querySelector(`.${name}`);
  const { time_s: times, value: values, moments, unit, words } = data;
  const end = times.length ? times[times.length - 1] : 0;
  const known = values.filter((v) => v !== null);
  const low = Math.min(0, ...known), high = Math.max(1, ...known);
  const x = (t) => (WIDTH * t) / (end || 1);
  const y = (v) => HEIGHT - EDGE - ((HEIGHT - 2 * EDGE) * (v - low)) / (high - low || 1);
  let step = USUAL_STEP_S, frame = null;

  const video = () => document.querySelector(`.${data.within} video`);
  const cursor = drawn("line", { class: "cursor", y1: 0, y2: HEIGHT, x1: 0, x2: 0 });

  function curve() {
    const svg = find("curve");
    svg.setAttribute("aria-label", data.label);
    svg.replaceChildren(...moments.filter((m) => m.end_s > m.start_s).map((m) => drawn("rect",
      { class: "hold", x: x(m.start_s), width: x(m.end_s - m.start_s), y: 0, height: HEIGHT })));
    svg.append(drawn("line", { class: "zero", x1: 0, x2: WIDTH, y1: y(0), y2: y(0) }));
    let piece = [];
    const pieces = [piece];
    times.forEach((t, i) => {
      if (values[i] === null) { piece = []; pieces.push(piece); } else piece.push(`${x(t)},${y(values[i])}`);
    });
    pieces.filter((p) => p.length > 1).forEach((p) => svg.append(drawn("polyline", { class: "line", points: p.join(" ") })));
    svg.append(cursor);
    svg.onclick = (event) => {
      const box = svg.getBoundingClientRect();
      seek((end * (event.clientX - box.left)) / box.width);
    };
  }

  function at(t) {
    let best = null;
    times.forEach((time, i) => { if (values[i] !== null && (best === null || Math.abs(time - t) < Math.abs(times[best] - t))) best = i; });
    return best === null || Math.abs(times[best] - t) > 0.3 ? null : values[best];
  }

  function show() {
    const v = video();
    if (!v) return;
    const t = v.currentTime, value = at(t);
    cursor.setAttribute("x1", x(t));
    cursor.setAttribute("x2", x(t));
    find("now").textContent = `${figure(t, 2)} s${value === null ? "" : `  ${figure(value, 1)}${unit}`}`;
    find("play").textContent = v.paused ? words.play : words.pause;
    frame = v.paused ? null : requestAnimationFrame(show);
  }

  function seek(t) {
    const v = video();
    if (!v) return;
    v.pause();
    v.currentTime = Math.max(0, Math.min(t, v.duration || end));
  }

  function toggle() {
    const v = video();
    if (!v) return;
    v.playbackRate = Number(find("speed").value);
    if (v.paused) v.play(); else v.pause();
  }

  function hear(v) {
    if (v.romVisionShow) ["play", "pause", "seeked", "loadedmetadata"].forEach((e) => v.removeEventListener(e, v.romVisionShow));
    v.romVisionShow = () => { if (frame === null) show(); };
    ["play", "pause", "seeked", "loadedmetadata"].forEach((e) => v.addEventListener(e, v.romVisionShow));
    // The pictures tell how far apart they are.
    let before = null;
    const seen = (_, told) => {
      if (before !== null && told.mediaTime > before) step = Math.min(step, Math.max(told.mediaTime - before, 1 / 240));
      before = told.mediaTime;
      if (v.isConnected) v.requestVideoFrameCallback(seen);
    };
    if (v.requestVideoFrameCallback) v.requestVideoFrameCallback(seen);
    show();
  }

  const by = (n) => { const v = video(); if (v) seek(v.currentTime + n * step); };
  root.setAttribute("aria-label", words.player);
  for (const name of ["back", "on"]) find(name).setAttribute("aria-label", words[name]);
  find("play").textContent = words.play;
  find("word").textContent = words.speed;
  find("back").onclick = () => by(-1);
  find("on").onclick = () => by(1);
  find("play").onclick = toggle;
  find("speed").onchange = () => { const v = video(); if (v) v.playbackRate = Number(find("speed").value); };
  hearKeys(root, { ArrowLeft: () => by(-1), ArrowRight: () => by(1), " ": toggle });
  find("moments").replaceChildren(...moments.map((m) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = m.name;
    button.onclick = () => seek(m.at_s);
    return button;
  }));
  curve();
  let tries = 0;
  const waiting = setInterval(() => {
    const v = video();
    if (v) hear(v);
    if (v || ++tries > 100) clearInterval(waiting);
  }, 100);
  return () => { clearInterval(waiting); if (frame !== null) cancelAnimationFrame(frame); };
}
