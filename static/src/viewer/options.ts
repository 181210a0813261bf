/** What the page says about the film, read from the viewer element's `data-` attributes. Nothing else is known here. */
export interface FilmPoint {
  /** Film pixels; whole numbers are the centres of pixels, row 0 is the top. */
  row: number;
  column: number;
}

export interface ViewerOptions {
  pixelsUrl: string;
  rows: number;
  columns: number;
  spacingMm: number;
  overlayUrl: string | null;
  overlayShown: boolean;
  /** The form whose `row` and `column` inputs a mark fills; null where nothing is to be located. */
  locateForm: string | null;
  /** A mark made earlier, to be shown and not changed. */
  mark: FilmPoint | null;
  toleranceMm: number | null;
}

export function readOptions(element: HTMLElement): ViewerOptions {
  const { dataset } = element;
  const number = (name: string): number | null => {
    const text = dataset[name]?.trim();
    const value = text ? Number(text) : NaN;
    return Number.isFinite(value) ? value : null;
  };
  const rows = number('rows');
  const columns = number('columns');
  if (!dataset.pixelsUrl || !rows || !columns) throw new Error('A viewer needs data-pixels-url, data-rows, data-columns.');
  const [row, column] = [number('markRow'), number('markColumn')];
  return {
    pixelsUrl: dataset.pixelsUrl,
    rows,
    columns,
    spacingMm: number('spacing') || 1,
    overlayUrl: dataset.overlayUrl || null,
    overlayShown: 'overlayShown' in dataset,
    locateForm: dataset.locate || null,
    mark: row !== null && column !== null ? { row, column } : null,
    toleranceMm: number('toleranceMm'),
  };
}
