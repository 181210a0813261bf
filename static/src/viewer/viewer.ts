/** One viewer on a page: fetches the film, opens the stage, wires toolbar, keys and layers together. */
import { bindKeys, type KeyActions } from './keys';
import { Layers } from './layers';
import { Locator } from './locate';
import { readOptions, type ViewerOptions } from './options';
import { FilmError, fetchPixels } from './pixels';
import { Stage, type ToolName } from './stage';
import { Toolbar } from './toolbar';
import { presetsFor, WHOLE_RANGE, type WindowPreset } from './windows';

const PAN_STEP = 30;
const WINDOW_STEP = 64;

export class Viewer {
  private readonly options: ViewerOptions;
  private readonly toolbar: Toolbar;
  private readonly film: HTMLDivElement;
  private closing = new AbortController();
  private stage: Stage | null = null;
  private layers: Layers | null = null;
  private locator: Locator | null = null;
  private presets: WindowPreset[] = [];
  private tool: ToolName = 'window';

  constructor(private readonly root: HTMLElement) {
    this.options = readOptions(root);
    this.film = find<HTMLDivElement>(root, '[data-viewer-film]');
    this.toolbar = new Toolbar(root);
    find<HTMLButtonElement>(root, '[data-viewer-retry]').addEventListener('click', () => void this.open());
  }

  async open(): Promise<void> {
    const began = performance.now();
    this.close();
    this.closing = new AbortController();
    this.root.dataset.state = 'loading';
    try {
      await this.load(this.closing.signal);
    } catch (error) {
      if (!this.closing.signal.aborted) this.fail(error);
      return;
    }
    this.root.dataset.state = 'ready';
    const detail = { milliseconds: performance.now() - began, renderer: this.stage?.renderer };
    this.root.dispatchEvent(new CustomEvent('viewer:ready', { bubbles: true, detail }));
  }

  close(): void {
    this.closing.abort();
    this.stage?.close();
    this.stage = this.layers = this.locator = null;
    this.film.replaceChildren();
  }

  private async load(signal: AbortSignal): Promise<void> {
    const { options } = this;
    const pixels = await fetchPixels(options.pixelsUrl, options.rows, options.columns, signal);
    this.presets = presetsFor(pixels);
    const canvasHost = document.createElement('div');
    canvasHost.className = 'cf-stage-canvas';
    this.film.append(canvasHost);
    const drawn = new Promise<void>((resolve) => {
      canvasHost.addEventListener('CORNERSTONE_IMAGE_RENDERED', () => resolve(), { once: true });
    });
    const stage = await Stage.open(canvasHost, options, pixels, WHOLE_RANGE);
    if (signal.aborted) return stage.close();
    this.stage = stage;
    this.layers = new Layers(stage, options, this.film);
    this.layers.mark = options.mark;
    stage.onDrawn(() => this.toolbar.readout(stage.window, stage.zoom, this.presets));
    const resized = new ResizeObserver(() => stage.resize());
    resized.observe(canvasHost);
    signal.addEventListener('abort', () => resized.disconnect());
    this.addLocator(stage, this.layers, signal);
    this.wire(signal);
    await drawn;
    if (options.overlayUrl && options.overlayShown) await this.showOverlay(true);
    this.layers.draw();
  }

  private addLocator(stage: Stage, layers: Layers, signal: AbortSignal): void {
    if (!this.options.locateForm) return;
    const form = document.querySelector<HTMLFormElement>(this.options.locateForm);
    if (!form) throw new Error(`There is no form ${this.options.locateForm} to locate for.`);
    const say = (text: string) => this.toolbar.say(text);
    const locator = new Locator(stage, layers, this.options, form, say, signal);
    this.locator = locator;
    this.root.addEventListener('viewer:clear', () => locator.clear(), { signal });
    this.film.addEventListener('blur', () => locator.hideCrosshair(), { signal });
    const follow = () => this.toolbar.enable('clear', locator.mark !== null);
    for (const name of ['viewer:located', 'viewer:cleared']) this.root.addEventListener(name, follow, { signal });
    follow();
  }

  private wire(signal: AbortSignal): void {
    const actions: Record<string, () => void> = {
      window: () => this.useTool('window'),
      zoom: () => this.useTool('zoom'),
      pan: () => this.useTool('pan'),
      invert: () => this.invert(),
      reset: () => this.reset(),
      overlay: () => void this.showOverlay(!this.layers?.overlayShown),
      clear: () => this.locator?.clear(),
      help: () => this.toolbar.toggleHelp(),
      fullscreen: () => void this.toggleFullscreen(),
    };
    this.toolbar.bind(actions, (key) => this.usePreset(key), this.presets, signal);
    bindKeys(this.root, this.film, this.keys(actions), signal);
    this.film.addEventListener('pointerdown', () => this.film.focus({ preventScroll: true }), { signal });
    this.film.addEventListener('contextmenu', (event) => event.preventDefault(), { signal });
    document.addEventListener('fullscreenchange', () => {
      this.toolbar.press('fullscreen', document.fullscreenElement === this.root);
    }, { signal });
    this.useTool(this.tool);
  }

  private keys(actions: Record<string, () => void>): KeyActions {
    const arrow = (down: number, right: number) => (event: KeyboardEvent) => this.arrow(down, right, event.shiftKey);
    const preset = (index: number) => () => this.presets[index] && this.usePreset(this.presets[index].key);
    return {
      w: actions.window,
      z: actions.zoom,
      p: actions.pan,
      i: actions.invert,
      r: actions.reset,
      o: () => (this.options.overlayUrl ? actions.overlay() : false),
      f: actions.fullscreen,
      '?': actions.help,
      '+': () => this.zoomBy(1.2),
      '=': () => this.zoomBy(1.2),
      '-': () => this.zoomBy(1 / 1.2),
      '1': () => void preset(0)(),
      '2': () => void preset(1)(),
      '3': () => void preset(2)(),
      ArrowUp: arrow(-1, 0),
      ArrowDown: arrow(1, 0),
      ArrowLeft: arrow(0, -1),
      ArrowRight: arrow(0, 1),
      Enter: () => this.locator?.putAtCrosshair() ?? false,
      ' ': () => this.locator?.putAtCrosshair() ?? false,
      Delete: () => this.locator?.clear() ?? false,
      Escape: () => this.toolbar.closeHelp(),
    };
  }

  /** Arrows move the crosshair where something is to be located (Shift: the film), else what the tool moves. */
  private arrow(down: number, right: number, shift: boolean): void {
    const { stage, locator } = this;
    if (!stage) return;
    if (locator && !shift) {
      const step = Math.max(1, Math.round(this.options.rows / 64));
      return locator.moveCrosshair(down * step, right * step);
    }
    if (this.tool === 'pan' || (locator && this.tool !== 'window')) return stage.panBy(right * PAN_STEP, down * PAN_STEP);
    if (this.tool === 'zoom') return this.zoomBy(down + right < 0 === (down !== 0) ? 1.2 : 1 / 1.2);
    const { centre, width } = stage.window;
    stage.window = { centre: centre + down * WINDOW_STEP, width: width + right * WINDOW_STEP };
  }

  private useTool(tool: ToolName): void {
    this.tool = tool;
    this.stage?.useTool(tool);
    for (const name of ['window', 'zoom', 'pan'] as const) this.toolbar.press(name, name === tool);
  }

  private invert(): void {
    if (!this.stage) return;
    this.stage.inverted = !this.stage.inverted;
    this.toolbar.press('invert', this.stage.inverted);
  }

  private reset(): void {
    this.stage?.reset(WHOLE_RANGE);
    this.toolbar.press('invert', false);
  }

  private zoomBy(factor: number): void {
    if (this.stage) this.stage.zoom *= factor;
  }

  private usePreset(key: string): void {
    const preset = this.presets.find((candidate) => candidate.key === key);
    if (preset && this.stage) this.stage.window = preset;
  }

  private async showOverlay(shown: boolean): Promise<void> {
    const { layers, options } = this;
    if (!layers || !options.overlayUrl) return;
    try {
      await layers.loadOverlay(options.overlayUrl, this.closing.signal);
    } catch {
      if (!this.closing.signal.aborted) this.toolbar.say('The lesion could not be fetched. Press the button again.');
      return;
    }
    layers.overlayShown = shown;
    layers.draw();
    this.toolbar.press('overlay', shown);
  }

  private async toggleFullscreen(): Promise<void> {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await this.root.requestFullscreen?.();
  }

  private fail(error: unknown): void {
    this.close();
    const known = error instanceof FilmError;
    if (!known) console.error(error);
    find(this.root, '[data-viewer-problem]').textContent = known ? error.message : 'The film could not be drawn in this browser.';
    this.root.dataset.state = 'failed';
  }
}

function find<E extends HTMLElement>(root: HTMLElement, selector: string): E {
  const element = root.querySelector<E>(selector);
  if (!element) throw new Error(`A viewer needs ${selector}.`);
  return element;
}
