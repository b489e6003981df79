// Two videos of the page, played in step: both are always the same time from their hold. Each lies in a container of
// data.within, its hold begins at data.hold_s, and both may be drawn after this. Playing, the first leads; the second is
// put right when it has strayed by more than APART_S, which two decoders do and an eye begins to see. Standing, whichever
// was moved by its own controls, or by the page that sets where a video starts, is followed by the other.
const STEP_S = 1 / 30, APART_S = 0.05, SAME_S = 0.005;

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".player");
  const find = (name) => root.querySelector(`.${name}`);
  const { within, hold_s: holds, words } = data;
  let frame = null, heard = [], settled = 0;

  const videos = () => within.map((name) => document.querySelector(`.${name} video`));
  const both = () => { const found = videos(); return found.every((v) => v && v.readyState >= 1) ? found : null; };
  const ends = ([a, b]) => [
    Math.max(-holds[0], -holds[1]), Math.min((a.duration || 0) - holds[0], (b.duration || 0) - holds[1])];

  function show() {
    const found = both();
    if (!found) return;
    const [a, b] = found, [first, last] = ends(found), now = a.currentTime - holds[0];
    if (!a.paused) {
      if (now >= last) stop();
      else if (!b.seeking && Math.abs(b.currentTime - holds[1] - now) > APART_S) b.currentTime = now + holds[1];
    }
    Object.assign(find("along"), { min: first, max: last });
    find("along").value = now;
    const said = words.now.replace("{time}", `${now <= -0.005 ? "\u2212" : "+"}${figure(Math.abs(now), 2)}`);
    find("now").textContent = said;
    find("along").setAttribute("aria-valuetext", said);
    find("play").textContent = a.paused ? words.play : words.pause;
    frame = a.paused ? null : requestAnimationFrame(show);
  }

  function stop() { (both() || []).forEach((v) => v.pause()); }

  function seek(t) {
    const found = both();
    if (!found) return;
    stop();
    const [first, last] = ends(found);
    settled = Math.max(first, Math.min(t, last));
    found.forEach((v, i) => { v.currentTime = settled + holds[i]; });
  }

  // A video that stands where both were put is not the one that was moved, whichever of the two speaks last.
  function follow(moved) {
    const found = both();
    if (!found || !found.every((v) => v.paused && !v.seeking)) return;
    const at = found.map((v, i) => v.currentTime - holds[i]);
    if (Math.abs(at[0] - at[1]) <= SAME_S) { settled = at[0]; return; }
    seek(Math.abs(at[moved] - settled) > SAME_S ? at[moved] : at[1 - moved]);
  }

  function toggle() {
    const found = both();
    if (!found) return;
    const [a, b] = found;
    if (!a.paused) return stop();
    const [first, last] = ends(found), now = a.currentTime - holds[0];
    seek(now >= last - STEP_S ? first : now);
    found.forEach((v) => { v.playbackRate = Number(find("speed").value); });
    Promise.all([a.play(), b.play()]).catch(stop);
  }

  const by = (n) => { const found = both(); if (found) seek(found[0].currentTime - holds[0] + n * STEP_S); };
  root.setAttribute("aria-label", words.player);
  for (const name of ["back", "on", "along"]) find(name).setAttribute("aria-label", words[name]);
  find("play").textContent = words.play;
  find("hold").textContent = words.hold;
  find("word").textContent = words.speed;
  find("back").onclick = () => by(-1);
  find("on").onclick = () => by(1);
  find("play").onclick = toggle;
  find("hold").onclick = () => seek(0);
  find("along").oninput = (event) => seek(Number(event.target.value));
  find("speed").onchange = () => (both() || []).forEach((v) => { v.playbackRate = Number(find("speed").value); });
  hearKeys(root, { ArrowLeft: () => by(-1), ArrowRight: () => by(1), " ": toggle });
  let tries = 0;
  const waiting = setInterval(() => {
    const found = both();
    if (found) {
      const on = (v, event, hear) => {
        v.addEventListener(event, hear);
        heard.push(() => v.removeEventListener(event, hear));
      };
      const hear = () => { if (frame === null) show(); };
      ["play", "pause", "seeked"].forEach((e) => on(found[0], e, hear));
      found.forEach((v, i) => {
        on(v, "seeked", () => follow(i));
        on(v, "loadedmetadata", () => setTimeout(() => seek(0)));
      });
      seek(0);
      show();
    }
    if (found || ++tries > 100) clearInterval(waiting);
  }, 100);
  return () => { clearInterval(waiting); heard.forEach((leave) => leave()); if (frame !== null) cancelAnimationFrame(frame); };
}
