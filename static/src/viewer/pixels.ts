/** Fetches a film: little-endian uint16, row by row, 0–4095, no header. */

/** What went wrong, in words for the person in front of the screen. */
export class FilmError extends Error {}

const HEAD = 'The film could not be shown.';

async function request(url: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { signal, credentials: 'same-origin' });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new FilmError(`${HEAD} There is no connection to the site.`);
  }
}

export async function fetchPixels(url: string, rows: number, columns: number, signal: AbortSignal): Promise<Uint16Array> {
  const response = await request(url, signal);
  if (response.redirected || response.status === 401 || response.status === 403) {
    throw new FilmError(`${HEAD} You may have been signed out: reload the page.`);
  }
  if (response.status === 404) throw new FilmError(`${HEAD} It is no longer here.`);
  if (!response.ok) throw new FilmError(`${HEAD} The site had a problem.`);
  let buffer: ArrayBuffer;
  try {
    buffer = await response.arrayBuffer();
  } catch (error) {
    if (signal.aborted) throw error;
    throw new FilmError(`${HEAD} The connection broke off.`);
  }
  if (buffer.byteLength !== rows * columns * 2) throw new FilmError(`${HEAD} It arrived incomplete.`);
  return decode(buffer);
}

function decode(buffer: ArrayBuffer): Uint16Array {
  const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  if (littleEndian) return new Uint16Array(buffer);
  const view = new DataView(buffer);
  return Uint16Array.from({ length: buffer.byteLength / 2 }, (_, index) => view.getUint16(2 * index, true));
}
