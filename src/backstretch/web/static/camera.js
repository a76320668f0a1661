// The browser's camera: takes pictures and gives each with the time at which it was taken, never when it is sent.
const MOST_ON_THE_WAY = 2; // of pictures: no queue can grow
const LOST_MS = 1000; // a picture without an answer was left out
const QUALITY = 0.8;
const WH = { width: { ideal: 640 }, height: { ideal: 480 } };
const REFUSED = {
  NotAllowedError: "The browser does not allow the camera. Allow it beside the address, then press Start.",
  NotFoundError: "There is no camera. Plug one in, then press Start.",
  NotReadableError: "The camera is in use by another program. Close that, then press Start.",
};
export const HEAD_BYTES = 16; // before each picture: its number and time

// Which functions the browser lacks, in its own words.
export function lacking() {
  const needed = { getUserMedia: navigator.mediaDevices?.getUserMedia, toBlob: HTMLCanvasElement.prototype.toBlob };
  return Object.keys(needed).filter((each) => !needed[each]);
}

export class Camera {
  // isWanted(): whether a picture is wanted now; send(Blob): sends one.
  constructor(video, { isWanted, send }) {
    Object.assign(this, { video, isWanted, send, stream: null, isTaking: false, count: 0, onTheWay: new Map() });
    this.sheet = document.createElement("canvas");
  }

  // Opens it; throws an Error with a sentence for the person. gone(): it was unplugged.
  async open(gone, facing = "user") {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { ...WH, facingMode: facing }, audio: false });
    } catch (error) {
      throw new Error(REFUSED[error.name] ?? `The camera cannot be opened (${error.name}).`);
    }
    this.stream.getVideoTracks()[0].addEventListener("ended", gone);
    this.video.srcObject = this.stream;
    await this.video.play();
    this.watch();
  }

  close() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.onTheWay.clear();
  }

  // Pictures up to this number are no longer on the way.
  answered(last) {
    for (const number of this.onTheWay.keys()) if (number <= last) this.onTheWay.delete(number);
  }

  watch() {
    if (!this.stream) return;
    const next = (timeMs) => {
      this.take(timeMs);
      this.watch();
    };
    if (this.video.requestVideoFrameCallback) {
      this.video.requestVideoFrameCallback((now, { captureTime }) => next(captureTime ?? now));
    } else requestAnimationFrame(next);
  }

  take(timeMs) {
    for (const [number, sentMs] of this.onTheWay) if (performance.now() - sentMs > LOST_MS) this.onTheWay.delete(number);
    const isFree = !this.isTaking && this.onTheWay.size < MOST_ON_THE_WAY && !document.hidden;
    if (!isFree || !this.video.videoWidth || !this.isWanted()) return;
    this.sheet.width = this.video.videoWidth;
    this.sheet.height = this.video.videoHeight;
    this.sheet.getContext("2d").drawImage(this.video, 0, 0);
    this.isTaking = true;
    this.sheet.toBlob((jpeg) => this.give(jpeg, timeMs), "image/jpeg", QUALITY);
  }

  give(jpeg, timeMs) {
    this.isTaking = false;
    if (!jpeg || !this.stream || !this.isWanted()) return;
    const head = new DataView(new ArrayBuffer(HEAD_BYTES));
    this.count += 1;
    this.onTheWay.set(this.count, performance.now());
    head.setUint32(0, this.count, true);
    head.setFloat64(8, timeMs, true);
    this.send(new Blob([head.buffer, jpeg]));
  }
}
