// The coach's voice and tones. Speech is the browser's own, and nothing is sent anywhere.
//
// A sentence is finished before the next one begins, and at least GAP_MS lie between them; a correction may cut in.
// While one is spoken only the newest wish is remembered: what is over by then must not be said any more.
const GAP_MS = 1500;
const MS_PER_CHARACTER = 75;
const TONES = { hold: [660, 880], release: [520, 390], done: [520, 660, 780] };

function sayer(now, later) {
  const state = { key: null, until: 0, wish: null, timer: null };
  const voice = window.speechSynthesis;

  function speak(wish) {
    state.key = wish.key;
    state.wish = null;
    const words = new SpeechSynthesisUtterance(wish.text);
    words.lang = wish.language;
    words.rate = 0.95;
    // Where no end is reported the length is guessed.
    state.until = now() + wish.text.length * MS_PER_CHARACTER + GAP_MS;
    words.onstart = () => { if (state.key === wish.key) state.until = Infinity; };
    words.onend = () => {
      if (state.key !== wish.key) return;
      state.until = now() + GAP_MS;
      wait();
    };
    voice.speak(words);
    wait();
  }

  function wait() {
    if (state.timer !== null) clearTimeout(state.timer);
    state.timer = null;
    if (state.wish && state.until !== Infinity) state.timer = later(next, Math.max(0, state.until - now()));
  }

  function next() {
    state.timer = null;
    if (state.wish && now() >= state.until) speak(state.wish);
  }

  return {
    say(wish) {
      if (!voice) return;
      if (!wish.on) {
        if (state.key !== null) voice.cancel();
        Object.assign(state, { key: null, until: 0, wish: null });
        return;
      }
      if (!wish.text || wish.key === state.key) {
        state.wish = null;
        return;
      }
      if (wish.urgent && wish.key !== state.key) {
        voice.cancel();
        speak(wish);
        return;
      }
      state.wish = wish;
      if (now() >= state.until) speak(wish); else wait();
    },
  };
}

function beep(name) {
  const Context = window.AudioContext || window.webkitAudioContext;
  if (!Context) return;
  const context = (window.romVisionAudio ??= new Context());
  TONES[name].forEach((hertz, i) => {
    const tone = context.createOscillator();
    const level = context.createGain();
    const start = context.currentTime + 0.16 * i;
    tone.frequency.value = hertz;
    level.gain.setValueAtTime(0.0001, start);
    level.gain.exponentialRampToValueAtTime(0.35, start + 0.02);
    level.gain.exponentialRampToValueAtTime(0.0001, start + 0.15);
    tone.connect(level).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.16);
  });
}

export default function ({ data }) {
  const mouth = (window.romVisionVoice ??= sayer(() => performance.now(), (call, ms) => setTimeout(call, ms)));
  mouth.say(data);
  if (data.on && data.tone && window.romVisionTone !== data.tone_key) beep(data.tone);
  window.romVisionTone = data.tone_key;
}
