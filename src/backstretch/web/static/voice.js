// Speaks lines with a voice of the device itself, and plays earcons. A voice that is not local sends the words
// away, and never speaks.
export function localVoice(voices, language = "en") {
  const own = voices.filter((voice) => voice.localService === true && voice.lang.toLowerCase().startsWith(language));
  return own.find((voice) => voice.default) ?? own[0] ?? null;
}

const STALE_MS = 4000; // late advice is wrong advice

export class Speaker {
  isOn = true;
  #waiting = [];
  #audio = null;
  #sounds = new Map(); // earcon -> its samples

  get voice() {
    return localVoice(window.speechSynthesis?.getVoices() ?? []);
  }

  // Browsers let a page be heard only after it was heard in a tap.
  unlock() {
    this.#speak(" ");
    this.#audio ??= window.AudioContext && new AudioContext();
    this.#audio?.resume();
  }

  async play(earcon) {
    if (!this.isOn || !this.#audio) return;
    if (!this.#sounds.has(earcon)) {
      const answer = await fetch(`/sounds/${earcon}.wav`);
      this.#sounds.set(earcon, await this.#audio.decodeAudioData(await answer.arrayBuffer()));
    }
    const source = new AudioBufferSourceNode(this.#audio, { buffer: this.#sounds.get(earcon) });
    source.connect(this.#audio.destination);
    source.start();
  }

  say({ words, urgent }) {
    if (!this.isOn || !this.voice) return;
    if (urgent) this.stop();
    this.#waiting.push([words, performance.now()]);
    if (!window.speechSynthesis.speaking) this.#next();
  }

  stop() {
    this.#waiting = [];
    window.speechSynthesis?.cancel();
  }

  #next() {
    this.#waiting = this.#waiting.filter(([, since]) => performance.now() - since < STALE_MS);
    const [words] = this.#waiting.shift() ?? [];
    if (words) this.#speak(words);
  }

  #speak(words) {
    const { voice } = this;
    if (!voice) return;
    const line = new SpeechSynthesisUtterance(words);
    line.voice = voice;
    line.lang = voice.lang;
    line.rate = 0.95;
    line.onend = () => this.#next();
    window.speechSynthesis.speak(line);
  }
}
