/** The viewer's keys. They act while the viewer has the focus, or the pointer is over it and nothing else has. */
export type KeyActions = Record<string, (event: KeyboardEvent) => boolean | void>;

export function bindKeys(root: HTMLElement, stage: HTMLElement, actions: KeyActions, signal: AbortSignal): void {
  const meansUs = (target: EventTarget | null) =>
    target instanceof Node && (root.contains(target) || (target === document.body && root.matches(':hover')));
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !meansUs(event.target)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    // Buttons and lists need their own arrows, Enter and Space; the film has them only on the film itself.
    const isLetter = event.key.length === 1 && event.key !== ' ';
    if (!isLetter && event.target !== stage) return;
    if (event.target instanceof HTMLSelectElement) return;
    const action = actions[key];
    if (action && action(event) !== false) event.preventDefault();
  }, { signal });
}
