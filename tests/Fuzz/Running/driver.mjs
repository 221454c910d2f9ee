// Runs fuzz programs in V8 (node): a line "<base64 of the module> <JSON list of exports>" in, one line of JSON out, a list
// of what can be seen, in the form of Observation.cs.
import readline from 'node:readline';

const calls = JSON.parse(process.argv[2]).map(([a, b]) => [a, BigInt(b)]);
const kinds = ['i32', 'i64', 'f32', 'f64'];
const view = new DataView(new ArrayBuffer(8));

function text(value, kind) {
  if (kind === 'i64') return BigInt.asUintN(64, value).toString(16).padStart(16, '0');
  if (kind === 'i32') return (value >>> 0).toString(16).padStart(8, '0');
  if (Number.isNaN(value)) return 'nan';
  if (kind === 'f32') { view.setFloat32(0, value); return view.getUint32(0).toString(16).padStart(8, '0'); }
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16).padStart(16, '0');
}

function hash(memory) {
  let h = 0x811c9dc5;
  for (const word of new Uint32Array(memory.buffer)) h = Math.imul(h ^ word, 0x01000193) >>> 0;
  return h.toString(16).padStart(8, '0');
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const space = line.indexOf(' ');
  const lines = [];
  try {
    const module = new WebAssembly.Module(Buffer.from(line.slice(0, space), 'base64'));
    const exports = new WebAssembly.Instance(module).exports;
    for (const { name, kind } of JSON.parse(line.slice(space + 1))) {
      for (const [a, b] of calls) {
        let result;
        try { result = text(exports[name](a, b), kind); } catch (e) {
          if (!(e instanceof WebAssembly.RuntimeError)) throw e;
          result = 'trap';
        }
        lines.push(`${name}(${a}, ${b}) ${result}`);
      }
    }
    for (const kind of kinds) for (const i of [0, 1]) lines.push(`${kind}_${i} ${text(exports[`${kind}_${i}`].value, kind)}`);
    lines.push(`memory ${hash(exports.memory)}`);
    lines.push(`memory64 ${hash(exports.memory64)}`);
  } catch (e) {
    lines.push(`error ${e}`);
  }
  console.log(JSON.stringify(lines));
}
