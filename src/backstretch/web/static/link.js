// A line to the program: a WebSocket; where none opens, requests that say the same. Chosen once a line.
const OPEN_MS = 2000; // a WebSocket that has not opened by then will not
const JSON_TYPE = { "content-type": "application/json" };

export class Link {
  // hear(object or ArrayBuffer): what is told; lost(): the line has ended and not by close().
  constructor(path, { hear, lost, opened }) {
    Object.assign(this, { path, hear, lost, opened, isOpen: false, isClosed: false, socket: null, name: "" });
    this.openSocket();
  }

  openSocket() {
    let socket;
    try {
      socket = new WebSocket(`${location.origin.replace("http", "ws")}${this.path}`);
    } catch {
      return this.openRequests();
    }
    socket.binaryType = "arraybuffer";
    const late = setTimeout(() => socket.close(), OPEN_MS);
    socket.addEventListener("open", () => {
      clearTimeout(late);
      if (this.isClosed) return socket.close();
      this.socket = socket;
      this.begin();
    });
    socket.addEventListener("message", ({ data }) => this.hear(typeof data === "string" ? JSON.parse(data) : data));
    socket.addEventListener("close", () => {
      clearTimeout(late);
      if (this.socket) this.end();
      else this.openRequests();
    });
  }

  openRequests() {
    if (this.isClosed) return;
    this.name = Array.from(crypto.getRandomValues(new Uint32Array(4)), (each) => each.toString(36)).join("");
    this.poll();
  }

  async poll() {
    try {
      const answer = await this.post("/told", "", JSON_TYPE);
      if (!answer.ok) throw new Error(answer.status);
      if (this.isClosed) return;
      if (!this.isOpen) this.begin();
      for (const each of await answer.json()) this.hear(each);
      this.poll();
    } catch {
      this.end();
    }
  }

  post(way, body, headers) {
    return fetch(`${this.path}/${this.name}${way}`, { method: "POST", body, headers, referrerPolicy: "same-origin" });
  }

  begin() {
    this.isOpen = true;
    this.opened();
  }

  end() {
    this.isOpen = false;
    if (!this.isClosed) this.lost();
    this.isClosed = true;
  }

  say(what) {
    this.give(JSON.stringify(what), JSON_TYPE);
  }

  // A picture: an ArrayBuffer or Blob.
  send(picture) {
    this.give(picture, { "content-type": "application/octet-stream" });
  }

  give(body, headers) {
    if (!this.isOpen) return;
    if (this.socket) this.socket.send(body);
    else this.post("", body, headers).then(async (answer) => {
      if (answer.status === 400) this.hear(await answer.json());
    }, () => this.end());
  }

  close() {
    this.isClosed = true;
    this.isOpen = false;
    this.socket?.close();
  }
}
