/** Windows: which stored values are spread from black to white. */
export interface Window {
  centre: number;
  width: number;
}

export interface WindowPreset extends Window {
  key: string;
  name: string;
}

export const WHOLE_RANGE: Window = { centre: 2048, width: 4096 };
const AIR = 80;

/**
 * Presets from the film's own values, since a radiograph has no absolute scale as CT has: the lungs are the dark
 * half of the body, mediastinum and bone the bright part. Air around the patient is left out of the count.
 */
export function presetsFor(pixels: Uint16Array): WindowPreset[] {
  const share = quantiles(pixels.filter((value) => value > AIR), [0.02, 0.55, 0.45, 0.995]);
  const named = (key: string, name: string, low: number, high: number): WindowPreset => ({ key, name, ...between(low, high) });
  return [
    { key: 'default', name: 'Default', ...WHOLE_RANGE },
    named('lungs', 'Lungs', share[0], share[1]),
    named('mediastinum', 'Mediastinum', share[2], share[3]),
  ];
}

export function between(low: number, high: number): Window {
  const width = Math.max(high - low, 16);
  return { centre: Math.round((low + high) / 2), width: Math.round(width) };
}

export function range(window: Window): { lower: number; upper: number } {
  return { lower: window.centre - window.width / 2, upper: window.centre + window.width / 2 };
}

function quantiles(values: Uint16Array, shares: number[]): number[] {
  if (!values.length) return shares.map((share) => share * 4095);
  const sorted = values.slice().sort();
  return shares.map((share) => sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)]);
}
