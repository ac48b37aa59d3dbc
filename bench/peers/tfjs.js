// The child that measures TensorFlow.js on its WebAssembly backend, written on its operations: whole-sequence products
// where the recurrence allows, PyTorch's GRU (reset after the product, which tf.layers.gru does not have).
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { serveRounds } from "../serve-rounds.js";

const GATES = { gru: 3, lstm: 4 };

async function loadTensorflow() {
  const tf = await import("@tensorflow/tfjs");
  const wasm = await import("@tensorflow/tfjs-backend-wasm");
  const folder = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm/package.json"));
  wasm.setWasmPaths(`${folder}/dist/`);
  if (!(await tf.setBackend("wasm"))) throw new Error("its WebAssembly backend does not start");
  tf.enableProdMode();
  return tf;
}

let tf;
let absent;
try {
  tf = await loadTensorflow();
} catch (error) {
  absent =
    error.code === "ERR_MODULE_NOT_FOUND" ? "it is not installed. Run npm ci in bench/" : error.message.split("\n")[0];
}

const parameter = (...shape) => tf.variable(tf.randomUniform(shape, -0.06, 0.06));

/** Weights [inputs, gates · hidden] and [hidden, gates · hidden]. */
function makeCell(kind, inputs, hidden) {
  const width = GATES[kind] * hidden;
  return {
    kind,
    hidden,
    inputWeight: parameter(inputs, width),
    hiddenWeight: parameter(hidden, width),
    inputBias: parameter(width),
    hiddenBias: parameter(width),
  };
}

const project = (cell, x) => x.matMul(cell.inputWeight).add(cell.inputBias);

/** gx [batch, gates · hidden], state { hidden, cell } → the next state */
function step(cell, gx, state) {
  const gh = state.hidden.matMul(cell.hiddenWeight).add(cell.hiddenBias);
  if (cell.kind === "lstm") {
    const [i, f, g, o] = tf.split(gx.add(gh), 4, 1);
    const next = f.sigmoid().mul(state.cell).add(i.sigmoid().mul(g.tanh()));
    return { hidden: o.sigmoid().mul(next.tanh()), cell: next };
  }
  const { hidden: H } = cell;
  const sizes = [2 * H, H];
  const [gxGates, gxNew] = tf.split(gx, sizes, 1);
  const [ghGates, ghNew] = tf.split(gh, sizes, 1);
  const [r, z] = tf.split(gxGates.add(ghGates).sigmoid(), 2, 1);
  const n = gxNew.add(r.mul(ghNew)).tanh();
  return { hidden: n.add(z.mul(state.hidden.sub(n))) };
}

const zeroState = (batch, hidden) => ({ hidden: tf.zeros([batch, hidden]), cell: tf.zeros([batch, hidden]) });

/** x [time · batch, inputs], time first → the states of every time, and the last */
function scan(cell, x, time, reverse = false) {
  const batch = x.shape[0] / time;
  const projected = tf.unstack(project(cell, x).reshape([time, batch, -1]));
  let state = zeroState(batch, cell.hidden);
  const outputs = new Array(time);
  for (let i = 0; i < time; i++) {
    const t = reverse ? time - 1 - i : i;
    state = step(cell, projected[t], state);
    outputs[t] = state.hidden;
  }
  return { outputs, state };
}

function layerCall({ cell: kind, inputs, hidden, batch, time, what }) {
  const cell = makeCell(kind, inputs, hidden);
  const x = parameter(time * batch, inputs);
  const above = tf.randomNormal([time, batch, hidden]);
  if (what === "forward") return () => tf.tidy(() => void tf.stack(scan(cell, x, time).outputs));
  return () =>
    tf.tidy(
      () =>
        void tf.variableGrads(() =>
          tf
            .stack(scan(cell, x, time).outputs)
            .mul(above)
            .sum(),
        ),
    );
}

/** The backend lacks UnsortedSegmentSum, the gradient of gather: a product with one-hot rows is the same. */
function embed(table, ids) {
  const lookUp = tf.customGrad((weights) => ({
    value: tf.gather(weights, ids),
    gradFunc: (dy) => tf.matMul(tf.oneHot(ids, table.shape[0], 1, 0, "float32"), dy, true),
  }));
  return lookUp(table);
}

function trainStepCall({ hidden: H, vocabulary, batch, time, cell: kind }) {
  const [sourceTable, targetTable] = [parameter(vocabulary, H), parameter(vocabulary, H)];
  const [forth, back, decoder] = [makeCell(kind, H, H), makeCell(kind, H, H), makeCell(kind, 3 * H, H)];
  const [bridge, bridgeBias, key] = [parameter(2 * H, H), parameter(H), parameter(2 * H, H)];
  const [attentional, output, outputBias] = [parameter(3 * H, H), parameter(H, vocabulary), parameter(vocabulary)];
  const ids = () => tf.randomUniform([time * batch], 0, vocabulary, "int32");
  const [source, targetIn, targetOut] = [ids(), ids(), ids()];
  const labels = tf.oneHot(targetOut, vocabulary, 1, 0, "float32");
  const adam = tf.train.adam(0.001);

  const loss = () => {
    const embedded = embed(sourceTable, source);
    const [a, b] = [scan(forth, embedded, time), scan(back, embedded, time, true)];
    // [batch, time, 2H]
    const values = tf.stack(
      a.outputs.map((h, t) => tf.concat([h, b.outputs[t]], 1)),
      1,
    );
    const keys = values
      .reshape([batch * time, 2 * H])
      .matMul(key)
      .reshape([batch, time, H]);
    const code = tf.concat([a.state.hidden, b.state.hidden], 1);
    let state = { ...zeroState(batch, H), hidden: code.matMul(bridge).add(bridgeBias).tanh() };
    let context = tf.zeros([batch, 2 * H]);
    const targets = tf.unstack(embed(targetTable, targetIn).reshape([time, batch, H]));
    const features = targets.map((target) => {
      state = step(decoder, project(decoder, tf.concat([target, context], 1)), state);
      const scores = tf.matMul(state.hidden.reshape([batch, 1, H]), keys, false, true).mul(H ** -0.5);
      context = tf.matMul(scores.softmax(), values).reshape([batch, 2 * H]);
      return tf.concat([state.hidden, context], 1).matMul(attentional).tanh();
    });
    const logits = tf.concat(features, 0).matMul(output).add(outputBias);
    return tf.losses.softmaxCrossEntropy(labels, logits);
  };
  return () =>
    tf.tidy(() => {
      const { grads } = tf.variableGrads(loss);
      const squares = tf.addN(Object.values(grads).map((gradient) => gradient.square().sum()));
      const norm = Math.sqrt(squares.dataSync()[0]);
      const scale = norm > 5 ? 5 / (norm + 1e-6) : 1;
      for (const name of Object.keys(grads)) grads[name] = grads[name].mul(scale);
      adam.applyGradients(grads);
    });
}

const calls = { layer: layerCall, "train-step": trainStepCall };
await serveRounds(absent ? { absent } : { version: tf.version.tfjs }, (wanted) => calls[wanted.kind](wanted));
