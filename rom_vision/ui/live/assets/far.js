// The screen that is read from 2.5 m: full, one instruction, one angle. Python says what it shows; see far.py.
const SOUND = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 9v6h4l5 5V4L7 9z" fill="currentColor"/>';
const ON = SOUND + '<path d="M16 8a6 6 0 0 1 0 8M19 5a10 10 0 0 1 0 14"/></svg>';
const OFF = SOUND + '<path d="M16 9l6 6M22 9l-6 6"/></svg>';
const LARGEST = 1.75;

function fit(cue, unit) {
  // As large as one line allows, and never smaller than the unit: then it breaks.
  cue.style.whiteSpace = "nowrap";
  cue.style.fontSize = `${LARGEST * unit}px`;
  const room = cue.clientWidth, needed = cue.scrollWidth;
  const size = Math.max(unit, Math.min(LARGEST * unit, (LARGEST * unit * room) / Math.max(needed, 1) * 0.985));
  cue.style.fontSize = `${size}px`;
  if (size <= unit) cue.style.whiteSpace = "normal";
}

function widen(sentence) {
  // A long sentence takes room from the picture before it is ever made smaller.
  for (const width of ["", "long", "longest"]) {
    sentence.className = `sentence ${width}`;
    if (sentence.scrollHeight <= sentence.parentElement.clientHeight) return;
  }
}

function place(box, screen, shape, live) {
  // The camera's picture is an element of the page; it is laid over the free place.
  const video = document.querySelector(".st-key-selftest_video");
  if (!video) return;
  const free = box.getBoundingClientRect();
  const width = Math.min(free.width, free.height * shape), height = width / shape;
  const left = free.left + (free.width - width) / 2, top = free.top + (free.height - height) / 2;
  const shown = !screen.hidden && width > 0 && height > 0;
  Object.assign(video.style, shown
    ? { position: "fixed", zIndex: 1000001, left: `${left}px`, top: `${top}px`, width: `${width}px`,
        height: `${height}px`, overflow: "hidden" }
    : { position: "", zIndex: "", left: "", top: "", width: "", height: "", overflow: "" });
  // The component leaves a margin above the picture.
  const frame = video.querySelector("iframe");
  const margin = frame?.contentDocument?.querySelector("video")?.offsetTop ?? 0;
  if (frame) frame.style.marginTop = shown ? `${-margin}px` : "";
  video.style.opacity = live ? "" : "0.12";
}

export default function ({ data, parentElement, setTriggerValue }) {
  const find = (name) => parentElement.querySelector(`.${name}`);
  const screen = find("far");
  const before = screen.hidden;
  screen.hidden = !data.open;
  if (before && data.open) document.documentElement.requestFullscreen?.().catch(() => {});
  if (!before && !data.open && document.fullscreenElement) document.exitFullscreen().catch(() => {});
  const say = (name, text) => { const at = find(name); if (at.textContent !== text) at.textContent = text; };
  screen.lang = data.language;
  screen.dataset.shows = data.shows;
  screen.classList.toggle("no-band", !data.band);
  find("cue").style.setProperty("--tone", data.tone);
  say("cue", data.cue);
  say("angle", data.shows === "drill" ? data.dial : data.angle === null ? "–" : `${Math.round(data.angle)}°`);
  find("angle").classList.toggle("wide", data.shows === "drill" && data.dial.length > 2);
  const facts = find("facts");
  if (facts.textContent !== data.facts.join("")) {
    facts.replaceChildren(...data.facts.map((text) => {
      const line = document.createElement("li");
      line.textContent = text;
      return line;
    }));
  }
  say("sentence", data.sentence);
  say("who", data.who);
  say("count", data.count);
  find("held").style.strokeDasharray = `${100 * data.held} 100`;
  const share = (deg) => `${(100 * Math.min(Math.max(deg - data.scale[0], 0), data.scale[1] - data.scale[0])) /
    (data.scale[1] - data.scale[0])}%`;
  if (data.band) {
    const [low, high] = data.band;
    Object.assign(find("band").style, { bottom: share(low), height: `calc(${share(high)} - ${share(low)})` });
    for (const [name, deg] of [["low", low], ["high", high]]) {
      say(name, `${deg}`);
      find(name).style.bottom = share(deg);
    }
  }
  find("mark").style.display = data.angle === null ? "none" : "block";
  if (data.angle !== null) find("mark").style.bottom = share(data.angle);
  const results = find("results");
  if (results.dataset.of !== JSON.stringify(data.results)) {
    results.dataset.of = JSON.stringify(data.results);
    results.classList.toggle("many", data.results.length > 2);
    results.replaceChildren(...data.results.map(([name, value, more]) => {
      const row = document.createElement("div");
      const [term, number, small] = ["dt", "dd", "small"].map((tag) => document.createElement(tag));
      term.textContent = name;
      number.textContent = value;
      small.textContent = more;
      if (more) number.append(small);
      row.append(term, number);
      return row;
    }));
  }
  const stop = find("stop"), sound = find("sound");
  stop.textContent = data.stop;
  if (stop.title !== data.stop_title) stop.title = data.stop_title;
  stop.onclick = () => setTriggerValue("stopped", true);
  if (sound.dataset.on !== `${data.sound} ${data.language}`) {
    sound.dataset.on = `${data.sound} ${data.language}`;
    sound.innerHTML = data.sound ? ON : OFF;
    sound.setAttribute("aria-label", data.sound ? data.silence : data.speak);
  }
  sound.onclick = () => setTriggerValue("sound", true);
  const layout = () => {
    fit(find("cue"), parseFloat(getComputedStyle(screen).fontSize));
    widen(find("sentence"));
    place(find("picture"), screen, data.shape, data.live);
  };
  layout();
  window.onresize = layout;
  window.romVisionKeys ??= document.addEventListener("keydown", (event) => window.romVisionKey?.(event)) ?? true;
  window.romVisionKey = (event) => {
    if (!data.open || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") stop.click();
    if (event.key === "Tab" && !event.composedPath().includes(screen)) {
      event.preventDefault();
      stop.focus();
    }
  };
  // Whoever started with the keyboard can stop with it.
  if (data.open && before) requestAnimationFrame(() => stop.focus());
  return () => { window.romVisionKey = null; };
}
