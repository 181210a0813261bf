/** The toolbar, the readout and the help of one viewer. It knows names of actions, not what they do. */
import type { Window, WindowPreset } from './windows';

export class Toolbar {
  private readonly buttons = new Map<string, HTMLButtonElement>();
  private readonly presets: HTMLSelectElement | null;
  private sayTimer = 0;

  constructor(private readonly root: HTMLElement) {
    for (const button of root.querySelectorAll<HTMLButtonElement>('[data-action]')) {
      this.buttons.set(button.dataset.action!, button);
    }
    this.presets = root.querySelector('[data-viewer-presets]');
    const fullscreen = this.buttons.get('fullscreen');
    if (fullscreen) fullscreen.hidden = !document.fullscreenEnabled;
  }

  bind(actions: Record<string, () => void>, choose: (key: string) => void, presets: WindowPreset[], signal: AbortSignal): void {
    for (const [name, button] of this.buttons) {
      button.addEventListener('click', () => actions[name]?.(), { signal });
    }
    if (!this.presets) return;
    const option = (key: string, name: string) => new Option(name, key);
    this.presets.replaceChildren(...presets.map(({ key, name }) => option(key, name)), option('own', 'Own'));
    this.presets.addEventListener('change', () => choose(this.presets!.value), { signal });
  }

  press(name: string, pressed: boolean): void {
    this.buttons.get(name)?.setAttribute('aria-pressed', String(pressed));
  }

  enable(name: string, enabled: boolean): void {
    const button = this.buttons.get(name);
    if (button) button.disabled = !enabled;
  }

  readout(window: Window, zoom: number, presets: WindowPreset[]): void {
    this.text('centre', String(Math.round(window.centre)));
    this.text('width', String(Math.round(window.width)));
    this.text('zoom', `${zoom.toFixed(1)}×`);
    if (!this.presets) return;
    const near = (a: number, b: number) => Math.abs(a - b) < 1.5;
    const current = presets.find((preset) => near(preset.centre, window.centre) && near(preset.width, window.width));
    this.presets.value = current?.key ?? 'own';
  }

  /** A short line over the film, read aloud too. */
  say(text: string): void {
    const note = this.root.querySelector<HTMLElement>('[data-viewer-note]');
    if (!note) return;
    note.textContent = text;
    clearTimeout(this.sayTimer);
    this.sayTimer = window.setTimeout(() => (note.textContent = ''), 4000);
  }

  toggleHelp(): void {
    const help = this.help;
    if (!help) return;
    help.hidden = !help.hidden;
    this.buttons.get('help')?.setAttribute('aria-expanded', String(!help.hidden));
  }

  closeHelp(): boolean {
    if (!this.help || this.help.hidden) return false;
    this.toggleHelp();
    return true;
  }

  private get help(): HTMLElement | null {
    return this.root.querySelector('[data-viewer-help]');
  }

  private text(name: string, text: string): void {
    const output = this.root.querySelector(`[data-readout="${name}"]`);
    if (output && output.textContent !== text) output.textContent = text;
  }
}
