// The body in a picture, with what is judged of it: told by shape as well as by colour.
const LIMBS = [
  [15, 13, 11, 12, 14, 16],
  [11, 23, 24, 12],
  [23, 25, 27, 29, 31, 27],
  [24, 26, 28, 30, 32, 28],
];
const COLOURS = { fine: "#4aa3e0", unknown: "#b2b7be", slight: "#f08a3c", wrong: "#f08a3c" };
const SEEN = 2;

// source: a video that lies below the canvas, or a picture that is drawn first; null for none yet.
export function draw(canvas, source, body, marks) {
  canvas.width = source?.videoWidth || source?.width || 640;
  canvas.height = source?.videoHeight || source?.height || 480;
  const pen = canvas.getContext("2d");
  if (source instanceof ImageBitmap) pen.drawImage(source, 0, 0);
  if (!body) return;
  const unit = Math.min(canvas.width, canvas.height) / 480;
  const place = (index) => [body[index][0] * canvas.width, body[index][1] * canvas.height];
  pen.lineCap = "round";
  for (const [width, colour] of [[7, "rgba(20,22,26,.65)"], [3.5, "#fff"]]) {
    pen.lineWidth = width * unit;
    pen.strokeStyle = colour;
    for (const limb of LIMBS) {
      for (let n = 1; n < limb.length; n += 1) {
        const [a, b] = [limb[n - 1], limb[n]];
        if (!body[a][SEEN] || !body[b][SEEN]) continue;
        pen.beginPath();
        pen.moveTo(...place(a));
        pen.lineTo(...place(b));
        pen.stroke();
      }
    }
  }
  for (const [spot, how] of marks) {
    const parts = spot.map((indices) => middle(indices.map(place)));
    if (parts.length > 1) line(pen, parts, how, unit);
    symbol(pen, middle(parts), how, unit);
  }
}

function middle(points) {
  const sum = points.reduce(([x, y], [a, b]) => [x + a, y + b], [0, 0]);
  return sum.map((each) => each / points.length);
}

function line(pen, parts, how, unit) {
  pen.beginPath();
  pen.moveTo(...parts[0]);
  for (const part of parts.slice(1)) pen.lineTo(...part);
  pen.lineWidth = 5 * unit;
  pen.strokeStyle = COLOURS[how];
  pen.stroke();
}

function symbol(pen, [x, y], how, unit) {
  const size = (how === "fine" ? 8 : how === "slight" ? 9 : 14) * unit;
  pen.beginPath();
  if (how === "wrong" || how === "slight") {
    pen.moveTo(x, y - size);
    pen.lineTo(x + size, y);
    pen.lineTo(x, y + size);
    pen.lineTo(x - size, y);
    pen.closePath();
  } else {
    pen.arc(x, y, size, 0, 2 * Math.PI);
  }
  pen.fillStyle = how === "unknown" ? "rgba(20,22,26,.75)" : COLOURS[how];
  pen.fill();
  pen.setLineDash(how === "unknown" ? [4 * unit, 3 * unit] : []);
  pen.lineWidth = 2 * unit;
  pen.strokeStyle = how === "unknown" ? COLOURS[how] : "#14161a";
  pen.stroke();
  pen.setLineDash([]);
  const letter = { wrong: "!", unknown: "?" }[how];
  if (!letter) return;
  pen.save();
  pen.translate(x, y);
  pen.scale(-1, 1); // the picture is shown as in a mirror
  pen.font = `700 ${18 * unit}px system-ui, sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = how === "unknown" ? "#fff" : "#14161a";
  pen.fillText(letter, 0, unit);
  pen.restore();
}
