/** The parts of `train` that do not go with every other. */
interface Training {
  optimizer: string;
  beta1: number;
  beta2: number;
  epsilon: number;
  momentum: number;
  nesterov: boolean;
  weightDecay?: number | undefined;
  schedule: string;
  learningRate: number;
  plateau: { factor: number; patience: number; minimum: number };
  keepBest: number;
  scheduledSampling: {
    probability: number;
    schedule: string;
    steps?: number | undefined;
    k?: number | undefined;
  };
}

/** Which key, and the rest of the sentence about it. */
type Refusal = [path: string[], message: string];

const PLATEAU = { factor: 0.5, patience: 2, minimum: 0 } as const;
const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/** What an optimiser or a schedule has no use for; one sentence with its reason and a way out for each. */
export function trainingRefusals(train: Training): Refusal[] {
  const { optimizer, momentum, nesterov, weightDecay = 0, schedule, learningRate, plateau } = train;
  const found: Refusal[] = [];
  const isSgd = optimizer === "sgd";
  if (momentum > 0 && !isSgd)
    found.push([["momentum"], `${momentum} is refused: ${optimizer} has beta1 for that. Use optimizer: sgd`]);
  if (nesterov && momentum === 0) {
    const advice = isSgd ? "Give momentum, say 0.9" : "Use optimizer: sgd with momentum";
    found.push([["nesterov"], `true is refused: there is no momentum to look ahead along. ${advice}`]);
  }
  if (isSgd)
    for (const [key, usual] of Object.entries(ADAM)) {
      const value = train[key as keyof typeof ADAM];
      if (value !== usual)
        found.push([[key], `${value} is refused: sgd has no such mean. Use optimizer: adam or adamw`]);
    }
  if (weightDecay > 0 && optimizer === "adam") {
    const reason = "Adam would divide it by the size of the gradients";
    found.push([["weightDecay"], `${weightDecay} is refused: ${reason}. Use optimizer: adamw`]);
  }
  if (schedule !== "plateau")
    for (const [key, usual] of Object.entries(PLATEAU)) {
      const value = plateau[key as keyof typeof PLATEAU];
      if (value !== usual)
        found.push([["plateau", key], `${value} is refused: the schedule is ${schedule}. Use schedule: plateau`]);
    }
  else if (plateau.minimum > learningRate)
    found.push([
      ["plateau", "minimum"],
      `${plateau.minimum} is refused: it is more than learningRate ${learningRate}. Use less`,
    ]);
  for (const [key, message] of samplingRefusals(train.scheduledSampling))
    found.push([["scheduledSampling", key], message]);
  if (train.keepBest === 1)
    found.push([["keepBest"], "1 is refused: model.safetensors is the best one already. Use 2 or more, or 0"]);
  return found;
}

/** What a schedule of sampling lacks or has no use for. */
function samplingRefusals({ probability, schedule, steps, k }: Training["scheduledSampling"]): [key: string, string][] {
  if (probability === 0) {
    const given = Object.entries({ schedule: schedule === "constant" ? undefined : schedule, steps, k });
    return given
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, `${value} is refused: the probability is 0. Give probability, say 0.25`]);
  }
  const found: [key: string, string][] = [];
  const takesK = schedule === "exponential" || schedule === "inverse-sigmoid";
  if (steps !== undefined && schedule !== "linear")
    found.push(["steps", `${steps} is refused: ${schedule} does not count them. Use schedule: linear`]);
  if (steps === undefined && schedule === "linear")
    found.push(["schedule", "linear is refused without steps: it says when the probability is reached. Give steps"]);
  if (k !== undefined && !takesK)
    found.push(["k", `${k} is refused: ${schedule} has none. Use schedule: exponential or inverse-sigmoid`]);
  if (takesK && (k === undefined || k < 1 === (schedule === "inverse-sigmoid"))) {
    const range = schedule === "exponential" ? "below 1, say 0.999" : "of 1 or more, say 500";
    found.push([
      k === undefined ? "schedule" : "k",
      `${k ?? schedule} is refused: ${schedule} needs k ${range}. Give it`,
    ]);
  }
  return found;
}
