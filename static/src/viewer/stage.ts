/** The stage: Cornerstone's viewport with the film on it, and the mouse and touch tools. */
import {
  Enums,
  RenderingEngine,
  cache,
  getShouldUseCPURendering,
  imageLoader,
  init as initCore,
  metaData,
  type StackViewport,
} from '@cornerstonejs/core';
import {
  Enums as ToolEnums,
  PanTool,
  ToolGroupManager,
  WindowLevelTool,
  ZoomTool,
  addTool,
  init as initTools,
} from '@cornerstonejs/tools';
import type { FilmPoint, ViewerOptions } from './options';
import { range, type Window } from './windows';

export type ToolName = 'window' | 'zoom' | 'pan';

const TOOLS = { window: WindowLevelTool.toolName, zoom: ZoomTool.toolName, pan: PanTool.toolName };
const { MouseBindings } = ToolEnums;
const SCHEME = 'film';
let count = 0;
let ready: Promise<void> | undefined;

/** Starts Cornerstone once per page. Without WebGL it draws on the processor by itself. */
function start(): Promise<void> {
  ready ??= (async () => {
    await initCore();
    await initTools();
    for (const tool of [WindowLevelTool, ZoomTool, PanTool]) addTool(tool);
    metaData.addProvider((type: string, imageId: string) => {
      if (imageId?.startsWith?.(`${SCHEME}:`) && type === 'generalSeriesModule') return { modality: 'DX' };
      return undefined;
    });
  })();
  return ready;
}

export class Stage {
  private constructor(
    readonly element: HTMLDivElement,
    private readonly options: ViewerOptions,
    private readonly engine: RenderingEngine,
    private readonly viewport: StackViewport,
    private readonly group: NonNullable<ReturnType<typeof ToolGroupManager.createToolGroup>>,
    private readonly imageId: string,
    private readonly fitZoom: number,
  ) {}

  static async open(element: HTMLDivElement, options: ViewerOptions, pixels: Uint16Array, window: Window): Promise<Stage> {
    await start();
    const id = `${SCHEME}-${(count += 1)}`;
    const imageId = `${SCHEME}:${id}`;
    const image = imageLoader.createAndCacheLocalImage(imageId, {
      scalarData: pixels,
      dimensions: [options.columns, options.rows],
      spacing: [options.spacingMm, options.spacingMm],
      targetBuffer: { type: 'Uint16Array' },
      frameOfReferenceUID: id,
    });
    // Left at their zeros these make an empty window, whose ends Cornerstone sorts into a negative.
    image.windowCenter = window.centre;
    image.windowWidth = window.width;
    const engine = new RenderingEngine(id);
    engine.enableElement({
      viewportId: id,
      element,
      type: Enums.ViewportType.STACK,
      defaultOptions: { background: [0, 0, 0] },
    });
    const viewport = engine.getViewport(id) as StackViewport;
    await viewport.setStack([imageId]);
    viewport.setProperties({ voiRange: range(window) });
    const group = ToolGroupManager.createToolGroup(id);
    if (!group) throw new Error('The tools could not be set up.');
    for (const name of Object.values(TOOLS)) group.addTool(name, name === TOOLS.zoom ? { minZoomScale: 0.5, maxZoomScale: 20 } : {});
    group.addViewport(id, engine.id);
    const stage = new Stage(element, options, engine, viewport, group, imageId, viewport.getZoom());
    stage.useTool('window');
    viewport.render();
    return stage;
  }

  get renderer(): 'cpu' | 'gpu' {
    return getShouldUseCPURendering() ? 'cpu' : 'gpu';
  }

  get canvas(): HTMLCanvasElement {
    return this.viewport.getCanvas();
  }

  /** The tool of the left button and of one finger. The wheel and two fingers zoom, middle pans, right zooms. */
  useTool(tool: ToolName): void {
    for (const name of Object.values(TOOLS)) this.group.setToolPassive(name, { removeAllBindings: true });
    const bindings = {
      window: [] as object[],
      zoom: [{ mouseButton: MouseBindings.Secondary }, { mouseButton: MouseBindings.Wheel }, { numTouchPoints: 2 }],
      pan: [{ mouseButton: MouseBindings.Auxiliary }],
    };
    bindings[tool].unshift({ mouseButton: MouseBindings.Primary });
    for (const name of Object.keys(TOOLS) as ToolName[]) {
      if (bindings[name].length) this.group.setToolActive(TOOLS[name], { bindings: bindings[name] });
    }
  }

  get window(): Window {
    const { lower, upper } = this.viewport.getProperties().voiRange ?? { lower: 0, upper: 4096 };
    return { centre: (lower + upper) / 2, width: upper - lower };
  }

  set window(window: Window) {
    this.viewport.setProperties({ voiRange: range({ ...window, width: Math.max(window.width, 1) }) });
    this.viewport.render();
  }

  get inverted(): boolean {
    return Boolean(this.viewport.getProperties().invert);
  }

  set inverted(invert: boolean) {
    this.viewport.setProperties({ invert });
    this.viewport.render();
  }

  /** 1 where the whole film just fits. */
  get zoom(): number {
    return this.viewport.getZoom() / this.fitZoom;
  }

  set zoom(zoom: number) {
    this.viewport.setZoom(Math.min(Math.max(zoom, 0.5), 20) * this.fitZoom);
    this.viewport.render();
  }

  /** Moves the film by CSS pixels. */
  panBy(right: number, down: number): void {
    const [x, y] = this.viewport.getPan();
    this.viewport.setPan([x + right, y + down]);
    this.viewport.render();
  }

  reset(window: Window): void {
    this.viewport.resetCamera();
    this.viewport.setProperties({ invert: false });
    this.window = window;
  }

  resize(): void {
    this.engine.resize(true, true);
  }

  /** Where a film point lies on the stage, in CSS pixels from its top left corner. */
  toStage(point: FilmPoint): [number, number] {
    const { spacingMm } = this.options;
    const [x, y] = this.viewport.worldToCanvas([
      (point.column + this.centreOffset) * spacingMm,
      (point.row + this.centreOffset) * spacingMm,
      0,
    ]);
    return [x, y];
  }

  toFilm(x: number, y: number): FilmPoint {
    const [right, down] = this.viewport.canvasToWorld([x, y]);
    const { spacingMm } = this.options;
    return { column: right / spacingMm - this.centreOffset, row: down / spacingMm - this.centreOffset };
  }

  /** The processor's renderer counts from the corner of the first pixel, the graphics card's from its centre. */
  private get centreOffset(): number {
    return this.renderer === 'cpu' ? 0.5 : 0;
  }

  onDrawn(listener: () => void): void {
    this.element.addEventListener(Enums.Events.IMAGE_RENDERED, listener);
  }

  close(): void {
    ToolGroupManager.destroyToolGroup(this.group.id);
    this.engine.destroy();
    cache.removeImageLoadObject(this.imageId);
  }
}
